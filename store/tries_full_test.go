package store

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// tried counts one wrong try of each of these, in one transaction.
func tried(t testing.TB, s *Store, kind TryKind, who string, from, until int) {
	t.Helper()
	err := s.update(context.Background(), func(x *tx) error {
		for i := from; i < until; i++ {
			if err := x.setTally(TryBy(kind, fmt.Sprint(who, i)), limits[kind].take(tally{}, x.now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// remembered counts those of whom there is a row.
func remembered(t testing.TB, s *Store, kind TryKind, who string, from, until int) (n int) {
	t.Helper()
	var all []byte
	if err := s.read.QueryRowContext(context.Background(), `SELECT CAST(group_concat(who, '') AS BLOB) FROM tries WHERE kind = ?`, string(kind)).Scan(&all); err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for row := range slices.Chunk(all, 16) {
		rows[string(row)] = true
	}
	for i := from; i < until; i++ {
		if rows[string(s.tryKey(TryBy(kind, fmt.Sprint(who, i))))] {
			n++
		}
	}
	return n
}

// countsTries fails the test unless so many of a kind are kept, and the database says the same.
func countsTries(t testing.TB, s *Store, kind TryKind, want int64) {
	t.Helper()
	rows, kept := number(t, s, `SELECT count(*) FROM tries WHERE kind = ?`, string(kind)), counted(t, s, "tries "+string(kind))
	if rows != want || kept != want {
		t.Errorf("%s: %d rows, counted as %d, want %d", kind, rows, kept, want)
	}
}

// Each of 10,000 has the same chance of being forgotten at each of 10,000 newer ones, so that of the older
// ones about 1/e are left, wherever they stood: a flood can neither push out somebody certainly nor stay out.
func TestBeyondTheBoundSomebodyIsForgottenAtRandom(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	tried(t, s, TryLink, "other", 0, 50)
	tried(t, s, TryAccount, "old", 0, maxTries)
	countsTries(t, s, TryAccount, maxTries)
	for i := 0; i < maxTries; i += 1000 {
		tried(t, s, TryAccount, "new", i, i+1000)
		countsTries(t, s, TryAccount, maxTries)
	}
	early, late := remembered(t, s, TryAccount, "old", 0, maxTries/2), remembered(t, s, TryAccount, "old", maxTries/2, maxTries)
	for _, n := range []int{early, late} { // 1,839 on average, with a deviation of less than 40
		if n < 1500 || n > 2200 {
			t.Errorf("%d and %d of each 5,000 older ones are left", early, late)
		}
	}
	if n := remembered(t, s, TryAccount, "new", 0, maxTries); n != maxTries-early-late {
		t.Errorf("%d of the newer ones are left, beside %d older ones", n, early+late)
	}
	if n := remembered(t, s, TryLink, "other", 0, 50); n != 50 {
		t.Errorf("%d of another kind are left", n)
	}
}

func TestTriesAreCountedRightlyWhateverBecomesOfThem(t *testing.T) {
	now, dir := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC), t.TempDir()
	one, two := wrongStore(t, dir, &now), wrongStore(t, dir, &now)
	defer closeStore(t, one)
	defer closeStore(t, two)
	tried(t, one, TryAccount, "a", 0, maxTries-1)
	tried(t, two, TryAccount, "b", 0, 5)
	countsTries(t, one, TryAccount, maxTries)
	failed := fmt.Errorf("something else went wrong")
	if err := one.update(context.Background(), func(x *tx) error { // taken back with all that it moved
		return errorAfter(failed, x.setTally(TryBy(TryAccount, "c"), tally{clean: x.now + 1}))
	}); err != failed {
		t.Fatal(err)
	}
	countsTries(t, two, TryAccount, maxTries)
	for i := range 5 {
		if err := one.GiveBack(context.Background(), TryBy(TryAccount, fmt.Sprint("b", i))); err != nil {
			t.Fatal(err)
		}
	}
	left := remembered(t, two, TryAccount, "a", 0, maxTries)
	if n := remembered(t, two, TryAccount, "b", 0, 5); n != 0 {
		t.Errorf("%d are left of what was given back", n)
	}
	countsTries(t, two, TryAccount, int64(left))
	now = now.Add(2 * time.Hour) // all forgiven
	tried(t, two, TryAccount, "d", 0, 1)
	countsTries(t, one, TryAccount, 1)
}

func TestTriesOfBeforeAreCountedByTheMigration(t *testing.T) {
	opts := older(t, 12)
	db, err := openDB(filepath.Join(opts.Dir, FileName), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	forever := time.Now().Add(24 * time.Hour).UnixMilli()
	for i := range 7 {
		if _, err := db.Exec(`INSERT INTO tries (kind, who, clean_at, free_at) VALUES (?, ?, ?, 0)`, []string{"account", "key"}[i/5], []byte{byte(i)}, forever); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	opts.Migrate = true
	s, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	countsTries(t, s, TryAccount, 5)
	countsTries(t, s, TryKey, 2)
}

// A figure that somebody changed costs counts, not the service.
func TestAWrongFigureOfTriesStopsNobody(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	tried(t, s, TryAccount, "a", 0, 10)
	if err := s.update(context.Background(), func(x *tx) error {
		return x.exec(`UPDATE counters SET value = 1000000000000 WHERE name = 'tries account'`)
	}); err != nil {
		t.Fatal(err)
	}
	tried(t, s, TryAccount, "b", 0, 10)
	if n := remembered(t, s, TryAccount, "b", 9, 10); n != 1 {
		t.Error("the newest is not counted")
	}
}

// errorAfter is what a job returns that fails once it has done something.
func errorAfter(failed, err error) error {
	if err != nil {
		return err
	}
	return failed
}
