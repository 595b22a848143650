package handlers

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// pair makes a certificate with that serial number, and its key, both PEM.
func pair(t testing.TB, serial int64) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "clinic.example"},
		DNSNames: []string{"clinic.example"}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

// files are a certificate and its key on disk.
type files struct {
	t         testing.TB
	cert, key string
	written   int
}

func newFiles(t testing.TB) *files {
	dir := t.TempDir()
	return &files{t: t, cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
}

// write writes a file with a time of its own: two tests' writes can fall into one tick.
func (f *files) write(path string, content []byte) {
	f.t.Helper()
	f.written++
	at := time.Unix(1_800_000_000+int64(f.written), 0)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		f.t.Fatal(err)
	}
}

func TestACertificateIsReloadedWhenItChanges(t *testing.T) {
	f := newFiles(t)
	cert1, key1 := pair(t, 1)
	cert2, key2 := pair(t, 2)
	f.write(f.cert, cert1)
	f.write(f.key, key1)
	log := &logBuffer{}
	certificate, err := LoadCertificate(f.cert, f.key, "clinic.example", slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	l := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() {
		served <- Serve(ctx, slog.New(slog.DiscardHandler), Listener{Net: l, Handler: PublicOnly(nil), Certificate: certificate})
	}()
	serial := func() int64 {
		t.Helper()
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true}) // on loopback, for a look at it
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	wants := func(want int64, when string) {
		t.Helper()
		if got := serial(); got != want {
			t.Errorf("%s: certificate %d, want %d", when, got, want)
		}
	}
	wants(1, "at first")
	f.write(f.cert, cert2)
	wants(1, "between the two files")
	f.write(f.key, key2)
	wants(2, "when both are there")
	f.write(f.key, key1)
	wants(2, "with a key that does not fit")
	if !strings.Contains(log.String(), "the old one stays") || strings.Contains(log.String(), "PRIVATE") {
		t.Errorf("the log: %s", log)
	}
	f.write(f.key, []byte("canary"))
	wants(2, "with a key that is none")
	if err := os.Remove(f.cert); err != nil {
		t.Fatal(err)
	}
	wants(2, "without a certificate")
	f.write(f.cert, cert1)
	f.write(f.key, key1)
	wants(1, "when all is well again")
	if strings.Contains(log.String(), "canary") {
		t.Errorf("the log: %s", log)
	}
	old := &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	if conn, err := tls.Dial("tcp", l.Addr().String(), old); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestACertificateThatDoesNotFitIsRefusedAtTheStart(t *testing.T) {
	f := newFiles(t)
	cert1, key1 := pair(t, 1)
	_, key2 := pair(t, 2)
	log := slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil))
	for name, content := range map[string][2][]byte{
		"no certificate": {nil, key1}, "no key": {cert1, nil}, "another's key": {cert1, key2}, "swapped": {key1, cert1}, "garbage": {[]byte("x"), []byte("x")},
	} {
		os.Remove(f.cert)
		os.Remove(f.key)
		for i, path := range []string{f.cert, f.key} {
			if content[i] != nil {
				f.write(path, content[i])
			}
		}
		if _, err := LoadCertificate(f.cert, f.key, "clinic.example", log); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// served is a listener of its own with that certificate, for as long as the test runs.
func served(t testing.TB, handler http.Handler, c *Certificate) (address string) {
	t.Helper()
	l := loopback(t)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		done <- Serve(ctx, slog.New(slog.DiscardHandler), Listener{Net: l, Handler: handler, Certificate: c})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// ownPair is a certificate from files that were written.
func ownPair(t testing.TB, log *slog.Logger) (*files, *Certificate) {
	t.Helper()
	f := newFiles(t)
	cert, key := pair(t, 1)
	f.write(f.cert, cert)
	f.write(f.key, key)
	c, err := LoadCertificate(f.cert, f.key, "clinic.example", log)
	if err != nil {
		t.Fatal(err)
	}
	return f, c
}

// TestNoHandshakeFailsWhileACertificateIsReplaced replaces both files again and again, in pieces, while
// others connect.
func TestNoHandshakeFailsWhileACertificateIsReplaced(t *testing.T) {
	f, c := ownPair(t, slog.New(slog.DiscardHandler))
	address := served(t, PublicOnly(nil), c)
	stop, met := make(chan bool), make(chan map[int64]bool)
	go func() {
		seen := map[int64]bool{}
		defer func() { met <- seen }()
		for {
			select {
			case <-stop:
				return
			default:
			}
			conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}) // on loopback, for a look at it
			if err != nil {
				t.Errorf("a handshake failed: %v", err)
				return
			}
			seen[conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()] = true
			conn.Close()
		}
	}()
	for serial := int64(2); serial < 20; serial++ {
		cert, key := pair(t, serial)
		for _, part := range []struct {
			path string
			text []byte
		}{{f.cert, cert[:len(cert)/2]}, {f.cert, cert}, {f.key, nil}, {f.key, key}} {
			f.write(part.path, part.text)
			if conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true}); err != nil {
				t.Errorf("a handshake failed: %v", err)
			} else {
				conn.Close()
			}
		}
	}
	close(stop)
	if seen := <-met; len(seen) < 2 {
		t.Errorf("only the certificates %v were met", seen)
	}
	s, err := c.State(t.Context())
	if err != nil || !s.Fits || s.Names[0] != "clinic.example" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestOnlySoundCiphersAreSpoken(t *testing.T) {
	_, c := ownPair(t, slog.New(slog.DiscardHandler))
	address := served(t, PublicOnly(nil), c)
	dial := func(client *tls.Config) (tls.ConnectionState, error) {
		client.InsecureSkipVerify = true // on loopback, for a look at it
		conn, err := tls.Dial("tcp", address, client)
		if err != nil {
			return tls.ConnectionState{}, err
		}
		defer conn.Close()
		return conn.ConnectionState(), nil
	}
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			continue
		}
		sound := strings.HasPrefix(suite.Name, "TLS_ECDHE_ECDSA") && (strings.Contains(suite.Name, "GCM") || strings.Contains(suite.Name, "POLY1305"))
		_, err := dial(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
		if sound != (err == nil) {
			t.Errorf("%s: %v", suite.Name, err)
		}
	}
	for version, spoken := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		state, err := dial(&tls.Config{MinVersion: version, MaxVersion: version, NextProtos: []string{"h2"}})
		if spoken != (err == nil) || spoken && state.NegotiatedProtocol != "h2" {
			t.Errorf("%s: %v, %q", tls.VersionName(version), err, state.NegotiatedProtocol)
		}
	}
}

