package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
	"breakwater/views"
)

func (s *server) setupPage(r *request) error {
	token := r.QueryParam("token")
	if err := s.Store.CheckSetupToken(r.ctx(), token); err != nil {
		return r.setupDead(err)
	}
	return r.render(http.StatusOK, views.Setup(r.frame(), views.SetupForm{Token: token}))
}

// setup makes the first administrator and signs that person in.
func (s *server) setup(r *request) error {
	form := views.SetupForm{Token: r.posted("token"), Name: r.posted("name"), Email: r.posted("email")}
	password := r.posted("password")
	session, err := s.Store.CompleteSetup(r.ctx(), form.Token, r.RealIP(),
		store.NewUser{Email: form.Email, Name: form.Name, Password: password})
	if errors.Is(err, store.ErrSetUp) || errors.Is(err, store.ErrSetupToken) {
		return r.setupDead(err)
	}
	if text, wrong := passwordProblem(r.text(), password, store.MinPassword, err); wrong {
		form.Errors = map[string]string{"password": text}
	}
	if errors.Is(err, store.ErrEmail) {
		form.Errors = map[string]string{"email": emailProblem(r.text(), form.Email)}
		if text, wrong := passwordProblem(r.text(), password, store.MinPassword, store.CheckPassword(password, s.Store.PasswordRule(form.Name, ""))); wrong {
			form.Errors["password"] = text
		}
	}
	if form.Errors != nil {
		return r.render(http.StatusUnprocessableEntity, views.Setup(r.frame(), form))
	}
	if err != nil {
		return err
	}
	return r.letIn(session, "/")
}

// setupDead says why a first-run link does nothing: nobody's any more, or not this one's.
func (r *request) setupDead(err error) error {
	t := r.text().Setup
	view := views.FailureView{Status: http.StatusForbidden, Title: t.DeadTitle, Text: t.DeadText,
		Action: r.text().Failure.SignIn, ActionHref: "/login"}
	switch {
	case errors.Is(err, store.ErrSetUp):
		view.Status, view.Title, view.Text = http.StatusNotFound, t.DoneTitle, t.DoneText
	case !errors.Is(err, store.ErrSetupToken):
		return err
	default:
		if err := r.wrongLink(); err != nil {
			return err
		}
	}
	return r.render(view.Status, views.Failure(r.frame(), view))
}

// passwordProblem says in the reader's words why a password was refused, if it was. Least is how many
// characters theirs needs.
func passwordProblem(t *views.Text, password string, least int, err error) (string, bool) {
	switch {
	case errors.Is(err, store.ErrPasswordShort) && password == "":
		return t.Errors.PasswordMissing, true
	case errors.Is(err, store.ErrPasswordShort):
		return t.Errors.PasswordShort(least), true
	case errors.Is(err, store.ErrPasswordLong):
		return t.Errors.PasswordLong(store.MaxPassword), true
	case errors.Is(err, store.ErrPasswordCommon):
		return t.Errors.PasswordCommon, true
	case errors.Is(err, store.ErrPasswordOwn):
		return t.Errors.PasswordOwn, true
	}
	return "", false
}

func emailProblem(t *views.Text, typed string) string {
	if typed == "" {
		return t.Errors.EmailMissing
	}
	return t.Errors.EmailInvalid(typed)
}
