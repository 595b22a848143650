package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

const passkeysPath = factorsPath + "/passkeys"

// options asks what an authenticator is to do.
func (v *visitor) options(path string) string {
	v.t.Helper()
	a := v.post(path).wants(v.t, 200)
	if got := a.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/json") || !json.Valid([]byte(a.body)) {
		v.t.Fatalf("%s: %s", got, a.body)
	}
	return a.body
}

// addsPasskey adds the authenticator's passkey to whoever is signed in.
func (v *visitor) addsPasskey(a *authenticator) {
	v.t.Helper()
	v.post(passkeysPath, "name", "Laptop", "credential", a.make(v.options(passkeysPath+"/options"))).wants(v.t, 200).shows(v.t, "recovery codes")
}

// withPasskey adds somebody with a passkey.
func (s *site) withPasskey(email string, permissions ...store.Permission) *authenticator {
	s.t.Helper()
	a := newAuthenticator(s.t)
	s.person(email, permissions...).addsPasskey(a)
	return a
}

// alone signs in with the passkey as the only step.
func (v *visitor) alone(a *authenticator) answer {
	v.t.Helper()
	return v.post("/login/passkey", "credential", a.sign(v.options("/login/passkey/options")))
}

func TestAPasskeyIsTheSecondStepOrTheOnlyOne(t *testing.T) {
	s := newSecureSite(t)
	a := s.withPasskey("ada@clinic.example", store.ViewReferrals)
	v := s.passwordOf("ada@clinic.example")
	v.get(stepPath).wants(t, 200).shows(t, `data-passkey="get"`).hides(t, `name="code"`)
	v.post(stepPath, "credential", a.sign(v.options(stepPath+"/options"))).leadsTo(t, "/")
	v.get("/referrals").wants(t, 200)

	w := s.visitor()
	w.get("/referrals").leadsTo(t, "/login")
	w.get("/login").wants(t, 200).shows(t, "Sign in with a passkey")
	w.alone(a).leadsTo(t, "/referrals")
	w.get("/referrals").wants(t, 200)
	last := s.audit()
	if e := last[len(last)-1]; e.Action != store.ActionSignedIn || !strings.Contains(e.Details, `"passkey_alone"`) || e.ActorName != "ada@clinic.example" {
		t.Errorf("%+v", e)
	}
	w.get(factorsPath).wants(t, 200).shows(t, "Laptop", "Last used")
}

// TestWhatIsWrongWithAPasskeyLetsNobodyIn tries every check of WebAuthn, 7.2, through both doors.
func TestWhatIsWrongWithAPasskeyLetsNobodyIn(t *testing.T) {
	s := newSecureSite(t)
	good := s.withPasskey("ada@clinic.example", store.ViewReferrals)
	other := s.withPasskey("bo@clinic.example")
	for name, spoil := range map[string]func(*authenticator){
		"another origin":           func(a *authenticator) { a.origin = "https://clinic.example.evil.example" },
		"another scheme":           func(a *authenticator) { a.origin = "http://clinic.example" },
		"another port":             func(a *authenticator) { a.origin = "https://clinic.example:8443" },
		"another host's key":       func(a *authenticator) { a.party = "evil.example" },
		"nobody verified":          func(a *authenticator) { a.verified = false },
		"nobody present":           func(a *authenticator) { a.present = false },
		"a frame of another site":  func(a *authenticator) { a.crossSite = true },
		"another challenge":        func(a *authenticator) { a.asks = b64(make([]byte, 32)) },
		"an empty challenge":       func(a *authenticator) { a.asks = " " },
		"made, not signed":         func(a *authenticator) { a.says = "webauthn.create" },
		"another key":              func(a *authenticator) { a.key = newAuthenticator(t).key },
		"an unknown passkey":       func(a *authenticator) { a.id = newAuthenticator(t).id },
		"somebody else's passkey":  func(a *authenticator) { a.id, a.key = other.id, other.key },
		"somebody else's name":     func(a *authenticator) { a.handle = other.handle },
		"nobody's name":            func(a *authenticator) { a.handle = make([]byte, 64) },
		"kept elsewhere, suddenly": func(a *authenticator) { a.backedUp = true },
		"no signature":             func(a *authenticator) { a.changes = func(r map[string]any) { r["signature"] = "" } },
		"changed data": func(a *authenticator) {
			a.changes = func(r map[string]any) { r["authenticatorData"] = b64(a.data(false)[:36]) }
		},
		"changed client data": func(a *authenticator) { a.changes = func(r map[string]any) { r["clientDataJSON"] = b64([]byte(`{}`)) } },
		"a signature of another day": func(a *authenticator) {
			a.changes = func(r map[string]any) { r["signature"] = b64([]byte{48, 6, 2, 1, 1, 2, 1, 1}) }
		},
	} {
		bad := *good
		spoil(&bad)
		s.clock.Turn(time.Hour) // wrong tries are forgiven
		v := s.visitor()
		a := v.alone(&bad)
		if a.Code != 401 || v.cookies[s.sessionName()] != nil {
			t.Errorf("%s, alone: %d", name, a.Code)
		}
		v = s.passwordOf("ada@clinic.example")
		if a := v.post(stepPath, "credential", bad.sign(v.options(stepPath+"/options"))); a.Code != 401 || v.cookies[s.sessionName()] != nil {
			t.Errorf("%s, second step: %d", name, a.Code)
		}
	}
	s.clock.Turn(time.Hour)
	for _, posted := range []string{"", "{}", "null", "[]", `"x"`, "{", strings.Repeat("[", 20_000), `{"id":"x","rawId":"x","type":"public-key","response":{}}`} {
		s.clock.Turn(time.Hour)
		v := s.visitor()
		v.options("/login/passkey/options")
		v.post("/login/passkey", "credential", posted).wants(t, 401)
		w := s.passwordOf("ada@clinic.example")
		w.options(stepPath + "/options")
		w.post(stepPath, "credential", posted).wants(t, 401)
	}
	s.visitor().alone(good).wants(t, 303) // none of it did any harm
	s.wantsNowhere(t, "evil.example")
}

