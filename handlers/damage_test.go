package handlers

import (
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// damage cuts the end of the database off under a running console, where a large message lies, and lets
// the check find it.
func (s *site) damage() {
	s.t.Helper()
	large := []byte(strings.Repeat(rand.Text(), 20_000))
	for i := range large { // so that it cannot be compressed
		large[i] ^= byte(mathrand.Uint32())
	}
	_, err := s.store.Receive(s.t.Context(), store.Message{HeaderID: "large", Raw: large})
	s.must(err)
	s.must(s.store.Tidy(s.t.Context()))
	path := filepath.Join(s.dir, store.FileName)
	info, err := os.Stat(path)
	s.must(err)
	const page = 4096
	s.must(os.Truncate(path, info.Size()-20*page))
	if err := s.store.CheckWhole(s.t.Context(), false); !errors.Is(err, store.ErrDamaged) {
		s.t.Fatalf("the check: %v", err)
	}
}

// TestADamagedDatabaseClosesWhatShowsPatients: somebody who is signed in sees no patient any more, also
// where nothing would have been noted; everybody reads what is wrong and what to do.
func TestADamagedDatabaseClosesWhatShowsPatients(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.deliver(oceantest.Bundle(oceantest.Message{SiteNumber: "1234", Ref: "r"})).wants(t, 200)
	ada := s.person("ada@example.org", store.Permissions()...)
	ada.get("/referrals").wants(t, 200)
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	s.damage()
	patient := rows[0].Patient.Family
	for _, path := range []string{"/referrals", "/referrals/" + rows[0].ID, "/referrals/problems", "/settings/users", "/", "/login", "/account"} {
		for name, v := range map[string]*visitor{"ada": ada, "a stranger": s.visitor()} {
			v.get(path).wants(t, 503).shows(t, "database is damaged", "breakwater restore").hides(t, patient)
			if a := v.get(path, htmxHeader, "true").wants(t, 503).hides(t, patient, "<html"); !strings.Contains(a.body, "database is damaged") {
				t.Errorf("%s of %s to htmx: %s", name, path, a.body)
			}
		}
	}
	ada.post("/referrals/search", "q", patient).wants(t, 503).hides(t, rows[0].ID)
	ada.post("/settings/clinic", "overdue_days", "7").wants(t, 503)
	ada.get("/settings/audit").wants(t, 200).shows(t, "database is damaged", "Nothing is received")
	ada.get("/settings/audit", "Accept-Language", "fr").wants(t, 200).shows(t, "est endommagée")
	s.visitor().get("/login", "Accept-Language", "fr").wants(t, 503).shows(t, "est endommagée")
	s.visitor().get("/healthz").wants(t, 200)
	s.clock.Turn(watchEvery)
	s.visitor().get("/readyz").wants(t, 503).shows(t, "database")
	a := s.deliver(oceantest.Bundle(oceantest.Message{SiteNumber: "1234", Ref: "other"}))
	a.wantsRefusal(t, 503)
	a.shows(t, "restore the last backup")
	s.visitor().post("/login", "email", "ada@example.org", "password", "x").wants(t, 503)
}

// TestDamageThatAPageComesUponEndsAllWriting: it was found by nobody's check.
func TestDamageThatAPageComesUponEndsAllWriting(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@example.org", store.Permissions()...)
	for i := range 40 {
		s.deliver(oceantest.Bundle(oceantest.Message{Ref: strings.Repeat("r", i+1), HeaderID: strings.Repeat("h", i+1)})).wants(t, 200)
	}
	s.must(s.store.Tidy(t.Context()))
	path := filepath.Join(s.dir, store.FileName)
	content, err := os.ReadFile(path)
	s.must(err)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	s.must(err)
	const page = 4096
	for at := page; at < len(content); at += page {
		if content[at] <= 0x0d { // a page of a table or an index (SQLite's file format, 1.6)
			_, err := f.WriteAt([]byte(strings.Repeat("\xee", 200)), int64(at))
			s.must(err)
		}
	}
	s.must(f.Close())
	for range 20 {
		for _, path := range []string{"/referrals", "/referrals/problems", "/settings/audit", "/settings/users", "/settings/roles"} {
			if a := ada.get(path); a.Code == 500 {
				t.Fatalf("%s: 500\n%s", path, s.log.String())
			}
		}
		if s.store.Damage() != nil {
			ada.get("/referrals").wants(t, 503)
			s.deliver(oceantest.Bundle(oceantest.Message{Ref: "new"})).wantsRefusal(t, 503)
			return
		}
	}
	t.Fatal("nobody came upon the damage")
}
