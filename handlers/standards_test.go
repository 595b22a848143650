package handlers

import (
	"mime"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// What OWASP's ASVS asks of every page and every field, and no other test looks at; see SECURITY.md.

var passwordInput = regexp.MustCompile(`<input[^>]*(?:type="password"|name="[a-z_]*password")[^>]*>`)

// ASVS 6.2.6, 6.2.7, 6.2.9, 6.2.10.
func TestPasswordFieldsAreMaskedAndTakeWhatManagersFillIn(t *testing.T) {
	s := newSite(t)
	found := 0
	look := func(what string, a answer) {
		t.Helper()
		list := passwordInput.FindAllString(a.body, -1)
		if len(list) == 0 {
			t.Errorf("%s has no field for a password", what)
		}
		for _, field := range list {
			found++
			if !strings.Contains(field, `type="password"`) || !strings.Contains(field, `autocomplete="current-password"`) && !strings.Contains(field, `autocomplete="new-password"`) ||
				strings.Contains(field, "maxlength") || strings.Contains(field, "readonly") || strings.Contains(field, " on") || strings.Contains(field, "pattern") {
				t.Errorf("%s: %s", what, field)
			}
		}
	}
	look("first run", s.visitor().get("/setup?token="+s.setupToken()).wants(t, 200))
	look("signing in", s.visitor().get("/login").wants(t, 200))
	v := s.person("ada@clinic.example", store.EditUsers)
	look("account", v.get("/account").wants(t, 200))
	bo := storetest.AddUser(t, s.store, "bo@clinic.example")
	link, err := s.store.MakeLink(t.Context(), storetest.Admin, bo.ID)
	s.must(err)
	look("a one-time link", s.visitor().get("/welcome?token="+link).wants(t, 200))
	s.clock.Turn(store.ProvenFor)
	look("a proof", v.post(peoplePath+"/"+bo.ID+"/disable").wants(t, 401))
	if found < 6 {
		t.Errorf("%d fields", found)
	}
	long := strings.Repeat("quiet harbour !?", 8) // 128 characters
	s.visitor().post("/welcome", "token", link, "password", long).wants(t, 303)
	s.clock.Turn(5 * 365 * 24 * time.Hour) // and nobody has to choose another
	s.visitor().post("/login", "email", "bo@clinic.example", "password", long[:64]).wants(t, 401)
	s.visitor().post("/login", "email", "bo@clinic.example", "password", long).leadsTo(t, "/")
}

// ASVS 4.1.1 and 7.4.4.
func TestEveryPageSaysWhatItIsAndHowToSignOut(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{})
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	admin := s.person("ada@clinic.example", store.Permissions()...)
	pages := 0
	for _, r := range table() {
		if r.method != get || r.path == "/static/*" {
			continue
		}
		for who, v := range map[string]*visitor{"stranger": s.visitor(), "admin": admin} {
			a := v.get(addressOfRoute(r, rows[0].ID))
			typ, parameters, err := mime.ParseMediaType(a.Header().Get("Content-Type"))
			if a.body != "" && (err != nil || strings.HasPrefix(typ, "text/") && !strings.EqualFold(parameters["charset"], "utf-8")) {
				t.Errorf("%s as %s: %d, Content-Type %q", r.path, who, a.Code, a.Header().Get("Content-Type"))
			}
			if who == "admin" && !r.access.open && strings.Contains(a.body, "<html") {
				pages++
				if !strings.Contains(a.body, `action="/logout"`) || !strings.Contains(a.body, ">Sign out<") {
					t.Errorf("%s: %d, and nothing to sign out with", r.path, a.Code)
				}
			}
		}
	}
	if pages < 30 {
		t.Errorf("only %d pages", pages)
	}
}

// ASVS 1.2.4: what looks like SQL, or like a pattern of it, is a text like any other.
func TestNothingThatIsTypedIsSQL(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Harbour"}})
	v := s.person("ada@clinic.example", store.Permissions()...)
	for _, typed := range []string{`' OR '1'='1`, `" OR ""="`, `x') OR 1=1 --`, `'; DROP TABLE users; --`, `Ha%`, `%`, `_arbour`, `Ha*`, `[H]arbour`,
		`Harbour' UNION SELECT email FROM users --`, "?1", ":x", "\x00' OR 1=1", `*:*`, `NEAR(Harbour)`} {
		a := v.post("/referrals/search", "q", typed).wants(t, 200)
		if len(links(a)) > 0 {
			t.Errorf("a search for %q finds something", typed)
		}
		s.visitor().post("/login", "email", typed, "password", typed).wants(t, 401)
		s.visitor().post("/login", "email", "ada@clinic.example", "password", typed).wants(t, 401)
		for _, name := range []string{"folder", "service", "assignee", "direction", "from", "until", "before", "sort", "review"} {
			if a := v.do(get, "/referrals?"+fields(name, typed).Encode(), nil); a.Code >= 500 {
				t.Errorf("%s=%q: %d", name, typed, a.Code)
			}
			if a := v.do(get, auditPath+"?"+fields("action", typed, "who", typed, "actor", typed, "before", typed).Encode(), nil); a.Code >= 500 {
				t.Errorf("the audit log, %q: %d", typed, a.Code)
			}
		}
		s.clock.Turn(allForgiven)
		v = s.signIn("ada@clinic.example")
	}
	if found := links(v.post("/referrals/search", "q", "Harbour")); len(found) != 1 || s.status().Users != 1 {
		t.Errorf("%q afterwards", found)
	}
}

// ASVS 6.3.2.
func TestNobodyComesReady(t *testing.T) {
	s := newSite(t)
	if n := s.status().Users; n != 0 {
		t.Errorf("%d people", n)
	}
	for i, name := range []string{"admin", "administrator", "root", "sa", "breakwater", "admin@clinic.example", "admin@localhost", ""} {
		for _, password := range []string{name, "", "admin", "password", "breakwater", storetest.Password} {
			v := s.visitor()
			v.address = "10.0." + string(rune('0'+i)) + ".1"
			if a := v.post("/login", "email", name, "password", password); a.Code != http.StatusUnauthorized && a.Code != http.StatusTooManyRequests {
				t.Errorf("%q, %q: %d", name, password, a.Code)
			}
		}
	}
}
