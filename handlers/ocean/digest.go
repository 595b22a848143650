package ocean

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// digest returns the SHA-256 that decides whether a delivery repeats an earlier one. Ocean may
// write the same message anew, with another Bundle.id, timestamp and meta.lastUpdated, other
// white space, order of keys or escaping; none of that counts, and everything else does.
//
// The canonical form hashed: a letter for the type; before the text of a string or number its
// length; objects sorted by key; an end mark after objects and arrays. No two contents share it.
func digest(bundle node) [sha256.Size]byte {
	d := spareDigesters.Get().(*digester)
	defer d.release()
	d.t = bundle.t
	d.object(bundle.i, unstable)
	d.flush()
	return [sha256.Size]byte(d.hash.Sum(d.buf)) // buf is empty and only lends its room
}

// digester walks a tree's list by index, since it visits every value of it. Its own lists hold no
// pointers, which the garbage collector would have to follow each time that one is moved.
type digester struct {
	t       *tree
	hash    hash.Hash
	buf     []byte   // small pieces on their way to hash
	plain   []byte   // of a text with escapes, while it is written
	names   []byte   // of the members whose names have escapes
	members []member // of the objects being written, the innermost last
}

// spareDigesters are digesters that have done their work. The room of one for an unusual message is
// not kept.
var spareDigesters = sync.Pool{New: func() any {
	return &digester{hash: sha256.New(), buf: make([]byte, 0, spareLength)}
}}

func (d *digester) release() {
	if cap(d.plain)+cap(d.names)+cap(d.members) > spareLength {
		d.plain, d.names, d.members = nil, nil, nil
	}
	d.t, d.buf, d.names, d.members = nil, d.buf[:0], d.names[:0], d.members[:0]
	d.hash.Reset()
	spareDigesters.Put(d)
}

// omit names members that a digest leaves out: whole ones, or within them others.
type omit map[string]omit

// unstable is what Ocean writes afresh each time that it sends the same message.
var unstable = omit{"id": nil, "timestamp": nil, "meta": {"lastUpdated": nil}}

// member is one of an object: where its name without escapes is, in the source or else in the
// digester's names, and the index of its value.
type member struct {
	start, end uint32
	inNames    bool
	value      uint32
}

// object writes the object at index i, sorted by key, without what the omit names.
func (d *digester) object(i uint32, without omit) {
	base, names := len(d.members), len(d.names)
	d.collect(i)
	slices.SortFunc(d.members[base:], func(a, b member) int { return bytes.Compare(d.name(a), d.name(b)) })
	d.byte('{')
	for i, end := base, len(d.members); i < end; i++ {
		m := d.members[i]
		name := d.name(m)
		within, named := without[string(name)]
		if named && within == nil {
			continue
		}
		d.text('"', name)
		d.value(m.value, within)
	}
	d.byte('}')
	d.members, d.names = d.members[:base], d.names[:names]
}

// collect appends the members of the object at index i.
func (d *digester) collect(i uint32) {
	end := d.t.values[i].next
	for i++; i < end; i = d.t.values[i+1].next {
		k := d.t.values[i]
		m := member{start: k.start + 1, end: k.end - 1, value: i + 1}
		if k.escaped {
			m.start = uint32(len(d.names))
			d.names = lossless(d.names, node{d.t, i})
			m.end, m.inNames = uint32(len(d.names)), true
		}
		d.members = append(d.members, m)
	}
}

func (d *digester) name(m member) []byte {
	if m.inNames {
		return d.names[m.start:m.end]
	}
	return d.t.src[m.start:m.end]
}

// value writes the value at index i.
func (d *digester) value(i uint32, without omit) {
	v := &d.t.values[i]
	switch v.kind {
	case kindObject:
		d.object(i, without)
	case kindArray:
		d.byte('[')
		for e := i + 1; e < v.next; e = d.t.values[e].next {
			d.value(e, nil)
		}
		d.byte(']')
	case kindString:
		if v.escaped {
			d.plain = lossless(d.plain[:0], node{d.t, i})
			d.text('"', d.plain)
		} else {
			d.text('"', d.t.src[v.start+1:v.end-1])
		}
	case kindNumber:
		d.text('0', d.t.src[v.start:v.end])
	default:
		d.byte(d.t.src[v.start]) // n, t or f
	}
}

func (d *digester) byte(b byte) {
	if len(d.buf) == cap(d.buf) {
		d.flush()
	}
	d.buf = append(d.buf, b)
}

func (d *digester) text(kind byte, text []byte) {
	if len(d.buf)+9+len(text) > cap(d.buf) {
		d.flush()
	}
	d.buf = append(d.buf, kind)
	d.buf = binary.BigEndian.AppendUint64(d.buf, uint64(len(text)))
	if len(d.buf)+len(text) > cap(d.buf) {
		d.flush()
		d.hash.Write(text)
		return
	}
	d.buf = append(d.buf, text...)
}

func (d *digester) flush() {
	d.hash.Write(d.buf)
	d.buf = d.buf[:0]
}

// lossless returns a string's bytes with the escapes resolved and nothing replaced: invalid UTF-8
// stays, and a lone surrogate is written as UTF-8 would if it might. Two strings that read alike
// because something in them was replaced by U+FFFD are still two contents. One with escapes is
// appended to out, any other lies in the source.
func lossless(out []byte, n node) []byte {
	raw := n.raw()
	raw = raw[1 : len(raw)-1]
	if !n.value().escaped {
		return raw
	}
	out = slices.Grow(out, len(raw))
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return append(out, raw...)
		}
		out = append(out, raw[:i]...)
		var size int
		out, size = unescape(out, raw[i:])
		raw = raw[i+size:]
	}
}

// unescape appends what the escape at the start of s stands for and returns its size. The decoder
// has already checked its syntax.
func unescape(out, s []byte) ([]byte, int) {
	switch s[1] {
	case 'b':
		return append(out, '\b'), 2
	case 'f':
		return append(out, '\f'), 2
	case 'n':
		return append(out, '\n'), 2
	case 'r':
		return append(out, '\r'), 2
	case 't':
		return append(out, '\t'), 2
	case 'u':
	default:
		return append(out, s[1]), 2
	}
	r := hex4(s)
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(out, r), 6
	}
	if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(s[6:])); pair != utf8.RuneError {
			return utf8.AppendRune(out, pair), 12
		}
	}
	return append(out, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f), 6
}

// hex4 reads the four hexadecimal digits of a \u escape, of whose letters, in either case, the lowest
// bits count from 1.
func hex4(s []byte) rune {
	var r rune
	for _, c := range s[2:6] {
		r = r<<4 | rune(c&0xf+9*(c>>6))
	}
	return r
}
