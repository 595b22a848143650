package ocean

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"breakwater/store"
)

// checkPath is a resource that needs a token and no patient.
const checkPath = "/svc/fhir/v1/NamingSystem/id-site-number"

// Access is where and as whom to call Ocean.
type Access = store.OceanAccess

// Client calls one Ocean host with one set of credentials. It may be used by several goroutines at
// once; they share its token and its connections.
//
// A secret and a token go only where they were meant for: to the host's own origin, over TLS 1.2
// or later, at a public address. A link or redirect that leads elsewhere is never asked for.
type Client struct {
	access     Access
	origin     origin
	fault      store.Fault // why no call can be made; "" for none
	incomplete bool        // a credential is missing

	limits    limits
	transport *http.Transport
	inside    guard // over transport
	tokens    *tokens

	// Tests change these before the first call.
	now       func() time.Time
	roots     *x509.CertPool        // nil for the system's
	resolver  *net.Resolver         // nil for the system's
	allowAddr func(netip.Addr) bool // whether an address may be connected to
}

// limits bound what a call may cost us: time, and bytes of a body.
type limits struct {
	dial, handshake, header, idle time.Duration
	stall                         time.Duration // within a body
	token, whole                  time.Duration // one request for a token; a call from its beginning to its end
	document, letter, small       int64
}

var usualLimits = limits{
	dial: 10 * time.Second, handshake: 10 * time.Second, header: 30 * time.Second, idle: 90 * time.Second, stall: 30 * time.Second,
	token: time.Minute, whole: 3 * time.Minute,
	document: maxDocument, letter: 60 << 20, small: 1 << 20,
}

// NewClient returns a client for one set of credentials. It costs little and calls nobody. A host
// that is not HTTPS, or, if loopback is allowed, HTTP on 127.0.0.1, shows at the first call as a
// [*CallError] with FaultHost; a missing id or secret as FaultIncomplete.
func NewClient(a Access, allowLoopback bool) *Client {
	c := &Client{
		access:     Access{Host: a.Host, Generation: a.Generation}, // the secret stays with the tokens
		incomplete: a.ClientID == "" || a.ClientSecret == "",
		limits:     usualLimits,
		now:        time.Now,
	}
	o, ok := parseOrigin(a.Host, allowLoopback)
	if !ok {
		o, c.fault = origin{}, store.FaultHost // an origin that no URL has
	}
	c.origin = o
	c.allowAddr = c.mayDial
	c.transport = c.newTransport()
	c.inside = guard{o, c.transport}
	c.tokens = &tokens{
		conf:    tokenConf(a, o.url(tokenPath)),
		http:    &http.Client{Transport: tokenAnswers{c, c.inside}},
		now:     func() time.Time { return c.now() },
		timeout: c.limits.token,
	}
	return c
}

// Format prints nothing of what a Client holds.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "Ocean client") }

// Close closes connections that are not in use. Calls under way go on, and later ones still work.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// TokenAt returns when Ocean last gave this client a token, which shows that the credentials were
// good then; the zero time if it never did.
func (c *Client) TokenAt() time.Time { return c.tokens.lastAt() }

// Check tries the host and the credentials: it gets a token, or has one, and asks for something
// that needs no patient. It takes 3 minutes at most. Its errors are those of [Client.Fetch]
// without FaultForeign and FaultContent.
func (c *Client) Check(ctx context.Context) error {
	if err := c.ready(); err != nil {
		return err
	}
	_, err := c.get(ctx, c.origin.url(checkPath), c.limits.small, nil)
	return err
}

// ready returns the reason why no call can be made.
func (c *Client) ready() error {
	switch {
	case c.fault != "":
		return &CallError{Fault: c.fault}
	case c.incomplete:
		return &CallError{Fault: store.FaultIncomplete}
	}
	return nil
}

// failed turns an error into a CallError, or, if the caller no longer wants the answer, into one
// that wraps context.Canceled and is no fault of anybody's.
func failed(ctx context.Context, err error) error {
	_, judged := errors.AsType[*CallError](err)
	if !judged && errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("call to Ocean: %w", context.Canceled)
	}
	return callFault(err)
}
