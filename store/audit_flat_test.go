package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// beside is a connection of another program.
func beside(t testing.TB, s *Store) *sql.DB {
	t.Helper()
	db, err := openDB(filepath.Join(s.opts.Dir, FileName), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// grown fills a log with n entries of a few people and actions; the chain is no matter here.
func grown(t testing.TB, s *Store, n int) {
	t.Helper()
	if _, err := beside(t, s).ExecContext(context.Background(), `WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ?)
		INSERT INTO audit_entries SELECT i, i * 1000, 'user:' || (i % 25), 'p' || (i % 25) || '@clinic.example', '192.0.2.1',
		CASE WHEN i % 1000 = 7 THEN 'audit.verified' WHEN i % 3 = 0 THEN 'referral.opened' WHEN i % 3 = 1 THEN 'referral.searched' ELSE 'document.opened' END,
		'r' || (i % 50), '', x'00' FROM c`, n); err != nil {
		t.Fatal(err)
	}
	if _, err := beside(t, s).ExecContext(context.Background(), `INSERT INTO audit_days VALUES (1, 0)`); err != nil {
		t.Fatal(err)
	}
}

// TestTheAuditPageReadsNoMoreOfALongerLog explains its queries: none walks through the log.
func TestTheAuditPageReadsNoMoreOfALongerLog(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	page := func(f AuditFilter, actions ...string) (string, []any) { return pageQuery(f.where(), actions, 101) }
	first, firstArgs := page(AuditFilter{}, "")
	action, actionArgs := page(AuditFilter{}, "audit.verified")
	noun, nounArgs := page(AuditFilter{Before: 900}, "audit.exported", "audit.verified")
	actor, actorArgs := page(AuditFilter{Actor: "user:1"}, "")
	referral, referralArgs := page(AuditFilter{Referrals: []string{"r1"}, Seen: new(true)}, "")
	for name, q := range map[string]struct {
		sql  string
		args []any
	}{
		"who acted": {selectActors, []any{"", "~"}}, "which actions": {selectActions, []any{"audit.", "audit/"}},
		"newest": {first, firstArgs}, "one action": {action, actionArgs}, "a noun": {noun, nounArgs}, "one person": {actor, actorArgs}, "one referral": {referral, referralArgs},
	} {
		rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.sql, q.args...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for rows.Next() {
			var a, b, c int
			var step string
			if err := rows.Scan(&a, &b, &c, &step); err != nil {
				t.Fatal(err)
			}
			walks := strings.HasPrefix(step, "SCAN audit_entries") && name != "newest" // which stops after its limit
			if walks || strings.Contains(step, "TEMP B-TREE") && name != "one referral" && name != "a noun" {
				t.Errorf("%s: %s", name, step)
			}
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheAuditPageByNounActorAndTime(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	grown(t, s, 2000)
	var all []AuditEntry
	if err := s.AuditEntries(t.Context(), func(e AuditEntry) error { all = append(all, e); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2000 {
		t.Fatalf("%d entries", len(all))
	}
	for name, c := range map[string]struct {
		f    AuditFilter
		fits func(AuditEntry) bool
	}{
		"all":               {AuditFilter{}, func(AuditEntry) bool { return true }},
		"a noun":            {AuditFilter{Action: "referral"}, func(e AuditEntry) bool { return strings.HasPrefix(string(e.Action), "referral.") }},
		"a rare noun":       {AuditFilter{Action: "audit"}, func(e AuditEntry) bool { return e.Action == ActionAuditVerified }},
		"a noun of nothing": {AuditFilter{Action: "role"}, func(AuditEntry) bool { return false }},
		"part of a noun":    {AuditFilter{Action: "referra"}, func(AuditEntry) bool { return false }},
		"an action":         {AuditFilter{Action: "document.opened"}, func(e AuditEntry) bool { return e.Action == ActionDocumentOpened }},
		"a person": {AuditFilter{Actor: "user:3", Action: "referral"}, func(e AuditEntry) bool {
			return e.Actor == "user:3" && strings.HasPrefix(string(e.Action), "referral.")
		}},
		"a time": {AuditFilter{From: time.UnixMilli(500_000), Until: time.UnixMilli(700_000)}, func(e AuditEntry) bool { return e.Seq >= 500 && e.Seq < 700 }},
		"two referrals": {AuditFilter{Referrals: []string{"r7", "r9", "r99"}}, func(e AuditEntry) bool {
			return e.Object == "r7" || e.Object == "r9"
		}},
		"no referral": {AuditFilter{Referrals: []string{}}, func(AuditEntry) bool { return false }},
	} {
		var want, got []int64
		for _, e := range slices.Backward(all) {
			if c.fits(e) {
				want = append(want, e.Seq)
			}
		}
		for f, pages := c.f, 0; pages < 1000; pages++ {
			list, next, err := s.AuditPage(t.Context(), f, 7)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, e := range list {
				got = append(got, e.Seq)
			}
			if f.Before = next; next == 0 {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s, by pages: %d entries, want %d", name, len(got), len(want))
		}
		if c.f.Action != "" {
			continue
		}
		got = nil
		if err := s.AuditEntriesOf(t.Context(), c.f, func(e AuditEntry) error { got = append(got, e.Seq); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Reverse(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s, all at once: %d entries, want %d", name, len(got), len(want))
		}
	}
	actors, err := s.AuditActors(t.Context())
	if err != nil || len(actors) != 25 || actors["user:7"] != "p7@clinic.example" {
		t.Errorf("%v, %v", actors, err)
	}
	c, err := s.LastAuditCheck(t.Context())
	if err != nil || c.At.UnixMilli() != 1_007_000 || c.Touched {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestWhoTakesAllEntriesHoldsNoReader appends, and reads, while somebody is slow at taking them.
func TestWhoTakesAllEntriesHoldsNoReader(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	grown(t, s, 3*entriesStep)
	other, n := beside(t, s), 0
	if err := s.AuditEntries(t.Context(), func(AuditEntry) error {
		n++
		if busy := s.read.Stats().InUse; busy != 0 {
			return fmt.Errorf("%d readers are held", busy)
		}
		if n == 2 {
			_, err := other.ExecContext(t.Context(), `INSERT INTO audit_entries SELECT max(seq) + 1, 0, 'x', '', '', 'x.y', '', '', x'00' FROM audit_entries`)
			return err
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if n != 3*entriesStep {
		t.Errorf("%d entries: those that come meanwhile are not among them", n)
	}
}

func BenchmarkAuditActors(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		s := opened(b)
		grown(b, s, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.AuditActors(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
		closeStore(b, s)
	}
}
