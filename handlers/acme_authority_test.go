package handlers

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

// authority is a small ACME authority (RFC 8555) on loopback: one account, one order at a time. It
// checks signatures, nonces and challenges as a real one does.
type authority struct {
	*httptest.Server
	t      testing.TB
	ca     *x509.Certificate
	caKey  *ecdsa.PrivateKey
	alpn   string        // where it asks for tls-alpn-01; "" refuses it
	plain  string        // where it asks for http-01; "" refuses it
	life   time.Duration // of certificates
	mu     sync.Mutex
	nonces map[string]bool
	key    *ecdsa.PublicKey // the account's
	host   string           // of the order
	valid  bool             // the host was proven
	bad    bool             // a challenge failed
	chain  []byte
	orders int
	by     []string // challenges that were passed
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t, nonces: map[string]bool{}, life: 90 * 24 * time.Hour}
	var err error
	if a.caKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &a.caKey.PublicKey, a.caKey)
	if err != nil {
		t.Fatal(err)
	}
	if a.ca, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.Server = httptest.NewTLSServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.Close)
	return a
}

// caFile is what vouches for the directory's own address.
func (a *authority) caFile() string {
	path := filepath.Join(a.t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw}), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return path
}

func (a *authority) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	nonce := rand.Text()
	a.nonces[nonce] = true
	w.Header().Set("Replay-Nonce", nonce)
	if r.URL.Path == "/directory" {
		a.say(w, 200, map[string]any{"newNonce": a.URL + "/nonce", "newAccount": a.URL + "/account", "newOrder": a.URL + "/order", "meta": map[string]any{"termsOfService": a.URL + "/terms"}})
		return
	}
	if r.Method != post {
		return // a nonce
	}
	payload, err := a.opened(r)
	if err != nil {
		a.t.Errorf("%s: %v", r.URL.Path, err)
		a.say(w, 400, map[string]any{"type": "urn:ietf:params:acme:error:malformed", "detail": err.Error()})
		return
	}
	switch r.URL.Path {
	case "/account":
		w.Header().Set("Location", a.URL+"/account/1")
		a.say(w, 201, map[string]any{"status": "valid"})
	case "/order":
		var o struct {
			Identifiers []struct{ Type, Value string }
		}
		json.Unmarshal(payload, &o)
		a.host, a.valid, a.bad, a.chain = o.Identifiers[0].Value, false, false, nil
		a.orders++
		w.Header().Set("Location", a.URL+"/order/1")
		a.say(w, 201, a.order())
	case "/order/1":
		w.Header().Set("Location", a.URL+"/order/1")
		a.say(w, 200, a.order())
	case "/authz/1":
		a.say(w, 200, a.authorization())
	case "/challenge/tls-alpn-01", "/challenge/http-01":
		a.challenge(strings.TrimPrefix(r.URL.Path, "/challenge/"))
		a.say(w, 200, a.authorization()["challenges"].([]any)[0])
	case "/finalize/1":
		a.sign(payload)
		w.Header().Set("Location", a.URL+"/order/1")
		a.say(w, 200, a.order())
	case "/cert/1":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		w.Write(a.chain)
	}
}

func (a *authority) say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func (a *authority) order() map[string]any {
	o := map[string]any{"status": "pending", "identifiers": []any{map[string]any{"type": "dns", "value": a.host}},
		"authorizations": []any{a.URL + "/authz/1"}, "finalize": a.URL + "/finalize/1"}
	switch {
	case a.chain != nil:
		o["status"], o["certificate"] = "valid", a.URL+"/cert/1"
	case a.valid:
		o["status"] = "ready"
	case a.bad:
		o["status"] = "invalid"
	}
	return o
}

const challengeToken = "a-token-of-the-authority"

func (a *authority) authorization() map[string]any {
	status := "pending"
	if a.valid {
		status = "valid"
	} else if a.bad {
		status = "invalid"
	}
	var list []any
	for _, kind := range []string{"tls-alpn-01", "http-01"} {
		list = append(list, map[string]any{"type": kind, "url": a.URL + "/challenge/" + kind, "token": challengeToken, "status": status})
	}
	return map[string]any{"status": status, "identifier": map[string]any{"type": "dns", "value": a.host}, "challenges": list}
}

