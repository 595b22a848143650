package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// upgraded opens a fixture with this version, and says what was in it.
func upgraded(t *testing.T, dir string) (*store.Store, storetest.Filled) {
	t.Helper()
	s, err := store.Open(ctx, store.Options{Dir: dir, Migrate: true, Now: storetest.NewClock().Now, Argon2: storetest.Cheap, Version: "v9.9.9"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	db := raw(t, dir)
	return s, storetest.Filled{Referral: strs(t, db, `SELECT id FROM referrals ORDER BY seq`)[0], Message: strs(t, db, `SELECT id FROM messages ORDER BY seq`)[0],
		Document: strs(t, db, `SELECT id FROM attachments WHERE content IS NOT NULL`)[0]}
}

// reads fails unless everything of a fixture can be read.
func reads(t *testing.T, s *store.Store, f storetest.Filled) {
	t.Helper()
	for what, is := range everything(t, s, f) {
		if what == "authenticator app" {
			continue // no fixture is of a schema that had any
		}
		if strings.HasPrefix(is, "error: ") || is == "" || is == "[]" {
			t.Errorf("%s: %q", what, is)
		}
	}
	got := everything(t, s, f)
	for what, want := range map[string]string{"client secret": storetest.FilledSecret, "referral": storetest.FilledNumber, "notes": storetest.FilledNote,
		"letter": storetest.FilledLetter, "outbox": storetest.FilledSaid, "missed": storetest.FilledMissed, "listings": storetest.FilledListing} {
		if !strings.Contains(got[what], want) {
			t.Errorf("%s is %q, without %q", what, got[what], want)
		}
	}
	if _, shut, err := s.OpenEverySealed(ctx); err != nil || len(shut) > 0 {
		t.Errorf("do not open: %v, %v", shut, err)
	}
	if seen := seenIn(t, s); len(seen) < 4 || seen[1].Query != storetest.FilledQuery || seen[0].Patients[0].Name.Family != storetest.FilledFamily {
		t.Errorf("sealed in the log: %+v", seen)
	}
	if rows, err := s.SearchReferrals(ctx, "harb", 10); err != nil || len(rows) != 2 {
		t.Errorf("found: %d, %v", len(rows), err)
	}
}

// TestEveryReleasedSchemaIsUpgraded opens the fixture of each, and rotates its key: what its audit
// entries hold was sealed under the key that is replaced.
func TestEveryReleasedSchemaIsUpgraded(t *testing.T) {
	dir := t.TempDir()
	storetest.Older(t, dir, storetest.OldestSchema)
	if _, err := store.Open(ctx, store.Options{Dir: dir, Argon2: storetest.Cheap}); !errors.Is(err, store.ErrSchema) || !strings.Contains(err.Error(), "breakwater serve") {
		t.Errorf("a command with it: %v", err)
	}
	s, filled := upgraded(t, dir)
	reads(t, s, filled)
	db := raw(t, dir)
	if n := count(t, db, `SELECT count(*) FROM upgrades u JOIN audit_entries a ON a.object = u.version WHERE u.version = 'v9.9.9' AND a.action = 'system.upgraded'`); n != 1 {
		t.Error("nothing says which version upgraded it")
	}
	rotate(t, s)
	reads(t, s, filled)
	if got := strs(t, db, `SELECT id || purpose FROM keys ORDER BY id`); fmt.Sprint(got) != "[1entries 2index 3audit 4entries 5seal]" {
		t.Errorf("keys: %v", got)
	}
	rotate(t, s)
	reads(t, storetest.At(t, dir, storetest.NewClock()), filled)

	// The snapshot is the way back: the older database as it was, which can be upgraded again.
	back := t.TempDir()
	copyFile(t, filepath.Join(dir, fmt.Sprintf("%s.schema-%d", store.FileName, storetest.OldestSchema)), filepath.Join(back, store.FileName))
	copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(back, "master.key"))
	again, filled := upgraded(t, back)
	reads(t, again, filled)
}

// TestABackupOfAnOlderSchemaIsRestored and upgraded by the next start.
func TestABackupOfAnOlderSchemaIsRestored(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "b.age")
	storetest.Older(t, dir, storetest.OldestSchema)
	store.EncryptCopy(t, filepath.Join(dir, store.FileName), filepath.Join(dir, "master.key"), file)
	there := t.TempDir()
	copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(there, "master.key"))
	if r, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: file, Dir: there, Now: storetest.NewClock().Now}); err != nil || r.Schema != storetest.OldestSchema {
		t.Fatalf("%+v, %v", r, err)
	}
	s, filled := upgraded(t, there)
	reads(t, s, filled)
}

