package handlers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
)

// bundleRequest is a delivery as Ocean makes it. Headers given replace the usual ones; a value of
// "-" leaves a header out.
func (s *site) bundleRequest(body io.Reader, headers ...string) *http.Request {
	r := httptest.NewRequest(post, bundlesPath, body)
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set(keyHeader, s.key)
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i+1] == "-" {
			r.Header.Del(headers[i])
		}
	}
	return r
}

func (s *site) deliver(body []byte, headers ...string) answer {
	return s.serve(s.bundleRequest(bytes.NewReader(body), headers...))
}

// receive delivers a message of Ocean's, which must be taken.
func (s *site) receive(m oceantest.Message) {
	s.t.Helper()
	s.deliver(m.JSON()).wants(s.t, 200)
}

// issue is an OperationOutcome's only issue.
type issue struct{ Severity, Code, Diagnostics string }

// outcome reads an answer of the public route. It fails the test for anything else.
func (a answer) outcome(t testing.TB) issue {
	t.Helper()
	if kind := a.Header().Get("Content-Type"); !strings.HasPrefix(kind, "application/fhir+json") {
		t.Fatalf("status %d, Content-Type %q", a.Code, kind)
	}
	var o struct {
		ResourceType string
		Issue        []issue
	}
	if err := json.Unmarshal([]byte(a.body), &o); err != nil || o.ResourceType != "OperationOutcome" || len(o.Issue) != 1 {
		t.Fatalf("no OperationOutcome of one issue: %v\n%s", err, a.body)
	}
	return o.Issue[0]
}
