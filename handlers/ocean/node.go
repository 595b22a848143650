package ocean

import (
	"bytes"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// node is one value in a tree. The zero node stands for a value that is not there; every method
// works on it, so a path through a bundle needs no checks. A value of an unexpected type reads as
// absent and is remembered in the tree as odd, since something may have been passed over.
type node struct {
	t *tree
	i uint32
}

// root returns the whole value.
func (t *tree) root() node { return node{t, 0} }

func (n node) ok() bool { return n.t != nil }

func (n node) value() value {
	if n.t == nil {
		return value{}
	}
	return n.t.values[n.i]
}

func (n node) kind() kind { return n.value().kind }

// raw returns the value's text as it was written, inside the source.
func (n node) raw() []byte {
	v := n.value()
	if n.t == nil {
		return nil
	}
	return n.t.src[v.start:v.end]
}

// setOdd remembers that a value could not be read.
func (n node) setOdd() {
	if n.t != nil {
		n.t.odd = true
	}
}

// fields yields an object's members; nothing for any other value.
func (n node) fields() iter.Seq2[node, node] {
	return func(yield func(name, value node) bool) {
		if n.kind() != kindObject {
			return
		}
		end := n.value().next
		for i := n.i + 1; i < end; {
			v := node{n.t, i + 1}
			if !yield(node{n.t, i}, v) {
				return
			}
			i = v.value().next
		}
	}
}

// size returns how many members an object has.
func (n node) size() int {
	size := 0
	for range n.fields() {
		size++
	}
	return size
}

// get returns the member of that name, or the zero node.
func (n node) get(name string) node {
	if n.kind() != kindObject {
		return node{}
	}
	end := n.t.values[n.i].next
	for i := n.i + 1; i < end; i = n.t.values[i+1].next {
		if n.t.values[i].mayHave(len(name)) && (node{n.t, i}).is(name) {
			return node{n.t, i + 1}
		}
	}
	return node{}
}

// is reports whether a string node says s.
func (n node) is(s string) bool {
	v := &n.t.values[n.i]
	if v.escaped {
		return n.string() == s
	}
	return string(n.t.src[v.start+1:v.end-1]) == s
}

// mayHave reports whether a string can have a length in bytes; most names are told apart by that alone.
func (v *value) mayHave(length int) bool {
	return v.escaped || int(v.end-v.start) == length+len(`""`)
}

// elems yields an array's elements. Any other value that is there, except null, is yielded as if
// it were the only element: some senders leave the array out around a single one.
func (n node) elems() iter.Seq[node] {
	return func(yield func(node) bool) {
		switch n.kind() {
		case kindNone, kindNull:
			return
		case kindArray:
		default:
			yield(n)
			return
		}
		end := n.value().next
		for i := n.i + 1; i < end; {
			e := node{n.t, i}
			if !yield(e) {
				return
			}
			i = e.value().next
		}
	}
}

// objects yields the objects among an array's elements.
func (n node) objects() iter.Seq[node] {
	return func(yield func(node) bool) {
		for e := range n.elems() {
			switch e.kind() {
			case kindObject:
				if !yield(e) {
					return
				}
			case kindNull:
			default:
				e.setOdd()
			}
		}
	}
}

// list yields the objects in the member of that name.
func (n node) list(name string) iter.Seq[node] { return n.get(name).objects() }

// obj returns the member of that name if it is an object, or the first object of an array.
func (n node) obj(name string) node {
	for e := range n.list(name) {
		return e
	}
	return node{}
}

// str returns the member of that name as text, without the spaces around it: a string, or a
// number or boolean as it was written. A FHIR primitive never is an object.
func (n node) str(name string) string {
	return strings.TrimSpace(n.text(name))
}

// text is str with the spaces kept, for what people wrote.
func (n node) text(name string) string {
	return n.get(name).string()
}

// strs returns the texts in the member of that name, without the empty ones.
func (n node) strs(name string) []string {
	var all []string
	for e := range n.get(name).elems() {
		if s := strings.TrimSpace(e.string()); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// string returns a scalar as text. Invalid UTF-8 and lone surrogates become U+FFFD. NUL, which
// no text needs and much software mishandles, is dropped.
func (n node) string() string {
	v := n.value()
	switch v.kind {
	case kindNone, kindNull:
		return ""
	case kindBool, kindNumber:
		return string(n.raw())
	case kindString:
	default:
		n.setOdd()
		return ""
	}
	if !v.escaped && n.t.text != "" {
		return n.t.text[v.start+1 : v.end-1]
	}
	if !v.escaped && n.t.valid {
		return string(n.t.src[v.start+1 : v.end-1])
	}
	return unquote(n)
}

// unquote is string for a string with escapes, or with invalid UTF-8. What lossless kept that no UTF-8
// is has to be replaced; with escapes alone, the usual case, there is none of it.
func unquote(n node) string {
	var room [256]byte
	text := lossless(room[:0], n)
	if !utf8.Valid(text) {
		text, _ = jsontext.AppendUnquote(room[:0], n.raw()) // its error only tells that bytes were replaced
	}
	if bytes.IndexByte(text, 0) >= 0 {
		text = bytes.ReplaceAll(text, []byte{0}, nil)
	}
	return n.t.keep(text)
}

// keep returns a copy of a text. Short ones are parts of a longer string, since a form may have one in
// each of its lines.
func (t *tree) keep(text []byte) string {
	if len(text) > longText {
		return string(text)
	}
	if t.unquoted.Cap()-t.unquoted.Len() < len(text) {
		t.unquoted = strings.Builder{}
		t.unquoted.Grow(4 * longText)
	}
	start := t.unquoted.Len()
	t.unquoted.Write(text)
	return t.unquoted.String()[start:]
}

// longText is from how many bytes on a text is kept by itself.
const longText = 512
