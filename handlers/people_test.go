package handlers

import (
	"regexp"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

var linkOnPage = regexp.MustCompile(`http://clinic\.example/welcome\?token=[\w-]+`)

func TestAddingSomebodyByAOneTimeLink(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	s.clock.Turn(store.ProvenFor) // until then signing in stands for the password
	for _, c := range []struct {
		says  string
		pairs []string
	}{
		{s.text().Confirm.PasswordMissing, []string{"email", "noor@clinic.example", "password", ""}},
		{s.text().Errors.EmailMissing, []string{"name", "Noor", "password", storetest.Password}},
		{s.text().Errors.EmailTaken("ada@clinic.example"), []string{"email", "ada@clinic.example", "password", storetest.Password}},
		{s.text().Confirm.PasswordWrong, []string{"email", "noor@clinic.example", "password", "a wrong guess at it"}},
		{s.text().People.RoleGone, []string{"email", "noor@clinic.example", "password", storetest.Password, "role", "king"}},
	} {
		v.post(peoplePath, append(c.pairs, "permission", "view_referrals")...).wants(t, 422).shows(t, c.says).hides(t, storetest.Password)
	}
	a := v.post(peoplePath, "email", "noor@clinic.example", "name", "Noor Haddad", "role", "front_desk", "password", storetest.Password).wants(t, 200)
	link := linkOnPage.FindString(a.Body.String())
	if link == "" {
		t.Fatalf("no link:\n%s", a.Body)
	}
	v.get(peoplePath).shows(t, "Noor Haddad", s.text().People.Invited).hides(t, link)

	stranger := s.visitor()
	path := strings.TrimPrefix(link, baseURL)
	token := strings.TrimPrefix(path, "/welcome?token=")
	stranger.get(path).wants(t, 200).shows(t, "noor@clinic.example")
	stranger.post("/welcome", "token", token, "password", "short").wants(t, 422).shows(t, s.text().Errors.PasswordShort(store.MinPassword))
	stranger.post("/welcome", "token", "guess", "password", storetest.Password).wants(t, 410)
	stranger.post("/welcome", "token", token, "password", storetest.Password).leadsTo(t, "/")
	stranger.get("/referrals").wants(t, 200)
	stranger.get(path).wants(t, 410)
	s.signIn("noor@clinic.example").get("/referrals").wants(t, 200)
}

func TestAPersonsPageSaysWhereEachPermissionComesFrom(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	id, err := s.store.AddUser(t.Context(), storetest.Admin, store.NewUser{Email: "noor@clinic.example", Password: storetest.Password,
		Roles: []string{store.RoleFrontDesk}, Permissions: []store.Permission{store.ViewReferrals, store.ViewAuditLog}})
	s.must(err)
	at := peoplePath + "/" + id
	v.get(at).wants(t, 200).shows(t, s.text().People.FromRole(s.text().Roles[store.RoleFrontDesk]), s.text().People.Individual, s.text().People.ByRole)
	v.post(at, "role", "front_desk", "permission", "referral_settings", "password", "a wrong guess at it").wants(t, 422).shows(t, s.text().Confirm.PasswordWrong)
	v.post(at, "role", "front_desk", "permission", "referral_settings", "password", storetest.Password).leadsTo(t, at+"?saved=1")
	u, err := s.store.User(t.Context(), id)
	if err != nil || len(u.Permissions) != 1 || u.Permissions[0] != store.ReferralSettings || len(u.Roles) != 1 {
		t.Errorf("%+v, %v", u, err)
	}
	v.get(peoplePath+"/nobody").wants(t, 404)
	v.post(peoplePath+"/nobody", "password", storetest.Password).wants(t, 404)
}

func TestPeopleAreDisabledEnabledAndResetBehindAQuestion(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	noor := s.person("noor@clinic.example", store.ViewReferrals)
	at := peoplePath + "/" + s.id("noor@clinic.example")
	v.get(at+"/disable").wants(t, 200)
	noor.get("/referrals").wants(t, 200) // asking does nothing
	v.post(at+"/disable", "password", "a wrong guess at it").wants(t, 422)
	v.post(at+"/disable", "password", storetest.Password).leadsTo(t, at)
	noor.get("/referrals").leadsTo(t, "/login")
	v.post(at+"/enable", "password", storetest.Password).leadsTo(t, at)
	noor = s.signIn("noor@clinic.example")
	a := v.post(at+"/link", "password", storetest.Password).wants(t, 200)
	if !linkOnPage.MatchString(a.Body.String()) {
		t.Errorf("no link:\n%s", a.Body)
	}
	noor.get("/referrals").leadsTo(t, "/login")
	own := peoplePath + "/" + s.id("ada@clinic.example")
	v.post(own+"/link", "password", storetest.Password).wants(t, 403)
}

func TestTheLastAdministratorStays(t *testing.T) {
	s := newSite(t)
	id, err := s.store.AddUser(t.Context(), storetest.Admin, store.NewUser{Email: "root@clinic.example", Password: storetest.Password, Roles: []string{store.RoleAdministrator}})
	s.must(err)
	v := s.person("ada@clinic.example", store.Permissions()...)
	at := peoplePath + "/" + id
	v.post(at+"/disable", "password", storetest.Password).wants(t, 422).shows(t, s.text().People.LastAdmin)
	v.post(at, "role", "front_desk", "password", storetest.Password).wants(t, 422).shows(t, s.text().People.LastAdmin)
	clerk := s.person("clerk@clinic.example", store.EditUsers)
	clerk.get(at).wants(t, 200).shows(t, s.text().People.BeyondText)
	clerk.post(at+"/link", "password", storetest.Password).wants(t, 422).shows(t, s.text().People.Beyond)
	clerk.post(peoplePath, "email", "x@clinic.example", "role", "administrator", "password", storetest.Password).wants(t, 422).shows(t, s.text().People.Beyond)
}

func TestRolesInTheConsole(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	v.post(rolesPath, "name", "", "password", storetest.Password).wants(t, 422).shows(t, s.text().RolePages.NameMissing)
	v.post(rolesPath, "name", strings.Repeat("x", 61), "password", storetest.Password).wants(t, 422).shows(t, s.text().RolePages.NameLong(store.MaxRoleName))
	v.post(rolesPath, "name", "Evening desk", "permission", "view_referrals", "password", "a wrong guess at it").wants(t, 422).shows(t, "Evening desk", s.text().Confirm.PasswordWrong)
	v.post(rolesPath, "name", "Evening desk", "permission", "view_referrals", "password", storetest.Password).leadsTo(t, rolesPath+"?saved=1")
	v.post(rolesPath, "name", "evening DESK", "password", storetest.Password).wants(t, 422).shows(t, s.text().RolePages.NameTaken)
	v.post(rolesPath+"/evening_desk", "name", "Night desk", "password", storetest.Password).leadsTo(t, rolesPath+"?saved=1")
	v.get(rolesPath).shows(t, "Night desk").hides(t, "Evening desk")
	v.post(rolesPath+"/administrator", "name", "King", "password", storetest.Password).wants(t, 422).shows(t, s.text().RolePages.Fixed)
	v.get(rolesPath+"/evening_desk/remove").wants(t, 200)
	v.post(rolesPath+"/evening_desk/remove", "password", storetest.Password).leadsTo(t, rolesPath+"?saved=1")
	v.get(rolesPath+"/evening_desk").wants(t, 404)
}

// id is the id of the person with that e-mail address.
func (s *site) id(email string) string {
	s.t.Helper()
	users, err := s.store.Users(s.t.Context())
	s.must(err)
	for _, u := range users {
		if u.Email == email {
			return u.ID
		}
	}
	s.t.Fatalf("nobody has %s", email)
	return ""
}
