package handlers

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// figures are what a delivery changes.
type figures struct{ messages, duplicates, referrals, attention int64 }

func (s *site) figures() figures {
	st := s.status()
	return figures{st.Messages, st.Duplicates, st.Referrals, st.NeedsAttention}
}

// wantsKept checks what every delivery that was taken is answered.
func (a answer) wantsKept(t testing.TB) {
	t.Helper()
	i := a.wants(t, 200).outcome(t)
	if i.Severity != "information" || i.Code != "informational" || i.Diagnostics == "" {
		t.Errorf("%+v", i)
	}
	if strings.Contains(a.body, "Example") {
		t.Errorf("the answer quotes the message: %s", a.body)
	}
}

var firstMessage = oceantest.Message{HeaderID: "5f0c7f0e-1111-4000-8000-000000000001", Ref: "5f0c7f0e-2222-4000-8000-000000000001"}

// rewritten is the first message with some of its JSON replaced.
func rewritten(t testing.TB, pairs ...string) []byte {
	t.Helper()
	text := string(firstMessage.JSON())
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the message lacks %q", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return []byte(text)
}

// reordered is the first message with other white space and its keys in another order.
func reordered(t testing.TB) []byte {
	t.Helper()
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(firstMessage.JSON(), &parts); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	out.WriteString("{\n")
	for _, key := range []string{"type", "timestamp", "resourceType", "meta", "id", "entry"} {
		out.WriteString(" \"" + key + "\" :\r\n\t")
		if err := json.Indent(&out, parts[key], "", "    "); err != nil {
			t.Fatal(err)
		}
		out.WriteString(" ,")
	}
	return append(bytes.TrimSuffix(out.Bytes(), []byte(",")), "\n}\n"...)
}

func TestWhatADeliveryAfterTheFirstMessageDoes(t *testing.T) {
	later := firstMessage
	later.SentAt = time.Date(2026, 1, 15, 11, 0, 0, 0, time.UTC)
	other := firstMessage
	other.NoteHTML = "another reason"
	second := oceantest.Message{Ref: firstMessage.Ref, Event: "notify-update-service-request"}
	unknown := oceantest.Message{Event: "notify-of-something-new"}
	once, again := figures{1, 0, 1, 0}, figures{1, 1, 1, 0}
	for name, c := range map[string]struct {
		body    []byte
		want    figures
		problem store.Problem
	}{
		"itself":                        {firstMessage.JSON(), again, ""},
		"with another timestamp":        {rewritten(t, `"timestamp":"2026-01-15`, `"timestamp":"2026-01-16`), again, ""},
		"with another Bundle.id":        {rewritten(t, `"id":"`+bundleID(t), `"id":"of the bundle`), again, ""},
		"with another meta.lastUpdated": {rewritten(t, `"lastUpdated":"2026-01-15`, `"lastUpdated":"2026-01-17`), again, ""},
		"in other order and space":      {reordered(t), again, ""},
		"with a byte order mark":        {append([]byte("\xef\xbb\xbf"), firstMessage.JSON()...), again, ""},
		"escaped in another way":        {rewritten(t, "Example", `\u0045xample`), again, ""},
		"same id, other note":           {other.JSON(), figures{2, 0, 1, 1}, store.ProblemContentChanged},
		"same id, other dates in it":    {later.JSON(), figures{2, 0, 1, 1}, store.ProblemContentChanged},
		"another about the referral":    {second.JSON(), figures{2, 0, 1, 0}, ""},
		"another referral":              {oceantest.Bundle(oceantest.Message{}), figures{2, 0, 2, 0}, ""},
		"in the old profile":            {oceantest.Bundle(oceantest.Message{Legacy: true}), figures{2, 0, 2, 0}, ""},
		"an unknown event":              {unknown.JSON(), figures{2, 0, 2, 1}, store.ProblemUnknownEvent},
		"without a reference":           {oceantest.Bundle(oceantest.Message{Ref: oceantest.None}), figures{2, 0, 1, 1}, store.ProblemNoReference},
		"without a patient":             {oceantest.Bundle(oceantest.Message{NoPatient: true}), figures{2, 0, 2, 1}, store.ProblemNoPatient},
		"no UTF-8": {rewritten(t, firstMessage.HeaderID, "another", firstMessage.Ref, "reference-2", "Example", "Ex\xe9mple"),
			figures{2, 0, 2, 1}, store.ProblemInvalidUTF8},
		"a header and no more": {[]byte(`{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader"}}]}`),
			figures{2, 0, 1, 1}, store.ProblemNoReference},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.deliver(firstMessage.JSON()).wantsKept(t)
			if got := s.figures(); got != once {
				t.Fatalf("after the first: %+v", got)
			}
			s.deliver(c.body).wantsKept(t)
			if got := s.figures(); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			rows, _, err := s.store.ProblemMessages(t.Context(), 0, 10)
			if c.problem != "" && (err != nil || len(rows) != 1 || !hasProblem(rows[0], c.problem)) {
				t.Errorf("%+v, %v, want %s", rows, err, c.problem)
			}
			for range 2 {
				s.deliver(c.body).wantsKept(t)
			}
			want := c.want
			want.duplicates += 2
			if got := s.figures(); got != want {
				t.Errorf("the same again: %+v, want %+v", got, want)
			}
		})
	}
}

