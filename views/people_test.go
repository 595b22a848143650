package views

import (
	"regexp"
	"strings"
	"testing"

	"breakwater/store"
)

func someRoles() []store.Role {
	return []store.Role{
		{Code: store.RoleAdministrator, Permissions: store.Permissions(), Users: 1},
		{Code: store.RoleFrontDesk, Permissions: []store.Permission{store.ViewReferrals, store.ManageReferrals}, Users: 4},
		{Code: "evenings", Name: hostile},
	}
}

func personForm(u store.User, roles []string, permissions ...store.Permission) PersonForm {
	form := PersonForm{User: u, Roles: someRoles(), Role: map[string]bool{}, Permission: map[store.Permission]bool{}}
	for _, r := range roles {
		form.Role[r] = true
	}
	for _, p := range permissions {
		form.Permission[p] = true
	}
	return form
}

// box returns the list item of one checkbox.
func box(t *testing.T, html, value string) string {
	t.Helper()
	for item := range strings.SplitSeq(html, "<li") {
		if strings.Contains(item, `value="`+value+`"`) {
			return item
		}
	}
	t.Fatalf("no box for %s", value)
	return ""
}

var checkbox = regexp.MustCompile(`<input type="checkbox"[^>]*>`)

// posted returns the permissions that a browser without script would post from a page.
func posted(html string) []string {
	var values []string
	for _, tag := range regexp.MustCompile(`<input type="(?:checkbox|hidden)" name="permission"[^>]*>`).FindAllString(html, -1) {
		if !strings.Contains(tag, " disabled") && (strings.Contains(tag, " checked") || strings.Contains(tag, `"hidden"`)) {
			values = append(values, regexp.MustCompile(`value="([^"]*)"`).FindStringSubmatch(tag)[1])
		}
	}
	return values
}

func TestPersonShowsWhereRightsComeFrom(t *testing.T) {
	f := administrator(t)
	html := render(t, Person(f, personForm(store.User{ID: "bob", Name: "Bob"}, []string{store.RoleFrontDesk}, store.ManageReferrals, store.ViewRawMessages)))
	for permission, c := range map[store.Permission]struct{ ticked, fixed, role, own bool }{
		store.ViewReferrals:   {ticked: true, fixed: true, role: true},
		store.ManageReferrals: {ticked: true, fixed: true, role: true, own: true},
		store.ViewRawMessages: {ticked: true, own: true},
		store.EditUsers:       {},
	} {
		item := box(t, html, string(permission))
		input := checkbox.FindString(item)
		if strings.Contains(input, " checked") != c.ticked || strings.Contains(input, " disabled") != c.fixed {
			t.Errorf("%s: %s", permission, input)
		}
		if got := strings.Contains(item, `data-role="front_desk">`); got != c.role {
			t.Errorf("%s: said to come from the role: %t", permission, got)
		}
		if got := strings.Contains(item, "data-individual>"); got != c.own {
			t.Errorf("%s: said to be individual: %t", permission, got)
		}
		if got := strings.Contains(item, "data-by-role>"); got != c.role {
			t.Errorf("%s: says why it is fixed: %t", permission, got)
		}
	}
	if got := strings.Join(posted(html), " "); got != "manage_referrals view_raw_messages" {
		t.Errorf("saving would post %s", got)
	}
	wants(t, html, `action="/settings/users/bob"`, "/settings/users/bob/disable", "/settings/users/bob/link", "-/enable", `name="password"`,
		"-"+hostile, "Your password", `value="ada@clinic.example" autocomplete="username" hidden`)
}

func TestPersonByState(t *testing.T) {
	f := administrator(t)
	self := personForm(store.User{ID: "me"}, []string{store.RoleAdministrator})
	self.Self, self.Errors = true, map[string]string{"rights": "E-RIGHTS"}
	beyond := personForm(store.User{ID: "bob"}, []string{store.RoleAdministrator}, store.SystemSettings)
	beyond.Beyond = true
	invited := personForm(store.User{ID: "bob"}, nil)
	invited.User.Invited, invited.Link, invited.Saved = true, &OneTimeLink{"https://clinic.example/welcome?token=T", "bob@clinic.example"}, true
	fresh := personForm(store.User{Name: "Typed Name", Email: "typed@"}, nil)
	fresh.Errors = map[string]string{"email": "E-EMAIL"}
	for name, c := range map[string]struct {
		form  PersonForm
		wants []string
	}{
		"self":     {self, []string{"This is you", "E-RIGHTS", "-/settings/users/me/disable", "-/settings/users/me/link"}},
		"beyond":   {beyond, []string{"You cannot change this person", `-name="password"`, "-/disable", "-/link"}},
		"invited":  {invited, []string{"Invited", "https://clinic.example/welcome?token=T", "works once, for 24 hours", "Saved."}},
		"disabled": {personForm(store.User{ID: "bob", Disabled: true}, nil), []string{"Disabled", "/settings/users/bob/enable", "-/disable", "-bob/link"}},
		"new":      {fresh, []string{`action="/settings/users"`, `value="Typed Name"`, `value="typed@"`, "E-EMAIL", "-/disable"}},
	} {
		t.Run(name, func(t *testing.T) { wants(t, render(t, Person(f, c.form)), c.wants...) })
	}
}

