package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
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
	mac := hmac.New(sha256.New, k.secret[:])
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		mac.Write(n[:])
		mac.Write(p)
	}
	return mac.Sum(nil)
}

func (k Key) label() []byte { return fmt.Appendf(nil, "breakwater key %d %s", k.ID, k.Purpose) }
