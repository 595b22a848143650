package handlers

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/pquerna/otp/totp"
)

const secureURL = "https://clinic.example"

// newSecureSite is a console at an address where passkeys work.
func newSecureSite(t testing.TB) *site {
	t.Helper()
	return newSite(t, func(c *Config) { c.BaseURL = parseURL(t, secureURL) })
}

// code is what an app shows now.
func (s *site) code(secret string) string {
	s.t.Helper()
	code, err := totp.GenerateCode(secret, s.clock.Now())
	s.must(err)
	return code
}

// withApp adds somebody who has an authenticator app.
func (s *site) withApp(email string, permissions ...store.Permission) (u *store.User, secret string, codes []string) {
	s.t.Helper()
	a := store.UserActor(storetest.AddUser(s.t, s.store, email, permissions...), "")
	u = storetestUser(s, email)
	s.must(s.store.BeginApp(s.t.Context(), a))
	secret, err := s.store.WaitingApp(s.t.Context(), a)
	s.must(err)
	codes, err = s.store.ConfirmApp(s.t.Context(), a, s.code(secret), store.SessionToken{})
	s.must(err)
	s.clock.Turn(time.Minute) // that code is used up
	return u, secret, codes
}

func storetestUser(s *site, email string) *store.User {
	s.t.Helper()
	all, err := s.store.Users(s.t.Context())
	s.must(err)
	for i := range all {
		if all[i].Email == email {
			return &all[i]
		}
	}
	s.t.Fatalf("nobody has %s", email)
	return nil
}

// passwordOf is a browser in which that person's password was entered.
func (s *site) passwordOf(email string) *visitor {
	s.t.Helper()
	v := s.visitor()
	v.post("/login", "email", email, "password", storetest.Password).leadsTo(s.t, stepPath)
	return v
}

// pendingName is the cookie of the second step.
func (s *site) pendingName() string {
	return cookieName(pendingCookie, s.config.BaseURL.Scheme == "https")
}

func TestThePasswordAloneOpensNothing(t *testing.T) {
	for _, base := range []string{baseURL, secureURL} {
		s := newSite(t, func(c *Config) { c.BaseURL = parseURL(t, base) })
		_, secret, _ := s.withApp("ada@clinic.example", store.Permissions()...)
		v := s.visitor()
		v.get("/referrals").leadsTo(t, "/login")
		a := v.post("/login", "email", "ada@clinic.example", "password", storetest.Password).leadsTo(t, stepPath)
		cookies := a.Result().Cookies()
		if len(cookies) != 1 || cookies[0].Name != s.pendingName() {
			t.Fatalf("%v", cookies)
		}
		if c := cookies[0]; c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != int(store.PendingLife/time.Second) ||
			c.Secure != strings.HasPrefix(base, "https") {
			t.Errorf("%s", c.Raw)
		}
		pending := v.cookies[s.pendingName()].Value
		planted := s.with(map[string]*http.Cookie{s.sessionName(): {Value: pending}})
		for _, r := range guarded("01890000-0000-7000-8000-000000000000") {
			v.do(r.method, r.target, nil).leadsTo(t, "/login")
			v.do(r.method, r.target, nil, htmxHeader, "true").wants(t, 401)
			planted.do(r.method, r.target, nil).leadsTo(t, "/login")
		}
		v.get(stepPath).wants(t, 200).shows(t, `name="code"`, `name="recovery"`).hides(t, "ada@clinic.example", "<nav", `name="credential"`)
		v.post(stepPath, "code", s.code(secret)).leadsTo(t, "/settings/audit") // the last page that was asked for
		session := v.cookies[s.sessionName()]
		if session == nil || session.Value == pending || v.cookies[s.pendingName()] != nil {
			t.Errorf("afterwards: %v", v.cookies)
		}
		v.get("/referrals").wants(t, 200)
		v.get(stepPath).leadsTo(t, "/login")
	}
}

// TestNobodyLearnsWhoHasASecondStep before the password is right.
func TestNobodyLearnsWhoHasASecondStep(t *testing.T) {
	s := newSecureSite(t)
	s.withApp("with@clinic.example")
	storetest.AddUser(t, s.store, "none@clinic.example")
	disabled, _, _ := s.withApp("disabled@clinic.example")
	s.must(s.store.SetUserDisabled(t.Context(), storetest.Admin, disabled.Email, true))
	answers := map[string]bool{}
	for i, c := range [][2]string{{"with@clinic.example", "wrong"}, {"none@clinic.example", "wrong"}, {"nobody@clinic.example", "wrong"},
		{"disabled@clinic.example", storetest.Password}, {"with@clinic.example", ""}} {
		v := s.visitor()
		v.address = fmt.Sprintf("192.0.2.%d", 10+i)
		a := v.post("/login", "email", c[0], "password", c[1]).wants(t, 401)
		answers[strings.ReplaceAll(a.body, c[0], "")+fmt.Sprint(a.Header())] = true
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers", len(answers))
	}
	for _, path := range []string{stepPath, stepPath + "/options"} { // without a right password there is no second step
		a := s.visitor().post(path, "code", "123456", "recovery", "", "credential", "")
		if a.Code != 401 || len(a.Result().Cookies()) > 0 && a.Result().Cookies()[0].MaxAge >= 0 {
			t.Errorf("%s: %d, %v", path, a.Code, a.Header())
		}
	}
}

