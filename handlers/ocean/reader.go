package ocean

import (
	"bytes"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// reader is what it takes to read a body into a tree, which is kept for the next body. It has room for
// the values of the usual message, in 64 KB.
type reader struct {
	dec    *jsontext.Decoder
	body   bytes.Buffer // what dec reads, in place; never written to
	values [spareLength]value
}

const spareLength = 4096

// spareReaders are the readers of trees that nobody reads any more.
var spareReaders = sync.Pool{New: func() any { return &reader{dec: jsontext.NewDecoder(new(bytes.Buffer))} }}

// start makes a reader begin with a body.
func (r *reader) start(src []byte) {
	r.body = *bytes.NewBuffer(src)
	r.dec.Reset(&r.body, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(false))
}

// release gives what the tree was read with to the next one. No node of it may be used any more.
func (t *tree) release() {
	t.reader.start(nil) // so that it does not hold on to the source
	spareReaders.Put(t.reader)
	t.reader, t.values = nil, nil
}

// grow moves the values to a list that has room for all that the source may hold from an offset on:
// growing little by little would leave several times its size behind. What separates values is counted
// also where it is text.
func (t *tree) grow(from int64) {
	n := len(t.values) + 2
	for _, sign := range []string{",", ":", "[", "{"} {
		n += bytes.Count(t.src[from:], []byte(sign))
	}
	t.values = append(make([]value, 0, min(n, maxValues+1)), t.values...)
}
