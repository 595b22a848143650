package handlers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// authenticator is a device with one passkey, which does what a test tells it, right or wrong.
type authenticator struct {
	t      testing.TB
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte // as the server called the person
	count  uint32

	origin     string
	party      string                        // the host that it signs for
	verified   bool                          // it asked who holds it
	present    bool                          // somebody touched it
	backedUp   bool                          // it may be kept elsewhere
	crossSite  bool                          // the page stood in a frame of another site
	asks, says string                        // challenge and type of the client's data, "" for the right ones
	changes    func(response map[string]any) // what a thief would change afterwards
}

func newAuthenticator(t testing.TB) *authenticator {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &authenticator{t: t, key: key, id: id, origin: secureURL, party: "clinic.example", verified: true, present: true}
}

const (
	flagPresent  = 1 << 0
	flagVerified = 1 << 2
	flagEligible = 1 << 3
	flagBackedUp = 1 << 4
	flagMade     = 1 << 6
)

// data is the authenticator's data, with the key where it was just made.
func (a *authenticator) data(made bool) []byte {
	hash := sha256.Sum256([]byte(a.party))
	var flags byte
	for flag, on := range map[byte]bool{flagPresent: a.present, flagVerified: a.verified, flagEligible: a.backedUp, flagBackedUp: a.backedUp, flagMade: made} {
		if on {
			flags |= flag
		}
	}
	out := binary.BigEndian.AppendUint32(append(hash[:], flags), a.count)
	if !made {
		return out
	}
	public, err := a.key.PublicKey.Bytes()
	if err != nil {
		a.t.Fatal(err)
	}
	cose := a.cbor(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	out = append(out, make([]byte, 16)...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(a.id)))
	return append(append(out, a.id...), cose...)
}

func (a *authenticator) cbor(v any) []byte {
	a.t.Helper()
	raw, err := webauthncbor.Marshal(v)
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

func (a *authenticator) client(kind string, challenge []byte) []byte {
	if a.says != "" {
		kind = a.says
	}
	asked := b64(challenge)
	if a.asks != "" {
		asked = a.asks
	}
	raw, err := json.Marshal(map[string]any{"type": kind, "challenge": asked, "origin": a.origin, "crossOrigin": a.crossSite})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// answer is what the script posts.
func (a *authenticator) answer(response map[string]any) string {
	if a.changes != nil {
		a.changes(response)
	}
	raw, err := json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response})
	if err != nil {
		a.t.Fatal(err)
	}
	return string(raw)
}

// make answers options for a new passkey.
func (a *authenticator) make(options string) string {
	a.t.Helper()
	var asked struct {
		Challenge protocol.URLEncodedBase64
		RP        struct{ ID string }
		User      struct {
			ID                protocol.URLEncodedBase64
			Name, DisplayName string
		}
		AuthenticatorSelection struct{ ResidentKey, UserVerification string }
		Attestation            string
	}
	if err := json.Unmarshal([]byte(options), &asked); err != nil {
		a.t.Fatalf("%v: %s", err, options)
	}
	if s := asked.AuthenticatorSelection; asked.RP.ID != "clinic.example" || s.ResidentKey != "required" || s.UserVerification != "required" ||
		asked.Attestation != "none" || len(asked.User.ID) != 64 || len(asked.Challenge) < 32 {
		a.t.Errorf("asked for %s", options)
	}
	a.handle = asked.User.ID
	object := a.cbor(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": a.data(true)})
	return a.answer(map[string]any{"clientDataJSON": b64(a.client("webauthn.create", asked.Challenge)), "attestationObject": b64(object), "transports": []string{"internal", "<x>"}})
}

// sign answers options to sign with the passkey.
func (a *authenticator) sign(options string) string {
	a.t.Helper()
	var asked struct {
		Challenge        protocol.URLEncodedBase64
		RPID             string `json:"rpId"`
		UserVerification string
	}
	if err := json.Unmarshal([]byte(options), &asked); err != nil {
		a.t.Fatalf("%v: %s", err, options)
	}
	if asked.RPID != "clinic.example" || asked.UserVerification != "required" || len(asked.Challenge) < 32 {
		a.t.Errorf("asked for %s", options)
	}
	if a.count > 0 {
		a.count++
	}
	client, data := a.client("webauthn.get", asked.Challenge), a.data(false)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		a.t.Fatal(err)
	}
	return a.answer(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(a.handle)})
}
