package handlers

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"breakwater/store"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// newRelyingParty is Breakwater as passkeys know it: by the host of its base URL, and reached from that
// origin alone. It is nil where browsers have no passkeys: they want HTTPS and a name, or localhost
// (WebAuthn, 5.1.3 and 13.4.9).
func newRelyingParty(base *url.URL) (*webauthn.WebAuthn, error) {
	host := base.Hostname()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if _, err := netip.ParseAddr(host); err == nil || !local && base.Scheme != "https" {
		return nil, nil
	}
	origin := base.Scheme + "://" + base.Host
	if port := base.Port(); base.Scheme == "https" && port == "443" || base.Scheme == "http" && port == "80" {
		origin = base.Scheme + "://" + host // as browsers write it
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Breakwater", RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: webauthn.TimeoutConfig{Timeout: challengeLife}, Registration: webauthn.TimeoutConfig{Timeout: challengeLife}},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", host, err)
	}
	return rp, nil
}

// holder is a person as authenticators know them.
type holder struct {
	handle   []byte
	email    string
	name     string
	passkeys []store.Passkey
}

var _ webauthn.User = holder{}

func (h holder) WebAuthnID() []byte          { return h.handle }
func (h holder) WebAuthnName() string        { return h.email }
func (h holder) WebAuthnDisplayName() string { return h.name }

func (h holder) WebAuthnCredentials() (list []webauthn.Credential) {
	for _, p := range h.passkeys {
		list = append(list, webauthn.Credential{ID: p.CredentialID, PublicKey: p.PublicKey, Transport: transports(p),
			Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: p.BackupEligible},
			Authenticator: webauthn.Authenticator{SignCount: p.SignCount}})
	}
	return list
}

func transports(p store.Passkey) (list []protocol.AuthenticatorTransport) {
	for _, t := range p.Transports {
		list = append(list, protocol.AuthenticatorTransport(t))
	}
	return list
}

// sound leaves out passkeys that may have been copied.
func sound(list []store.Passkey) []store.Passkey {
	return slices.DeleteFunc(slices.Clone(list), func(p store.Passkey) bool { return p.Suspect })
}

// errPasskey says that a passkey did not do what it was asked to.
var errPasskey = errors.New("the passkey was not taken")

// made verifies what an authenticator answers that was asked for a new passkey.
func made(rp *webauthn.WebAuthn, h holder, asked webauthn.SessionData, posted string) (store.Credential, error) {
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(posted))
	if err != nil {
		return store.Credential{}, errPasskey
	}
	c, err := rp.CreateCredential(h, asked, answer)
	if err != nil {
		return store.Credential{}, errPasskey
	}
	kept := store.Credential{CredentialID: c.ID, PublicKey: c.PublicKey, BackupEligible: c.Flags.BackupEligible, SignCount: c.Authenticator.SignCount}
	for _, t := range c.Transport {
		if known := (protocol.AuthenticatorTransport)(t); slices.Contains(knownTransports, known) {
			kept.Transports = append(kept.Transports, string(t))
		}
	}
	return kept, nil
}

// knownTransports are those of WebAuthn, 5.8.4. What else a browser says is not kept.
var knownTransports = []protocol.AuthenticatorTransport{protocol.USB, protocol.NFC, protocol.BLE, protocol.SmartCard, protocol.Hybrid, protocol.Internal}

// used verifies what an authenticator answers that was asked to sign with one of the person's
// passkeys, and returns which. The counter is the store's to judge.
func used(rp *webauthn.WebAuthn, h holder, asked webauthn.SessionData, posted string) (store.PasskeyUse, error) {
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(posted))
	if err != nil {
		return store.PasskeyUse{}, errPasskey
	}
	if _, err := rp.ValidateLogin(h, asked, answer); err != nil {
		return store.PasskeyUse{}, errPasskey
	}
	return h.use(answer), nil
}

// usedAlone is used where it is the passkey that says whose it is. It returns that person's id, also
// where the passkey is refused, or "" for nobody's.
func usedAlone(rp *webauthn.WebAuthn, find func(handle []byte) (string, []store.Passkey, error), asked webauthn.SessionData, posted string) (userID string, u store.PasskeyUse, err error) {
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(posted))
	if err != nil {
		return "", u, errPasskey
	}
	var h holder
	var failed error
	_, _, err = rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		id, passkeys, err := find(handle)
		if err != nil {
			if !errors.Is(err, store.ErrNotFound) {
				failed = err
			}
			return nil, err
		}
		userID, h = id, holder{handle: handle, passkeys: passkeys}
		return h, nil
	}, asked, answer)
	if failed != nil {
		return "", u, failed
	}
	if err != nil {
		return userID, u, errPasskey
	}
	return userID, h.use(answer), nil
}

// use finds which of the person's passkeys signed.
func (h holder) use(answer *protocol.ParsedCredentialAssertionData) store.PasskeyUse {
	for _, p := range h.passkeys {
		if slices.Equal(p.CredentialID, answer.RawID) {
			return store.PasskeyUse{ID: p.ID, SignCount: answer.Response.AuthenticatorData.Counter}
		}
	}
	return store.PasskeyUse{}
}
