package handlers

import (
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

const newPassword = "another tide comes in at noon"

func TestPeopleChangeTheirOwnNameAndTheme(t *testing.T) {
	s := newSite(t)
	v, other := s.person("ada@clinic.example"), s.person("bo@clinic.example")
	v.get("/account").wants(t, 200).hides(t, "data-theme")
	for _, theme := range []string{"dark", "light"} {
		v.post("/account", "name", "  Ada   <b>Lovelace</b> ", "theme", theme).leadsTo(t, "/account?saved=profile")
		a := v.get("/account?saved=profile").shows(t, `data-theme="`+theme+`"`, "Ada &lt;b&gt;Lovelace&lt;/b&gt;", "Your account is saved")
		a.hides(t, "<b>Lovelace")
		v.get("/nothing").shows(t, `data-theme="`+theme+`"`)
	}
	other.get("/account").hides(t, "data-theme", "Lovelace")
	v.post("/account", "name", "Ada", "theme", "").leadsTo(t, "/account?saved=profile")
	v.get("/account").hides(t, "data-theme", "Your account is saved")
	v.get("/account?saved=canary").hides(t, "canary")

	v.post("/account", "name", "Not Saved", "theme", `purple" onload="x`).wants(t, 422).
		shows(t, `value="Not Saved"`, `id="theme-error"`).hides(t, "purple")
	v.get("/account").hides(t, "Not Saved")
}

func TestNobodyChangesWhatIsNotTheirs(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	bo := storetest.AddUser(t, s.store, "bo@clinic.example")
	v.post("/account", "name", "Ada", "theme", "", "id", bo.ID, "user_id", bo.ID, "email", "bo@clinic.example",
		"roles", "administrator", "permissions", "edit_users", "disabled", "1").wants(t, 303)
	users, err := s.store.Users(t.Context())
	s.must(err)
	for _, u := range users {
		if len(u.Effective) != 0 || len(u.Roles) != 0 || u.Disabled || u.Name == "Ada" && u.Email != "ada@clinic.example" {
			t.Errorf("%+v", u)
		}
	}
}

func TestPeopleChangeTheirPassword(t *testing.T) {
	s := newSite(t)
	v, elsewhere, other := s.person("ada@clinic.example"), s.signIn("ada@clinic.example"), s.person("bo@clinic.example")
	change := func(present, next string) answer {
		return v.post("/account/password", "current_password", present, "new_password", next)
	}
	for name, c := range map[string]struct{ present, next, wrong, right string }{
		"wrong present one": {"canary wrong one", newPassword, "current_password-error", "new_password-error"},
		"no present one":    {"", newPassword, "current_password-error", "new_password-error"},
		"no new one":        {storetest.Password, "", "new_password-error", "current_password-error"},
		"a short new one":   {storetest.Password, "canary", "new_password-error", "current_password-error"},
		"a long new one":    {storetest.Password, strings.Repeat("canary", 30), "new_password-error", "current_password-error"},
		"a common new one":  {storetest.Password, "qwertyuiopasdfghjkl", "new_password-error", "current_password-error"},
	} {
		a := change(c.present, c.next).wants(t, 422)
		if !strings.Contains(a.body, `id="`+c.wrong) || strings.Contains(a.body, `id="`+c.right) {
			t.Errorf("%s: the error stands at the wrong field", name)
		}
		a.hides(t, "canary", newPassword, storetest.Password)
	}
	elsewhere.get("/account").wants(t, 200)

	change(storetest.Password, newPassword).leadsTo(t, "/account?saved=password")
	v.get("/account?saved=password").wants(t, 200).shows(t, "Your password is changed")
	elsewhere.get("/account").leadsTo(t, "/login")
	other.get("/account").wants(t, 200)
	w := s.visitor()
	w.post("/login", "email", "ada@clinic.example", "password", storetest.Password).wants(t, 401)
	w.post("/login", "email", "ada@clinic.example", "password", newPassword).leadsTo(t, "/")
	changed := 0
	for _, e := range s.audit() {
		if e.Action == store.ActionPasswordChanged {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d changes are audited", changed)
	}
}

func TestGuessingThePresentPasswordIsStopped(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	for range 9 {
		v.post("/account/password", "current_password", "wrong", "new_password", newPassword).wants(t, 422)
	}
	v.post("/account/password", "current_password", storetest.Password, "new_password", newPassword).wants(t, 429)
	s.clock.Turn(firstWait)
	v.post("/account/password", "current_password", storetest.Password, "new_password", newPassword).wants(t, 303)
}
