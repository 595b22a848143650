package ocean

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

// testRoots trusts the certificate of httptest's servers, which is for 127.0.0.1 and example.com.
func testRoots(t *testing.T) *x509.CertPool {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return roots
}

func TestClientResolvesThenRefuses(t *testing.T) {
	_, port, _ := net.SplitHostPort(untouched(t))
	for _, a := range []string{"127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "fd00::1", "fe80::1", "64:ff9b::a00:1"} {
		c := NewClient(Access{Host: "https://example.com:" + port, ClientID: "canary-client", ClientSecret: canarySecret}, true)
		c.resolver = leading(netip.MustParseAddr(a))
		t.Log(a)
		wantFault(t, c.Check(ctx), store.FaultAddress)
	}
	for _, host := range []string{"https://127.0.0.1:", "https://[::1]:", "https://[::ffff:127.0.0.1]:", "https://10.0.0.1:"} {
		wantFault(t, NewClient(Access{Host: host + port, ClientID: "canary-client", ClientSecret: canarySecret}, true).Check(ctx), store.FaultAddress)
	}
}

func TestClientPublicAddresses(t *testing.T) {
	for a, want := range map[string]bool{
		"8.8.8.8": true, "99.79.1.1": true, "2607:f8b0::1": true, "::ffff:8.8.8.8": true, "64:ff9b::808:808": true, "100.128.0.1": true, "172.32.0.1": true,
		"127.255.255.255": false, "10.255.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "100.127.255.255": false, "169.254.0.1": false,
		"0.1.2.3": false, "192.0.0.8": false, "192.0.2.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false,
		"224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false, "::": false, "::1": false, "::127.0.0.1": false, "::ffff:10.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::808:808": false, "fc00::1": false, "fe80::1": false, "fec0::1": false, "ff02::1": false,
		"2001::1": false, "2001:db8::1": false, "2002:7f00:1::": false, "3fff::1": false, "100::1": false, "fe80::1%eth0": false, "2607:f8b0::1%eth0": false,
	} {
		if got := isPublic(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %v", a, got)
		}
	}
	if isPublic(netip.Addr{}) {
		t.Error("no address")
	}
}

func TestClientNetworkFaults(t *testing.T) {
	loopback := leading(netip.MustParseAddr("127.0.0.1"))
	silent := listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	rude := listen(t, func(conn net.Conn) { _ = conn.Close() })
	chatty := listen(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "SSH-2.0-canary-body\r\n") })
	closed := listen(t, nil)
	f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "%PDF-"+canaryBody) // and no more
	})
	nonsense := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, _ := http.NewResponseController(w).Hijack()
		_, _ = io.WriteString(conn, "HTTP/1.1 canary-body\r\n\r\n")
		_ = conn.Close()
	})
	talkative := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X", strings.Repeat(canaryBody, 20_000))
	})
	old := newFake(t, nil, func(f *fake) { f.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11} })
	port := func(at string) string { u, _ := url.Parse(at); return ":" + u.Port() }
	for name, c := range map[string]struct {
		host   string
		change func(*Client)
		fault  store.Fault
	}{
		"good name":         {"https://example.com" + port(nonsense.URL), func(c *Client) { c.resolver = loopback }, store.FaultServer},
		"wrong name":        {"https://ocean.example" + port(f.URL), func(c *Client) { c.resolver = loopback }, store.FaultCertificate},
		"unknown issuer":    {f.URL, func(c *Client) { c.roots = x509.NewCertPool() }, store.FaultCertificate},
		"old TLS":           {old.URL, nil, store.FaultCertificate},
		"no TLS":            {"https://" + chatty, nil, store.FaultCertificate},
		"unknown name":      {"https://ocean.example", func(c *Client) { c.resolver = leading(netip.Addr{}) }, store.FaultName},
		"silent":            {"https://" + silent, func(c *Client) { c.limits.handshake = 50 * time.Millisecond }, store.FaultSlow},
		"cut off":           {"https://" + rude, nil, store.FaultConnect},
		"nobody there":      {"https://" + closed, nil, store.FaultConnect},
		"cut short":         {f.URL, nil, store.FaultConnect},
		"not HTTP":          {nonsense.URL, nil, store.FaultServer},
		"too many headers":  {talkative.URL, nil, store.FaultServer},
		"no time to dial":   {f.URL, func(c *Client) { c.limits.dial = time.Nanosecond }, store.FaultSlow},
		"resolver is silly": {"https://ocean.example", func(c *Client) { c.resolver = broken() }, store.FaultConnect},
	} {
		client := clientFor(t, c.host)
		if c.change != nil {
			c.change(client)
		}
		_, err := client.Fetch(ctx, c.host+canaryPath)
		t.Log(name, err)
		wantFault(t, err, c.fault)
	}
}

func TestClientUsesNoProxy(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "https://"+untouched(t))
	t.Setenv("ALL_PROXY", "https://"+untouched(t))
	f := newFake(t, nil)
	c := f.client(t)
	if err := c.Check(ctx); err != nil || c.transport.Proxy != nil {
		t.Error(err)
	}
}
