// Package static holds what the browser fetches besides the pages: the stylesheet, the scripts,
// the mark. Each file is embedded and served under a name that carries a hash of its content, so
// a browser may keep it for good and never shows an old stylesheet with a new page.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed app.css app.js session.js passkeys.js htmx.min.js favicon.svg
var files embed.FS

//go:embed icons/*.svg
var iconFiles embed.FS

// Prefix is where [Handler] expects to be mounted.
const Prefix = "/static/"

// file is one embedded file, ready to be served.
type file struct {
	contentType string
	plain       []byte
	gzip        func() []byte // made when first asked for
	etag        string
}

var (
	paths  = map[string]string{} // app.css -> /static/app.<hash>.css
	served = map[string]*file{}  // /static/app.<hash>.css -> its content
	icons  = map[string]string{} // name without .svg -> markup
)

// contentTypes are written out because the system's MIME tables differ between machines.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func init() {
	for name, content := range read(files, ".") {
		sum := sha256.Sum256(content)
		hash := hex.EncodeToString(sum[:])[:12]
		ext := path.Ext(name)
		hashed := Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
		paths[name] = hashed
		served[hashed] = &file{contentTypes[ext], content, sync.OnceValue(func() []byte { return compress(content) }), `"` + hash + `"`}
	}
	for name, content := range read(iconFiles, "icons") {
		icons[strings.TrimSuffix(name, ".svg")] = strings.TrimSpace(string(content))
	}
}

// read returns the files of one embedded folder. They are part of the binary, so a failure is a
// mistake in the build and nothing to recover from.
func read(from embed.FS, dir string) map[string][]byte {
	entries, err := fs.ReadDir(from, dir)
	if err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	all := make(map[string][]byte)
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		content, err := from.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			panic(fmt.Sprintf("static: %v", err))
		}
		all[e.Name()] = content
	}
	return all
}

// compress is called once for each file, so it takes the slowest and smallest level.
func compress(content []byte) []byte {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	if _, err := w.Write(content); err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	if err := w.Close(); err != nil {
		panic(fmt.Sprintf("static: %v", err))
	}
	return buf.Bytes()
}

// Path returns the address of a file, such as /static/app.0123456789ab.css for app.css. It panics
// when there is no such file, since only our own pages call it with names that they spell out.
func Path(name string) string {
	p, ok := paths[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return p
}

// Icon returns an icon's SVG markup, to stand inside a page. It panics when there is no such
// icon, for the same reason as [Path].
func Icon(name string) string {
	svg, ok := icons[name]
	if !ok {
		panic("static: no icon named " + name)
	}
	return svg
}

// Handler serves the files at the addresses that [Path] returns, and 404 for all else: other
// names would be kept for good with the wrong content. It answers GET and HEAD only.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := served[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		f.serve(w, r)
	})
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", f.etag)
	content := f.plain
	if r.Header.Get("Range") == "" && AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", strings.TrimSuffix(f.etag, `"`)+`-gzip"`)
		content = f.gzip()
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// AcceptsGzip reads an Accept-Encoding header (RFC 9110, 12.5.3); gzip;q=0 refuses it.
func AcceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
