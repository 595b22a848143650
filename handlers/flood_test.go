package handlers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// bytesOnDisk is how much the database takes, with its log.
func (s *site) bytesOnDisk() (n int64) {
	s.t.Helper()
	for _, name := range []string{store.FileName, store.FileName + "-wal"} {
		info, err := os.Stat(filepath.Join(s.dir, name))
		s.must(err)
		n += info.Size()
	}
	return n
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// callFrom makes a call of the public route from an address.
func (s *site) callFrom(address string, r *http.Request) int {
	r.RemoteAddr = address + ":4711"
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Code
}

// 50,000 wrong keys from 5,000 addresses, in a little more than a minute and a half.
func TestAFloodOfWrongKeysCostsNothingAndSlowsNobodyDown(t *testing.T) {
	const rounds, addresses, callers = 10, 5000, 8
	s := newSite(t)
	s.receive(oceantest.Message{Ref: "before"})
	s.must(s.store.Beat(t.Context()))
	log, disk, memory, entries := len(s.log.String()), s.bytesOnDisk(), heap(), len(s.audit())
	var slowest time.Duration
	var answered [600]int
	var mu sync.Mutex
	for round := range rounds {
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				var codes [600]int
				for i := c; i < addresses; i += callers {
					codes[s.callFrom(fmt.Sprintf("10.0.%d.%d", i/250, i%250), s.bundleRequest(http.NoBody, keyHeader, fmt.Sprintf("%064d", i)))]++
				}
				mu.Lock()
				defer mu.Unlock()
				for code, n := range codes {
					answered[code] += n
				}
			})
		}
		// Ocean, behind a proxy that it shares with one of them.
		start := time.Now()
		body := oceantest.Bundle(oceantest.Message{Ref: fmt.Sprint("during ", round)})
		if code := s.callFrom("10.0.0.0", s.bundleRequest(strings.NewReader(string(body)))); code != 200 {
			t.Errorf("a valid key is answered %d in round %d", code, round)
		}
		slowest = max(slowest, time.Since(start))
		wg.Wait()
		s.clock.Turn(11 * time.Second)
	}
	if answered[401]+answered[429] != rounds*addresses || answered[429] != addresses {
		t.Errorf("answered 401 %d times and 429 %d times", answered[401], answered[429])
	}
	if slowest > 5*time.Second { // no measure, only a bound that holds on any machine
		t.Errorf("a valid key waited %s", slowest)
	}
	lines := strings.Count(s.log.String()[log:], "\n")
	if lines > 2*refusedLines+50 {
		t.Errorf("%d lines in the log", lines)
	}
	if grown := int64(heap()) - int64(memory) - int64(len(s.log.String())-log); grown > 8<<20 {
		t.Errorf("memory grew by %d bytes", grown)
	}
	if grown := s.bytesOnDisk() - disk; grown > 4<<20 {
		t.Errorf("the database grew by %d bytes", grown)
	}
	conn := s.sql()
	if rows := s.rows(conn, `SELECT reason || ' ' || calls || ' ' || addresses FROM refusals`); len(rows) != 1 {
		t.Errorf("refusals: %v", rows)
	}
	s.clock.Turn(time.Hour)
	s.must(s.store.Beat(t.Context()))
	if more := s.audit()[entries:]; len(more) != 1 || more[0].Action != store.ActionKeysRefused ||
		!strings.Contains(more[0].Details, `"addresses":5000,"calls":50000`) {
		t.Errorf("audited: %+v", more)
	}
	t.Logf("401 %d, 429 %d; slowest valid call %s; %d lines; disk +%d bytes, memory +%d", answered[401], answered[429], slowest, lines,
		s.bytesOnDisk()-disk, int64(heap())-int64(memory))
}

func TestWrongKeysAreAnswered429ByTheTenth(t *testing.T) {
	s := newSite(t)
	wrong := func(address string) answer {
		r := s.bundleRequest(unread{t}, keyHeader, strings.Repeat("0", 64))
		r.RemoteAddr = address + ":4711"
		return s.serve(r)
	}
	for range triesAllowed {
		wrong("192.0.2.1").wantsRefusal(t, 401)
	}
	for _, wait := range []string{"60", "120", "240", "480"} {
		a := wrong("192.0.2.1")
		a.wantsRefusal(t, 429)
		if got := a.Header().Get("Retry-After"); got != wait || !strings.Contains(a.outcome(t).Diagnostics, "Inbound Authentication key") {
			t.Errorf("Retry-After %s, want %s; %+v", got, wait, a.outcome(t))
		}
		s.deliver(oceantest.Bundle(oceantest.Message{Ref: "wait " + wait})).wantsKept(t) // from the same address
		wrong("2001:db8::1").wantsRefusal(t, 401)
		seconds, err := time.ParseDuration(wait + "s")
		s.must(err)
		s.clock.Turn(seconds)
		wrong("192.0.2.1").wantsRefusal(t, 401)
	}
	// Another process, and the next one, know it too.
	other := s.beside()
	r := other.bundleRequest(unread{t}, keyHeader, strings.Repeat("1", 64))
	r.RemoteAddr = "192.0.2.1:80"
	other.serve(r).wantsRefusal(t, 429)
	other.deliver(oceantest.Bundle(oceantest.Message{Ref: "other"})).wantsKept(t)
}

