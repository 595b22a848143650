package handlers

import (
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"

	"breakwater/store"
	"breakwater/views"

	"github.com/pquerna/otp/totp"
)

func (s *server) appPage(r *request) error { return s.appForm(r, http.StatusOK, "") }

// appForm shows the secret that waits for its first code, or how to get one.
func (s *server) appForm(r *request, status int, problem string) error {
	f, err := s.Store.Factors(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	form := views.AppForm{Replaces: f.App != nil, Error: problem}
	form.Secret, err = s.Store.WaitingApp(r.ctx(), r.actor())
	if errors.Is(err, store.ErrNotFound) {
		return r.render(status, views.App(r.frame(), form))
	}
	if err == nil {
		form.Address, err = s.otpauth(r.user.Email, form.Secret)
	}
	if err != nil {
		return err
	}
	return r.render(status, views.App(r.frame(), form))
}

// otpauth is a secret as apps read it from a QR code. What they call it by names the clinic's host,
// for people who work at several.
func (s *server) otpauth(email, secret string) (string, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Breakwater (" + s.BaseURL.Hostname() + ")", AccountName: email, Secret: raw})
	if err != nil {
		return "", fmt.Errorf("write a secret for apps: %w", err)
	}
	return key.URL(), nil
}

func (s *server) beginApp(r *request) error {
	if err := s.Store.BeginApp(r.ctx(), r.actor()); err != nil {
		return err
	}
	return r.see(factorsPath + "/app")
}

func (s *server) confirmApp(r *request) error {
	codes, err := s.Store.ConfirmApp(r.ctx(), r.actor(), r.posted("code"), r.token)
	switch {
	case errors.Is(err, store.ErrFactor) && r.posted("code") == "":
		return s.appForm(r, http.StatusUnprocessableEntity, r.text().Factors.CodeMissing)
	case errors.Is(err, store.ErrFactor):
		return s.appForm(r, http.StatusUnprocessableEntity, r.text().Factors.CodeWrong)
	case errors.Is(err, store.ErrNotFound):
		return s.appForm(r, http.StatusUnprocessableEntity, r.text().Factors.SecretOld)
	case err != nil:
		return err
	}
	return r.factorAdded(codes, "app")
}

func (s *server) removeAppPage(r *request) error {
	return r.askFactor(http.StatusOK, r.text().Factors.AskRemoveApp, "/app/remove", "", true)
}

func (s *server) removeApp(r *request) error {
	return r.removed(s.Store.RemoveApp(r.ctx(), r.actor()), r.text().Factors.AskRemoveApp, "/app/remove")
}
