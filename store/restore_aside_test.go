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
		"an empty database": {store.FileName, store.FileName + "-wal", store.FileName + ".backup.lock"},
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
