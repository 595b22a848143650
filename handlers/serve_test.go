package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func loopback(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestAGracefulStopLetsRequestsFinish(t *testing.T) {
	entered, finish := make(chan bool), make(chan bool)
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- true
		<-finish
		io.WriteString(w, "finished")
	})
	one, two := loopback(t), loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() {
		served <- Serve(ctx, slog.New(slog.DiscardHandler), Listener{Net: one, Handler: slow}, Listener{Net: two, Handler: http.NotFoundHandler()})
	}()
	answers := make(chan string)
	go func() {
		resp, err := http.Get("http://" + one.Addr().String())
		if err != nil {
			answers <- err.Error()
			return
		}
		body, err := io.ReadAll(resp.Body)
		answers <- fmt.Sprint(string(body), err)
	}()
	<-entered
	stop()
	for _, l := range []net.Listener{one, two} { // nobody new gets in; the system may need a moment to say so
		deadline := time.Now().Add(5 * time.Second)
		for time.Now().Before(deadline) {
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				break
			}
			conn.Close()
		}
		if time.Now().After(deadline) {
			t.Errorf("%s still listens", l.Addr())
		}
	}
	select {
	case err := <-served:
		t.Errorf("it stopped before the request was done: %v", err)
	default:
	}
	finish <- true
	if got := <-answers; got != "finished<nil>" {
		t.Errorf("%q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// brokenListener fails at once, as one whose address was taken away.
type brokenListener struct{ net.Listener }

var errBroken = errors.New("broken listener")

func (brokenListener) Accept() (net.Conn, error) { return nil, errBroken }

func TestServeEndsWithTheFirstListenerThatFails(t *testing.T) {
	good := loopback(t)
	err := Serve(t.Context(), slog.New(slog.DiscardHandler), Listener{Net: good, Handler: http.NotFoundHandler()},
		Listener{Net: brokenListener{loopback(t)}, Handler: http.NotFoundHandler()})
	if !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
	if conn, err := net.Dial("tcp", good.Addr().String()); err == nil {
		conn.Close()
		t.Error("the other one still listens")
	}
}

func TestHeadersAreBounded(t *testing.T) {
	l := loopback(t)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() {
		served <- Serve(ctx, slog.New(slog.DiscardHandler), Listener{Net: l, Handler: http.NotFoundHandler()})
	}()
	r, err := http.NewRequest(get, "http://"+l.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	r.Header.Set("X-Long", strings.Repeat("x", 2*maxHeader))
	resp, err := http.DefaultClient.Do(r)
	if err != nil || resp.StatusCode != 431 {
		t.Errorf("%v, %v", resp, err)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestForwardedAddressesAreBelievedFromNamedProxiesOnly(t *testing.T) {
	_, proxies, err := net.ParseCIDR("10.1.0.0/16")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		trusted         bool
		from, want      string
		forwarded, more []string
	}{
		"no proxy named":            {false, "10.1.0.1", "10.1.0.1", []string{"203.0.113.9"}, nil},
		"loopback, not named":       {true, "127.0.0.1", "127.0.0.1", []string{"203.0.113.9"}, nil},
		"private, not named":        {true, "192.168.0.1", "192.168.0.1", []string{"203.0.113.9"}, nil},
		"the proxy":                 {true, "10.1.0.1", "203.0.113.9", []string{"203.0.113.9"}, nil},
		"the proxy says nothing":    {true, "10.1.0.1", "10.1.0.1", nil, nil},
		"a stranger":                {true, "198.51.100.7", "198.51.100.7", []string{"203.0.113.9"}, nil},
		"made up by the client":     {true, "10.1.0.1", "203.0.113.9", []string{"1.1.1.1, 203.0.113.9"}, nil},
		"made up, another header":   {true, "10.1.0.1", "203.0.113.9", []string{"1.1.1.1", "203.0.113.9"}, nil},
		"made up to look internal":  {true, "10.1.0.1", "203.0.113.9", []string{"10.1.0.9, 203.0.113.9"}, nil},
		"two proxies":               {true, "10.1.0.1", "203.0.113.9", []string{"203.0.113.9, 10.1.0.2"}, nil},
		"garbage":                   {true, "10.1.0.1", "10.1.0.1", []string{"canary"}, nil},
		"other headers":             {true, "10.1.0.1", "10.1.0.1", nil, []string{"X-Real-IP", "203.0.113.9", "Forwarded", "for=203.0.113.9", "True-Client-IP", "203.0.113.9"}},
		"IPv6":                      {true, "10.1.0.1", "2001:db8::9", []string{"2001:DB8:0::9"}, nil},
		"IPv6 in brackets":          {true, "10.1.0.1", "2001:db8::9", []string{"[2001:db8::9]"}, nil},
		"IPv6 and a port":           {true, "10.1.0.1", "2001:db8::9", []string{"1.1.1.1, [2001:db8::9]:4711"}, nil},
		"IPv6 and a zone":           {true, "10.1.0.1", "fe80::9", []string{"fe80::9%eth0"}, nil},
		"IPv4 and a port":           {true, "10.1.0.1", "203.0.113.9", []string{"1.1.1.1:1, 203.0.113.9:4711"}, nil},
		"IPv4 in IPv6":              {true, "10.1.0.1", "203.0.113.9", []string{"::ffff:203.0.113.9"}, nil},
		"a proxy in IPv6's writing": {true, "10.1.0.1", "203.0.113.9", []string{"203.0.113.9, ::ffff:10.1.0.2"}, nil},
		"two proxies, two headers":  {true, "10.1.0.1", "203.0.113.9", []string{"1.1.1.1", "203.0.113.9, 10.1.0.3", "10.1.0.2:80"}, nil},
		"nothing but proxies":       {true, "10.1.0.1", "10.1.0.3", []string{"10.1.0.3, 10.1.0.2"}, nil},
		"garbage on the left":       {true, "10.1.0.1", "203.0.113.9", []string{"canary, 203.0.113.9"}, nil},
		"garbage on the right":      {true, "10.1.0.1", "10.1.0.1", []string{"203.0.113.9, canary"}, nil},
		"garbage between proxies":   {true, "10.1.0.1", "10.1.0.1", []string{"203.0.113.9, unknown, 10.1.0.2"}, nil},
		"an empty place":            {true, "10.1.0.1", "10.1.0.1", []string{"203.0.113.9, "}, nil},
		"a stranger with ports":     {true, "198.51.100.7", "198.51.100.7", []string{"[2001:db8::9]:4711", "203.0.113.9:80"}, nil},
		"injected lines":            {true, "10.1.0.1", "10.1.0.1", []string{"203.0.113.9\r\ncanary"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(cfg *Config) {
				if c.trusted {
					cfg.TrustedProxies = []*net.IPNet{proxies}
				}
			})
			storetest.AddUser(t, s.store, "ada@clinic.example")
			v := s.visitor()
			v.address = c.from
			headers := c.more
			for _, f := range c.forwarded {
				headers = append(headers, "X-Forwarded-For", f)
			}
			v.do(post, "/login", fields("email", "ada@clinic.example", "password", "wrong"), headers...).wants(t, 401)
			entries := s.audit()
			if e := entries[len(entries)-1]; e.Action != store.ActionSignInFailed || e.Address != c.want {
				t.Errorf("%s is audited from %q, want %q", e.Action, e.Address, c.want)
			}
		})
	}
}
