package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
	"breakwater/views"
)

// passwordStrength says how the password does that somebody is typing. It is asked by pages alone, and
// answers with a part of one. What was typed comes in the body, as it will when the form is posted: it
// is in no address and in no log, and nothing of it is kept or said again.
func (s *server) passwordStrength(r *request) error {
	if !r.htmx() {
		return r.see("/")
	}
	password := r.posted("password")
	if password == "" {
		password = r.posted("new_password")
	}
	if password == "" {
		return r.NoContent(http.StatusOK) // what was said of the one before goes away
	}
	rule := s.Store.PasswordRule(r.posted("name"), r.posted("email"))
	if r.user != nil {
		rule = s.Store.RuleOf(r.user)
	}
	return r.render(http.StatusOK, views.PasswordStrength(r.frame(), strength(r.text().Strength, store.RatePassword(password, rule))))
}

// strength puts a rating into the reader's words.
func strength(t views.StrengthText, s store.Strength) views.StrengthView {
	switch {
	case errors.Is(s.Err, store.ErrPasswordShort):
		return views.StrengthView{Words: t.Short(s.Off)}
	case errors.Is(s.Err, store.ErrPasswordLong):
		return views.StrengthView{Words: t.Long(s.Off)}
	case errors.Is(s.Err, store.ErrPasswordOwn):
		return views.StrengthView{Words: t.Guessed, Why: t.Own}
	case s.Err != nil:
		return views.StrengthView{Words: t.Guessed, Why: t.Common}
	case s.Strong:
		return views.StrengthView{Good: true, Words: t.Strong}
	}
	return views.StrengthView{Good: true, Words: t.Good}
}
