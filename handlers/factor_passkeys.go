package handlers

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strings"

	"breakwater/store"
	"breakwater/views"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

const forMaking = "new passkey"

// sessionKey is what belongs to the session however often its token changes.
func (r *request) sessionKey() [32]byte { return sha256.Sum256([]byte(r.session.ID)) }

// holder is who asks, as authenticators know them.
func (r *request) holder(f store.Factors) (holder, error) {
	handle, err := r.s.Store.PasskeyHandle(r.ctx(), r.actor())
	return holder{handle: handle, email: r.user.Email, name: r.user.Name, passkeys: f.Passkeys}, err
}

func (s *server) newPasskeyPage(r *request) error {
	f, err := s.Store.Factors(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	return s.newPasskeyForm(r, http.StatusOK, views.PasskeyForm{Name: r.text().Factors.PasskeyNumber(len(f.Passkeys) + 1)})
}

func (s *server) newPasskeyForm(r *request, status int, form views.PasskeyForm) error {
	form.Works = s.passkeys != nil
	return r.render(status, views.NewPasskey(r.frame(), form))
}

// newPasskeyOptions tells the browser what passkey to make: one that asks who holds the device, and
// that says by itself whose it is. A device has at most one of each person's.
func (s *server) newPasskeyOptions(r *request) error {
	if s.passkeys == nil {
		return store.ErrNotFound
	}
	f, err := s.Store.Factors(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	h, err := r.holder(f)
	if err != nil {
		return err
	}
	var known []protocol.CredentialDescriptor
	for _, c := range h.WebAuthnCredentials() {
		known = append(known, c.Descriptor())
	}
	options, asked, err := s.passkeys.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return err
	}
	s.challenges.keep(forMaking, r.sessionKey(), network(r.RealIP()), *asked)
	return r.JSON(http.StatusOK, options.Response)
}

func (s *server) addPasskey(r *request) error {
	form := views.PasskeyForm{Name: strings.TrimSpace(r.posted("name")), Errors: map[string]string{}}
	asked, ok := s.challenges.take(forMaking, r.sessionKey())
	t := r.text().Factors
	if s.passkeys == nil {
		return store.ErrNotFound
	}
	if !ok {
		form.Problem = t.PasskeyLate
		return s.newPasskeyForm(r, http.StatusUnprocessableEntity, form)
	}
	h, err := r.holder(store.Factors{})
	if err != nil {
		return err
	}
	c, err := made(s.passkeys, h, asked, r.posted("credential"))
	var codes []string
	if err == nil {
		codes, err = s.Store.AddPasskey(r.ctx(), r.actor(), c, form.Name, r.token)
	}
	switch {
	case errors.Is(err, errPasskey):
		form.Problem = t.PasskeyNotMade
	case errors.Is(err, store.ErrPasskeyKnown):
		form.Problem = t.PasskeyKnown
	case errors.Is(err, store.ErrPasskeyMany):
		form.Problem = t.PasskeyMany(store.MaxPasskeys)
	case r.explainPasskeyName(form.Errors, form.Name, err):
	case err != nil:
		return err
	default:
		return r.factorAdded(codes, "passkey")
	}
	return s.newPasskeyForm(r, http.StatusUnprocessableEntity, form)
}

// explainPasskeyName puts an error of the name beside it; it reports whether it was one.
func (r *request) explainPasskeyName(to map[string]string, typed string, err error) bool {
	if !errors.Is(err, store.ErrPasskeyName) {
		return false
	}
	to["name"] = r.text().RolePages.NameLong(store.MaxPasskeyName)
	if typed == "" {
		to["name"] = r.text().RolePages.NameMissing
	}
	return true
}

// ownPasskey is the passkey of the address, if it is the person's.
func (s *server) ownPasskey(r *request) (store.Passkey, error) {
	f, err := s.Store.Factors(r.ctx(), r.user.ID)
	if err != nil {
		return store.Passkey{}, err
	}
	i := slices.IndexFunc(f.Passkeys, func(p store.Passkey) bool { return p.ID == r.Param("id") })
	if i < 0 {
		return store.Passkey{}, store.ErrNotFound
	}
	return f.Passkeys[i], nil
}

func (s *server) passkeyPage(r *request) error {
	p, err := s.ownPasskey(r)
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, views.RenamePasskey(r.frame(), views.PasskeyForm{ID: p.ID, Name: p.Name}))
}

func (s *server) renamePasskey(r *request) error {
	p, err := s.ownPasskey(r)
	if err != nil {
		return err
	}
	form := views.PasskeyForm{ID: p.ID, Name: strings.TrimSpace(r.posted("name")), Errors: map[string]string{}}
	err = s.Store.RenamePasskey(r.ctx(), r.actor(), p.ID, form.Name)
	if r.explainPasskeyName(form.Errors, form.Name, err) {
		return r.render(http.StatusUnprocessableEntity, views.RenamePasskey(r.frame(), form))
	}
	if err != nil {
		return err
	}
	return r.see(factorsPath + "?saved=renamed")
}

func (s *server) removePasskeyPage(r *request) error {
	p, err := s.ownPasskey(r)
	if err != nil {
		return err
	}
	return r.askFactor(http.StatusOK, r.text().Factors.AskRemovePasskey(p.Name), "/passkeys/"+p.ID+"/remove", "", true)
}

func (s *server) removePasskey(r *request) error {
	p, err := s.ownPasskey(r)
	if err != nil {
		return err
	}
	return r.removed(s.Store.RemovePasskey(r.ctx(), r.actor(), p.ID), r.text().Factors.AskRemovePasskey(p.Name), "/passkeys/"+p.ID+"/remove")
}