// TestANewerDatabaseNamesTheVersionItNeeds, also as a backup.
func TestANewerDatabaseNamesTheVersionItNeeds(t *testing.T) {
	s, dir, _ := at(t)
	storetest.Fill(t, s)
	s.Close()
	db := raw(t, dir)
	run(t, db, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)`)
	run(t, db, `INSERT INTO upgrades (schema, version, at) VALUES (9000, 'v7.1.0', 1)`)
	run(t, db, `PRAGMA wal_checkpoint(TRUNCATE)`)
	file := filepath.Join(t.TempDir(), "b.age")
	store.EncryptCopy(t, filepath.Join(dir, store.FileName), filepath.Join(dir, "master.key"), file)
	for what, open := range map[string]func() error{
		"opened": func() error {
			_, err := store.Open(ctx, store.Options{Dir: dir, Migrate: true, Argon2: storetest.Cheap})
			return err
		},
		"restored": func() error {
			_, err := store.TryRestore(ctx, store.RestoreFrom{File: file, MasterKey: filepath.Join(dir, "master.key")})
			return err
		},
	} {
		if err := open(); !errors.Is(err, store.ErrSchema) || !strings.Contains(err.Error(), "install Breakwater v7.1.0 or a later one") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := count(t, db, `SELECT count(*) FROM goose_db_version`); n < 2 {
		t.Error("it was changed")
	}
}

// upgradeChild makes this test's own program open a folder, to be killed at it.
const upgradeChild = "BREAKWATER_TEST_UPGRADE"

// TestAnUpgradeSurvivesAKill kills an upgrade at moments spread over its length, again and again until
// one is through: each time the database is the older one, or further, and nothing in it is lost.
func TestAnUpgradeSurvivesAKill(t *testing.T) {
	if dir := os.Getenv(upgradeChild); dir != "" {
		s, err := store.Open(context.Background(), store.Options{Dir: dir, Migrate: true, Argon2: storetest.Cheap})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		return
	}
	const rounds = 24
	unhindered := t.TempDir()
	storetest.Older(t, unhindered, storetest.OldestSchema)
	begun := time.Now() // how long one takes on this machine, which the moments are spread over
	c := exec.Command(os.Args[0], "-test.run=^TestAnUpgradeSurvivesAKill$")
	c.Env = append(os.Environ(), upgradeChild+"="+unhindered)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole := time.Since(begun)
	killed := 0
	for round := range rounds {
		dir := t.TempDir()
		storetest.Older(t, dir, storetest.OldestSchema)
		for try := 0; ; try++ {
			c := exec.Command(os.Args[0], "-test.run=^TestAnUpgradeSurvivesAKill$")
			c.Env = append(os.Environ(), upgradeChild+"="+dir)
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			dead := time.AfterFunc(whole*time.Duration(round+1+try*rounds)/rounds, func() { c.Process.Kill() })
			err := c.Wait()
			dead.Stop()
			if err == nil {
				break
			}
			if killed++; try > 100 {
				t.Fatal("it never comes through")
			}
		}
		s, filled := upgraded(t, dir)
		reads(t, s, filled)
		db := raw(t, dir)
		if got := strs(t, db, `PRAGMA integrity_check`); got[0] != "ok" {
			t.Errorf("round %d: %v", round, got)
		}
		if _, err := os.Stat(filepath.Join(dir, fmt.Sprintf("%s.schema-%d", store.FileName, storetest.OldestSchema))); err != nil {
			t.Errorf("round %d: no snapshot of the older database: %v", round, err)
		}
		s.Close()
	}
	if killed < rounds/4 {
		t.Errorf("it was killed %d times only", killed)
	}
	t.Logf("killed %d times in %d upgrades of %v", killed, rounds, whole)
}