func TestNobodyTicksWhatTheyDoNotHold(t *testing.T) {
	f := administrator(t)
	f.Person.Effective = []store.Permission{store.EditUsers, store.ViewReferrals, store.ManageReferrals}
	html := render(t, Person(f, personForm(store.User{ID: "bob"}, nil)))
	for value, fixed := range map[string]bool{store.RoleAdministrator: true, store.RoleFrontDesk: false, string(store.EditRoles): true, string(store.ViewReferrals): false} {
		if got := strings.Contains(checkbox.FindString(box(t, html, value)), " disabled"); got != fixed {
			t.Errorf("%s is fixed: %t", value, got)
		}
	}
	role := RoleForm{Role: someRoles()[1], Permission: map[store.Permission]bool{store.ViewReferrals: true, store.ViewAuditLog: true}}
	if got := strings.Join(posted(render(t, RolePage(f, role))), " "); got != "view_referrals view_audit_log" {
		t.Errorf("saving the role would post %s: what the reader does not hold must stay", got)
	}
}

func TestPeopleList(t *testing.T) {
	f := administrator(t)
	list := PeopleList{Roles: someRoles(), People: []store.User{
		{ID: "me", Name: "Ada", Email: "ada@clinic.example", Roles: []string{store.RoleAdministrator}},
		{ID: "new", Invited: true, Email: "new@clinic.example", Roles: []string{"evenings", "gone"}, Permissions: []store.Permission{store.ViewAuditLog}},
		{ID: "off", Name: hostile, Disabled: true},
	}}
	html := render(t, People(f, list))
	wants(t, html, `href="/settings/users/new"`, `href="/settings/users/me"`, "Administrator", "gone", "View Audit Log", "Active", "Invited", "Disabled",
		"You", "-<img", "-Only you so far")
	list.People = list.People[:1]
	wants(t, render(t, People(f, list)), "Only you so far")
}

func TestRolePages(t *testing.T) {
	f := administrator(t)
	html := render(t, Roles(f, RolesPage{Roles: someRoles(), Saved: true}))
	wants(t, html, `href="/settings/roles/new"`, `href="/settings/roles/front_desk"`, "Front desk", "Everything", "4 people", "Nobody", "-<img")
	for name, c := range map[string]struct {
		form  RoleForm
		wants []string
	}{
		"fixed":    {RoleForm{Role: someRoles()[0]}, []string{"Administrator always holds everything", `-name="password"`, "-/remove", `-name="name"`}},
		"in use":   {RoleForm{Role: someRoles()[1]}, []string{`value="Front desk"`, "4 people have this role", "-/remove", `action="/settings/roles/front_desk"`}},
		"free":     {RoleForm{Role: someRoles()[2]}, []string{"/settings/roles/evenings/remove", "Your password"}},
		"new":      {RoleForm{Name: "Typed", Errors: map[string]string{"name": "E-NAME", "rights": "E-RIGHTS"}}, []string{`action="/settings/roles"`, `value="Typed"`, "E-NAME", "E-RIGHTS"}},
		"nameless": {RoleForm{Role: someRoles()[1], Errors: map[string]string{"name": "E-NAME"}}, []string{`-value="Front desk"`}},
	} {
		t.Run(name, func(t *testing.T) { wants(t, render(t, RolePage(f, c.form)), c.wants...) })
	}
}

func TestConfirmAndWelcome(t *testing.T) {
	f := administrator(t)
	c := ConfirmForm{Title: "Sure", Text: hostile, Action: "/x/y", Button: "Do it", Cancel: "/back", AskPassword: true, Error: "E-PASSWORD", Harm: true,
		HiddenValues: map[string]string{"id": hostile}}
	wants(t, render(t, Confirm(f, c)), `action="/x/y"`, `href="/back"`, `name="password"`, "E-PASSWORD", "Do it", "button harm", `name="id"`, "-<img")
	c.AskPassword, c.Harm = false, false
	wants(t, render(t, Confirm(f, c)), `-name="password"`, "E-PASSWORD", "button primary")
	f.Person = nil
	html := render(t, Welcome(f, WelcomeForm{Token: "T", Name: "Ana", Email: "ana@clinic.example", Errors: map[string]string{"password": "E-PASSWORD"}}))
	wants(t, html, `action="/welcome"`, `name="token" value="T"`, "Ana", "ana@clinic.example", "E-PASSWORD", `autocomplete="new-password"`)
}
