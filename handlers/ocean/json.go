package ocean

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
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
	src      []byte
	text     string // src once more, for texts to be parts of; "" where it is too long or not valid UTF-8
	values   []value
	valid    bool            // src is valid UTF-8
	odd      bool            // an accessor met a value of a type that it could not read
	escape   int64           // where the next backslash is; one that has been read past says that it has yet to be searched
	unquoted strings.Builder // texts that had escapes
	reader   *reader         // nil when the tree has been released
}

// value is one JSON value: src[start:end] is its text, quotes included; next is the index of the
// value after it and all that it contains. It has four fields because the compiler keeps a struct of
// more in memory rather than in registers, which is most of what it costs to make or to read one.
type value struct {
	start, end uint32
	next       uint32
	nature
}

type nature struct {
	kind    kind
	escaped bool // a string with at least one backslash
}

// maxTextCopy is up to how many bytes a body is copied once for all of its texts, rather than each text by
// itself: most of a longer one is a document, of which no text is made.
const maxTextCopy = 64 << 10

// parseTree reads a body in one pass. Its errors are [ErrNotJSON]. Invalid UTF-8 is let through
// and replaced when a string is read: an accented name badly encoded must not cost a referral.
func parseTree(src []byte) (*tree, error) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if len(src) > 1<<31 {
		return nil, fmt.Errorf("%w: longer than 2 GB", ErrNotJSON)
	}
	r := spareReaders.Get().(*reader)
	r.start(src)
	t := &tree{src: src, values: r.values[:0], valid: utf8.Valid(src), escape: -1, reader: r}
	if t.valid && len(src) <= maxTextCopy {
		t.text = string(src)
	}
	if err := t.read(r.dec); err != nil {
		t.release()
		return nil, err
	}
	return t, nil
}

// read reads one value and all that it contains, and that nothing follows it.
func (t *tree) read(dec *jsontext.Decoder) error {
	var open [maxDepth]uint32 // indices of the containers being read
	var names [maxDepth]int   // and how many values stand directly in each so far
	depth := 0
	for {
		from := dec.InputOffset()
		if _, err := dec.ReadToken(); err != nil {
			return syntaxError(err, dec)
		}
		start, end := t.afterSeparators(from), dec.InputOffset()
		if len(t.values) == cap(t.values) {
			t.grow(start)
		}
		switch t.src[start] {
		case '{', '[':
			if depth == maxDepth {
				return fmt.Errorf("%w: nesting past %d levels, near byte %d", ErrNotJSON, maxDepth, end)
			}
			if depth > 0 {
				names[depth-1]++
			}
			open[depth], names[depth] = uint32(len(t.values)), 0
			depth++
			t.open(start)
		case '}', ']':
			depth--
			t.close(open[depth], end)
		default:
			if depth > 0 {
				names[depth-1]++
			}
			t.scalar(start, end)
		}
		if depth > 0 && names[depth-1] > 2*maxMembers && t.values[open[depth-1]].kind == kindObject {
			return fmt.Errorf("%w: more than %d members in one object", ErrNotJSON, maxMembers)
		}
		if len(t.values) > maxValues {
			return fmt.Errorf("%w: more than %d values", ErrNotJSON, maxValues)
		}
		if depth == 0 {
			return atEnd(dec)
		}
	}
}

// atEnd checks that nothing follows the value.
func atEnd(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more data after the value, near byte %d", ErrNotJSON, dec.InputOffset())
	}
	return nil
}

// afterSeparators returns where the token begins that the decoder has just read from an offset on. The
// decoder itself only tells where a token ends.
func (t *tree) afterSeparators(from int64) int64 {
	for {
		switch t.src[from] {
		case ' ', '\t', '\r', '\n', ',', ':':
			from++
		default:
			return from
		}
	}
}

// open appends the container that begins at an offset.
func (t *tree) open(start int64) {
	k := kindArray
	if t.src[start] == '{' {
		k = kindObject
	}
	t.values = append(t.values, value{start: uint32(start), nature: nature{kind: k}})
}

// close completes the container at index i.
func (t *tree) close(i uint32, end int64) {
	t.values[i].end = uint32(end)
	t.values[i].next = uint32(len(t.values))
}

// scalar appends the null, boolean, number or string between two offsets.
func (t *tree) scalar(start, end int64) {
	k, escaped := kindNumber, false
	switch t.src[start] {
	case '"':
		k, escaped = kindString, t.hasEscape(start, end)
	case 'n':
		k = kindNull
	case 't', 'f':
		k = kindBool
	}
	next := uint32(len(t.values)) + 1
	t.values = append(t.values, value{uint32(start), uint32(end), next, nature{k, escaped}})
}

// hasEscape reports whether there is a backslash between two offsets. One search serves all the strings
// up to the backslash that it finds.
func (t *tree) hasEscape(start, end int64) bool {
	if t.escape < start {
		t.escape = int64(len(t.src))
		if i := bytes.IndexByte(t.src[start:], '\\'); i >= 0 {
			t.escape = start + int64(i)
		}
	}
	return t.escape < end
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
