package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// backedUp makes a backup of a filled store.
func backedUp(t *testing.T, to store.BackupTo) (s *store.Store, dir string, filled storetest.Filled, made store.BackupMade) {
	t.Helper()
	s, dir, _ = at(t)
	filled = storetest.Fill(t, s)
	made, err := s.Backup(ctx, storetest.Admin, to)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir, filled, made
}

// broughtBack restores a backup into a new folder with the master key of another.
func broughtBack(t *testing.T, file, keyOf string) (*store.Store, string) {
	t.Helper()
	dir := t.TempDir()
	copyFile(t, filepath.Join(keyOf, "master.key"), filepath.Join(dir, "master.key"))
	if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: file, Dir: dir, Now: storetest.NewClock().Now}); err != nil {
		t.Fatal(err)
	}
	return storetest.At(t, dir, storetest.NewClock()), dir
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// names lists a folder.
func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestABackupRestoresEverything(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b.age")
	s, dir, filled, made := backedUp(t, store.BackupTo{File: file})
	seen, before := seenIn(t, s), everything(t, s, filled)
	if made.Holds.Damaged() != 0 || made.Holds.Values < 20 || made.Holds.Entries < 10 || made.Bytes == 0 {
		t.Errorf("%+v", made)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() != made.Bytes {
		t.Errorf("%v, %v", info, err)
	}
	if left := names(t, filepath.Dir(file)); len(left) != 1 {
		t.Errorf("beside the backup: %v", left)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, open := range []string{"SQLite format", "referral.opened", storetest.FilledEmail, "CREATE TABLE"} {
		if bytes.Contains(text, []byte(open)) {
			t.Errorf("the backup shows %q", open)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, store.FileName+".backup")); err == nil {
		t.Error("the copy is still there")
	}

	again, there := broughtBack(t, file, dir)
	same(t, "restored", before, everything(t, again, filled))
	if now := seenIn(t, again); fmt.Sprint(now[:len(seen)]) != fmt.Sprint(seen) {
		t.Errorf("sealed in the log: %v, was %v", now, seen)
	}
	if _, err := again.VerifyAudit(ctx, made.Holds.Head); err != nil {
		t.Errorf("the head of the backup: %v", err)
	}
	db := raw(t, there)
	if n := count(t, db, `SELECT count(*) FROM audit_entries WHERE action = 'backup.restored' AND object = 'b.age' AND seq = ?`, made.Holds.Entries+1); n != 1 {
		t.Error("the log does not say that it was restored")
	}
	if got := strs(t, db, `PRAGMA journal_mode`); got[0] != "wal" {
		t.Errorf("journal mode %s", got)
	}
	if info, err := os.Stat(filepath.Join(there, store.FileName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	// What came since is missing, and the page about the connection knows.
	c, err := again.Connection(ctx)
	if err != nil || c.Lost == nil || c.Lost.Reason != store.GapRestored || !c.Lost.LostUntil(storetest.NewClock().Now()).Equal(c.Lost.Until) {
		t.Errorf("%+v, %v", c.Lost, err)
	}
	if err := again.RepairGap(ctx, storetest.Admin, c.Lost.ID); err != nil {
		t.Error(err)
	}
	if c, err := again.Connection(ctx); err != nil || c.Lost != nil {
		t.Errorf("once it is repaired: %+v, %v", c.Lost, err)
	}
	b, err := s.LastBackup(ctx)
	if err != nil || !b.Good.Good() || b.Good.Kind != store.BackupManual || b.Good.File != "b.age" || b.Good.Bytes != made.Bytes {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestNobodyComesBackWithABackup: sessions, links and known devices may have ended since.
func TestNobodyComesBackWithABackup(t *testing.T) {
	s, dir, _ := at(t)
	storetest.Fill(t, s)
	db := raw(t, dir)
	for table, columns := range map[string]string{
		"sessions (id, hash, user_id, created_at, seen_at, proven_at)": `'x', x'01', (SELECT id FROM users), 1, 1, 1`,
		"invitations (hash, user_id, expires_at)":                      `x'01', (SELECT id FROM users), 9999999999999`,
		"setup_tokens (hash, expires_at)":                              `x'01', 9999999999999`,
		"devices (hash, user_id, seen_at)":                             `x'01', (SELECT id FROM users), 1`,
	} {
		run(t, db, `INSERT INTO `+table+` VALUES (`+columns+`)`)
	}
	file := filepath.Join(t.TempDir(), "b.age")
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: file}); err != nil {
		t.Fatal(err)
	}
	_, there := broughtBack(t, file, dir)
	for _, table := range []string{"sessions", "invitations", "setup_tokens", "devices"} {
		if count(t, db, `SELECT count(*) FROM `+table) == 0 || count(t, raw(t, there), `SELECT count(*) FROM `+table) != 0 {
			t.Errorf("%s came back", table)
		}
	}
}

// TestABackupIsConsistent makes backups while messages come in, in two processes, and restores each.
func TestABackupIsConsistent(t *testing.T) {
	s, dir, clock := at(t)
	other := storetest.At(t, dir, clock)
	steps := make(chan int, 1000)
	var sender sync.WaitGroup
	sender.Go(func() {
		for i := range steps {
			if _, err := other.Receive(ctx, message(fmt.Sprint("during ", i), fmt.Sprint("ref ", i%5))); err != nil {
				t.Error(err)
			}
		}
	})
	last := int64(-1)
	for round := range 4 {
		for i := range 30 {
			steps <- 100*round + i
		}
		file := filepath.Join(t.TempDir(), "b.age")
		if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: file}); err != nil {
			t.Error(err)
			break
		}
		again, _ := broughtBack(t, file, dir)
		st := status(t, again)
		if n := count(t, raw(t, dir), `SELECT count(*) FROM messages`); st.Messages > n || st.Messages < last {
			t.Errorf("round %d: %d messages in the backup, %d before, %d now", round, st.Messages, last, n)
		}
		last = st.Messages
	}
	close(steps)
	sender.Wait()
}

// TestABackupOfSomethingDamaged is made all the same, says so, and is restored only by who wants it.
func TestABackupOfSomethingDamaged(t *testing.T) {
	s, dir, _ := at(t)
	storetest.Fill(t, s)
	db := raw(t, dir)
	run(t, db, `UPDATE notes SET text = CAST(substr(text, 1, length(text) - 1) || x'ff' AS BLOB)`)
	run(t, db, `DROP TRIGGER audit_entries_no_update`)
	run(t, db, `UPDATE audit_entries SET action = 'user.added' WHERE seq = 3`)
	file := filepath.Join(t.TempDir(), "b.age")
	made, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: file})
	if err != nil || made.Holds.Shut != 1 || made.Holds.Log == nil || made.Holds.Damaged() != 2 || !strings.Contains(made.Holds.Err().Error(), "notes.text") {
		t.Fatalf("%+v, %v", made.Holds, err)
	}
	b, err := s.LastBackup(ctx)
	if err != nil || b.Last.Damaged != 2 || b.Good.Good() {
		t.Errorf("%+v, %v", b, err)
	}
	there := t.TempDir()
	copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(there, "master.key"))
	from := store.RestoreFrom{File: file, Dir: there}
	if _, err := store.TryRestore(ctx, from); !errors.Is(err, store.ErrNotWhole) {
		t.Errorf("tried: %v", err)
	}
	if _, err := store.Restore(ctx, storetest.Admin, from); !errors.Is(err, store.ErrNotWhole) || !strings.Contains(err.Error(), "--accept-damage") {
		t.Errorf("restored: %v", err)
	}
	if left := names(t, there); len(left) != 1 {
		t.Errorf("the folder holds %v", left)
	}
	from.Damaged = true
	if _, err := store.Restore(ctx, storetest.Admin, from); err != nil {
		t.Error(err)
	}
}

