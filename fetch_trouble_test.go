package main

import (
	"bytes"
	"context"
	"database/sql"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// TestStrangersAreNeverCalled receives a referral full of traps, whose documents are elsewhere or
// lead there.
func TestStrangersAreNeverCalled(t *testing.T) {
	var visits atomic.Int64
	stranger, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stranger.Close() })
	go func() {
		for {
			c, err := stranger.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			c.Close()
		}
	}()
	m := newMachine(t)
	o := m.simulate(oceantest.Options{Elsewhere: "http://" + stranger.Addr().String()})
	m.connect(o)
	m.serve()
	o.do(t, oceantest.ActHostile)
	m.until("a redirect to the stranger", func() bool { return len(o.calls("$binary", http.StatusFound)) > 0 })
	m.until("an answer that is too large", func() bool { return m.log.has("fault=too_large") })
	m.until("an answer that is no document", func() bool { return m.log.has("fault=content") })
	if code := m.stop(); code != 0 { // though one document never comes to its end
		t.Errorf("exit %d:\n%s", code, m.log.String())
	}
	if visits.Load() > 0 {
		t.Error("the stranger was called")
	}
	for _, c := range o.Calls() {
		if !strings.HasPrefix(c.Path, "/svc/") {
			t.Errorf("a link led out of Ocean's interface: %+v", c)
		}
	}
	s, referrals := m.kept()
	documents, err := s.Attachments(context.Background(), referrals[0])
	if err != nil || len(referrals) != 1 {
		t.Fatalf("%d referrals, %v", len(referrals), err)
	}
	states := map[store.AttachmentState]int{}
	for i, d := range documents {
		states[d.State]++
		if link := referrals[0].Documents[i].URL; d.Here() && !strings.HasPrefix(link, o.host+"/svc/fhir/v1/") {
			t.Errorf("%s is here", link)
		}
	}
	if states[store.AttachmentForeign] < 100 || states[store.AttachmentKept] == 0 {
		t.Errorf("what became of the documents: %v", states)
	}
}

func (p *printed) has(text string) bool { return strings.Contains(p.String(), text) }

// kept opens the store of a machine that does not run, and reads every referral.
func (m *machine) kept() (s *store.Store, all []*store.Referral) {
	m.t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Dir: m.dir})
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			m.t.Error(err)
		}
	})
	rows, _, err := s.Referrals(ctx, store.ReferralFilter{}, 100_000)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, row := range rows {
		r, err := s.Referral(ctx, row.ID)
		if err != nil {
			m.t.Fatal(err)
		}
		all = append(all, r)
	}
	return s, all
}

// TestKillLosesNoDocument kills the server in the middle of fetching, again and again: in the end
// every document is here, once.
func TestKillLosesNoDocument(t *testing.T) {
	m := newMachine(t)
	o := m.simulate(oceantest.Options{})
	m.connect(o)
	ctx := context.Background()
	const rounds = 4
	for round := range rounds {
		m.serve()
		slow, calls, letters := round%2 == 0, len(o.Calls()), len(o.calls("$letter", 200))
		o.SetFaults(oceantest.Faults{Slow: slow})
		sent := make(chan error, 1)
		go func() {
			_, err := o.Do(ctx, oceantest.ActBurst, "")
			sent <- err
		}()
		if slow { // while it waits for an answer, and messages come in
			m.until("a call under way", func() bool { return len(o.Calls()) > calls })
		} else { // while letters come one after the other
			m.until("half of the letters", func() bool { return len(o.calls("$letter", 200)) > letters+100 })
		}
		m.kill()
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		if n := m.pending(); n == 0 && slow {
			t.Errorf("round %d did not end in the middle", round)
		}
		o.SetFaults(oceantest.Faults{})
		o.Skip(time.Hour) // Ocean sends again what was lost on the way
	}
	m.serve()
	o.Deliver(ctx)
	for _, d := range o.Deliveries() {
		if d.State != oceantest.Delivered {
			t.Fatalf("a message is %s: %+v", d.State, d)
		}
	}
	m.fetched()
	if code := m.stop(); code != 0 {
		t.Errorf("exit %d:\n%s", code, m.log.String())
	}
	m.must("", "audit", "verify")

	s, referrals := m.kept()
	if len(referrals) != rounds*200 {
		t.Errorf("%d referrals of %d", len(referrals), rounds*200)
	}
	wanted := 0
	for _, r := range referrals {
		documents, err := s.Attachments(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range documents {
			if d == nil || d.State != store.AttachmentKept || d.Size == 0 {
				t.Fatalf("document %d of %s: %+v", i, r.ID, d)
			}
		}
		kind, letter, err := s.OpenAttachment(ctx, store.CLIActor("test"), r.ID, documents[0].ID)
		if err != nil || kind != "application/pdf" || !bytes.Contains(letter, []byte(r.Ref)) {
			t.Fatalf("the letter of %s: %s, %d bytes, %v", r.ID, kind, len(letter), err)
		}
		wanted += len(documents)
	}
	// The pictures are all the same one, and so are the texts: each is kept once.
	if got, want := m.rows("attachments", "contents"), []int{wanted, len(referrals) + 2}; !slices.Equal(got, want) {
		t.Errorf("%v documents and contents, want %v", got, want)
	}
}

// rows counts those of tables.
func (m *machine) rows(tables ...string) []int {
	m.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(m.dir, store.FileName))
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	counts := make([]int, len(tables))
	for i, table := range tables {
		if err := db.QueryRow(`SELECT count(*) FROM ` + table).Scan(&counts[i]); err != nil {
			m.t.Fatal(err)
		}
	}
	return counts
}
