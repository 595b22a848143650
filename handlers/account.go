package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
	"breakwater/views"
)

func (s *server) accountPage(r *request) error {
	saved := r.QueryParam("saved")
	if saved != "profile" && saved != "password" && saved != "sessions" {
		saved = ""
	}
	return r.accountForm(http.StatusOK, views.AccountForm{Name: r.user.Name, Language: r.user.Language, Theme: r.user.Theme, Saved: saved})
}

func (r *request) accountForm(status int, form views.AccountForm) (err error) {
	if form.Factors, err = r.s.ownFactors(r); err != nil {
		return err
	}
	if form.Sessions, err = r.s.sessionsOf(r, r.user.ID); err != nil {
		return err
	}
	form.Sessions.Ended = form.Saved == "sessions"
	return r.render(status, views.Account(r.frame(), form))
}

// passwordForm says what is wrong with a new password on the page that it was typed into.
func (r *request) passwordForm(status int, form views.AccountForm) error {
	if !r.user.FactorDue {
		return r.accountForm(status, form)
	}
	list, err := r.s.ownFactors(r)
	if err != nil {
		return err
	}
	return r.render(status, views.FactorsOf(r.frame(), views.FactorsPage{FactorList: list, Errors: form.Errors}))
}

func (s *server) saveAccount(r *request) error {
	form := views.AccountForm{Name: r.posted("name"), Language: r.posted("language"), Theme: r.posted("theme")}
	err := s.Store.SaveProfile(r.ctx(), r.actor(), store.Profile{Name: form.Name, Language: form.Language, Theme: form.Theme})
	if errors.Is(err, store.ErrLanguage) {
		form.Errors = map[string]string{"language": r.text().Errors.LanguageUnknown}
		return r.accountForm(http.StatusUnprocessableEntity, form)
	}
	if errors.Is(err, store.ErrTheme) {
		form.Errors = map[string]string{"theme": r.text().Errors.ThemeUnknown}
		return r.accountForm(http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	return r.see("/account?saved=profile")
}

func (s *server) changePassword(r *request) error {
	form := views.AccountForm{Name: r.user.Name, Language: r.user.Language, Theme: r.user.Theme, Errors: map[string]string{}}
	next := r.posted("new_password")
	try := store.TryBy(store.TryPassword, r.user.ID)
	wait, err := r.guess(try)
	if err != nil {
		return err
	}
	if wait > 0 {
		form.Errors["current_password"] = r.text().Login.TooMany(minutes(wait))
		return r.passwordForm(http.StatusTooManyRequests, form)
	}
	err = s.Store.ChangePassword(r.ctx(), r.actor(), r.posted("current_password"), next, r.token)
	if errors.Is(err, store.ErrCredentials) {
		form.Errors["current_password"] = r.text().Errors.CurrentWrong
	} else if err := r.wasRight(try); err != nil {
		return err
	}
	if text, wrong := passwordProblem(r.text(), next, r.user.LeastPassword(), err); wrong {
		form.Errors["new_password"] = text
	}
	if len(form.Errors) > 0 {
		return r.passwordForm(http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	r.knowDevice(r.user.ID) // a new password makes every device a stranger
	return r.see("/account?saved=password")
}
