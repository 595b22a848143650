package handlers

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

var (
	shownCode   = regexp.MustCompile(`\b(?:[0-9a-z]{4}-){3}[0-9a-z]{4}\b`)
	shownSecret = regexp.MustCompile(`<code>((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})</code>`)
)

// addsApp adds an authenticator app to whoever is signed in, by the pages.
func (v *visitor) addsApp() (secret string, codes []string) {
	v.t.Helper()
	v.post(factorsPath+"/app").leadsTo(v.t, factorsPath+"/app")
	found := shownSecret.FindStringSubmatch(v.get(factorsPath+"/app").wants(v.t, 200).body)
	if found == nil {
		v.t.Fatal("the page shows no secret")
	}
	secret = strings.ReplaceAll(found[1], " ", "")
	codes = shownCode.FindAllString(v.post(factorsPath+"/app/confirm", "code", v.code(secret)).wants(v.t, 200).body, -1)
	return secret, codes
}

// required makes a role of people who must have a second step, and adds one of them.
func (s *site) required(email string, permissions ...store.Permission) *store.User {
	s.t.Helper()
	role, err := s.store.AddRole(s.t.Context(), storetest.Admin, "Careful", permissions)
	s.must(err)
	s.must(s.store.RequireFactor(s.t.Context(), storetest.Admin, role, true))
	_, err = s.store.AddUser(s.t.Context(), storetest.Admin, store.NewUser{Email: email, Password: storetest.Password, Roles: []string{role}})
	s.must(err)
	return storetestUser(s, email)
}

func TestAnAppIsAddedByTheRightCodeOnly(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example")
	v.get(factorsPath+"/app").wants(t, 200).hides(t, "<code>", "crispEdges")
	v.post(factorsPath+"/app/confirm", "code", "123456").wants(t, 422).shows(t, "too old")
	v.post(factorsPath+"/app").leadsTo(t, factorsPath+"/app")
	page := v.get(factorsPath+"/app").wants(t, 200).shows(t, "crispEdges", `role="img"`).hides(t, "<style", "style=", "data:")
	secret := strings.ReplaceAll(shownSecret.FindStringSubmatch(page.body)[1], " ", "")
	for _, wrong := range []string{"", "12345", "000000"} {
		v.post(factorsPath+"/app/confirm", "code", wrong).wants(t, 422).shows(t, "crispEdges", `aria-invalid="true"`)
	}
	if storetestUser(s, "ada@clinic.example").HasFactor {
		t.Fatal("it counts already")
	}
	code := s.code(secret)
	codes := shownCode.FindAllString(v.post(factorsPath+"/app/confirm", "code", code).wants(t, 200).body, -1)
	if len(codes) != store.RecoveryCodes {
		t.Errorf("%d recovery codes", len(codes))
	}
	for _, path := range []string{factorsPath, factorsPath + "/app", "/account", factorsPath + "/codes"} {
		v.get(path).wants(t, 200).hides(t, append(codes, secret, "crispEdges")...)
	}
	v.post(factorsPath+"/app/confirm", "code", code).wants(t, 422) // posted again, as by reloading
	w := s.passwordOf("ada@clinic.example")
	w.post(stepPath, "code", code).wants(t, 401) // the code that added it is used up
	w.post(stepPath, "recovery", codes[9]).wants(t, 303)
}

