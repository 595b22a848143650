package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store/storetest"
)

func dialTCP(t testing.TB, address string) (net.Conn, error) {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, err
}

func must2[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// slow are beginnings of requests that are never ended.
var slow = map[string]string{
	"nothing at all":        "",
	"half a line":           "GET /log",
	"headers without end":   "GET /login HTTP/1.1\r\nHost: x\r\nX-A: ",
	"a form without end":    "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nemail=a",
	"chunks without end":    "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nemail=\r\n",
	"a bundle without key":  "POST " + bundlesPath + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: 26000000\r\n\r\n{",
	"a bundle, a wrong key": "POST " + bundlesPath + " HTTP/1.1\r\nHost: x\r\n" + keyHeader + ": 1\r\nContent-Type: application/fhir+json\r\nContent-Length: 26000000\r\n\r\n{",
	"chunks, a wrong key":   "POST " + bundlesPath + " HTTP/1.1\r\nHost: x\r\n" + keyHeader + ": 1\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}

// TestAttackSlowClients opens many connections that say a little and then no more, and while they hang there
// signs somebody in and delivers a message. At length, it also waits until each was cut off.
func TestAttackSlowClients(t *testing.T) {
	each := 20
	if storetest.Thorough() {
		each = 200
	}
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	l := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- Serve(ctx, s.config.Log, Listener{Net: l, Handler: s.handler}) }()
	var hanging []net.Conn
	begun := time.Now()
	for name, start := range slow {
		for range each {
			conn, err := dialTCP(t, l.Addr().String())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			io.WriteString(conn, start)
			hanging = append(hanging, conn)
		}
	}
	tries, through := 0, 0
	client := &http.Client{Timeout: headerTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for i := range 10 {
		for name, r := range map[string]*http.Request{
			"signing in": posting(t, "http://"+l.Addr().String()+"/login", "application/x-www-form-urlencoded",
				fields("email", "ada@clinic.example", "password", storetest.Password).Encode()),
			"a message": posting(t, "http://"+l.Addr().String()+bundlesPath, "application/fhir+json", string(oceantest.Bundle(oceantest.Message{Ref: fmt.Sprint(i)}))),
		} {
			r.Header.Set(keyHeader, s.key)
			tries++
			resp, err := client.Do(r)
			if err != nil || resp.StatusCode != map[string]int{"signing in": 303, "a message": 200}[name] {
				through++
				t.Errorf("%s: %v, %v", name, resp, err)
				continue
			}
			resp.Body.Close()
		}
	}
	storetest.Attacked(t, fmt.Sprintf("keeping others out by %d slow clients", len(hanging)), tries, through)
	if storetest.Thorough() {
		storetest.Attacked(t, "slow clients that are never cut off", len(hanging), stillOpen(t, hanging, begun))
	}
	for _, conn := range hanging {
		conn.Close()
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// stillOpen counts the connections that are open when all limits are over, though a byte came every second
// on each of them.
func stillOpen(t testing.TB, conns []net.Conn, begun time.Time) (open int) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for end := begun.Add(bodyTimeout + headerTimeout); time.Now().Before(end); <-every.C {
		for _, conn := range conns {
			io.WriteString(conn, "a") // one that is cut off says so here, which is looked at below
		}
	}
	for _, conn := range conns {
		conn.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			open++
		}
	}
	return open
}

func posting(t testing.TB, target, kind, body string) *http.Request {
	r, err := http.NewRequest(post, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return r
}
