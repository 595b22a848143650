package ocean

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"strconv"
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
	d := digester{hash: sha256.New(), buf: make([]byte, 0, 4096)}
	d.object(bundle, unstable)
	d.flush()
	return [sha256.Size]byte(d.hash.Sum(nil))
}

type digester struct {
	hash    hash.Hash
	buf     []byte   // small pieces on their way to hash
	plain   []byte   // of a text with escapes, while it is written
	members []member // of the objects being written, the innermost last
}

// omit names members that a digest leaves out: whole ones, or within them others.
type omit map[string]omit

// unstable is what Ocean writes afresh each time that it sends the same message.
var unstable = omit{"id": nil, "timestamp": nil, "meta": {"lastUpdated": nil}}

type member struct {
	name  []byte
	value node
}

// object writes an object, sorted by key, without what the omit names.
func (d *digester) object(n node, without omit) {
	base := len(d.members)
	for k, v := range n.fields() {
		d.members = append(d.members, member{lossless(nil, k), v})
	}
	slices.SortFunc(d.members[base:], func(a, b member) int { return bytes.Compare(a.name, b.name) })
	d.byte('{')
	for i, end := base, len(d.members); i < end; i++ {
		m := d.members[i]
		within, named := without[string(m.name)]
		if named && within == nil {
			continue
		}
		d.text('"', m.name)
		d.value(m.value, within)
	}
	d.byte('}')
	d.members = d.members[:base]
}

func (d *digester) value(n node, without omit) {
	switch n.kind() {
	case kindObject:
		d.object(n, without)
	case kindArray:
		d.byte('[')
		for e := range n.elems() {
			d.value(e, nil)
		}
		d.byte(']')
	case kindString:
		text := lossless(d.plain[:0], n)
		if n.value().escaped {
			d.plain = text
		}
		d.text('"', text)
	case kindNumber:
		d.text('0', n.raw())
	default:
		d.byte(n.raw()[0]) // n, t or f
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

// hex4 reads the four hexadecimal digits of a \u escape.
func hex4(s []byte) rune {
	r, _ := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(r)
}
