package handlers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// ACME says how to get a certificate by itself (RFC 8555): for the base URL's host and no other. The
// authority proves the host over TLS on port 443, or over the address for redirects on port 80.
type ACME struct {
	Folder    string // where certificates and keys are kept; made 0700
	Email     string // of who is to hear of trouble; "" for nobody
	Directory string // of the authority; "" is Let's Encrypt's
	CAFile    string // PEM of who vouches for the directory itself; "" for the system's
}

// acmeSoon is shorter than the time that renewing has had by then, 30 days before the end on.
const acmeSoon = 20 * 24 * time.Hour

// acmeTimeout bounds one answer of the authority.
const acmeTimeout = 30 * time.Second

// certificate prepares to get certificates; it gets none yet. Challenges answers the authority's
// questions over plain HTTP.
func (a *ACME) certificate(host string, log *slog.Logger) (c *Certificate, challenges func(http.Handler) http.Handler, err error) {
	if net.ParseIP(host) != nil || host == "localhost" {
		return nil, nil, fmt.Errorf("BREAKWATER_ACME wants a name in BREAKWATER_BASE_URL that the authority can look up, not %q", host)
	}
	client, err := a.client()
	if err != nil {
		return nil, nil, err
	}
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(a.Folder), HostPolicy: autocert.HostWhitelist(host), Client: client, Email: a.Email}
	get := func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if hello.ServerName == "" { // by its address in the clinic's network: the browser may warn, and people can go on
			named := *hello
			named.ServerName = host
			hello = &named
		}
		return m.GetCertificate(hello)
	}
	config := secure(get)
	config.NextProtos = append(config.NextProtos, acme.ALPNProto)
	c = &Certificate{host: host, log: log, config: config, soon: acmeSoon, present: func(context.Context) (*tls.Certificate, error) {
		return get(&tls.ClientHelloInfo{ServerName: host, CipherSuites: config.CipherSuites, SupportedVersions: []uint16{tls.VersionTLS13},
			SupportedCurves: []tls.CurveID{tls.CurveP256}, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}})
	}}
	return c, m.HTTPHandler, nil
}

func (a *ACME) client() (*acme.Client, error) {
	directory := a.Directory
	if directory == "" {
		directory = autocert.DefaultACMEDirectory
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = http.ProxyFromEnvironment
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if a.CAFile != "" {
		text, err := os.ReadFile(a.CAFile)
		if err != nil {
			return nil, fmt.Errorf("BREAKWATER_ACME_CA_FILE: %w", err)
		}
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !transport.TLSClientConfig.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("BREAKWATER_ACME_CA_FILE: %s holds no certificate in PEM", a.CAFile)
		}
	}
	return &acme.Client{DirectoryURL: directory, UserAgent: "breakwater", HTTPClient: &http.Client{Transport: transport, Timeout: acmeTimeout}}, nil
}

// kept is the certificate that lies in the folder.
func (a *ACME) kept(ctx context.Context, host string) (*tls.Certificate, error) {
	text, err := autocert.DirCache(a.Folder).Get(ctx, host)
	if errors.Is(err, autocert.ErrCacheMiss) {
		return nil, errors.New("no certificate was got by ACME yet")
	}
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	var pair tls.Certificate // the key comes first, then the chain
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			pair.Certificate = append(pair.Certificate, block.Bytes)
		}
	}
	if len(pair.Certificate) == 0 {
		return nil, errors.New("what ACME got is no certificate")
	}
	return &pair, nil
}