func TestTheEndOfACertificateIsSaid(t *testing.T) {
	log := &logBuffer{}
	_, c := ownPair(t, slog.New(slog.NewTextHandler(log, nil)))
	s, err := c.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		before time.Duration
		host   string
		says   string
	}{
		{ownSoon + time.Hour, "clinic.example", `level=INFO msg=certificate ends=`},
		{ownSoon - time.Hour, "clinic.example", `level=WARN msg="the certificate ends soon`},
		{-time.Second, "clinic.example", `level=ERROR msg="the certificate has ended`},
		{ownSoon + time.Hour, "other.example", `level=WARN msg="the certificate is not for the host of the base URL`},
	} {
		before := len(log.String())
		c.host = step.host
		c.look(t.Context(), s.NotAfter.Add(-step.before))
		if said := log.String()[before:]; !strings.Contains(said, step.says) {
			t.Errorf("%s before the end, for %s: %s", step.before, step.host, said)
		}
	}
	ticks, done := make(chan time.Time), make(chan bool)
	ctx, stop := context.WithCancel(t.Context())
	before := strings.Count(log.String(), "ends=")
	go func() {
		c.run(ctx, func() time.Time { return s.NotAfter.Add(-2 * ownSoon) }, ticks)
		close(done)
	}()
	ticks <- time.Time{}
	ticks <- time.Time{}
	stop()
	<-done
	if n := strings.Count(log.String(), "ends=") - before; n < 2 {
		t.Errorf("looked %d times", n)
	}
}

func TestAnotherProcessLooksAtTheCertificate(t *testing.T) {
	f, _ := ownPair(t, slog.New(slog.DiscardHandler))
	at := Addresses{BaseURL: parseURL(t, "https://clinic.example")}
	if _, err := LookAtCertificate(t.Context(), at); !errors.Is(err, ErrNoTLS) {
		t.Errorf("without one: %v", err)
	}
	at.CertFile, at.KeyFile = f.cert, f.key
	if s, err := LookAtCertificate(t.Context(), at); err != nil || !s.Fits || s.NotAfter.IsZero() {
		t.Errorf("%+v, %v", s, err)
	}
	at.BaseURL = parseURL(t, "https://other.example:8443")
	if s, err := LookAtCertificate(t.Context(), at); err != nil || s.Fits {
		t.Errorf("for another host: %+v, %v", s, err)
	}
	if err := os.Remove(f.key); err != nil {
		t.Fatal(err)
	}
	if _, err := LookAtCertificate(t.Context(), at); err == nil {
		t.Error("without a key")
	}
}

// TestTheProxyOnThisMachineNeedsNoCertificate: the console has one of its own for the clinic's network, and
// the proxy that faces the internet calls the public route by plain HTTP. Beyond this machine it is TLS.
func TestTheProxyOnThisMachineNeedsNoCertificate(t *testing.T) {
	f := newFiles(t)
	cert, key := pair(t, 1)
	f.write(f.cert, cert)
	f.write(f.key, key)
	for _, c := range []struct {
		public  string
		proxied bool
		plain   bool
	}{{"127.0.0.1:0", true, true}, {"127.0.0.1:0", false, false}, {"[::1]:0", true, true}, {"0.0.0.0:0", true, false}} {
		list, err := Listen(http.NotFoundHandler(), Addresses{Console: "127.0.0.1:0", Public: c.public, BaseURL: parseURL(t, "https://clinic.example"),
			CertFile: f.cert, KeyFile: f.key, Proxied: c.proxied}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		for _, l := range list {
			l.Net.Close()
		}
		if plain := list[1].Certificate == nil; plain != c.plain || list[0].Certificate == nil {
			t.Errorf("%+v: plain %v, console %v", c, plain, list[0].Certificate)
		}
	}
}
