package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// session is what stands behind a token now; it fails the test where that is over.
func (f *fixture) session(token store.SessionToken) store.Session {
	f.t.Helper()
	session, err := f.s.Session(ctx, token, store.Visit{Address: "192.0.2.1"})
	f.must(err)
	return session
}

// over reports whether the session of a token has ended.
func (f *fixture) over(token store.SessionToken) bool {
	f.t.Helper()
	_, err := f.s.Session(ctx, token, store.Visit{Address: "192.0.2.1"})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		f.t.Fatal(err)
	}
	return err != nil
}

func (f *fixture) setIdle(minutes int) {
	f.t.Helper()
	f.must(f.s.SaveClinicSettings(ctx, storetest.Admin, store.ClinicSettings{OverdueDays: 14, IdleMinutes: minutes}))
}

// setRights gives self a role and every permission but so many.
func (f *fixture) setRights(but int, roles ...string) error {
	return f.s.SaveRights(ctx, storetest.Admin, f.self.ID, store.Rights{Roles: roles, Permissions: store.Permissions()[but:]})
}

func TestEveryChangeOfRightsRenewsTheToken(t *testing.T) {
	self := func(f *fixture) store.Actor { return store.UserActor(f.self, "192.0.2.1") }
	for name, change := range map[string]func(f *fixture) error{
		"a role given":       func(f *fixture) error { return f.setRights(0, f.role) },
		"a permission taken": func(f *fixture) error { return f.setRights(1) },
		"the role edited": func(f *fixture) error {
			f.must(f.setRights(0, f.role))
			f.token = f.session(f.token).Token
			f.clock.Turn(time.Minute)
			return f.s.SaveRole(ctx, storetest.Admin, f.role, "", []store.Permission{store.ViewReferrals})
		},
		"a proof": func(f *fixture) error { return f.s.ProvePerson(ctx, self(f), f.token, storetest.Password) },
		"a new password": func(f *fixture) error {
			return f.s.ChangePassword(ctx, self(f), storetest.Password, "another harbour at dusk", f.token)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			beside := f.signIn(f.other)
			if f.session(f.token).Token != f.token {
				t.Fatal("renewed before anything changed")
			}
			f.must(change(f))
			renewed := f.session(f.token)
			if renewed.Token == f.token || renewed.User.ID != f.self.ID {
				t.Error("the token stays")
			}
			if f.session(renewed.Token).Token != renewed.Token {
				t.Error("it changes at every request")
			}
			if f.session(beside).Token != beside {
				t.Error("somebody else's token changed")
			}
			f.clock.Turn(10 * time.Second)
			if !f.over(f.token) || f.over(renewed.Token) {
				t.Error("the token before still opens the session, or the new one does not")
			}
		})
	}
	f := newFixture(t)
	f.must(f.setRights(0)) // what they are already
	if f.session(f.token).Token != f.token {
		t.Error("renewed although nothing changed")
	}
}

// A browser sends several requests at once: all of them get the same new token, whichever comes
// first, and none is thrown out.
func TestRequestsAtOnceGetTheSameNewToken(t *testing.T) {
	f := newFixture(t)
	f.must(f.setRights(1))
	got := make([]store.SessionToken, 16)
	var group sync.WaitGroup
	for i := range got {
		group.Go(func() {
			session, err := f.s.Session(ctx, f.token, store.Visit{Address: "192.0.2.1"})
			if err != nil {
				t.Error(err)
			}
			got[i] = session.Token
		})
	}
	group.Wait()
	if len(slices.Compact(got)) != 1 || got[0] == f.token {
		t.Fatal("they got different tokens, or the old one")
	}
	f.clock.Turn(9 * time.Second) // a slow one
	peek, err := f.s.PeekSession(ctx, f.token)
	f.must(err)
	if f.session(f.token).Token != got[0] || peek.Token != got[0] {
		t.Error("a late one gets another")
	}
	// Rights that change again meanwhile count at once, and the next token waits for the late ones.
	f.must(f.setRights(2))
	late := f.session(f.token)
	if late.Token != got[0] || late.User.Can(store.Permissions()[1]) {
		t.Errorf("the late one is let in with %v", late.User.Effective)
	}
	f.clock.Turn(time.Second)
	if !f.over(f.token) {
		t.Error("the old token lives on")
	}
	if next := f.session(got[0]); next.Token == got[0] {
		t.Error("the second change renewed nothing")
	}
}

