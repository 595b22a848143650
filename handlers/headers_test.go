package handlers

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/static"
	"breakwater/store"
)

// wantsShield checks the headers that every answer carries, errors included.
func wantsShield(t testing.TB, what string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
		if got := h[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %s is %q", what, name, got)
		}
	}
	policies := h["Content-Security-Policy"]
	if len(policies) != 1 {
		t.Errorf("%s: %d policies", what, len(policies))
		return
	}
	directives := map[string]string{}
	for d := range strings.SplitSeq(policies[0], ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(d), " ")
		directives[name] = sources
	}
	if directives["frame-ancestors"] != "'none'" || directives["default-src"] != "'none'" || directives["base-uri"] != "'none'" ||
		directives["form-action"] != "'self'" || directives["script-src"] != "'self'" {
		t.Errorf("%s: policy %q", what, policies[0])
	}
	for _, bad := range []string{"unsafe", "*", "data:", "blob:", "http", "nonce", "sha256"} {
		if strings.Contains(policies[0], bad) {
			t.Errorf("%s: policy %q", what, policies[0])
		}
	}
	if strings.Contains(h.Get("Cache-Control"), "immutable") != strings.HasPrefix(what, "static ") {
		t.Errorf("%s: Cache-Control %q", what, h.Get("Cache-Control"))
	}
	if !strings.HasPrefix(what, "static ") && h.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: Cache-Control %q", what, h.Get("Cache-Control"))
	}
	for _, name := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin"} {
		if h.Get(name) != "" {
			t.Errorf("%s: %s: %s", what, name, h.Get(name))
		}
	}
}

func TestEveryAnswerIsShielded(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{})
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	admin := s.person("ada@clinic.example", store.Permissions()...)
	nobody := s.person("bo@clinic.example")
	seen := map[int]bool{}
	check := func(what string, a answer) {
		seen[a.Code] = true
		wantsShield(t, fmt.Sprint(what, " ", a.Code), a.Header())
	}
	for _, r := range table() {
		target := addressOfRoute(r, rows[0].ID)
		for _, method := range []string{r.method, "HEAD", "OPTIONS", "PUT", "DELETE", "CANARY"} {
			for who, v := range map[string]*visitor{"stranger": s.visitor(), "nobody": nobody, "admin": admin} {
				if r.path == "/logout" && method == post {
					continue // ends the session; below
				}
				for _, htmx := range []string{"true", "false"} {
					check(strings.Join([]string{method, r.path, who, "htmx", htmx}, " "), v.do(method, target, nil, htmxHeader, htmx))
				}
			}
		}
	}
	for _, path := range []string{"/nothing", "/referrals/unknown", "/referrals/", "//", "/static/", "/static/nothing.css", "/public/x",
		"/.env", "/%00", "/%2e%2e/", "/referrals/%ff"} {
		check(path, admin.get(path).wants(t, 404))
		check(path, s.visitor().get(path))
	}
	check("from elsewhere", admin.do(post, "/account", nil, "Sec-Fetch-Site", "cross-site").wants(t, 403))
	check("refused form", admin.post("/account", "theme", "purple").wants(t, 422))
	check("challenge", s.deliver([]byte(`{"challenge":"x"}`)).wants(t, 200))
	check("kept", s.deliver(oceantest.Bundle(oceantest.Message{})).wants(t, 200))
	for status, a := range map[int]answer{
		400: s.deliver(nil), 401: s.deliver(nil, keyHeader, "-"), 415: s.deliver(nil, "Content-Type", "-"),
		422: s.deliver([]byte("{}")), 413: s.serve(tooLarge(s)),
	} {
		check("refusal", a.wants(t, status))
	}
	s.clock.Turn(allForgiven)
	for range triesAllowed {
		s.visitor().post("/login", "email", "canary@clinic.example", "password", "wrong").wants(t, 401)
	}
	check("throttled", s.visitor().post("/login", "email", "canary@clinic.example", "password", "wrong").wants(t, 429))
	check("signed out", nobody.post("/logout").leadsTo(t, "/login"))
	for _, status := range []int{200, 204, 303, 400, 401, 403, 404, 405, 413, 415, 422, 429} {
		if !seen[status] {
			t.Errorf("no answer was %d; there were %v", status, slices.Sorted(maps.Keys(seen)))
		}
	}
}

