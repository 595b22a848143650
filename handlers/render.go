package handlers

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"

	"breakwater/static"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
)

// render answers with a page. It is written to memory first, so that a page that fails half-way
// becomes an error and not half a page.
func (r *request) render(status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.ctx(), &buf); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	body := buf.Bytes()
	if len(body) >= compressFrom && mayCompress(r.Request().Header) {
		body = compressed(body)
		r.Response().Header().Set("Content-Encoding", "gzip")
	}
	return r.HTMLBlob(status, body)
}

// compressFrom is the size in bytes from which a page is worth compressing: below it all fits into one
// or two packets.
const compressFrom = 2 << 10

// mayCompress reports whether a page may be sent compressed. Whoever listens to an encrypted line learns
// a page's size, and of a compressed one's also whether what they had it say (a date in the address that
// is none, say) stands on it elsewhere, such as a patient's name (BREACH, CVE-2013-3587). For that they
// must make the person's browser ask, again and again, from another site: so only what the browser says
// our own pages or the person asked for is compressed. Over plain HTTP to another machine browsers do
// not say (W3C, Fetch Metadata Request Headers).
func mayCompress(h http.Header) bool {
	switch h.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return static.AcceptsGzip(h.Get("Accept-Encoding"))
	}
	return false
}

// compressors are used again, since each takes a megabyte.
var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one of the package's own
	}
	return w
}}

func compressed(page []byte) []byte {
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	small := bytes.NewBuffer(make([]byte, 0, len(page)/4))
	w.Reset(small)
	_, err := w.Write(page)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // writing to memory does not fail
	}
	return small.Bytes()
}