// TestWhoeverMustAddASecondStepGetsNoFurther tries every route there is.
func TestWhoeverMustAddASecondStepGetsNoFurther(t *testing.T) {
	s := newSecureSite(t)
	u := s.required("ada@clinic.example", store.Permissions()...)
	v := s.signIn(u.Email)
	v.get("/").leadsTo(t, factorsPath)
	page := v.get(factorsPath).wants(t, 200).shows(t, "Your role requires a second step").hides(t, `<nav class="menu"`)
	before := len(s.audit())
	open := 0
	for _, r := range guarded("01890000-0000-7000-8000-000000000000") {
		if r.access.adding {
			open++
			continue
		}
		methods := []string{r.method}
		if r.method == get {
			methods = append(methods, "HEAD")
		}
		for _, method := range methods {
			v.do(method, r.target+"?q=x", nil).leadsTo(t, factorsPath)
			a := v.do(method, r.target, nil, htmxHeader, "true").wants(t, 403)
			if a.Header().Get("HX-Redirect") != factorsPath {
				t.Errorf("%s %s: %v", method, r.path, a.Header())
			}
			a.hides(t, "<html", "<nav")
		}
	}
	if n := len(s.audit()); n != before || open == 0 || open > 12 {
		t.Errorf("%d audit entries, %d routes are open", n-before, open)
	}
	// What is open is about adding alone.
	v.post("/account/password", "current_password", "wrong", "new_password", newPassword).wants(t, 422).hides(t, `<nav class="menu"`, `action="/account"`)
	v.get("/static/nothing").wants(t, 404)
	secret, codes := v.addsApp()
	if secret == "" || len(codes) != store.RecoveryCodes {
		t.Fatal(page.body)
	}
	v.get("/").leadsTo(t, "/referrals")
	v.get("/referrals").wants(t, 200).shows(t, `<nav class="menu"`)
	// And it cannot be switched off again.
	v.post(factorsPath+"/app/remove").wants(t, 422).shows(t, "Your role requires a second step. Add another one")
	if !storetestUser(s, u.Email).HasFactor {
		t.Error("it is gone")
	}
}

func TestTheRequirementCountsFromTheNextRequest(t *testing.T) {
	s := newSecureSite(t)
	admin := s.person("admin@clinic.example", store.Permissions()...)
	s.must(s.store.SaveRights(t.Context(), storetest.Admin, storetestUser(s, "admin@clinic.example").ID, store.Rights{Roles: []string{store.RoleAdministrator}}))
	id := storetest.AddUser(t, s.store, "ada@clinic.example").ID
	s.must(s.store.SaveRights(t.Context(), storetest.Admin, id, store.Rights{Roles: []string{store.RoleFrontDesk}}))
	v := s.signIn("ada@clinic.example")
	v.get("/referrals").wants(t, 200)
	const path = rolesPath + "/front_desk/second-step"
	admin.get(rolesPath+"/front_desk").wants(t, 200).shows(t, path, "Require Second Step")
	admin.get(path).wants(t, 200).shows(t, `name="required" value="1"`)
	admin.post(path, "required", "1", "password", storetest.Password).leadsTo(t, rolesPath+"?saved=1")
	v.get("/referrals").leadsTo(t, factorsPath)
	admin.get(peoplePath+"/"+id).wants(t, 200).shows(t, "Second step due")
	admin.get(rolesPath).wants(t, 200).shows(t, "Second step")
	admin.get(path).wants(t, 200).hides(t, `name="required"`)
	admin.post(path, "password", storetest.Password).leadsTo(t, rolesPath+"?saved=1")
	v.get("/referrals").wants(t, 200)
	admin.get(auditPath).wants(t, 200).shows(t, "requires a second step", "no longer requires a second step")
	// The role administrator can be made to need one as well, though nothing else of it can be changed.
	admin.post(rolesPath+"/administrator/second-step", "required", "1", "password", storetest.Password).leadsTo(t, rolesPath+"?saved=1")
	admin.get(peoplePath).leadsTo(t, factorsPath)
}

func TestNobodyRequiresOfOthersWhatTheyMayNotChange(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("clerk@clinic.example", store.EditRoles, store.EditUsers)
	v.post(rolesPath+"/administrator/second-step", "required", "1", "password", storetest.Password).wants(t, 422)
	s.withApp("boss@clinic.example", store.Permissions()...)
	boss := storetestUser(s, "boss@clinic.example")
	v.get(peoplePath+"/"+boss.ID).wants(t, 200).hides(t, "remove-second-steps")
	v.post(peoplePath+"/"+boss.ID+"/remove-second-steps", "password", storetest.Password).wants(t, 422)
	if !storetestUser(s, boss.Email).HasFactor {
		t.Error("they are gone")
	}
}

