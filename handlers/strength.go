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
	rule, err := s.ruleFor(r)
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, views.PasswordStrength(r.frame(), strength(r.text().Strength, store.RatePassword(password, rule))))
}

// ruleFor is the rule by which the form will be judged. Whose one-time link it came with is who they are,
// whoever else is signed in there; of somebody at first run no more is known than what they typed. A link
// that is none tells nothing, and is no try at one: whoever types behind one that has ended asks at every key.
func (s *server) ruleFor(r *request) (store.PasswordRule, error) {
	if token := r.posted("token"); token != "" {
		u, err := s.Store.CheckLink(r.ctx(), token)
		if err == nil {
			return s.Store.RuleOf(u), nil
		}
		if !errors.Is(err, store.ErrLink) {
			return store.PasswordRule{}, err
		}
	}
	if r.user != nil {
		return s.Store.RuleOf(r.user), nil
	}
	return s.Store.PasswordRule(r.posted("name"), r.posted("email")), nil
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
