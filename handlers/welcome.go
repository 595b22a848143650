package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
	"breakwater/views"
)

// welcomePage is where a one-time link leads: somebody chooses a password.
func (s *server) welcomePage(r *request) error {
	token := r.QueryParam("token")
	u, err := s.Store.CheckLink(r.ctx(), token)
	if err != nil {
		return r.linkDead(err)
	}
	return r.render(http.StatusOK, views.Welcome(r.frame(), views.WelcomeForm{Token: token, Name: u.Name, Email: u.Email, Least: u.LeastPassword()}))
}

func (s *server) welcome(r *request) error {
	token, password := r.posted("token"), r.posted("password")
	u, err := s.Store.CheckLink(r.ctx(), token)
	if err != nil {
		return r.linkDead(err)
	}
	session, err := s.Store.UseLink(r.ctx(), token, password, r.RealIP())
	if text, wrong := passwordProblem(r.text(), password, u.LeastPassword(), err); wrong {
		r.user = nil
		return r.render(http.StatusUnprocessableEntity, views.Welcome(r.frame(), views.WelcomeForm{Token: token, Name: u.Name, Email: u.Email, Least: u.LeastPassword(),
			Errors: map[string]string{"password": text}}))
	}
	var due *store.StepDue
	if errors.As(err, &due) {
		return r.askStep(due)
	}
	if err != nil {
		return r.linkDead(err)
	}
	return r.letIn(session, "/")
}

func (r *request) linkDead(err error) error {
	if !errors.Is(err, store.ErrLink) {
		return err
	}
	if err := r.wrongLink(); err != nil {
		return err
	}
	t := r.text()
	return r.render(http.StatusGone, views.Failure(r.frame(), views.FailureView{Status: http.StatusGone,
		Title: t.Welcome.DeadTitle, Text: t.Welcome.DeadText, Action: t.Failure.SignIn, ActionHref: "/login"}))
}