func TestAnAdministratorRemovesWhatWasLost(t *testing.T) {
	s := newSecureSite(t)
	admin := s.person("admin@clinic.example", store.Permissions()...)
	u, secret, codes := s.withApp("ada@clinic.example")
	signedIn := s.passwordOf(u.Email)
	signedIn.post(stepPath, "code", s.code(secret)).wants(t, 303)
	half := s.passwordOf(u.Email)
	path := peoplePath + "/" + u.ID + "/remove-second-steps"
	admin.get(peoplePath+"/"+u.ID).wants(t, 200).shows(t, path)
	admin.get(path).wants(t, 200).shows(t, "Make sure first that it is this person")
	admin.post(path, "password", storetest.Password).leadsTo(t, peoplePath+"/"+u.ID)
	signedIn.get("/account").leadsTo(t, "/login")
	half.get(stepPath).leadsTo(t, "/login")
	s.clock.Turn(time.Minute)
	half.post(stepPath, "recovery", codes[0]).wants(t, 401)
	s.signIn(u.Email).get("/account").wants(t, 200).shows(t, "Your password alone lets you in")
	admin.get(auditPath).wants(t, 200).shows(t, "The second steps of ada were removed")
	own := storetestUser(s, "admin@clinic.example").ID
	admin.post(peoplePath+"/"+own+"/remove-second-steps", "password", storetest.Password).wants(t, 403)
}

// TestAShortPasswordStandsBesideASecondStepAlone is NIST SP 800-63B-4, 3.1.1.2.
func TestAShortPasswordStandsBesideASecondStepAlone(t *testing.T) {
	s := newSecureSite(t)
	const short, shorter = "tidal-49", "tide-49"
	v := s.person("ada@clinic.example", store.ViewReferrals)
	v.post("/account/password", "current_password", storetest.Password, "new_password", short).wants(t, 422).shows(t, "15 characters or more")
	v.addsApp()
	v.get("/account").wants(t, 200).shows(t, "8 characters or more")
	v.post("/account/password", "current_password", storetest.Password, "new_password", shorter).wants(t, 422).shows(t, "8 characters or more")
	v.post("/account/password", "current_password", storetest.Password, "new_password", short).leadsTo(t, "/account?saved=password")
	v.post(factorsPath+"/app/remove").wants(t, 422).shows(t, "too short to stand alone")
	if !storetestUser(s, "ada@clinic.example").HasFactor {
		t.Fatal("it is gone")
	}
	// Somebody else removed it: the short password lets in, and nothing but two ways out is open.
	s.must(s.store.ResetFactors(t.Context(), storetest.Admin, "ada@clinic.example"))
	v = s.visitor()
	v.post("/login", "email", "ada@clinic.example", "password", short).wants(t, 303)
	v.get("/referrals").leadsTo(t, factorsPath)
	v.get(factorsPath).wants(t, 200).shows(t, "too short to stand alone", "A longer password instead", `action="/account/password"`)
	v.post("/account/password", "current_password", short, "new_password", "tidal-50").wants(t, 422).shows(t, "15 characters or more", "too short to stand alone")
	v.get("/referrals").leadsTo(t, factorsPath)
	v.post("/account/password", "current_password", short, "new_password", newPassword).wants(t, 303)
	v.get("/referrals").wants(t, 200)
	// By a one-time link as well.
	v.addsApp()
	token, err := s.store.MakeLink(t.Context(), storetest.Admin, storetestUser(s, "ada@clinic.example").ID)
	s.must(err)
	w := s.visitor()
	w.post("/welcome", "token", token, "password", short).leadsTo(t, stepPath)
}

