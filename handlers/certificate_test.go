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
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
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
	config, err := LoadCertificate(f.cert, f.key, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	l := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() {
		served <- Serve(ctx, slog.New(slog.DiscardHandler), Listener{Net: l, Handler: PublicOnly(nil), TLS: config})
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
		if _, err := LoadCertificate(f.cert, f.key, log); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
