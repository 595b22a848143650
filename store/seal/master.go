package seal

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// KeySize is the length in bytes of the master key and of every key it wraps.
const KeySize = 32

// ErrNoMaster says that there is no file at the master key's path.
var ErrNoMaster = errors.New("no master key file")

// ErrWrongMaster says that a wrapped key does not open under this master key: it is another
// database's key, or the wrapped key was changed.
var ErrWrongMaster = errors.New("the master key does not fit this database")

// Master is the key above all others. It lives in a file or credential outside the database, wraps
// the keys that are kept inside, and opens the backups (see [Master.Identity]).
type Master struct{ kek, backup [KeySize]byte }

// Format keeps the key out of every verb of fmt.
func (m Master) Format(f fmt.State, _ rune) { io.WriteString(f, "master key") }

// ReadMaster reads the master key from a file of 32 bytes in base64 (white space around them is
// ignored). It returns [ErrNoMaster] where there is no file.
func ReadMaster(path string) (Master, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Master{}, fmt.Errorf("%w at %s", ErrNoMaster, path)
	}
	if err != nil {
		return Master{}, fmt.Errorf("read master key: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(raw) != KeySize {
		return Master{}, fmt.Errorf("master key file %s does not hold 32 bytes in base64", path)
	}
	return newMaster(raw)
}

// CreateMaster makes a new random master key and writes it to path, readable by its owner alone,
// durably, and never over a file that is there.
func CreateMaster(path string) (Master, error) {
	raw := make([]byte, KeySize)
	if _, err := rand.Read(raw); err != nil {
		return Master{}, fmt.Errorf("make master key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Master{}, fmt.Errorf("write master key: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	err = errors.Join(err, f.Sync(), f.Close(), SyncDir(filepath.Dir(path)))
	if err != nil {
		return Master{}, fmt.Errorf("write master key: %w", err)
	}
	return newMaster(raw)
}

// SyncDir makes a new directory entry survive a power cut.
func SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// newMaster derives a key for each use, each with its own HKDF label, so that no two uses share one.
func newMaster(raw []byte) (m Master, err error) {
	for label, to := range map[string]*[KeySize]byte{"breakwater v1 key wrapping": &m.kek, "breakwater v1 backup identity": &m.backup} {
		key, err := hkdf.Key(sha256.New, raw, nil, label, KeySize)
		if err != nil {
			return Master{}, fmt.Errorf("derive from the master key: %w", err)
		}
		*to = [KeySize]byte(key)
	}
	return m, nil
}

// NewKey makes a random key with the given id and purpose, and its wrapped form to keep.
func (m Master) NewKey(id uint32, purpose Purpose) (Key, []byte, error) {
	k := Key{ID: id, Purpose: purpose}
	if _, err := rand.Read(k.secret[:]); err != nil {
		return Key{}, nil, fmt.Errorf("make key: %w", err)
	}
	wrapped, err := m.Wrap(k)
	return k, wrapped, err
}

// Wrap returns a key's form to keep, under this master key.
func (m Master) Wrap(k Key) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(m.kek[:])
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+KeySize+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("make nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, k.secret[:], k.label()), nil
}

// Unwrap opens a wrapped key. It returns [ErrWrongMaster] where the key does not open, also for a
// wrapped key that was moved to another id or purpose.
func (m Master) Unwrap(id uint32, purpose Purpose, wrapped []byte) (Key, error) {
	aead, err := chacha20poly1305.NewX(m.kek[:])
	if err != nil {
		return Key{}, err
	}
	if len(wrapped) < aead.NonceSize() {
		return Key{}, ErrWrongMaster
	}
	k := Key{ID: id, Purpose: purpose}
	nonce, ct := wrapped[:aead.NonceSize()], wrapped[aead.NonceSize():]
	secret, err := aead.Open(nil, nonce, ct, k.label())
	if err != nil || len(secret) != KeySize {
		return Key{}, ErrWrongMaster
	}
	k.secret = [KeySize]byte(secret)
	return k, nil
}