func TestAnAnswerCountsOnceInItsBrowserAndInTime(t *testing.T) {
	s := newSecureSite(t)
	a := s.withPasskey("ada@clinic.example")
	v := s.visitor()
	signed := a.sign(v.options("/login/passkey/options"))
	cookie := v.cookies[cookieName(passkeyCookie, true)]
	if cookie == nil || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge != int(challengeLife/time.Second) {
		t.Fatalf("%+v", cookie)
	}
	for name, other := range map[string]*visitor{"without the cookie": s.visitor(), "with another's": s.with(map[string]*http.Cookie{cookie.Name: {Value: encodeToken(store.SessionToken{9})}})} {
		if got := other.post("/login/passkey", "credential", signed); got.Code != 401 || other.cookies[s.sessionName()] != nil {
			t.Errorf("%s: %d", name, got.Code)
		}
	}
	v.post("/login/passkey", "credential", signed).leadsTo(t, "/")
	again := s.with(map[string]*http.Cookie{cookie.Name: cookie})
	again.post("/login/passkey", "credential", signed).wants(t, 401).shows(t, "took too long")

	w, x := s.passwordOf("ada@clinic.example"), s.passwordOf("ada@clinic.example")
	signed = a.sign(w.options(stepPath + "/options"))
	x.options(stepPath + "/options")
	x.post(stepPath, "credential", signed).wants(t, 401) // one sign-in's answer is no other's
	w.post(stepPath, "credential", signed).leadsTo(t, "/")
	x.post(stepPath, "credential", signed).wants(t, 401)

	v = s.visitor()
	signed = a.sign(v.options("/login/passkey/options"))
	s.clock.Turn(challengeLife)
	v.post("/login/passkey", "credential", signed).wants(t, 401).shows(t, "took too long")
}

func TestACopiedPasskeyIsFoundByItsCounter(t *testing.T) {
	s := newSecureSite(t)
	a := newAuthenticator(t)
	a.count = 5
	s.person("ada@clinic.example").addsPasskey(a)
	copied := *a
	for range 3 {
		s.visitor().alone(a).wants(t, 303)
	}
	s.visitor().alone(&copied).wants(t, 401) // it counts from where it was copied
	s.visitor().alone(a).wants(t, 401)       // nobody can tell the two apart
	v := s.passwordOf("ada@clinic.example")
	v.get(stepPath).wants(t, 200).hides(t, `data-passkey`).shows(t, `name="recovery"`) // and the step is still asked for
	v.post(stepPath+"/options").wants(t, 404)
	found := false
	for _, e := range s.audit() {
		found = found || e.Action == store.ActionPasskeySuspected
	}
	if !found {
		t.Error("nobody is told")
	}
}

