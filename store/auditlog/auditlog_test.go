package auditlog

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
)

type testKey string

func (k testKey) MAC(parts ...[]byte) []byte {
	m := hmac.New(sha256.New, []byte(k))
	for _, p := range parts {
		m.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		m.Write(p)
	}
	return m.Sum(nil)
}

const key = testKey("k")

// chain returns a good log of n entries.
func chain(n int) []Entry {
	var log []Entry
	var prev []byte
	for i := range n {
		e := Entry{Seq: int64(i + 1), At: int64(1000 * i), Actor: "cli:root", ActorName: "a@example.org",
			Address: "127.0.0.1", Action: "user.added", Object: "x", Details: `{"n":1}`}
		e.MAC = Chain(key, prev, e)
		prev = e.MAC
		log = append(log, e)
	}
	return log
}

func verify(log []Entry, headSeq int64, headMAC, headSeal []byte, head string) error {
	var heads []Head
	if head != "" {
		h, err := ParseHead(head)
		if err != nil {
			return err
		}
		heads = append(heads, h)
	}
	v := NewVerifier(key, heads...)
	for _, e := range log {
		if err := v.Next(e); err != nil {
			return err
		}
	}
	return v.Finish(headSeq, headMAC, headSeal)
}

func TestEveryTouchIsFound(t *testing.T) {
	good := chain(8)
	end := good[7]
	seal := SealHead(key, end.Seq, end.MAC)
	if err := verify(good, end.Seq, end.MAC, seal, ""); err != nil {
		t.Fatalf("an untouched log: %v", err)
	}
	edit := func(i int, change func(*Entry)) []Entry {
		log := slices.Clone(good)
		change(&log[i])
		return log
	}
	swapped := slices.Clone(good)
	swapped[2], swapped[3] = swapped[3], swapped[2]
	swapped[2].Seq, swapped[3].Seq = 3, 4
	forged := Entry{Seq: 9, Actor: "cli:root", Action: "user.added"}
	forged.MAC = Chain(testKey("guess"), end.MAC, forged)
	for _, c := range []struct {
		name string
		log  []Entry
		bad  int64
	}{
		{"time", edit(3, func(e *Entry) { e.At++ }), 4},
		{"actor", edit(0, func(e *Entry) { e.Actor = "cli:eve" }), 1},
		{"actor's name", edit(7, func(e *Entry) { e.ActorName = "" }), 8},
		{"address", edit(4, func(e *Entry) { e.Address = "10.0.0.1" }), 5},
		{"action", edit(4, func(e *Entry) { e.Action = "user.removed" }), 5},
		{"object", edit(4, func(e *Entry) { e.Object = "y" }), 5},
		{"details", edit(4, func(e *Entry) { e.Details = "" }), 5},
		{"field boundary", edit(4, func(e *Entry) { e.Action, e.Object = "user.addedx", "" }), 5},
		{"mac", edit(4, func(e *Entry) { e.MAC = bytes.Repeat([]byte{1}, MACSize) }), 5},
		{"number", edit(4, func(e *Entry) { e.Seq = 50 }), 5},
		{"negative number", edit(0, func(e *Entry) { e.Seq = -1 }), -1},
		{"swapped", swapped, 3},
		{"one removed", slices.Delete(slices.Clone(good), 3, 4), 4},
		{"first removed", good[1:], 1},
		{"last removed", good[:7], 8},
		{"all removed", nil, 1},
		{"one inserted", slices.Insert(slices.Clone(good), 4, good[3]), 4},
		{"one added", append(slices.Clone(good), forged), 9},
	} {
		var fault *Fault
		if err := verify(c.log, end.Seq, end.MAC, seal, ""); !errors.As(err, &fault) || fault.Seq != c.bad {
			t.Errorf("%s: %v, want the fault at %d", c.name, err, c.bad)
		}
	}
}

func TestHead(t *testing.T) {
	log := chain(5)
	end := log[4]
	seal := SealHead(key, end.Seq, end.MAC)
	var fault *Fault
	if err := verify(log, 4, log[3].MAC, seal, ""); !errors.As(err, &fault) {
		t.Errorf("a changed head record: %v", err)
	}
	short, shortSeal := log[:4], SealHead(key, 4, log[3].MAC)
	if err := verify(short, 4, log[3].MAC, shortSeal, ""); err != nil {
		t.Errorf("an older whole log: %v", err)
	}
	if err := verify(short, 4, log[3].MAC, shortSeal, hex.EncodeToString(end.MAC)); !errors.Is(err, ErrHead) {
		t.Errorf("an older log against a head kept outside: %v", err)
	}
	if err := verify(log, 5, end.MAC, seal, " "+hex.EncodeToString(log[2].MAC)+"\n"); err != nil {
		t.Errorf("a head from the middle: %v", err)
	}
	for _, bad := range []string{"xyz", "00"} {
		if err := verify(log, 5, end.MAC, seal, bad); err == nil {
			t.Errorf("head %q was taken", bad)
		}
	}
	if err := verify(nil, 0, nil, SealHead(key, 0, nil), ""); err != nil {
		t.Errorf("an empty log: %v", err)
	}
}

// FuzzChain looks for two different entries with one MAC.
func FuzzChain(f *testing.F) {
	f.Add("a", "b", "c", int64(1))
	f.Fuzz(func(t *testing.T, a, b, c string, n int64) {
		one := Entry{Seq: n, Actor: a, ActorName: b, Details: c}
		two := Entry{Seq: n, Actor: a + b, ActorName: "", Details: c}
		if b != "" && bytes.Equal(Chain(key, nil, one), Chain(key, nil, two)) {
			t.Error("two entries, one MAC")
		}
		v := NewVerifier(key)
		if err := v.Next(one); err == nil {
			t.Error("an entry without a MAC was taken")
		}
	})
}
