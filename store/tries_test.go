package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

const triesAllowed = 9 // wrong ones, in a minute

func account(email string) store.Try { return store.TryBy(store.TryAccount, email) }

// wantsWait takes a try and fails unless it has to wait so long.
func wantsWait(t testing.TB, s *store.Store, want time.Duration, tries ...store.Try) {
	t.Helper()
	wait, err := s.TakeTry(ctx, tries...)
	if err != nil || wait != want {
		t.Fatalf("waits %s, want %s, %v", wait, want, err)
	}
}

// wantsTries fails unless so many tries are let through, and no more.
func wantsTries(t testing.TB, s *store.Store, n int, y store.Try) {
	t.Helper()
	for range n {
		wantsWait(t, s, 0, y)
	}
	wantsWait(t, s, time.Minute, y)
}

// rowCount reads how many rows a table has, as anybody with the file can.
func rowCount(t testing.TB, dir, table string) (n int) {
	t.Helper()
	if err := raw(t, dir).QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTriesAreCountedByEachOfTheirCounts(t *testing.T) {
	s, _, _ := at(t)
	a, b, c := account("a"), store.TryBy(store.TryAddress, "192.0.2.1"), account("c")
	for range triesAllowed {
		wantsWait(t, s, 0, a, b)
	}
	wantsWait(t, s, time.Minute, a)
	wantsWait(t, s, time.Minute, c, b)                                 // one of two is enough
	wantsTries(t, s, triesAllowed, c)                                  // and what had to wait was not counted
	wantsTries(t, s, triesAllowed, store.TryBy(store.TryAddress, "a")) // nor of another kind
}

func TestTriesSurviveARestart(t *testing.T) {
	s, dir, clock := at(t)
	wantsTries(t, s, triesAllowed, account("a"))
	wantsWait(t, s, 0, account("b"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	clock.Turn(20 * time.Second)
	s = storetest.At(t, dir, clock)
	wantsWait(t, s, 40*time.Second, account("a"))
	clock.Turn(40 * time.Second)
	wantsWait(t, s, 0, account("a"))
	wantsWait(t, s, 2*time.Minute, account("a"))
	wantsTries(t, s, triesAllowed-1, account("b"))
}

func TestTwoProcessesCountTogether(t *testing.T) {
	one, dir, clock := at(t)
	two := storetest.At(t, dir, clock)
	let := make(chan bool)
	for i := range 60 {
		s := []*store.Store{one, two}[i%2]
		go func() {
			wait, err := s.TakeTry(ctx, account("a"))
			for errors.Is(err, store.ErrBusy) {
				wait, err = s.TakeTry(ctx, account("a"))
			}
			if err != nil {
				t.Error(err)
			}
			let <- wait == 0
		}()
	}
	n := 0
	for range 60 {
		if <-let {
			n++
		}
	}
	if n != triesAllowed {
		t.Errorf("%d of 60 at once are let through", n)
	}
	if err := two.GiveBack(ctx, account("a")); err != nil {
		t.Fatal(err)
	}
	wantsWait(t, one, 0, account("a"))
	wantsWait(t, two, time.Minute, account("a"))
}

func TestWhatIsGivenBackWasNeverTaken(t *testing.T) {
	s, dir, _ := at(t)
	a, b := account("a"), store.TryBy(store.TryAddress, "192.0.2.1")
	for range 100 {
		wantsWait(t, s, 0, a, b)
		if err := s.GiveBack(ctx, a, b); err != nil {
			t.Fatal(err)
		}
	}
	if n := rowCount(t, dir, "tries"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if err := s.GiveBack(ctx, a); err != nil { // more than was taken
		t.Fatal(err)
	}
	wantsTries(t, s, triesAllowed, a)
}

func TestForgivenTriesAreClearedAway(t *testing.T) {
	s, dir, clock := at(t)
	for i := range 500 {
		wantsWait(t, s, 0, account(fmt.Sprint(i)))
	}
	clock.Turn(time.Hour)
	wantsWait(t, s, 0, account("a"))
	if n := rowCount(t, dir, "tries"); n != 1 {
		t.Errorf("%d rows are left", n)
	}
}

func TestAFloodOfStrangersFillsNoTableAndLocksNobodyOut(t *testing.T) {
	s, dir, _ := at(t)
	var wg sync.WaitGroup
	for from := range 100 {
		wg.Go(func() {
			for i := range 110 {
				if _, err := s.TakeTry(ctx, account(fmt.Sprint(from, " ", i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := rowCount(t, dir, "tries"); n != 10_000 {
		t.Errorf("%d rows are kept", n)
	}
	wantsTries(t, s, triesAllowed, account("new")) // neither refused nor uncounted
}

func TestTheTableOfTriesHoldsNothingThatWasTyped(t *testing.T) {
	s, dir, _ := at(t)
	wantsWait(t, s, 0, account("canary of a password typed into the wrong field"), store.TryBy(store.TryAddress, "203.0.113.77"))
	for _, name := range []string{store.FileName, store.FileName + "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, canary := range []string{"canary", "203.0.113.77"} {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%s holds %q", name, canary)
			}
		}
	}
}
