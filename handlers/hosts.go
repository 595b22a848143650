package handlers

import (
	"net"
	"net/http"
	"strings"

	"breakwater/static"
)

// ours reports whether the host that a request names is one by which Breakwater can be meant: the base
// URL's, an address in numbers, or a name that nobody outside of the clinic's network can give to an
// address of it. So a page from elsewhere cannot have a browser in the clinic talk to Breakwater under
// that page's own name (DNS rebinding). Behind a trusted proxy the proxy decides.
func (s *server) ours(r *http.Request) bool {
	host := strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	switch {
	case host == "", host == strings.ToLower(s.BaseURL.Hostname()), !strings.Contains(host, "."):
		return true
	case net.ParseIP(host) != nil, s.byProxy(r):
		return true
	}
	for _, local := range []string{".localhost", ".local", ".lan", ".internal", ".home.arpa"} {
		if strings.HasSuffix(host, local) {
			return true
		}
	}
	return false
}

// anyHost reports whether a route may be asked under any name: it knows nobody by a cookie.
func anyHost(path string) bool {
	return path == bundlesPath || path == healthPath || path == readyPath || strings.HasPrefix(path, static.Prefix)
}

// byProxy reports whether a trusted proxy made the connection.
func (s *server) byProxy(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	if err != nil || ip == nil {
		return false
	}
	for _, p := range s.TrustedProxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// encrypted reports whether the request came by https, here or at a trusted proxy, under the name that
// people are to use.
func (s *server) encrypted(r *http.Request) bool {
	first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	here := r.TLS != nil || s.byProxy(r) && strings.EqualFold(strings.TrimSpace(first), "https")
	return here && s.BaseURL.Scheme == "https" && strings.EqualFold(r.Host, s.BaseURL.Host)
}
