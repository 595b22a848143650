package store

import (
	"context"
	"errors"
	"testing"
	"time"
)

// turned is an open store with a clock that the test sets.
func turned(t *testing.T) (s *Store, at *time.Time) {
	t.Helper()
	at = new(time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC))
	s, err := Open(context.Background(), Options{Dir: t.TempDir(), Migrate: true, Argon2: cheap, Now: func() time.Time { return *at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	return s, at
}

// TestClock turns the clock in all ways in which clocks go wrong. Each case begins with a clock that has
// run for an hour; want is the doubt that is left, audit the entry that tells of it.
func TestClock(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		turn   time.Duration
		seen   ClockReading // what the watch makes of it
		doubt  Doubt
		sane   bool
		audit  Action
		before time.Duration // how far before the clock the log's newest entry is, if not 0
	}{
		"it runs":                            {turn: time.Minute, sane: true},
		"daylight saving is none of it":      {turn: time.Hour, sane: true},
		"a second":                           {turn: -time.Second, seen: ClockReading{Jump: -time.Second}, sane: true},
		"four minutes back":                  {turn: -4 * time.Minute, seen: ClockReading{Jump: -4 * time.Minute}, sane: true},
		"an hour back":                       {turn: -time.Hour, seen: ClockReading{Jump: -time.Hour}, doubt: DoubtBack, audit: ActionClockJumped},
		"ten years back":                     {turn: -10 * 365 * 24 * time.Hour, seen: ClockReading{Jump: -10 * 365 * 24 * time.Hour}, doubt: DoubtFloor, audit: ActionClockJumped},
		"an hour ahead":                      {turn: time.Hour, seen: ClockReading{Jump: time.Hour}, sane: true, audit: ActionClockJumped},
		"ten years ahead":                    {turn: 10 * 365 * 24 * time.Hour, seen: ClockReading{Jump: 10 * 365 * 24 * time.Hour}, doubt: DoubtAhead, sane: true, audit: ActionClockJumped},
		"an hour back, and kept right":       {turn: -time.Hour, seen: ClockReading{Jump: -time.Hour, Synced: true}, sane: true, audit: ActionClockJumped},
		"ten years ahead, and kept right":    {turn: 10 * 365 * 24 * time.Hour, seen: ClockReading{Jump: 10 * 365 * 24 * time.Hour, Synced: true}, sane: true, audit: ActionClockJumped},
		"a start, an hour back":              {turn: -time.Hour, seen: ClockReading{Start: true}, doubt: DoubtBack, audit: ActionClockBehind},
		"a start after a week":               {turn: 7 * 24 * time.Hour, seen: ClockReading{Start: true}, sane: true},
		"a start after half a year":          {turn: 180 * 24 * time.Hour, seen: ClockReading{Start: true}, doubt: DoubtAhead, sane: true},
		"a start after half a year, at last": {turn: 180 * 24 * time.Hour, seen: ClockReading{Start: true, Synced: true}, sane: true},
	} {
		s, at := turned(t)
		if err := s.NoteClock(ctx, ClockReading{Start: true}); err != nil {
			t.Fatal(err)
		}
		*at = at.Add(time.Hour)
		if err := errors.Join(s.NoteClock(ctx, ClockReading{}), s.RecordExport(ctx, SystemActor(), "csv", AuditFilter{})); err != nil {
			t.Fatal(err)
		}
		*at = at.Add(c.turn)
		for range 2 { // it is said once
			if err := s.NoteClock(ctx, c.seen); err != nil {
				t.Fatal(err)
			}
			c.seen.Jump, c.seen.Start = 0, false
		}
		state, err := s.ClockState(ctx)
		if err != nil || state.Doubt != c.doubt {
			t.Errorf("%s: the doubt is %q, want %q; %v", name, state.Doubt, c.doubt, err)
		}
		if err := s.CheckClock(ctx); (err == nil) != c.sane || err != nil && !errors.Is(err, ErrClock) {
			t.Errorf("%s: sane %v, want %v", name, err, c.sane)
		}
		for _, action := range []Action{ActionClockJumped, ActionClockBehind} {
			want := int64(0)
			if action == c.audit {
				want = 1
			}
			if n := number(t, s, `SELECT count(*) FROM audit_entries WHERE action = ?`, string(action)); n != want {
				t.Errorf("%s: %d entries of %s, want %d", name, n, action, want)
			}
		}
		if err := s.ConfirmClock(ctx, SystemActor()); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckClock(ctx); err != nil && c.doubt != DoubtFloor {
			t.Errorf("%s: after somebody said that it is right: %v", name, err)
		}
		if _, err := s.VerifyAudit(ctx, ""); err != nil {
			t.Errorf("%s: the log: %v", name, err)
		}
	}
}

// TestAClockThatCatchesUpIsBelievedAgain, by itself, once it has passed what it had shown.
func TestAClockThatCatchesUpIsBelievedAgain(t *testing.T) {
	ctx := context.Background()
	s, at := turned(t)
	if err := s.NoteClock(ctx, ClockReading{Start: true}); err != nil {
		t.Fatal(err)
	}
	*at = at.Add(-3 * time.Hour)
	for i := range 4 {
		r := ClockReading{}
		if i == 0 {
			r.Jump = -3 * time.Hour
		}
		if err := s.NoteClock(ctx, r); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckClock(ctx); !errors.Is(err, ErrClock) {
			t.Errorf("after %d hours: %v", i, err)
		}
		*at = at.Add(59 * time.Minute)
	}
	*at = at.Add(10 * time.Minute)
	if err := errors.Join(s.NoteClock(ctx, ClockReading{}), s.CheckClock(ctx)); err != nil {
		t.Error(err)
	}
}

// TestAClockThatGoesBackRevivesNoSession: neither while Breakwater runs, nor over a restart, nor where
// something was written to the log before anybody used a session.
func TestAClockThatGoesBackRevivesNoSession(t *testing.T) {
	ctx := context.Background()
	for name, seen := range map[string]ClockReading{"running": {Jump: -10 * time.Hour}, "a restart": {Start: true}} {
		for _, first := range []bool{false, true} {
			s, at := turned(t)
			const password = "a quiet harbour at dawn"
			if _, err := s.AddUser(ctx, SystemActor(), NewUser{Email: "ada@example.org", Password: password}); err != nil {
				t.Fatal(err)
			}
			if err := s.NoteClock(ctx, ClockReading{Start: true}); err != nil {
				t.Fatal(err)
			}
			token, err := s.SignIn(ctx, "ada@example.org", password, "192.0.2.1", nil)
			if err != nil {
				t.Fatal(err)
			}
			*at = at.Add(9*time.Hour + 55*time.Minute) // long over by now
			if err := errors.Join(s.NoteClock(ctx, ClockReading{}), s.RecordExport(ctx, SystemActor(), "csv", AuditFilter{})); err != nil {
				t.Fatal(err)
			}
			*at = at.Add(-10*time.Hour + 10*time.Minute) // five minutes after signing in
			s.latest.at = 0                              // as in a new process
			if first {
				if err := s.RecordExport(ctx, SystemActor(), "csv", AuditFilter{}); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.NoteClock(ctx, seen); err != nil {
				t.Fatal(err)
			}
			if _, err := s.PeekSession(ctx, token); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s, something written first %v: a session is revived: %v", name, first, err)
			}
		}
	}
}

// TestOrderSurvivesTheClock: what came later stands later, whatever the clock said then.
func TestOrderSurvivesTheClock(t *testing.T) {
	ctx := context.Background()
	s, at := turned(t)
	for i, turn := range []time.Duration{0, -10 * time.Hour, 100 * 365 * 24 * time.Hour, -200 * 365 * 24 * time.Hour, time.Hour} {
		*at = at.Add(turn)
		name := string(rune('a' + i))
		if _, err := s.Receive(ctx, aMessage(name, name)); err != nil {
			t.Fatal(err)
		}
		if err := s.RecordSearched(ctx, SystemActor(), name, i); err != nil {
			t.Fatal(err)
		}
	}
	rows, _, err := s.Referrals(ctx, ReferralFilter{}, 10)
	if err != nil || len(rows) != 5 {
		t.Fatal(len(rows), err)
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].ID >= rows[i-1].ID {
			t.Errorf("ids go back: %s before %s", rows[i].ID, rows[i-1].ID)
		}
	}
	entries, _, err := s.AuditPage(ctx, AuditFilter{Action: string(ActionSearched)}, 10)
	if err != nil || len(entries) != 5 {
		t.Fatal(len(entries), err)
	}
	for i := 1; i < len(entries); i++ {
		if entries[i].Seq >= entries[i-1].Seq {
			t.Error("the log is out of order")
		}
	}
	if _, err := s.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
}

func TestConfirmingTheClockNeedsThePermission(t *testing.T) {
	s, _ := turned(t)
	if err := s.ConfirmClock(context.Background(), anonymous("192.0.2.1")); !errors.Is(err, ErrForbidden) {
		t.Errorf("%v", err)
	}
}
