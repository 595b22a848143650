package ocean

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"

	"breakwater/store"
)

const (
	tokenPath = "/svc/oauth2/token"
	// tokenMargin is how long before its expiry a token is no longer used, so that none expires on
	// its way; a quarter of its life if that is shorter.
	tokenMargin = 30 * time.Second
	// tokenLife is how long a token is kept when Ocean does not say. A 401 ends it sooner.
	tokenLife = 10 * time.Minute
	// maxToken is the length in bytes of the longest token that is taken: it goes into a header.
	maxToken = 16 << 10
)

// tokens gets and keeps the one token that all calls share.
type tokens struct {
	conf    *clientcredentials.Config // behind a pointer, which fmt does not follow
	http    *http.Client
	now     func() time.Time
	timeout time.Duration // for one request, whoever waits for it

	flight singleflight.Group
	mu     sync.Mutex
	token  *oauth2.Token // nil for none; never changed once it is here
	until  time.Time     // when token is no longer used
	at     time.Time     // when the last token was got
}

// tokenConf fixes how the credentials are sent: as form fields. Ocean takes HTTP Basic only
// with grant_type in the query, which oauth2 does not do, and Basic as oauth2 writes it would
// escape the id and secret once more. Asking both ways in turn would send the secret twice.
func tokenConf(a Access, at *url.URL) *clientcredentials.Config {
	return &clientcredentials.Config{
		ClientID:     a.ClientID,
		ClientSecret: a.ClientSecret,
		TokenURL:     at.String(),
		AuthStyle:    oauth2.AuthStyleInParams,
	}
}

// get returns the token at hand, or a new one. Callers that need one at the same time share the
// request. It goes on when the one who began it gives up, because others may wait for it.
func (t *tokens) get(ctx context.Context) (*oauth2.Token, error) {
	if token := t.cached(); token != nil {
		return token, nil
	}
	done := t.flight.DoChan("", func() (any, error) {
		if token := t.cached(); token != nil {
			return token, nil
		}
		return t.fetch(context.WithoutCancel(ctx))
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		token, _ := r.Val.(*oauth2.Token)
		return token, r.Err
	}
}

func (t *tokens) cached() *oauth2.Token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == nil || !t.now().Before(t.until) {
		return nil
	}
	return t.token
}

// drop forgets a token that Ocean refused, unless it was replaced meanwhile.
func (t *tokens) drop(token *oauth2.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = nil
	}
}

func (t *tokens) lastAt() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.at
}

// fetch asks Ocean for a token and keeps it. Its errors are *CallError.
func (t *tokens) fetch(ctx context.Context) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	token, err := t.conf.Token(context.WithValue(ctx, oauth2.HTTPClient, t.http))
	if err != nil {
		// What is no url.Error was found in an answer of status 200.
		if _, ok := errors.AsType[*url.Error](err); !ok {
			return nil, &CallError{Fault: store.FaultServer, Status: http.StatusOK}
		}
		return nil, callFault(err)
	}
	if !isBearer(token) {
		return nil, &CallError{Fault: store.FaultServer, Status: http.StatusOK}
	}
	life := tokenLife
	if !token.Expiry.IsZero() {
		life = time.Until(token.Expiry)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at = t.now()
	t.token, t.until = token, t.at.Add(life-min(tokenMargin, life/4))
	return token, nil
}

// isBearer reports whether a token can be sent in a header as RFC 6750 has it.
func isBearer(token *oauth2.Token) bool {
	return token.Type() == "Bearer" && len(token.AccessToken) <= maxToken &&
		!strings.ContainsFunc(token.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' })
}

// tokenAnswers judges the token endpoint's answers before oauth2 reads them, since oauth2 keeps
// bodies in its errors, cuts long ones short and loses the reason why one could not be read.
type tokenAnswers struct {
	client *Client
	next   http.RoundTripper
}

func (t tokenAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		discard(resp)
		return nil, t.refusal(resp)
	}
	body, err := readBody(resp, t.client.limits.small)
	if err != nil {
		return nil, err
	}
	resp.Header.Set("Content-Type", "application/json") // for oauth2 to read nothing else
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// refusal says what any status but 200 means at the token endpoint. Even a redirect within the
// origin is not followed: nobody but the endpoint itself is sent the secret.
func (t tokenAnswers) refusal(resp *http.Response) *CallError {
	e := statusFault(resp, t.client.now())
	switch resp.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		e.Fault = store.FaultCredentials
	case http.StatusNotFound, http.StatusGone:
		e.Fault = store.FaultServer
	}
	if _, elsewhere := t.client.redirect(resp); elsewhere {
		e.Fault = store.FaultRedirect
	}
	return e
}
