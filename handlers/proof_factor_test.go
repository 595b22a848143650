package handlers

import (
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// TestAFreshSecondStepIsAProof as the password is: who signs in by a passkey alone may not remember one.
func TestAFreshSecondStepIsAProof(t *testing.T) {
	s := newSecureSite(t)
	a := newAuthenticator(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	secret, _ := v.addsApp()
	v.post(passkeysPath, "name", "Laptop", "credential", a.make(v.options(passkeysPath+"/options"))).wants(t, 303)
	s.clock.Turn(time.Minute) // the app's first code is used up
	id := storetest.AddUser(t, s.store, "bo@clinic.example").ID
	to := peoplePath + "/" + id
	stale := func() {
		t.Helper()
		s.clock.Turn(store.ProvenFor)
		v.post(to, "role", "front_desk").wants(t, 401).shows(t, `data-passkey="get"`, `name="proof_app"`, `name="password"`, `value="front_desk"`)
	}
	stale()
	v.post(to, "role", "front_desk", "proof_app", "000000", "password", "").wants(t, 422).shows(t, "not the one of now", `value="front_desk"`)
	code := s.code(secret)
	v.post(to, "role", "front_desk", "proof_app", code, "password", "").leadsTo(t, to+"?saved=1")
	v.post(to, "role", "front_desk").leadsTo(t, to+"?saved=1") // and for a while
	w := s.passwordOf("ada@clinic.example")
	w.post(stepPath, "code", code).wants(t, 401) // it is used up

	stale()
	signed := a.sign(v.options(provePath + "/options"))
	other := *a
	other.verified = false
	v.options(provePath + "/options")
	v.post(to, "role", "front_desk", "proof_passkey", signed).wants(t, 422).shows(t, "This passkey was not taken") // of an older question
	v.post(to, "role", "front_desk", "proof_passkey", other.sign(v.options(provePath+"/options"))).wants(t, 422)
	x := s.visitor()
	x.alone(a).wants(t, 303)
	s.clock.Turn(store.ProvenFor)
	v.post(to, "role", "front_desk", "proof_passkey", a.sign(x.options(provePath+"/options"))).wants(t, 422) // of another session
	v.post(to, "role", "front_desk", "proof_passkey", a.sign(v.options(provePath+"/options"))).leadsTo(t, to+"?saved=1")

	stale()
	signed = a.sign(v.options(provePath + "/options"))
	v.post(provePath, "to", passkeysPath+"/new", "proof_passkey", signed).leadsTo(t, passkeysPath+"/new")
	v.get(passkeysPath+"/new").wants(t, 200).shows(t, `data-passkey="create"`)
	proven, failed := 0, 0
	for _, e := range s.audit() {
		switch {
		case e.Action == store.ActionProven && strings.Contains(e.Details, `"by":"app"`), e.Action == store.ActionProven && strings.Contains(e.Details, `"by":"passkey"`):
			proven++
		case e.Action == store.ActionProofFailed:
			failed++
		}
	}
	if proven != 3 || failed != 4 {
		t.Errorf("%d proofs and %d failures are in the log", proven, failed)
	}
	v.get(auditPath).wants(t, 200).shows(t, "Confirming by a passkey failed", "Confirming by a code of an authenticator app failed")
}

func TestARecoveryCodeIsNoProof(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	_, codes := v.addsApp()
	s.clock.Turn(store.ProvenFor)
	v.post(factorsPath+"/codes", "recovery", codes[0]).wants(t, 401)
	v.post(factorsPath+"/codes", "proof_app", codes[0]).wants(t, 422)
	s.passwordOf("ada@clinic.example").post(stepPath, "recovery", codes[0]).wants(t, 303) // it is still good for what it is for
}

func TestGuessingAtAProofHasToWait(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	secret, _ := v.addsApp()
	s.clock.Turn(store.ProvenFor)
	for range 9 {
		v.post(factorsPath+"/codes", "proof_app", "000000").wants(t, 422)
	}
	if a := v.post(factorsPath+"/codes", "proof_app", s.code(secret)).wants(t, 429); a.Header().Get("Retry-After") == "" {
		t.Errorf("%v", a.Header())
	}
}