// TestABackupNeverFillsTheDisk refuses before it begins, and leaves nothing where the disk turns out to
// be full.
func TestABackupNeverFillsTheDisk(t *testing.T) {
	dir := t.TempDir()
	free := uint64(1 << 40)
	s, err := store.Open(ctx, store.Options{Dir: dir, Migrate: true, Argon2: storetest.Cheap, Now: storetest.NewClock().Now, MinFree: 100 << 20,
		Disk: func(string) (store.Disk, error) { return store.Disk{Free: free}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	storetest.Fill(t, s)
	target := t.TempDir()
	to := store.BackupTo{File: filepath.Join(target, "b.age")}
	refused := func(what string) {
		t.Helper()
		if _, err := s.Backup(ctx, storetest.Admin, to); !errors.Is(err, store.ErrDiskFull) {
			t.Errorf("%s: %v", what, err)
		}
		if left := names(t, target); len(left) != 0 {
			t.Errorf("%s: left %v", what, left)
		}
		if _, err := os.Stat(filepath.Join(dir, store.FileName+".backup")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: the copy is left", what)
		}
		if b, err := s.LastBackup(ctx); err != nil || b.Last.Fault != store.BackupFull || b.Good.Good() {
			t.Errorf("%s: %+v, %v", what, b, err)
		}
	}
	free = 101 << 20
	refused("just above the floor")
	free = 1 << 40
	for _, room := range []int{0, 100, 200_000, 300_000} {
		undo := store.FullAfter(room)
		refused(fmt.Sprintf("after %d bytes", room))
		undo()
	}
	if _, err := s.Backup(ctx, storetest.Admin, to); err != nil {
		t.Errorf("with room: %v", err)
	}
	if _, err := s.Backup(ctx, storetest.Admin, to); !errors.Is(err, store.ErrBackupThere) {
		t.Errorf("over it: %v", err)
	}
	// Restoring onto a full disk leaves nothing either.
	there := t.TempDir()
	copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(there, "master.key"))
	undo := store.FullAfter(300_000)
	defer undo()
	if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: to.File, Dir: there}); !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("restored onto a full disk: %v", err)
	}
	if left := names(t, there); len(left) != 1 {
		t.Errorf("left of the restore: %v", left)
	}
}

