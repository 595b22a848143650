// Package auditlog is the shape of the audit log: an entry, its canonical form, and the keyed
// hash chain that shows when somebody touched it.
//
// Each entry's MAC is HMAC-SHA256, under a key that only the running program can unwrap, of the
// MAC before it and of the entry's canonical form. So an entry cannot be changed, removed, added
// or moved without the key. The head (number and MAC of the newest entry) is kept apart under a
// MAC of its own, so that cutting off the tail shows too, unless somebody puts back an older copy
// of that record as well: against that, keep heads outside of the database (see [NewVerifier]).
package auditlog

import (
	"crypto/hmac"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// MACSize is the length in bytes of an entry's MAC.
const MACSize = 32

// Entry is one line of the log. All of it is covered by the MAC, byte for byte as it is stored.
type Entry struct {
	Seq       int64  // 1, 2, 3, ... without gaps
	At        int64  // Unix milliseconds
	Actor     string // "cli:<os user>", "user:<id>", "setup", "system"
	ActorName string // as the person was called then: e-mail address, or empty
	Address   string // network address the act came from, or empty
	Action    string // noun.verb, e.g. "ocean.settings_changed"
	Object    string // what it was done to: an id or a short name, or empty
	Details   string // JSON object, or empty; never a secret, never a patient's data
	MAC       []byte // chains the entry to the one before
}

// The labels carry the version of the canonical form: a later form has another label.
const (
	formLabel = "breakwater audit entry v1"
	headLabel = "breakwater audit head v1"
)

// MAC computes HMAC-SHA256 over length-prefixed parts; store/seal's Key has it.
type MAC interface{ MAC(parts ...[]byte) []byte }

// Chain returns the MAC of e, which follows an entry with the MAC prev (nil before the first).
func Chain(key MAC, prev []byte, e Entry) []byte {
	return key.MAC([]byte(formLabel), prev, num(e.Seq), num(e.At), []byte(e.Actor), []byte(e.ActorName),
		[]byte(e.Address), []byte(e.Action), []byte(e.Object), []byte(e.Details))
}

// SealHead returns the MAC that vouches for the newest entry's number and MAC.
func SealHead(key MAC, seq int64, mac []byte) []byte {
	return key.MAC([]byte(headLabel), num(seq), mac)
}

func num(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// Fault is what [Verifier] found: the first bad number and why.
type Fault struct {
	Seq    int64
	Reason string
}

// Error names the first bad entry.
func (f *Fault) Error() string {
	return fmt.Sprintf("the audit log was touched: first bad entry is %d: %s", f.Seq, f.Reason)
}

// ErrHead says that a head that was to be found is none of this log's.
var ErrHead = errors.New("the audit log does not contain the head that was given")

// Verifier checks a log entry by entry, in order of their numbers.
type Verifier struct {
	key   MAC
	prev  []byte
	next  int64
	bySeq map[int64][]byte // heads known from outside
	byMAC map[string]bool  // those of which only the MAC is known; true once found
	lost  error            // the first entry that is not what a head says
}

// NewVerifier starts a check. The heads were kept outside of the database, and must all be found in
// the log.
func NewVerifier(key MAC, heads ...Head) *Verifier {
	v := &Verifier{key: key, next: 1, bySeq: map[int64][]byte{}, byMAC: map[string]bool{}}
	for _, h := range heads {
		if h.Seq == 0 {
			v.byMAC[string(h.MAC)] = false
			continue
		}
		if known, twice := v.bySeq[h.Seq]; twice && !hmac.Equal(known, h.MAC) {
			v.lost = fmt.Errorf("%w: two of the heads say different things of entry %d", ErrHead, h.Seq)
		}
		v.bySeq[h.Seq] = h.MAC
	}
	return v
}

// Next checks one entry and returns a *[Fault] for the first that is wrong.
func (v *Verifier) Next(e Entry) error {
	if e.Seq != v.next {
		reason := fmt.Sprintf("it is missing; entry %d follows", e.Seq)
		if e.Seq < v.next {
			return &Fault{e.Seq, "its number is not one of the log's"}
		}
		return &Fault{v.next, reason}
	}
	mac := Chain(v.key, v.prev, e)
	if !hmac.Equal(mac, e.MAC) {
		return &Fault{e.Seq, "it does not follow from the entry before it"}
	}
	v.prev, v.next = mac, v.next+1
	v.compare(e.Seq, mac)
	return nil
}

// compare looks whether a good entry is what the heads say.
func (v *Verifier) compare(seq int64, mac []byte) {
	if want, known := v.bySeq[seq]; known {
		delete(v.bySeq, seq)
		if v.lost == nil && !hmac.Equal(want, mac) {
			v.lost = fmt.Errorf("%w: entry %d is not the one that was there then", ErrHead, seq)
		}
	}
	if _, known := v.byMAC[string(mac)]; known {
		v.byMAC[string(mac)] = true
	}
}

// missing says which of the heads did not occur, nil for none.
func (v *Verifier) missing() error {
	if v.lost != nil {
		return v.lost
	}
	if len(v.bySeq) > 0 { // what is left is beyond the end
		return fmt.Errorf("%w: first bad entry is %d: it is missing; the log once had %d", ErrHead, v.next, slices.Max(slices.Collect(maps.Keys(v.bySeq))))
	}
	for _, found := range v.byMAC {
		if !found {
			return ErrHead
		}
	}
	return nil
}

// Finish checks the end of the log: headSeq, headMAC and headSeal are what was kept apart for the
// newest entry. It returns a *[Fault] where the tail was cut off or added to, and [ErrHead], saying
// what is missing, where a head given to [NewVerifier] did not occur.
func (v *Verifier) Finish(headSeq int64, headMAC, headSeal []byte) error {
	last := v.next - 1
	switch {
	case !hmac.Equal(SealHead(v.key, headSeq, headMAC), headSeal):
		return &Fault{max(headSeq, last), "the record of the newest entry was changed"}
	case headSeq > last:
		return &Fault{last + 1, fmt.Sprintf("it is missing; the log should end with entry %d", headSeq)}
	case headSeq < last:
		return &Fault{headSeq + 1, "it was added behind the end of the log"}
	case !hmac.Equal(headMAC, v.prev):
		return &Fault{last, "it is not the entry that the log ended with"}
	}
	return v.missing()
}

// Count is the number of entries found good so far.
func (v *Verifier) Count() int64 { return v.next - 1 }

// Head is the hex of the last good entry's MAC, "" for an empty log.
func (v *Verifier) Head() string { return hex.EncodeToString(v.prev) }
