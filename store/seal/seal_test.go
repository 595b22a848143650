package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newRing(t testing.TB) *Keyring {
	t.Helper()
	m, err := CreateMaster(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	var keys []Key
	for i, p := range []Purpose{ForSealing, ForIndexes, ForAudit, ForSealing} {
		k, _, err := m.NewKey(uint32(i+1), p)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	r, err := NewKeyring(keys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSealOpens(t *testing.T) {
	r := newRing(t)
	at := Place{"messages", "raw", "row-1"}
	random := make([]byte, 5000)
	rand.Read(random)
	for _, value := range [][]byte{nil, []byte("x"), bytes.Repeat([]byte("Tremblay "), 4000), random} {
		sealed := r.Seal(at, value)
		if len(value) > 8 && bytes.Contains(sealed, value[:8]) {
			t.Error("the sealed value shows the value")
		}
		if got, err := r.Open(at, sealed); err != nil || !bytes.Equal(got, value) {
			t.Errorf("Open of %d bytes: %d bytes, %v", len(value), len(got), err)
		}
	}
	if n := len(r.Seal(at, bytes.Repeat([]byte("Tremblay "), 4000))); n > 1000 {
		t.Errorf("36,000 repetitive bytes were sealed into %d", n)
	}
	if bytes.Equal(r.Seal(at, []byte("same")), r.Seal(at, []byte("same"))) {
		t.Error("the same value sealed twice looks the same")
	}
}

func TestSealedValueIsBoundToItsPlace(t *testing.T) {
	r := newRing(t)
	at := Place{"users", "note", "1"}
	sealed := r.Seal(at, []byte("value"))
	for _, other := range []Place{{"users", "note", "2"}, {"users", "not", "e1"}, {"user", "snote", "1"}, {"roles", "note", "1"}, {}} {
		if _, err := r.Open(other, sealed); !errors.Is(err, ErrSealed) {
			t.Errorf("opened at %v: %v", other, err)
		}
	}
	if _, err := newRing(t).Open(at, sealed); !errors.Is(err, ErrSealed) {
		t.Errorf("opened with another ring: %v", err)
	}
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := r.Open(at, changed); !errors.Is(err, ErrSealed) {
			t.Errorf("opened with byte %d changed: %v", i, err)
		}
	}
}

func TestMasterKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "master.key")
	if _, err := ReadMaster(path); !errors.Is(err, ErrNoMaster) {
		t.Errorf("no file: %v", err)
	}
	m, err := CreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if _, err := CreateMaster(path); err == nil {
		t.Error("a second master key was written over the first")
	}
	again, err := ReadMaster(path)
	if err != nil || again != m {
		t.Errorf("read back: %v", err)
	}
	for _, bad := range []string{"", "short", strings.Repeat("A", 43), strings.Repeat("A", 88)} {
		os.WriteFile(path, []byte(bad), 0o600)
		if _, err := ReadMaster(path); err == nil || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestWrappedKeyFitsOneMasterIDAndPurpose(t *testing.T) {
	dir := t.TempDir()
	m, _ := CreateMaster(filepath.Join(dir, "a"))
	other, _ := CreateMaster(filepath.Join(dir, "b"))
	k, wrapped, err := m.NewKey(7, ForAudit)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Unwrap(7, ForAudit, wrapped); err != nil || got != k {
		t.Errorf("Unwrap: %v", err)
	}
	for name, err := range map[string]error{
		"other master":  second(other.Unwrap(7, ForAudit, wrapped)),
		"other id":      second(m.Unwrap(8, ForAudit, wrapped)),
		"other purpose": second(m.Unwrap(7, ForSealing, wrapped)),
		"cut short":     second(m.Unwrap(7, ForAudit, wrapped[:10])),
	} {
		if !errors.Is(err, ErrWrongMaster) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s := fmt.Sprintf("%v %+v %#v %d %x", k, k, k, k, m); strings.Contains(s, "secret") || len(s) > 120 {
		t.Errorf("a key prints as %s", s)
	}
}

func second(_ Key, err error) error { return err }

func TestBlindIndexSeparatesKindsAndKeys(t *testing.T) {
	r, other := newRing(t), newRing(t)
	term := r.Term("name", "tre")
	if r.Term("name", "tre") != term || r.Term("dob", "tre") == term || r.Term("name", "trem") == term || other.Term("name", "tre") == term {
		t.Error("terms do not follow value, kind and key")
	}
	if !bytes.Equal(r.Fingerprint("ref", []byte("a")), r.Fingerprint("ref", []byte("a"))) ||
		bytes.Equal(r.Fingerprint("ref", []byte("a")), r.Fingerprint("refa", nil)) {
		t.Error("fingerprints do not follow value and kind")
	}
}

func FuzzOpen(f *testing.F) {
	r := newRing(f)
	at := Place{"t", "c", "r"}
	f.Add(r.Seal(at, bytes.Repeat([]byte("a"), 1000)))
	f.Add([]byte{2, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if v, err := r.Open(at, sealed); err != nil && (v != nil || !errors.Is(err, ErrSealed)) {
			t.Errorf("%q, %v", v, err)
		}
		value := sealed
		if got, err := r.Open(at, r.Seal(at, value)); err != nil || !bytes.Equal(got, value) {
			t.Errorf("round trip of %q: %v", value, err)
		}
	})
}
