package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
)

// ownPassword checks the posted field password against the person's own, before what only the one
// at the keyboard may do. It returns what is wrong in the reader's words, "" for nothing, and the
// status of the page that says so.
func (s *server) ownPassword(r *request) (problem string, status int, err error) {
	try := "account " + r.user.ID
	if wait := s.tries.take(try); wait > 0 {
		r.retryAfter(wait)
		return r.text().Login.TooMany, http.StatusTooManyRequests, nil
	}
	err = s.Store.VerifyPassword(r.ctx(), r.actor(), r.posted("password"))
	switch {
	case errors.Is(err, store.ErrCredentials) && r.posted("password") == "":
		s.tries.giveBack(try) // nobody guesses with nothing
		return r.text().Confirm.PasswordMissing, http.StatusUnprocessableEntity, nil
	case errors.Is(err, store.ErrCredentials):
		return r.text().Confirm.PasswordWrong, http.StatusUnprocessableEntity, nil
	}
	s.tries.giveBack(try)
	return "", 0, err
}
