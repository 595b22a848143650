package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// retained is a store whose clock is watched and believed.
func retained(t *testing.T) (*Store, *time.Time) {
	t.Helper()
	s, at := turned(t)
	if err := s.NoteClock(context.Background(), ClockReading{Start: true}); err != nil {
		t.Fatal(err)
	}
	return s, at
}

// past lets time pass as it does.
func past(t *testing.T, s *Store, at *time.Time, d time.Duration) {
	t.Helper()
	*at = at.Add(d)
	if err := s.NoteClock(context.Background(), ClockReading{}); err != nil {
		t.Fatal(err)
	}
}

// told receives a message about a referral, and returns the referral's row.
func told(t *testing.T, s *Store, name, status string, change ...func(*Message)) int64 {
	t.Helper()
	m := aMessage("header "+name, name)
	if status != "" {
		m.Updates[0].Task = &Task{Status: status}
	}
	for _, c := range change {
		c(&m)
	}
	if _, err := s.Receive(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	return number(t, s, `SELECT coalesce(max(seq), 0) FROM referrals`)
}

// there reports whether a referral is still there.
func there(t *testing.T, s *Store, row int64) bool {
	t.Helper()
	return number(t, s, `SELECT count(*) FROM referrals WHERE seq = ?`, row) == 1
}

const day = 24 * time.Hour

// TestRetentionSparesWhatSomebodyWaitsFor: of many closed referrals of the same age only those that are
// over go, and the preview has said how many.
func TestRetentionSparesWhatSomebodyWaitsFor(t *testing.T) {
	ctx := context.Background()
	s, at := retained(t)
	document := func(m *Message) { m.Updates[0].Documents = []Document{{Title: "x", URL: "https://ocean.example/1"}} }
	rows := map[string]int64{
		"completed": told(t, s, "completed", "completed"), "rejected": told(t, s, "rejected", "rejected"), "cancelled": told(t, s, "cancelled", "cancelled"),
		"test": told(t, s, "test", "completed", func(m *Message) { m.Updates[0].Test = true }),
		"open": told(t, s, "open", ""), "open test": told(t, s, "open test", "", func(m *Message) { m.Updates[0].Test = true }),
		"problem":  told(t, s, "problem", "completed", func(m *Message) { m.Problems = []Problem{ProblemOddResource} }),
		"document": told(t, s, "document", "completed", document), "failed": told(t, s, "failed", "completed", document),
		"review": told(t, s, "review", "completed"), "asked": told(t, s, "asked", "completed"), "unsent": told(t, s, "unsent", "completed"), "refused": told(t, s, "refused", "completed"),
		"missed": told(t, s, "missed", "completed"),
	}
	change := func(query string, args ...any) {
		t.Helper()
		if err := s.update(ctx, func(t *tx) error { return t.exec(query, args...) }); err != nil {
			t.Fatal(query, err)
		}
	}
	change(`INSERT INTO users (id, email, email_key, name, password_hash, created_at) VALUES ('ada', 'a', 'a', '', '', 0)`)
	change(`UPDATE attachments SET state = 'failed' WHERE referral = ?`, rows["failed"])
	change(`UPDATE referrals SET needs_review = 1 WHERE seq = ?`, rows["review"])
	change(`UPDATE referrals SET review_by = 'ada' WHERE seq = ?`, rows["asked"])
	for _, state := range []string{"waiting", "refused"} {
		change(`INSERT INTO outbox (id, referral, kind, state, facts, bundle, at, by, due_at) VALUES (?1, ?2, 'status', ?1, x'', x'', 1, '', 1)`,
			state, rows[map[string]string{"waiting": "unsent", "refused": "refused"}[state]])
	}
	change(`INSERT INTO missed (ref, header, id, name, sent_at, at) SELECT ref, ref, 'x', x'', 1, 1 FROM referrals WHERE seq = ?`, rows["missed"])
	unmatched := aMessage("unmatched", "")
	unmatched.Updates = nil
	flagged := unmatched
	flagged.HeaderID, flagged.Problems = "flagged", []Problem{ProblemNoPatient}
	for _, m := range []Message{unmatched, flagged} {
		if _, err := s.Receive(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	past(t, s, at, 40*day)
	rows["young"] = told(t, s, "young", "completed")
	told(t, s, "late", "completed")
	past(t, s, at, 10*day)

	if err := s.Retain(ctx); err != nil || number(t, s, `SELECT count(*) FROM referrals`) != int64(len(rows)+1) {
		t.Fatalf("off by default: %v, %d", err, number(t, s, `SELECT count(*) FROM referrals`))
	}
	for class, want := range map[RetentionClass]RetentionTotals{RetainClosed: {4, 4, 0}, RetainTest: {1, 1, 0}, RetainUnmatched: {0, 1, 0}} {
		if got, err := s.PreviewRetention(ctx, class, 30); err != nil || got != want {
			t.Errorf("the preview of %s: %+v, want %+v; %v", class, got, want, err)
		}
	}
	if err := s.SaveRetention(ctx, SystemActor(), map[RetentionClass]int{RetainTest: 30}); err != nil {
		t.Fatal(err)
	}
	if err := s.Retain(ctx); err != nil || there(t, s, rows["test"]) || !there(t, s, rows["completed"]) || !there(t, s, rows["open test"]) {
		t.Errorf("test data alone: %v", err)
	}
	if err := s.SaveRetention(ctx, SystemActor(), map[RetentionClass]int{RetainClosed: 30, RetainUnmatched: 30}); err != nil {
		t.Fatal(err)
	}
	if err := s.Retain(ctx); err != nil {
		t.Fatal(err)
	}
	for name, row := range rows {
		want := name != "completed" && name != "rejected" && name != "cancelled" && name != "test"
		if there(t, s, row) != want {
			t.Errorf("%s: there %v, want %v", name, !want, want)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM messages WHERE NOT EXISTS (SELECT 1 FROM referral_messages WHERE message = messages.seq)`); n != 1 {
		t.Errorf("%d messages about nothing, want the flagged one", n)
	}
	for class, want := range map[RetentionClass]string{RetainClosed: `{"kept_days":30,"purged":{"referrals":3,"messages":3,"documents":0}}`,
		RetainTest: `{"kept_days":30,"purged":{"referrals":1,"messages":1,"documents":0}}`, RetainUnmatched: `{"kept_days":30,"purged":{"referrals":0,"messages":1,"documents":0}}`} {
		if n := number(t, s, `SELECT count(*) FROM audit_entries WHERE action = 'system.retention_ran' AND object = ? AND details = ?`, string(class), want); n != 1 {
			t.Errorf("%s: %d entries tell of it", class, n)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM audit_entries WHERE action = 'referral.purged'`); n != 4 {
		t.Errorf("%d referrals have an entry of their own", n)
	}
	for counter, query := range map[string]string{"referrals": `SELECT count(*) FROM referrals`, "messages": `SELECT count(*) FROM messages`,
		folderCounter(DirectionReceived, FolderCompleted): `SELECT count(*) FROM referrals WHERE direction <> 'sent' AND folder = 'completed'`} {
		if got, want := counted(t, s, counter), number(t, s, query); got != want {
			t.Errorf("the counter %s is %d, want %d", counter, got, want)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM (SELECT referral FROM referral_terms UNION ALL SELECT referral FROM referral_terms_new)
		WHERE referral NOT IN (SELECT seq FROM referrals)`); n != 0 {
		t.Errorf("%d terms of what is gone are left", n)
	}
	if _, err := s.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
}

// TestWhatIsRemovedIsReallyGone: from the file, and from its log; what another referral shares stays, and
// so does who saw what.
func TestWhatIsRemovedIsReallyGone(t *testing.T) {
	ctx := context.Background()
	s, at := retained(t)
	letters := func(m *Message) {
		m.Updates[0].Documents = []Document{{Title: "x", URL: "https://ocean.example/" + m.HeaderID}}
	}
	var goes []int64
	for i := range 30 {
		goes = append(goes, told(t, s, fmt.Sprint("goes ", i), "completed", letters, func(m *Message) { m.Raw = bytes.Repeat([]byte(m.HeaderID), 2000) }))
	}
	stays := told(t, s, "stays", "", letters)
	due, err := s.DueAttachments(ctx, true, 100)
	if err != nil || len(due) != 31 {
		t.Fatal(len(due), err)
	}
	for i, w := range due {
		content := []byte("a letter that many have")
		if i%3 == 1 {
			content = []byte(fmt.Sprint("a letter of its own ", i))
		}
		if err := s.KeepAttachment(ctx, w, "text/plain", content); err != nil {
			t.Fatal(err)
		}
	}
	id := func(row int64) (id string) {
		if err := s.read.QueryRowContext(ctx, `SELECT id FROM referrals WHERE seq = ?`, row).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	gone := id(goes[0])
	r, err := s.Referral(ctx, gone)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RecordOpened(ctx, CLIActor("ada"), r); err != nil {
		t.Fatal(err)
	}
	secrets := sealedBytes(t, s)
	if err := s.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	before := onDisk(t, s)
	for _, secret := range secrets {
		if !bytes.Contains(before, secret) {
			t.Fatal("this test looks for what was never there")
		}
	}
	past(t, s, at, 31*day)
	if err := s.SaveRetention(ctx, SystemActor(), map[RetentionClass]int{RetainClosed: 30}); err != nil {
		t.Fatal(err)
	}
	if err := s.Retain(ctx); err != nil {
		t.Fatal(err)
	}
	if n := number(t, s, `SELECT count(*) FROM referrals`); n != 1 || !there(t, s, stays) {
		t.Fatalf("%d referrals are left", n)
	}
	after := onDisk(t, s)
	left := 0
	for _, secret := range secrets {
		if bytes.Contains(after, secret) {
			left++
		}
	}
	if left > 0 || s.LogSize() != 0 || len(after) >= len(before) {
		t.Errorf("%d of %d sealed values are still on the disk; the log has %d bytes; the file went from %d to %d", left, len(secrets), s.LogSize(), len(before), len(after))
	}
	if n := number(t, s, `SELECT count(*) FROM contents`); n != 1 {
		t.Errorf("%d contents are left, want the one that is shared", n)
	}
	entries, _, err := s.AuditPage(ctx, AuditFilter{Referrals: []string{gone}}, 10)
	if err != nil || len(entries) != 2 || entries[0].Action != ActionReferralPurged || entries[1].Action != ActionReferralOpened {
		t.Fatalf("who saw it: %+v, %v", entries, err)
	}
	for _, e := range entries {
		if who := s.OpenSealed(e); len(who.Patients) != 1 || who.Patients[0].Name.Family != "Example" {
			t.Errorf("whose it was: %+v", who)
		}
	}
	if n := number(t, s, `PRAGMA freelist_count`); n != 0 {
		t.Errorf("%d pages are free and not given back", n)
	}
	if err := s.CheckWhole(ctx, true); err != nil {
		t.Error(err)
	}
}

// sealedBytes are pieces of what is sealed of the referrals that will go.
func sealedBytes(t *testing.T, s *Store) (list [][]byte) {
	t.Helper()
	rows, err := s.read.DB.Query(`SELECT summary FROM referrals WHERE folder = 'completed' UNION ALL SELECT facts FROM referral_messages WHERE referral IN (SELECT seq FROM referrals WHERE folder = 'completed')
		UNION ALL SELECT raw FROM messages WHERE seq IN (SELECT message FROM referral_messages WHERE referral IN (SELECT seq FROM referrals WHERE folder = 'completed'))
		UNION ALL SELECT data FROM contents WHERE (SELECT count(*) FROM attachments WHERE content = contents.id) = 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		list = append(list, bytes.Clone(sealed[8:28])) // of the nonce: found nowhere else
	}
	if len(list) < 90 {
		t.Fatalf("only %d sealed values", len(list))
	}
	return list
}

func onDisk(t *testing.T, s *Store) (all []byte) {
	t.Helper()
	for _, name := range []string{FileName, FileName + "-wal"} {
		content, err := os.ReadFile(filepath.Join(s.opts.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content...)
	}
	return all
}

// TestAWrongClockRemovesNothing, however old it makes everything look.
func TestAWrongClockRemovesNothing(t *testing.T) {
	ctx := context.Background()
	s, at := retained(t)
	row := told(t, s, "completed", "completed")
	if err := s.SaveRetention(ctx, SystemActor(), map[RetentionClass]int{RetainClosed: 365}); err != nil {
		t.Fatal(err)
	}
	leap := 10 * 365 * day
	*at = at.Add(leap)
	if err := errors.Join(s.NoteClock(ctx, ClockReading{Jump: leap}), s.Retain(ctx)); err != nil || !there(t, s, row) {
		t.Fatalf("after a leap: %v, there %v", err, there(t, s, row))
	}
	*at = at.Add(-leap)
	if err := errors.Join(s.NoteClock(ctx, ClockReading{Jump: -leap}), s.Retain(ctx)); err != nil || !there(t, s, row) {
		t.Fatalf("back again: %v", err)
	}
	*at = at.Add(leap)
	if err := errors.Join(s.NoteClock(ctx, ClockReading{Jump: leap}), s.ConfirmClock(ctx, SystemActor()), s.Retain(ctx)); err != nil || there(t, s, row) {
		t.Errorf("once somebody says that it is right: %v, there %v", err, there(t, s, row))
	}
}

// TestRetentionIsADailyAffair, and what is set anew is looked at at once.
func TestRetentionIsADailyAffair(t *testing.T) {
	ctx := context.Background()
	s, at := retained(t)
	set := func(days int) {
		t.Helper()
		if err := errors.Join(s.SaveRetention(ctx, SystemActor(), map[RetentionClass]int{RetainClosed: days}), s.Retain(ctx)); err != nil {
			t.Fatal(err)
		}
	}
	set(30)
	row := told(t, s, "completed", "completed")
	past(t, s, at, 29*day)
	if err := s.Retain(ctx); err != nil {
		t.Fatal(err)
	}
	past(t, s, at, 23*time.Hour)
	if err := s.Retain(ctx); err != nil || !there(t, s, row) {
		t.Fatalf("too young: %v", err)
	}
	past(t, s, at, 2*time.Hour)
	if err := s.Retain(ctx); err != nil || there(t, s, row) {
		t.Errorf("old enough, a day later: %v, there %v", err, there(t, s, row))
	}
	row = told(t, s, "another", "completed")
	past(t, s, at, 31*day)
	set(0)
	if !there(t, s, row) {
		t.Error("for ever is not for ever")
	}
	set(30)
	if there(t, s, row) {
		t.Error("what is set anew is not looked at")
	}
}

func TestRetentionThatCannotBe(t *testing.T) {
	ctx := context.Background()
	s, _ := retained(t)
	for class, days := range map[RetentionClass][]int{RetainClosed: {-1, 1, 29, 36501}, RetainTest: {-1, 6}, RetainUnmatched: {29}} {
		for _, d := range days {
			var wrong *FieldError
			if err := s.SaveRetention(ctx, SystemActor(), map[RetentionClass]int{class: d}); !errors.As(err, &wrong) || wrong.Field != string(class) {
				t.Errorf("%s for %d days: %v", class, d, err)
			}
			if _, err := s.PreviewRetention(ctx, class, d); !errors.As(err, &wrong) {
				t.Errorf("a preview of %s for %d days: %v", class, d, err)
			}
		}
	}
	if n := number(t, s, `SELECT count(*) FROM audit_entries`); n != 0 {
		t.Errorf("%d entries", n)
	}
	if list, err := s.Retention(ctx); err != nil || len(list) != len(RetentionClasses) || strings.Join([]string{string(list[0].Class), string(list[1].Class), string(list[2].Class)}, " ") != "closed test unmatched" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestANumberThatWasFreedIsUsedAgain: SQLite gives the last referral's number to the next one, on another
// day perhaps, and it is received like any other.
func TestANumberThatWasFreedIsUsedAgain(t *testing.T) {
	s, at := retained(t)
	row := told(t, s, "first", "")
	if err := s.update(context.Background(), func(t *tx) error { return t.purgeReferral(row) }); err != nil {
		t.Fatal(err)
	}
	past(t, s, at, 3*day)
	if again := told(t, s, "second", ""); again != row {
		t.Fatalf("the next number is %d: this test proves nothing", again)
	}
	rows, _, err := s.Referrals(context.Background(), ReferralFilter{From: at.Add(-time.Hour), Until: at.Add(time.Hour)}, 10)
	if err != nil || len(rows) != 1 {
		t.Errorf("found by its day: %d, %v", len(rows), err)
	}
}