// opened checks a request's signature and nonce, and returns its payload.
func (a *authority) opened(r *http.Request) ([]byte, error) {
	var jws struct{ Protected, Payload, Signature string }
	if err := json.NewDecoder(r.Body).Decode(&jws); err != nil {
		return nil, err
	}
	var head struct {
		Alg, Nonce, URL, Kid string
		JWK                  *struct{ Kty, Crv, X, Y string }
	}
	text, _ := base64.RawURLEncoding.DecodeString(jws.Protected)
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, err
	}
	if !a.nonces[head.Nonce] || head.URL != a.URL+r.URL.Path || head.Alg != "ES256" {
		return nil, fmt.Errorf("nonce, URL or algorithm of %s", text)
	}
	delete(a.nonces, head.Nonce)
	if head.JWK != nil {
		x, _ := base64.RawURLEncoding.DecodeString(head.JWK.X)
		y, _ := base64.RawURLEncoding.DecodeString(head.JWK.Y)
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
		if err != nil {
			return nil, err
		}
		a.key = key
	}
	sum := sha256.Sum256([]byte(jws.Protected + "." + jws.Payload))
	signature, _ := base64.RawURLEncoding.DecodeString(jws.Signature)
	if a.key == nil || len(signature) != 64 || !ecdsa.Verify(a.key, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return nil, errors.New("the signature is wrong")
	}
	return base64.RawURLEncoding.DecodeString(jws.Payload)
}

// challenge asks the host to prove itself.
func (a *authority) challenge(kind string) {
	print, err := acme.JWKThumbprint(a.key)
	if err == nil {
		if kind == "http-01" {
			err = a.askPlain(challengeToken + "." + print)
		} else {
			err = a.askTLS(challengeToken + "." + print)
		}
	}
	if a.valid, a.bad = err == nil, err != nil; err == nil {
		a.by = append(a.by, kind)
	}
}

// askTLS is RFC 8737, 3.
func (a *authority) askTLS(want string) error {
	if a.alpn == "" {
		return errors.New("nobody answers")
	}
	conn, err := tls.Dial("tcp", a.alpn, &tls.Config{ServerName: a.host, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true}) // by its protocol
	if err != nil {
		return err
	}
	defer conn.Close()
	leaf := conn.ConnectionState().PeerCertificates[0]
	sum := sha256.Sum256([]byte(want))
	value, _ := asn1.Marshal(sum[:])
	for _, e := range leaf.Extensions {
		if e.Id.String() == "1.3.6.1.5.5.7.1.31" && e.Critical && bytes.Equal(e.Value, value) && leaf.DNSNames[0] == a.host {
			return nil
		}
	}
	return errors.New("the certificate proves nothing")
}

// askPlain is RFC 8555, 8.3.
func (a *authority) askPlain(want string) error {
	if a.plain == "" {
		return errors.New("nobody answers")
	}
	r, _ := http.NewRequest(get, "http://"+a.plain+"/.well-known/acme-challenge/"+challengeToken, nil)
	r.Host = a.host
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || string(text) != want {
		return fmt.Errorf("%d %s", res.StatusCode, text)
	}
	return nil
}

func (a *authority) sign(payload []byte) {
	var p struct{ CSR string }
	json.Unmarshal(payload, &p)
	der, _ := base64.RawURLEncoding.DecodeString(p.CSR)
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil || csr.CheckSignature() != nil || len(csr.DNSNames) != 1 || csr.DNSNames[0] != a.host || !a.valid {
		a.t.Errorf("a request for %+v, proven %v: %v", csr, a.valid, err)
		return
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(int64(100 + a.orders)), Subject: pkix.Name{CommonName: a.host}, DNSNames: csr.DNSNames,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(a.life), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageDigitalSignature}
	leaf, err := x509.CreateCertificate(rand.Reader, made, a.ca, csr.PublicKey, a.caKey)
	if err != nil {
		a.t.Error(err)
		return
	}
	a.chain = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.ca.Raw})...)
}
