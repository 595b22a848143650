package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// TestRestoreReplacesADatabase restores beside the empty database of a new installation, and beside a
// damaged one: what belonged to it is kept, whole, in a folder of its own; nothing else is touched.
func TestRestoreReplacesADatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b.age")
	_, dir, _, made := backedUp(t, store.BackupTo{File: file})
	for what, files := range map[string][]string{
		"an empty database": {store.FileName, store.FileName + "-wal", store.FileName + ".backup.lock", ".breakwater.db-litestream"},
		"a damaged one":     {store.FileName, store.FileName + ".schema-4", "breakwater.damaged"},
	} {
		there := t.TempDir()
		copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(there, "master.key"))
		stays := []string{"acme.txt", "master.key", "replaced-1"}
		for _, name := range slices.Concat(files, []string{"acme.txt", "replaced-1"}) {
			if err := os.WriteFile(filepath.Join(there, name), []byte("before: "+name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		from := store.RestoreFrom{File: file, Dir: there, Now: storetest.NewClock().Now}
		if _, err := store.Restore(ctx, storetest.Admin, from); !errors.Is(err, store.ErrFolderUsed) || !strings.Contains(err.Error(), "--replace") {
			t.Errorf("%s, unasked: %v", what, err)
		}
		from.Replace = true
		r, err := store.Restore(ctx, storetest.Admin, from)
		if err != nil || filepath.Dir(r.Aside) != there {
			t.Fatalf("%s: put into %q: %v", what, r.Aside, err)
		}
		slices.Sort(files)
		if kept := names(t, r.Aside); !slices.Equal(kept, files) {
			t.Errorf("%s: kept are %v, want %v", what, kept, files)
		}
		for _, name := range files {
			if text, err := os.ReadFile(filepath.Join(r.Aside, name)); err != nil || string(text) != "before: "+name {
				t.Errorf("%s: %s is %q: %v", what, name, text, err)
			}
		}
		want := append(slices.Clone(stays), store.FileName, filepath.Base(r.Aside))
		slices.Sort(want)
		if got := names(t, there); !slices.Equal(got, want) {
			t.Errorf("%s: the folder holds %v, want %v", what, got, want)
		}
		s := storetest.At(t, there, storetest.NewClock())
		if check, err := s.VerifyAudit(ctx, ""); err != nil || check.Entries != made.Holds.Entries+1 {
			t.Errorf("%s: the audit log: %+v %v", what, check, err)
		}
	}
}

// TestABackupThatIsNoneReplacesNothing: all of it is examined first.
func TestABackupThatIsNoneReplacesNothing(t *testing.T) {
	_, dir, _ := at(t)
	before := names(t, dir)
	if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: filepath.Join(dir, "master.key"), Dir: dir, Replace: true}); err == nil {
		t.Error("a key was restored")
	}
	if after := names(t, dir); !slices.Equal(after, before) {
		t.Errorf("the folder holds %v, before %v", after, before)
	}
}

// TestNoDatabaseBesideAnothersLog: SQLite would copy into a new database what is in the log of one that
// was moved away without it.
func TestNoDatabaseBesideAnothersLog(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, store.FileName+"-wal")
	if err := os.WriteFile(log, []byte("committed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(ctx, store.Options{Dir: dir, Migrate: true}); !errors.Is(err, store.ErrStrayLog) {
		t.Errorf("a database was made: %v", errors.Join(err, s.Close()))
	}
	if text, err := os.ReadFile(log); err != nil || string(text) != "committed" {
		t.Errorf("the log is %q: %v", text, err)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the folder holds %v", got)
	}
}

// TestRestoreOfACopy takes a copy of the database as another program leaves it: it is examined as a backup
// is, everybody is signed out, and what Ocean delivered meanwhile is known to be missing. One that is not
// finished, is touched, or belongs to another key is refused.
func TestRestoreOfACopy(t *testing.T) {
	s, dir, _ := at(t)
	filled := storetest.Fill(t, s)
	if err := s.Beat(ctx); err != nil {
		t.Fatal(err)
	}
	held, err := s.AuditHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, store.FileName+"-wal")
	from := store.RestoreFrom{File: filepath.Join(dir, store.FileName), Dir: t.TempDir(), MasterKey: filepath.Join(dir, "master.key"), Copy: true, Now: storetest.NewClock().Now}
	if size, err := os.Stat(log); err != nil || size.Size() == 0 {
		t.Fatalf("there is no log: %v", err)
	}
	if _, err := store.Restore(ctx, storetest.Admin, from); err == nil || !strings.Contains(err.Error(), "no finished copy") {
		t.Errorf("beside its log: %v", err)
	}
	if err := s.Close(); err != nil { // which copies the log into it
		t.Fatal(err)
	}
	text, err := os.ReadFile(from.File)
	if err != nil {
		t.Fatal(err)
	}
	touched := filepath.Join(t.TempDir(), "touched")
	for _, at := range []int{8192, len(text) / 3, len(text) / 3 * 2} {
		bad := slices.Clone(text)
		for i := range 8192 {
			bad[at+i] ^= 0x55
		}
		if err := os.WriteFile(touched, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		other := from
		other.File = touched
		if _, err := store.Restore(ctx, storetest.Admin, other); err == nil {
			t.Errorf("touched at %d it is restored", at)
		}
	}
	backup := from
	backup.Copy = false
	if _, err := store.Restore(ctx, storetest.Admin, backup); err == nil || !strings.Contains(err.Error(), "no backup") {
		t.Errorf("taken for a backup: %v", err)
	}
	if _, err := store.Restore(ctx, storetest.Admin, from); err != nil {
		t.Fatal(err)
	}
	copyFile(t, from.MasterKey, filepath.Join(from.Dir, "master.key"))
	there := storetest.At(t, from.Dir, storetest.NewClock())
	if _, err := there.VerifyHeads(ctx, held); err != nil {
		t.Errorf("the audit log: %v", err)
	}
	if r, err := there.Referral(ctx, filled.Referral); err != nil || r.ID != filled.Referral {
		t.Errorf("the referral: %v", err)
	}
	if c, err := there.Connection(ctx); err != nil || c.Lost == nil || c.Lost.Reason != store.GapRestored {
		t.Errorf("what is missing: %+v %v", c.Lost, err)
	}
}
