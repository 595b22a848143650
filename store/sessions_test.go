package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// userOf is whose session it is at this moment.
func userOf(s *store.Store, token store.SessionToken) (*store.User, error) {
	session, err := s.Session(ctx, token, store.Visit{Address: "192.0.2.1", Browser: "Firefox", System: "Windows"})
	return session.User, err
}

func TestWhoMayNotSignInIsToldNothing(t *testing.T) {
	f := newFixture(t)
	f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.other.Email, true))
	texts := map[string]bool{}
	entries := status(t, f.s).AuditEntries
	for _, c := range [][2]string{
		{"nobody@example.org", storetest.Password}, {f.self.Email, "not the password at all"}, {f.self.Email, ""},
		{f.self.Email, storetest.Password + " "}, {f.other.Email, storetest.Password}, {"", ""}, {"' OR 1=1 --", storetest.Password},
	} {
		token, err := f.s.SignIn(ctx, c[0], c[1], "192.0.2.1", &f.token)
		if !errors.Is(err, store.ErrCredentials) || token != (store.SessionToken{}) {
			t.Errorf("%q: %v, %v", c, token, err)
		}
		texts[fmt.Sprint(err)] = true
	}
	if len(texts) != 1 {
		t.Errorf("they are told apart: %v", texts)
	}
	for _, d := range auditDetails(t, f.s, entries+1) {
		if d != string(store.ActionSignInFailed) {
			t.Errorf("audited %q", d)
		}
	}
	if n := status(t, f.s).AuditEntries - entries; n != 7 {
		t.Errorf("%d of 7 were audited", n)
	}
	if _, err := userOf(f.s, f.token); err != nil {
		t.Errorf("a failed sign-in ended a session: %v", err)
	}
	f.must(f.s.AuditEntries(ctx, func(e store.AuditEntry) error {
		if e.Seq > entries && (e.ActorName != "" || e.Object != "" && e.Object != f.self.ID) {
			t.Errorf("a failed sign-in names %+v", e)
		}
		return nil
	}))
}

func TestSigningInMakesANewTokenAndEndsTheOldOne(t *testing.T) {
	f := newFixture(t)
	seen := map[store.SessionToken]bool{f.token: true, {}: true}
	old := f.token
	for range 3 {
		token, err := f.s.SignIn(ctx, "SELF@example.ORG ", storetest.Password, "192.0.2.1", &old)
		f.must(err)
		if seen[token] {
			t.Fatal("a token was given out twice")
		}
		seen[token] = true
		if _, err := userOf(f.s, old); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the old session: %v", err)
		}
		if u, err := userOf(f.s, token); err != nil || u.ID != f.self.ID {
			t.Errorf("the new session: %+v, %v", u, err)
		}
		old = token
	}
	beside := f.signIn(f.self) // on another machine
	for _, token := range []store.SessionToken{old, beside} {
		if _, err := userOf(f.s, token); err != nil {
			t.Errorf("two sessions beside each other: %v", err)
		}
	}
	for _, token := range []store.SessionToken{{}, {1}} {
		if _, err := userOf(f.s, token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a token that was made up: %v", err)
		}
	}
}

