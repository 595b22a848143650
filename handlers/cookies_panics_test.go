package handlers

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// What browsers are given to keep is random: it tells nothing of anybody, and nobody who has the files or
// the log can make a cookie of them. In the database there are hashes alone.
func TestCookiesTellNothingAndAreInNoLogAndInNoFile(t *testing.T) {
	s := newSecureSite(t)
	u, secret, _ := s.withApp("ada@clinic.example", store.ViewReferrals)
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Canarysson"}})
	v := s.visitor()
	cookies := map[string]string{} // value by name and moment
	keep := func(when string) {
		for name, c := range v.cookies {
			if c.Value != "" && c.MaxAge >= 0 {
				cookies[name+" "+when] = c.Value
			}
		}
	}
	v.get("/referrals").leadsTo(t, "/login")
	keep("before")
	v.post("/login", "email", "ada@clinic.example", "password", storetest.Password).wants(t, 303)
	keep("after the password")
	v.post(stepPath, "code", s.code(secret)).wants(t, 303)
	v.get(links(v.get("/referrals"))[0]).wants(t, 200).shows(t, "Canarysson")
	keep("signed in")
	v.post("/logout")
	v.again("ada@clinic.example", storetest.Password)
	keep("again")
	device := "__Host-" + deviceCookie
	if len(cookies) < 5 || cookies[device+" signed in"] == "" || cookies[device+" again"] != cookies[device+" signed in"] {
		t.Fatalf("the cookies: %v", cookies)
	}
	for name, value := range cookies {
		if strings.Contains(name, "next") {
			continue // the page that was asked for, see TestTheNextPagesCookieIsShutToo
		}
		raw, err := base64.RawURLEncoding.DecodeString(value)
		if err != nil || len(raw) != len(store.SessionToken{}) {
			t.Errorf("%s is %q: %d bytes, %v", name, value, len(raw), err)
		}
		for _, text := range []string{u.ID, u.Email, "clinic", "Canary"} {
			if bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(text))) || strings.Contains(strings.ToLower(value), strings.ToLower(text)) {
				t.Errorf("%s holds %q", name, text)
			}
		}
		s.wantsNowhere(t, value, string(raw))
	}
	s.wantsNowhere(t, "Canarysson", secret)
}

// Somebody looks at a patient, or searches for one, and the program panics at each moment at which it asks
// for the time, with the patient's name as what it panics with.
func TestAPanicTellsNoPatientAndNoSecret(t *testing.T) {
	left, panicked := 0, 0 // until it panics; 0: not at all
	s := newSite(t, func(c *Config) {
		now := c.Now
		c.Now = func() time.Time {
			if left--; left == 0 {
				panicked++
				panic(fmt.Errorf("Canarysson, %s, canary-password", oceantest.HealthNumber(31415926)))
			}
			return now()
		}
	})
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Canarysson", HealthNumber: oceantest.HealthNumber(31415926)}})
	v := s.person("ada@clinic.example", store.Permissions()...)
	address := links(v.get("/referrals"))[0]
	for what, do := range map[string]func() answer{
		"looking":   func() answer { return v.get(address) },
		"searching": func() answer { return v.post("/referrals/search", "q", "Canarysson") },
		"signing in": func() answer {
			return s.visitor().post("/login", "email", "canary@clinic.example", "password", "canary-password")
		},
	} {
		for at := 1; ; at++ {
			before := panicked
			left = at
			a := do()
			left = 0
			if panicked == before {
				if at == 1 {
					t.Errorf("%s never asks for the time", what)
				}
				break
			}
			if a.Code == 500 {
				a.hides(t, "Canarysson", "canary", "goroutine", ".go:")
			}
		}
	}
	if log := s.log.String(); strings.Count(log, `"msg":"panic"`) != panicked || panicked < 3 || !strings.Contains(log, "protect.go") {
		t.Errorf("%d panics: %s", panicked, log)
	}
	s.wantsNowhere(t, "canary", oceantest.HealthNumber(31415926))
}