func TestARenewedTokenIsNowhereAndBringsNothingBack(t *testing.T) {
	f := newFixture(t)
	f.must(f.setRights(1))
	renewed := f.session(f.token).Token
	nowhere(t, f.dir, f.self.Email, map[string]string{"the old token": string(f.token[:]), "the new one": string(renewed[:])})
	f.must(f.s.SignOut(ctx, store.UserActor(f.self, ""), renewed))
	f.must(f.setRights(2))
	if !f.over(renewed) || !f.over(f.token) {
		t.Error("a token of a session that was signed out opens it")
	}
	g := newFixture(t)
	g.must(g.setRights(1))
	g.must(g.s.EndSessions(ctx, storetest.Admin, g.self.ID, nil)) // before the renewal
	if !g.over(g.token) {
		t.Error("a renewal brought an ended session back")
	}
}

func TestProofIsRememberedForFiveMinutes(t *testing.T) {
	f := newFixture(t)
	a := store.UserActor(f.self, "192.0.2.1")
	proven := func(want bool) {
		t.Helper()
		session := f.session(f.token)
		if f.token = session.Token; session.Proven(f.clock.Now()) != want {
			t.Errorf("proven: %v", !want)
		}
	}
	proven(true) // by signing in
	f.clock.Turn(store.ProvenFor - time.Millisecond)
	proven(true)
	f.clock.Turn(time.Millisecond)
	proven(false)
	entries := status(t, f.s).AuditEntries
	for _, wrong := range []string{"", "not the password at all", storetest.Password + " "} {
		if err := f.s.ProvePerson(ctx, a, f.token, wrong); !errors.Is(err, store.ErrCredentials) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	proven(false)
	elsewhere := f.signIn(f.other)
	if err := f.s.ProvePerson(ctx, a, elsewhere, storetest.Password); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody else's session: %v", err)
	}
	proven(false)
	f.must(f.s.ProvePerson(ctx, a, f.token, storetest.Password))
	proven(true)
	f.clock.Turn(store.ProvenFor)
	proven(false)
	want := []string{"session.proof_failed", "session.proof_failed", "session.signed_in", `session.proven {"by":"password"}`}
	if got := auditDetails(t, f.s, entries+1); !slices.Equal(got, want) {
		t.Errorf("audited %q", got)
	}
	if (store.Session{ProvenAt: f.clock.Now().Add(time.Minute)}).Proven(f.clock.Now()) {
		t.Error("a proof of a time to come counts")
	}
	f.must(f.s.EndSessions(ctx, a, f.self.ID, nil))
	if err := f.s.ProvePerson(ctx, a, f.token, storetest.Password); !errors.Is(err, store.ErrNotFound) || !f.over(f.token) {
		t.Errorf("a proof at a session that was ended: %v", err)
	}
}

