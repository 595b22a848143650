package ocean

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"breakwater/store"
)

// What must never be in an error. Every fake answer has the body, every link the path.
const (
	canarySecret = "canary-secret/+ %&"
	canaryToken  = "canary-token-"
	canaryBody   = "canary-body"
	canaryPath   = "/svc/fhir/v1/DocumentReference/canary-id/$binary"
)

// fake is a simulated Ocean that counts what it is asked. It is small on purpose: oceantest imports
// this package, and these tests need its insides.
type fake struct {
	*httptest.Server
	tokens, calls atomic.Int32
	token, answer http.HandlerFunc // nil for the usual
}

func newFake(t *testing.T, answer http.HandlerFunc, change ...func(*fake)) *fake {
	t.Helper()
	f := &fake{answer: answer}
	f.Server = httptest.NewUnstartedServer(f)
	f.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, c := range change {
		c(f)
	}
	f.StartTLS()
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != tokenPath {
		f.calls.Add(1)
		if f.answer != nil {
			f.answer(w, r)
			return
		}
		fmt.Fprint(w, "%PDF-1.7 ", canaryBody)
		return
	}
	n := f.tokens.Add(1)
	if f.token != nil {
		f.token(w, r)
		return
	}
	giveToken(w, n, `,"expires_in":3600`)
}

func giveToken(w http.ResponseWriter, n int32, more string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"access_token":"%s%d","token_type":"bearer"%s}`, canaryToken, n, more)
}

// client returns a client for the fake that takes its certificate and its address.
func (f *fake) client(t *testing.T, change ...func(*Client)) *Client {
	t.Helper()
	c := clientFor(t, f.URL, change...)
	return c
}

func clientFor(t *testing.T, host string, change ...func(*Client)) *Client {
	t.Helper()
	c := NewClient(Access{Host: host, ClientID: "canary-client", ClientSecret: canarySecret}, false)
	c.roots = testRoots(t)
	c.allowAddr = func(a netip.Addr) bool { return a.IsLoopback() }
	for _, ch := range change {
		ch(c)
	}
	t.Cleanup(c.Close)
	return c
}

// wantFault checks an error's fault, and that nothing secret is in it however it is printed.
func wantFault(t *testing.T, err error, fault store.Fault) *CallError {
	t.Helper()
	e, ok := errors.AsType[*CallError](err)
	if !ok {
		t.Fatalf("%T (%v) is no CallError; want %s", err, err, fault)
	}
	if e.Fault != fault {
		t.Errorf("fault %s, want %s", e.Fault, fault)
	}
	noCanary(t, err)
	for cause := error(e); cause != nil; cause = errors.Unwrap(cause) {
		noCanary(t, cause)
	}
	return e
}

func noCanary(t *testing.T, v any) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		s := fmt.Sprintf(verb, v)
		for _, secret := range []string{"canary-secret", "canary-token", "canary-body", "canary-id", "127.0.0.1", "http", "grant_type", fmt.Sprintf("%x", "canary")} {
			if strings.Contains(s, secret) {
				t.Errorf("%s prints %q: %s", verb, secret, s)
			}
		}
	}
}

// leading is a resolver that knows one address for every name; the zero address means none.
func leading(leadTo netip.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go answerDNS(ours, leadTo)
		return theirs, nil
	}}
}

// answerDNS answers queries in the framing that RFC 1035, section 4.2.2, has for streams.
func answerDNS(conn net.Conn, leadTo netip.Addr) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		a := dnsAnswer(query, leadTo)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)); err != nil {
			return
		}
	}
}

func dnsAnswer(query []byte, leadTo netip.Addr) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	end += 5
	a := append([]byte(nil), query[:end]...)
	copy(a[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}) // an answer, one question, nothing else yet
	typ := binary.BigEndian.Uint16(query[end-4:])
	switch {
	case !leadTo.IsValid():
		a[3] = 0x83 // no such name
	case typ == 1 && leadTo.Is4(), typ == 28 && leadTo.Is6():
		a[7] = 1
		a = append(a, 0xc0, 12, 0, byte(typ), 0, 1, 0, 0, 0, 60, 0, byte(leadTo.BitLen()/8))
		a = append(a, leadTo.AsSlice()...)
	}
	return a
}

// broken is a resolver that cannot be asked.
func broken() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("canary-body")
	}}
}

// listen serves connections until the test ends and returns the address; without a handler nobody
// listens there any more.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if handle == nil {
		_ = l.Close()
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); handle(conn) }()
		}
	}()
	return l.Addr().String()
}
