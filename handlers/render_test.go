package handlers

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"breakwater/store"
)

// TestPagesAreCompressedForOurOwnPagesAlone: see mayCompress for why.
func TestPagesAreCompressedForOurOwnPagesAlone(t *testing.T) {
	s := newSite(t)
	v := s.person("front@example.org", store.ViewReferrals)
	plain := v.do(get, "/referrals", nil)
	if plain.Code != 200 || plain.Header().Get("Content-Encoding") != "" {
		t.Fatalf("without a word: %d %v", plain.Code, plain.Header())
	}
	for from, want := range map[string]bool{"same-origin": true, "none": true, "same-site": false, "cross-site": false, "": false, "other": false} {
		a := v.do(get, "/referrals", nil, "Sec-Fetch-Site", from, "Accept-Encoding", "gzip")
		if got := a.Header().Get("Content-Encoding") == "gzip"; got != want || a.Code != 200 {
			t.Errorf("from %q: %d, compressed %v", from, a.Code, got)
		}
		if !want {
			continue
		}
		z, err := gzip.NewReader(strings.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil || string(text) != plain.body || len(a.body) >= len(text)/2 {
			t.Errorf("from %q: %v, %d bytes for %d", from, err, len(a.body), len(text))
		}
	}
	if a := v.do(get, "/referrals", nil, "Sec-Fetch-Site", "same-origin", "Accept-Encoding", "gzip;q=0"); a.body != plain.body {
		t.Error("compressed for a browser that refuses it")
	}
	if a := v.do(get, "/healthz", nil, "Sec-Fetch-Site", "same-origin", "Accept-Encoding", "gzip"); a.body != "ok\n" {
		t.Errorf("what is no page: %q", a.body)
	}
}
