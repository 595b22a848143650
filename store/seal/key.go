package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"sync"
)

// Purpose is what a key is for; keys of one purpose are never used for another.
type Purpose string

// The purposes of keys. Only seal keys are rotated. Index keys stay, since what was made with them is
// compared with what is made later: with another key no referral would be found, and no message be
// known to be here already, and what they are made of is not kept in the clear to make them anew. The
// audit key stays, since it vouches for every entry from the first on. Entries are never changed,
// so what they hold keeps its key too.
const (
	ForSealing Purpose = "seal"
	ForIndexes Purpose = "index"
	ForAudit   Purpose = "audit"
	ForEntries Purpose = "entries"
)

// Key is an unwrapped key. It has no way to be printed.
type Key struct {
	ID      uint32
	Purpose Purpose
	secret  [KeySize]byte
	macs    *sync.Pool // of HMACs that have taken in the secret, which is most of the work for a short text; nil for none
}

// For is the same key for another purpose: a seal key, once replaced, stays for the entries that it
// sealed.
func (k Key) For(p Purpose) Key { return Key{ID: k.ID, Purpose: p, secret: k.secret} }

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
