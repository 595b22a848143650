package oceantest_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// checkPDF follows a file's own cross-reference table to every object.
func checkPDF(t *testing.T, file []byte, pages int) {
	t.Helper()
	if !bytes.HasPrefix(file, []byte("%PDF-1.")) || !bytes.HasSuffix(file, []byte("%%EOF\n")) {
		t.Fatalf("no PDF: %.40q", file)
	}
	at := regexp.MustCompile(`startxref\n(\d+)\n`).FindSubmatch(file)
	start, _ := strconv.Atoi(string(at[1]))
	table := strings.Split(string(file[start:]), "\n")
	var count int
	if _, err := fmt.Sscanf(table[1], "0 %d", &count); table[0] != "xref" || err != nil {
		t.Fatalf("startxref leads to %q", table[:2])
	}
	for n := 1; n < count; n++ {
		if len(table[2+n]) != 19 {
			t.Errorf("entry %q has not 20 bytes", table[2+n])
		}
		offset, _ := strconv.Atoi(table[2+n][:10])
		if want := fmt.Sprintf("%d 0 obj\n", n); !bytes.HasPrefix(file[offset:], []byte(want)) {
			t.Errorf("object %d is not at %d: %.20q", n, offset, file[offset:])
		}
	}
	for _, m := range regexp.MustCompile(`(?s)/Length (\d+) >>\nstream\n(.*?)\nendstream`).FindAllSubmatch(file, -1) {
		if string(m[1]) != strconv.Itoa(len(m[2])) {
			t.Errorf("a stream of %d bytes says %s", len(m[2]), m[1])
		}
	}
	if got := bytes.Count(file, []byte("/Type /Page ")); got != pages {
		t.Errorf("%d pages, want %d", got, pages)
	}
	if !bytes.Contains(file, []byte("SIMULATION \x96 NOT A REAL PATIENT")) {
		t.Error("it does not say that it is a simulation")
	}
}

func TestLetters(t *testing.T) {
	w := newWorld(t)
	r := w.do(oceantest.ActNew)
	path := "/svc/fhir/v1/ServiceRequest/" + r.Ref + "/$letter"
	w.ask("GET", path, "").wants(t, 401)
	a := w.get(path).wants(t, 200)
	checkPDF(t, a.body, 1)
	if !bytes.Contains(a.body, []byte("\xc9lodie")) || a.header.Get("Content-Type") != "application/pdf" {
		t.Error("the name's accent or the type is wrong")
	}
	checkPDF(t, w.get(path+"?attachments=true").wants(t, 200).body, 1+2)
	w.get("/svc/fhir/v1/ServiceRequest/unknown/$letter").wants(t, 404)
	w.SetFaults(oceantest.Faults{LetterMissing: true})
	w.get(path).wants(t, 404)
	w.SetFaults(oceantest.Faults{LetterBusy: 90 * time.Second})
	if got := w.get(path).wants(t, 503).header.Get("Retry-After"); got != "90" {
		t.Errorf("Retry-After %q", got)
	}
}

func TestDocuments(t *testing.T) {
	strangers := newClinic(t)
	w := newWorld(t, func(o *oceantest.Options) { o.Elsewhere = strangers.URL })
	fetch := func(c oceantest.Content) answer {
		w.SetContent("doc", c)
		return w.get("/svc/fhir/v1/DocumentReference/doc/$binary")
	}
	w.get("/svc/fhir/v1/DocumentReference/doc/$binary").wants(t, 404)
	checkPDF(t, fetch(oceantest.PDF).wants(t, 200).body, 1)
	if _, err := png.Decode(bytes.NewReader(fetch(oceantest.PNG).body)); err != nil {
		t.Error(err)
	}
	if a := fetch(oceantest.Text); !strings.Contains(string(a.body), "Hémoglobine") || a.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%s", a.body)
	}
	if a := fetch(oceantest.Empty).wants(t, 200); len(a.body) != 0 {
		t.Errorf("%d bytes", len(a.body))
	}
	if a := fetch(oceantest.FakePDF).wants(t, 200); !bytes.Contains(a.body, []byte("<script>")) || a.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("%s", a.body)
	}
	if a := fetch(oceantest.Huge).wants(t, 200); len(a.body) <= 25<<20 || a.header.Get("Content-Length") != "" {
		t.Errorf("%d bytes, length %q", len(a.body), a.header.Get("Content-Length"))
	}
	if a := fetch(oceantest.Elsewhere).wants(t, 302); !strings.HasPrefix(a.header.Get("Location"), strangers.URL) {
		t.Errorf("to %q", a.header.Get("Location"))
	}
}

func TestStalledDocument(t *testing.T) {
	w := newWorld(t)
	w.SetContent("doc", oceantest.Stalled)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", w.server.URL+"/svc/fhir/v1/DocumentReference/doc/$binary", nil)
	req.Header.Set("Authorization", "Bearer "+w.token())
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err == nil || string(got) != "%PDF-1.4\n" {
		t.Errorf("a stalled document ended with %v after %q", err, got)
	}
}
