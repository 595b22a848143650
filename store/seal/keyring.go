// Package seal keeps what must not be read from a stolen disk: patients' data and secrets.
//
// A master key, kept outside the database, wraps random keys that are kept inside, one or more
// for each [Purpose]. Values are sealed with XChaCha20-Poly1305 (24 random bytes of nonce, so
// that nothing has to be counted) under the newest seal key; the place of the value (table,
// column, row) is authenticated with it, so a value that was moved elsewhere does not open.
// Search goes through keyed blind indexes: see [Keyring.Term] and [Keyring.Fingerprint].
//
// Seal keys are rotated: a new one is added, everything is sealed anew under it ([Keyring.Reseal]),
// and the one before is removed. The others stay, each for a reason that [Purpose] gives.
//
// A sealed value is: 1 byte of form, 4 bytes of key id, 24 bytes of nonce, ciphertext and tag.
package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"maps"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/chacha20poly1305"
)

// Place is where a sealed value belongs. Row is the row's own id, made before the insert.
type Place struct{ Table, Column, Row string }

func (p Place) append(b []byte) []byte {
	for _, s := range [...]string{p.Table, p.Column, p.Row} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// ErrSealed says that a value does not open: it was changed, moved from its place, or sealed with
// a key that is not here.
var ErrSealed = errors.New("sealed value does not open in this place")

// Forms of a sealed value, its first byte.
const (
	formPlain byte = 1 // the value as it is
	formZstd  byte = 2 // the value compressed with zstd
	formS2    byte = 3 // the value compressed with S2

	headerSize = 1 + 4
	nonceSize  = chacha20poly1305.NonceSizeX
	tagSize    = chacha20poly1305.Overhead
	// maxOpened bounds what a compressed value may grow to; the largest body kept is 25 MB.
	maxOpened = 64 << 20
)

// PrefixSize is how many bytes of a sealed value tell it from every other: form, key id and nonce.
const PrefixSize = headerSize + nonceSize

// KeyOf is the id of the key that a value, or its beginning, says it is sealed under; 0 for what is
// no sealed value.
func KeyOf(sealed []byte) uint32 {
	if len(sealed) < headerSize {
		return 0
	}
	return binary.BigEndian.Uint32(sealed[1:headerSize])
}

// Keyring seals and opens values. It is safe for concurrent use.
type Keyring struct {
	keys     atomic.Pointer[keySet]
	learning sync.Mutex // held while the set is replaced
	asking   sync.Mutex
	newKeys  func() ([]Key, error) // see AskFor
	compression
}

// keySet is what a ring knows at one time. It is never changed.
type keySet struct {
	sealers map[uint32]cipher.AEAD
	current uint32 // seals what is new
	entries uint32 // seals what audit entries hold; 0 where there is none yet
	index   Key
	audit   Key
}

// NewKeyring makes a ring of the keys; the seal key with the highest id seals what is new. It
// fails where a purpose has no key; of that for entries there may be none yet.
func NewKeyring(keys []Key) (*Keyring, error) {
	var r Keyring
	if err := errors.Join(r.compression.start(), r.Learn(keys)); err != nil {
		return nil, err
	}
	return &r, nil
}

// Learn takes the keys that there are now, and never seals with an older one again, whoever learns
// last. Those that it knew stay for opening until the program ends, since somebody may be reading
// what was sealed under them.
func (r *Keyring) Learn(keys []Key) error {
	r.learning.Lock()
	defer r.learning.Unlock()
	set := &keySet{sealers: map[uint32]cipher.AEAD{}}
	if known := r.keys.Load(); known != nil {
		*set = *known
		set.sealers = maps.Clone(known.sealers)
	}
	for _, k := range keys {
		switch k.Purpose {
		case ForSealing, ForEntries:
			aead, err := chacha20poly1305.NewX(k.secret[:])
			if err != nil {
				return err
			}
			set.sealers[k.ID] = aead
			if k.Purpose == ForSealing {
				set.current = max(set.current, k.ID)
			} else {
				set.entries = max(set.entries, k.ID)
			}
		case ForIndexes:
			set.index = k.often()
		case ForAudit:
			set.audit = k.often()
		}
	}
	if set.current == 0 || set.index.ID == 0 || set.audit.ID == 0 {
		return errors.New("the database lacks a key for sealing, indexes or audit")
	}
	r.keys.Store(set)
	return nil
}

// AskFor has the ring ask for the keys that there are now when it meets a value sealed under one that
// it does not know: another process may have made it. It must be called before the ring is used.
func (r *Keyring) AskFor(newKeys func() ([]Key, error)) { r.newKeys = newKeys }

// now is what the ring knows; a ring without keys knows nothing, and opens nothing.
func (r *Keyring) now() *keySet {
	if set := r.keys.Load(); set != nil {
		return set
	}
	return &keySet{}
}

// sealer is the key with that id, or nil.
func (r *Keyring) sealer(id uint32) cipher.AEAD {
	if aead := r.now().sealers[id]; aead != nil || r.newKeys == nil {
		return aead
	}
	r.asking.Lock()
	defer r.asking.Unlock()
	if aead := r.now().sealers[id]; aead != nil {
		return aead // somebody else has asked
	}
	if keys, err := r.newKeys(); err == nil {
		_ = r.Learn(keys) // what is not learned does not open
	}
	return r.now().sealers[id]
}

// Current is the id of the key that seals what is new.
func (r *Keyring) Current() uint32 { return r.now().current }

// HasEntries reports whether there is a key for what audit entries hold.
func (r *Keyring) HasEntries() bool { return r.now().entries != 0 }

// Seal seals a value for its place under the newest seal key.
func (r *Keyring) Seal(at Place, value []byte) []byte {
	set := r.now()
	return r.seal(set, set.current, at, value)
}

// SealEntry seals what an audit entry holds. Entries never change, so its key is never rotated.
func (r *Keyring) SealEntry(at Place, value []byte) []byte {
	set := r.now()
	return r.seal(set, set.entries, at, value)
}

func (r *Keyring) seal(set *keySet, id uint32, at Place, value []byte) []byte {
	if len(value) < compressFrom {
		return sealForm(set.sealers[id], id, formPlain, at, value)
	}
	spare := r.spare.Get().(*[]byte)
	form, small := r.compress(value, (*spare)[:0])
	defer r.keep(spare, small)
	if len(small) >= len(value) {
		form, small = formPlain, value
	}
	return sealForm(set.sealers[id], id, form, at, small)
}

func sealForm(aead cipher.AEAD, id uint32, form byte, at Place, value []byte) []byte {
	out := make([]byte, PrefixSize, PrefixSize+len(value)+tagSize)
	out[0] = form
	binary.BigEndian.PutUint32(out[1:], id)
	nonce := out[headerSize:]
	rand.Read(nonce) // crypto/rand.Read never fails: it ends the program instead (Go 1.24)
	return aead.Seal(out, nonce, value, at.append(append(make([]byte, 0, 96), out[:headerSize]...)))
}

// Open opens a value sealed for that place. It returns [ErrSealed] where it does not open.
func (r *Keyring) Open(at Place, sealed []byte) ([]byte, error) {
	value, err := r.openForm(at, sealed)
	if err != nil {
		return nil, err
	}
	if sealed[0] != formPlain {
		value, err = r.decompress(sealed[0], value)
	}
	if err != nil {
		return nil, ErrSealed
	}
	return value, nil
}

// openForm opens a value and leaves it in its form.
func (r *Keyring) openForm(at Place, sealed []byte) ([]byte, error) {
	if len(sealed) < PrefixSize+tagSize {
		return nil, ErrSealed
	}
	aead := r.sealer(KeyOf(sealed))
	if aead == nil {
		return nil, ErrSealed
	}
	header, nonce, ct := sealed[:headerSize], sealed[headerSize:PrefixSize], sealed[PrefixSize:]
	value, err := aead.Open(nil, nonce, ct, at.append(append(make([]byte, 0, 96), header...)))
	if err != nil {
		return nil, ErrSealed
	}
	return value, nil
}

// Reseal seals a value anew under the newest seal key, in its form. It returns [ErrSealed] where the
// value does not open.
func (r *Keyring) Reseal(at Place, sealed []byte) ([]byte, error) {
	value, err := r.openForm(at, sealed)
	if err != nil {
		return nil, err
	}
	set := r.now()
	return sealForm(set.sealers[set.current], set.current, sealed[0], at, value), nil
}

// Fingerprint is a keyed, one-way image of a value, 16 bytes, to find an equal one by: whoever
// reads it learns which values are equal and nothing else. Kind separates kinds of values.
func (r *Keyring) Fingerprint(kind string, value []byte) []byte {
	return r.now().index.MAC([]byte(kind), value)[:16]
}

// Term is a [Keyring.Fingerprint] of 8 bytes, as SQLite's integer: small enough for search
// indexes with many millions of rows. Among ten million values the chance that any two share a
// term is below one in 300,000; then a search would show one row too many.
func (r *Keyring) Term(kind, value string) int64 {
	return int64(binary.BigEndian.Uint64(r.now().index.MAC([]byte(kind), []byte(value))))
}

// Audit returns the key of the audit chain.
func (r *Keyring) Audit() Key { return r.now().audit }