func TestWhatABrokenOffBackupLeftIsReplaced(t *testing.T) {
	s, dir, _ := at(t)
	storetest.Fill(t, s)
	file := filepath.Join(t.TempDir(), "b.age")
	for _, left := range []string{filepath.Join(dir, store.FileName+".backup"), file + ".unfinished"} {
		if err := os.WriteFile(left, []byte("broken off"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: file}); err != nil {
		t.Fatal(err)
	}
	if left := names(t, filepath.Dir(file)); len(left) != 1 {
		t.Errorf("%v", left)
	}
	broughtBack(t, file, dir)
	clerk := store.UserActor(storetest.AddUser(t, s, "clerk@example.org", store.ViewReferrals), "192.0.2.1")
	if _, err := s.Backup(ctx, clerk, store.BackupTo{File: file + "2"}); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without the permission: %v", err)
	}
}

// TestABackupThatCannotBeAuditedDoesNotStay: without the entry it did not happen.
func TestABackupThatCannotBeAuditedDoesNotStay(t *testing.T) {
	s, dir, _ := at(t)
	storetest.Fill(t, s)
	run(t, raw(t, dir), `CREATE TRIGGER no_entry BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no entry'); END`)
	target := t.TempDir()
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: filepath.Join(target, "b.age")}); err == nil {
		t.Error("it is made")
	}
	if left := names(t, target); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if n := count(t, raw(t, dir), `SELECT count(*) FROM backups`); n != 0 {
		t.Errorf("%d records", n)
	}
}
