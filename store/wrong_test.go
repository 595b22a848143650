package store

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// wrongStore is a store whose clock the test turns.
func wrongStore(t testing.TB, dir string, now *time.Time) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Dir: dir, Migrate: true, Argon2: cheap, Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantsWrong(t testing.TB, s *Store, who string, want time.Duration) {
	t.Helper()
	if wait := s.WrongTry(context.Background(), TryBy(TryKey, who)); wait != want {
		t.Fatalf("%s waits %s, want %s", who, wait, want)
	}
}

func TestWrongKeysWaitLongerAndLonger(t *testing.T) {
	now := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	s := wrongStore(t, t.TempDir(), &now)
	defer closeStore(t, s)
	for range 9 {
		wantsWrong(t, s, "a", 0)
	}
	for _, minutes := range []time.Duration{1, 2, 4, 8} {
		wantsWrong(t, s, "a", minutes*time.Minute)
		wantsWrong(t, s, "b", 0)
		now = now.Add(minutes * time.Minute)
		wantsWrong(t, s, "a", 0) // one more
	}
}

func TestWhoMustWaitMustAfterARestartToo(t *testing.T) {
	now, dir := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC), t.TempDir()
	s := wrongStore(t, dir, &now)
	other := wrongStore(t, dir, &now)
	defer closeStore(t, other)
	for range 9 {
		wantsWrong(t, s, "a", 0)
		wantsWrong(t, s, "b", 0) // waits to be written
	}
	wantsWrong(t, other, "a", time.Minute)
	closeStore(t, s)
	now = now.Add(30 * time.Second)
	s = wrongStore(t, dir, &now)
	defer closeStore(t, s)
	wantsWrong(t, s, "a", 30*time.Second)
	wantsWrong(t, s, "b", 30*time.Second)
}

// A flood from more addresses than are remembered costs a bounded number of rows, of commits and of
// bytes in memory.
func TestAFloodOfWrongKeysCostsLittle(t *testing.T) {
	now := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	s := wrongStore(t, t.TempDir(), &now)
	defer closeStore(t, s)
	before := commits(t, s)
	for i := range 200_000 { // 20 seconds of it
		s.WrongTry(context.Background(), TryBy(TryKey, fmt.Sprint(i%20_000)))
		if i%10_000 == 0 {
			now = now.Add(time.Second)
		}
	}
	if n := len(s.strangers.at); n > maxStrangers {
		t.Errorf("%d are remembered", n)
	}
	if n := len(s.strangers.seen); n > maxStrangers {
		t.Errorf("%d addresses are counted", n)
	}
	if n := number(t, s, `SELECT count(*) FROM tries`); n > 3*strangersAtOnce {
		t.Errorf("%d rows", n)
	}
	if n := commits(t, s) - before; n > 3 {
		t.Errorf("%d commits", n)
	}
}

func TestWithoutTheDatabaseMemoryGoesOnCounting(t *testing.T) {
	now := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	s := wrongStore(t, t.TempDir(), &now)
	closeStore(t, s)
	for range 9 {
		wantsWrong(t, s, "a", 0)
	}
	wantsWrong(t, s, "a", time.Minute)
}
