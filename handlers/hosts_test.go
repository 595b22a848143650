package handlers

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/static"
	"breakwater/store"
)

func proxies(t testing.TB) func(*Config) {
	_, network, err := net.ParseCIDR("10.1.0.0/16")
	if err != nil {
		t.Fatal(err)
	}
	return func(c *Config) { c.TrustedProxies = []*net.IPNet{network} }
}

// ask asks for a page under a name.
func (s *site) ask(method, target, host, from string, headers ...string) answer {
	r := httptest.NewRequest(method, target, nil)
	r.Host, r.RemoteAddr = host, from+":4711"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return s.serve(r)
}

func TestTheConsoleAnswersUnderItsOwnNamesAlone(t *testing.T) {
	s := newSite(t, proxies(t))
	s.receive(oceantest.Message{})
	for host, ours := range map[string]bool{
		"clinic.example": true, "clinic.example:8080": true, "CLINIC.EXAMPLE": true, "clinic.example.": true, "": true,
		"192.168.1.5": true, "192.168.1.5:8080": true, "127.0.0.1:8080": true, "[::1]:8080": true, "[2001:db8::5]": true,
		"localhost": true, "localhost:8080": true, "breakwater": true, "breakwater:8080": true, "breakwater.local": true, "breakwater.lan:80": true,
		"bw.internal": true, "bw.home.arpa": true, "x.localhost": true,
		"evil.example": false, "clinic.example.evil.example": false, "xclinic.example": false, "clinic.example@evil.example": false,
		"evil.example:80": false, "local.evil.example": false, "192.168.1.5.evil.example": false, "127.0.0.1.nip.io": false, "evil.localhost.example": false,
	} {
		want := http.StatusMisdirectedRequest
		if ours {
			want = 200
		}
		a := s.ask(get, "/login", host, "192.0.2.1")
		if a.Code != want {
			t.Errorf("%q: %d, want %d", host, a.Code, want)
		}
		if !ours && (strings.Contains(a.body, host) || !strings.Contains(a.body, `href="`+baseURL+`">`+baseURL)) {
			t.Errorf("%q: the page repeats the name, or does not lead home:\n%s", host, a.body)
		}
		wantsShield(t, host, a.Header())
		if behind := s.ask(get, "/login", host, "10.1.0.7"); behind.Code != 200 {
			t.Errorf("%q, by a proxy that is trusted: %d", host, behind.Code)
		}
		for _, path := range []string{"/healthz", "/readyz", static.Path("app.css")} {
			if a := s.ask(get, path, host, "192.0.2.1"); a.Code != 200 {
				t.Errorf("%q: %s: %d", host, path, a.Code)
			}
		}
	}
	r := s.bundleRequest(strings.NewReader(`{"challenge":"x"}`))
	r.Host = "evil.example"
	s.serve(r).wants(t, 200) // a key decides on Ocean's route, not a name
}

// TestAPageOfAnotherNameCannotTalkToTheConsole is DNS rebinding: a page from elsewhere whose name leads
// to this machine by now is of the same origin to its browser.
func TestAPageOfAnotherNameCannotTalkToTheConsole(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	entries := len(s.audit())
	for _, method := range []string{get, post} {
		for _, target := range []string{"/login", "/account", auditPath, auditPath + "/export", "/setup"} {
			r := httptest.NewRequest(method, target, nil)
			r.Host = "rebound.example:8080"
			r.Header.Set("Origin", "http://rebound.example:8080")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			for name, c := range v.cookies { // no browser would send them
				r.AddCookie(&http.Cookie{Name: name, Value: c.Value})
			}
			if a := s.serve(r); a.Code != http.StatusMisdirectedRequest && a.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, target, a.Code)
			}
		}
	}
	if n := len(s.audit()); n != entries {
		t.Errorf("%d entries: something was done", n-entries)
	}
}

func TestOnlyEncryptedAnswersWantNothingElseFromNowOn(t *testing.T) {
	https := func(c *Config) { c.BaseURL = parseURL(t, "https://clinic.example") }
	for name, c := range map[string]struct {
		change  []func(*Config)
		tls     bool
		host    string
		from    string
		proto   string
		forever bool
	}{
		"here":                             {[]func(*Config){https}, true, "clinic.example", "192.0.2.1", "", true},
		"plain":                            {[]func(*Config){https}, false, "clinic.example", "192.0.2.1", "", false},
		"plain, and says otherwise":        {[]func(*Config){https}, false, "clinic.example", "192.0.2.1", "https", false},
		"at a trusted proxy":               {[]func(*Config){https, proxies(t)}, false, "clinic.example", "10.1.0.7", "https", true},
		"at two proxies":                   {[]func(*Config){https, proxies(t)}, false, "clinic.example", "10.1.0.7", "HTTPS, http", true},
		"plain at a trusted proxy":         {[]func(*Config){https, proxies(t)}, false, "clinic.example", "10.1.0.7", "http", false},
		"a trusted proxy that says naught": {[]func(*Config){https, proxies(t)}, false, "clinic.example", "10.1.0.7", "", false},
		"at another proxy":                 {[]func(*Config){https, proxies(t)}, false, "clinic.example", "192.0.2.1", "https", false},
		"by its address in numbers":        {[]func(*Config){https}, true, "192.168.1.5", "192.0.2.1", "", false},
		"under another name":               {[]func(*Config){https}, true, "breakwater.local", "192.0.2.1", "", false},
		"where people come by http":        {nil, true, "clinic.example", "192.0.2.1", "", false},
	} {
		s := newSite(t, c.change...)
		for _, path := range []string{"/login", "/nothing", "/healthz", bundlesPath, static.Path("app.css")} {
			r := httptest.NewRequest(get, path, nil)
			r.Host, r.RemoteAddr, r.TLS = c.host, c.from+":4711", nil
			if c.tls {
				r.TLS = &tls.ConnectionState{}
			}
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			got := s.serve(r).Header()["Strict-Transport-Security"]
			if c.forever && (len(got) != 1 || got[0] != "max-age=31536000") || !c.forever && got != nil {
				t.Errorf("%s: %s: %q", name, path, got)
			}
		}
	}
}
