package store_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// fixture is a store in use: people, a role, keys, a session.
type fixture struct {
	t                  testing.TB
	s                  *store.Store
	dir                string
	clock              *storetest.Clock
	admin, self, other *store.User
	role               string
	token              store.SessionToken // of self
	work               work
	link               string // a one-time link
	steps              ownSteps
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t}
	f.s, f.dir, f.clock = at(t)
	f.admin = f.person("admin@example.org", store.RoleAdministrator)
	f.self = storetest.AddUser(t, f.s, "self@example.org", store.Permissions()...)
	f.other = storetest.AddUser(t, f.s, "other@example.org")
	f.token = f.signIn(f.self)
	var err error
	if f.role, err = f.s.AddRole(ctx, storetest.Admin, "Nurse", nil); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) person(email string, roles ...string) *store.User {
	f.t.Helper()
	id, err := f.s.AddUser(ctx, storetest.Admin, store.NewUser{Email: email, Password: storetest.Password, Roles: roles})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.user(id)
}

func (f *fixture) user(id string) *store.User {
	f.t.Helper()
	u, err := f.s.User(ctx, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return u
}

func (f *fixture) signIn(u *store.User) store.SessionToken {
	f.t.Helper()
	token, err := f.s.SignIn(ctx, u.Email, storetest.Password, "192.0.2.1", nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return token
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// newUser is somebody who is not there yet.
func (f *fixture) newUser() store.NewUser {
	return store.NewUser{Email: "new@example.org", Password: storetest.Password}
}

// method is one that changes something on somebody's behalf.
type method struct {
	name string
	need store.Permission // "" where only the person may, about themselves
	call func(*fixture, store.Actor) error
	made func(*fixture) // what must be there before; nil for nothing
	err  error          // what it returns to whoever may, in the fixture
}

func second[T any](_ T, err error) error { return err }

func key(f *fixture) { f.must(second(f.s.GenerateKey(ctx, storetest.Admin))) }

// settingMethods are those about people and settings.
var settingMethods = []method{
	{name: "AddUser", need: store.EditUsers, call: func(f *fixture, a store.Actor) error { return second(f.s.AddUser(ctx, a, f.newUser())) }},
	{name: "Invite", need: store.EditUsers, call: func(f *fixture, a store.Actor) error {
		_, _, err := f.s.Invite(ctx, a, f.newUser())
		return err
	}},
	{name: "MakeLink", need: store.EditUsers, call: func(f *fixture, a store.Actor) error { return second(f.s.MakeLink(ctx, a, f.other.ID)) }},
	{name: "SaveRights", need: store.EditUsers, call: func(f *fixture, a store.Actor) error {
		return f.s.SaveRights(ctx, a, f.other.ID, store.Rights{Roles: []string{f.role}, Permissions: []store.Permission{}})
	}},
	{name: "SetUserDisabled", need: store.EditUsers, call: func(f *fixture, a store.Actor) error { return f.s.SetUserDisabled(ctx, a, f.other.Email, true) }},
	{name: "SetUserDisabled", need: store.EditUsers, made: func(f *fixture) { f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.other.Email, true)) },
		call: func(f *fixture, a store.Actor) error { return f.s.SetUserDisabled(ctx, a, f.other.Email, false) }},
	{name: "ResetPassword", need: store.EditUsers, call: func(f *fixture, a store.Actor) error {
		return f.s.ResetPassword(ctx, a, f.other.Email, "another harbour at dusk")
	}},
	{name: "NewSetupToken", need: store.EditUsers, err: store.ErrSetUp, call: func(f *fixture, a store.Actor) error { return second(f.s.NewSetupToken(ctx, a)) }},
	{name: "AddRole", need: store.EditRoles, call: func(f *fixture, a store.Actor) error { return second(f.s.AddRole(ctx, a, "Evening", nil)) }},
	{name: "SaveRole", need: store.EditRoles, call: func(f *fixture, a store.Actor) error { return f.s.SaveRole(ctx, a, f.role, "Head nurse", nil) }},
	{name: "RemoveRole", need: store.EditRoles, call: func(f *fixture, a store.Actor) error { return f.s.RemoveRole(ctx, a, f.role) }},
	{name: "SaveOceanSettings", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error {
		site, secret := "4321", "an Ocean secret"
		return f.s.SaveOceanSettings(ctx, a, store.OceanChange{SiteNumber: &site, ClientSecret: &secret})
	}},
	{name: "GenerateKey", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error { return second(f.s.GenerateKey(ctx, a)) }},
	{name: "DraftKey", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error { return f.s.DraftKey(ctx, a) }},
	{name: "RetireKey", need: store.ReferralSettings, made: func(f *fixture) { key(f); key(f) },
		call: func(f *fixture, a store.Actor) error { return f.s.RetireKey(ctx, a) }},
	{name: "ShowKeys", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error { return f.s.ShowKeys(ctx, a, f.token) }},
	{name: "NoteTest", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error {
		return f.s.NoteTest(ctx, a, store.OceanAccess{}, store.FaultCredentials, false)
	}},
	{name: "MissedRefs", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error { return second(f.s.MissedRefs(ctx, a)) }},
	{name: "TickStep", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error { return f.s.TickStep(ctx, a, "site_account", true) }},
	{name: "TickStep", need: store.ReferralSettings, made: func(f *fixture) { f.must(f.s.TickStep(ctx, storetest.Admin, "site_account", true)) },
		call: func(f *fixture, a store.Actor) error { return f.s.TickStep(ctx, a, "site_account", false) }},
	{name: "EndSelfTest", need: store.ReferralSettings, made: func(f *fixture) { f.must(second(f.s.BeginSelfTest(ctx, storetest.Admin))) },
		call: func(f *fixture, a store.Actor) error {
			return f.s.EndSelfTest(ctx, a, strs(f.t, raw(f.t, f.dir), `SELECT id FROM self_tests`)[0], 6, 6)
		}},
	{name: "RecordExport", need: store.ViewAuditLog, call: func(f *fixture, a store.Actor) error { return f.s.RecordExport(ctx, a, "csv", store.AuditFilter{}) }},
	{name: "RequireFactor", need: store.EditRoles, call: func(f *fixture, a store.Actor) error { return f.s.RequireFactor(ctx, a, f.role, true) }},
	{name: "ResetFactors", need: store.EditUsers, made: func(f *fixture) { f.passkey(f.other, "other's") },
		call: func(f *fixture, a store.Actor) error { return f.s.ResetFactors(ctx, a, f.other.Email) }},
	{name: "AddPasskey", call: func(f *fixture, a store.Actor) error {
		return second(f.s.AddPasskey(ctx, a, store.Credential{CredentialID: []byte("id"), PublicKey: []byte("key")}, "Laptop", f.token))
	}},
	{name: "SaveNoticeSettings", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error {
		password := "the mail server's password"
		return f.s.SaveNoticeSettings(ctx, a, store.NoticeChange{NoticeSettings: storetest.Notices(), Password: &password})
	}},
	{name: "RecordMailTest", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error { return f.s.RecordMailTest(ctx, a, store.MailConnect) }},
	{name: "SaveRetention", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error {
		return f.s.SaveRetention(ctx, a, map[store.RetentionClass]int{store.RetainClosed: 30})
	}},
	{name: "ConfirmClock", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error { return f.s.ConfirmClock(ctx, a) }},
	{name: "SaveProfile", call: func(f *fixture, a store.Actor) error {
		return f.s.SaveProfile(ctx, a, store.Profile{Name: "Ada Example", Theme: "dark"})
	}},
	{name: "ChangePassword", call: func(f *fixture, a store.Actor) error {
		return f.s.ChangePassword(ctx, a, storetest.Password, "another harbour at dusk", f.token)
	}},
}

// methods are all that take an Actor and change or show something.
var methods = slices.Concat(settingMethods, workMethods, factorMethods)

// free may be called for anybody: RecordDenied is about those who may not, SignOut takes the
// session's own token, VerifyPassword changes nothing.
var free = []string{"RecordDenied", "SignOut", "VerifyPassword"}

// quiet show nothing of a patient and change nothing that counts: BeginApp and PasskeyHandle only make
// what [store.Store.ConfirmApp] and [store.Store.AddPasskey] may make count, and those are in the log.
var quiet = []string{"AuditScope", "BeginApp", "PasskeyHandle", "WaitingApp"}

func TestNobodyWithoutTheRightChangesAnything(t *testing.T) {
	for _, m := range methods {
		others := slices.DeleteFunc(store.Permissions(), func(p store.Permission) bool { return p == m.need })
		f := newFixture(t) // serves all of them, since nothing may change
		if m.made != nil {
			m.made(f)
		}
		db := raw(t, f.dir)
		for _, c := range []struct {
			who   string
			actor func() store.Actor
		}{
			{"the zero Actor", func() store.Actor { return store.Actor{} }},
			{"nobody known", func() store.Actor {
				return store.UserActor(&store.User{ID: "00000000-0000-7000-8000-000000000000", Email: "admin@example.org", Effective: store.Permissions()}, "")
			}},
			{"somebody with every other right", func() store.Actor {
				u := storetest.AddUser(t, f.s, "some@example.org", others...)
				u.Effective = store.Permissions() // what the caller believes counts for nothing
				return store.UserActor(u, "192.0.2.1")
			}},
			{"somebody disabled", func() store.Actor {
				f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.self.Email, true))
				return store.UserActor(f.self, "192.0.2.1") // as read before
			}},
		} {
			who := c.who
			if m.need == "" && who == "somebody with every other right" {
				continue // about themselves
			}
			a := c.actor()
			before := dump(t, db)
			if err := m.call(f, a); err == nil || m.need != "" && !errors.Is(err, store.ErrForbidden) {
				t.Errorf("%s by %s: %v", m.name, who, err)
			}
			if after := dump(t, db); after != before {
				t.Errorf("%s by %s changed\n%s\ninto\n%s", m.name, who, before, after)
			}
		}
	}
}

