package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/seal"
	"breakwater/store/storetest"

	"filippo.io/age"
)

// TestATouchedBackupIsRefused cuts a backup off at every 4 KB and changes a byte in every 4 KB: none is
// restored, and nothing is left of the try.
func TestATouchedBackupIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b.age")
	_, dir, _, _ := backedUp(t, store.BackupTo{File: file})
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	there := t.TempDir()
	copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(there, "master.key"))
	touched := filepath.Join(t.TempDir(), "touched.age")
	refused := func(what string, text []byte) {
		t.Helper()
		if err := os.WriteFile(touched, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: touched, Dir: there}); err == nil {
			t.Fatalf("%s: it is restored", what)
		}
		if left := names(t, there); len(left) != 1 {
			t.Fatalf("%s: the folder holds %v", what, left)
		}
	}
	for at := 0; at < len(whole); at += 4096 {
		refused(fmt.Sprint("cut off at ", at), whole[:at])
		changed := bytes.Clone(whole)
		changed[min(at+at/4096%4096, len(whole)-1)] ^= 1
		refused(fmt.Sprint("changed at ", at), changed)
	}
	refused("a byte less", whole[:len(whole)-1])
	refused("a byte more", append(bytes.Clone(whole), 0))
	refused("twice", append(bytes.Clone(whole), whole...))
	if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: file, Dir: there}); err != nil {
		t.Errorf("untouched: %v", err)
	}
}

// TestWhoCanRestore goes through who has which key.
func TestWhoCanRestore(t *testing.T) {
	own, named := filepath.Join(t.TempDir(), "own.age"), filepath.Join(t.TempDir(), "named.age")
	s, dir, _, _ := backedUp(t, store.BackupTo{File: own})
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	later, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: named, Recipient: id.Recipient().String()}); err != nil {
		t.Fatal(err)
	}
	hybrid := filepath.Join(t.TempDir(), "hybrid.age")
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: hybrid, Recipient: later.Recipient().String()}); err != nil {
		t.Fatal(err)
	}
	identity := filepath.Join(t.TempDir(), "identity")
	if err := os.WriteFile(identity, []byte("# of the clinic\n"+id.String()+"\n"+later.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ours, strange := filepath.Join(dir, "master.key"), filepath.Join(t.TempDir(), "master.key")
	if _, err := seal.CreateMaster(strange); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, key, identity string
		want                error
	}{
		{own, ours, "", nil},
		{own, strange, "", store.ErrNoReader},
		{own, strange, identity, store.ErrNoReader},
		{own, filepath.Join(t.TempDir(), "none"), "", seal.ErrNoMaster},
		{named, ours, "", store.ErrNoReader},
		{named, ours, identity, nil},
		{named, strange, identity, seal.ErrWrongMaster},
		{named, filepath.Join(t.TempDir(), "none"), identity, seal.ErrNoMaster},
		{hybrid, ours, identity, nil},
		{hybrid, ours, "", store.ErrNoReader},
	} {
		_, err := store.TryRestore(ctx, store.RestoreFrom{File: c.file, MasterKey: c.key, Identity: c.identity, Dir: filepath.Join(t.TempDir(), "no folder")})
		if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
			t.Errorf("%s with %s and identity %q: %v, want %v", filepath.Base(c.file), c.key, c.identity, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "AGE-SECRET-KEY-1") {
			t.Error("an identity is shown")
		}
	}
	if _, err := s.Backup(ctx, storetest.Admin, store.BackupTo{File: own + "2", Recipient: "age1nobody"}); err == nil {
		t.Error("a recipient that is none was taken")
	}
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("AGE-SECRET-KEY-1BROKEN"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.TryRestore(ctx, store.RestoreFrom{File: named, MasterKey: ours, Identity: broken}); err == nil || strings.Contains(err.Error(), "BROKEN") {
		t.Errorf("an identity that is none: %v", err)
	}
}

// TestAFormerMasterKeyOpensItsBackups: a new one does not.
func TestAFormerMasterKeyOpensItsBackups(t *testing.T) {
	before, after := filepath.Join(t.TempDir(), "b.age"), filepath.Join(t.TempDir(), "a.age")
	s, dir, _, _ := backedUp(t, store.BackupTo{File: before})
	other := storetest.At(t, dir, storetest.NewClock()) // which does not hear of it
	former, err := s.NewMaster(ctx, storetest.Admin, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Backup(ctx, storetest.Admin, store.BackupTo{File: after}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, key string
		opens     bool
	}{{before, former, true}, {before, filepath.Join(dir, "master.key"), false}, {after, filepath.Join(dir, "master.key"), true}, {after, former, false}} {
		if _, err := store.TryRestore(ctx, store.RestoreFrom{File: c.file, MasterKey: c.key}); (err == nil) != c.opens {
			t.Errorf("%s with %s: %v", filepath.Base(c.file), c.key, err)
		}
	}
}

func TestRestoreOnlyIntoAnEmptyFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b.age")
	_, dir, _, _ := backedUp(t, store.BackupTo{File: file})
	for name, want := range map[string]error{"letter.txt": store.ErrFolderUsed, store.FileName: store.ErrFolderUsed, store.FileName + "-wal": store.ErrFolderUsed,
		store.FileName + ".schema-4": store.ErrFolderUsed, store.FileName + ".restoring": nil, "other.key": store.ErrFolderUsed} {
		there := t.TempDir()
		copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(there, "master.key"))
		if err := os.WriteFile(filepath.Join(there, name), []byte("something"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: file, Dir: there}); !errors.Is(err, want) || (want == nil) != (err == nil) {
			t.Errorf("with %s in it: %v", name, err)
		}
		if text, err := os.ReadFile(filepath.Join(there, name)); want != nil && (err != nil || string(text) != "something") {
			t.Errorf("%s was touched", name)
		}
	}
	there := t.TempDir()
	copyFile(t, filepath.Join(dir, "master.key"), filepath.Join(there, "master.key"))
	if err := os.Mkdir(filepath.Join(there, "backups"), 0o700); err != nil {
		t.Fatal(err)
	}
	copyFile(t, file, filepath.Join(there, "backups", "b.age"))
	if _, err := store.Restore(ctx, storetest.Admin, store.RestoreFrom{File: filepath.Join(there, "backups", "b.age"), Dir: there}); err != nil {
		t.Errorf("beside its own backups: %v", err)
	}
}
