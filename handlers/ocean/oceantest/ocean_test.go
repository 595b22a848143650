package oceantest_test

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
)

// clinic records what arrives and answers as it is told.
type clinic struct {
	*httptest.Server
	mu     sync.Mutex
	status int // default 200
	bodies [][]byte
	heads  []http.Header
}

func newClinic(t *testing.T) *clinic {
	c := &clinic{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies, c.heads = append(c.bodies, body), append(c.heads, r.Header.Clone())
		w.Header().Set("Location", "http://"+r.Host+"/elsewhere")
		w.WriteHeader(cmp.Or(c.status, 200))
		if c.status >= 400 {
			_, _ = io.WriteString(w, `{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Do this."}]}`)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *clinic) answers(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

func (c *clinic) received() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bodies
}

// last parses the last message with the reader that the console uses.
func (c *clinic) last(t *testing.T) update {
	t.Helper()
	all := c.received()
	if len(all) == 0 {
		t.Fatal("the clinic got nothing")
	}
	return read(t, all[len(all)-1])
}

// update is what tests look at of a message.
type update struct {
	event, status, code, site  string
	appointment, test, revoked bool
	said, documents, problems  int
	sent                       time.Time
}

func read(t *testing.T, body []byte) update {
	t.Helper()
	m, err := ocean.Parse(body)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	if len(m.Updates) != 1 {
		t.Fatalf("%d updates", len(m.Updates))
	}
	u := m.Updates[0]
	got := update{event: m.Event, site: u.ReceiverSite, appointment: u.Appointment != nil, test: m.Test, revoked: u.Revoked,
		said: len(u.Communications), documents: len(u.Documents), problems: len(m.Problems), sent: m.SentAt}
	if u.Task != nil {
		got.status, got.code = u.Task.Status, u.Task.Code
	}
	return got
}

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is a simulated Ocean with its clinic.
type world struct {
	*oceantest.Ocean
	t      *testing.T
	clinic *clinic
	clock  *clock
	server *httptest.Server
}

func newWorld(t *testing.T, change ...func(*oceantest.Options)) *world {
	w := &world{t: t, clinic: newClinic(t), clock: &clock{t: time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)}}
	o := oceantest.Options{Clinic: w.clinic.URL + "/public/ocean/fhir_bundles", Key: "the-key", Now: w.clock.now}
	for _, c := range change {
		c(&o)
	}
	w.Ocean = oceantest.New(o)
	w.server = httptest.NewServer(w.Ocean)
	t.Cleanup(w.server.Close)
	w.SetSelf(w.server.URL)
	return w
}

// do lets an action happen that must succeed, and returns the newest referral.
func (w *world) do(a oceantest.Action) oceantest.Referral {
	w.t.Helper()
	if _, err := w.Do(w.t.Context(), a, ""); err != nil {
		w.t.Fatal(err)
	}
	all := w.Referrals()
	return all[len(all)-1]
}

func (w *world) deliveries() []oceantest.Delivery {
	w.t.Helper()
	w.Deliver(w.t.Context())
	return w.Deliveries()
}

// answer is an answer of the simulator's.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) ask(method, path, body string, headers ...string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, got}
}

func (a answer) wants(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %.300s", a.status, status, a.body)
	}
	return a
}

// press posts a form of the page's, as a browser without JavaScript does.
func (w *world) press(path string, pairs ...string) answer {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return w.ask("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}

func (w *world) token() string {
	w.t.Helper()
	a := w.ask("POST", "/svc/oauth2/token", "grant_type=client_credentials&client_id=simulated-client&client_secret=simulated-secret",
		"Content-Type", "application/x-www-form-urlencoded").wants(w.t, 200)
	var got struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(a.body, &got); err != nil || got.Token == "" {
		w.t.Fatalf("no token: %s", a.body)
	}
	return got.Token
}

func (w *world) get(path string) answer {
	w.t.Helper()
	return w.ask("GET", path, "", "Authorization", "Bearer "+w.token())
}
