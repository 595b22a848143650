package handlers

import (
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

func TestTheSessionsCookieIsShut(t *testing.T) {
	for base, name := range map[string]string{baseURL: "breakwater_session", "https://clinic.example": "__Host-breakwater_session"} {
		s := newSite(t, func(c *Config) { c.BaseURL = parseURL(t, base) })
		storetest.AddUser(t, s.store, "ada@clinic.example")
		a := s.visitor().post("/login", "email", "ada@clinic.example", "password", storetest.Password).wants(t, 303)
		cookies := a.Result().Cookies()
		if len(cookies) != 2 || !strings.HasSuffix(cookies[1].Name, deviceCookie) { // that one has a test of its own
			t.Fatalf("cookies: %v", cookies)
		}
		c := cookies[0]
		if c.Name != name || c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode ||
			c.Secure != strings.HasPrefix(base, "https") || c.MaxAge != 0 || !c.Expires.IsZero() {
			t.Errorf("%s: %s", base, c.Raw)
		}
		if raw, err := base64.RawURLEncoding.DecodeString(c.Value); err != nil || len(raw) != 32 {
			t.Errorf("the value is no 32 bytes: %q", c.Value)
		}
	}
}

func TestTheNextPagesCookieIsShutToo(t *testing.T) {
	for base, name := range map[string]string{baseURL: nextCookie, "https://clinic.example": "__Host-" + nextCookie} {
		s := newSite(t, func(c *Config) { c.BaseURL = parseURL(t, base) })
		c := s.visitor().get("/referrals").Result().Cookies()[0]
		if c.Name != name || c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode ||
			c.Secure != strings.HasPrefix(base, "https") || c.MaxAge <= 0 || c.MaxAge > 3600 {
			t.Errorf("%s: %s", base, c.Raw)
		}
	}
}

func TestEverySignInIsANewSession(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	seen := map[string]bool{}
	name := s.sessionName()
	v := s.visitor()
	for range 3 {
		before := maps.Clone(v.cookies)
		v.post("/login", "email", "ada@clinic.example", "password", storetest.Password).wants(t, 303)
		if value := v.cookies[name].Value; seen[value] {
			t.Errorf("%s came twice", value)
		}
		seen[v.cookies[name].Value] = true
		v.get("/account").wants(t, 200)
		if before[name] != nil {
			s.with(before).get("/account").leadsTo(t, "/login") // the one before is over
		}
	}
}

// with is a browser that has those cookies.
func (s *site) with(cookies map[string]*http.Cookie) *visitor {
	v := s.visitor()
	v.cookies = cookies
	return v
}

func TestAPlantedSessionIsNeverAdopted(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	attacker := s.person("bo@clinic.example")
	for name, planted := range map[string]string{
		"made up":          encodeToken(store.SessionToken{1, 2, 3}),
		"all zero":         encodeToken(store.SessionToken{}),
		"the attacker's":   attacker.cookies[s.sessionName()].Value,
		"nothing possible": "canary",
		"empty":            "",
	} {
		v := s.with(map[string]*http.Cookie{s.sessionName(): {Value: planted}})
		v.post("/login", "email", "ada@clinic.example", "password", storetest.Password).wants(t, 303)
		if v.cookies[s.sessionName()].Value == planted {
			t.Errorf("%s: adopted", name)
		}
		v.get("/account").wants(t, 200).shows(t, "ada@clinic.example")
		s.with(map[string]*http.Cookie{s.sessionName(): {Value: planted}}).get("/account").leadsTo(t, "/login")
	}
}

func TestSigningOutEndsTheSession(t *testing.T) {
	s := newSite(t)
	v, elsewhere := s.person("ada@clinic.example"), s.signIn("ada@clinic.example")
	kept := maps.Clone(v.cookies)
	a := v.post("/logout").leadsTo(t, "/login")
	if c := a.Result().Cookies(); len(c) != 1 || c[0].Name != s.sessionName() || c[0].MaxAge >= 0 || c[0].Value != "" || c[0].Path != "/" || !c[0].HttpOnly {
		t.Errorf("%v", c)
	}
	v.get("/account").leadsTo(t, "/login")
	s.with(kept).get("/account").leadsTo(t, "/login") // whoever copied the cookie is out too
	s.with(kept).post("/logout").leadsTo(t, "/login")
	s.visitor().post("/logout").leadsTo(t, "/login")
	v.get("/logout").wants(t, 405) // a link or an image signs nobody out
	elsewhere.get("/account").wants(t, 200)
	last := s.audit()[len(s.audit())-1]
	if last.Action != store.ActionSignedOut || last.ActorName != "ada@clinic.example" || last.Address != "192.0.2.1" {
		t.Errorf("%+v", last)
	}
}

func TestSessionsEndByTheClock(t *testing.T) {
	s := newSite(t)
	idle, busy := s.person("ada@clinic.example"), s.signIn("ada@clinic.example")
	for waited := store.SessionIdle * 0; waited < store.SessionLife-store.SessionIdle; waited += store.SessionIdle - 60e9 {
		busy.get("/account").wants(t, 200)
		s.clock.Turn(store.SessionIdle - 60e9)
	}
	idle.get("/account").leadsTo(t, "/login")
	busy.get("/account").wants(t, 200)
	s.clock.Turn(store.SessionIdle - 60e9)
	busy.get("/account")
	s.clock.Turn(store.SessionIdle - 60e9)
	busy.get("/account").leadsTo(t, "/login")
}

func TestTwoCookiesOfTheNameAreNone(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	own := s.sessionName() + "=" + v.cookies[s.sessionName()].Value
	for _, header := range []string{own + "; " + own, own + "; " + s.sessionName() + "=x", s.sessionName() + "=; " + own} {
		s.visitor().get("/account", "Cookie", header).leadsTo(t, "/login")
	}
	s.visitor().get("/account", "Cookie", own, "Cookie", own).leadsTo(t, "/login")
	s.visitor().get("/account", "Cookie", "other=1; "+own).wants(t, 200)
}

func TestGarbageInTheCookieIsNobody(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	good := v.cookies[s.sessionName()].Value
	for _, value := range []string{"", "x", good[:42], good + "A", good + "=", strings.ToLower(good), good[1:] + "A", "\"" + good,
		good + ".", strings.Repeat("A", 20_000), "%41", good[:42] + "\x00", "é", "../../etc/passwd", "' OR 1=1 --"} {
		a := s.visitor().get("/account", "Cookie", s.sessionName()+"="+value)
		if a.Code != 303 {
			t.Errorf("%q: status %d", value, a.Code)
		}
	}
	https := newSite(t, func(c *Config) { c.BaseURL.Scheme = "https" })
	w := https.person("ada@clinic.example")
	value := w.cookies["__Host-breakwater_session"].Value
	https.visitor().get("/account", "Cookie", "breakwater_session="+value).leadsTo(t, "/login") // the prefix is what protects it
	https.visitor().get("/account", "Cookie", "__Host-breakwater_session="+value).wants(t, 200)
}

func FuzzDecodeToken(f *testing.F) {
	f.Add("")
	f.Add(encodeToken(store.SessionToken{}))
	f.Add(encodeToken(store.SessionToken{0xff, 31: 0xff}))
	f.Add(strings.Repeat("_", 43))
	f.Add(strings.Repeat("A", 42) + "\n")
	f.Add(strings.Repeat("A", 20) + "\r" + strings.Repeat("A", 23)) // base64 skips line ends
	f.Fuzz(func(t *testing.T, text string) {
		token, ok := decodeToken(text)
		if ok && encodeToken(token) != text {
			t.Errorf("%q and %q are one token", text, encodeToken(token))
		}
		if !ok && token != (store.SessionToken{}) {
			t.Errorf("%q is no token but gives %v", text, token)
		}
		var made store.SessionToken
		copy(made[:], text)
		if back, ok := decodeToken(encodeToken(made)); !ok || back != made {
			t.Errorf("%v comes back as %v, %v", made, back, ok)
		}
	})
}
