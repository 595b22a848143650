package handlers

import (
	"crypto/rand"
	"errors"
	"net/http"

	"breakwater/store"
)

// A passkey as the only step: the browser asks which, and the device verifies the person. What the
// device is to sign belongs to the browser by a cookie of its own.
const (
	passkeyCookie = "breakwater_passkey"

	forLogin = "login"
)

// passkeyOptions tells a stranger's browser what a passkey is to sign.
func (s *server) passkeyOptions(r *request) error {
	if s.passkeys == nil {
		return store.ErrNotFound
	}
	options, asked, err := s.passkeys.BeginDiscoverableLogin()
	if err != nil {
		return err
	}
	var browser store.SessionToken
	rand.Read(browser[:])
	s.challenges.keep(forLogin, browser, network(r.RealIP()), *asked)
	r.setToken(passkeyCookie, browser, challengeLife)
	return r.JSON(http.StatusOK, options.Response)
}

// passkeyLogin signs in whose passkey it is.
func (s *server) passkeyLogin(r *request) error {
	if s.passkeys == nil {
		return store.ErrNotFound
	}
	try := store.TryBy(store.TryAddress, network(r.RealIP()))
	wait, err := r.guess(try)
	if err != nil {
		return err
	}
	if wait > 0 {
		return r.loginForm(http.StatusTooManyRequests, "", r.text().Login.TooMany(minutes(wait)))
	}
	browser, ok := r.cookieToken(passkeyCookie)
	asked, open := s.challenges.take(forLogin, browser)
	r.setToken(passkeyCookie, store.SessionToken{}, -1)
	if !ok || !open {
		if err := r.wasRight(try); err != nil { // too late, or twice: nothing was looked at
			return err
		}
		return r.loginForm(http.StatusUnauthorized, "", r.text().Login.PasskeyLate)
	}
	userID, u, err := usedAlone(s.passkeys, func(handle []byte) (string, []store.Passkey, error) {
		return s.Store.PasskeyOwner(r.ctx(), handle)
	}, asked, r.posted("credential"))
	if err != nil && !errors.Is(err, errPasskey) {
		return err
	}
	token, err := s.Store.SignInWithPasskey(r.ctx(), userID, u, r.RealIP(), r.oldSession())
	if errors.Is(err, store.ErrFactor) {
		return r.loginForm(http.StatusUnauthorized, "", r.text().Login.PasskeyWrong)
	}
	if err := errors.Join(err, r.wasRight(try)); err != nil {
		return err
	}
	return r.letIn(token, s.rememberedPage(r))
}