func TestWhatIsWrongWithANewPasskeyAddsNone(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example")
	for name, spoil := range map[string]func(*authenticator){
		"another origin":    func(a *authenticator) { a.origin = "https://evil.example" },
		"another host":      func(a *authenticator) { a.party = "evil.example" },
		"nobody verified":   func(a *authenticator) { a.verified = false },
		"nobody present":    func(a *authenticator) { a.present = false },
		"another challenge": func(a *authenticator) { a.asks = b64(make([]byte, 32)) },
		"signed, not made":  func(a *authenticator) { a.says = "webauthn.get" },
		"nothing made at all": func(a *authenticator) {
			a.changes = func(r map[string]any) { r["attestationObject"] = b64([]byte{0xa0}) }
		},
	} {
		a := newAuthenticator(t)
		spoil(a)
		got := v.post(passkeysPath, "name", "Laptop", "credential", a.make(v.options(passkeysPath+"/options"))).wants(t, 422)
		got.shows(t, `value="Laptop"`, "no passkey that Breakwater can use")
		if storetestUser(s, "ada@clinic.example").HasFactor {
			t.Fatalf("%s: added", name)
		}
	}
	a := newAuthenticator(t)
	made := a.make(v.options(passkeysPath + "/options"))
	w := s.signIn("ada@clinic.example")
	w.post(passkeysPath, "name", "Laptop", "credential", made).wants(t, 422).shows(t, "took too long") // another session's
	v.post(passkeysPath, "name", "  ", "credential", made).wants(t, 422).shows(t, "Enter a name.")
	v.post(passkeysPath, "name", "Laptop", "credential", made).wants(t, 422).shows(t, "took too long") // twice
	made = a.make(v.options(passkeysPath + "/options"))
	s.clock.Turn(challengeLife - time.Second)
	v.post(passkeysPath, "name", `<b>"Laptop"`, "credential", made).wants(t, 200)
	v.get(factorsPath).wants(t, 200).shows(t, "&lt;b&gt;").hides(t, "<b>")
	other := s.person("bo@clinic.example")
	made = a.make(other.options(passkeysPath + "/options"))
	other.post(passkeysPath, "name", "Laptop", "credential", made).wants(t, 422).shows(t, "already has a passkey")
}

// TestADeviceIsAskedToLeaveOutItsOwn so that it has one of each person's.
func TestADeviceIsAskedToLeaveOutItsOwn(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example")
	a := newAuthenticator(t)
	v.addsPasskey(a)
	if options := v.options(passkeysPath + "/options"); !strings.Contains(options, b64(a.id)) || !strings.Contains(options, "ada@clinic.example") {
		t.Errorf("%s", options)
	}
	if options := s.visitor().options("/login/passkey/options"); strings.Contains(options, "allowCredentials") || strings.Contains(options, "ada") {
		t.Errorf("a stranger is told of passkeys: %s", options)
	}
}

func TestAPasskeyOfSomebodyWhoMayNotSignIn(t *testing.T) {
	s := newSecureSite(t)
	a := s.withPasskey("ada@clinic.example")
	s.must(s.store.SetUserDisabled(t.Context(), storetest.Admin, "ada@clinic.example", true))
	unknown := s.visitor().alone(newStranger(t))
	disabled := s.visitor().alone(a)
	if unknown.Code != 401 || disabled.Code != 401 || unknown.body != disabled.body {
		t.Errorf("told apart: %d, %d", unknown.Code, disabled.Code)
	}
}

// newStranger is an authenticator whose passkey nobody here knows.
func newStranger(t testing.TB) *authenticator {
	a := newAuthenticator(t)
	a.handle = make([]byte, 64)
	return a
}

func TestGuessingWithPasskeysHasToWait(t *testing.T) {
	s := newSecureSite(t)
	a := s.withPasskey("ada@clinic.example")
	for range 9 {
		s.visitor().alone(newStranger(t)).wants(t, 401)
	}
	if got := s.visitor().alone(a).wants(t, 429); got.Header().Get("Retry-After") == "" {
		t.Errorf("%v", got.Header())
	}
	elsewhere := s.visitor()
	elsewhere.address = "198.51.100.7"
	elsewhere.alone(a).wants(t, 303)
	before := len(s.audit())
	for i := range 200 {
		v := s.visitor()
		v.address = fmt.Sprintf("203.0.113.%d", i)
		v.alone(newStranger(t)).wants(t, 401)
	}
	if n := len(s.audit()) - before; n > 80 {
		t.Errorf("a flood wrote %d audit entries", n)
	}
}

// TestWherePasskeysCannotWork the pages say so and offer what does.
func TestWherePasskeysCannotWork(t *testing.T) {
	for base, works := range map[string]bool{"http://clinic.example": false, "https://192.0.2.9": false, "http://127.0.0.1:8080": false, "https://[2001:db8::1]": false,
		"https://clinic.example": true, "https://clinic.example:8443": true, "https://clinic.example:443": true, "http://localhost:8080": true, "http://clinic.localhost": true} {
		s := newSite(t, func(c *Config) { c.BaseURL = parseURL(t, base) })
		v := s.person("ada@clinic.example")
		login, page, account := s.visitor().get("/login").wants(t, 200), v.get(passkeysPath+"/new").wants(t, 200), v.get("/account").wants(t, 200)
		if strings.Contains(login.body, "Sign in with a passkey") != works || strings.Contains(page.body, `data-passkey="create"`) != works ||
			strings.Contains(account.body, "Add Passkey") != works || strings.Contains(page.body, "do not work at this address") == works ||
			strings.Contains(account.body, "do not work at this address") == works || !strings.Contains(account.body, "Add Authenticator App") {
			t.Errorf("%s: wrong, where works is %v", base, works)
		}
		for _, path := range []string{"/login/passkey/options", passkeysPath + "/options"} {
			if a := v.post(path); (a.Code == 200) != works || a.Code != 200 && a.Code != 404 {
				t.Errorf("%s %s: %d", base, path, a.Code)
			}
		}
	}
}
