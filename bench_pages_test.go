package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"breakwater/handlers"
	"breakwater/store"
	"breakwater/store/storetest"
)

// few is how many referrals the many are compared with.
const few = 1000

// aPage is a page as somebody asks for it.
type aPage struct {
	name, path string
	form       url.Values // of a post; nil for none
}

// reader is somebody who is signed in at a console.
type reader struct {
	t       *table
	handler http.Handler
	cookies []*http.Cookie
	store   *store.Store
}

// made is the folder of a database with so many invented referrals, made now if it is not there.
func (t *table) made(n int) string {
	dir, err := storetest.ManyAt(n)
	t.check(err)
	s := t.fill(dir, n)
	t.check(s.Close())
	return dir
}

func (t *table) fill(dir string, n int) *store.Store {
	began := time.Now()
	s, err := storetest.Many(context.Background(), dir, n, func(done int) {
		if done > 0 && done%50_000 == 0 {
			fmt.Fprintf(os.Stderr, "making %d invented referrals: %d after %s\n", n, done, time.Since(began).Round(time.Second))
		}
	})
	t.check(err)
	return s
}

// reader signs in at a console with so many referrals.
func (t *table) reader(n int) *reader {
	dir, err := storetest.ManyAt(n)
	t.check(err)
	s := t.fill(dir, n)
	t.Cleanup(func() { t.check(s.Close()) })
	base, err := url.Parse("http://clinic.example")
	t.check(err)
	h, err := handlers.New(handlers.Config{Store: s, BaseURL: base, Zone: time.UTC, Now: storetest.NewClock().Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	t.check(err)
	r := &reader{t: t, handler: h, store: s}
	w, _ := r.do(aPage{"sign in", "/login", url.Values{"email": {"person0@example.org"}, "password": {storetest.Password}}})
	if r.cookies = w.Result().Cookies(); w.Code != http.StatusSeeOther || len(r.cookies) == 0 {
		t.Fatalf("signing in: %d %.300s", w.Code, w.Body)
	}
	return r
}

// do asks for a page, and tells how long the server took for it, in milliseconds.
func (r *reader) do(p aPage) (*httptest.ResponseRecorder, float64) {
	req := httptest.NewRequest(http.MethodGet, p.path, nil)
	if p.form != nil {
		req = httptest.NewRequest(http.MethodPost, p.path, strings.NewReader(p.form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Host = "clinic.example"
	for _, c := range r.cookies {
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	began := time.Now()
	r.handler.ServeHTTP(w, req)
	return w, float64(time.Since(began)) / float64(time.Millisecond)
}

// page asks for a page that must come.
func (r *reader) page(p aPage) (body string, took float64) {
	r.t.Helper()
	w, took := r.do(p)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%s: %d %.500s", p.name, w.Code, w.Body)
	}
	return w.Body.String(), took
}

var (
	aReferral = regexp.MustCompile(`/referrals/[0-9a-f]{8}-[0-9a-f-]{27}`)
	aService  = regexp.MustCompile(`<option value="([0-9a-f]{16,})"[^>]*>Cardiology<`)
)

// all are the pages that are measured; some have addresses of their own in each database.
func (r *reader) all() []aPage {
	r.t.Helper()
	list, _ := r.page(aPage{"list", "/referrals", nil})
	id, service := aReferral.FindString(list), aService.FindStringSubmatch(list)
	if id == "" || service == nil {
		r.t.Fatalf("the list has no referral or no service:\n%.3000s", list)
	}
	search := func(q string) url.Values { return url.Values{"q": {q}} }
	return []aPage{{"list", "/referrals", nil}, {"folder", "/referrals?folder=completed", nil}, {"folder, urgent first", "/referrals?folder=completed&sort=urgent", nil},
		{"service in a folder", "/referrals?folder=completed&service=" + service[1], nil}, {"mine", "/referrals?assignee=me", nil},
		{"needs review", "/referrals?folder=needs_review", nil}, {"overdue", "/referrals?folder=overdue", nil},
		{"days long ago", "/referrals?from=2023-08-01&until=2023-10-30", nil}, {"search, common name", "/referrals/search", search("smith")},
		{"search, two names", "/referrals/search", search("smith olivia")}, {"search, nobody", "/referrals/search", search("nobody")}, {"detail", id, nil},
		{"delivery problems", "/referrals/problems", nil}, {"audit", "/settings/audit", nil}, {"audit, one person's", "/settings/audit?action=referral&actor=" + r.person(), nil},
		{"audit, days long ago", "/settings/audit?from=2023-08-01&until=2026-05-31", nil}, {"connection", "/settings/referral/ocean", nil}}
}

func (r *reader) person() string {
	users, err := r.store.Users(r.t.Context())
	r.t.check(err)
	return "user:" + users[1].ID
}

// pages measures each page with few and with many referrals, one after the other.
func (t *table) pages() {
	small, large := t.reader(few), t.reader(t.many)
	fewPages, manyPages := small.all(), large.all()
	rows := [][]string{{"milliseconds at the server", fmt.Sprint(few, " referrals"), fmt.Sprint(t.many, " referrals"), "ratio", "KB", "KB compressed"}}
	for i, p := range fewPages {
		var at [2][]float64
		var body string
		for range 10 * t.rounds {
			_, took := small.page(p)
			at[0] = append(at[0], took)
			body, took = large.page(manyPages[i])
			at[1] = append(at[1], took)
		}
		rows = append(rows, []string{p.name, figure(median(at[0])), figure(median(at[1])), figure(median(at[1]) / median(at[0])),
			figure(float64(len(body)) / 1000), figure(t.compressed(body))})
	}
	t.print("Pages", rows...)
}

// compressed is how large a text is in gzip, in KB.
func (t *table) compressed(text string) float64 {
	var small bytes.Buffer
	w := gzip.NewWriter(&small)
	_, err := io.WriteString(w, text)
	t.check(err)
	t.check(w.Close())
	return float64(small.Len()) / 1000
}

// crowdSize is how many sign in at once, in vain, while Ocean delivers.
const crowdSize = 200

// crowd measures the public route while very many sign in with wrong passwords.
func (t *table) crowd() {
	m := newMachine(t)
	m.env = []string{"BREAKWATER_LOG_LEVEL=info"}
	m.serve()
	m.must("", "ocean", "set", "--site-number", benchSite)
	key := m.must("", "ocean", "generate-key")
	m.must(storetest.Password, "user", "add", "front@example.org", "--role", "front_desk", "--password-stdin")
	var quiet, crowded []float64
	b := newBundles(25)
	for range t.rounds {
		took, _ := t.load(m.url(bundlesPath), key, b, 8, t.turn)
		quiet = append(quiet, percentile(took, .99))
		ctx, stop := context.WithCancel(context.Background())
		var all sync.WaitGroup
		for range crowdSize {
			all.Go(func() { m.signInWrongly(ctx) })
		}
		took, _ = t.load(m.url(bundlesPath), key, b, 8, t.turn)
		crowded = append(crowded, percentile(took, .99))
		stop()
		all.Wait()
	}
	t.print(fmt.Sprintf("%d sign in at once with wrong passwords, 8 clients deliver", crowdSize), []string{"99th percentile without, ms", "with, ms", "ratio", "memory, MB"},
		[]string{figure(median(quiet)), figure(median(crowded)), figure(median(crowded) / median(quiet)), figure(m.memory("VmHWM"))})
	m.stop()
}

// signInWrongly tries again a second after each answer; whatever that is, nobody is let in.
func (m *machine) signInWrongly(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		form := url.Values{"email": {fmt.Sprintf("somebody%d@example.org", n)}, "password": {"wrong but long enough"}}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url("/login"), strings.NewReader(form.Encode()))
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if res, err := http.DefaultClient.Do(req); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}
