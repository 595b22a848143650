package store

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// good has a message come through.
func good(t testing.TB, s *Store, n int) {
	t.Helper()
	m := aMessage(fmt.Sprint("m", n), fmt.Sprint("r", n))
	r, err := s.Receive(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.NoteReceived(context.Background(), m, r); err != nil {
		t.Fatal(err)
	}
}

// gapShown is the gap that the connection tells of: reason, since and how long, in minutes.
func gapShown(t testing.TB, s *Store, start time.Time) string {
	t.Helper()
	c, err := s.Connection(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case c.Gap == nil:
		return "none"
	case c.Gap.Until.IsZero():
		return fmt.Sprintf("%s %g open", c.Gap.Reason, c.Gap.Since.Sub(start).Minutes())
	}
	return fmt.Sprintf("%s %g %g", c.Gap.Reason, c.Gap.Since.Sub(start).Minutes(), c.Gap.Until.Sub(c.Gap.Since).Minutes())
}

func TestGapsOpenAndClose(t *testing.T) {
	const ok = RefusalReason("") // a message that comes through
	type step struct {
		what    RefusalReason
		minutes float64 // until the next
		want    string
	}
	for name, steps := range map[string][]step{
		"of every sure reason": {{RefusedRetired, 10, "retired_key 0 open"}, {ok, 1, "retired_key 0 10"}, {RefusedUnsaved, 10, "unsaved_key 11 open"}, {ok, 1, "unsaved_key 11 10"},
			{RefusedSpaced, 10, "spaced_key 22 open"}, {ok, 1, "spaced_key 22 10"}, {RefusedFull, 10, "full 33 open"}, {ok, 1, "full 33 10"},
			{RefusedBusy, 10, "busy 44 open"}, {ok, 1, "busy 44 10"}, {RefusedFailed, 10, "failed 55 open"}, {ok, 1, "failed 55 10"}},
		"not of strangers": {{ok, 1, "none"}, {RefusedNoKey, 1, "none"}, {RefusedPath, 1, "none"}, {RefusedMethod, 1, "none"}, {RefusedType, 1, "none"},
			{RefusedJSON, 1, "none"}, {RefusedFormat, 1, "none"}, {RefusedTooLarge, 1, "none"}},
		"a wrong key, before any message":       {{RefusedWrongKey, 10, "none"}, {RefusedWrongKey, 10, "none"}, {ok, 1, "none"}},
		"a wrong key, after one":                {{ok, 1, "none"}, {RefusedWrongKey, 10, "wrong_key 1 open"}, {ok, 1, "wrong_key 1 10"}},
		"a sure reason after a doubtful one":    {{RefusedWrongKey, 10, "none"}, {RefusedRetired, 10, "retired_key 10 open"}},
		"the first reason stays":                {{RefusedFull, 10, "full 0 open"}, {RefusedFailed, 10, "full 0 open"}, {RefusedRetired, 10, "full 0 open"}, {ok, 1, "full 0 30"}},
		"a short one is not worth a word":       {{RefusedBusy, 5, "busy 0 open"}, {ok, 1, "none"}},
		"the latest that is worth one is shown": {{RefusedFull, 6, "full 0 open"}, {ok, 1, "full 0 6"}, {RefusedBusy, 2, "busy 7 open"}, {ok, 1, "full 0 6"}},
		"a clock that goes backwards":           {{RefusedBusy, -60, "busy 0 open"}, {ok, 1, "none"}, {RefusedBusy, 10, "busy -59 open"}, {ok, 1, "busy -59 10"}},
	} {
		s, turn := clocked(t)
		start := s.opts.Now()
		for i, st := range steps {
			if st.what == ok {
				good(t, s, i)
			} else if err := s.NoteRefusal(context.Background(), st.what, nil); err != nil {
				t.Error(err)
			}
			if got := gapShown(t, s, start); got != st.want {
				t.Errorf("%s, step %d: %q, want %q", name, i, got, st.want)
			}
			turn(time.Duration(st.minutes * float64(time.Minute)))
		}
		if n := number(t, s, `SELECT count(*) FROM gaps WHERE until < since`); n != 0 {
			t.Errorf("%s: %d gaps end before they begin", name, n)
		}
		closeStore(t, s)
	}
}

func TestServerAtItsLimitDoesNotWriteAtEveryMessage(t *testing.T) {
	s, turn := clocked(t)
	defer closeStore(t, s)
	for i := range 300 { // five minutes, a refusal and a message each second
		if err := s.NoteRefusal(context.Background(), RefusedBusy, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.NoteReceived(context.Background(), Message{HeaderID: fmt.Sprint(i)}, Receipt{MessageID: "m"}); err != nil {
			t.Fatal(err)
		}
		turn(time.Second)
	}
	if n := commits(t, s); n > 30 {
		t.Errorf("%d commits", n)
	}
	if n := number(t, s, `SELECT count(*) FROM gaps`); n == 0 || n > 10 {
		t.Errorf("%d gaps", n)
	}
	if got := gapShown(t, s, s.opts.Now()); got != "none" {
		t.Errorf("%q is told of", got)
	}
}

func TestSteadyTrafficCostsNoWrites(t *testing.T) {
	s, turn := clocked(t)
	defer closeStore(t, s)
	m := aMessage("m", "r")
	m.Updates[0].ReceiverSite, m.Updates[0].Listing, m.Event = "4321", "skin", oldEvent
	note := func() {
		t.Helper()
		if err := s.NoteReceived(context.Background(), m, Receipt{MessageID: "m", Duplicate: true}); err != nil {
			t.Fatal(err)
		}
	}
	before := commits(t, s)
	for range 1000 {
		note()
	}
	if n := commits(t, s) - before; n != 1 {
		t.Errorf("%d commits", n)
	}
	turn(time.Minute)
	for range 1000 {
		note()
	}
	if n := commits(t, s) - before; n != 2 {
		t.Errorf("%d commits after a minute", n)
	}
	// It does not even read: with the readers closed nothing is missing.
	if err := s.read.Close(); err != nil {
		t.Fatal(err)
	}
	note()
}

func TestGapsAreKeptFor60Days(t *testing.T) {
	s, turn := clocked(t)
	defer closeStore(t, s)
	for i := range 4 {
		if err := s.NoteRefusal(context.Background(), RefusedFull, nil); err != nil {
			t.Fatal(err)
		}
		turn(time.Hour)
		good(t, s, i)
		turn(29 * 24 * time.Hour)
	}
	if n := number(t, s, `SELECT count(*) FROM gaps`); n != 3 {
		t.Errorf("%d gaps", n)
	}
}

func TestTimeInWhichBreakwaterDidNotRun(t *testing.T) {
	for name, tc := range map[string]struct {
		proven  bool
		refused RefusalReason // before it went down
		down    time.Duration
		want    string
	}{
		"a night":                  {true, "", 12 * time.Hour, "down 0 720"},
		"just over ten minutes":    {true, "", 10*time.Minute + 3*time.Second, "down 0 10.05"},
		"a restart":                {true, "", 10 * time.Minute, "none"},
		"before any message":       {false, "", 12 * time.Hour, "none"},
		"within a gap":             {true, RefusedFull, 12 * time.Hour, "full 0 open"},
		"a clock that went back":   {true, "", -12 * time.Hour, "none"},
		"a clock that stood still": {true, "", 0, "none"},
	} {
		s, turn := clocked(t)
		ctx, start := context.Background(), s.opts.Now()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.Resume(ctx)) // the very first start
		if tc.proven {
			good(t, s, 1)
		}
		if tc.refused != "" {
			must(s.NoteRefusal(ctx, tc.refused, nil))
		}
		must(s.Beat(ctx))
		dir, now := s.opts.Dir, s.opts.Now
		closeStore(t, s)
		turn(tc.down)
		s, err := Open(ctx, Options{Dir: dir, Argon2: cheap, Now: now})
		must(err)
		for range 2 { // a crash before the first beat counts nothing twice
			must(s.Resume(ctx))
			if got := gapShown(t, s, start); got != tc.want {
				t.Errorf("%s: %q, want %q", name, got, tc.want)
			}
		}
		if n := number(t, s, `SELECT count(*) FROM gaps`); n > 1 {
			t.Errorf("%s: %d gaps", name, n)
		}
		if tc.refused != "" { // what this process did not see begin, a message ends
			good(t, s, 2)
			if got := gapShown(t, s, start); got != "full 0 720" {
				t.Errorf("%s, then a message: %q", name, got)
			}
		}
		closeStore(t, s)
	}
}
