package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
)

// TestBech32 writes the examples of BIP 173.
func TestBech32(t *testing.T) {
	for want, c := range map[string]struct{ prefix, data string }{
		"a12uel5l": {"a", ""},
		"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw":                {"abcdef", "00443214c74254b635cf84653a56d7c675be77df"},
		"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w": {"split", "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d"},
	} {
		data, err := hex.DecodeString(c.data)
		if err != nil {
			t.Fatal(err)
		}
		if got := bech32(c.prefix, data); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestIdentityComesFromTheMasterKeyAlone opens with the identity of the same master key read again,
// and with no other.
func TestIdentityComesFromTheMasterKeyAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	m, err := CreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	id, err := m.Identity()
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := age.Encrypt(&file, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "a database"); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	again, err := ReadMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	same, err := again.Identity()
	if err != nil || same.String() != id.String() {
		t.Errorf("the same key, another identity: %v", err)
	}
	if r, err := age.Decrypt(bytes.NewReader(file.Bytes()), same); err != nil {
		t.Error(err)
	} else if text, err := io.ReadAll(r); err != nil || string(text) != "a database" {
		t.Errorf("%q, %v", text, err)
	}
	stranger, _ := CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	other, err := stranger.Identity()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := age.Decrypt(bytes.NewReader(file.Bytes()), other); err == nil {
		t.Error("another master key opens it")
	}
	if m.backup == m.kek {
		t.Error("one key serves two uses")
	}
}

// TestReplacingTheMasterKeyLeavesOneInPlace goes through the steps of a replacement.
func TestReplacingTheMasterKeyLeavesOneInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	old, err := CreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(BesideMaster(path), []byte("broken off"), 0o600); err != nil {
		t.Fatal(err)
	}
	next, err := CreateBeside(path)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := ReadMaster(path); err != nil || m != old {
		t.Errorf("before the replacement: %v", err)
	}
	at := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	for range 2 { // also where the first try was broken off after its first step
		if err := os.Link(path, FormerMaster(path, at)); err != nil && !errors.Is(err, os.ErrExist) {
			t.Fatal(err)
		}
	}
	if err := ReplaceMaster(path, at); err != nil {
		t.Fatal(err)
	}
	if m, err := ReadMaster(path); err != nil || m != next {
		t.Errorf("after the replacement: %v", err)
	}
	if m, err := ReadMaster(FormerMaster(path, at)); err != nil || m != old {
		t.Errorf("the former one: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the new one is for others than the old one was: %v, %v", info.Mode(), err)
	}
}

func TestExposed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := CreateMaster(path); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: false, 0o644: true, 0o604: true, 0o602: true} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if got, err := Exposed(path); err != nil || got != want {
			t.Errorf("%o: %v, %v", mode, got, err)
		}
	}
	if _, err := Exposed(path + "x"); err == nil || strings.Contains(err.Error(), "panic") {
		t.Errorf("no file: %v", err)
	}
}

// TestAnOlderSetOfKeysIsNotLearnedAgain: whoever read the keys before a rotation and comes late does
// not turn the ring back.
func TestAnOlderSetOfKeysIsNotLearnedAgain(t *testing.T) {
	m, err := CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	var keys []Key
	for i, p := range []Purpose{ForSealing, ForIndexes, ForAudit, ForEntries, ForSealing} {
		k, _, err := m.NewKey(uint32(i+1), p)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	r, err := NewKeyring(keys[:4])
	if err != nil {
		t.Fatal(err)
	}
	at := Place{"t", "c", "r"}
	old, entry := r.Seal(at, []byte("old")), r.SealEntry(at, []byte("entry"))
	asked := 0
	r.AskFor(func() ([]Key, error) { asked++; return keys[1:], nil })
	future, err := NewKeyring(keys)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := r.Open(at, future.Seal(at, []byte("new"))); err != nil || string(v) != "new" || asked != 1 {
		t.Errorf("a value under an unknown key: %q, %v, asked %d times", v, err, asked)
	}
	if err := r.Learn(keys[:4]); err != nil {
		t.Fatal(err)
	}
	if KeyOf(r.Seal(at, nil)) != 5 || KeyOf(r.SealEntry(at, nil)) != 4 {
		t.Error("it seals with an older key again")
	}
	anew, err := r.Reseal(at, old)
	if err != nil || KeyOf(anew) != 5 || bytes.Equal(anew, old) {
		t.Errorf("sealed anew under %d: %v", KeyOf(anew), err)
	}
	for want, sealed := range map[string][]byte{"old": anew, "entry": entry} {
		if v, err := r.Open(at, sealed); err != nil || string(v) != want {
			t.Errorf("%s: %q, %v", want, v, err)
		}
	}
	if _, err := r.Reseal(Place{"t", "c", "other"}, old); !errors.Is(err, ErrSealed) {
		t.Errorf("sealed anew in another place: %v", err)
	}
	unknown := bytes.Clone(old)
	unknown[4] = 77
	if _, err := r.Open(at, unknown); !errors.Is(err, ErrSealed) {
		t.Errorf("a key that nobody has: %v", err)
	}
}
