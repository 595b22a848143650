package handlers

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// sensitive is what wants the password again: whoever adds to it or takes from it must say so here.
var sensitive = []string{
	"GET /messages/:id", "POST " + oceanPath, "POST " + oceanPath + "/generate", "POST " + oceanPath + "/show-key",
	"POST " + oceanPath + "/retire-key", "POST " + oceanPath + "/remove-secret",
	"POST " + peoplePath, "POST " + peoplePath + "/:id", "POST " + peoplePath + "/:id/disable", "POST " + peoplePath + "/:id/enable",
	"POST " + peoplePath + "/:id/link", "POST " + peoplePath + "/:id/sessions",
	"POST " + rolesPath, "POST " + rolesPath + "/:code", "POST " + rolesPath + "/:code/remove",
	"POST " + auditPath + "/export", "POST " + provePath,
	"POST " + peoplePath + "/:id/remove-second-steps", "POST " + rolesPath + "/:code/second-step",
	"GET " + factorsPath + "/passkeys/new", "POST " + factorsPath + "/passkeys/options", "POST " + factorsPath + "/passkeys",
	"POST " + factorsPath + "/passkeys/:id/remove", "GET " + factorsPath + "/app", "POST " + factorsPath + "/app",
	"POST " + factorsPath + "/app/remove", "POST " + factorsPath + "/codes",
}

func TestTheTableSaysWhatWantsAProof(t *testing.T) {
	var proven []string
	for _, r := range table() {
		name := r.method + " " + r.path
		if r.access.proof != nil {
			proven = append(proven, name)
		}
		changesRights := r.access.permission == store.EditUsers || r.access.permission == store.EditRoles
		if r.method == post && changesRights && r.access.proof == nil {
			t.Errorf("%s changes who may do what, and wants no proof", name)
		}
		if r.access.proof != nil && (r.access.open || !r.access.person || r.access.quiet || r.access.room != 0) {
			t.Errorf("%s: a proof by nobody, by a page itself, or with a file, which would be lost", name)
		}
	}
	slices.Sort(proven)
	want := slices.Sorted(slices.Values(sensitive))
	if !slices.Equal(proven, want) {
		t.Errorf("a proof is wanted by\n%s\nwant\n%s", strings.Join(proven, "\n"), strings.Join(want, "\n"))
	}
}

// sensitiveSite is a console in which every route that may want a proof does, with what it is about.
func sensitiveSite(t *testing.T) (s *site, v *visitor, at map[string]string) {
	s = newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{})
	secret := "hush"
	s.must(s.store.SaveOceanSettings(t.Context(), storetest.Admin, store.OceanChange{ClientSecret: &secret}))
	_, err := s.store.AddRole(t.Context(), storetest.Admin, "Night desk", nil)
	s.must(err)
	bo := storetest.AddUser(t, s.store, "bo@clinic.example")
	return s, s.person("ada@clinic.example", store.Permissions()...), map[string]string{":id": bo.ID, ":code": "night_desk", "message": s.messageID()}
}

// target is the address of a sensitive route about what there is.
func target(path string, at map[string]string) string {
	if strings.HasPrefix(path, "/messages/") {
		return "/messages/" + at["message"]
	}
	return pathParameter.ReplaceAllStringFunc(path, func(name string) string { return at[name] })
}