func bundleID(t testing.TB) string {
	t.Helper()
	var b struct{ ID string }
	if err := json.Unmarshal(firstMessage.JSON(), &b); err != nil || b.ID == "" {
		t.Fatal(err)
	}
	return b.ID
}

func hasProblem(r store.ProblemRow, p store.Problem) bool {
	for _, q := range r.Problems {
		if q == p {
			return true
		}
	}
	return false
}

func TestADuplicateIsSaidToBeOne(t *testing.T) {
	s := newSite(t)
	first := s.deliver(firstMessage.JSON()).outcome(t)
	again := s.deliver(firstMessage.JSON()).outcome(t)
	if first.Diagnostics == again.Diagnostics {
		t.Errorf("both are %q", first.Diagnostics)
	}
}

func TestTheChallengeIsAnsweredToWhoHasTheKey(t *testing.T) {
	s := newSite(t)
	for _, body := range []string{`{"challenge":"x"}`, ` {"challenge" : "é \u00e9 \" </script>"} `, `{"challenge":""}`} {
		a := s.deliver([]byte(body), "Content-Type", "application/json").wants(t, 200)
		var sent, came map[string]string
		if json.Unmarshal([]byte(body), &sent) != nil || json.Unmarshal([]byte(a.body), &came) != nil ||
			len(came) != 1 || came["challenge"] != sent["challenge"] {
			t.Errorf("%s is answered %s", body, a.body)
		}
		if kind := a.Header().Get("Content-Type"); kind != "application/json" {
			t.Errorf("Content-Type %q", kind)
		}
	}
	s.deliver([]byte(`{"challenge":"canary"}`), keyHeader, "-").wantsRefusal(t, 401)
	s.deliver([]byte(`{"challenge":"canary"}`), keyHeader, "wrong").wantsRefusal(t, 401)
	s.wantsNothingKept(t)
}

func TestOceanNeedsNoCookieAndNoOrigin(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest(post, "https://elsewhere.example"+bundlesPath+"?anything=1", bytes.NewReader(firstMessage.JSON()))
	r.Header = s.bundleRequest(nil, "Origin", "https://ocean.example", "Sec-Fetch-Site", "cross-site", "Cookie", "breakwater_session=x").Header
	a := s.serve(r)
	a.wantsKept(t)
	if a.Header().Get("Set-Cookie") != "" {
		t.Error("Ocean was given a cookie")
	}
}

// TestOneLineOfTheLogTellsOfAMessage and names its id, by which it can be looked for.
func TestOneLineOfTheLogTellsOfAMessage(t *testing.T) {
	s := newSite(t)
	body := firstMessage.JSON()
	s.deliver(body).wantsKept(t)
	s.deliver(body).wantsKept(t)
	type line struct {
		Request, Route, Message string
		Status, Bytes, Problems int
		Duplicate               bool
	}
	var lines []line
	for text := range strings.Lines(s.log.String()) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		if l.Message != "" || l.Route == bundlesPath {
			lines = append(lines, l)
		}
	}
	if len(lines) != 2 || uuid.Validate(lines[0].Message) != nil || lines[0].Message != lines[1].Message || lines[0].Request == lines[1].Request {
		t.Fatalf("%+v", lines)
	}
	for i, l := range lines {
		if l.Status != 200 || l.Bytes != len(body) || l.Duplicate != (i == 1) || l.Route != bundlesPath {
			t.Errorf("%+v", l)
		}
	}
}
