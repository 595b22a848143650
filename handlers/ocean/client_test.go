package ocean

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

func TestClientFetch(t *testing.T) {
	f := newFake(t, nil)
	got, err := f.client(t).Fetch(ctx, f.URL+canaryPath+"?x=1")
	if err != nil || got.Type != "application/pdf" || string(got.Data) != "%PDF-1.7 "+canaryBody {
		t.Errorf("%q, %v", got, err)
	}
}

func TestClientStatuses(t *testing.T) {
	const date = "Wed, 04 Mar 2026 12:00:30 GMT"
	for _, c := range []struct {
		status     int
		retryAfter string
		fault      store.Fault
		wait       time.Duration
	}{
		{201, "", store.FaultServer, 0}, {204, "", store.FaultServer, 0}, {206, "", store.FaultServer, 0},
		{300, "", store.FaultServer, 0}, {302, "", store.FaultServer, 0}, {304, "", store.FaultServer, 0},
		{400, "", store.FaultServer, 0}, {401, "9", store.FaultForbidden, 0}, {403, "", store.FaultForbidden, 0},
		{404, "", store.FaultGone, 0}, {406, "", store.FaultServer, 0}, {410, "", store.FaultGone, 0},
		{429, "", store.FaultBusy, 0}, {429, "120", store.FaultBusy, 2 * time.Minute}, {503, date, store.FaultBusy, 30 * time.Second},
		{500, "9", store.FaultServer, 0}, {502, "", store.FaultServer, 0}, {504, "", store.FaultServer, 0}, {599, "", store.FaultServer, 0},
	} {
		f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
			if c.retryAfter != "" {
				w.Header().Set("Retry-After", c.retryAfter)
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, canaryBody)
		})
		client := f.client(t, func(c *Client) {
			c.now = func() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }
		})
		_, err := client.Fetch(ctx, f.URL+canaryPath)
		for _, err := range []error{err, client.Check(ctx)} {
			if e := wantFault(t, err, c.fault); e.Status != c.status || e.RetryAfter != c.wait {
				t.Errorf("%d %q: %v, %v", c.status, c.retryAfter, e, e.RetryAfter)
			}
		}
	}
}

func TestClientRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "1": time.Second, "-5": 0, "86400": 24 * time.Hour, "86401": 24 * time.Hour,
		"99999999999999999999": 24 * time.Hour, "-99999999999999999999": 0, "soon": 0, "1.5": 0, "1h": 0,
		"Wed, 04 Mar 2026 13:00:00 GMT": time.Hour, "Wednesday, 04-Mar-26 13:00:00 GMT": time.Hour,
		"Wed, 04 Mar 2026 11:00:00 GMT": 0, "Wed, 04 Mar 2099 11:00:00 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestClientSizes(t *testing.T) {
	const letter, document = "/svc/ServiceRequest/r/$letter", canaryPath
	for _, c := range []struct {
		link     string
		size     int
		tooLarge bool
	}{
		{document, 100, false}, {document, 101, true}, {letter, 101, true},
		{letter + "?attachments=true", 200, false}, {letter + "?attachments=true", 201, true},
		{letter + "?attachments=false", 101, true}, {document + "?attachments=true", 101, true},
		{"/svc/ServiceRequest/r/%24letter?x=y&attachments=true", 200, false},
	} {
		for _, chunked := range []bool{false, true} {
			f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				if !chunked {
					w.Header().Set("Content-Length", strconv.Itoa(c.size))
				}
				_, _ = io.WriteString(w, "%PDF-")
				_ = http.NewResponseController(w).Flush()
				_, _ = w.Write(make([]byte, c.size-5))
			})
			client := f.client(t, func(c *Client) { c.limits.document, c.limits.letter = 100, 200 })
			got, err := client.Fetch(ctx, f.URL+c.link)
			switch {
			case c.tooLarge:
				wantFault(t, err, store.FaultTooLarge)
			case err != nil || len(got.Data) != c.size:
				t.Errorf("%s, %d bytes, chunked %v: %v", c.link, c.size, chunked, err)
			}
		}
	}
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 101)) })
	wantFault(t, f.client(t, func(c *Client) { c.limits.small = 100 }).Check(ctx), store.FaultTooLarge)
}

// A length past the limit is believed at once: nothing of the body has to come.
func TestClientBelievesTooLargeLength(t *testing.T) {
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(maxDocument+1))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	_, err := f.client(t).Fetch(ctx, f.URL+canaryPath)
	wantFault(t, err, store.FaultTooLarge)
}

