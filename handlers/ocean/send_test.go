package ocean

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"breakwater/store"
)

var canaryBundle = []byte(`{"resourceType":"Bundle","canary-body":true}`)

// refusing answers every message with a status and an OperationOutcome that tells of a patient.
func refusing(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","diagnostics":"canary-body\u0007 one "},
			{"details":{"text":"two\nlines"}},{"details":{"coding":[{"display":"three"}]}},{"severity":"error"}]}`)
	}
}

func TestClientSend(t *testing.T) {
	for _, status := range []int{200, 201, 202, 204} {
		f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || string(body) != string(canaryBundle) || r.ContentLength != int64(len(body)) {
				t.Errorf("%q, %v", body, err)
			}
			if r.Method != http.MethodPost || r.URL.String() != "/svc/fhir/v1/$process-messages" || r.UserAgent() != "Breakwater" {
				t.Errorf("%s %s by %s", r.Method, r.URL, r.UserAgent())
			}
			for name, want := range map[string]string{"Authorization": "Bearer " + canaryToken + "1", "Content-Type": "application/fhir+json",
				"Accept": "application/fhir+json", "Accept-Encoding": "identity"} {
				if got := r.Header[name]; len(got) != 1 || got[0] != want {
					t.Errorf("%s: %q", name, got)
				}
			}
			w.WriteHeader(status)
		})
		client := f.client(t)
		for range 2 {
			if err := client.Send(ctx, canaryBundle); err != nil {
				t.Errorf("%d: %v", status, err)
			}
		}
		if n := f.tokens.Load(); n != 1 {
			t.Errorf("%d tokens", n)
		}
	}
}

func TestClientSendStatuses(t *testing.T) {
	const said = "canary-body one two lines three"
	for _, c := range []struct {
		status int
		fault  store.Fault
		said   string
		calls  int32
	}{
		{400, store.FaultContent, said, 1}, {409, store.FaultContent, said, 1}, {415, store.FaultContent, said, 1}, {422, store.FaultContent, said, 1},
		{404, store.FaultGone, said, 1}, {410, store.FaultGone, said, 1}, {413, store.FaultTooLarge, said, 1}, {403, store.FaultForbidden, said, 1},
		{401, store.FaultForbidden, "", 2}, {405, store.FaultServer, "", 1}, {408, store.FaultServer, "", 1}, {500, store.FaultServer, "", 1}, {502, store.FaultServer, "", 1},
		{429, store.FaultBusy, "", 1}, {503, store.FaultBusy, "", 1}, {504, store.FaultServer, "", 1}, {304, store.FaultRedirect, "", 1},
	} {
		f := newFake(t, refusing(c.status, "Retry-After", "90"))
		err := f.client(t).Send(ctx, canaryBundle)
		e := wantFault(t, err, c.fault)
		wait := time.Duration(0)
		if c.fault == store.FaultBusy {
			wait = 90 * time.Second
		}
		if e.Status != c.status || e.Said != c.said && c.status != 304 || e.RetryAfter != wait || f.calls.Load() != c.calls {
			t.Errorf("%d: %+v, said %q, to come again after %v, %d calls", c.status, e, e.Said, e.RetryAfter, f.calls.Load())
		}
		if text, err := json.Marshal(e); err != nil || strings.Contains(string(text), "canary") {
			t.Errorf("as JSON: %s, %v", text, err)
		}
	}
}

func TestClientSendFollowsNoRedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{"/svc/fhir/v1/$process-messages/", "https://elsewhere.example/"} {
			f := newFake(t, refusing(status, "Location", to))
			wantFault(t, f.client(t).Send(ctx, canaryBundle), store.FaultRedirect)
			if n := f.calls.Load(); n != 1 {
				t.Errorf("%d to %s: %d calls", status, to, n)
			}
		}
	}
}

func TestClientSendReplacesATokenOnce(t *testing.T) {
	f := newFake(t, nil)
	f.answer = func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) != string(canaryBundle) {
			t.Errorf("sent %q", body)
		}
		if r.Header.Get("Authorization") != "Bearer "+canaryToken+"2" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	if err := f.client(t).Send(ctx, canaryBundle); err != nil || f.tokens.Load() != 2 || f.calls.Load() != 2 {
		t.Errorf("%v after %d tokens and %d calls", err, f.tokens.Load(), f.calls.Load())
	}
}

func TestClientSendWithoutCredentialsOrHost(t *testing.T) {
	wantFault(t, NewClient(Access{Host: "https://ocean.example"}, false).Send(ctx, canaryBundle), store.FaultIncomplete)
	wantFault(t, NewClient(Access{Host: "http://ocean.example", ClientID: "a", ClientSecret: "b"}, true).Send(ctx, canaryBundle), store.FaultHost)
	f := newFake(t, nil, func(f *fake) { f.token = refusing(http.StatusUnauthorized) })
	if e := wantFault(t, f.client(t).Send(ctx, canaryBundle), store.FaultCredentials); e.Said != "" || f.calls.Load() != 0 {
		t.Errorf("%v", e)
	}
}

func TestClientSendBrokenOff(t *testing.T) {
	f := newFake(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	wantFault(t, f.client(t).Send(ctx, canaryBundle), store.FaultConnect)
	slow := newFake(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	client := slow.client(t, func(c *Client) { c.limits.whole = 50 * time.Millisecond })
	if err := client.Send(ctx, canaryBundle); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(ctx)
	time.AfterFunc(50*time.Millisecond, stop)
	if err := slow.client(t).Send(stopped, canaryBundle); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestWordsOfARefusal(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "{": "", `{"resourceType":"Patient","issue":[{"diagnostics":"x"}]}`: "", `[]`: "",
		`{"resourceType":"OperationOutcome","issue":{"diagnostics":"alone"}}`:                             "alone",
		`{"resourceType":"OperationOutcome","issue":[{"diagnostics":7},{"details":"odd"}]}`:               "7",
		`{"resourceType":"OperationOutcome","issue":[{"diagnostics":"a\u0000\u001b[31mb\u202e c\t\td"}]}`: "a [31mb c d",
		`{"resourceType":"OperationOutcome","issue":[{"diagnostics":"<b>caf` + "\xe9" + `</b>"}]}`:        "<b>caf\uFFFD</b>",
	} {
		if got := outcome([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
	for _, long := range []string{strings.Repeat("é", 5000), strings.Repeat("é ", 5000)} {
		got := outcome([]byte(`{"resourceType":"OperationOutcome","issue":[{"diagnostics":"` + long + `"}]}`))
		if n := utf8.RuneCountInString(got); n != maxSaid || !strings.HasSuffix(got, "…") {
			t.Errorf("%d runes", n)
		}
	}
}
