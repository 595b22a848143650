package handlers

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// scraped is what Prometheus is told, by the name and labels of each figure.
func scraped(t *testing.T, m *Metrics, w interface{ scrape() string }) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(w.scrape()) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "} "); ok && !strings.HasPrefix(line, "#") {
			found[name+"}"] = value
		} else if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") {
			found[name] = value
		}
	}
	return found
}

type scraper func() string

func (s scraper) scrape() string { return s() }

// TestMetricsTellFiguresAndNothingElse sends what is to be found nowhere in them.
func TestMetricsTellFiguresAndNothingElse(t *testing.T) {
	m := NewMetrics()
	clock := storetest.NewClock()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: clock.Now, Argon2: storetest.Cheap, MinFree: 1, Wrote: m.Wrote})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	v := newSite(t, func(c *Config) { c.Store, c.Now, c.Metrics = s, clock.Now, m })
	v.store, v.clock = s, clock
	v.key, err = s.GenerateKey(t.Context(), storetest.Admin)
	v.must(err)
	v.config.Expiry = func() (time.Time, error) { return clock.Now().Add(time.Hour), nil }
	handler := m.Handler(v.config)
	scrape := scraper(func() string {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return w.Body.String()
	})
	const canary = "Canaryfamily"
	body := oceantest.Bundle(oceantest.Message{Ref: canary, Event: canary, Patient: oceantest.Patient{Family: canary},
		Documents: []oceantest.Document{{Title: canary, URL: "https://ocean.cognisantmd.com/svc/fhir/v1/DocumentReference/" + canary + "/$binary"}}})
	v.deliver(body).wants(t, 200)
	v.deliver(body).wants(t, 200)
	v.deliver(body, keyHeader, canary).wants(t, 401)
	v.deliver([]byte(canary)).wants(t, 400)
	ada := v.person("ada@example.org", store.Permissions()...)
	for _, path := range []string{"/referrals", "/referrals/" + canary, "/" + canary + "?q=" + canary, "/static/" + canary, "/referrals/" + canary + "/documents/" + canary} {
		ada.get(path)
	}
	ada.send(canary, "/referrals", nil)
	ada.post("/referrals/search", "q", canary)
	v.visitor().post("/login", "email", canary+"@example.org", "password", canary)
	v.must(s.KeepOutlets(t.Context(), "log", "file", "syslog"))
	v.must(s.NoteHead(t.Context(), "file", 1, store.OutletMissing, 0))
	v.must(s.NoteHead(t.Context(), "syslog", 1, "", 1))
	clock.Turn(2 * time.Minute)
	text := scrape()
	for _, secret := range []string{canary, "ada@", "example.org", v.key} {
		if strings.Contains(text, secret) {
			t.Errorf("the figures hold %s", secret)
		}
	}
	found := scraped(t, m, scrape)
	for name, want := range map[string]string{
		`breakwater_bundles_total{outcome="received"}`: "1", `breakwater_bundles_total{outcome="duplicate"}`: "1",
		`breakwater_bundles_refused_total{reason="wrong_key"}`: "1", `breakwater_bundles_refused_total{reason="json"}`: "1", `breakwater_bundles_refused_total{reason="full"}`: "0",
		`breakwater_http_requests_total{method="GET",route="/referrals",status="200"}`:                  "1",
		`breakwater_http_requests_total{method="GET",route="/referrals/:id",status="404"}`:              "1",
		`breakwater_http_requests_total{method="POST",route="/public/ocean/fhir_bundles",status="200"}`: "2",
		"breakwater_attachments_pending": "1", "breakwater_attachments_oldest_seconds": "120", "breakwater_outbox_pending": "0", "breakwater_outbox_oldest_seconds": "0",
		"breakwater_ready": "1", "breakwater_database_damaged": "0", "breakwater_disk_floor_bytes": "1", "breakwater_sessions": "1", "breakwater_incidents_open": "0",
		"breakwater_audit_outlets_failing": "1", "breakwater_audit_outlets_lost": "1",
	} {
		if found[name] != want {
			t.Errorf("%s is %q, want %s", name, found[name], want)
		}
	}
	for _, name := range []string{"breakwater_write_seconds_count", "breakwater_wal_bytes", "breakwater_disk_free_bytes", "breakwater_audit_entries", "breakwater_certificate_expiry_seconds",
		"go_goroutines", "process_open_fds"} {
		if v := found[name]; v == "" || v == "0" {
			t.Errorf("%s is %q", name, v)
		}
	}
	if !strings.Contains(text, `method="other"`) || !strings.Contains(text, `route="none"`) {
		t.Errorf("an odd method and a path that is none are not counted:\n%s", text)
	}
	codes := regexp.MustCompile(`^[a-zA-Z0-9_.:/*+-]*$`)
	for _, label := range regexp.MustCompile(`="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if !codes.MatchString(label[1]) {
			t.Errorf("a label says %q", label[1])
		}
	}
}

// TestMetricsStayOnThisMachine unless their address names another host.
func TestMetricsStayOnThisMachine(t *testing.T) {
	for _, address := range []string{"0", ":0", "127.0.0.1:0", "localhost:0"} {
		l, err := ListenMetrics(address)
		if err != nil {
			t.Fatal(err)
		}
		if !isLoopback(l.Addr().String()) {
			t.Errorf("%s is served at %s", address, l.Addr())
		}
		l.Close()
	}
	for _, address := range []string{"", "nowhere", "127.0.0.1"} {
		if l, err := ListenMetrics(address); err == nil {
			l.Close()
			t.Errorf("%q is taken for an address", address)
		}
	}
}

// TestMetricsOfADamagedDatabase say so, and what else can be said.
func TestMetricsOfADamagedDatabase(t *testing.T) {
	m := NewMetrics()
	s := newSite(t, func(c *Config) { c.Metrics = m })
	s.config.Expiry = func() (time.Time, error) { return time.Time{}, nil }
	handler := m.Handler(s.config)
	s.damage()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if text := w.Body.String(); !strings.Contains(text, "breakwater_database_damaged 1\n") || !strings.Contains(text, "breakwater_ready 0\n") || w.Code != 200 {
		t.Errorf("%d\n%s", w.Code, text)
	}
}
