package ocean

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxLink is the length in bytes of the longest link that is asked for. Ocean's have about 120.
const maxLink = 4096

// origin is scheme, host and port: whom a token is for. The host is in lower case and an IPv6
// address without brackets; the port is never empty. Two origins are the same if they are ==.
type origin struct{ scheme, host, port string }

// parseOrigin reads a host as it is configured: an origin, and nothing after it. It is HTTPS, or,
// if loopback is allowed, HTTP on 127.0.0.1 for rehearsals and tests.
func parseOrigin(host string, allowLoopback bool) (origin, bool) {
	if !plain(host) {
		return origin{}, false
	}
	u, err := url.Parse(host)
	if err != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery {
		return origin{}, false
	}
	o, ok := originOf(u)
	return o, ok && (o.scheme == "https" || allowLoopback && o.isLoopback())
}

// originOf returns where a URL leads. It knows only what Ocean's hosts look like: a name in ASCII
// or an address; anything that two readers might understand in two ways has no origin.
func originOf(u *url.URL) (origin, bool) {
	if u.User != nil || u.Opaque != "" || strings.HasSuffix(u.Host, ":") {
		return origin{}, false
	}
	o := origin{u.Scheme, strings.ToLower(u.Hostname()), u.Port()}
	if o.host == "" || strings.ContainsFunc(o.host, notInHost) {
		return origin{}, false
	}
	switch {
	case o.scheme != "https" && o.scheme != "http":
		return origin{}, false
	case o.port != "":
	case o.scheme == "https":
		o.port = "443"
	default:
		o.port = "80"
	}
	n, err := strconv.ParseUint(o.port, 10, 16)
	return o, err == nil && n > 0 && strconv.FormatUint(n, 10) == o.port
}

// notInHost reports whether a rune is in no name or address that we know. Letters beyond ASCII are
// among them, because some look like others and some are turned into others on the way to the DNS.
func notInHost(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && r != '.' && r != '-' && r != ':'
}

// plain reports whether a link is made of visible ASCII without what is read differently by
// different software: a backslash is a slash to browsers, and what follows # is never sent.
func plain(link string) bool {
	return len(link) <= maxLink && !strings.ContainsFunc(link, func(r rune) bool {
		return r <= ' ' || r > '~' || r == '\\' || r == '#'
	})
}

// isLoopback reports whether this is the one place that may be called without TLS. A name such as
// localhost is not, since it is whatever a resolver says.
func (o origin) isLoopback() bool { return o.scheme == "http" && o.host == "127.0.0.1" }

// local returns a link as a URL if it lies on this origin.
func (o origin) local(link string) (*url.URL, bool) {
	if !plain(link) {
		return nil, false
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil, false
	}
	if at, ok := originOf(u); !ok || at != o {
		return nil, false
	}
	u.Scheme, u.Host = o.scheme, o.hostPort()
	return u, true
}

// url returns the URL of a path on this origin.
func (o origin) url(path string) *url.URL {
	return &url.URL{Scheme: o.scheme, Host: o.hostPort(), Path: path}
}

// hostPort returns the host as it stands in a URL, without a port that goes without saying.
func (o origin) hostPort() string {
	host := o.host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if o.scheme == "https" && o.port == "443" || o.scheme == "http" && o.port == "80" {
		return host
	}
	return net.JoinHostPort(o.host, o.port)
}

// guard refuses every request that would leave the origin. It lies beneath everything that adds a
// token or a secret, so that no mistake above it can carry one away.
type guard struct {
	origin origin
	next   http.RoundTripper
}

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	at, ok := originOf(r.URL)
	if !ok || at != g.origin || r.Host != "" && r.Host != r.URL.Host {
		if r.Body != nil {
			_ = r.Body.Close() // as http.RoundTripper asks for
		}
		return nil, foreign()
	}
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "Breakwater")
	return g.next.RoundTrip(r)
}