func TestWhatIsSensitiveWantsThePasswordAgain(t *testing.T) {
	for _, name := range sensitive {
		t.Run(name, func(t *testing.T) {
			s, v, at := sensitiveSite(t)
			method, path, _ := strings.Cut(name, " ")
			to := target(path, at)
			form := func(pairs ...string) []string {
				return append(pairs, "name", "canary name", "client_id", "another", "format", "csv")
			}
			s.clock.Turn(store.ProvenFor)
			before := s.status().AuditEntries
			for _, headers := range [][]string{nil, {htmxHeader, "true"}} {
				a := v.do(method, to, fields(form()...), headers...).wants(t, http.StatusUnauthorized)
				a.shows(t, `name="password"`, s.text().Sessions.ProofTitle).hides(t, s.key)
				if strings.Contains(a.body, "<html") == (headers != nil) {
					t.Error("a page for htmx, or a part of one for people")
				}
				if method == post {
					a.shows(t, `action="`+to+`"`, `value="canary name"`)
				}
			}
			if after := s.status().AuditEntries; after != before {
				t.Errorf("%d entries without a proof", after-before)
			}
			prove := func(password string) answer {
				if method == get { // what is looked at is asked for by the proof's own form
					return v.post(provePath, "to", to, "password", password)
				}
				return v.post(to, form("password", password)...)
			}
			prove("a wrong guess at it").wants(t, 422).shows(t, s.text().Confirm.PasswordWrong)
			prove("").wants(t, 422).shows(t, s.text().Confirm.PasswordMissing)
			if n := len(s.audited(store.ActionProofFailed)); n != 1 || s.status().AuditEntries != before+1 {
				t.Errorf("%d wrong passwords are in the log, want 1 and nothing else", n)
			}
			if a := prove(storetest.Password).hides(t, s.text().Sessions.ProofTitle); a.Code == 401 || a.Code >= 500 {
				t.Errorf("status %d with the password", a.Code)
			}
			if n := len(s.audited(store.ActionProven)); n != 1 {
				t.Errorf("%d proofs are in the log", n)
			}
			if a := v.do(method, to, fields(form()...)).hides(t, s.text().Sessions.ProofTitle); a.Code == 401 || a.Code >= 500 {
				t.Errorf("it is not remembered: status %d", a.Code)
			}
		})
	}
}

func TestSigningInIsTheFirstProof(t *testing.T) {
	s, v, at := sensitiveSite(t)
	to := peoplePath + "/" + at[":id"]
	v.get(to).wants(t, 200).hides(t, `name="password"`)
	s.clock.Turn(store.ProvenFor - 1e6)
	v.post(to, "role", "front_desk").leadsTo(t, to+"?saved=1")
	s.clock.Turn(1e6)
	v.get(to).wants(t, 200).shows(t, `name="password"`, s.text().People.SaveWhy) // then the form itself asks for it
	v.post(to, "role", "privacy_officer").wants(t, 401)
	v.post(to, "role", "privacy_officer", "password", storetest.Password).leadsTo(t, to+"?saved=1")
	elsewhere := s.signIn("ada@clinic.example")
	s.clock.Turn(store.ProvenFor)
	v.post(to, "role", "front_desk", "password", storetest.Password).leadsTo(t, to+"?saved=1")
	elsewhere.post(to, "role", "privacy_officer").wants(t, 401) // a proof is one session's
}

func TestNobodyWithoutThePermissionIsAskedForAProof(t *testing.T) {
	s, _, at := sensitiveSite(t)
	clerk := s.person("clerk@clinic.example")
	s.clock.Turn(store.ProvenFor)
	for _, name := range sensitive {
		if method, path, _ := strings.Cut(name, " "); !strings.HasPrefix(path, "/account/") { // that is everybody's own
			clerk.do(method, target(path, at), fields("password", storetest.Password)).wants(t, 403).hides(t, `name="password"`)
		}
	}
}

func TestNobodyIsAskedOverTheFirstKeyOrTheFirstSecret(t *testing.T) {
	s := newSite(t)
	_, err := s.store.GenerateKey(t.Context(), storetest.Admin)
	s.must(err)
	s.exec(s.sql(), `DELETE FROM inbound_keys`)
	v := s.person("ada@clinic.example", store.Permissions()...)
	s.clock.Turn(store.ProvenFor)
	v.post(oceanPath+"/generate", "site_number", "1234").wants(t, 200)
	v.post(oceanPath+"/generate", "site_number", "1234").wants(t, 200) // the one before was never saved
	page := v.post(oceanPath+"/generate").wants(t, 200)
	v.post(oceanPath, append(page.hidden(), "site_number", "1234", "host", store.TestOceanHost, "client_id", "me", "client_secret", "hush")...).leadsTo(t, oceanPath+"?saved=1")

	v.post(oceanPath, "site_number", "4321", "client_id", " me ").leadsTo(t, oceanPath+"?saved=1") // nothing of it is where updates go
	v.post(oceanPath+"/generate", "site_number", "1234").wants(t, 401)
	for _, change := range [][]string{{"host", store.DefaultOceanHost}, {"host", "other", "host_other", "https://evil.example"}, {"client_id", "another"}, {"client_secret", "hush"}} {
		v.post(oceanPath, change...).wants(t, 401)
	}
}

