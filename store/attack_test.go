package store

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// countHashes has every hash of the store ask here for its turn. It returns how many there were since it was
// last asked.
func countHashes(t testing.TB, s *Store) func() int64 {
	turns, done := make(chan struct{}), make(chan struct{})
	var n atomic.Int64
	s.hashing.turns = turns
	go func() {
		for {
			select {
			case <-turns: // one begins
				n.Add(1)
				turns <- struct{}{} // and gives its turn back
			case <-done:
				return
			}
		}
	}()
	t.Cleanup(func() { close(done) })
	return func() int64 { return n.Swap(0) }
}

// TestAttackSignInByTime: whoever measures how long signing in takes learns nothing of whether somebody is
// known, since it is the same work: as many hashes at the same costs, and one entry in the audit log.
// That is counted, since a hash takes a hundred times as long as everything around it.
func TestAttackSignInByTime(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	s, err := Open(ctx, Options{Dir: t.TempDir(), Migrate: true, Now: func() time.Time { now = now.Add(time.Hour); return now }, Argon2: cheap})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	for _, email := range []string{"ada@x.example", "disabled@x.example"} {
		if _, err := s.AddUser(ctx, SystemActor(), NewUser{Email: email, Password: quietMorning}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetUserDisabled(ctx, SystemActor(), "disabled@x.example", true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Invite(ctx, SystemActor(), NewUser{Email: "invited@x.example"}); err != nil { // has no password yet
		t.Fatal(err)
	}
	if cost, _, _, err := decodeHash(s.hashing.decoy); err != nil || cost != s.hashing.cost {
		t.Fatalf("whoever is unknown costs %+v, %v", cost, err)
	}
	hashes := countHashes(t, s)
	entries := func() (n int) {
		if err := s.AuditEntries(ctx, func(AuditEntry) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	tries, through := 0, 0
	for _, password := range []string{"not that morning", "", quietMorning + " ", "e\u0301clair in the morning", strings.Repeat("x", 5000), "\xff\xfe"} {
		var want int64
		for i, email := range []string{"ada@x.example", "nobody@x.example", "disabled@x.example", "invited@x.example", "no address", "", strings.Repeat("a", 5000) + "@x.example", "' OR 1=1 --"} {
			before := entries()
			if _, err := s.SignIn(ctx, email, password, "", nil); !errors.Is(err, ErrCredentials) {
				t.Errorf("%.30q: %v", email, err)
			}
			n := hashes()
			if i == 0 {
				want = n
			}
			if tries++; n != want || n == 0 || entries() != before+1 {
				through++
				t.Errorf("%.30q with %.30q: %d hashes, want %d, and %d entries", email, password, n, want, entries()-before)
			}
		}
	}
	t.Logf("ATTACK|telling who is known by the work of signing in|%d|%d", tries, through)
}
