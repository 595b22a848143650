package ocean

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"breakwater/store"
)

const (
	// maxDocument is how many bytes one document may have. Ocean takes files of up to 10 MB.
	maxDocument = 25 << 20
	// maxRedirects is how many redirects within the origin are followed.
	maxRedirects = 3
	// maxDiscard is how much of an unwanted body is read so that its connection can be used again.
	maxDiscard = 8 << 10
)

// Content is a document.
type Content struct {
	Type string // the media type, by the bytes themselves; see [ContentType]
	Data []byte
}

// Local reports whether a link lies on the client's host and may be asked for: an absolute URL with
// the same scheme, host and port, without a user's name, a fragment, a backslash, white space or
// anything beyond ASCII.
func (c *Client) Local(link string) bool {
	_, ok := c.origin.local(link)
	return ok && c.fault == ""
}

// Fetch gets the document at a link. A document may have 25 MB, a consolidated letter
// ($letter?attachments=true) 60 MB, and all of it may take 3 minutes. A token that Ocean refuses is
// replaced once; redirects are followed three times, within the host.
//
// Its errors are [*CallError], or wrap context.Canceled if ctx was cancelled. A link for which
// [Client.Local] is false is never asked for and gives FaultForeign.
func (c *Client) Fetch(ctx context.Context, link string) (Content, error) {
	return c.fetch(ctx, link, nil)
}

// fetch is [Client.Fetch] that gives back what it does not need of memory for [Client.most] bytes, as
// soon as Ocean says how much comes.
func (c *Client) fetch(ctx context.Context, link string, memory *share) (Content, error) {
	if c.fault != "" {
		return Content{}, &CallError{Fault: c.fault}
	}
	u, ok := c.origin.local(link)
	if !ok {
		return Content{}, foreign()
	}
	if err := c.ready(); err != nil {
		return Content{}, err
	}
	a, err := c.get(ctx, u, c.most(u), memory)
	if err != nil {
		return Content{}, err
	}
	mediaType, ok := ContentType(a.body)
	if !ok || mediaType == "text/plain" && !a.mayBeText() {
		return Content{}, &CallError{Fault: store.FaultContent, Status: http.StatusOK}
	}
	return Content{mediaType, a.body}, nil
}

// most is how many bytes the document at a link may have.
func (c *Client) most(u *url.URL) int64 {
	if strings.HasSuffix(u.Path, "/$letter") && u.Query().Get("attachments") == "true" {
		return c.limits.letter
	}
	return c.limits.document
}

// answer is what came with status 200.
type answer struct {
	declared string // Content-Type
	body     []byte
}

// mayBeText reports whether an answer of text is a document. What the server itself calls a page
// or data is a login page or a resource in its place.
func (a answer) mayBeText() bool {
	declared, _, _ := mime.ParseMediaType(a.declared)
	kind := declared[strings.LastIndexAny(declared, "/+")+1:]
	return kind != "html" && kind != "xml" && kind != "json"
}

// get makes one call, from the token to the last byte of the body.
func (c *Client) get(caller context.Context, u *url.URL, limit int64, memory *share) (answer, error) {
	ctx, cancel := context.WithTimeout(caller, c.limits.whole)
	defer cancel()
	resp, err := c.ask(ctx, func(token *oauth2.Token) (*http.Response, error) { return c.follow(ctx, u, token) })
	if err != nil {
		return answer{}, failed(caller, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		discard(resp)
		return answer{}, statusFault(resp, c.now())
	}
	memory.shrink(resp.ContentLength)
	var stalled atomic.Bool
	timer := time.AfterFunc(c.limits.stall, func() { stalled.Store(true); cancel() })
	defer timer.Stop()
	resp.Body = &watched{resp.Body, timer, c.limits.stall}
	body, err := readBody(resp, limit)
	if err != nil && stalled.Load() {
		return answer{}, &CallError{Fault: store.FaultSlow, Status: resp.StatusCode}
	}
	if err != nil {
		return answer{}, failed(caller, err)
	}
	memory.shrink(int64(len(body)))
	return answer{resp.Header.Get("Content-Type"), body}, nil
}

// watched is a body whose reader is cut off when nothing comes for a while: one that stalls must not
// keep the documents behind it waiting for minutes.
type watched struct {
	io.ReadCloser
	timer *time.Timer
	most  time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	w.timer.Reset(w.most)
	return n, err
}

// ask sends a request with the token. Ocean may end a token early: after a 401 a new one is tried,
// exactly once, because a second 401 means that Ocean does not let us.
func (c *Client) ask(ctx context.Context, send func(*oauth2.Token) (*http.Response, error)) (*http.Response, error) {
	for again := false; ; again = true {
		token, err := c.tokens.get(ctx)
		if fault, ok := errors.AsType[*CallError](err); ok {
			atToken := *fault // the one that callers share stays as it is
			atToken.AtToken = true
			return nil, &atToken
		}
		if err != nil {
			return nil, err
		}
		resp, err := send(token)
		if err != nil || resp.StatusCode != http.StatusUnauthorized || again {
			return resp, err
		}
		discard(resp)
		c.tokens.drop(token)
	}
}

// follow sends a request and follows redirects within the origin.
func (c *Client) follow(ctx context.Context, u *url.URL, token *oauth2.Token) (*http.Response, error) {
	for hop := 0; ; hop++ {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return nil, foreign() // its text would quote the URL
		}
		token.SetAuthHeader(r)
		r.Header.Set("Accept", "*/*")
		r.Header.Set("Accept-Encoding", "identity")
		resp, err := c.inside.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		next, elsewhere := c.redirect(resp)
		if next == nil && !elsewhere {
			return resp, nil
		}
		discard(resp)
		if elsewhere || hop == maxRedirects {
			return nil, &CallError{Fault: store.FaultRedirect, Status: resp.StatusCode}
		}
		u = next
	}
}

// redirect returns where an answer sends us, nil if nowhere; elsewhere means out of the origin, or
// to what cannot be read.
func (c *Client) redirect(resp *http.Response) (next *url.URL, elsewhere bool) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, false
	}
	to, err := resp.Location()
	if errors.Is(err, http.ErrNoLocation) {
		return nil, false
	}
	if err != nil {
		return nil, true
	}
	to.Fragment, to.RawFragment = "", ""
	next, ok := c.origin.local(to.String())
	return next, !ok
}

// readBody reads a body of at most limit bytes: it looks at Content-Length first and counts as it
// reads, since that header may be missing or wrong. We ask for no encoding, so one that is there
// all the same would give bytes that are not the document's.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	tooLarge := &CallError{Fault: store.FaultTooLarge, Status: resp.StatusCode}
	if encoding := resp.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, &CallError{Fault: store.FaultServer, Status: resp.StatusCode}
	}
	if resp.ContentLength > limit {
		return nil, tooLarge
	}
	var body bytes.Buffer
	body.Grow(int(max(resp.ContentLength, 0)) + bytes.MinRead) // room for the read that finds the end
	if _, err := body.ReadFrom(io.LimitReader(resp.Body, limit+1)); err != nil {
		return nil, err
	}
	// A server that sees us hang up may still end its answer properly, though not all of it came.
	if err := resp.Request.Context().Err(); err != nil {
		return nil, err
	}
	if int64(body.Len()) > limit {
		return nil, tooLarge
	}
	return body.Bytes(), nil
}

// discard ends an answer whose body nobody wants.
func discard(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, maxDiscard)
	_ = resp.Body.Close()
}
