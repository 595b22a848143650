package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// soakTime is how long the load stays on; `make soak` wants half an hour.
func soakTime(t *testing.T) (length time.Duration, long bool) {
	text := os.Getenv("BREAKWATER_SOAK")
	if text == "" {
		return 9 * time.Second, false
	}
	length, err := time.ParseDuration(text)
	if err != nil || length < time.Second {
		t.Fatalf("BREAKWATER_SOAK is a time such as 30m, not %q", text)
	}
	return length, length >= 10*time.Minute
}

// soak is a machine under a steady load, and what became of it.
type soak struct {
	*machine
	ocean   *simulation
	key     string
	figures string // address of the metrics

	mu           sync.Mutex
	acknowledged []string // references that the machine said it has kept
	did          map[string]int
	wrong        []string
}

// TestSoak keeps a clinic's day on the machine: new and repeated messages, documents, people who read, sign
// in and out, and wrong keys; and looks that memory, descriptors, goroutines and the log do not grow.
func TestSoak(t *testing.T) {
	length, long := soakTime(t)
	s := soaking(t)
	every := max(length/400, 50*time.Millisecond)
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	var load sync.WaitGroup
	for _, l := range []struct {
		name  string
		pause time.Duration
		do    func(ctx context.Context, n int) error
	}{
		{"messages received", 100 * time.Millisecond, s.deliver},
		{"messages repeated", 500 * time.Millisecond, s.repeat},
		{"referrals with three documents", 2 * time.Second, s.refer},
		{"wrong keys", time.Second, s.wrongKey},
		{"rounds of five or six pages", time.Second, s.reading()},
		{"sign-ins", 3 * time.Second, s.comeAndGo},
	} {
		load.Go(func() { s.steadily(ctx, l.name, l.pause, l.do) })
	}
	samples := s.watch(ctx, every)
	load.Wait()
	for _, wrong := range s.wrong {
		t.Error(wrong)
	}
	s.judge(samples, long)
	lost := s.lost(s.key, s.acknowledged)
	s.must("", "audit", "verify")
	if code := s.stop(); code != 0 {
		t.Errorf("it stops with %d", code)
	}
	s.isWhole()
	if strings.Contains(s.log.String(), "panic") {
		t.Errorf("it panicked:\n%s", s.log.String())
	}
	survived := 1
	if t.Failed() {
		survived = 0
	}
	prove(fmt.Sprintf("steady load for %v: %s", length, s.done()), 1, survived, lost)
}

