package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// fail signs in wrongly n times.
func fail(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		if _, err := s.SignIn(ctx, fmt.Sprint(i, "@example.org"), "wrong", "192.0.2.1", nil); !errors.Is(err, store.ErrCredentials) {
			t.Fatal(err)
		}
	}
}

// wantsAudited fails unless the entries since are exactly these actions with their details, each with
// how many of them.
func wantsAudited(t testing.TB, s *store.Store, since int64, want ...string) {
	t.Helper()
	var got []string
	n := 0
	add := func(last string) {
		if n > 0 {
			got = append(got, fmt.Sprint(n, " ", last))
		}
	}
	last := ""
	for _, e := range auditDetails(t, s, since+1) {
		if e != last {
			add(last)
			last, n = e, 0
		}
		n++
	}
	add(last)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("audited:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFailuresBeyondSixtyAnHourAreOneEntry(t *testing.T) {
	s, dir, clock := at(t)
	entries := status(t, s).AuditEntries
	fail(t, s, 60)
	clock.Turn(10 * time.Minute)
	fail(t, s, 1)
	clock.Turn(40 * time.Minute)
	fail(t, s, 999)
	if err := s.Close(); err != nil { // what is held back survives a restart
		t.Fatal(err)
	}
	s = storetest.At(t, dir, clock)
	if err := s.Beat(ctx); err != nil { // the hour is not over
		t.Fatal(err)
	}
	wantsAudited(t, s, entries, "60 session.sign_in_failed")
	clock.Turn(10 * time.Minute)
	fail(t, s, 2)
	held := `1 audit.held_back {"first":"2026-06-01T13:10:00Z","last":"2026-06-01T13:50:00Z","times":1000}`
	wantsAudited(t, s, entries, "60 session.sign_in_failed", held, "2 session.sign_in_failed")
	fail(t, s, 59)
	clock.Turn(time.Hour)
	for range 2 { // said once, by whatever comes first
		if err := s.Beat(ctx); err != nil {
			t.Fatal(err)
		}
	}
	wantsAudited(t, s, entries, "60 session.sign_in_failed", held, "60 session.sign_in_failed",
		`1 audit.held_back {"first":"2026-06-01T14:00:00Z","last":"2026-06-01T14:00:00Z","times":1}`)
	if _, err := s.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
	if n := rowCount(t, dir, "audit_held"); n != 1 {
		t.Errorf("%d rows count them", n)
	}
}

func TestAnHourOfWrongKeysIsOneEntry(t *testing.T) {
	s, _, clock := at(t)
	entries := status(t, s).AuditEntries
	for i := range 500 {
		s.WrongTry(ctx, store.TryBy(store.TryKey, fmt.Sprint("192.0.2.", i%200)))
		for _, reason := range []store.RefusalReason{store.RefusedWrongKey, store.RefusedRetired, store.RefusedPath} {
			if err := s.NoteRefusal(ctx, reason, nil); err != nil {
				t.Fatal(err)
			}
		}
		clock.Turn(time.Second)
	}
	beat := func() {
		t.Helper()
		if err := s.Beat(ctx); err != nil {
			t.Fatal(err)
		}
	}
	beat()
	wantsAudited(t, s, entries)
	clock.Turn(time.Hour)
	beat()
	beat()
	when := `"first":"2026-06-01T13:00:00Z","last":"2026-06-01T13:08:19Z"}`
	wantsAudited(t, s, entries, `1 ocean.keys_refused {"calls":500,`+when, `1 ocean.keys_refused {"addresses":200,"calls":500,`+when)
}