func TestSessionsEndByTheClock(t *testing.T) {
	f := newFixture(t)
	alive := func(token store.SessionToken) bool {
		t.Helper()
		_, err := userOf(f.s, token)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	idle := f.signIn(f.self)
	f.clock.Turn(store.SessionIdle - time.Millisecond)
	if !alive(idle) {
		t.Error("over before its time")
	}
	f.clock.Turn(store.SessionIdle - time.Millisecond)
	if !alive(idle) {
		t.Error("use does not keep it")
	}
	f.clock.Turn(store.SessionIdle)
	if alive(idle) {
		t.Error("it lives on unused")
	}
	used := f.signIn(f.self)
	start := f.clock.Now()
	for f.clock.Now().Sub(start) < store.SessionLife {
		if !alive(used) {
			t.Fatalf("over after %s of use", f.clock.Now().Sub(start))
		}
		f.clock.Turn(10 * time.Minute)
	}
	f.clock.Turn(-time.Millisecond)
	if !alive(used) {
		t.Error("over before its last moment")
	}
	f.clock.Turn(time.Millisecond)
	if alive(used) {
		t.Error("it outlives a day's work")
	}
	f.signIn(f.self)
	if n := count(t, raw(t, f.dir), `SELECT count(*) FROM sessions WHERE ended_at = 0`); n != 1 {
		t.Errorf("%d sessions are open, want 1", n)
	}
	f.clock.Turn(24 * time.Hour)
	f.signIn(f.self) // clears away what is long over
	if n := count(t, raw(t, f.dir), `SELECT count(*) FROM sessions`); n != 2 {
		t.Errorf("%d sessions are kept, want the new one and the one that was over just now", n)
	}
}

func TestSigningOutEndsTheSessionOnce(t *testing.T) {
	f := newFixture(t)
	other := f.signIn(f.self)
	entries := status(t, f.s).AuditEntries
	a := store.UserActor(f.self, "192.0.2.1")
	f.must(f.s.SignOut(ctx, a, f.token))
	f.must(f.s.SignOut(ctx, a, f.token))
	if _, err := userOf(f.s, f.token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("signed out: %v", err)
	}
	if _, err := userOf(f.s, other); err != nil {
		t.Errorf("another session of the same person: %v", err)
	}
	if got := auditDetails(t, f.s, entries+1); !slices.Equal(got, []string{string(store.ActionSignedOut)}) {
		t.Errorf("audited %q", got)
	}
}

func TestNewPasswordEndsSessions(t *testing.T) {
	const next = "another harbour at dusk"
	f := newFixture(t)
	elsewhere := f.signIn(f.self)
	a := store.UserActor(f.self, "192.0.2.1")
	for present, want := range map[string]error{"": store.ErrCredentials, next: store.ErrCredentials} {
		if err := f.s.ChangePassword(ctx, a, present, next, f.token); !errors.Is(err, want) {
			t.Errorf("present password %q: %v", present, err)
		}
	}
	if err := f.s.ChangePassword(ctx, a, storetest.Password, "short", f.token); !errors.Is(err, store.ErrPasswordShort) {
		t.Errorf("%v", err)
	}
	if _, err := userOf(f.s, elsewhere); err != nil {
		t.Errorf("refused changes ended a session: %v", err)
	}
	f.must(f.s.ChangePassword(ctx, a, storetest.Password, next, f.token))
	if _, err := userOf(f.s, f.token); err != nil {
		t.Errorf("the session that changed it: %v", err)
	}
	if _, err := userOf(f.s, elsewhere); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another session: %v", err)
	}
	if _, err := f.s.SignIn(ctx, f.self.Email, storetest.Password, "", nil); !errors.Is(err, store.ErrCredentials) {
		t.Errorf("the old password: %v", err)
	}
	again, err := f.s.SignIn(ctx, f.self.Email, next, "", nil)
	f.must(err)
	for _, bad := range []string{"", "passwordpassword"} {
		if err := f.s.ResetPassword(ctx, storetest.Admin, f.self.Email, bad); err == nil {
			t.Errorf("reset to %q", bad)
		}
	}
	if err := f.s.ResetPassword(ctx, storetest.Admin, "nobody@example.org", next); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("reset for nobody: %v", err)
	}
	f.must(f.s.ResetPassword(ctx, storetest.Admin, " SELF@Example.org", storetest.Password))
	for _, token := range []store.SessionToken{f.token, again} {
		if _, err := userOf(f.s, token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a session after a reset: %v", err)
		}
	}
	f.signIn(f.self)
}

func TestOnlyHashesOfSessionsAreKept(t *testing.T) {
	f := newFixture(t)
	beside := f.signIn(f.other)
	nowhere(t, f.dir, f.self.Email, map[string]string{"a session's token": string(f.token[:]), "another's": string(beside[:]),
		"a token in hex": fmt.Sprintf("%x", f.token[:]), "the password": storetest.Password})
	if _, err := userOf(f.s, f.token); err != nil {
		t.Fatal(err)
	}
	var hash []byte
	f.must(raw(t, f.dir).QueryRow(`SELECT hash FROM sessions WHERE user_id = ?`, f.self.ID).Scan(&hash))
	if _, err := userOf(f.s, store.SessionToken(hash)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the hash itself opens a session: %v", err)
	}
}
