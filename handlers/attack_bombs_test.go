package handlers

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// jsonBombs are bodies of at most n bytes that cost a careless reader much more than they are long.
func jsonBombs(n int) map[string][]byte {
	header := `{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader","eventCoding":{"code":"x"}}},{"resource":`
	fill := func(before, part, after string) []byte {
		return []byte(before + strings.Repeat(part, max(0, n-len(before)-len(after))/len(part)) + after)
	}
	deep := max(1, min(100_000, n/10))
	var keys strings.Builder
	for i := 0; keys.Len() < n-50; i++ {
		fmt.Fprintf(&keys, `"k%d":0,`, i)
	}
	return map[string][]byte{
		"deep arrays":           []byte(strings.Repeat("[", deep) + strings.Repeat("]", deep)),
		"deep objects":          []byte(strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep)),
		"deep in a bundle":      []byte(header + strings.Repeat(`{"extension":[`, deep/2) + strings.Repeat("]}", deep/2) + "}]}"),
		"arrays never closed":   fill("", "[", ""),
		"a wide array":          fill("[0", ",0", "]"),
		"a wide object":         []byte("{" + keys.String() + `"z":0}`),
		"one key again":         fill(`{"a":0`, `,"a":0`, "}"),
		"one key, spelled anew": []byte(`{"a":0,"\u0061":1}`),
		"many entries":          fill(header+"{}}", ",{}", "]}"),
		"a number as long":      fill(header, "9", "}]}"),
		"a small number":        fill(header+"0.", "0", "1}]}"),
		"an exponent":           []byte(header + `{"resourceType":"Appointment","minutesDuration":1e999999999,"start":1e-999999999}}]}`),
		"an endless exponent":   fill(header+"1e", "9", "}]}"),
		"one string":            fill(header+`"`, "a", `"}]}`),
		"escapes":               fill(header+`"`, `\u0000`, `"}]}`),
		"half pairs":            fill(header+`"`, `\ud800`, `"}]}`),
		"quotes":                fill(header+`"`, `\"`, `"}]}`),
		"no UTF-8":              fill(header+`"`, "\xff", `"}]}`),
		"white space":           fill("", " ", ""),
		"base64":                fill(header+`{"resourceType":"DocumentReference","content":[{"attachment":{"data":"`, "AAAA", `"}}]}}]}`),
	}
}

// peak runs f and returns how much more memory lived at once meanwhile, looked at as often as can be.
func peak(f func()) uint64 {
	before, done, gone := heap(), make(chan bool), make(chan bool)
	var most atomic.Uint64
	go func() {
		defer close(gone)
		var m runtime.MemStats
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				return
			case <-tick.C:
				if runtime.ReadMemStats(&m); m.HeapInuse > most.Load() {
					most.Store(m.HeapInuse)
				}
			}
		}
	}()
	f()
	close(done)
	<-gone
	return max(most.Load(), before) - before
}

// TestAttackBombs sends what is small and becomes large: each is answered within seconds, takes no more
// memory than a few times its length, and leaves Breakwater as it was. Whoever sends these has a key.
func TestAttackBombs(t *testing.T) {
	size := 2 << 20
	if storetest.Thorough() {
		size = maxBundle
	}
	s := newSite(t)
	tries, through := 0, 0
	for name, body := range jsonBombs(size) {
		var a answer
		start := time.Now()
		used := peak(func() { a = s.deliver(body) })
		took := time.Since(start)
		tries++
		// At most 16 bytes are kept for each that came, with a floor of 64 MB: Go collects now and then.
		if room := max(64<<20, 16*uint64(len(body))); a.Code >= 500 || took > 20*time.Second || used > room {
			through++
			t.Errorf("%s: status %d after %s, %d MB", name, a.Code, took, used>>20)
		}
		t.Logf("%-22s %8d bytes: status %d, %4d MB, %s", name, len(body), a.Code, used>>20, took.Round(time.Millisecond))
	}
	s.receive(oceantest.Message{Ref: "after"})
	storetest.Attacked(t, fmt.Sprintf("JSON bombs of %d MB", size>>20), tries, through)
}