func TestTheClinicSaysHowLongSessionsLast(t *testing.T) {
	f := newFixture(t)
	for _, minutes := range []int{-1, 0, 4, 61, 1 << 40} {
		var wrong *store.FieldError
		err := f.s.SaveClinicSettings(ctx, storetest.Admin, store.ClinicSettings{OverdueDays: 14, IdleMinutes: minutes})
		if !errors.As(err, &wrong) || wrong.Reason != store.ReasonIdleMinutes {
			t.Errorf("%d minutes: %v", minutes, err)
		}
	}
	without := store.ClinicSettings{OverdueDays: 14, IdleMinutes: 60}
	if err := f.s.SaveClinicSettings(ctx, store.UserActor(f.other, ""), without); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without System Settings: %v", err)
	}
	entries := status(t, f.s).AuditEntries
	f.setIdle(60)
	f.setIdle(60)
	f.clock.Turn(time.Hour - time.Millisecond)
	session := f.session(f.token)
	if want := f.clock.Now().Add(time.Hour); !session.EndsAt.Equal(want) {
		t.Errorf("it says that it ends at %s, want %s", session.EndsAt, want)
	}
	f.clock.Turn(6 * time.Minute)
	f.setIdle(5) // counts at once, for sessions that are open
	if !f.over(f.token) {
		t.Error("a shorter time does not count for an open session")
	}
	f.setIdle(15)
	left, stays := f.signIn(f.self), f.signIn(f.other)
	f.clock.Turn(10 * time.Minute)
	f.session(stays)
	f.clock.Turn(5 * time.Minute)
	f.setIdle(60) // nobody asked since it was over
	if !f.over(left) || f.over(stays) {
		t.Error("a longer time brought a session back, or ended one")
	}
	want := []string{`clinic.settings_changed {"idle_minutes":{"from":"15","to":"60"}}`, `clinic.settings_changed {"idle_minutes":{"from":"60","to":"5"}}`}
	if got := auditDetails(t, f.s, entries+1); !slices.Equal(got[:2], want) {
		t.Errorf("audited %q", got)
	}
}