func tooLarge(s *site) *http.Request {
	r := s.bundleRequest(strings.NewReader(""))
	r.ContentLength = maxBundle + 1
	return r
}

func TestAnswersOfFaultsAreShieldedAndSayNothing(t *testing.T) {
	var armed atomic.Bool
	s := newSite(t, func(c *Config) {
		now := c.Now
		c.Now = func() time.Time { // every page asks for the time
			if armed.Swap(false) {
				panic("canary in a panic")
			}
			return now()
		}
	})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	for _, path := range []string{"/login", "/referrals", "/account"} {
		for _, htmx := range []string{"false", "true"} {
			who := v
			if path == "/login" {
				who = s.visitor()
			}
			armed.Store(true)
			a := who.get(path, htmxHeader, htmx)
			wantsShield(t, "panic", a.wants(t, 500).Header())
			a.hides(t, "canary", "goroutine", ".go:").shows(t, "Reference for support")
		}
	}
	if log := s.log.String(); strings.Contains(log, "canary") || !strings.Contains(log, `"msg":"panic"`) || !strings.Contains(log, `"type":"string"`) {
		t.Errorf("the log: %s", log)
	}
	s.exec(s.sql(), `ALTER TABLE sessions RENAME TO canary`)
	for what, a := range map[string]answer{"page": v.get("/referrals"), "htmx": v.get("/referrals", htmxHeader, "true"), "post": v.post("/account")} {
		wantsShield(t, what, a.wants(t, 500).Header())
		a.hides(t, "canary", "sessions", "SQL", "<nav").shows(t, "Reference for support")
	}
}

func TestStaticFilesAreKeptForGood(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"app.css", "app.js", "htmx.min.js", "favicon.svg"} {
		for _, coding := range []string{"", "gzip"} {
			a := s.visitor().get(static.Path(name), "Accept-Encoding", coding).wants(t, 200)
			wantsShield(t, "static "+name, a.Header())
			if a.Header().Get("Set-Cookie") != "" || len(a.body) == 0 {
				t.Errorf("%s: %v", name, a.Header())
			}
			again := s.visitor().get(static.Path(name), "Accept-Encoding", coding, "If-None-Match", a.Header().Get("ETag")).wants(t, 304)
			wantsShield(t, "static "+name, again.Header())
		}
		wantsShield(t, "static range", s.visitor().get(static.Path(name), "Range", "bytes=0-9").wants(t, 206).Header())
		wantsShield(t, "posted", s.visitor().post(static.Path(name)).wants(t, 405).Header())
	}
}

func TestThePublicListenerServesNothingElse(t *testing.T) {
	s := newSite(t)
	s.person("ada@clinic.example", store.Permissions()...)
	console := s.handler
	s.handler = PublicOnly(console)
	for _, r := range table() {
		target := addressOfRoute(r, "x")
		for _, target := range []string{target, target + "/", "/" + target, target + "?x=1", "http://clinic.example" + target} {
			a := s.serve(httptest.NewRequest(r.method, target, nil))
			wantsShield(t, "second listener", a.Header())
			switch own := r.path == bundlesPath || r.path == healthPath; {
			case own && a.Code == 404 && !strings.HasSuffix(target, "/") && !strings.HasPrefix(target, "//"):
				t.Errorf("%s %s: %d", r.method, target, a.Code)
			case !own:
				a.wants(t, 404).hides(t, "<html", "Breakwater")
			}
		}
	}
	s.deliver(oceantest.Bundle(oceantest.Message{})).wantsKept(t)
	s.deliver(nil, keyHeader, "-").wantsRefusal(t, 401)
	if got := s.visitor().get("/healthz").wants(t, 200); got.body != "ok\n" {
		t.Errorf("%q", got.body)
	}
	for _, path := range []string{"/%68ealthz", "/public%2Focean/fhir_bundles"} { // the same path by another spelling
		s.serve(httptest.NewRequest(get, path, io.MultiReader())).wants(t, 404).hides(t, "<nav")
	}
}
