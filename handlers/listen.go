package handlers

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// Addresses say where to listen, and what protects the way there.
type Addresses struct {
	Console           string   // host:port of the console and the public route
	Public            string   // host:port of the public route alone; "" for none
	Redirect          string   // host:port of plain HTTP that sends people to the base URL; "" for none
	BaseURL           *url.URL // what people and Ocean use
	CertFile, KeyFile string   // PEM; "" for plain HTTP
	ACME              *ACME    // to get a certificate instead; nil for not
	Proxied           bool     // a trusted proxy stands in front
	Insecure          bool     // plain HTTP beyond this machine is meant
}

// host is the base URL's, "" where that is none.
func (at Addresses) host() string {
	if at.BaseURL == nil {
		return ""
	}
	return at.BaseURL.Hostname()
}

// Listen opens the addresses. Beyond this machine, passwords and patients' data want TLS here or in
// a proxy that is named, unless somebody says that plain HTTP is meant. The certificate is for all addresses
// but the public route's where that is for a proxy on this machine.
func Listen(console http.Handler, at Addresses, log *slog.Logger) ([]Listener, error) {
	certificate, challenges, err := at.certificate(log)
	if err != nil {
		return nil, err
	}
	list := []Listener{{Address: at.Console, Handler: console, Certificate: certificate}}
	if at.Public != "" {
		l := Listener{Address: at.Public, Handler: PublicOnly(console), Certificate: certificate}
		if at.Proxied && isLoopback(at.Public) { // a proxy on this machine proves who it is itself, and calls by plain HTTP
			l.Certificate = nil
		}
		list = append(list, l)
	}
	for _, l := range list {
		if certificate == nil && !at.Proxied && !at.Insecure && !isLoopback(l.Address) {
			return nil, fmt.Errorf("%s is not on this machine alone: set BREAKWATER_TLS_CERT_FILE and BREAKWATER_TLS_KEY_FILE, or BREAKWATER_ACME=1, or BREAKWATER_TRUSTED_PROXIES, or BREAKWATER_INSECURE_HTTP=1", l.Address)
		}
	}
	if at.Redirect != "" {
		if at.BaseURL.Scheme != "https" {
			return nil, fmt.Errorf("BREAKWATER_REDIRECT_LISTEN sends people to https, and BREAKWATER_BASE_URL is %s", at.BaseURL)
		}
		list = append(list, Listener{Address: at.Redirect, Handler: challenges(Redirects(console, at.BaseURL))})
	}
	return list, open(list)
}

// open opens all of the addresses, or none.
func open(list []Listener) error {
	for i := range list {
		var err error
		if list[i].Net, err = net.Listen("tcp", list[i].Address); err != nil {
			for _, before := range list[:i] {
				err = errors.Join(err, before.Net.Close())
			}
			return fmt.Errorf("%w%s", err, whatNow(err))
		}
	}
	return nil
}

// whatNow says what to do where an address cannot be listened on.
func whatNow(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return ": another program, or Breakwater itself, has this port already (ss -ltnp names it)"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return ": this machine has no such address (ip address shows those it has); 0.0.0.0 stands for all of them"
	case errors.Is(err, syscall.EACCES):
		return ": ports below 1024 want a right of their own; the unit breakwater.service says which"
	}
	return ""
}

// certificate is what to prove Breakwater with, nil for plain HTTP, and what answers an authority's
// questions over plain HTTP before a handler.
func (at Addresses) certificate(log *slog.Logger) (c *Certificate, challenges func(http.Handler) http.Handler, err error) {
	none := func(next http.Handler) http.Handler { return next }
	own := at.CertFile != "" || at.KeyFile != ""
	switch {
	case own && at.ACME != nil:
		return nil, nil, errors.New("choose BREAKWATER_TLS_CERT_FILE or BREAKWATER_ACME: there is one certificate")
	case own:
		c, err = LoadCertificate(at.CertFile, at.KeyFile, at.host(), log)
		return c, none, err
	case at.ACME == nil:
		return nil, none, nil
	case at.BaseURL.Scheme != "https":
		return nil, nil, fmt.Errorf("BREAKWATER_ACME gets a certificate for https, and BREAKWATER_BASE_URL is %s", at.BaseURL)
	}
	return at.ACME.certificate(at.host(), log)
}

func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
