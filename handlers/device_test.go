package handlers

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// again signs in once more in the same browser.
func (v *visitor) again(email, password string) answer {
	v.post("/logout")
	return v.post("/login", "email", email, "password", password)
}

// hammer guesses at an account from new addresses until strangers have to wait for it.
func (s *site) hammer(email string) {
	s.t.Helper()
	for i := range 20 {
		v := s.visitor()
		v.address = fmt.Sprintf("203.0.113.%d", i)
		if v.post("/login", "email", email, "password", "a guess at it").Code == http.StatusTooManyRequests {
			return
		}
	}
	s.t.Fatal("nobody stops them")
}

func TestAKnownDeviceGetsInWhileStrangersGuess(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@clinic.example")
	for range 5 {
		s.hammer("ada@clinic.example")
		stranger := s.visitor()
		stranger.address = "198.51.100.7"
		wantsThrottled(t, stranger.again("ada@clinic.example", storetest.Password))
		ada.again("ada@clinic.example", storetest.Password).wants(t, 303)
		ada.address = "203.0.113.1" // even at one of theirs
		s.clock.Turn(2 * time.Minute)
	}
}

func TestAStolenDeviceIsLimitedToo(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@clinic.example")
	thief := s.visitor()
	thief.cookies[deviceCookie] = ada.cookies[deviceCookie]
	for i := range triesAllowed {
		thief.address = fmt.Sprintf("203.0.113.%d", i)
		thief.post("/login", "email", "ada@clinic.example", "password", "a guess at it").wants(t, 401)
	}
	wantsThrottled(t, thief.post("/login", "email", "ada@clinic.example", "password", storetest.Password))
	s.visitor().again("ada@clinic.example", storetest.Password).wants(t, 303) // others' counts are others'
	thief.post("/login", "email", "bo@clinic.example", "password", "a guess at it").wants(t, 401)
}

func TestTheDeviceCookie(t *testing.T) {
	for base, name := range map[string]string{"http://clinic.example": deviceCookie, "https://clinic.example": "__Host-" + deviceCookie} {
		s := newSite(t, func(c *Config) { c.BaseURL = parseURL(t, base) })
		v := s.person("ada@clinic.example")
		c := v.cookies[name]
		if c == nil || !c.HttpOnly || c.Secure != (base[:5] == "https") || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" ||
			c.MaxAge != int(store.DeviceLife/time.Second) {
			t.Errorf("%s: %+v", base, c)
		}
		if v.again("ada@clinic.example", storetest.Password).wants(t, 303); v.cookies[name].Value != c.Value {
			t.Error("the same person's next sign-in changes it")
		}
		storetest.AddUser(t, s.store, "bo@clinic.example")
		v.again("bo@clinic.example", storetest.Password).wants(t, 303)
		if v.cookies[name].Value == c.Value {
			t.Error("somebody else's sign-in leaves a cookie that others may know")
		}
	}
}
