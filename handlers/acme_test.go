package handlers

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// acmeSite is a console on a loopback address that has its certificate from an authority.
type acmeSite struct {
	*site
	authority *authority
	at        Addresses
	log       *logBuffer
	list      []Listener
	stop      func()
}

func newACME(t testing.TB, a *authority, folder string, redirect bool) *acmeSite {
	t.Helper()
	s := &acmeSite{authority: a, log: &logBuffer{}}
	s.site = newSite(t, func(c *Config) { c.BaseURL = parseURL(t, "https://clinic.example") })
	s.at = Addresses{Console: "127.0.0.1:0", BaseURL: s.config.BaseURL, ACME: &ACME{Folder: folder, Directory: a.URL + "/directory", CAFile: a.caFile(), Email: "it@clinic.example"}}
	if redirect {
		s.at.Redirect = "127.0.0.1:0"
	}
	return s
}

func (s *acmeSite) start() {
	s.t.Helper()
	log := slog.New(slog.NewTextHandler(s.log, nil))
	var err error
	s.list, err = Listen(s.handler, s.at, log)
	s.must(err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- Serve(ctx, log, s.list...) }()
	stopped := false
	s.stop = func() {
		if !stopped {
			stopped = true
			stop()
			if err := <-done; err != nil {
				s.t.Error(err)
			}
		}
	}
	s.t.Cleanup(s.stop)
}

// dial connects by that name and returns the certificate's number.
func (s *acmeSite) dial(name string, trusted bool) (int64, error) {
	config := &tls.Config{ServerName: name, RootCAs: x509.NewCertPool(), InsecureSkipVerify: !trusted} // an address in numbers is in no certificate
	config.RootCAs.AddCert(s.authority.ca)
	conn, err := tls.Dial("tcp", s.list[0].Net.Addr().String(), config)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
}

func TestACertificateIsGotByACME(t *testing.T) {
	a := newAuthority(t)
	folder := filepath.Join(t.TempDir(), "acme")
	s := newACME(t, a, folder, false)
	if _, err := LookAtCertificate(t.Context(), s.at); err == nil {
		t.Error("there is one already")
	}
	a.mu.Lock() // it answers nothing until it knows where to ask
	s.start()
	a.alpn = s.list[0].Net.Addr().String()
	a.mu.Unlock()
	state, err := s.list[0].Certificate.State(t.Context())
	if err != nil || !state.Fits || state.NotAfter.Before(time.Now().Add(80*24*time.Hour)) {
		t.Fatalf("%+v, %v\n%s", state, err, s.log)
	}
	first, err := s.dial("clinic.example", true)
	s.must(err)
	if unnamed, err := s.dial("", false); err != nil || unnamed != first {
		t.Errorf("by its address in numbers: certificate %d, %v", unnamed, err)
	}
	for _, name := range []string{"other.example", "clinic.example.other.example", "localhost"} {
		if _, err := s.dial(name, false); err == nil {
			t.Errorf("%s has a certificate", name)
		}
	}
	if a.orders != 1 || strings.Join(a.by, " ") != "tls-alpn-01" {
		t.Errorf("%d orders, proven by %v", a.orders, a.by)
	}
	for _, path := range []string{folder, filepath.Join(folder, "clinic.example"), filepath.Join(folder, "acme_account+key")} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	if other, err := LookAtCertificate(t.Context(), s.at); err != nil || !other.NotAfter.Equal(state.NotAfter) || !other.Fits {
		t.Errorf("another process sees %+v, %v", other, err)
	}
	s.stop()
	again := newACME(t, a, folder, false)
	again.start()
	if serial, err := again.dial("clinic.example", true); err != nil || serial != first || a.orders != 1 {
		t.Errorf("after a restart: certificate %d, %v, %d orders", serial, err, a.orders)
	}
}

func TestACMEGoesByPlainHTTPWhereItHasTo(t *testing.T) {
	a := newAuthority(t)
	s := newACME(t, a, filepath.Join(t.TempDir(), "acme"), true)
	a.mu.Lock()
	s.start()
	a.plain = s.list[1].Net.Addr().String()
	a.mu.Unlock()
	if _, err := s.dial("clinic.example", true); err != nil {
		t.Fatalf("%v\n%s", err, s.log)
	}
	if strings.Join(a.by, " ") != "http-01" {
		t.Errorf("proven by %v", a.by)
	}
	plain := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]int{"/.well-known/acme-challenge/" + challengeToken: 404, "/.well-known/acme-challenge/": 404, "/login": 308} {
		r, _ := http.NewRequest(get, "http://"+a.plain+path, nil)
		r.Host = "clinic.example"
		res, err := plain.Do(r)
		if err != nil || res.StatusCode != want {
			t.Errorf("%s: %v, %v", path, res, err)
			continue
		}
		res.Body.Close()
	}
}

func TestWithoutItsAuthorityBreakwaterRunsAndSaysSo(t *testing.T) {
	a := newAuthority(t)
	s := newACME(t, a, filepath.Join(t.TempDir(), "acme"), false)
	a.Close()
	s.start()
	s.list[0].Certificate.look(t.Context(), time.Now())
	if !strings.Contains(s.log.String(), "there is no certificate to prove Breakwater with") {
		t.Errorf("the log: %s", s.log)
	}
	if _, err := s.dial("clinic.example", false); err == nil {
		t.Error("it proves itself with something")
	}
}

func TestACMEIsCheckedAtTheStart(t *testing.T) {
	f := newFiles(t)
	f.write(f.key, []byte("no certificate"))
	https := parseURL(t, "https://clinic.example")
	for name, c := range map[string]struct {
		at   Addresses
		says string
	}{
		"http":                {Addresses{BaseURL: parseURL(t, "http://clinic.example"), ACME: &ACME{}}, "BREAKWATER_BASE_URL is http://"},
		"a number":            {Addresses{BaseURL: parseURL(t, "https://192.0.2.7"), ACME: &ACME{}}, "wants a name"},
		"localhost":           {Addresses{BaseURL: parseURL(t, "https://localhost:8443"), ACME: &ACME{}}, "wants a name"},
		"and files":           {Addresses{BaseURL: https, ACME: &ACME{}, CertFile: f.cert, KeyFile: f.key}, "choose"},
		"no CA file":          {Addresses{BaseURL: https, ACME: &ACME{CAFile: f.cert}}, "BREAKWATER_ACME_CA_FILE"},
		"an empty CA file":    {Addresses{BaseURL: https, ACME: &ACME{CAFile: f.key}}, "no certificate in PEM"},
		"redirects to http":   {Addresses{BaseURL: parseURL(t, "http://clinic.example"), Redirect: "127.0.0.1:0"}, "BREAKWATER_REDIRECT_LISTEN"},
		"plain for the world": {Addresses{BaseURL: https, Console: "0.0.0.0:0"}, "BREAKWATER_ACME=1"},
	} {
		if c.at.Console == "" {
			c.at.Console = "127.0.0.1:0"
		}
		list, err := Listen(http.NotFoundHandler(), c.at, slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}
