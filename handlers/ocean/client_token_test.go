package ocean

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"sync"
	"testing"
	"time"

	"breakwater/store"
)

var ctx = context.Background()

func TestClientSendsCredentialsAsFormFields(t *testing.T) {
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header["Authorization"]; len(got) != 1 || got[0] != "Bearer "+canaryToken+"1" {
			t.Errorf("Authorization %q", got)
		}
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("Accept-Encoding %q", got)
		}
		if r.Method != http.MethodGet || r.URL.String() != checkPath || r.UserAgent() != "Breakwater" {
			t.Errorf("%s %s by %s", r.Method, r.URL, r.UserAgent())
		}
	})
	f.token = func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		want := url.Values{"grant_type": {"client_credentials"}, "client_id": {"canary-client"}, "client_secret": {canarySecret}}
		if !reflect.DeepEqual(r.PostForm, want) {
			t.Errorf("form %v", r.PostForm)
		}
		if r.Method != http.MethodPost || r.URL.RawQuery != "" || r.Header.Get("Authorization") != "" ||
			r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("%s %s, header %v", r.Method, r.URL, r.Header)
		}
		giveToken(w, 1, "")
	}
	if err := f.client(t).Check(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestClientKeepsTokenUntilShortlyBeforeItExpires(t *testing.T) {
	for _, c := range []struct {
		more string
		life time.Duration // for which the token is used
	}{
		{`,"expires_in":3600`, time.Hour - tokenMargin},
		{`,"expires_in":"3600"`, time.Hour - tokenMargin},
		{`,"expires_in":8`, 6 * time.Second},
		{``, tokenLife - tokenMargin},
		{`,"expires_in":-1`, 0},
	} {
		now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
		begin := now
		f := newFake(t, nil)
		f.token = func(w http.ResponseWriter, _ *http.Request) { giveToken(w, f.tokens.Load(), c.more) }
		client := f.client(t, func(c *Client) { c.now = func() time.Time { return now } })
		if !client.TokenAt().IsZero() {
			t.Error("a token before the first call")
		}
		want := func(tokens int32, at time.Time) {
			t.Helper()
			if err := client.Check(ctx); err != nil {
				t.Fatal(err)
			}
			if got := f.tokens.Load(); got != tokens || !client.TokenAt().Equal(at) {
				t.Errorf("%q: %d tokens, want %d; the last at %v", c.more, got, tokens, client.TokenAt())
			}
		}
		want(1, begin)
		if c.life > 0 {
			now = begin.Add(c.life - time.Second)
			want(1, begin)
		}
		now = begin.Add(c.life + time.Second)
		want(2, now)
	}
}

func TestClientReplacesRefusedTokenOnce(t *testing.T) {
	good := canaryToken + "2"
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+good {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, canaryBody)
	})
	c := f.client(t)
	if err := c.Check(ctx); err != nil {
		t.Error(err)
	}
	if f.tokens.Load() != 2 || f.calls.Load() != 2 {
		t.Errorf("%d tokens, %d calls", f.tokens.Load(), f.calls.Load())
	}
	good = "none"
	if e := wantFault(t, c.Check(ctx), store.FaultForbidden); e.Status != http.StatusUnauthorized {
		t.Error(e.Status)
	}
	if f.tokens.Load() != 3 || f.calls.Load() != 4 {
		t.Errorf("%d tokens, %d calls", f.tokens.Load(), f.calls.Load())
	}
}

func TestClientSharesToken(t *testing.T) {
	const callers = 16
	var first sync.WaitGroup
	first.Add(callers)
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+canaryToken+"1" {
			first.Done()
			first.Wait() // all of them hold the token that is refused now
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	c := f.client(t)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			if err := c.Check(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := f.tokens.Load(); got != 2 {
		t.Errorf("%d tokens for %d callers", got, callers)
	}
}

// A caller that hears late of a refusal must not throw away the token that replaced the refused one.
func TestClientKeepsNewerToken(t *testing.T) {
	held, release := make(chan bool), make(chan bool)
	f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+canaryToken+"1" {
			_, _ = fmt.Fprint(w, "%PDF-")
			return
		}
		if r.URL.Path == canaryPath {
			held <- true
			<-release
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	c := f.client(t)
	done := make(chan error)
	go func() {
		_, err := c.Fetch(ctx, f.URL+canaryPath)
		done <- err
	}()
	<-held
	if err := c.Check(ctx); err != nil {
		t.Error(err)
	}
	close(release)
	if err := <-done; err != nil || f.tokens.Load() != 2 {
		t.Errorf("%v, %d tokens", err, f.tokens.Load())
	}
}

// Whoever began the request for a token may give up; the others still get it.
func TestClientTokenOutlivesItsFirstCaller(t *testing.T) {
	asked, release := make(chan bool), make(chan bool)
	f := newFake(t, nil)
	f.token = func(w http.ResponseWriter, _ *http.Request) {
		asked <- true
		<-release
		giveToken(w, 1, "")
	}
	c := f.client(t)
	impatient, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- c.Check(impatient) }()
	<-asked
	cancel()
	err := <-done
	if _, is := errors.AsType[*CallError](err); is || !errors.Is(err, context.Canceled) {
		t.Errorf("%T: %v", err, err)
	}
	noCanary(t, err)
	go func() { done <- c.Check(ctx) }()
	close(release)
	if err := <-done; err != nil || f.tokens.Load() != 1 {
		t.Errorf("%v, %d tokens", err, f.tokens.Load())
	}
}
