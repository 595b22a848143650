package ocean

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// maxDepth is how deep objects and arrays may nest. A bundle seen in Ocean's traffic nests 9
	// deep; in a questionnaire every level of sections adds two.
	maxDepth = 64
	// maxValues bounds the memory that a hostile body can claim, to about 40 MB of tree, names and
	// values counted alike. A bundle seen in Ocean's traffic has one for every 15 bytes without white
	// space; 25 MB like that, the largest body accepted, have 1.7 million.
	maxValues = 2_000_000
	// maxMembers bounds what is remembered of one object's names, to find one that comes twice. FHIR's
	// resources have some dozens.
	maxMembers = 50_000
)

// kind is the type of a JSON value; the zero kind is that of a value that is not there.
type kind uint8

const (
	kindNone kind = iota
	kindNull
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

// tree is a JSON value as a flat list: every value stands directly before what it contains, and
// an object's members alternate between name and value. Values point into the source rather than
// copy it, so 3 MB of inline base64 costs 16 bytes.
type tree struct {
	src    []byte
	text   string // src once more, for texts to be parts of; "" where it is too long or not valid UTF-8
	values []value
	valid  bool // src is valid UTF-8
	odd    bool // an accessor met a value of a type that it could not read
}

// value is one JSON value: src[start:end] is its text, quotes included; next is the index of the
// value after it and all that it contains.
type value struct {
	start, end uint32
	next       uint32
	kind       kind
	escaped    bool // a string with at least one backslash
}

// maxTextCopy is up to how many bytes a body is copied once for all of its texts, rather than each text by
// itself: most of a longer one is a document, of which no text is made.
const maxTextCopy = 64 << 10

// spareValues are the lists of trees that nobody reads any more. One of the usual message has room for
// 80 KB; those of larger messages are not kept.
var spareValues = sync.Pool{New: func() any { list := make([]value, 0, spareLength); return &list }}

const spareLength = 4096

// release gives the tree's list to the next one. No node of it may be used any more.
func (t *tree) release() {
	if list := t.values[:0]; cap(list) == spareLength {
		spareValues.Put(&list)
	}
	t.values = nil
}

// listFor is an empty list with room for all of the body's values: growing it little by little would
// leave several times its size behind. What separates values is counted also where it is text.
func listFor(src []byte) []value {
	n := 2
	for _, sign := range []string{",", ":", "[", "{"} {
		n += bytes.Count(src, []byte(sign))
	}
	if n <= spareLength {
		return *spareValues.Get().(*[]value)
	}
	return make([]value, 0, min(n, maxValues+1))
}

// parseTree reads a body in one pass. Its errors are [ErrNotJSON]. Invalid UTF-8 is let through
// and replaced when a string is read: an accented name badly encoded must not cost a referral.
func parseTree(src []byte) (*tree, error) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if len(src) > 1<<31 {
		return nil, fmt.Errorf("%w: longer than 2 GB", ErrNotJSON)
	}
	t := &tree{src: src, values: listFor(src), valid: utf8.Valid(src)}
	if t.valid && len(src) <= maxTextCopy {
		t.text = string(src)
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(src), // read in place, never written to
		jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(false))
	if err := t.read(dec); err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: more data after the value, near byte %d", ErrNotJSON, dec.InputOffset())
	}
	return t, nil
}

// read appends one value and all that it contains.
func (t *tree) read(dec *jsontext.Decoder) error {
	var open [maxDepth]uint32 // indices of the containers being read
	var names [maxDepth]int   // and how many values stand directly in each so far
	depth := 0
	for {
		switch dec.PeekKind() {
		case '{', '[':
			if _, err := dec.ReadToken(); err != nil {
				return syntaxError(err, dec)
			}
			if depth == maxDepth {
				return fmt.Errorf("%w: nesting past %d levels, near byte %d", ErrNotJSON, maxDepth, dec.InputOffset())
			}
			if depth > 0 {
				names[depth-1]++
			}
			open[depth], names[depth] = uint32(len(t.values)), 0
			depth++
			t.open(dec.InputOffset())
		case '}', ']':
			if _, err := dec.ReadToken(); err != nil {
				return syntaxError(err, dec)
			}
			depth--
			t.close(open[depth], dec.InputOffset())
		default:
			raw, err := dec.ReadValue() // a scalar or a member's name, or the error that Peek met
			if err != nil {
				return syntaxError(err, dec)
			}
			t.scalar(raw, dec.InputOffset())
			if depth > 0 {
				names[depth-1]++
			}
		}
		if depth > 0 && names[depth-1] > 2*maxMembers && t.values[open[depth-1]].kind == kindObject {
			return fmt.Errorf("%w: more than %d members in one object", ErrNotJSON, maxMembers)
		}
		if len(t.values) > maxValues {
			return fmt.Errorf("%w: more than %d values", ErrNotJSON, maxValues)
		}
		if depth == 0 {
			return nil
		}
	}
}

// open appends the container whose first byte ends at offset end.
func (t *tree) open(end int64) {
	k := kindArray
	if t.src[end-1] == '{' {
		k = kindObject
	}
	t.values = append(t.values, value{start: uint32(end - 1), kind: k})
}

// close completes the container at index i.
func (t *tree) close(i uint32, end int64) {
	t.values[i].end = uint32(end)
	t.values[i].next = uint32(len(t.values))
}

// scalar appends a null, boolean, number or string whose text ends at offset end.
func (t *tree) scalar(raw []byte, end int64) {
	v := value{start: uint32(end) - uint32(len(raw)), end: uint32(end), next: uint32(len(t.values)) + 1}
	switch raw[0] {
	case '"':
		v.kind, v.escaped = kindString, bytes.IndexByte(raw, '\\') >= 0
	case 'n':
		v.kind = kindNull
	case 't', 'f':
		v.kind = kindBool
	default:
		v.kind = kindNumber
	}
	t.values = append(t.values, v)
}

// syntaxError says where and of what kind a decoder's error is. The decoder's own text is left
// out, because it quotes the content.
func syntaxError(err error, dec *jsontext.Decoder) error {
	at := dec.InputOffset()
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = s.ByteOffset
	}
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("%w: a key twice in one object, near byte %d", ErrNotJSON, at)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: nothing there", ErrNotJSON)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: cut short after byte %d", ErrNotJSON, at)
	}
	return fmt.Errorf("%w: bad syntax near byte %d", ErrNotJSON, at)
}
