package ocean

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"breakwater/store"
)

// untouched is a server that nobody may ask anything; it returns its host and port.
func untouched(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s reached another place", r.Method, r.URL.Path)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			t.Error("connected to another place")
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestClientRefusesHosts(t *testing.T) {
	for _, host := range []string{
		"", "ocean.example", "//ocean.example", "http://ocean.example", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1",
		"https://", "https://:443", "https://ocean.example/", "https://ocean.example/x", "https://ocean.example?x", "https://ocean.example?",
		"https://ocean.example#x", "https://a@ocean.example", "https://@ocean.example", "https://ocean.example:", "https://ocean.example:0",
		"https://ocean.example:65536", "https://ocean.example:0443", "https://océan.example", "https://ocean example", "ftp://ocean.example",
		"https://ocean.example\n", "https:ocean.example", `https://ocean.example\x`, "https://[fe80::1%25eth0]",
	} {
		c := NewClient(Access{Host: host, ClientID: "canary-client", ClientSecret: canarySecret}, false)
		_, err := c.Fetch(ctx, host+canaryPath)
		wantFault(t, err, store.FaultHost)
		wantFault(t, c.Check(ctx), store.FaultHost)
		if c.Local(host + canaryPath) {
			t.Errorf("%q has local links", host)
		}
	}
	for host, ok := range map[string]bool{
		"http://127.0.0.1": true, "http://127.0.0.1:80": true, "http://127.0.0.1:9": true, "https://ocean.example": true,
		"http://127.0.0.2": false, "http://127.1": false, "http://localhost": false, "http://0x7f000001": false, "http://[::1]": false,
		"http://127.0.0.1.": false, "http://127.0.0.1.evil.example": false, "http://127.0.0.1@evil.example": false, "http://[::ffff:127.0.0.1]": false,
	} {
		if c := NewClient(Access{Host: host}, true); (c.fault == "") != ok {
			t.Errorf("%q: %q", host, c.fault)
		}
	}
}

func TestClientNeedsBothCredentials(t *testing.T) {
	at := "https://" + untouched(t)
	for _, a := range []Access{{Host: at}, {Host: at, ClientID: "id", ClientSecret: ""}, {Host: at, ClientID: "", ClientSecret: canarySecret}} {
		c := NewClient(a, false)
		c.allowAddr = netip.Addr.IsLoopback
		wantFault(t, c.Check(ctx), store.FaultIncomplete)
		_, err := c.Fetch(ctx, at+canaryPath)
		wantFault(t, err, store.FaultIncomplete)
	}
}

func TestClientLoopback(t *testing.T) {
	f := &fake{}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	c := NewClient(Access{Host: f.URL, ClientID: "canary-client", ClientSecret: canarySecret}, true)
	t.Cleanup(c.Close)
	if err := c.Check(ctx); err != nil {
		t.Error(err)
	}
	for _, a := range []string{"127.0.0.2", "::1", "10.0.0.1", "8.8.8.8"} {
		if c.mayDial(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as 127.0.0.1", a)
		}
	}
	tls := NewClient(Access{Host: "https://" + untouched(t), ClientID: "canary-client", ClientSecret: canarySecret}, true)
	wantFault(t, tls.Check(ctx), store.FaultAddress)
}

const oceanHost = "https://ocean.cognisantmd.com"

var foreignLinks = []string{
	"", "/", "/svc/x", "svc/x", "//ocean.cognisantmd.com/x", "//evil.example/x", "https:///x", "https:/x", "https:x", "https:ocean.cognisantmd.com/x",
	"http://ocean.cognisantmd.com/x", "ftp://ocean.cognisantmd.com/x", "https://ocean.cognisantmd.com:8443/x", "https://ocean.cognisantmd.com:80/x",
	"https://ocean.cognisantmd.com:/x", "https://ocean.cognisantmd.com:0443/x", "https://ocean.cognisantmd.com:443:1/x",
	"https://ocean.cognisantmd.com.evil.example/x", "https://ocean.cognisantmd.com@evil.example/x", "https://ocean.cognisantmd.com:x@evil.example/x",
	"https://evil.example@ocean.cognisantmd.com/x", "https://@ocean.cognisantmd.com/x", "https://ocean.cognisantmd.com./x", "https://.ocean.cognisantmd.com/x",
	"https://evil.example/https://ocean.cognisantmd.com/x", "https://evil.example/?https://ocean.cognisantmd.com/", "https://test.cognisantmd.com/x",
	`https://evil.example\@ocean.cognisantmd.com/x`, `https:\\ocean.cognisantmd.com\x`, `https://ocean.cognisantmd.com\@evil.example/x`, `https://ocean.cognisantmd.com\.evil.example/x`,
	"https://evil.example#@ocean.cognisantmd.com/x", "https://ocean.cognisantmd.com#@evil.example/x", "https://ocean.cognisantmd.com/x#y", "https://ocean.cognisantmd.com/x#",
	"https://océan.cognisantmd.com/x", "https://ｏcean.cognisantmd.com/x", "https://ocean.cognisantmd.com。evil.example/x", "https://xn--ocan-bpa.cognisantmd.com/x",
	"https://ocean.cogni\u017fantmd.com/x", "https://ocean%2ecognisantmd.com/x", "https://ocean.cognisantmd.com%2f.evil.example/x", "https://ocean.cognisantmd.com%00.evil.example/x",
	" https://ocean.cognisantmd.com/x", "https://ocean.cognisantmd.com/x ", "https://ocean.cognisantmd.com/a b", "https://ocean.cognisantmd.com/?a b",
	"https://ocean.cognisantmd.com/x\r\nHost: evil.example", "https://ocean.cognisantmd.com/\x00", "https://ocean.cognisantmd.com\t/x", "https://ocean.cognisantmd.com/\x7f",
	"https://ocean.cognisantmd.com/é", "https://ocean.cognisantmd.com/%zz", "https://[ocean.cognisantmd.com]/x", "javascript:alert(1)", "file:///etc/passwd",
	"https://ocean.cognisantmd.com/" + strings.Repeat("x", maxLink),
}

var localLinks = []string{
	oceanHost, oceanHost + "/", oceanHost + "/x", oceanHost + ":443/x", oceanHost + "?x=1", "HTTPS://Ocean.CognisantMD.COM/x",
	oceanHost + "/svc/fhir/v1/ServiceRequest/1/$letter?attachments=true", oceanHost + "/%24letter", oceanHost + "//evil.example/x", oceanHost + "/../x",
	oceanHost + "/x?to=https://evil.example/&at=@evil.example",
}

func TestClientLocal(t *testing.T) {
	c := NewClient(Access{Host: oceanHost, ClientID: "canary-client", ClientSecret: canarySecret}, false)
	c.allowAddr = func(netip.Addr) bool { t.Error("dialled"); return false }
	for _, link := range foreignLinks {
		if c.Local(link) {
			t.Errorf("%q counts as local", link)
		}
		_, err := c.Fetch(ctx, link)
		wantFault(t, err, store.FaultForeign)
	}
	for _, link := range localLinks {
		if !c.Local(link) {
			t.Errorf("%q counts as foreign", link)
		}
	}
	odd := NewClient(Access{Host: "https://Ocean.Example:8443", ClientID: "", ClientSecret: ""}, false)
	if !odd.Local("https://ocean.example:8443/x") || odd.Local("https://ocean.example/x") {
		t.Error("a port of its own")
	}
	six := NewClient(Access{Host: "https://[2620:0:2d0::1]", ClientID: "", ClientSecret: ""}, false)
	if u, ok := six.origin.local("https://[2620:0:2d0::1]:443/x"); !ok || u.String() != "https://[2620:0:2d0::1]/x" {
		t.Error("an IPv6 address")
	}
}

// FuzzClientLocal holds local links to what any reader of URLs, however odd, sends to the host.
func FuzzClientLocal(f *testing.F) {
	for _, link := range append(foreignLinks, localLinks...) {
		f.Add(link)
	}
	c := NewClient(Access{Host: oceanHost, ClientID: "canary-client", ClientSecret: canarySecret}, false)
	f.Fuzz(func(t *testing.T, link string) {
		u, ok := c.origin.local(link)
		if ok != c.Local(link) {
			t.Fatal("Local and Fetch disagree")
		}
		if !ok {
			return
		}
		rest, is := strings.CutPrefix(strings.ToLower(link), oceanHost)
		rest = strings.TrimPrefix(rest, ":443")
		if !is || rest != "" && rest[0] != '/' && rest[0] != '?' || strings.ContainsAny(link, "\\# \t\r\n\x00") {
			t.Fatalf("%q counts as local", link)
		}
		if u.Scheme+"://"+u.Host != oceanHost || u.User != nil {
			t.Fatalf("%q is asked for as %q", link, u)
		}
	})
}

func TestClientGuard(t *testing.T) {
	c := NewClient(Access{Host: oceanHost, ClientID: "canary-client", ClientSecret: canarySecret}, false)
	for _, to := range []string{"https://evil.example/", "http://ocean.cognisantmd.com/", oceanHost + ":444/", "https://a@ocean.cognisantmd.com/"} {
		r := httptest.NewRequest(http.MethodPost, to, strings.NewReader(canarySecret))
		_, err := c.inside.RoundTrip(r)
		wantFault(t, err, store.FaultForeign)
	}
	r := httptest.NewRequest(http.MethodGet, oceanHost, nil)
	r.Host = "evil.example"
	_, err := c.inside.RoundTrip(r)
	wantFault(t, err, store.FaultForeign)
}

func TestClientRedirects(t *testing.T) {
	other := untouched(t)
	hops := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if n--; n >= 0 {
				http.Redirect(w, r, fmt.Sprintf("/hop/%d#fragment", n), []int{301, 302, 303, 307, 308}[n%5])
				return
			}
			if r.Header.Get("Authorization") == "" {
				t.Error("no token after a redirect")
			}
			_, _ = io.WriteString(w, "%PDF-")
		}
	}
	to := func(location string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		fault  store.Fault
	}{
		"3": {hops(3), ""}, "4": {hops(4), store.FaultRedirect},
		"other port": {to("https://" + other + canaryPath), store.FaultRedirect}, "no scheme": {to("//" + other + "/x"), store.FaultRedirect},
		"plain HTTP": {to("http://" + other + "/x"), store.FaultRedirect}, "user": {to("https://a@" + other + "/x"), store.FaultRedirect},
		"name": {to("https://evil.example/"), store.FaultRedirect}, "script": {to("javascript:alert(1)"), store.FaultRedirect},
		"unreadable": {to("https://%zz" + canaryPath), store.FaultRedirect},
	} {
		f := newFake(t, c.answer)
		_, err := f.client(t).Fetch(ctx, f.URL+canaryPath)
		if t.Log(name, err); c.fault != "" {
			wantFault(t, err, c.fault)
		} else if err != nil {
			t.Error(err)
		}
	}
	for location, fault := range map[string]store.Fault{"https://" + other + tokenPath: store.FaultRedirect, "/elsewhere": store.FaultServer} {
		f := newFake(t, nil)
		f.token = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, location, http.StatusTemporaryRedirect)
		}
		wantFault(t, f.client(t).Check(ctx), fault)
		if f.calls.Load() != 0 {
			t.Error("the secret was sent elsewhere")
		}
	}
}
