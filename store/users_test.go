package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

func TestAddingAPerson(t *testing.T) {
	s, dir, clock := at(t)
	id, err := s.AddUser(ctx, storetest.Admin, store.NewUser{Email: "  Ada.Example@Clinic.example ", Name: " Ada \t Example ", Password: storetest.Password,
		Roles: []string{store.RoleFrontDesk, store.RoleFrontDesk}, Permissions: []store.Permission{store.ViewAuditLog, store.ViewReferrals}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.User(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if u.Email != "Ada.Example@Clinic.example" || u.Name != "Ada Example" || u.Disabled || !u.CreatedAt.Equal(clock.Now()) {
		t.Errorf("%+v", u)
	}
	if !slices.Equal(u.Roles, []string{store.RoleFrontDesk}) || !slices.Equal(u.Permissions, []store.Permission{store.ViewReferrals, store.ViewAuditLog}) ||
		!slices.Equal(u.Effective, []store.Permission{store.ViewReferrals, store.ManageReferrals, store.ViewAuditLog}) {
		t.Errorf("%v, %v, %v", u.Roles, u.Permissions, u.Effective)
	}
	if u.Can(store.EditUsers) || !u.Can(store.ManageReferrals) {
		t.Error("rights are not those of the roles and the person's own")
	}
	if (*store.User)(nil).Can(store.ViewReferrals) {
		t.Error("nobody may do something")
	}
	if second := storetest.AddUser(t, s, "boris@example.org"); second.Name != "boris" {
		t.Errorf("without a name: %q", second.Name)
	}
	db := raw(t, dir)
	hash := strs(t, db, `SELECT password_hash FROM users WHERE id = ?`, id)[0]
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=") || strings.Contains(hash, storetest.Password) {
		t.Errorf("hash %s", hash)
	}
	nowhere(t, dir, "Ada.Example@Clinic.example", map[string]string{"the password": storetest.Password})
}

func TestPersonWhoCannotBeAddedIsNot(t *testing.T) {
	s, dir, _ := at(t)
	storetest.AddUser(t, s, "Ada@Example.org")
	db := raw(t, dir)
	before := dump(t, db)
	for name, c := range map[string]struct {
		change func(*store.NewUser)
		want   error
	}{
		"same address":             {func(n *store.NewUser) { n.Email = "Ada@Example.org" }, store.ErrEmailTaken},
		"same in another case":     {func(n *store.NewUser) { n.Email = "aDA@eXAMPLE.ORG" }, store.ErrEmailTaken},
		"same with spaces":         {func(n *store.NewUser) { n.Email = " ada@example.org\n" }, store.ErrEmailTaken},
		"no address":               {func(n *store.NewUser) { n.Email = " " }, store.ErrEmail},
		"no @":                     {func(n *store.NewUser) { n.Email = "boris" }, store.ErrEmail},
		"nothing before the @":     {func(n *store.NewUser) { n.Email = "@example.org" }, store.ErrEmail},
		"nothing after the @":      {func(n *store.NewUser) { n.Email = "boris@" }, store.ErrEmail},
		"with a name":              {func(n *store.NewUser) { n.Email = "Boris <boris@example.org>" }, store.ErrEmail},
		"in brackets":              {func(n *store.NewUser) { n.Email = "<boris@example.org>" }, store.ErrEmail},
		"two addresses":            {func(n *store.NewUser) { n.Email = "a@example.org, b@example.org" }, store.ErrEmail},
		"a line break in it":       {func(n *store.NewUser) { n.Email = "boris@example.org\nBcc: x@example.org" }, store.ErrEmail},
		"too long":                 {func(n *store.NewUser) { n.Email = strings.Repeat("b", 250) + "@example.org" }, store.ErrEmail},
		"unknown role":             {func(n *store.NewUser) { n.Roles = []string{store.RoleFrontDesk, "surgeon"} }, store.ErrNoRole},
		"role in another case":     {func(n *store.NewUser) { n.Roles = []string{"Administrator"} }, store.ErrNoRole},
		"empty role":               {func(n *store.NewUser) { n.Roles = []string{""} }, store.ErrNoRole},
		"unknown permission":       {func(n *store.NewUser) { n.Permissions = []store.Permission{store.ViewReferrals, "everything"} }, store.ErrNoRight},
		"permission as on screen":  {func(n *store.NewUser) { n.Permissions = []store.Permission{"View Referrals"} }, store.ErrNoRight},
		"no password":              {func(n *store.NewUser) { n.Password = "" }, store.ErrPasswordShort},
		"short password":           {func(n *store.NewUser) { n.Password = "a quiet harbou" }, store.ErrPasswordShort},
		"password everybody knows": {func(n *store.NewUser) { n.Password = "passwordpassword" }, store.ErrPasswordCommon},
	} {
		n := store.NewUser{Email: "boris@example.org", Password: storetest.Password}
		c.change(&n)
		if _, err := s.AddUser(ctx, storetest.Admin, n); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if after := dump(t, db); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestRolesThatComeReady(t *testing.T) {
	f := newFixture(t)
	for role, want := range map[string][]store.Permission{
		store.RoleAdministrator:  store.Permissions(),
		store.RoleFrontDesk:      {store.ViewReferrals, store.ManageReferrals},
		store.RolePrivacyOfficer: {store.ViewAuditLog},
	} {
		if u := f.person(role+"@example.org", role); !slices.Equal(u.Effective, want) || len(u.Permissions) != 0 {
			t.Errorf("%s may do %v, want %v; alone %v", role, u.Effective, want, u.Permissions)
		}
	}
	if len(store.Permissions()) != 8 {
		t.Errorf("%d permissions", len(store.Permissions()))
	}
}

func TestRightsCountFromTheNextRead(t *testing.T) {
	f := newFixture(t)
	token := f.signIn(f.other)
	other := storetest.At(t, f.dir, f.clock) // another process
	may := func() bool {
		t.Helper()
		u, err := userOf(f.s, token)
		f.must(err)
		err = other.RecordExport(ctx, store.UserActor(f.other, ""), "csv", store.AuditFilter{})
		if u.Can(store.ViewAuditLog) != (err == nil) {
			t.Errorf("read as %v, but %v", u.Effective, err)
		}
		return err == nil
	}
	if may() {
		t.Error("a right that was never given")
	}
	f.must(f.s.SaveRights(ctx, storetest.Admin, f.other.ID, store.Rights{Roles: []string{store.RolePrivacyOfficer}}))
	if !may() {
		t.Error("given by a role, it does not count")
	}
	f.must(other.SaveRights(ctx, storetest.Admin, f.other.ID, store.Rights{}))
	if may() {
		t.Error("taken away, it counts")
	}
	f.must(other.SaveRights(ctx, storetest.Admin, f.other.ID, store.Rights{Permissions: []store.Permission{store.ViewAuditLog}}))
	if !may() {
		t.Error("given alone, it does not count")
	}
}

func TestDisablingAndEnabling(t *testing.T) {
	f := newFixture(t)
	disable := func(email string, disabled bool) error {
		return f.s.SetUserDisabled(ctx, storetest.Admin, email, disabled)
	}
	token, entries := f.signIn(f.other), status(t, f.s).AuditEntries
	f.must(disable(" OTHER@example.org ", true))
	f.must(disable(f.other.Email, true)) // is so already
	u := f.user(f.other.ID)
	if !u.Disabled || u.Can(store.ViewReferrals) {
		t.Errorf("%+v", u)
	}
	if _, err := userOf(f.s, token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("session of somebody disabled: %v", err)
	}
	if _, err := f.s.SignIn(ctx, f.other.Email, storetest.Password, "", nil); !errors.Is(err, store.ErrCredentials) {
		t.Errorf("sign-in of somebody disabled: %v", err)
	}
	f.must(disable(f.other.Email, false))
	if _, err := userOf(f.s, token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session came back: %v", err)
	}
	f.signIn(f.other)
	want := []string{`user.disabled {"email":"other@example.org"}`, `session.sign_in_failed`, `user.enabled {"email":"other@example.org"}`, `session.signed_in`}
	if got := auditDetails(t, f.s, entries+1); !slices.Equal(got, want) {
		t.Errorf("audited %q, want %q", got, want)
	}
	if err := disable("nobody@example.org", true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func TestOthersCanBeDisabledWhereThereIsNoAdministrator(t *testing.T) {
	s, _, _ := at(t)
	u := storetest.AddUser(t, s, "ada@example.org")
	if err := s.SetUserDisabled(ctx, storetest.Admin, u.Email, true); err != nil {
		t.Error(err)
	}
}

func TestLastActiveAdministratorStays(t *testing.T) {
	f := newFixture(t)
	second := f.person("second@example.org", store.RoleAdministrator)
	disable := func(u *store.User) error { return f.s.SetUserDisabled(ctx, storetest.Admin, u.Email, true) }
	f.must(disable(second))
	db := raw(t, f.dir)
	before := dump(t, db)
	if err := disable(f.admin); !errors.Is(err, store.ErrLastAdmin) {
		t.Errorf("the last active one: %v", err)
	}
	if err := f.s.SaveRights(ctx, storetest.Admin, f.admin.ID, store.Rights{Permissions: store.Permissions()}); !errors.Is(err, store.ErrLastAdmin) {
		t.Errorf("taking the role away: %v", err)
	}
	if after := dump(t, db); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	f.must(f.s.SetUserDisabled(ctx, storetest.Admin, second.Email, false))
	f.must(disable(f.admin))
	if err := disable(second); !errors.Is(err, store.ErrLastAdmin) {
		t.Errorf("the other one: %v", err)
	}
}