func TestWithoutASecondStepNothingChanges(t *testing.T) {
	s := newSecureSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	before := len(s.audit())
	a := s.visitor().post("/login", "email", "ada@clinic.example", "password", storetest.Password).leadsTo(t, "/")
	for _, c := range a.Result().Cookies() {
		if c.Name == s.pendingName() {
			t.Error("a second step is due")
		}
	}
	if got := s.audit()[before:]; len(got) != 1 || got[0].Action != store.ActionSignedIn || got[0].Details != "" {
		t.Errorf("audited %+v", got)
	}
}

func TestACodeGetsInOnce(t *testing.T) {
	s := newSecureSite(t)
	_, secret, codes := s.withApp("ada@clinic.example")
	for field, code := range map[string]string{"code": s.code(secret), "recovery": codes[0]} {
		// Many browsers at once, with the same code.
		var in atomic.Int32
		var all sync.WaitGroup
		browsers := make([]*visitor, 4) // few enough that guessing is not what stops them
		for i := range browsers {
			browsers[i] = s.passwordOf("ada@clinic.example")
			browsers[i].address = fmt.Sprintf("192.0.2.%d", 10+i)
		}
		for _, v := range browsers {
			all.Go(func() {
				switch a := v.post(stepPath, field, code); {
				case a.Code == 303 && v.cookies[s.sessionName()] != nil:
					in.Add(1)
				case a.Code != 401 || v.cookies[s.sessionName()] != nil:
					t.Errorf("status %d", a.Code)
				}
			})
		}
		all.Wait()
		if in.Load() != 1 {
			t.Errorf("%s let %d in", field, in.Load())
		}
		v := s.passwordOf("ada@clinic.example")
		if a := v.post(stepPath, field, code).wants(t, 401); v.cookies[s.sessionName()] != nil {
			t.Errorf("%s again: %s", field, a.body)
		}
	}
}

func TestAPendingSignInIsItsBrowsersAlone(t *testing.T) {
	s := newSecureSite(t)
	_, secret, codes := s.withApp("ada@clinic.example")
	v := s.passwordOf("ada@clinic.example")
	kept := v.cookies[s.pendingName()].Value
	right := func() string { return s.code(secret) }
	s.visitor().post(stepPath, "code", right()).wants(t, 401) // whoever has no cookie
	s.visitor().get(stepPath).leadsTo(t, "/login")
	for _, header := range []string{s.pendingName() + "=" + kept + "; " + s.pendingName() + "=" + kept, s.pendingName() + "=" + kept[1:] + "A",
		s.pendingName() + "=", "breakwater_second_step=" + kept, s.pendingName() + "=" + encodeToken(store.SessionToken{})} {
		s.visitor().get(stepPath, "Cookie", header).leadsTo(t, "/login")
		if a := s.visitor().do(post, stepPath, fields("code", right()), "Cookie", header); a.Code != 401 {
			t.Errorf("%q: status %d", header, a.Code)
		}
	}
	// Whoever copied it still needs the second step, shares the tries, and is out when it was taken.
	thief := s.with(map[string]*http.Cookie{s.pendingName(): {Value: kept}})
	thief.post(stepPath, "code", "000000").wants(t, 401).shows(t, "not the one of now")
	thief.get("/referrals").leadsTo(t, "/login")
	v.post(stepPath, "code", right()).leadsTo(t, "/")
	thief.cookies[s.pendingName()] = &http.Cookie{Value: kept}
	thief.get(stepPath).leadsTo(t, "/login")
	s.clock.Turn(30 * time.Second)
	thief.post(stepPath, "code", right()).wants(t, 401).shows(t, "Begin again")
	thief.post(stepPath, "recovery", codes[0]).wants(t, 401)
	if thief.cookies[s.sessionName()] != nil {
		t.Error("the thief is in")
	}
}

