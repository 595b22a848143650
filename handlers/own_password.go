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
	try := store.TryBy(store.TryPassword, r.user.ID)
	wait, err := r.guess(try)
	if err != nil {
		return "", 0, err
	}
	if wait > 0 {
		return r.text().Login.TooMany(minutes(wait)), http.StatusTooManyRequests, nil
	}
	err = s.Store.VerifyPassword(r.ctx(), r.actor(), r.posted("password"))
	switch {
	case errors.Is(err, store.ErrCredentials) && r.posted("password") == "": // nobody guesses with nothing
		return r.text().Confirm.PasswordMissing, http.StatusUnprocessableEntity, r.wasRight(try)
	case errors.Is(err, store.ErrCredentials):
		return r.text().Confirm.PasswordWrong, http.StatusUnprocessableEntity, nil
	}
	return "", 0, errors.Join(err, r.wasRight(try))
}
