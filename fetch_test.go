package main

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// TestDocumentsComeAndOpen follows the documents of a referral from Ocean to the screen.
func TestDocumentsComeAndOpen(t *testing.T) {
	m := newMachine(t)
	o := m.simulate(oceantest.Options{})
	m.connect(o)
	m.must(password, "user", "add", "front@example.org", "--role", "front_desk", "--password-stdin")
	m.must(password, "user", "add", "clerk@example.org", "--permission", "view_audit_log", "--password-stdin")
	m.serve()
	o.do(t, oceantest.ActNew) // with a letter, a picture and a text
	m.fetched()

	front := m.signIn("front@example.org")
	status, list := m.page(front, "/referrals")
	id := regexp.MustCompile(`/referrals/[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(list)
	if status != 200 || id == "" || !strings.Contains(list, "chip test") {
		t.Fatalf("the list: %d\n%s", status, list)
	}
	_, detail := m.page(front, id)
	documents := regexp.MustCompile(`href="(`+id+`/documents/[0-9a-f-]{36})"`).FindAllStringSubmatch(detail, -1)
	if len(documents) != 3 || !strings.Contains(detail, "chip test") {
		t.Fatalf("%d documents on the page:\n%s", len(documents), detail)
	}
	kinds := map[string]string{}
	for _, d := range documents {
		res, body := get(t, front, m.url(d[1]))
		h := res.Header
		if res.StatusCode != 200 || h.Get("Content-Security-Policy") != "sandbox; default-src 'none'; frame-ancestors 'self'" ||
			h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Disposition"), "inline") {
			t.Errorf("%s: %d %v", d[1], res.StatusCode, h)
		}
		kinds[h.Get("Content-Type")] = body
		if res, _ := get(t, front, m.url(d[1]+"?download=1")); !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s to be downloaded: %v", d[1], res.Header)
		}
		if res, body := get(t, m.signIn("clerk@example.org"), m.url(d[1])); res.StatusCode != 403 || strings.HasPrefix(body, "%PDF") {
			t.Errorf("%s for somebody without View Referrals: %d", d[1], res.StatusCode)
		}
		if res, _ := get(t, http.DefaultClient, m.url(d[1])); res.Request.URL.Path != "/login" {
			t.Errorf("%s for a stranger ends at %s", d[1], res.Request.URL)
		}
	}
	if letter := kinds["application/pdf"]; !strings.HasPrefix(letter, "%PDF-") || !strings.Contains(letter, o.Referrals()[0].Ref) {
		t.Errorf("the letter is none: %.200s", letter)
	}
	if !strings.HasPrefix(kinds["image/png"], "\x89PNG") || !strings.Contains(kinds["text/plain; charset=utf-8"], "Hémoglobine") {
		t.Errorf("the others are %q", kinds)
	}
	if n := len(o.calls(tokenPath, 0)); n != 1 {
		t.Errorf("three documents took %d tokens", n)
	}
	if log := m.must("", "audit", "export", "--format", "csv"); strings.Count(log, "document.opened") != 6 {
		t.Errorf("six documents were opened:\n%s", log)
	}
	for _, secret := range []string{clientSecret, "$letter", "Trace.png", "Lafreni"} {
		if strings.Contains(m.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
		for name, content := range m.files() {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %s", name, secret)
			}
		}
	}
}

func get(t *testing.T, browser *http.Client, url string) (*http.Response, string) {
	t.Helper()
	res, err := browser.Get(url)
	return res, read(t, res, err)
}

// read reads the whole body of an answer that must have come.
func read(t testing.TB, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestFetchingIsTriedAgainSoon lets the first two tries fail: the third comes within 10 seconds of
// the first.
func TestFetchingIsTriedAgainSoon(t *testing.T) {
	m := newMachine(t)
	o := m.simulate(oceantest.Options{})
	m.connect(o)
	key := m.must("", "ocean", "generate-key")
	m.serve()
	o.SetContent("late", oceantest.PDF)
	o.SetFaults(oceantest.Faults{Outage: true})
	if status, said, err := m.send(key, oceantest.Bundle(oceantest.Message{Ref: "late", Host: o.host, Documents: []oceantest.Document{{}}})); status != 200 || err != nil {
		t.Fatalf("a bundle: %d %s %v", status, said, err)
	}
	m.until("two tries", func() bool { return len(o.Calls()) == 2 })
	if m.pending() != 1 {
		t.Error("the document does not wait")
	}
	o.SetFaults(oceantest.Faults{})
	m.fetched()
	calls := o.Calls()
	if took := calls[2].At.Sub(calls[0].At); took > 10*time.Second {
		t.Errorf("the second retry came after %v", took)
	}
	if len(o.calls("$letter", 200)) != 1 {
		t.Errorf("calls: %+v", calls)
	}
}

// TestCredentialsAreReplacedWhileServing lets Ocean refuse them: it is left alone until others are
// saved, which the server notices by itself.
func TestCredentialsAreReplacedWhileServing(t *testing.T) {
	m := newMachine(t)
	o := m.simulate(oceantest.Options{})
	m.connect(o)
	m.must("a wrong secret", "ocean", "set", "--client-secret-stdin")
	m.serve()
	o.do(t, oceantest.ActNew)
	m.until("a refusal", func() bool { return len(o.calls(tokenPath, 401)) > 0 })
	for range 20 { // each wakes the fetcher
		o.do(t, oceantest.ActNew)
	}
	if n := len(o.Calls()); n > 2 || m.pending() < 20 {
		t.Errorf("Ocean was called %d times with credentials that it refuses; %d documents wait", n, m.pending())
	}
	m.must(clientSecret, "ocean", "set", "--client-secret-stdin")
	saved := time.Now()
	m.fetched()
	if took := o.calls("$letter", 200)[0].At.Sub(saved); took > 10*time.Second {
		t.Errorf("the new secret was noticed after %v", took)
	}
	if n := len(o.calls(tokenPath, 200)); n != 1 {
		t.Errorf("%d tokens", n)
	}
}
