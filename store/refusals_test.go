package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// clocked is an open store whose clock is turned by hand.
func clocked(t testing.TB) (s *Store, turn func(time.Duration)) {
	t.Helper()
	s = opened(t)
	at := s.opts.Now()
	s.opts.Now = func() time.Time { return at }
	return s, func(d time.Duration) { at = at.Add(d) }
}

// refused is what the connection says of refusals: reason and calls, the latest first.
func refused(t testing.TB, s *Store) (list []string) {
	t.Helper()
	c, err := s.Connection(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Refusals {
		list = append(list, fmt.Sprint(r.Reason, " ", r.Calls))
	}
	return list
}

func noteRefusals(t testing.TB, s *Store, reason RefusalReason, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range n/8 + min(1, max(0, n%8-i)) {
				if err := s.NoteRefusal(context.Background(), reason, nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestFloodOfRefusalsWritesNextToNothing(t *testing.T) {
	s, turn := clocked(t)
	before := commits(t, s)
	noteRefusals(t, s, RefusedNoKey, 10_000)
	if n := commits(t, s) - before; n != 1 {
		t.Errorf("%d commits for the first minute", n)
	}
	turn(time.Minute)
	noteRefusals(t, s, RefusedNoKey, 10_000)
	if n := commits(t, s) - before; n != 2 {
		t.Errorf("%d commits for two minutes", n)
	}
	if got := refused(t, s); fmt.Sprint(got) != "[no_key 20000]" {
		t.Errorf("%q", got)
	}
	if n := commits(t, s) - before; n != 3 {
		t.Errorf("%d commits with what was read", n)
	}
	noteRefusals(t, s, RefusedNoKey, 7)
	dir, now := s.opts.Dir, s.opts.Now
	closeStore(t, s) // writes the rest
	s, err := Open(context.Background(), Options{Dir: dir, Argon2: cheap, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if n := number(t, s, `SELECT calls FROM refusals`); n != 20_007 {
		t.Errorf("%d calls", n)
	}
}

func TestRefusalsByHourAndReason(t *testing.T) {
	s, turn := clocked(t)
	defer closeStore(t, s)
	for _, reason := range []RefusalReason{RefusedNoKey, RefusedPath} {
		noteRefusals(t, s, reason, 3)
		turn(time.Second)
	}
	turn(time.Hour)
	noteRefusals(t, s, RefusedNoKey, 2)
	if got := refused(t, s); fmt.Sprint(got) != "[no_key 2 path 3 no_key 3]" {
		t.Errorf("%q", got)
	}
	turn(8 * 24 * time.Hour)
	noteRefusals(t, s, RefusedType, 1)
	if got := refused(t, s); fmt.Sprint(got) != "[type 1]" || number(t, s, `SELECT count(*) FROM refusals`) != 4 {
		t.Errorf("after a week: %q", got)
	}
	turn(29 * 24 * time.Hour)
	noteRefusals(t, s, RefusedJSON, 1)
	if n := number(t, s, `SELECT count(*) FROM refusals`); n != 2 {
		t.Errorf("after 30 days: %d rows", n)
	}
	for _, reason := range []RefusalReason{GapDown, GapRestored, "", "other"} {
		if s.NoteRefusal(context.Background(), reason, nil) == nil {
			t.Errorf("%q is a reason", reason)
		}
	}
	turn(-40 * 24 * time.Hour) // a clock that goes backwards
	noteRefusals(t, s, RefusedNoKey, 5)
}

// held has another process hold the database while fn runs.
func held(t *testing.T, s *Store, fn func()) {
	t.Helper()
	if err := s.update(context.Background(), func(t *tx) error { return t.exec(`PRAGMA busy_timeout = 20`) }); err != nil {
		t.Fatal(err)
	}
	other, err := openDB(s.opts.Dir+"/"+FileName, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	fn()
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBeWrittenIsShownAndWrittenLater(t *testing.T) {
	s, turn := clocked(t)
	defer closeStore(t, s)
	ctx := context.Background()
	m := Message{HeaderID: "h", Updates: []Update{{Ref: "ref-1"}, {Ref: "REF-1 "}, {Ref: "ref-2"}, {}}}
	check := func(when string, calls int) {
		t.Helper()
		c, err := s.Connection(ctx)
		if err != nil || len(c.Refusals) != 1 || c.Refusals[0].Calls != int64(calls) || c.Missed != 2 ||
			c.Gap == nil || c.Gap.Reason != RefusedBusy || !c.Gap.Until.IsZero() {
			t.Errorf("%s: %+v, %v", when, c, err)
		}
	}
	held(t, s, func() {
		if err := s.NoteRefusal(ctx, RefusedBusy, &m); !errors.Is(err, ErrBusy) {
			t.Errorf("held: %v", err)
		}
		if err := s.NoteRefusal(ctx, RefusedBusy, &m); err != nil {
			t.Errorf("held, again: %v", err)
		}
		check("held", 2)
		turn(time.Minute)
		if err := s.Beat(ctx); !errors.Is(err, ErrBusy) {
			t.Errorf("held, Beat: %v", err)
		}
		check("held", 2)
	})
	if n := number(t, s, `SELECT (SELECT count(*) FROM refusals) + (SELECT count(*) FROM missed) + (SELECT count(*) FROM gaps)`); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	if err := s.Beat(ctx); err != nil {
		t.Fatal(err)
	}
	if n := number(t, s, `SELECT (SELECT sum(calls) FROM refusals) * 100 + (SELECT count(*) FROM missed) * 10 + (SELECT count(*) FROM gaps)`); n != 221 {
		t.Errorf("let go: %d", n)
	}
	check("let go", 2)
}

// A caller who hung up must not cost the note, and a store that takes its time must not hold many.
func TestRefusalOfACallerWhoHungUpIsNoted(t *testing.T) {
	s, _ := clocked(t)
	defer closeStore(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.NoteRefusal(ctx, RefusedRetired, nil); err != nil {
		t.Error(err)
	}
	if n := number(t, s, `SELECT count(*) FROM gaps`); n != 1 {
		t.Errorf("%d gaps", n)
	}
}

func TestBusyWriterHoldsOneCallerForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer closeStore(t, s)
		holding(t, s, func(*sync.WaitGroup) {
			start := time.Now()
			for i := range 100 {
				if err := s.NoteRefusal(context.Background(), RefusedWrongKey, nil); (err == nil) != (i > 0) {
					t.Errorf("call %d: %v", i, err)
				}
			}
			if d := time.Since(start); d != noteWait {
				t.Errorf("100 calls took %s", d)
			}
		})
	})
}

func TestMemoryOfNotesIsBounded(t *testing.T) {
	s, turn := clocked(t)
	defer closeStore(t, s)
	ctx := context.Background()
	held(t, s, func() {
		s.notes.tried = s.now() + 1<<50 // nothing is written
		s.notes.begun = map[RefusalReason]int64{}
		for i := range 12_000 {
			s.notes.begun[RefusedFull], s.notes.tried = s.now()/time.Hour.Milliseconds(), s.now()
			m := Message{HeaderID: fmt.Sprint(i), Updates: []Update{{Ref: fmt.Sprint(i)}}}
			if err := s.NoteRefusal(ctx, RefusedFull, &m); err != nil {
				t.Fatal(err)
			}
			if turn(time.Hour); i%2 == 0 {
				s.notes.resume(s.now())
			}
		}
		if n := s.notes.pending; len(n.missed) != maxMissedInMemory || len(n.refusals) != maxRuns || len(n.flow) > maxFlow {
			t.Errorf("%d missed, %d runs, %d changes", len(n.missed), len(n.refusals), len(n.flow))
		}
	})
	for i := range 3 * maxThrottled {
		s.proven.take(fmt.Sprint(i), s.now(), time.Hour)
	}
	if n := len(s.proven.at); n > maxThrottled {
		t.Errorf("%d names are throttled", n)
	}
}
