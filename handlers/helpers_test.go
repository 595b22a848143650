package handlers

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// site is a console on a real store, with a clock that tests turn and a log that they read.
type site struct {
	t       testing.TB
	dir     string
	clock   *storetest.Clock
	store   *store.Store
	config  Config
	handler http.Handler
	log     *logBuffer
	key     string // an inbound key that is valid
}

type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

const baseURL = "http://clinic.example"

// newSite opens a console that logs all there is to log.
func newSite(t testing.TB, change ...func(*Config)) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), clock: storetest.NewClock(), log: &logBuffer{}}
	s.store = storetest.At(t, s.dir, s.clock)
	key, err := s.store.GenerateKey(t.Context(), storetest.Admin)
	s.must(err)
	s.key = key
	s.config = Config{Store: s.store, BaseURL: parseURL(t, baseURL), Zone: time.UTC, Now: s.clock.Now,
		Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, c := range change {
		c(&s.config)
	}
	s.handler, err = New(s.config)
	s.must(err)
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func parseURL(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// answer is a whole response.
type answer struct {
	*httptest.ResponseRecorder
	body string
}

func (s *site) serve(r *http.Request) answer {
	if r.Host == "example.com" { // which httptest puts where a test names no host
		r.Host = s.config.BaseURL.Host
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return answer{w, w.Body.String()}
}

// visitor is a browser: it keeps cookies.
type visitor struct {
	*site
	cookies map[string]*http.Cookie
	address string
}

func (s *site) visitor() *visitor {
	return &visitor{site: s, cookies: map[string]*http.Cookie{}, address: "192.0.2.1"}
}

// do asks for target with a posted form, if there is one, and with headers as name, value, ...
func (v *visitor) do(method, target string, form url.Values, headers ...string) answer {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	return v.send(method, target, body, headers...)
}

func (v *visitor) send(method, target string, body io.Reader, headers ...string) answer {
	r := httptest.NewRequest(method, target, body)
	r.RemoteAddr = v.address + ":4711"
	if strings.HasPrefix(target, "/") {
		r.Host = v.config.BaseURL.Host
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, name := range slices.Sorted(maps.Keys(v.cookies)) {
		r.AddCookie(&http.Cookie{Name: name, Value: v.cookies[name].Value})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Add(headers[i], headers[i+1]); headers[i] == "Content-Type" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	a := v.serve(r)
	for _, c := range a.Result().Cookies() {
		if v.cookies[c.Name] = c; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	return a
}

func (v *visitor) get(target string, headers ...string) answer {
	return v.do(get, target, nil, headers...)
}

func (v *visitor) post(target string, pairs ...string) answer {
	return v.do(post, target, fields(pairs...))
}

// fields makes a form of name, value, ...
func fields(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

const htmxHeader = "HX-Request"

// signIn is a new browser in which that person has signed in.
func (s *site) signIn(email string) *visitor {
	s.t.Helper()
	v := s.visitor()
	v.post("/login", "email", email, "password", storetest.Password).wants(s.t, 303)
	return v
}

// person adds somebody with those permissions and signs them in.
func (s *site) person(email string, permissions ...store.Permission) *visitor {
	s.t.Helper()
	storetest.AddUser(s.t, s.store, email, permissions...)
	return s.signIn(email)
}

// wants fails the test unless the answer has that status.
func (a answer) wants(t testing.TB, status int) answer {
	t.Helper()
	if a.Code != status {
		t.Fatalf("status %d, want %d; Location %q, body:\n%.1500s", a.Code, status, a.Header().Get("Location"), a.body)
	}
	return a
}

// leadsTo fails the test unless the answer is a 303 to exactly that place.
func (a answer) leadsTo(t testing.TB, location string) answer {
	t.Helper()
	if got := a.wants(t, 303).Header()["Location"]; len(got) != 1 || got[0] != location {
		t.Fatalf("Location %q, want %q", got, location)
	}
	return a
}

// shows fails the test unless all texts stand in the answer.
func (a answer) shows(t testing.TB, texts ...string) answer {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the answer lacks %q:\n%.6000s", text, a.body)
		}
	}
	return a
}

// hides fails the test if any of the texts stands in the answer.
func (a answer) hides(t testing.TB, texts ...string) answer {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			t.Errorf("the answer has %q in it", text)
		}
	}
	return a
}

func (s *site) status() store.Status {
	s.t.Helper()
	st, err := s.store.Status(context.Background())
	s.must(err)
	return st
}

// siteNumber makes the clinic the site to which oceantest's messages go.
func (s *site) siteNumber() {
	s.t.Helper()
	number := "1234"
	s.must(s.store.SaveOceanSettings(s.t.Context(), storetest.Admin, store.OceanChange{SiteNumber: &number}))
}

func (s *site) audit() (entries []store.AuditEntry) {
	s.t.Helper()
	s.must(s.store.AuditEntries(s.t.Context(), func(e store.AuditEntry) error { entries = append(entries, e); return nil }))
	return entries
}

func contextThatEnds(t testing.TB) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
