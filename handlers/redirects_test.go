package handlers

import (
	"strconv"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// redirecting is a site that people come to by https, and the address that sends them there.
func redirecting(t testing.TB) (s *site, address string) {
	s = newSite(t, func(c *Config) { c.BaseURL = parseURL(t, "https://clinic.example:8443") })
	return s, served(t, Redirects(s.handler, s.config.BaseURL), nil)
}

func TestPlainHTTPLeadsToTheBaseURLWhateverIsAsked(t *testing.T) {
	_, address := redirecting(t)
	for text, to := range map[string]string{
		"GET / HTTP/1.1\r\nHost: clinic.example\r\n\r\n":                                          "/",
		"HEAD /login HTTP/1.1\r\nHost: clinic.example\r\n\r\n":                                    "/login",
		"GET /referrals?folder=new&x=%0d%0a HTTP/1.1\r\nHost: clinic.example\r\n\r\n":             "/referrals?folder=new&x=%0d%0a",
		"GET /login HTTP/1.1\r\nHost: evil.example\r\n\r\n":                                       "/login",
		"GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\n\r\n":                    "/login",
		"GET http://user:pw@evil.example/login HTTP/1.1\r\nHost: evil.example\r\n\r\n":            "/login",
		"GET //evil.example/login HTTP/1.1\r\nHost: clinic.example\r\n\r\n":                       "//evil.example/login",
		"GET /%2fevil.example HTTP/1.1\r\nHost: clinic.example\r\n\r\n":                           "/%2fevil.example",
		"GET /\\evil.example HTTP/1.1\r\nHost: clinic.example\r\n\r\n":                            "/%5Cevil.example",
		"GET /a%0d%0aSet-Cookie:x=1 HTTP/1.1\r\nHost: clinic.example\r\n\r\n":                     "/a%0d%0aSet-Cookie:x=1",
		"GET @evil.example HTTP/1.1\r\nHost: clinic.example\r\n\r\n":                              "",
		"GET /x HTTP/1.1\r\nHost: clinic.example\r\nX-Forwarded-Host: evil.example\r\n\r\n":       "/x",
		"GET /x HTTP/1.1\r\nHost: clinic.example\r\nReferral-Integration-API-Key: canary\r\n\r\n": "/x",
		"GET http://evil.example HTTP/1.1\r\nHost: evil.example\r\n\r\n":                          "/",
	} {
		got := say(t, address, text)
		if to == "" {
			if got.statuses[0] != 400 {
				t.Errorf("%q: %v", text, got.statuses)
			}
			continue
		}
		if strings.HasPrefix(text, "HEAD") { // its answer has no body, whatever its header says
			got = say(t, address, strings.Replace(text, "HTTP/1.1\r\n", "HTTP/1.1\r\nConnection: close\r\n", 1))
		}
		first := got.answers[0]
		if first.StatusCode != 308 || first.Header.Get("Location") != "https://clinic.example:8443"+to || got.bodies[0] != "" {
			t.Errorf("%q: %d to %q\n%s", text, first.StatusCode, first.Header.Get("Location"), got.bodies[0])
		}
		wantsShield(t, text, first.Header)
		if first.Header.Get("Strict-Transport-Security") != "" || first.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %v", text, first.Header)
		}
	}
}

func TestPlainHTTPTakesNothing(t *testing.T) {
	s, address := redirecting(t)
	s.person("ada@clinic.example", store.Permissions()...)
	entries := len(s.audit())
	form := "email=ada%40clinic.example&password=canary"
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "CANARY"} {
		for _, path := range []string{"/login", bundlesPath} {
			// The body never comes: whoever waits for it hangs.
			got := say(t, address, method+" "+path+" HTTP/1.1\r\nHost: evil.example\r\nAccept-Language: fr\r\nContent-Length: 20000000\r\n\r\n"+form)
			if len(got.statuses) != 1 || got.statuses[0] != 403 || !got.answers[0].Close {
				t.Errorf("%s %s: %v", method, path, got.statuses)
				continue
			}
			wantsShield(t, method+path, got.answers[0].Header)
			if want := "Rien n’est accepté par HTTP non chiffré"; !strings.Contains(got.bodies[0], want) || !strings.Contains(got.bodies[0], "https://clinic.example:8443") ||
				strings.Contains(got.text, "evil.example") || strings.Contains(got.text, "canary") {
				t.Errorf("%s %s: %s", method, path, got.text)
			}
		}
	}
	if n := len(s.audit()); n != entries {
		t.Errorf("%d entries: something was done", n-entries)
	}
}

func TestOceanIsToldToComeByHTTPS(t *testing.T) {
	s, address := redirecting(t)
	s.siteNumber()
	before := s.status()
	bundle := string(oceantest.Bundle(oceantest.Message{}))
	for _, path := range []string{bundlesPath, "/", "/elsewhere"} {
		for _, key := range []string{s.key, "wrong"} {
			got := say(t, address, "POST "+path+" HTTP/1.1\r\nHost: clinic.example\r\nReferral-Integration-API-Key: "+key+"\r\nContent-Type: application/fhir+json\r\nContent-Length: "+strconv.Itoa(len(bundle))+"\r\n\r\n"+bundle)
			if len(got.statuses) != 1 || got.statuses[0] != 403 || !got.answers[0].Close || !strings.HasPrefix(got.answers[0].Header.Get("Content-Type"), "application/fhir+json") {
				t.Fatalf("%s: %s", path, got.text)
			}
			for _, want := range []string{"OperationOutcome", "security", "https://", "generate a new Inbound Authentication key"} {
				if !strings.Contains(got.bodies[0], want) {
					t.Errorf("%s: the answer lacks %q:\n%s", path, want, got.bodies[0])
				}
			}
			if strings.Contains(got.text, key) {
				t.Error("the answer repeats the key")
			}
		}
	}
	if got := say(t, address, "POST / HTTP/1.1\r\nHost: clinic.example\r\nContent-Length: 999\r\n\r\nthe rest never comes"); len(got.statuses) != 1 || got.statuses[0] != 403 {
		t.Errorf("half a body: %s", got.text)
	}
	if after := s.status(); after.Messages != before.Messages || after.Referrals != before.Referrals {
		t.Errorf("something was kept: %+v", after)
	}
	if known := s.connection(); len(known.Refusals) != 1 || known.Refusals[0].Reason != store.RefusedReadable || known.Refusals[0].Calls != 6 {
		t.Errorf("the connection knows of %+v", known.Refusals)
	}
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.get(oceanPath).wants(t, 200).shows(t, s.text().Refusals[store.RefusedReadable].Title)
	if strings.Contains(s.log.String(), s.key) {
		t.Error("the log holds the key")
	}
}
