package handlers

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"breakwater/store/storetest"
)

// guesses tries one wrong password, as a stranger at an address of their own.
func (s *site) guesses(email, address string) answer {
	v := s.visitor()
	v.address = address
	return v.post("/login", "email", email, "password", "a guess at it")
}

func TestWaitsForSigningInGrow(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	for i := range triesAllowed {
		s.guesses("ada@clinic.example", "192.0.2."+strconv.Itoa(i)).wants(t, 401)
	}
	for _, minutes := range []int{1, 2, 4, 8, 16, 32} {
		a := s.guesses("ada@clinic.example", "198.51.100.1")
		wantsThrottled(t, a)
		if got := a.Header().Get("Retry-After"); got != strconv.Itoa(60*minutes) {
			t.Errorf("Retry-After %s after %d minutes", got, minutes)
		}
		a.says(t, s.text().Login.TooMany(minutes))
		s.clock.Turn(time.Duration(minutes)*time.Minute - time.Second)
		wantsThrottled(t, s.guesses("ada@clinic.example", "198.51.100.1"))
		s.clock.Turn(time.Second)
		s.guesses("ada@clinic.example", "203.0.113."+strconv.Itoa(minutes)).wants(t, 401)
	}
	s.clock.Turn(allForgiven)
	for i := range triesAllowed {
		s.guesses("ada@clinic.example", "192.0.2."+strconv.Itoa(i)).wants(t, 401)
	}
	wantsThrottled(t, s.guesses("ada@clinic.example", "192.0.2.77"))
}

func TestWaitsForSigningInSurviveARestartAndHoldForEveryProcess(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@clinic.example")
	for i := range triesAllowed { // at two processes in turn
		console := s
		if i%2 == 1 {
			console = s.beside()
		}
		console.guesses("ada@clinic.example", "192.0.2.9").wants(t, 401)
	}
	s.must(s.store.Close())
	next := s.beside()                                                    // what a restart finds
	wantsThrottled(t, next.guesses("ada@clinic.example", "198.51.100.1")) // the account
	wantsThrottled(t, next.guesses("bo@clinic.example", "192.0.2.9"))     // the address
	next.guesses("bo@clinic.example", "198.51.100.1").wants(t, 401)
	ada.site = next // in her own browser
	ada.again("ada@clinic.example", storetest.Password).wants(t, 303)
}

func TestADeviceOfBeforeTheResetIsAStranger(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@clinic.example")
	s.must(s.store.ResetPassword(t.Context(), storetest.Admin, "ada@clinic.example", newPassword))
	s.hammer("ada@clinic.example")
	wantsThrottled(t, ada.again("ada@clinic.example", newPassword))
	s.clock.Turn(allForgiven)
	ada.again("ada@clinic.example", newPassword).wants(t, 303)
	s.hammer("ada@clinic.example")
	ada.again("ada@clinic.example", newPassword).wants(t, 303)
	ada.post("/account/password", "current_password", newPassword, "new_password", storetest.Password).wants(t, 303)
	ada.again("ada@clinic.example", storetest.Password).wants(t, 303) // her own change forgets nobody but the others
}

func TestDeviceCookiesThatAreNone(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@clinic.example")
	good := ada.cookies[deviceCookie].Value
	s.hammer("ada@clinic.example")
	for _, value := range []string{"", "x", good[1:], good + "x", good + "; " + deviceCookie + "=" + good, "AAAA" + good[4:]} {
		v := s.visitor()
		v.address = "198.51.100.7"
		a := v.do(post, "/login", fields("email", "ada@clinic.example", "password", storetest.Password), "Cookie", deviceCookie+"="+value)
		if a.Code != http.StatusTooManyRequests {
			t.Errorf("%q: %d", value, a.Code)
		}
	}
}
