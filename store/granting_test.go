package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// TestNobodyGrantsWhatTheyDoNotHold tries every way of granting as somebody who may edit people
// and roles, and nothing else.
func TestNobodyGrantsWhatTheyDoNotHold(t *testing.T) {
	s := storetest.Open(t)
	admin, err := s.AddUser(ctx, storetest.Admin, store.NewUser{Email: "admin@clinic.example", Password: storetest.Password, Roles: []string{store.RoleAdministrator}})
	if err != nil {
		t.Fatal(err)
	}
	clerk := storetest.AddUser(t, s, "clerk@clinic.example", store.EditUsers, store.EditRoles)
	other := storetest.AddUser(t, s, "other@clinic.example")
	a := store.UserActor(clerk, "127.0.0.1")
	beyond := []store.Permission{store.ViewReferrals}
	for name, err := range map[string]error{
		"add with a permission":      second(s.AddUser(ctx, a, store.NewUser{Email: "x@clinic.example", Password: storetest.Password, Permissions: beyond})),
		"add with a role":            second(s.AddUser(ctx, a, store.NewUser{Email: "x@clinic.example", Password: storetest.Password, Roles: []string{store.RoleFrontDesk}})),
		"invite with a role":         third(s.Invite(ctx, a, store.NewUser{Email: "x@clinic.example", Roles: []string{store.RoleAdministrator}})),
		"give somebody":              s.SaveRights(ctx, a, other.ID, store.Rights{Permissions: beyond}),
		"give oneself":               s.SaveRights(ctx, a, clerk.ID, store.Rights{Permissions: append(beyond, clerk.Permissions...)}),
		"make oneself administrator": s.SaveRights(ctx, a, clerk.ID, store.Rights{Roles: []string{store.RoleAdministrator}}),
		"make a role":                second(s.AddRole(ctx, a, "Sneaky", beyond)),
		"widen a role":               s.SaveRole(ctx, a, store.RolePrivacyOfficer, "", []store.Permission{store.ViewAuditLog, store.ViewReferrals}),
		"reset an administrator":     s.ResetPassword(ctx, a, "admin@clinic.example", storetest.Password),
		"link to an administrator":   second(s.MakeLink(ctx, a, admin)),
		"disable an administrator":   s.SetUserDisabled(ctx, a, "admin@clinic.example", true),
	} {
		if !errors.Is(err, store.ErrBeyond) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What they hold they may grant.
	if err := s.SaveRights(ctx, a, other.ID, store.Rights{Permissions: []store.Permission{store.EditRoles}}); err != nil {
		t.Errorf("granting what one holds: %v", err)
	}
	if err := s.SaveRole(ctx, a, store.RolePrivacyOfficer, "", nil); !errors.Is(err, store.ErrBeyond) {
		t.Errorf("narrowing a role of people who may do more: %v", err)
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

func TestAnInvitedPersonChoosesAPasswordOnce(t *testing.T) {
	s, _, clock := at(t)
	id, token, err := s.Invite(ctx, storetest.Admin, store.NewUser{Email: "new@clinic.example", Name: "Noor Haddad", Roles: []string{store.RoleFrontDesk}})
	if err != nil {
		t.Fatal(err)
	}
	if u, err := s.User(ctx, id); err != nil || !u.Invited {
		t.Errorf("has a password already: %+v, %v", u, err)
	}
	for _, guess := range []string{"", storetest.Password} {
		if _, err := s.SignIn(ctx, "new@clinic.example", guess, "", nil); !errors.Is(err, store.ErrCredentials) {
			t.Errorf("signing in without a password: %v", err)
		}
	}
	if _, err := s.UseLink(ctx, "guess", storetest.Password, ""); !errors.Is(err, store.ErrLink) {
		t.Errorf("a guessed link: %v", err)
	}
	if _, err := s.UseLink(ctx, token, "short", ""); !errors.Is(err, store.ErrPasswordShort) {
		t.Errorf("a short password: %v", err)
	}
	session, err := s.UseLink(ctx, token, storetest.Password, "")
	if err != nil {
		t.Fatal(err)
	}
	if u, err := userOf(s, session); err != nil || u.ID != id || !u.Can(store.ManageReferrals) {
		t.Errorf("signed in as %v, %v", u, err)
	}
	if _, err := s.UseLink(ctx, token, storetest.Password, ""); !errors.Is(err, store.ErrLink) {
		t.Errorf("the link again: %v", err)
	}

	token, err = s.MakeLink(ctx, storetest.Admin, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := userOf(s, session); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a reset leaves the session: %v", err)
	}
	if _, err := s.SignIn(ctx, "new@clinic.example", storetest.Password, "", nil); !errors.Is(err, store.ErrCredentials) {
		t.Errorf("a reset leaves the password: %v", err)
	}
	clock.Turn(store.LinkLife + time.Second)
	if _, err := s.CheckLink(ctx, token); !errors.Is(err, store.ErrLink) {
		t.Errorf("a day later: %v", err)
	}
	token, _ = s.MakeLink(ctx, storetest.Admin, id)
	if err := s.SetUserDisabled(ctx, storetest.Admin, "new@clinic.example", true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UseLink(ctx, token, storetest.Password, ""); !errors.Is(err, store.ErrLink) {
		t.Errorf("a disabled person's link: %v", err)
	}
}

func TestRolesAreMadeChangedAndRemoved(t *testing.T) {
	s := storetest.Open(t)
	code, err := s.AddRole(ctx, storetest.Admin, "  Accueil,  soirée ", []store.Permission{store.ViewReferrals})
	if err != nil || code != "accueil_soiree" {
		t.Fatalf("%q, %v", code, err)
	}
	if other, err := s.AddRole(ctx, storetest.Admin, "Accueil-soirée", nil); err != nil || other != "accueil_soiree_2" {
		t.Errorf("a name that reads the same: %q, %v", other, err)
	}
	u := storetest.AddUser(t, s, "a@clinic.example")
	for name, c := range map[string]struct{ err, want error }{
		"same name":          {second(s.AddRole(ctx, storetest.Admin, "ACCUEIL, SOIRÉE", nil)), nil}, // SQLite folds ASCII alone
		"same name, ASCII":   {second(s.AddRole(ctx, storetest.Admin, "accueil-SOIRée", nil)), store.ErrRoleTaken},
		"no name":            {second(s.AddRole(ctx, storetest.Admin, " ", nil)), store.ErrRoleName},
		"unknown permission": {second(s.AddRole(ctx, storetest.Admin, "x", []store.Permission{"rule"})), store.ErrNoRight},
		"unknown role":       {s.SaveRole(ctx, storetest.Admin, "nobody", "", nil), store.ErrNotFound},
		"administrator":      {s.SaveRole(ctx, storetest.Admin, store.RoleAdministrator, "King", nil), store.ErrRoleFixed},
		"no administrator":   {s.RemoveRole(ctx, storetest.Admin, store.RoleAdministrator), store.ErrRoleFixed},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if err := s.SaveRights(ctx, storetest.Admin, u.ID, store.Rights{Roles: []string{code}}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveRole(ctx, storetest.Admin, code); !errors.Is(err, store.ErrRoleInUse) {
		t.Errorf("a role in use: %v", err)
	}
	if err := s.SaveRole(ctx, storetest.Admin, code, "Evenings", []store.Permission{store.ViewAuditLog}); err != nil {
		t.Fatal(err)
	}
	if u, _ := s.User(ctx, u.ID); !slices.Equal(u.Effective, []store.Permission{store.ViewAuditLog}) {
		t.Errorf("after the role changed: %v", u.Effective)
	}
	if err := s.SaveRights(ctx, storetest.Admin, u.ID, store.Rights{}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveRole(ctx, storetest.Admin, code); err != nil {
		t.Errorf("a role that nobody has: %v", err)
	}
}
