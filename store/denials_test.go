package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// deny refuses somebody a page n times.
func deny(t testing.TB, s *store.Store, a store.Actor, n int, route string) {
	t.Helper()
	for range n {
		if err := s.RecordDenied(ctx, a, route, store.ViewAuditLog); err != nil {
			t.Fatal(err)
		}
	}
}

// wantsDenied fails unless the entries since are these, as who, from where, page and details.
func wantsDenied(t testing.TB, s *store.Store, since int64, want ...string) {
	t.Helper()
	list, _, err := s.AuditPage(ctx, store.AuditFilter{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		if e.Seq > since {
			got = append([]string{fmt.Sprintf("%s %s %s %s %s %s", e.Action, e.Actor, e.ActorName, e.Address, e.Object, e.Details)}, got...)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("audited:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func beat(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Beat(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestRefusedPagesBeyondThreeAnHourAreOneEntry(t *testing.T) {
	s, dir, clock := at(t)
	ada := storetest.AddUser(t, s, "ada@example.org")
	here, there := store.UserActor(ada, "192.0.2.1"), store.UserActor(ada, "198.51.100.1")
	since := status(t, s).AuditEntries
	entry := func(address, page, details string) string {
		return "access.denied user:" + ada.ID + " ada@example.org " + address + " " + page + " " + details
	}
	alone := `{"permission":"view_audit_log"}`
	more := func(n int, first, last string) string {
		return fmt.Sprintf(`{"first":"2026-06-01T%sZ","last":"2026-06-01T%sZ","permission":"view_audit_log","times":%d}`, first, last, n)
	}
	deny(t, s, here, 3, "GET /a") // said at once
	deny(t, s, there, 1, "GET /b")
	want := []string{entry("192.0.2.1", "GET /a", alone), entry("192.0.2.1", "GET /a", alone), entry("192.0.2.1", "GET /a", alone), entry("198.51.100.1", "GET /b", alone)}
	wantsDenied(t, s, since, want...)
	deny(t, s, here, 1, "GET /a")
	clock.Turn(20 * time.Minute)
	deny(t, s, here, 499, "GET /a")
	deny(t, s, there, 3, "GET /b")
	want = append(want, entry("198.51.100.1", "GET /b", alone), entry("198.51.100.1", "GET /b", alone))
	deny(t, s, here, 1, "GET /b") // now from two places
	beat(t, s)                    // the hour is not over
	wantsDenied(t, s, since, want...)
	if err := s.Close(); err != nil { // what is held back survives a restart
		t.Fatal(err)
	}
	s = storetest.At(t, dir, clock)
	clock.Turn(40 * time.Minute)
	beat(t, s)
	beat(t, s) // said once
	want = append(want, entry("192.0.2.1", "GET /a", more(500, "13:00:00", "13:20:00")), entry("", "GET /b", more(2, "13:20:00", "13:20:00")))
	wantsDenied(t, s, since, want...)
	deny(t, s, here, 1, "GET /a") // a new hour
	wantsDenied(t, s, since, append(want, entry("192.0.2.1", "GET /a", alone))...)
	clock.Turn(time.Hour)
	beat(t, s)
	if n := rowCount(t, dir, "denials"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if _, err := s.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
}

// A clock that goes back holds nothing back for ever, and two processes count together.
func TestRefusedPagesAreCountedWhateverTheClockDoes(t *testing.T) {
	s, dir, clock := at(t)
	other := storetest.At(t, dir, clock)
	bo := store.UserActor(storetest.AddUser(t, s, "bo@example.org"), "192.0.2.1")
	since := status(t, s).AuditEntries
	deny(t, s, bo, 2, "GET /a")
	deny(t, other, bo, 5, "GET /a") // 3 at once, 4 held back
	clock.Turn(-5 * time.Hour)
	deny(t, s, bo, 4, "GET /a")
	clock.Turn(2 * time.Hour)
	beat(t, other)
	clock.Turn(5 * time.Hour)
	beat(t, s)
	times := 0
	list, _, err := s.AuditPage(ctx, store.AuditFilter{Action: string(store.ActionAccessDenied)}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		n := 1
		if _, after, ok := strings.Cut(e.Details, `"times":`); ok {
			fmt.Sscan(after, &n)
		}
		if e.Seq > since {
			times += n
		}
	}
	if times != 11 {
		t.Errorf("%d of 11 refusals are in the log: %+v", times, list)
	}
}