func TestClientSlow(t *testing.T) {
	const short = 50 * time.Millisecond
	wait := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the client has gone
		<-r.Context().Done()
	}
	begin := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "%PDF-")
		_ = http.NewResponseController(w).Flush()
		wait(w, r)
	}
	for name, c := range map[string]struct {
		token, answer http.HandlerFunc
		change        func(*Client)
	}{
		"header":       {nil, wait, func(c *Client) { c.transport.ResponseHeaderTimeout = short }},
		"whole":        {nil, wait, func(c *Client) { c.limits.whole = short }},
		"body":         {nil, begin, func(c *Client) { c.limits.whole = short }},
		"token":        {wait, nil, func(c *Client) { c.tokens.timeout = short }},
		"token's body": {begin, nil, func(c *Client) { c.tokens.timeout = short }},
		"whole, token": {wait, nil, func(c *Client) { c.limits.whole, c.tokens.timeout = short, 2*short }},
	} {
		f := newFake(t, c.answer)
		f.token = c.token
		_, err := f.client(t, c.change).Fetch(ctx, f.URL+canaryPath)
		if t.Log(name, err); !errors.Is(wantFault(t, err, store.FaultSlow), context.DeadlineExceeded) {
			t.Error("does not say that a deadline passed")
		}
	}
	f := newFake(t, begin)
	hurried, cancel := context.WithTimeout(ctx, short)
	defer cancel()
	_, err := f.client(t).Fetch(hurried, f.URL+canaryPath)
	wantFault(t, err, store.FaultSlow)
}

func TestClientCancelled(t *testing.T) {
	asked := make(chan bool)
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "%PDF-")
		_ = http.NewResponseController(w).Flush()
		asked <- true
		<-r.Context().Done()
	})
	stopped, cancel := context.WithCancel(ctx)
	go func() { <-asked; cancel() }()
	_, err := f.client(t).Fetch(stopped, f.URL+canaryPath)
	if _, is := errors.AsType[*CallError](err); is || !errors.Is(err, context.Canceled) {
		t.Errorf("%T: %v", err, err)
	}
	noCanary(t, err)
}

func TestClientContent(t *testing.T) {
	for _, c := range []struct {
		declared, encoding, body string
		want                     any
	}{
		{"application/pdf", "", "%PDF-1.4", "application/pdf"}, {"text/html", "", "%PDF-1.4", "application/pdf"},
		{"", "identity", "Dear Ada", "text/plain"}, {"text/plain;charset=utf-8", "", "Dear Ada", "text/plain"},
		{"application/pdf", "", "Dear Ada", "text/plain"}, {"image/gif", "", "GIF89a\x00", octetStream},
		{"application/pdf", "", "<html>" + canaryBody, store.FaultContent}, {"application/pdf", "", "", store.FaultContent},
		{"application/pdf", "", "MZ\x90\x00" + canaryBody, store.FaultContent},
		{"text/html; charset=utf-8", "", "Please sign in. " + canaryBody, store.FaultContent},
		{"application/fhir+json", "", `{"resourceType":"Binary"}`, store.FaultContent},
		{"application/pdf", "gzip", "\x1f\x8b\x08" + canaryBody, store.FaultServer},
	} {
		f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.declared)
			if c.encoding != "" {
				w.Header().Set("Content-Encoding", c.encoding)
			}
			_, _ = io.WriteString(w, c.body)
		})
		got, err := f.client(t).Fetch(ctx, f.URL+canaryPath)
		if fault, is := c.want.(store.Fault); is {
			wantFault(t, err, fault)
		} else if err != nil || got.Type != c.want || string(got.Data) != c.body {
			t.Errorf("%s, %q: %s, %v", c.declared, c.body, got.Type, err)
		}
	}
}

func TestClientNeverPrintsItsSecret(t *testing.T) {
	f := newFake(t, nil)
	c := f.client(t)
	if err := c.Check(ctx); err != nil {
		t.Fatal(err)
	}
	a := Access{Host: f.URL, ClientID: "canary-client", ClientSecret: canarySecret}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "a", a, "c", c, "p", &a)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", a, "c", c, "p", &a)
	written, err := json.Marshal([]any{a, &a, c})
	if err != nil {
		t.Fatal(err)
	}
	log.Write(written)
	for _, v := range []any{a, &a, c, []Access{a}, map[string]any{"a": a}, struct{ A Access }{a}, struct{ c *Client }{c}} {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %t %T %#q %10.3v") {
			fmt.Fprintf(&log, verb+"\n", v)
		}
		fmt.Fprint(&log, v)
	}
	for _, secret := range []string{"canary-secret", "canary-token", fmt.Sprintf("%x", "canary-s"), fmt.Sprintf("%X", "canary-s")} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q in %s", secret, log.String())
		}
	}
}
