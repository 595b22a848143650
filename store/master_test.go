package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/seal"
	"breakwater/store/storetest"
)

// reopen opens a data folder with a certain master key, as a new process does.
func reopen(t *testing.T, dir, key string) (*store.Store, error) {
	t.Helper()
	s, err := store.Open(ctx, store.Options{Dir: dir, MasterKey: key, Argon2: storetest.Cheap, Now: storetest.NewClock().Now})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

// TestANewMasterKey replaces it while another process has the database open.
func TestANewMasterKey(t *testing.T) {
	s, dir, clock := at(t)
	other := storetest.At(t, dir, clock)
	filled := storetest.Fill(t, s)
	before := everything(t, s, filled)
	path := filepath.Join(dir, "master.key")
	former, err := s.NewMaster(ctx, storetest.Admin, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*store.Store{"the same process": s, "another process": other, "a new process": storetest.At(t, dir, clock)} {
		same(t, name, before, everything(t, s, filled))
	}
	if _, err := reopen(t, dir, former); !errors.Is(err, seal.ErrWrongMaster) || !strings.Contains(err.Error(), former) {
		t.Errorf("with the former key: %v", err)
	}
	if info, err := os.Stat(former); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the former key: %v, %v", info, err)
	}
	// The other process still knows the former key alone, and rotates nevertheless.
	rotate(t, other)
	again, err := reopen(t, dir, path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "after a rotation", before, everything(t, again, filled))
	if _, err := again.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
}

// TestANewMasterKeyIsBrokenOff stops at each step, as a power cut does.
func TestANewMasterKeyIsBrokenOff(t *testing.T) {
	s, dir, _ := at(t)
	filled := storetest.Fill(t, s)
	before := everything(t, s, filled)
	path := filepath.Join(dir, "master.key")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The new key lies there, and nothing is wrapped under it.
	if _, err := seal.CreateBeside(path); err != nil {
		t.Fatal(err)
	}
	one, err := reopen(t, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "before the transaction", before, everything(t, one, filled))
	if now, _ := os.ReadFile(path); string(now) != string(old) {
		t.Error("a key that opens nothing was put into the place")
	}
	// Everything is wrapped under it, and it lies there still.
	if _, err := one.NewMaster(ctx, storetest.Admin, ""); err != nil {
		t.Fatal(err)
	}
	next, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Rename(path, seal.BesideMaster(path)), os.WriteFile(path, old, 0o600)); err != nil {
		t.Fatal(err)
	}
	two, err := reopen(t, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "after the transaction", before, everything(t, two, filled))
	if now, _ := os.ReadFile(path); string(now) != string(next) {
		t.Error("the key that opens the database was not put into its place")
	}
	if _, err := os.Stat(seal.BesideMaster(path)); err == nil {
		t.Error("it is still beside it")
	}
}

// TestANewMasterKeyElsewhere is for a key whose folder cannot be written, as a credential's.
func TestANewMasterKeyElsewhere(t *testing.T) {
	s, dir, _ := at(t)
	filled := storetest.Fill(t, s)
	before := everything(t, s, filled)
	there := filepath.Join(t.TempDir(), "next.key")
	if former, err := s.NewMaster(ctx, storetest.Admin, there); err != nil || former != "" {
		t.Fatalf("%q, %v", former, err)
	}
	if _, err := s.NewMaster(ctx, storetest.Admin, there); err == nil {
		t.Error("a key was written over")
	}
	if _, err := reopen(t, dir, ""); !errors.Is(err, seal.ErrWrongMaster) {
		t.Errorf("with the former key: %v", err)
	}
	again, err := reopen(t, dir, there)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "with the new key", before, everything(t, again, filled))
}
