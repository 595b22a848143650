package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, path, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPath(t *testing.T) {
	if p := Path("app.css"); !regexp.MustCompile(`^/static/app\.[0-9a-f]{12}\.css$`).MatchString(p) {
		t.Errorf("Path = %s", p)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown name should panic")
		}
	}()
	Path("nothing.css")
}

func TestIcon(t *testing.T) {
	for name, svg := range icons {
		if !strings.HasPrefix(svg, "<svg ") || !strings.HasSuffix(svg, "</svg>") || !strings.Contains(svg, `aria-hidden="true"`) ||
			strings.Contains(svg, "style") || strings.Contains(svg, "<script") {
			t.Errorf("%s: %s", name, svg)
		}
	}
}

func TestHandlerServesEveryFile(t *testing.T) {
	for name, kind := range map[string]string{
		"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8",
		"htmx.min.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml",
	} {
		res := get(t, http.MethodGet, Path(name), "")
		plain := body(t, res.Body)
		want, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 200 || plain != string(want) {
			t.Errorf("%s: %d, %d bytes", name, res.StatusCode, len(plain))
		}
		for header, want := range map[string]string{"Content-Type": kind, "Vary": "Accept-Encoding",
			"Cache-Control": "public, max-age=31536000, immutable", "Content-Encoding": "", "X-Content-Type-Options": "nosniff"} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		res = get(t, http.MethodGet, Path(name), "br, gzip;q=0.5")
		z, err := gzip.NewReader(res.Body)
		if err != nil || res.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: %v, %v", name, err, res.Header)
		}
		if body(t, z) != plain {
			t.Errorf("%s: gzip differs", name)
		}
	}
}

func TestHandlerRefusesTheRest(t *testing.T) {
	for _, path := range []string{"/static/", "/static/app.css", "/static/icons/", "/static/icons/copy.svg", "/static/app.000000000000.css",
		"/static/../static.go", "/static/static.go", "/"} {
		if res := get(t, http.MethodGet, path, ""); res.StatusCode != 404 || res.Header.Get("Cache-Control") != "" {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
	}
	if res := get(t, http.MethodPost, Path("app.css"), ""); res.StatusCode != 405 {
		t.Errorf("POST: %d", res.StatusCode)
	}
	if res := get(t, http.MethodHead, Path("app.css"), "gzip"); res.StatusCode != 200 || body(t, res.Body) != "" {
		t.Errorf("HEAD: %d", res.StatusCode)
	}
}

func TestHandlerKnowsWhatTheBrowserHas(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, Path("app.css"), nil)
	r.Header.Set("If-None-Match", served[Path("app.css")].etag)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	if w.Code != http.StatusNotModified {
		t.Errorf("status %d", w.Code)
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{"": false, "gzip": true, "br, GZIP": true, "gzip;q=0": false, "gzip; q=0.0": false,
		"gzip; q=0.1": true, "identity": false, "gzip;q=x": false} {
		if AcceptsGzip(header) != want {
			t.Errorf("AcceptsGzip(%q) = %v", header, !want)
		}
	}
}

// TestStylesheetIsWithinBounds holds it to a size that a person can read, and to no foreign ground.
func TestStylesheetIsWithinBounds(t *testing.T) {
	css, err := files.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(css), "\n"); n >= 500 {
		t.Errorf("%d lines", n)
	}
	for _, never := range []string{"@import", "url("} {
		if strings.Contains(string(css), never) {
			t.Errorf("has %s", never)
		}
	}
}