func TestNoClockBringsASessionBack(t *testing.T) {
	for name, back := range map[string]time.Duration{"a little more than clocks are put right by": 11 * time.Second, "an hour": time.Hour, "a year": 365 * 24 * time.Hour} {
		f := newFixture(t)
		left := f.signIn(f.other)
		f.clock.Turn(store.SessionIdle)
		used := f.signIn(f.self)
		entries := status(t, f.s).AuditEntries
		f.clock.Turn(-back)
		if !f.over(left) || !f.over(used) || !f.over(f.token) {
			t.Errorf("%s back: a session lives on", name)
		}
		want := []string{`session.clock_went_back {"sessions":1}`} // the others were over already
		if got := auditDetails(t, f.s, entries+1); !slices.Equal(got, want) {
			t.Errorf("%s back: audited %q", name, got)
		}
		again := f.signIn(f.self)
		if f.over(again) {
			t.Errorf("%s back: nobody can sign in", name)
		}
		f.clock.Turn(back)
		if !f.over(left) || !f.over(used) {
			t.Errorf("%s back and on again: a session came back", name)
		}
	}
	f := newFixture(t)
	f.session(f.token)
	f.clock.Turn(-9 * time.Second) // as clocks are kept right
	if f.over(f.token) {
		t.Error("over for a few seconds")
	}
	// After a restart the newest entry of the log says how late it was.
	f.clock.Turn(9*time.Second - 20*time.Second)
	other := storetest.At(t, f.dir, f.clock)
	if _, err := other.Session(ctx, f.token, store.Visit{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after a restart: %v", err)
	}
	// A clock that runs ahead and is put right leaves nobody signed in for longer.
	g := newFixture(t)
	g.clock.Turn(100 * 24 * time.Hour)
	ahead := g.signIn(g.self)
	g.clock.Turn(-100 * 24 * time.Hour)
	if !g.over(ahead) {
		t.Error("a session of a time to come lives")
	}
}

func TestPeopleSeeAndEndTheirSessions(t *testing.T) {
	f := newFixture(t)
	office, phone := f.signIn(f.self), f.signIn(f.self)
	f.clock.Turn(10 * time.Minute)
	for token, from := range map[store.SessionToken]store.Visit{office: {Address: "192.0.2.7", Browser: "Firefox", System: "Windows"}, phone: {Address: "2001:db8::7"}} {
		_, err := f.s.Session(ctx, token, from)
		f.must(err)
	}
	_, err := f.s.PeekSession(ctx, f.token) // no use of it
	f.must(err)
	f.clock.Turn(5 * time.Minute)
	list, err := f.s.OpenSessions(ctx, f.self.ID, &office)
	f.must(err)
	told := fmt.Sprint(len(list))
	for _, s := range list {
		told += fmt.Sprint(" | ", s.Own, s.Visit, f.clock.Now().Sub(s.StartedAt), f.clock.Now().Sub(s.SeenAt))
	}
	if !strings.Contains(told, "true {192.0.2.7 Firefox Windows} 15m0s 5m0s") || !strings.Contains(told, "false {2001:db8::7  } 15m0s 5m0s") || list[0].ID == list[1].ID || len(list) != 2 {
		t.Fatal(told)
	}
	entries, a := status(t, f.s).AuditEntries, store.UserActor(f.self, "192.0.2.1")
	id := list[slices.IndexFunc(list, func(s store.OpenSession) bool { return !s.Own })].ID
	f.must(f.s.EndSession(ctx, a, f.self.ID, id))
	f.must(f.s.EndSession(ctx, a, f.self.ID, id))
	if !f.over(phone) || f.over(office) {
		t.Error("another session ended than the one that was meant")
	}
	third := f.signIn(f.self)
	f.must(f.s.EndSessions(ctx, a, f.self.ID, &office))
	f.must(f.s.EndSessions(ctx, a, f.self.ID, &office))
	if !f.over(third) || f.over(office) {
		t.Error("all others: not the right ones ended")
	}
	want := []string{`session.ended {"session":"` + id + `","sessions":1}`, "session.signed_in", `session.ended {"sessions":1}`}
	if got := auditDetails(t, f.s, entries+1); !slices.Equal(got, want) {
		t.Errorf("audited %q", got)
	}
}

func TestOnlyWhoMayChangeSomebodyEndsTheirSessions(t *testing.T) {
	f := newFixture(t)
	clerk := storetest.AddUser(t, f.s, "clerk@example.org", store.EditUsers, store.ViewReferrals)
	low := storetest.AddUser(t, f.s, "low@example.org", store.ViewReferrals)
	lowToken, before := f.signIn(low), status(t, f.s).AuditEntries
	list, err := f.s.OpenSessions(ctx, f.self.ID, nil)
	f.must(err)
	for name, c := range map[string]struct {
		by   *store.User
		want error
	}{"without Edit Other Users": {f.other, store.ErrForbidden}, "who may do less": {clerk, store.ErrBeyond}} {
		a := store.UserActor(c.by, "")
		if err := f.s.EndSession(ctx, a, f.self.ID, list[0].ID); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err := f.s.EndSessions(ctx, a, f.self.ID, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		// The session of one person cannot be ended under the name of another.
		if err := f.s.EndSession(ctx, a, c.by.ID, list[0].ID); err != nil {
			t.Errorf("%s, a stranger's session as an own one: %v", name, err)
		}
	}
	if f.over(f.token) || status(t, f.s).AuditEntries != before {
		t.Error("it was ended all the same, or audited")
	}
	f.must(f.s.EndSessions(ctx, store.UserActor(clerk, ""), low.ID, nil))
	if !f.over(lowToken) {
		t.Error("it lives on")
	}
	if whose, err := f.s.WhoseSession(ctx, lowToken); err != nil || whose != low.ID {
		t.Errorf("it was %q's, %v", whose, err)
	}
	f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.self.Email, true))
	if err := f.s.EndSessions(ctx, store.UserActor(f.self, ""), f.self.ID, nil); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("somebody disabled: %v", err)
	}
}

func TestNobodyHasMoreThanTwentySessions(t *testing.T) {
	f := newFixture(t)
	others := f.signIn(f.other)
	tokens := []store.SessionToken{f.token}
	for range 22 {
		f.clock.Turn(time.Second)
		tokens = append(tokens, f.signIn(f.self))
	}
	for i, token := range tokens {
		if f.over(token) != (i < len(tokens)-20) {
			t.Errorf("session %d of %d: over %v", i, len(tokens), f.over(token))
		}
	}
	if f.over(others) {
		t.Error("somebody else's ended")
	}
}
