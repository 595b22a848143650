package handlers

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	s := newSite(t)
	for _, email := range []string{"ada@clinic.example", "disabled@clinic.example"} {
		storetest.AddUser(t, s.store, email, store.ViewReferrals)
	}
	s.must(s.store.SetUserDisabled(t.Context(), storetest.Admin, "disabled@clinic.example", true))
	answers := map[string]string{}
	for i, c := range [][2]string{
		{"unknown@clinic.example", storetest.Password},
		{"ada@clinic.example", "a wrong password of mine"},
		{"ada@clinic.example", ""},
		{"ada@clinic.example", storetest.Password + " "},
		{"ada@clinic.example", strings.ToUpper(storetest.Password)},
		{"disabled@clinic.example", storetest.Password},
		{"disabled@clinic.example", "a wrong password of mine"},
		{"no address", "x"},
		{`"><script>alert(1)</script>`, "x"},
		{"é@clinic.example", strings.Repeat("x", 10_000)},
	} {
		v := s.visitor()
		v.address = fmt.Sprintf("192.0.2.%d", 10+i) // the limit by address is another test's
		a := v.post("/login", "email", c[0], "password", c[1]).wants(t, 401)
		if len(a.Result().Cookies()) != 0 {
			t.Errorf("%q: a cookie", c[0])
		}
		typed := `value="` + strings.NewReplacer(`"`, "&#34;", "<", "&lt;", ">", "&gt;").Replace(c[0]) + `"`
		a.shows(t, typed).hides(t, "<script>alert", "a wrong password of mine")
		answers[strings.ReplaceAll(a.body, typed, "")+fmt.Sprint(a.Header())] = c[0]
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers, one of them to each of %v", len(answers), slices.Sorted(maps.Values(answers)))
	}
	s.visitor().post("/login").wants(t, 401).shows(t, "do not match")
}

// tries signs in wrongly n times, each of which must answer 401.
func (v *visitor) tries(t testing.TB, n int, email string) {
	t.Helper()
	for range n {
		v.post("/login", "email", email, "password", "wrong").wants(t, 401)
	}
}

func wantsThrottled(t testing.TB, a answer) {
	t.Helper()
	seconds, err := strconv.Atoi(a.wants(t, 429).Header().Get("Retry-After"))
	if err != nil || seconds < 1 || seconds > 3600 {
		t.Errorf("Retry-After %q", a.Header().Get("Retry-After"))
	}
	a.shows(t, "Too many tries").hides(t, "wrong")
}

func TestGuessingAtAnAccountIsStopped(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	storetest.AddUser(t, s.store, "bo@clinic.example")
	right := func(v *visitor, email string) answer {
		return v.post("/login", "email", email, "password", storetest.Password)
	}
	for i := range 9 { // from many addresses, in other letters
		v := s.visitor()
		v.address = fmt.Sprintf("198.51.100.%d", i)
		v.tries(t, 1, []string{"ada@clinic.example", "ADA@clinic.example", " Ada@Clinic.example "}[i%3])
		s.clock.Turn(time.Second)
	}
	v := s.visitor()
	wantsThrottled(t, v.post("/login", "email", "ada@clinic.example", "password", "wrong"))
	wantsThrottled(t, right(v, "Ada@clinic.example")) // even the right one is not looked at
	right(v, "bo@clinic.example").wants(t, 303)
	failed := 0
	for _, e := range s.audit() {
		if e.Action == store.ActionSignInFailed {
			failed++
		}
	}
	if failed != 9 {
		t.Errorf("%d failures are audited", failed)
	}
	s.clock.Turn(firstWait - time.Second - time.Millisecond)
	wantsThrottled(t, right(v, "ada@clinic.example"))
	s.clock.Turn(time.Millisecond)
	right(v, "ada@clinic.example").wants(t, 303)
}

func TestGuessingFromAnAddressIsStopped(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	v, other := s.visitor(), s.visitor()
	other.address = "2001:db8::1"
	for i := range 9 {
		v.tries(t, 1, fmt.Sprintf("somebody%d@clinic.example", i))
	}
	wantsThrottled(t, v.post("/login", "email", "another@clinic.example", "password", "wrong"))
	other.post("/login", "email", "ada@clinic.example", "password", storetest.Password).wants(t, 303)
	s.clock.Turn(firstWait)
	v.tries(t, 1, "another@clinic.example")
	wantsThrottled(t, v.post("/login", "email", "another@clinic.example", "password", "wrong"))
	s.clock.Turn(allForgiven)
	v.tries(t, 9, "another@clinic.example")
	wantsThrottled(t, v.post("/login", "email", "another@clinic.example", "password", "wrong"))
}

func TestTheRightPasswordForgivesNoWrongOnes(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	storetest.AddUser(t, s.store, "own@clinic.example")
	v := s.visitor()
	for i := range 9 { // an attacker with an account of their own cannot go on by signing in between
		v.tries(t, 1, "ada@clinic.example")
		if i < 8 {
			v.post("/login", "email", "own@clinic.example", "password", storetest.Password).wants(t, 303)
		}
	}
	wantsThrottled(t, v.post("/login", "email", "ada@clinic.example", "password", storetest.Password))
	stranger := s.visitor() // at the same address, with the account of their own
	wantsThrottled(t, stranger.post("/login", "email", "own@clinic.example", "password", storetest.Password))
	s.clock.Turn(firstWait)
	for range 30 { // and signing in rightly is no guessing
		v.post("/login", "email", "ada@clinic.example", "password", storetest.Password).wants(t, 303)
	}
}

func TestManyAtOnceGuessNoMoreThanOneAfterAnother(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	codes := make(chan int)
	for range 40 {
		go func() {
			codes <- s.visitor().post("/login", "email", "ada@clinic.example", "password", "wrong").Code
		}()
	}
	count := map[int]int{}
	for range 40 {
		count[<-codes]++
	}
	if count[401] != 9 || count[429] != 31 {
		t.Errorf("%v", count)
	}
}

func TestTheSignInPageIsForStrangers(t *testing.T) {
	s := newSite(t)
	s.visitor().get("/login").wants(t, 200).shows(t, "Nobody can sign in yet", "breakwater setup-link")
	v := s.person("ada@clinic.example", store.ViewReferrals)
	s.visitor().get("/login").wants(t, 200).hides(t, "Nobody can sign in yet")
	v.get("/login").leadsTo(t, "/")
	v.get("/").leadsTo(t, "/referrals")
	s.visitor().get("/").leadsTo(t, "/login")
	s.person("bo@clinic.example").get("/").leadsTo(t, "/account")
}
