package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"breakwater/store"
	"breakwater/store/seal"
	"breakwater/store/storetest"
)

func open(dir string, change ...func(*store.Options)) (*store.Store, error) {
	o := store.Options{Dir: dir, Now: storetest.NewClock().Now, Argon2: storetest.Cheap}
	for _, c := range change {
		c(&o)
	}
	return store.Open(ctx, o)
}

// listing is every file under dir with its mode and content.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var text strings.Builder
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, _ := d.Info()
		b, _ := os.ReadFile(path)
		text.WriteString(path + " " + info.Mode().String() + " " + string(b) + "\n")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestNewDataFolderIsClosedToOthersWhateverTheUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	parent := t.TempDir()
	wide := filepath.Join(parent, "was there")
	if err := os.Mkdir(wide, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(parent, "new", "deep"), wide} {
		s := storetest.At(t, dir, storetest.NewClock())
		storetest.AddUser(t, s, "ada@example.org")
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, f.Name())
			if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
				t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
			}
		}
		if want := []string{"breakwater.db", "breakwater.db-shm", "breakwater.db-wal", "master.key"}; !slices.Equal(names, want) {
			t.Errorf("the folder holds %q, want %q", names, want)
		}
	}
}

func TestNewDatabaseIsMadeAsDecided(t *testing.T) {
	_, dir, _ := at(t)
	db := raw(t, dir)
	for pragma, want := range map[string]string{"page_size": "4096", "auto_vacuum": "2", "journal_mode": "wal", "encoding": "UTF-8"} {
		if got := strs(t, db, `PRAGMA `+pragma); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %s", pragma, got, want)
		}
	}
	if loose := strs(t, db, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
		AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'`); len(loose) > 0 {
		t.Errorf("not STRICT: %q", loose)
	}
	if n := count(t, db, `SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 1`); n < 15 {
		t.Errorf("%d STRICT tables", n)
	}
	if got := strs(t, db, `SELECT purpose FROM keys ORDER BY id`); !slices.Equal(got, []string{"seal", "index", "audit", "entries"}) {
		t.Errorf("keys for %q", got)
	}
}

func TestDatabaseWithoutItsKeyIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "master.key")
	good, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	elsewhere := filepath.Join(t.TempDir(), "no such key")
	for _, path := range []string{"", elsewhere} {
		if _, err := open(dir, func(o *store.Options) { o.MasterKey, o.Migrate = path, true }); !errors.Is(err, store.ErrNoKey) {
			t.Errorf("without a key at %q: %v", path, err)
		}
	}
	if after := listing(t, dir); after != before {
		t.Error("something was made or changed")
	}
	if _, err := os.Stat(elsewhere); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a key was made")
	}
	for _, bad := range []string{"", "not base64!", "c2hvcnQ="} {
		if err := os.WriteFile(keyFile, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := open(dir); err == nil || errors.Is(err, store.ErrNoKey) {
			t.Errorf("a key file with %q: %v", bad, err)
		}
	}
	if err := os.Remove(keyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.CreateMaster(keyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := open(dir); !errors.Is(err, seal.ErrWrongMaster) {
		t.Errorf("another database's key: %v", err)
	}
	if err := os.WriteFile(keyFile, good, 0o600); err != nil {
		t.Fatal(err)
	}
	storetest.At(t, dir, storetest.NewClock())
}

func TestKeyWithoutADatabaseGetsOne(t *testing.T) {
	dir := t.TempDir()
	keyFile := filepath.Join(t.TempDir(), "credential")
	if _, err := seal.CreateMaster(keyFile); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(keyFile)
	if err := os.WriteFile(filepath.Join(dir, store.FileName+".new"), []byte("what a crash left"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // makes it, then opens it
		s, err := open(dir, func(o *store.Options) { o.MasterKey = keyFile })
		if err != nil {
			t.Fatal(err)
		}
		denied(t, s, 1)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if after, _ := os.ReadFile(keyFile); string(after) != string(before) {
		t.Error("the key was changed")
	}
	for _, name := range []string{"master.key", store.FileName + ".new"} {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is there: %v", name, err)
		}
	}
}

func TestOtherSchemasAreRefused(t *testing.T) {
	_, dir, _ := at(t)
	run(t, raw(t, dir), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	for _, migrate := range []bool{false, true} {
		if _, err := open(dir, func(o *store.Options) { o.Migrate = migrate }); !errors.Is(err, store.ErrSchema) {
			t.Errorf("a newer schema, migrating %v: %v", migrate, err)
		}
	}
}

func TestManyAtOnceMakeOneDatabase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var wg sync.WaitGroup
	stores := make([]*store.Store, 6)
	for i := range stores {
		wg.Go(func() {
			s, err := open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			stores[i] = s
			if err := s.RecordDenied(ctx, storetest.Admin, "/", store.EditUsers); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, s := range stores {
		if s == nil {
			continue
		}
		if v, err := s.VerifyAudit(ctx, ""); err != nil || v.Entries != int64(len(stores)) {
			t.Errorf("%+v, %v", v, err)
		}
	}
	for _, s := range stores {
		if s != nil && s.Close() != nil {
			t.Error("close")
		}
	}
}

func TestDataFolderMayHaveAnyName(t *testing.T) {
	parent := t.TempDir()
	t.Chdir(parent)
	for _, name := range []string{"a b", "100%", "%41", "what?", "a#b", "a&_pragma=query_only(1)", "é", "a+b=c;d", "it's \"so\"", "a:b", "file:x", "back\\slash"} {
		for _, dir := range []string{filepath.Join(parent, "absolute", name), name} {
			s, err := open(dir)
			if err != nil {
				t.Errorf("%q: %v", dir, err)
				continue
			}
			denied(t, s, 1)
			if _, err := os.Stat(filepath.Join(dir, store.FileName+"-wal")); err != nil {
				t.Errorf("%q: the database is not in its folder: %v", dir, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