func TestRecoveryCodesAreShownOnceAndRenewed(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example")
	v.post(factorsPath+"/codes").wants(t, 404)
	_, old := v.addsApp()
	v.get(factorsPath+"/codes").wants(t, 200).hides(t, old...)
	fresh := shownCode.FindAllString(v.post(factorsPath+"/codes").wants(t, 200).body, -1)
	if len(fresh) != store.RecoveryCodes || slices.Contains(fresh, old[0]) {
		t.Fatalf("%v after %v", fresh, old)
	}
	w := s.passwordOf("ada@clinic.example")
	w.post(stepPath, "recovery", old[0]).wants(t, 401)
	w.post(stepPath, "recovery", fresh[0]).wants(t, 303)
}

func TestPasskeysAreRenamedAndRemovedByTheirPersonAlone(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example")
	v.addsPasskey(newAuthenticator(t))
	f, err := s.store.Factors(t.Context(), storetestUser(s, "ada@clinic.example").ID)
	s.must(err)
	at := passkeysPath + "/" + f.Passkeys[0].ID
	other := s.person("bo@clinic.example", store.Permissions()...)
	for _, a := range []answer{other.get(at), other.post(at, "name", "Mine"), other.get(at + "/remove"), other.post(at + "/remove")} {
		a.wants(t, 404)
	}
	v.get(at).wants(t, 200).shows(t, `value="Laptop"`)
	v.post(at, "name", strings.Repeat("é", store.MaxPasskeyName+1)).wants(t, 422).shows(t, "at most 60 characters")
	v.post(at, "name", "Phone", "user_id", "x", "sign_count", "9").leadsTo(t, factorsPath+"?saved=renamed")
	v.get(at+"/remove").wants(t, 200).shows(t, "Remove the passkey Phone")
	v.post(at+"/remove").leadsTo(t, factorsPath+"?saved=removed")
	v.get(factorsPath).wants(t, 200).hides(t, "Phone")
	v.post(at+"/remove").wants(t, 404)
}

// TestSecondStepsAreInNoLogAndInNoFile plants no canaries: the secrets themselves are looked for.
func TestSecondStepsAreInNoLogAndInNoFile(t *testing.T) {
	s := newSecureSite(t)
	v := s.person("ada@clinic.example")
	secret, codes := v.addsApp()
	fresh := shownCode.FindAllString(v.post(factorsPath+"/codes").wants(t, 200).body, -1)
	s.clock.Turn(30 * time.Second)
	typed := "canary-typed-code"
	w := s.passwordOf("ada@clinic.example")
	pending := w.cookies[s.pendingName()].Value
	w.post(stepPath, "code", typed).wants(t, 401)
	w.post(stepPath, "recovery", typed).wants(t, 401)
	w.post(stepPath, "credential", typed).wants(t, 401)
	code := s.code(secret)
	w.post(stepPath, "code", code).wants(t, 303)
	s.passwordOf("ada@clinic.example").post(stepPath, "recovery", fresh[0]).wants(t, 303)
	a := newAuthenticator(t)
	w.post(passkeysPath, "name", "Laptop", "credential", a.make(w.options(passkeysPath+"/options"))).wants(t, 303)
	x := s.visitor()
	asked := x.options("/login/passkey/options")
	x.post("/login/passkey", "credential", a.sign(asked)).wants(t, 303)
	secrets := append([]string{secret, html.EscapeString(secret), typed, pending, w.cookies[s.sessionName()].Value}, append(codes, fresh...)...)
	raw := must(decodeToken(pending))
	for _, c := range append(codes, fresh...) {
		secrets = append(secrets, strings.ReplaceAll(c, "-", ""))
	}
	s.wantsNowhere(t, append(secrets, string(raw[:]))...)
	if strings.Contains(s.log.String(), code) {
		t.Error("a code is in the log")
	}
}
