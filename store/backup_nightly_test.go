package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// night is a filled store whose clock stands at noon in Toronto, with its folder for backups.
type night struct {
	*store.Store
	t     *testing.T
	clock *storetest.Clock
	dir   string
	zone  *time.Location
	free  uint64
}

func newNight(t *testing.T) *night {
	t.Helper()
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	n := &night{t: t, clock: storetest.NewClock(), dir: t.TempDir(), zone: zone, free: 1 << 40}
	n.clock.Turn(3 * time.Hour) // from nine in the morning
	n.Store, err = store.Open(ctx, store.Options{Dir: n.dir, Migrate: true, Now: n.clock.Now, Argon2: storetest.Cheap, MinFree: 100 << 20,
		Disk: func(string) (store.Disk, error) { return store.Disk{Free: n.free}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	storetest.Fill(t, n.Store)
	return n
}

// look does what is due and reports whether anything was.
func (n *night) look() bool {
	n.t.Helper()
	did, err := n.BackupIfDue(ctx, n.zone)
	if err != nil {
		n.t.Fatal(err)
	}
	return did
}

func (n *night) backups() []string {
	entries, err := os.ReadDir(filepath.Join(n.dir, "backups"))
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func (n *night) state() store.BackupState {
	n.t.Helper()
	b, err := n.LastBackup(ctx)
	if err != nil {
		n.t.Fatal(err)
	}
	return b
}

func (n *night) told(action string) int64 {
	n.t.Helper()
	return count(n.t, raw(n.t, n.dir), `SELECT count(*) FROM audit_entries WHERE action = ?`, action)
}

// TestBackupsMakeThemselves goes through some days: at night, once, and after the machine was off.
func TestBackupsMakeThemselves(t *testing.T) {
	n := newNight(t)
	if n.look() || n.backups() != nil {
		t.Error("a new database is backed up on its first day")
	}
	n.clock.Turn(14 * time.Hour) // two in the morning
	if n.look() {
		t.Error("too early")
	}
	n.clock.Turn(31 * time.Minute)
	if !n.look() {
		t.Fatal("not at night")
	}
	if made := n.backups(); len(made) != 1 || made[0] != "breakwater-2026-06-02T063100Z.age" {
		t.Errorf("%v", made)
	}
	if info, err := os.Stat(filepath.Join(n.dir, "backups")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
	b := n.state()
	if !b.Good.Good() || b.Good.Kind != store.BackupNightly || !b.Good.At.Equal(n.clock.Now()) || !b.Trial.Good() || b.Trial.File != b.Good.File ||
		b.Folder != filepath.Join(n.dir, "backups") {
		t.Errorf("%+v", b)
	}
	if n.told("backup.made") != 1 || n.told("backup.tried") != 1 {
		t.Error("the log does not tell of them")
	}
	for range 20 {
		n.clock.Turn(time.Hour)
		if n.look() {
			t.Fatalf("twice, at %v", n.clock.Now())
		}
	}
	n.clock.Turn(9 * 24 * time.Hour) // the machine was off, and starts in the evening
	if !n.look() || n.look() || len(n.backups()) != 2 {
		t.Errorf("after the machine was off: %v", n.backups())
	}
	for range 40 {
		n.clock.Turn(24 * time.Hour)
		if !n.look() {
			t.Fatal("no backup")
		}
	}
	if made := n.backups(); len(made) < 9 || len(made) > 17 {
		t.Errorf("%d are kept: %v", len(made), made)
	}
	if tried := n.told("backup.tried"); tried != 2 {
		t.Errorf("tried %d times in 50 days", tried)
	}
	if left, _ := filepath.Glob(filepath.Join(n.dir, "breakwater-trial-*")); len(left) > 0 {
		t.Errorf("left of the trials: %v", left)
	}
	if _, err := n.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
}

// TestABackupThatFailsIsTriedAgain: an hour later, and only the first failure of its kind is told.
func TestABackupThatFailsIsTriedAgain(t *testing.T) {
	n := newNight(t)
	n.clock.Turn(24 * time.Hour)
	n.free = 101 << 20
	tries := 0
	for range 5 * 60 {
		if did, err := n.BackupIfDue(ctx, n.zone); did {
			if tries++; err == nil {
				t.Fatal("on a full disk")
			}
		}
		n.clock.Turn(time.Minute)
	}
	if tries != 5 || n.told("backup.failed") != 1 {
		t.Errorf("%d tries in five hours, %d told", tries, n.told("backup.failed"))
	}
	if b := n.state(); b.Last.Fault != store.BackupFull || !b.Good.At.IsZero() {
		t.Errorf("%+v", b)
	}
	n.free = 1 << 40
	n.clock.Turn(time.Hour)
	if !n.look() || !n.state().Good.Good() {
		t.Errorf("with room again: %+v", n.state())
	}
	// The folder is a file.
	n.clock.Turn(24 * time.Hour)
	folder := filepath.Join(n.dir, "backups")
	if err := os.Rename(folder, folder+".aside"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := n.BackupIfDue(ctx, n.zone); err == nil || n.state().Last.Fault != store.BackupFolder {
		t.Errorf("without its folder: %v, %+v", err, n.state().Last)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	n.clock.Turn(time.Hour)
	if !n.look() || len(n.backups()) != 1 {
		t.Errorf("in a new folder: %v", n.backups())
	}
}

// TestOldBackupsGoBeforeTheDiskIsFull: the newest three stay whatever happens.
func TestOldBackupsGoBeforeTheDiskIsFull(t *testing.T) {
	n := newNight(t)
	for range 6 {
		n.clock.Turn(24 * time.Hour)
		n.look()
	}
	all := n.backups()
	if len(all) != 6 {
		t.Fatalf("%v", all)
	}
	n.clock.Turn(24 * time.Hour)
	n.free = 101 << 20
	if _, err := n.BackupIfDue(ctx, n.zone); err == nil {
		t.Error("on a full disk")
	}
	if left := n.backups(); fmt.Sprint(left) != fmt.Sprint(all[3:]) {
		t.Errorf("left are %v of %v", left, all)
	}
}

// TestABackupThatCannotBeRestoredIsFound changes it on the disk before the monthly trial.
func TestABackupThatCannotBeRestoredIsFound(t *testing.T) {
	n := newNight(t)
	n.clock.Turn(24 * time.Hour)
	n.look()
	n.clock.Turn(30*24*time.Hour - time.Minute)
	n.look() // makes one, and tries none yet
	made := n.backups()
	path := filepath.Join(n.dir, "backups", made[len(made)-1])
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	n.clock.Turn(time.Minute)
	if did, err := n.BackupIfDue(ctx, n.zone); !did || err == nil {
		t.Fatalf("%v, %v", did, err)
	}
	b := n.state()
	if b.Trial.Fault == "" || b.Trial.Good() || b.Trial.File != made[len(made)-1] || n.told("backup.tried") != 2 {
		t.Errorf("%+v", b)
	}
	n.clock.Turn(time.Hour)
	if n.look() {
		t.Error("tried again within the day")
	}
	n.clock.Turn(24 * time.Hour)
	if n.look(); !n.state().Trial.Good() {
		t.Errorf("the next day: %+v", n.state().Trial)
	}
}

// TestABackupOfTheFutureSaysNothing: after a clock was ten years ahead, the nights go on.
func TestABackupOfTheFutureSaysNothing(t *testing.T) {
	n := newNight(t)
	n.clock.Turn(24 * time.Hour)
	n.look()
	n.clock.Turn(10 * 365 * 24 * time.Hour)
	n.look()
	n.clock.Turn(-10*365*24*time.Hour + 24*time.Hour)
	if !n.look() || !n.state().Good.At.Equal(n.clock.Now()) {
		t.Errorf("%+v", n.state())
	}
}

// TestNightsGoElsewhereOrNowhere: the folder is the clinic's choice, and what is taken away is made anew.
func TestNightsGoElsewhereOrNowhere(t *testing.T) {
	for _, dir := range []string{filepath.Join(t.TempDir(), "other disk"), store.NoBackups} {
		clock, data := storetest.NewClock(), t.TempDir()
		s, err := store.Open(ctx, store.Options{Dir: data, Migrate: true, Now: clock.Now, Argon2: storetest.Cheap, BackupDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		clock.Turn(24 * time.Hour)
		did, err := s.BackupIfDue(ctx, time.UTC)
		if err != nil || did != (dir != store.NoBackups) {
			t.Errorf("%s: %v, %v", dir, did, err)
		}
		if _, err := os.Stat(filepath.Join(data, "backups")); err == nil {
			t.Errorf("%s: it went into the data folder", dir)
		}
		made, _ := filepath.Glob(filepath.Join(dir, "*"))
		if !did {
			if len(made) != 0 {
				t.Errorf("%v", made)
			}
			continue
		}
		if len(made) != 1 || !strings.HasSuffix(made[0], ".age") {
			t.Fatalf("%v", made)
		}
		if err := os.Remove(made[0]); err != nil {
			t.Fatal(err)
		}
		clock.Turn(time.Hour)
		if did, err := s.BackupIfDue(ctx, time.UTC); !did || err != nil {
			t.Errorf("after it was taken away: %v, %v", did, err)
		}
	}
}
