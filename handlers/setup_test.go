package handlers

import (
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func (s *site) setupToken() string {
	s.t.Helper()
	token, err := s.store.NewSetupToken(s.t.Context(), storetest.Admin)
	s.must(err)
	return token
}

// administrator is a good first-run form.
func administrator(token string) []string {
	return []string{"token", token, "name", "Ada Example", "email", "ada@clinic.example", "password", storetest.Password}
}

func TestSetupNeedsItsToken(t *testing.T) {
	s := newSite(t)
	good := s.setupToken()
	for _, token := range []string{"", "canary", good + "x", good[1:], strings.ToUpper(good)} {
		s.visitor().get("/setup?token="+token).wants(t, 403).hides(t, "<form method=\"post\" action=\"/setup\"")
		a := s.visitor().post("/setup", administrator(token)...).wants(t, 403)
		if len(a.Result().Cookies()) != 0 {
			t.Error("a cookie")
		}
	}
	s.visitor().do(post, "/setup?token="+good, fields(administrator("")...)).wants(t, 403)
	s.visitor().get("/setup").wants(t, 403)
	if st := s.status(); st.Users != 0 {
		t.Errorf("%d users", st.Users)
	}
	s.visitor().get("/setup?token="+good).wants(t, 200).shows(t, `action="/setup"`, `value="`+good+`"`)
	s.clock.Turn(store.SetupLinkLife)
	s.visitor().get("/setup?token="+good).wants(t, 403)
	s.visitor().post("/setup", administrator(good)...).wants(t, 403)
}

func TestABadFirstRunFormComesBack(t *testing.T) {
	s := newSite(t)
	token := s.setupToken()
	for name, c := range map[string]struct {
		email, password string
		wrong           []string
		right           []string
	}{
		"nothing":           {"", "", []string{"email-error", "password-error", "Enter an email address.", "Enter a password."}, nil},
		"no address":        {"ada at clinic", storetest.Password, []string{"email-error", `value="ada at clinic"`}, []string{"password-error"}},
		"a hostile address": {`"><script>x`, storetest.Password, []string{"email-error", "&#34;&gt;&lt;script&gt;x"}, []string{"<script>x"}},
		"a short password":  {"ada@clinic.example", "canary", []string{"password-error", "15 characters", `value="ada@clinic.example"`}, []string{"email-error"}},
		"a long password":   {"ada@clinic.example", strings.Repeat("canary", 22), []string{"password-error", "128"}, []string{"email-error"}},
		"a common password": {"ada@clinic.example", "passwordpassword", []string{"password-error"}, []string{"email-error"}},
		"both":              {"canary@", "short", []string{"email-error", "password-error"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.visitor().post("/setup", "token", token, "name", "Ada Example", "email", c.email, "password", c.password)
			a.wants(t, 422).shows(t, append(c.wrong, `value="Ada Example"`, `value="`+token+`"`, `aria-invalid="true"`)...)
			a.hides(t, c.right...)
			if len(c.password) > 0 {
				a.hides(t, `value="`+c.password)
			}
			if len(a.Result().Cookies()) != 0 {
				t.Error("a cookie")
			}
		})
	}
	if st := s.status(); st.Users != 0 {
		t.Errorf("%d users", st.Users)
	}
	s.visitor().post("/setup", administrator(token)...).leadsTo(t, "/")
}

func TestSetupMakesTheAdministratorAndIsGone(t *testing.T) {
	s := newSite(t)
	earlier, token := s.setupToken(), s.setupToken()
	s.clock.Turn(time.Minute)
	v := s.visitor()
	v.post("/setup", administrator(token)...).leadsTo(t, "/")
	v.get("/account").wants(t, 200).shows(t, "Ada Example", "ada@clinic.example")
	users, err := s.store.Users(t.Context())
	s.must(err)
	if len(users) != 1 || len(users[0].Effective) != len(store.Permissions()) || users[0].Roles[0] != store.RoleAdministrator {
		t.Errorf("%+v", users)
	}
	for _, token := range []string{token, earlier, "canary", ""} {
		for _, who := range []*visitor{v, s.visitor()} {
			who.get("/setup?token="+token).wants(t, 404)
			who.post("/setup", administrator(token)...).wants(t, 404)
		}
	}
	s.signIn("ada@clinic.example").get("/referrals").wants(t, 200)
	last := s.audit()
	if e := last[len(last)-2]; e.Action != store.ActionSetupCompleted || e.Address != "192.0.2.1" {
		t.Errorf("%+v", e)
	}
}

func TestTwoFirstRunsAtOnceMakeOneAdministrator(t *testing.T) {
	s := newSite(t)
	tokens := []string{s.setupToken(), s.setupToken()}
	codes := make(chan int)
	for i := range 10 {
		go func() {
			form := administrator(tokens[i%2])
			form[5] = string(rune('a'+i)) + "@clinic.example"
			codes <- s.visitor().post("/setup", form...).Code
		}()
	}
	made := 0
	for range 10 {
		switch code := <-codes; code {
		case 303:
			made++
		case 403, 404:
		default:
			t.Errorf("status %d", code)
		}
	}
	if st := s.status(); made != 1 || st.Users != 1 {
		t.Errorf("%d were told yes, there are %d", made, st.Users)
	}
}