func TestTheRightAloneIsEnoughAndIsAudited(t *testing.T) {
	for _, m := range methods {
		f := newFixture(t)
		if m.made != nil {
			m.made(f)
		}
		u := storetest.AddUser(t, f.s, "some@example.org")
		if m.need != "" {
			f.must(f.s.SaveRights(ctx, storetest.Admin, u.ID, store.Rights{Permissions: []store.Permission{m.need}}))
		}
		if m.need == "" && m.made != nil {
			u = f.self // who has what was made
		} else {
			f.token = f.signIn(u)
		}
		entries := status(t, f.s).AuditEntries
		if err := m.call(f, store.UserActor(u, "192.0.2.1")); !errors.Is(err, m.err) {
			t.Errorf("%s: %v", m.name, err)
		}
		if st := status(t, f.s); m.err == nil && st.AuditEntries == entries {
			t.Errorf("%s is not audited", m.name)
		}
		if _, err := f.s.VerifyAudit(ctx, ""); err != nil {
			t.Error(err)
		}
	}
}

// Methods that the table above lacks are told, and called with whatever fits their parameters.
func TestEveryMethodThatTakesAnActorRefusesTheZeroOne(t *testing.T) {
	f := newFixture(t)
	db := raw(t, f.dir)
	actor, background := reflect.TypeFor[store.Actor](), reflect.TypeFor[context.Context]()
	listed := map[string]bool{}
	for _, m := range methods {
		listed[m.name] = true
	}
	found := 0
	for i := range reflect.TypeFor[*store.Store]().NumMethod() {
		m := reflect.TypeFor[*store.Store]().Method(i)
		takes := false
		for p := range m.Type.Ins() {
			takes = takes || p == actor
		}
		if !takes {
			continue
		}
		found++
		if listed[m.Name] || slices.Contains(free, m.Name) {
			continue
		}
		if !slices.Contains(quiet, m.Name) {
			t.Errorf("%s takes an Actor and is not in the table: put it into settingMethods or workMethods, so that its rights are tested, and that it does nothing when it cannot be audited", m.Name)
		}
		for _, text := range []string{"other@example.org", f.other.ID, f.role, storetest.Password} {
			before := dump(t, db)
			args := []reflect.Value{reflect.ValueOf(f.s)}
			for p := range m.Type.Ins() {
				switch {
				case p == background:
					args = append(args, reflect.ValueOf(ctx))
				case p.Kind() == reflect.String:
					args = append(args, reflect.ValueOf(text).Convert(p))
				case p != args[0].Type():
					args = append(args, reflect.Zero(p))
				}
			}
			out := m.Func.Call(args)
			if err, _ := out[len(out)-1].Interface().(error); err == nil {
				t.Errorf("%s did something for the zero Actor, given %q", m.Name, text)
			}
			if after := dump(t, db); after != before {
				t.Errorf("%s changed\n%s\ninto\n%s", m.Name, before, after)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d methods take an Actor", found)
	}
}
