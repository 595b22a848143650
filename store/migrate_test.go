package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"breakwater/store/seal"
)

// older makes a data folder as the version with that schema left it.
func older(t *testing.T, schema int64) Options {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	opts := Options{Dir: dir, Argon2: cheap, Now: time.Now, MasterKey: filepath.Join(dir, "master.key")}
	master, err := seal.CreateMaster(opts.MasterKey)
	if err != nil {
		t.Fatal(err)
	}
	db, err := openDB(filepath.Join(dir, FileName), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := migrations(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, schema); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(makeKeys(ctx, db, opts, master), db.Close()); err != nil {
		t.Fatal(err)
	}
	return opts
}

func TestOlderDatabaseIsMigratedByServeAloneAfterASnapshot(t *testing.T) {
	ctx := context.Background()
	opts := older(t, 1)
	path := filepath.Join(opts.Dir, FileName)
	if _, err := Open(ctx, opts); !errors.Is(err, ErrSchema) {
		t.Errorf("a command opens an older database: %v", err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".schema-1.new", []byte("broken off"), 0o600); err != nil {
		t.Fatal(err)
	}
	opts.Migrate = true
	s, err := Open(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if n := number(t, s, `SELECT count(*) FROM attachments`); n != 0 {
		t.Errorf("%d attachments", n)
	}
	if len(before) == 0 {
		t.Fatal("there was nothing before")
	}
	info, err := os.Stat(path + ".schema-1")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the snapshot: %v, %v", info, err)
	}

	// The snapshot is a whole database of the older schema: put back, it is migrated again.
	back := Options{Dir: t.TempDir(), MasterKey: opts.MasterKey, Argon2: cheap, Now: opts.Now}
	text, err := os.ReadFile(path + ".schema-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(back.Dir, FileName), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, back); !errors.Is(err, ErrSchema) {
		t.Errorf("the snapshot has another schema: %v", err)
	}
	back.Migrate = true
	again, err := Open(ctx, back)
	if err != nil {
		t.Fatal(err)
	}
	closeStore(t, again)
}
