package store_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"

	"breakwater/store"
	"breakwater/store/auditlog"
	"breakwater/store/storetest"
)

// denied appends n entries to the log.
func denied(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		if err := s.RecordDenied(ctx, storetest.Admin, fmt.Sprint("/route/", i), store.ViewAuditLog); err != nil {
			t.Fatal(err)
		}
	}
}

func TestChangeThatCannotBeAuditedDoesNotHappen(t *testing.T) {
	for name, breaks := range map[string]string{
		"insert refused":   `CREATE TRIGGER no BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no'); END`,
		"head refused":     `CREATE TRIGGER no BEFORE UPDATE ON audit_head BEGIN SELECT RAISE(ABORT, 'no'); END`,
		"table gone":       `ALTER TABLE audit_entries RENAME TO elsewhere`,
		"head gone":        `DELETE FROM audit_head`,
		"head out of step": `UPDATE audit_head SET seq = seq + 5`,
	} {
		ready := map[uintptr]*fixture{} // each serves all that need the same, since nothing may change
		for _, m := range slices.Concat(methods, unknown) {
			need := reflect.ValueOf(m.made).Pointer()
			f := ready[need]
			if f == nil {
				f = newFixture(t)
				if m.made != nil {
					m.made(f)
				}
				run(t, raw(t, f.dir), breaks)
				ready[need] = f
			}
			db := raw(t, f.dir)
			before := dump(t, db)
			if err := m.call(f, store.UserActor(f.self, "192.0.2.1")); err == nil {
				t.Errorf("%s: %s went through", name, m.name)
			}
			if after := dump(t, db); after != before {
				t.Errorf("%s: %s: before\n%s\nafter\n%s", name, m.name, before, after)
			}
		}
	}
}

// unknown are methods by which somebody comes in, goes, or is refused: who it is comes of it, or is no
// matter.
var unknown = []method{
	{name: "SignIn", call: func(f *fixture, _ store.Actor) error {
		return second(f.s.SignIn(ctx, f.other.Email, storetest.Password, "192.0.2.1", &f.token))
	}},
	{name: "SignIn, wrongly", call: func(f *fixture, _ store.Actor) error {
		return second(f.s.SignIn(ctx, f.other.Email, "wrong", "192.0.2.1", &f.token))
	}},
	{name: "ProvePerson, wrongly", call: func(f *fixture, a store.Actor) error { return f.s.ProvePerson(ctx, a, f.token, "wrong") }},
	{name: "SignOut", call: func(f *fixture, a store.Actor) error { return f.s.SignOut(ctx, a, f.token) }},
	{name: "RecordDenied", call: func(f *fixture, a store.Actor) error { return f.s.RecordDenied(ctx, a, "GET /", store.EditRoles) }},
	{name: "UseLink", made: link, call: func(f *fixture, _ store.Actor) error {
		return second(f.s.UseLink(ctx, f.link, "another harbour at dusk", "192.0.2.1"))
	}},
	{name: "PurgeSelfTests", made: func(f *fixture) { f.must(second(f.s.BeginSelfTest(ctx, storetest.Admin))) },
		call: func(f *fixture, _ store.Actor) error { return f.s.PurgeSelfTests(ctx) }},
}

func link(f *fixture) {
	var err error
	_, f.link, err = f.s.Invite(ctx, storetest.Admin, f.newUser())
	f.must(err)
}

