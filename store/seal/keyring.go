// Package seal keeps what must not be read from a stolen disk: patients' data and secrets.
//
// A master key, kept outside the database, wraps random keys that are kept inside, one or more
// for each [Purpose]. Values are sealed with XChaCha20-Poly1305 (24 random bytes of nonce, so
// that nothing has to be counted) under the newest seal key; the place of the value (table,
// column, row) is authenticated with it, so a value that was moved elsewhere does not open.
// Search goes through keyed blind indexes: see [Keyring.Term] and [Keyring.Fingerprint].
//
// A sealed value is: 1 byte of form, 4 bytes of key id, 24 bytes of nonce, ciphertext and tag.
package seal

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/crypto/chacha20poly1305"
)

// Purpose is what a key is for; keys of one purpose are never used for another.
type Purpose string

// The purposes of keys. Seal keys are rotated; index and audit keys stay, since what was made
// with them is compared with what is made later.
const (
	ForSealing Purpose = "seal"
	ForIndexes Purpose = "index"
	ForAudit   Purpose = "audit"
)

// Key is an unwrapped key. It has no way to be printed.
type Key struct {
	ID      uint32
	Purpose Purpose
	secret  [KeySize]byte
	macs    *sync.Pool // of HMACs that have taken in the secret, which is most of the work for a short text; nil for none
}

// String keeps the secret out of logs and error texts.
func (k Key) String() string { return fmt.Sprintf("key %d (%s)", k.ID, k.Purpose) }

// Format keeps the secret out of every verb of fmt.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) }

// MAC returns HMAC-SHA256 of the parts under the key, each with its length before it.
func (k Key) MAC(parts ...[]byte) []byte {
	var mac hash.Hash
	if k.macs == nil {
		mac = hmac.New(sha256.New, k.secret[:])
	} else {
		mac = k.macs.Get().(hash.Hash)
		defer k.macs.Put(mac)
		mac.Reset()
	}
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		mac.Write(n[:])
		mac.Write(p)
	}
	return mac.Sum(nil)
}

// often makes a key quicker that is used again and again.
func (k Key) often() Key {
	secret := k.secret
	k.macs = &sync.Pool{New: func() any { return hmac.New(sha256.New, secret[:]) }}
	return k
}

func (k Key) label() []byte { return fmt.Appendf(nil, "breakwater key %d %s", k.ID, k.Purpose) }

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

	headerSize = 1 + 4
	// compressFrom is the size in bytes from which compressing pays; below it zstd's frame costs
	// more than it saves.
	compressFrom = 256
	// maxOpened bounds what a compressed value may grow to; the largest body kept is 25 MB.
	maxOpened = 64 << 20
	// maxSpare bounds the room that is kept for compressing, in bytes.
	maxSpare = 64 << 10
)

// Keyring seals and opens values. It is safe for concurrent use.
type Keyring struct {
	sealers map[uint32]cipher.AEAD
	current uint32
	index   Key
	audit   Key
	enc     *zstd.Encoder
	dec     *zstd.Decoder
	spare   sync.Pool // of *[]byte, to compress into
}

// NewKeyring makes a ring of the keys; the seal key with the highest id seals what is new. It
// fails where a purpose has no key.
func NewKeyring(keys []Key) (*Keyring, error) {
	r := &Keyring{sealers: map[uint32]cipher.AEAD{}, spare: sync.Pool{New: func() any { return new([]byte) }}}
	for _, k := range keys {
		switch k.Purpose {
		case ForSealing:
			aead, err := chacha20poly1305.NewX(k.secret[:])
			if err != nil {
				return nil, err
			}
			r.sealers[k.ID] = aead
			r.current = max(r.current, k.ID)
		case ForIndexes:
			r.index = k.often()
		case ForAudit:
			r.audit = k.often()
		}
	}
	if r.current == 0 || r.index.ID == 0 || r.audit.ID == 0 {
		return nil, errors.New("the database lacks a key for sealing, indexes or audit")
	}
	var err error
	r.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("start compressor: %w", err)
	}
	r.dec, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxOpened), zstd.WithDecoderConcurrency(0))
	if err != nil {
		return nil, fmt.Errorf("start decompressor: %w", err)
	}
	return r, nil
}

// Seal seals a value for its place under the newest seal key.
func (r *Keyring) Seal(at Place, value []byte) []byte {
	id, aead := r.current, r.sealers[r.current]
	form := formPlain
	if len(value) >= compressFrom {
		spare := r.spare.Get().(*[]byte)
		small := r.enc.EncodeAll(value, (*spare)[:0])
		defer r.keep(spare, small)
		if len(small) < len(value) {
			form, value = formZstd, small
		}
	}
	out := make([]byte, headerSize+chacha20poly1305.NonceSizeX, headerSize+chacha20poly1305.NonceSizeX+len(value)+aead.Overhead())
	out[0] = form
	binary.BigEndian.PutUint32(out[1:], id)
	nonce := out[headerSize:]
	rand.Read(nonce) // crypto/rand.Read never fails: it ends the program instead (Go 1.24)
	return aead.Seal(out, nonce, value, at.append(append(make([]byte, 0, 96), out[:headerSize]...)))
}

// keep leaves the room that a compressed value took to the next one, unless it was a large one's.
func (r *Keyring) keep(spare *[]byte, used []byte) {
	if cap(used) <= maxSpare {
		*spare = used
	}
	r.spare.Put(spare)
}

// Open opens a value sealed for that place. It returns [ErrSealed] where it does not open.
func (r *Keyring) Open(at Place, sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize+chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return nil, ErrSealed
	}
	header, rest := sealed[:headerSize], sealed[headerSize:]
	aead := r.sealers[binary.BigEndian.Uint32(header[1:])]
	if aead == nil {
		return nil, ErrSealed
	}
	nonce, ct := rest[:chacha20poly1305.NonceSizeX], rest[chacha20poly1305.NonceSizeX:]
	value, err := aead.Open(nil, nonce, ct, at.append(append(make([]byte, 0, 96), header...)))
	if err != nil {
		return nil, ErrSealed
	}
	switch header[0] {
	case formPlain:
		return value, nil
	case formZstd:
		value, err = r.dec.DecodeAll(value, nil)
		if err != nil {
			return nil, ErrSealed
		}
		return value, nil
	}
	return nil, ErrSealed // a form of a later version
}

// Fingerprint is a keyed, one-way image of a value, 16 bytes, to find an equal one by: whoever
// reads it learns which values are equal and nothing else. Kind separates kinds of values.
func (r *Keyring) Fingerprint(kind string, value []byte) []byte {
	return r.index.MAC([]byte(kind), value)[:16]
}

// Term is a [Keyring.Fingerprint] of 8 bytes, as SQLite's integer: small enough for search
// indexes with many millions of rows. Among ten million values the chance that any two share a
// term is below one in 300,000; then a search would show one row too many.
func (r *Keyring) Term(kind, value string) int64 {
	return int64(binary.BigEndian.Uint64(r.index.MAC([]byte(kind), []byte(value))))
}

// Audit returns the key of the audit chain.
func (r *Keyring) Audit() Key { return r.audit }