// What was typed goes along, and what is secret does not: it is asked for again, since leaving it
// empty means something else.
func TestAProofCarriesAllButSecrets(t *testing.T) {
	s, v, _ := sensitiveSite(t)
	s.clock.Turn(store.ProvenFor)
	a := v.do(post, oceanPath, fields("site_number", "4321", "client_id", `<i>"me"`, "client_secret", "canary-secret", "extra", "1", "extra", "2"),
		"Referer", baseURL+oceanPath+"?saved=1").wants(t, 401).hides(t, "canary-secret", "<i>")
	a.shows(t, `type="password"`, `name="client_secret"`, s.text().Ocean.Secret, `href="`+oceanPath+`?saved=1"`)
	carried := a.hidden()
	a = v.post(oceanPath, append(carried, "password", storetest.Password, "client_secret", "")...).wants(t, 422).shows(t, s.text().Sessions.SecretMissing)
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "1234" {
		t.Errorf("half of it was saved: %+v", o)
	}
	v.post(oceanPath, append(a.hidden(), "client_secret", "canary-secret")...).leadsTo(t, oceanPath+"?saved=1")
	o, err := s.store.OceanAccess(t.Context())
	if err != nil || o.ClientID != `<i>"me"` || o.ClientSecret != "canary-secret" {
		t.Errorf("%q, %v", o.ClientID, err)
	}
	if now, _ := s.store.OceanSettings(t.Context()); now.SiteNumber != "4321" {
		t.Errorf("%+v", now)
	}
	if strings.Contains(s.log.String(), "canary-secret") {
		t.Error("the log has it")
	}
}

func TestAProofLeadsNowhereElse(t *testing.T) {
	s, v, at := sensitiveSite(t)
	for planted, want := range localPaths {
		v.post(provePath, "to", planted, "password", storetest.Password).leadsTo(t, want)
	}
	s.clock.Turn(store.ProvenFor)
	for _, from := range []string{"https://evil.example/a", "//evil.example", "javascript:alert(1)", "http://clinic.example.evil.example/"} {
		v.do(get, "/messages/"+at["message"], nil, "Referer", from).wants(t, 401).hides(t, "evil", "javascript")
		v.post(peoplePath, "proof_back", from).wants(t, 401).hides(t, "evil", "javascript")
	}
	v.do(post, provePath, fields("to", "/account", "password", storetest.Password), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site").wants(t, 403)
	v.get("/messages/"+at["message"]).wants(t, 401)
}

// A change of rights and a proof renew the session's cookie, and both the old and the new one open it
// for a moment: browsers ask for several things at once.
func TestTheCookieIsRenewedWithRightsAndProofs(t *testing.T) {
	s, v, at := sensitiveSite(t)
	name := s.sessionName()
	other := s.signIn("bo@clinic.example")
	old, mine := other.cookies[name].Value, v.cookies[name].Value
	v.post(peoplePath+"/"+at[":id"], "role", "front_desk").wants(t, 303)
	before := s.with(map[string]*http.Cookie{name: {Value: old}})
	other.get("/account").wants(t, 200)
	if other.cookies[name].Value == old || other.cookies[name].SameSite != http.SameSiteLaxMode || !other.cookies[name].HttpOnly {
		t.Errorf("the cookie is %s", other.cookies[name].Raw)
	}
	before.get("/account").wants(t, 200)
	if before.cookies[name].Value != other.cookies[name].Value {
		t.Error("two requests at once got different cookies")
	}
	late := s.with(map[string]*http.Cookie{name: {Value: old}})
	late.post("/logout").leadsTo(t, "/login") // signs the session out whatever its cookie is called
	if late.cookies[name] != nil {
		t.Error("signing out left a cookie")
	}
	other.get("/account").leadsTo(t, "/login")
	if v.get("/account").wants(t, 200); v.cookies[name].Value != mine {
		t.Error("whoever changed somebody else's rights has another cookie")
	}
	v.post(provePath, "to", "/account", "password", storetest.Password).wants(t, 303)
	if v.get("/account"); v.cookies[name].Value == mine {
		t.Error("a proof left the cookie as it was")
	}
}