func gzipped(t testing.TB, n int) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.CopyN(w, zeros{}, int64(n)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestAttackZipBombs: nothing that comes compressed is ever opened. Compressed bodies are refused, and a
// document that is an archive is kept as it came.
func TestAttackZipBombs(t *testing.T) {
	large := 64 << 20
	if storetest.Thorough() {
		large = 2 << 30
	}
	bomb := gzipped(t, large)
	s := newSimulated(t)
	tries, through := 0, 0
	count := func(what string, good bool) {
		if tries++; !good {
			through++
			t.Error(what)
		}
	}
	used := peak(func() {
		for _, coding := range []string{"gzip", "x-gzip", "GZIP", "deflate", "br", "zstd", "compress", "gzip, gzip", "identity, gzip"} {
			count("a bundle as "+coding, s.deliver(bomb, "Content-Encoding", coding).Code == 415)
			v := s.visitor()
			count("a form as "+coding, v.send(post, "/login", bytes.NewReader(bomb[:min(len(bomb), maxForm)]), "Content-Encoding", coding).Code < 500)
		}
		count("a bundle that is not said to be", s.deliver(bomb).Code == 400)
	})
	count(fmt.Sprintf("%d MB in memory", used>>20), used < 48<<20)

	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for i := range 10 {
		w, err := z.Create(fmt.Sprintf("../../word/document%d.xml", i))
		s.must(err)
		_, err = io.CopyN(w, zeros{}, int64(large/10))
		s.must(err)
	}
	s.must(z.Close())
	before := s.bytesOnDisk()
	_, all := s.refer(oceantest.Document{Title: "Bomb", ContentType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		Data: base64.StdEncoding.EncodeToString(archive.Bytes())})
	grown := s.bytesOnDisk() - before
	count("the archive is kept as it came", all[0].State == store.AttachmentKept && all[0].Size == int64(archive.Len()))
	count(fmt.Sprintf("it takes %d bytes for %d", grown, archive.Len()), grown < 10*int64(archive.Len())+4<<20)
	storetest.Attacked(t, fmt.Sprintf("compressed bombs that become %d MB", large>>20), tries, through)
}

// TestAttackFormBombs posts forms of very many parts and fields to whoever is signed in and to strangers.
func TestAttackFormBombs(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	for i := range 100_000 {
		s.must(w.WriteField(fmt.Sprint(i), ""))
	}
	s.must(w.Close())
	var many strings.Builder
	for i := 0; many.Len() < maxForm-20; i++ {
		fmt.Fprintf(&many, "k%x&", i)
	}
	tries, through := 0, 0
	for name, who := range map[string]*visitor{"signed in": v, "a stranger": s.visitor()} {
		for _, r := range table() {
			if r.method != post || r.path == bundlesPath || r.path == "/logout" || r.path == selfTestPath {
				continue
			}
			target := addressOfRoute(r, "x")
			for kind, a := range map[string]answer{
				"parts":      who.send(post, target, bytes.NewReader(parts.Bytes()), "Content-Type", w.FormDataContentType()),
				"fields":     who.send(post, target, strings.NewReader(many.String())),
				"one field":  who.send(post, target, strings.NewReader(strings.Repeat("a", maxForm-1))),
				"separators": who.send(post, target, strings.NewReader(strings.Repeat("&", maxForm-1))),
				"percents":   who.send(post, target, strings.NewReader(strings.Repeat("%", maxForm-1))),
				"semicolons": who.send(post, target, strings.NewReader(strings.Repeat("a;b=", maxForm/5))),
				"no length":  who.send(post, target, io.MultiReader(strings.NewReader("a="), strings.NewReader(strings.Repeat("a", 2*maxForm)))),
			} {
				if tries++; a.Code >= 500 {
					through++
					t.Errorf("%s, %s, to %s: status %d", name, kind, r.path, a.Code)
				}
			}
		}
	}
	v.get("/account").wants(t, 200)
	storetest.Attacked(t, "forms of a hundred thousand parts", tries, through)
}
