package handlers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Certificate is what Breakwater proves itself with: its own from files, or one that it gets by ACME.
type Certificate struct {
	host    string // that people and Ocean use
	log     *slog.Logger
	config  *tls.Config
	present func(context.Context) (*tls.Certificate, error)
	soon    time.Duration // how long before its end somebody has to be told
}

// CertificateState is what is known of the certificate that is used now.
type CertificateState struct {
	NotAfter time.Time // its end
	Names    []string  // that it is for
	Fits     bool      // whether the base URL's host is one of them
}

const (
	// ownSoon is how long before its end a certificate from files should have been renewed.
	ownSoon = 14 * 24 * time.Hour
	// lookEvery is how often the certificate's end is looked at.
	lookEvery = 24 * time.Hour
)

// State looks at the certificate. With ACME it may have to get one first.
func (c *Certificate) State(ctx context.Context) (CertificateState, error) {
	pair, err := c.present(ctx)
	if err != nil {
		return CertificateState{}, err
	}
	return stateOf(pair, c.host)
}

func stateOf(pair *tls.Certificate, host string) (s CertificateState, err error) {
	leaf := pair.Leaf
	if leaf == nil {
		if leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return s, fmt.Errorf("read certificate: %w", err)
		}
	}
	s.NotAfter, s.Names, s.Fits = leaf.NotAfter, leaf.DNSNames, leaf.VerifyHostname(host) == nil
	for _, ip := range leaf.IPAddresses {
		s.Names = append(s.Names, ip.String())
	}
	return s, nil
}

// run says when the certificate is about to end or does not fit, at the start and every day.
func (c *Certificate) run(ctx context.Context, now func() time.Time, ticks <-chan time.Time) {
	for {
		c.look(ctx, now())
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}

func (c *Certificate) look(ctx context.Context, now time.Time) {
	s, err := c.State(ctx)
	switch left := s.NotAfter.Sub(now); {
	case ctx.Err() != nil:
	case err != nil:
		c.log.Error("there is no certificate to prove Breakwater with; browsers and Ocean are turned away", "error", err.Error())
	case left <= 0:
		c.log.Error("the certificate has ended; browsers warn, and Ocean delivers nothing", "ended", s.NotAfter.UTC().Format(time.RFC3339))
	case left < c.soon:
		c.log.Warn("the certificate ends soon: renew it", "ends", s.NotAfter.UTC().Format(time.RFC3339))
	default:
		c.log.Info("certificate", "ends", s.NotAfter.UTC().Format(time.RFC3339))
	}
	if err == nil && !s.Fits {
		c.log.Warn("the certificate is not for the host of the base URL: browsers warn, and Ocean delivers nothing", "host", c.host, "names", s.Names)
	}
}

// secure is what TLS is spoken with: 1.3, or 1.2 with forward secrecy and authenticated ciphers alone.
func secure(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: get,
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}}
}

// certificateFiles are a certificate and its key on disk, read again when either changes.
type certificateFiles struct {
	certFile, keyFile string
	log               *slog.Logger
	mu                sync.Mutex
	stamp             string
	pair              *tls.Certificate
}

// LoadCertificate reads a certificate and its key, both PEM, for that host. It fails where they do not
// fit each other.
func LoadCertificate(certFile, keyFile, host string, log *slog.Logger) (*Certificate, error) {
	f := &certificateFiles{certFile: certFile, keyFile: keyFile, log: log}
	if _, err := f.current(nil); err != nil {
		return nil, err
	}
	return &Certificate{host: host, log: log, config: secure(f.current), soon: ownSoon,
		present: func(context.Context) (*tls.Certificate, error) { return f.current(nil) }}, nil
}

// current returns the newest pair that fits: between the writing of the one file and the other
// the old pair stays.
func (c *certificateFiles) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := stampOf(c.certFile, c.keyFile)
	if stamp == c.stamp {
		return c.pair, nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	switch {
	case err == nil:
		c.pair, c.stamp = &pair, stamp
	case c.pair == nil:
		return nil, fmt.Errorf("read certificate: %w", err)
	default:
		c.stamp = stamp // said once; the next change is tried again
		c.log.Warn("the changed certificate cannot be used; the old one stays", "error", err.Error())
	}
	return c.pair, nil
}

// stampOf changes when one of the files does, or goes away.
func stampOf(files ...string) string {
	stamp := " "
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			stamp += fmt.Sprint(info.ModTime().UnixNano(), info.Size(), " ")
		}
	}
	return stamp
}

// ErrNoTLS says that no certificate is configured.
var ErrNoTLS = errors.New("neither a certificate nor ACME is configured")

// LookAtCertificate looks at the certificate as another process would use it, and gets none: for
// checks beside a server that runs. It returns [ErrNoTLS] where there is none to look at.
func LookAtCertificate(ctx context.Context, at Addresses) (s CertificateState, err error) {
	var pair tls.Certificate
	switch {
	case at.ACME != nil:
		kept, err := at.ACME.kept(ctx, at.host())
		if err != nil {
			return s, err
		}
		pair = *kept
	case at.CertFile == "" && at.KeyFile == "":
		return s, ErrNoTLS
	default:
		if pair, err = tls.LoadX509KeyPair(at.CertFile, at.KeyFile); err != nil {
			return s, fmt.Errorf("read certificate: %w", err)
		}
	}
	return stateOf(&pair, at.host())
}
