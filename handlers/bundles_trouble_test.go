package handlers

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// sql opens the site's database as another process would.
func (s *site) sql() *sql.Conn {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, store.FileName)+"?_pragma=busy_timeout(5000)")
	s.must(err)
	conn, err := db.Conn(context.Background())
	s.must(err)
	s.t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

func (s *site) exec(conn *sql.Conn, query string, args ...any) {
	s.t.Helper()
	_, err := conn.ExecContext(context.Background(), query, args...)
	s.must(err)
}

// beside is a console of another process on the same folder.
func (s *site) beside() *site {
	s.t.Helper()
	other := *s
	other.store = storetest.At(s.t, s.dir, s.clock)
	other.config.Store = other.store
	var err error
	other.handler, err = New(other.config)
	s.must(err)
	return &other
}

func TestAFullDiskAnswers503(t *testing.T) {
	full := newSite(t)
	s, err := store.Open(t.Context(), store.Options{Dir: full.dir, Migrate: true, Now: full.clock.Now, Argon2: storetest.Cheap, MinFree: 1 << 62})
	full.must(err)
	defer s.Close()
	full.config.Store = s
	full.handler, err = New(full.config)
	full.must(err)
	a := full.deliver(oceantest.Bundle(oceantest.Message{}))
	a.wantsRefusal(t, 503)
	if i := a.outcome(t); i.Code != "no-store" || !strings.Contains(i.Diagnostics, "disk") {
		t.Errorf("%+v", i)
	}
	full.wantsNothingKept(t)

	full.visitor().get("/readyz").wants(t, 503).shows(t, "disk")
	full.visitor().get("/healthz").wants(t, 200)
	storetest.AddUser(t, s, "ada@clinic.example", store.ViewReferrals)
	v := full.signIn("ada@clinic.example") // the audit log still has room, and people may come to mend it
	v.get("/referrals").wants(t, 200)
}

func TestALockedDatabaseAnswers503(t *testing.T) {
	t.Parallel() // waits as long as the database's busy timeout
	s := newSite(t)
	ada := s.person("ada@clinic.example", store.ViewReferrals)
	conn := s.sql()
	s.exec(conn, `BEGIN IMMEDIATE`)
	codes := make(chan answer)
	other := s.beside()
	go func() { codes <- s.deliver(oceantest.Bundle(oceantest.Message{})) }()
	go func() { codes <- other.visitor().get("/readyz") }()
	for range 2 {
		a := <-codes
		if a.wants(t, 503); strings.Contains(a.body, "OperationOutcome") {
			a.wantsRefusal(t, 503)
		} else {
			a.shows(t, "database")
		}
	}
	ada.get("/referrals").wants(t, 200) // who reads does not wait
	s.exec(conn, `ROLLBACK`)
	s.wantsNothingKept(t)
	s.deliver(oceantest.Bundle(oceantest.Message{})).wantsKept(t)
	s.visitor().get("/readyz").wants(t, 200)
}

func TestABrokenStoreAnswers500AndSaysNothingOfWhy(t *testing.T) {
	s := newSite(t)
	conn := s.sql()
	s.exec(conn, `ALTER TABLE inbound_keys RENAME TO canary`)
	a := s.deliver(oceantest.Bundle(oceantest.Message{}))
	a.wantsRefusal(t, 500)
	a.hides(t, "inbound_keys", "SQL")
	s.exec(conn, `ALTER TABLE canary RENAME TO inbound_keys`)
	s.exec(conn, `ALTER TABLE messages RENAME TO canary`)
	s.deliver(oceantest.Bundle(oceantest.Message{})).wantsRefusal(t, 500)
	s.exec(conn, `ALTER TABLE canary RENAME TO messages`)
	s.wantsNothingKept(t)
	s.deliver(oceantest.Bundle(oceantest.Message{})).wantsKept(t)
}

func TestAKeyIsRolledOverWithoutALostMessage(t *testing.T) {
	s := newSite(t)
	second := storetest.At(t, s.dir, s.clock) // another process, as the command line is
	oldKey := s.key
	with := func(key string) answer { return s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, key) }
	with(oldKey).wantsKept(t)
	newKey, err := second.GenerateKey(t.Context(), storetest.Admin)
	s.must(err)
	if newKey == oldKey {
		t.Fatal("the new key is the old one")
	}
	with(oldKey).wantsKept(t)
	with(newKey).wantsKept(t)
	s.must(second.RetireKey(t.Context(), storetest.Admin))
	with(oldKey).wantsRefusal(t, 401)
	with(newKey).wantsKept(t)
	if st := s.status(); st.Messages != 4 {
		t.Errorf("%+v", st)
	}
}

func TestNobodyGetsInBeforeThereIsAKey(t *testing.T) {
	s := newSite(t)
	s.exec(s.sql(), `DELETE FROM inbound_keys`)
	for _, key := range []string{s.key, "", "x"} {
		s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, key).wantsRefusal(t, 401)
	}
	s.wantsNothingKept(t)
}