func TestTheFirstAdministratorIsNotMadeWithoutAnEntry(t *testing.T) {
	s, dir, _ := at(t)
	token, err := s.NewSetupToken(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	db := raw(t, dir)
	run(t, db, `CREATE TRIGGER no BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no'); END`)
	before := dump(t, db)
	if _, err := s.CompleteSetup(ctx, token, "192.0.2.1", store.NewUser{Email: "ada@example.org", Password: storetest.Password}); err == nil {
		t.Error("the set-up went through")
	}
	if after := dump(t, db); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestDatabaseRefusesToTouchTheLog(t *testing.T) {
	s, dir, _ := at(t)
	denied(t, s, 5)
	db := raw(t, dir)
	before := dump(t, db)
	const row = `0, 'a', '', '', 'x.y', '', '', x'00'`
	for _, query := range []string{
		`UPDATE audit_entries SET action = 'x.y' WHERE seq = 3`,
		`UPDATE audit_entries SET seq = 99 WHERE seq = 5`,
		`UPDATE audit_entries SET seq = seq`,
		`DELETE FROM audit_entries WHERE seq = 5`,
		`DELETE FROM audit_entries`,
		`INSERT OR REPLACE INTO audit_entries VALUES (3, ` + row + `)`,
		`REPLACE INTO audit_entries VALUES (5, ` + row + `)`,
		`INSERT INTO audit_entries VALUES (3, ` + row + `)`,
		`INSERT INTO audit_entries VALUES (7, ` + row + `)`,
		`INSERT INTO audit_entries VALUES (0, ` + row + `)`,
		`INSERT INTO audit_entries VALUES (-1, ` + row + `)`,
		`INSERT INTO audit_entries VALUES (3, ` + row + `) ON CONFLICT (seq) DO UPDATE SET action = 'x.y'`,
		`INSERT OR IGNORE INTO audit_entries VALUES (9, ` + row + `)`,
		`INSERT INTO audit_head (id, seq, mac, seal) VALUES (2, 0, x'', x'')`,
	} {
		if _, err := db.Exec(query); err == nil {
			t.Errorf("the database did %s", query)
		}
	}
	if after := dump(t, db); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if v, err := s.VerifyAudit(ctx, ""); err != nil || v.Entries != 5 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestSeveralProcessesKeepOneChain(t *testing.T) {
	const processes, writers, each = 4, 5, 6
	dir, clock := t.TempDir(), storetest.NewClock()
	var stores []*store.Store
	for range processes {
		stores = append(stores, storetest.At(t, dir, clock))
	}
	var wg sync.WaitGroup
	for _, s := range stores {
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					if err := s.RecordDenied(ctx, storetest.Admin, fmt.Sprint(w, "/", i), store.EditUsers); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	for i, s := range stores {
		v, err := s.VerifyAudit(ctx, "")
		if err != nil || v.Entries != processes*writers*each {
			t.Errorf("process %d: %+v, %v", i, v, err)
		}
		if st := status(t, s); st.AuditHead != v.Head || st.AuditEntries != v.Entries {
			t.Errorf("process %d: status says %d, %s; the log %+v", i, st.AuditEntries, st.AuditHead, v)
		}
	}
}

func TestHeadKeptOutsideFindsAnOlderCopyPutBack(t *testing.T) {
	s, dir, clock := at(t)
	empty, err := s.VerifyAudit(ctx, "")
	if err != nil || empty.Entries != 0 || empty.Head != "" {
		t.Errorf("a new log: %+v, %v", empty, err)
	}
	denied(t, s, 3)
	early, err := s.VerifyAudit(ctx, "")
	if err != nil || len(early.Head) != 2*auditlog.MACSize {
		t.Fatalf("%+v, %v", early, err)
	}
	older := filepath.Join(t.TempDir(), "copy.db")
	run(t, raw(t, dir), `VACUUM INTO ?`, older)
	denied(t, s, 2)
	late, err := s.VerifyAudit(ctx, early.Head)
	if err != nil || late.Entries != 5 {
		t.Errorf("an earlier head: %+v, %v", late, err)
	}
	if _, err := s.VerifyAudit(ctx, " "+late.Head+"\n"); err != nil {
		t.Errorf("the present head: %v", err)
	}
	for _, head := range []string{hex.EncodeToString(make([]byte, 32)), "zz", "00", late.Head[:62], late.Head + "00"} {
		if _, err := s.VerifyAudit(ctx, head); err == nil {
			t.Errorf("head %s was found", head)
		}
	}
	back := restored(t, older, dir)
	s = storetest.At(t, back, clock)
	if v, err := s.VerifyAudit(ctx, ""); err != nil || v.Entries != 3 {
		t.Errorf("the older copy by itself: %+v, %v", v, err)
	}
	if _, err := s.VerifyAudit(ctx, early.Head); err != nil {
		t.Errorf("the older copy against its own head: %v", err)
	}
	if _, err := s.VerifyAudit(ctx, late.Head); !errors.Is(err, auditlog.ErrHead) {
		t.Errorf("the older copy against the later head: %v", err)
	}
}

func TestEntrySaysWhoDidWhatAndWhen(t *testing.T) {
	s, _, clock := at(t)
	u := storetest.AddUser(t, s, "Ada@example.org", store.ViewAuditLog)
	if err := s.RecordExport(ctx, store.UserActor(u, "192.0.2.7"), "csv", store.AuditFilter{}); err != nil {
		t.Fatal(err)
	}
	var last store.AuditEntry
	if err := s.AuditEntries(ctx, func(e store.AuditEntry) error { last = e; return nil }); err != nil {
		t.Fatal(err)
	}
	want := store.AuditEntry{Seq: 2, At: clock.Now(), Actor: "user:" + u.ID, ActorName: "Ada@example.org", Address: "192.0.2.7",
		Action: store.ActionAuditExported, Object: "csv"}
	if last != want {
		t.Errorf("%+v, want %+v", last, want)
	}
	stop := errors.New("stop")
	n := 0
	if err := s.AuditEntries(ctx, func(store.AuditEntry) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d entries", err, n)
	}
}