func TestAFloodOfSignInsFillsNeitherAuditNorLog(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@clinic.example")
	log, entries := len(s.log.String()), len(s.audit())
	for i := range 400 {
		v := s.visitor()
		v.address = fmt.Sprintf("10.1.%d.%d", i/200, i%200)
		v.post("/login", "email", fmt.Sprintf("somebody%d@clinic.example", i), "password", "wrong").wants(t, 401)
	}
	ada.again("ada@clinic.example", storetest.Password).wants(t, 303)
	lines := strings.Split(s.log.String()[log:], "\n")
	refused := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.Contains(l, `"status":401`) })
	if len(refused) != refusedLines {
		t.Errorf("%d refusals are in the log", len(refused))
	}
	if n := len(s.audited(store.ActionSignInFailed)); n != 60 {
		t.Errorf("%d failures are in the audit log", n)
	}
	s.clock.Turn(time.Hour)
	s.must(s.store.Beat(t.Context()))
	s.visitor().get("/nothing").wants(t, 404)
	if !strings.Contains(s.log.String(), `"more":280`) {
		t.Error("the log does not say how many more there were")
	}
	held := s.audited(store.ActionHeldBack)
	if len(held) != 1 || held[0].Object != string(store.ActionSignInFailed) || !strings.Contains(held[0].Details, `"times":340`) {
		t.Errorf("held back: %+v", held)
	}
	if n := len(s.audit()) - entries; n != 60+3 { // signing out and in, and what was held back
		t.Errorf("%d entries", n)
	}
	s.person("pat@clinic.example", store.ViewAuditLog).get(auditPath).shows(t, "340 times more within an hour")
}

func TestLinksThatAreNoneAreStoppedAndGoodOnesNever(t *testing.T) {
	s := newSite(t)
	token := s.setupToken()
	v := s.visitor()
	for range 30 {
		v.get("/setup?token=canary").wants(t, 403)
	}
	a := v.get("/setup?token=canary").wants(t, 429).hides(t, "canary")
	if a.Header().Get("Retry-After") != "60" {
		t.Errorf("Retry-After %s", a.Header().Get("Retry-After"))
	}
	v.get("/setup?token="+token).wants(t, 200)
	v.post("/setup", administrator(token)...).leadsTo(t, "/")
	stranger := s.visitor()
	stranger.get("/welcome?token=canary").wants(t, 429)
	s.clock.Turn(time.Minute)
	stranger.get("/welcome?token=canary").wants(t, 410)
	stranger.get("/welcome?token=canary").wants(t, 429)
	bo := storetest.AddUser(t, s.store, "bo@clinic.example")
	link, err := s.store.MakeLink(t.Context(), storetest.Admin, bo.ID)
	s.must(err)
	stranger.get("/welcome?token="+link).wants(t, 200)
	stranger.post("/welcome", "token", link, "password", storetest.Password).wants(t, 303)
}

// Somebody signed in without any right has a script ask for everything, again and again.
func TestAFloodOfRefusedPagesFillsNoAuditLog(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	entries, pages := len(s.audit()), 0
	for _, r := range table() {
		if r.access.open || r.access.quiet || r.access.permission == "" {
			continue
		}
		pages++
		for range 12 {
			v.do(r.method, addressOfRoute(r, "none"), nil).wants(t, 403)
		}
	}
	if n := len(s.audit()) - entries; pages < 30 || n != 3*pages {
		t.Errorf("%d entries at once about %d pages", n, pages)
	}
	s.clock.Turn(time.Hour)
	s.must(s.store.Beat(t.Context()))
	more := s.audit()[entries+3*pages:]
	if len(more) != pages {
		t.Errorf("%d entries more about %d pages", len(more), pages)
	}
	for _, e := range more {
		if e.Action != store.ActionAccessDenied || e.ActorName != "ada@clinic.example" || !strings.Contains(e.Details, `"times":9`) {
			t.Errorf("%+v", e)
		}
	}
	s.person("pat@clinic.example", store.ViewAuditLog).get(auditPath).shows(t, "This stands for 9 times more, from 2026-")
}