// soaking is a machine with a simulated Ocean, somebody who may do everything, and figures.
func soaking(t *testing.T) *soak {
	m := newMachine(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{machine: m, ocean: m.simulate(oceantest.Options{}), figures: l.Addr().String(), did: map[string]int{}}
	l.Close()
	m.env = []string{"BREAKWATER_METRICS_LISTEN=" + s.figures, "BREAKWATER_LOG_LEVEL=info"}
	m.connect(s.ocean)
	s.key = m.must("", "ocean", "generate-key")
	m.must(password, "user", "add", "ada@example.org", "--role", "administrator", "--password-stdin")
	m.serve()
	return s
}

// steadily does something again and again until the time is over. What fails for another reason is noted.
func (s *soak) steadily(ctx context.Context, name string, pause time.Duration, do func(context.Context, int) error) {
	beat := time.NewTicker(pause)
	defer beat.Stop()
	for n := 0; ; n++ {
		err := do(ctx, n)
		if ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		s.did[name]++
		if err != nil && len(s.wrong) < 20 {
			s.wrong = append(s.wrong, fmt.Sprintf("%s, the %d.: %v", name, n+1, err))
		}
		s.mu.Unlock()
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// deliver sends a new message. One that is under way at the end is waited for.
func (s *soak) deliver(_ context.Context, n int) error {
	ref := fmt.Sprintf("soak-%d", n)
	status, body, err := s.send(s.key, bundleOf(ref))
	if status != 200 || err != nil {
		return fmt.Errorf("%d %s %w", status, body, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acknowledged = append(s.acknowledged, ref)
	return nil
}

func (s *soak) repeat(context.Context, int) error {
	s.mu.Lock()
	ref := ""
	if n := len(s.acknowledged); n > 0 {
		ref = s.acknowledged[rand.IntN(n)]
	}
	s.mu.Unlock()
	if ref == "" {
		return nil
	}
	status, body, err := s.send(s.key, bundleOf(ref))
	if status != 200 || err != nil {
		return fmt.Errorf("%d %s %w", status, body, err)
	}
	return nil
}

// wrongKey tries a key that is none. Whoever does that often is told to wait, which is right too.
func (s *soak) wrongKey(context.Context, int) error {
	if status, body, err := s.send("wrong", bundleOf("wrong")); status != 401 && status != 429 || err != nil {
		return fmt.Errorf("%d %s %w", status, body, err)
	}
	return nil
}

func (s *soak) refer(ctx context.Context, _ int) error {
	d, err := s.ocean.Do(ctx, oceantest.ActNew, "")
	if err == nil && d.State != oceantest.Delivered {
		err = fmt.Errorf("it is %v", d.State)
	}
	return err
}

// comeAndGo signs somebody in who opens the list and signs out again.
func (s *soak) comeAndGo(ctx context.Context, _ int) error {
	browser := s.browser()
	if err := s.enter(ctx, browser); err != nil {
		return err
	}
	if _, err := s.open(ctx, browser, "/referrals", nil); err != nil {
		return err
	}
	_, err := s.open(ctx, browser, "/logout", url.Values{})
	return err
}

func (s *soak) enter(ctx context.Context, browser *http.Client) error {
	_, err := s.open(ctx, browser, "/login", url.Values{"email": {"ada@example.org"}, "password": {password}})
	return err
}

var (
	referralAt = regexp.MustCompile(`/referrals/[0-9a-f]{8}-[0-9a-f-]{27}`)
	documentAt = regexp.MustCompile(`/referrals/[0-9a-f-]{36}/documents/[0-9a-f-]{36}`)
)

// reading is somebody who looks through the pages, and opens a referral and its document each time.
func (s *soak) reading() func(context.Context, int) error {
	browser := s.browser()
	return func(ctx context.Context, n int) error {
		if n == 0 {
			if err := s.enter(ctx, browser); err != nil {
				return err
			}
		}
		list, err := s.open(ctx, browser, "/referrals", nil)
		if err != nil {
			return err
		}
		var referral string
		if all := referralAt.FindAllString(list, -1); len(all) > 0 {
			referral = all[rand.IntN(len(all))]
			page, err := s.open(ctx, browser, referral, nil)
			if err != nil {
				return err
			}
			if document := documentAt.FindString(page); document != "" {
				if _, err := s.open(ctx, browser, document, nil); err != nil {
					return err
				}
			}
		}
		if _, err := s.open(ctx, browser, "/referrals/search", url.Values{"q": {"test"}}); err != nil {
			return err
		}
		for _, path := range [][]string{{"/referrals/problems", "/settings/audit"}, {"/account", "/settings/users"}, {"/settings/system", "/settings/referral/ocean"}}[n%3] {
			if _, err := s.open(ctx, browser, path, nil); err != nil {
				return err
			}
		}
		return nil
	}
}

// browser is a new one, without anything that it remembers.
func (s *soak) browser() *http.Client { return &http.Client{Jar: newJar()} }

// open gets a page, or posts a form, and returns what it leads to.
func (s *soak) open(ctx context.Context, browser *http.Client, path string, form url.Values) (string, error) {
	method, body := "GET", io.Reader(nil)
	if form != nil {
		method, body = "POST", strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url(path), body)
	if err != nil {
		return "", err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := browser.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if at := res.Request.URL.Path; err == nil && (res.StatusCode != 200 || path != "/logout" && at == "/login") {
		err = fmt.Errorf("%s leads to %s with %d", path, at, res.StatusCode)
	}
	return string(text), err
}

// done says how often everything was done.
func (s *soak) done() string {
	var said []string
	for name, n := range s.did {
		if n == 0 {
			s.t.Errorf("no %s", name)
		}
		said = append(said, fmt.Sprintf("%d %s", n, name))
	}
	slices.Sort(said)
	return strings.Join(said, ", ")
}

var errNoFigure = errors.New("the figure is missing")
