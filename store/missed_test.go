package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// lose has a message refused that could be read.
func lose(t testing.TB, s *store.Store, m store.Message) {
	t.Helper()
	if err := s.NoteRefusal(ctx, store.RefusedFull, &m); err != nil {
		t.Fatal(err)
	}
}

// sent gives a message its own time, in minutes of the day.
func sent(minute int) func(*store.Message) {
	return func(m *store.Message) {
		for i := range m.Updates {
			m.Updates[i].SentAt = time.Date(2026, 6, 1, 9, minute, 0, 0, time.UTC)
		}
	}
}

func missedRefs(t testing.TB, s *store.Store) []string {
	t.Helper()
	refs, err := s.MissedRefs(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	if n := connection(t, s).Missed; n != int64(len(refs)) {
		t.Errorf("%d are missed, %d counted", len(refs), n)
	}
	return refs
}

func TestWhatWasMissedIsClearedByArrival(t *testing.T) {
	first, second := message("m1", "r1", sent(1)), message("m2", "r1", sent(2))
	for name, tc := range map[string]struct {
		come []store.Message
		want []string
	}{
		"nothing":                            {nil, []string{"r1", "r2"}},
		"another referral's":                 {[]store.Message{message("m8", "r3", sent(3))}, []string{"r1", "r2"}},
		"the older alone":                    {[]store.Message{first}, []string{"r1", "r2"}},
		"both, in their order":               {[]store.Message{first, second}, []string{"r2"}},
		"both, the newer first":              {[]store.Message{second, first}, []string{"r2"}},
		"the newer alone, which says it all": {[]store.Message{second}, []string{"r2"}},
		"sent anew, as new":                  {[]store.Message{message("m9", " R1", sent(9))}, []string{"r2"}},
		"sent anew, without a time":          {[]store.Message{message("m9", "r1")}, []string{"r2"}},
		"all of them":                        {[]store.Message{first, second, message("m3", "r2", sent(1))}, nil},
	} {
		for _, restarted := range []bool{false, true} {
			s, dir, clock := at(t)
			for _, m := range []store.Message{first, second, message("m3", "r2", sent(1)), first} {
				lose(t, s, m)
				clock.Turn(time.Minute)
			}
			if restarted {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = storetest.At(t, dir, clock)
			}
			for _, m := range tc.come {
				come(t, s, m)
			}
			if got := missedRefs(t, s); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%s, restarted %v: %q, want %q", name, restarted, got, tc.want)
			}
		}
	}
}

// The message itself is known to be here even where that could not be noted.
func TestMissedMessageThatWasKeptIsNotMissed(t *testing.T) {
	s, dir, _ := at(t)
	m := message("m1", "r1")
	lose(t, s, m)
	if _, err := s.Receive(ctx, m); err != nil {
		t.Fatal(err)
	}
	if got := missedRefs(t, s); len(got) != 0 {
		t.Errorf("%q", got)
	}
	lose(t, s, message("m2", "r1"))
	lose(t, s, m) // a repeat of what is here
	if got := missedRefs(t, s); len(got) != 1 || count(t, raw(t, dir), `SELECT count(*) FROM missed`) != 2 {
		t.Errorf("%q", got)
	}
}

func TestMissedRefsAreSealedAuditedAndBounded(t *testing.T) {
	s, dir, clock := at(t)
	const n = 1300
	for i := range n {
		lose(t, s, message(fmt.Sprint("m", i), fmt.Sprintf("canary-reference-%04d", i)))
		clock.Turn(time.Second)
	}
	if c := connection(t, s); c.Missed != n {
		t.Errorf("%d are counted", c.Missed)
	}
	refs, err := s.MissedRefs(ctx, storetest.Admin)
	if err != nil || len(refs) != 1000 || refs[0] != "canary-reference-0300" || refs[999] != "canary-reference-1299" {
		t.Errorf("%d references, %v", len(refs), err)
	}
	if d := auditDetails(t, s, 1); len(d) != 1 || d[0] != `ocean.missed_exported {"references":1000}` {
		t.Errorf("%q", d)
	}
	nowhere(t, dir, "missed_exported", map[string]string{"a reference": "canary-reference"})
	if !strings.Contains(dump(t, raw(t, dir)), "missed: [") {
		t.Error("the table is not there")
	}
}