func TestASecondStepThatIsOverLetsNobodyIn(t *testing.T) {
	for name, end := range map[string]func(s *site, v *visitor, u *store.User){
		"too late": func(s *site, _ *visitor, _ *store.User) { s.clock.Turn(store.PendingLife) },
		"disabled": func(s *site, _ *visitor, u *store.User) {
			s.must(s.store.SetUserDisabled(t.Context(), storetest.Admin, u.Email, true))
		},
		"another password": func(s *site, _ *visitor, u *store.User) {
			s.must(s.store.ResetPassword(t.Context(), storetest.Admin, u.Email, newPassword))
		},
		"too many wrong": func(s *site, v *visitor, _ *store.User) {
			for i := range store.PendingTries {
				a := v.post(stepPath, "code", "000000").wants(s.t, 401)
				if over := strings.Contains(a.body, "too many wrong tries"); over != (i == store.PendingTries-1) {
					s.t.Errorf("after %d: %.300s", i+1, a.body)
				}
			}
		},
		"removed by an administrator": func(s *site, _ *visitor, u *store.User) {
			s.must(s.store.ResetFactors(t.Context(), storetest.Admin, u.Email))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSecureSite(t)
			u, secret, _ := s.withApp("ada@clinic.example")
			v := s.passwordOf(u.Email)
			kept := maps.Clone(v.cookies)
			end(s, v, u)
			for _, v := range []*visitor{v, s.with(kept)} {
				v.get(stepPath).leadsTo(t, "/login")
				a := v.post(stepPath, "code", s.code(secret)).wants(t, 401)
				if v.cookies[s.sessionName()] != nil || v.cookies[s.pendingName()] != nil {
					t.Errorf("%v: %.500s", v.cookies, a.body)
				}
			}
		})
	}
}

func TestARemovedSecondStepIsTakenNoMore(t *testing.T) {
	s := newSecureSite(t)
	u, secret, codes := s.withApp("ada@clinic.example")
	v := s.passwordOf(u.Email)
	s.must(s.store.RemoveApp(t.Context(), store.UserActor(u, "")))
	v.post(stepPath, "code", s.code(secret)).wants(t, 401)
	v.post(stepPath, "recovery", codes[0]).wants(t, 401)
	if v.cookies[s.sessionName()] != nil {
		t.Error("it lets in")
	}
}

func TestGuessingAtTheSecondStepHasToWait(t *testing.T) {
	s := newSecureSite(t)
	u, secret, _ := s.withApp("ada@clinic.example")
	wrong := 0
	for wrong < 9 {
		v := s.passwordOf(u.Email)
		for range min(store.PendingTries, 9-wrong) {
			v.post(stepPath, "code", "000000").wants(t, 401)
			wrong++
		}
	}
	v := s.passwordOf(u.Email)
	v.address = "198.51.100.7"
	a := v.post(stepPath, "code", s.code(secret)).wants(t, 429) // also the right one, and from elsewhere
	if a.Header().Get("Retry-After") == "" || v.cookies[s.sessionName()] != nil {
		t.Errorf("%v", a.Header())
	}
	failed := 0
	for _, e := range s.audit() {
		if e.Action == store.ActionFactorFailed && e.Object == u.ID && e.Address == "192.0.2.1" {
			failed++
		}
	}
	if failed != 9 {
		t.Errorf("%d of 9 were audited", failed)
	}
	s.clock.Turn(time.Minute)
	s.passwordOf(u.Email).post(stepPath, "code", s.code(secret)).leadsTo(t, "/")
}

func TestARecoveryCodeLeadsToWhatIsToBeDone(t *testing.T) {
	s := newSecureSite(t)
	_, _, codes := s.withApp("ada@clinic.example")
	for i := range store.RecoveryCodes {
		v := s.passwordOf("ada@clinic.example")
		v.post(stepPath, "recovery", codes[i]).leadsTo(t, factorsPath+"?recovered=1")
		page := v.get(factorsPath+"?recovered=1").wants(t, 200).shows(t, "recovery code")
		if few := strings.Contains(page.body, "Make new ones before you need them."); few != (store.RecoveryCodes-1-i <= store.FewCodes) {
			t.Errorf("%d left: warned %v", store.RecoveryCodes-1-i, few)
		}
	}
	v := s.passwordOf("ada@clinic.example")
	v.get(stepPath).wants(t, 200).hides(t, `name="recovery"`)
	v.post(stepPath, "recovery", codes[0]).wants(t, 401)
}

// TestAOneTimeLinkIsNoWayAround the second step: an administrator makes it, and may be deceived.
func TestAOneTimeLinkIsNoWayAround(t *testing.T) {
	s := newSecureSite(t)
	u, secret, _ := s.withApp("ada@clinic.example", store.ViewReferrals)
	token, err := s.store.MakeLink(t.Context(), storetest.Admin, u.ID)
	s.must(err)
	v := s.visitor()
	v.get("/welcome?token="+token).wants(t, 200)
	v.post("/welcome", "token", token, "password", newPassword).leadsTo(t, stepPath)
	v.get("/referrals").leadsTo(t, "/login")
	if v.cookies[s.sessionName()] != nil {
		t.Fatal("the link lets in")
	}
	v.post(stepPath, "code", s.code(secret)).wants(t, 303)
	v.get("/referrals").wants(t, 200)
}
