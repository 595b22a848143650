package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/store/seal"
)

// TestReadyNamesTheCheckThatFails breaks one thing after the other.
func TestReadyNamesTheCheckThatFails(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		breaks func(s *Store) error
		want   CheckName
	}{
		"nothing": {func(*Store) error { return nil }, ""},
		"no key":  {func(s *Store) error { return os.Remove(s.opts.MasterKey) }, CheckKey},
		"another key": {func(s *Store) error {
			return errors.Join(os.Remove(s.opts.MasterKey), second(seal.CreateMaster(s.opts.MasterKey)))
		}, CheckKey},
		"a key spoiled": {func(s *Store) error { return os.WriteFile(s.opts.MasterKey, []byte("oh"), 0o600) }, CheckKey},
		"a full disk":   {func(s *Store) error { s.opts.MinFree = 1 << 62; return nil }, CheckDisk},
		"a read-only disk": {func(s *Store) error {
			s.opts.Disk = func(string) (Disk, error) { return Disk{1 << 62, true}, nil }
			return nil
		}, CheckDisk},
		"a disk that is gone": {func(s *Store) error {
			s.opts.Disk = func(string) (Disk, error) { return Disk{}, errors.New("it is gone") }
			return nil
		}, CheckDisk},
		"the head's record": {behind(`UPDATE audit_head SET seal = zeroblob(32)`), CheckAudit},
		"the head's number": {behind(`UPDATE audit_head SET seq = seq - 1`), CheckAudit},
		"no head":           {behind(`DELETE FROM audit_head`), CheckAudit},
		"the newest entry":  {behind(`UPDATE audit_entries SET actor = 'nobody' WHERE seq = 2`), CheckAudit},
		"its end cut off":   {behind(`DELETE FROM audit_entries WHERE seq = 2`), CheckAudit},
		"the clock":         {behind(`UPDATE clock SET latest_at = latest_at + 3600000, doubt = 'back'`), CheckClock},
		"a later entry":     {behind(`UPDATE audit_entries SET at = at + 3600000 WHERE seq = 2`), CheckClock},
		"damage":            {func(s *Store) error { s.noteDamage(DamageUse); return nil }, CheckDatabase},
		"a fault":           {nil, CheckDatabase},
	} {
		s := opened(t)
		if err := errors.Join(s.RecordExport(ctx, SystemActor(), "csv", AuditFilter{}), s.RecordExport(ctx, SystemActor(), "csv", AuditFilter{}), s.NoteClock(ctx, ClockReading{Start: true})); err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(ctx); err != nil {
			t.Fatalf("%s, before: %v", name, err)
		}
		if name == "a fault" {
			_ = s.update(ctx, func(t *tx) error { return errors.Join(t.exec(`PRAGMA query_only = 1`), t.count("x", 1)) })
		} else if err := c.breaks(s); err != nil {
			t.Fatal(name, err)
		}
		err := s.Ready(ctx)
		var failed *CheckError
		switch {
		case c.want == "" && err == nil:
		case !errors.As(err, &failed) || failed.Check != c.want || !strings.HasPrefix(err.Error(), string(c.want)):
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		_ = s.Close()
	}
}

func second[T any](_ T, err error) error { return err }

// behind changes the database behind the store's back.
func behind(query string) func(*Store) error {
	return func(s *Store) error {
		db, err := openDB(filepath.Join(s.opts.Dir, FileName), "", 1)
		if err != nil {
			return err
		}
		_, err = db.Exec(`DROP TRIGGER audit_entries_no_update; DROP TRIGGER audit_entries_no_delete; ` + query)
		return errors.Join(err, db.Close())
	}
}

// TestLookingChangesNothing, whatever stands in the way.
func TestLookingChangesNothing(t *testing.T) {
	ctx := context.Background()
	good := filled(t, 20)
	for name, c := range map[string]struct {
		breaks func(o *Options) error
		want   error
	}{
		"all is well":      {func(*Options) error { return nil }, nil},
		"no folder":        {func(o *Options) error { o.Dir = filepath.Join(o.Dir, "none"); return nil }, ErrNoDatabase},
		"no database":      {func(o *Options) error { return os.Remove(filepath.Join(o.Dir, FileName)) }, ErrNoDatabase},
		"no key":           {func(o *Options) error { return os.Remove(o.MasterKey) }, ErrNoMaster},
		"no database file": {func(o *Options) error { return os.WriteFile(filepath.Join(o.Dir, FileName), nil, 0o600) }, ErrDamaged},
		"another key": {func(o *Options) error {
			return errors.Join(os.Remove(o.MasterKey), second(seal.CreateMaster(o.MasterKey)))
		}, ErrWrongMaster},
		"damaged": {func(o *Options) error { spoil(t, *o, pagesOf(0x0d)); return nil }, ErrDamaged},
		"a newer schema": {func(o *Options) error {
			db, err := openDB(filepath.Join(o.Dir, FileName), "", 1)
			if err == nil {
				_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
			}
			return errors.Join(err, db.Close())
		}, ErrNewer},
	} {
		opts := aCopy(t, good)
		opts.Damaged = false
		if err := c.breaks(&opts); err != nil {
			t.Fatal(err)
		}
		before := names(t, opts.Dir)
		s, err := Look(ctx, opts)
		if c.want != nil {
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		} else {
			if err := errors.Join(s.CheckWhole(ctx, true), s.CheckHead(ctx), s.CheckMaster(ctx), second(s.VerifyAudit(ctx, ""))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := s.update(ctx, func(*tx) error { return nil }); err == nil {
				t.Errorf("%s: it writes", name)
			}
			closeStore(t, s)
		}
		if after := names(t, opts.Dir); after != before {
			t.Errorf("%s: the folder was %s, and is %s", name, before, after)
		}
	}
}

// names are the files of a folder, but for those that SQLite makes to read.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		if name := e.Name(); !strings.HasSuffix(name, "-wal") && !strings.HasSuffix(name, "-shm") {
			list = append(list, name)
		}
	}
	return strings.Join(list, " ")
}

func TestOpenToOthers(t *testing.T) {
	opts := filled(t, 1)
	if list := OpenToOthers(opts); len(list) != 0 {
		t.Errorf("%v", list)
	}
	for _, path := range []string{opts.MasterKey, opts.Dir} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if list := OpenToOthers(opts); len(list) != 2 {
		t.Errorf("%v", list)
	}
}

func TestTryWriting(t *testing.T) {
	ctx := context.Background()
	opts := filled(t, 1)
	if err := TryWriting(ctx, opts.Dir); err != nil {
		t.Error(err)
	}
	s, err := Open(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if err := TryWriting(ctx, opts.Dir); err != nil {
		t.Errorf("beside an open store: %v", err)
	}
	if err := TryWriting(ctx, t.TempDir()); err == nil {
		t.Error("there is nothing to write to")
	}
}
