package views

import (
	"testing"
	"time"

	"breakwater/store"
)

// settingsPages are the pages under Settings, filled with hostile text like [wholePages].
func settingsPages(t *testing.T, f Frame) map[string]string {
	f.Person = &store.User{ID: "me", Name: hostile, Email: hostile, Effective: store.Permissions()}
	out := f
	out.Person = nil
	other := store.User{ID: "x", Name: hostile, Email: hostile, Roles: []string{hostile}, Permissions: []store.Permission{hostile}}
	person := personForm(other, []string{"evenings"})
	person.Link, person.Errors = &OneTimeLink{hostile, hostile}, map[string]string{"rights": hostile, "password": hostile}
	line := AuditLine{AuditEntry: store.AuditEntry{Actor: hostile, ActorName: hostile, Address: hostile, Action: hostile, Object: hostile, Details: hostile}, Who: hostile, Object: hostile}
	role := RoleForm{Role: store.Role{Code: "x", Name: hostile}, Name: hostile, Errors: map[string]string{"name": hostile}}
	return map[string]string{
		"ocean":   render(t, OceanSettings(f, hostileOcean(f))),
		"people":  render(t, People(f, PeopleList{People: []store.User{other}, Roles: someRoles()})),
		"person":  render(t, Person(f, person)),
		"roles":   render(t, Roles(f, RolesPage{Roles: someRoles()})),
		"role":    render(t, RolePage(f, role)),
		"welcome": render(t, Welcome(out, WelcomeForm{Token: hostile, Name: hostile, Email: hostile})),
		"audit": render(t, Audit(f, AuditPage{Lines: []AuditLine{line}, Older: "/settings/audit?before=x", Actors: []AuditActor{{hostile, hostile}},
			Filter: AuditQuery{From: hostile, Until: hostile}, Check: store.AuditCheck{At: f.Now, By: hostile, Details: hostile}})),
		"clinic":    render(t, Clinic(f, ClinicForm{OverdueDays: hostile, Errors: map[string]string{"overdue_days": hostile}})),
		"set up":    render(t, SetUp(f, hostileSetUp(f))),
		"self-test": render(t, SelfTest(f, SelfTestPage{RequestURL: hostile, Lines: []SelfTestLine{{hostile, hostile, 500}}})),
		"missed":    render(t, Missed(f, MissedPage{Gap: *gapOf(f, 200*time.Hour, 0), Now: f.Now, Settings: store.OceanSettings{SiteNumber: "1", Host: hostile}})),
		"confirm":   render(t, Confirm(f, ConfirmForm{Title: "Sure", Text: hostile, Action: "javascript:alert(1)", Button: hostile, Cancel: "javascript:alert(1)"})),
	}
}

func hostileOcean(f Frame) OceanForm {
	form := oceanForm()
	form.SiteNumber, form.ClientID, form.Host, form.HostOther, form.Request = hostile, hostile, "other", hostile, hostile
	form.Seen = store.OceanSettings{SiteNumber: "1234", Host: hostile, ClientID: hostile, HasClientSecret: true, SecretSetBy: hostile}
	key := draftKey(f)
	key.CreatedBy = hostile
	form.Keys, form.Values = []store.InboundKey{key, savedKey(f, "s")}, map[string]string{key.ID: hostile}
	form.Health, form.Test = hostileSetUp(f).Health, &ConnectionTest{Fault: hostile, Host: hostile, Typed: true}
	form.Errors = map[string]string{"site_number": hostile, "key": hostile, "password": hostile}
	form.Conflicts = []Conflict{{"client_id", hostile, hostile}, {"client_secret", hostile, ""}}
	return form
}

func hostileSetUp(f Frame) SetupPage {
	p := setUpPage(SetupStep{State: StepTold, Ticked: true, By: hostile, At: f.Now, Mistakes: []Mistake{hostile}})
	p.Request, p.RequestURL, p.HeaderName, p.Settings.Host = hostile, hostile, hostile, hostile
	p.Health = troubled(f)
	p.Health.Listings[0].Name, p.Health.Test.By, p.Health.Refusals[0].Reason = hostile, hostile, hostile
	return p
}
