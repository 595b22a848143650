package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// small are tables that stay small whatever Ocean sends, and what is no table at all.
var small = strings.Fields(`users roles role_permissions user_roles user_permissions sessions devices invitations setup_tokens ocean_settings
	clinic_settings inbound_keys self_tests gaps refusals proofs listings services missed setup_ticks tries denials audit_held audit_head keys counters
	goose_db_version referral_days audit_days referral_terms_new json_each e n CONSTANT found link again u r`)

// halves are indexes that hold but the few rows that wait for something, read in their order up to a limit.
var halves = strings.Fields(`messages_problems attachments_failed attachments_foreign outbox_refused outbox_due referral_messages_undecided`)

// looksThrough reports whether a step of a plan reads a whole table or index that grows.
func looksThrough(step string) bool {
	what, isScan := strings.CutPrefix(step, "SCAN ")
	if !isScan || strings.HasPrefix(what, "(subquery-") {
		return false
	}
	words := strings.Fields(what)
	if slices.Contains(small, words[0]) {
		return false
	}
	return !slices.ContainsFunc(halves, func(index string) bool { return slices.Contains(words, index) })
}

// sortsMany reports whether what a step finds, to be sorted then, may be much of a table that grows. The
// entries about one referral are few.
func sortsMany(step string) bool {
	return (strings.HasPrefix(step, "SEARCH audit_entries ") || strings.HasPrefix(step, "SEARCH t ") || strings.HasPrefix(step, "SEARCH attachments ")) &&
		!strings.Contains(step, "rowid=?") && !strings.Contains(step, "object=?")
}

// TestNothingLooksThroughABigTable has the store asked everything that pages ask, and done what is done
// all the time, and looks how SQLite runs each statement that took.
func TestNothingLooksThroughABigTable(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	ctx := context.Background()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	busyDay(t, s)
	rows, _, err := s.Referrals(ctx, ReferralFilter{}, 10)
	must(rows, err)
	r, err := s.Referral(ctx, rows[0].ID)
	must(r, err)
	for _, ask := range []func() (any, error){
		func() (any, error) { return s.CheckKey(ctx, "none") },
		func() (any, error) { return s.ListMark(ctx) },
		func() (any, error) { return s.News(ctx, ReferralFilter{Folder: FolderNew}, ListMark{}) },
		func() (any, error) { return s.Figures(ctx, "", "ada", monday) },
		func() (any, error) { return s.Services(ctx) },
		func() (any, error) { return s.Users(ctx) },
		func() (any, error) { return s.Status(ctx) },
		func() (any, error) { return s.Connection(ctx) },
		func() (any, error) { return s.NeedsAttention(ctx) },
		func() (any, error) { list, _, err := s.ProblemMessages(ctx, 0, 10); return list, err },
		func() (any, error) { return s.FailedAttachments(ctx, 10) },
		func() (any, error) { return s.FailedUpdates(ctx, 10) },
		func() (any, error) { return s.Attachments(ctx, r) },
		func() (any, error) { return s.Remarks(ctx, r.ID) },
		func() (any, error) { return s.LatestBundle(ctx, r.ID) },
		func() (any, error) { return s.PatientName(ctx, r.ID) },
		func() (any, error) { return s.LastChange(ctx, r.ID) },
		func() (any, error) { return s.DueAttachments(ctx, true, 10) },
		func() (any, error) { return s.NextAttachment(ctx) },
		func() (any, error) { return s.DueOutbox(ctx, 10) },
		func() (any, error) { return s.NextOutbox(ctx) },
		func() (any, error) { return s.AuditActors(ctx) },
		func() (any, error) { return s.LastAuditCheck(ctx) },
		func() (any, error) { return nil, s.GiveUpWaiting(ctx) },
	} {
		must(ask())
	}
	for _, q := range []string{"smith", "smith olivia", "exa 1985-12-10", "1234567897", "ab123", "li", "nobody anywhere at all", r.Ref} {
		must(s.SearchReferrals(ctx, q, 10))
	}
	for _, f := range []AuditFilter{{}, {Before: 5}, {Actor: "cli:test"}, {Action: "referral"}, {Action: "referral.opened"}, {Actor: "cli:test", Action: "user"},
		{Actor: "cli:test", Action: "user.added"}, {From: monday}, {From: monday, Until: monday.AddDate(0, 0, 1), Action: "referral"}, {Referrals: []string{r.ID}, Seen: new(true)}} {
		list, _, err := s.AuditPage(ctx, f, 10)
		must(list, err)
	}
	for _, f := range filters(s) {
		list, _, err := s.Referrals(ctx, f, 10)
		must(list, err)
	}
	checkPlans(t, s)
}

// busyDay does what happens all the time, so that its statements are known.
func busyDay(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	admin := CLIActor("test")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	site := "4321"
	must(s.SaveOceanSettings(ctx, admin, OceanChange{SiteNumber: &site}))
	_, err := s.AddUser(ctx, admin, NewUser{Email: "ada@example.org", Password: "a quiet harbour at dawn", Roles: []string{"administrator"}})
	must(err)
	ada, err := s.Users(ctx)
	must(err)
	for i := range 8 {
		u := Update{Ref: fmt.Sprint("r", i%3), ReceiverSite: site, SentAt: monday.Add(time.Duration(i) * time.Minute), Patient: &Patient{Name: Name{Family: fmt.Sprint("Smith", i)}},
			Request: &Request{Service: "Cardiology"}, Documents: []Document{{URL: fmt.Sprint("https://ocean.example/", i)}}}
		_, err := s.Receive(ctx, Message{HeaderID: fmt.Sprint("m", i/2), Raw: []byte("{}"), Digest: [32]byte{byte(i / 2)}, Updates: []Update{u}, Problems: []Problem{ProblemOddResource}})
		must(err)
	}
	due, err := s.DueAttachments(ctx, true, 10)
	must(err)
	must(s.KeepAttachment(ctx, due[0], "text/plain", []byte("one")))
	must(s.MarkForeign(ctx, due[1]))
	must(s.PostponeAttachment(ctx, due[2], FaultSlow, 0))
	rows, _, err := s.Referrals(ctx, ReferralFilter{}, 1)
	must(err)
	r, err := s.Referral(ctx, rows[0].ID)
	must(err)
	must(s.RecordOpened(ctx, UserActor(&ada[0], ""), r))
	must(s.Assign(ctx, admin, r.ID, r.Version, ada[0].ID))
	must(s.AddRemark(ctx, admin, r.ID, "Called."))
	must(s.Tell(ctx, admin, r.ID, r.Version+1, Outgoing{ID: "o", Kind: OutStatus, Update: Update{Ref: r.Ref, Task: &Task{Status: "accepted"}}, Bundle: []byte("{}")}))
	must(s.OutboxSent(ctx, "o"))
	must(s.update(ctx, func(t *tx) error { return t.purgeReferral(1) }))
}

// checkPlans asks SQLite how it runs every statement that was prepared.
func checkPlans(t *testing.T, s *Store) {
	t.Helper()
	var statements []string
	if err := s.update(context.Background(), func(t *tx) error {
		statements = slices.Collect(maps.Keys(t.stmts))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	statements = slices.AppendSeq(statements, maps.Keys(s.read.prepared))
	if len(statements) < 100 {
		t.Fatalf("only %d statements", len(statements))
	}
	seen := 0
	for _, query := range statements {
		verb, _, _ := strings.Cut(strings.TrimSpace(query), " ")
		if !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}, verb) {
			continue
		}
		seen++
		steps := plan(t, s, query, anyArgs(query))
		for i, step := range steps {
			if looksThrough(step) {
				t.Errorf("%s\nlooks through %s", query, step)
			}
			if strings.HasPrefix(step, "USE TEMP B-TREE FOR ORDER BY") && sortsMany(steps[i-1]) {
				t.Errorf("%s\nsorts what comes of %s", query, steps[i-1])
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d statements were looked at", seen)
	}
}

// anyArgs are as many arguments as a statement may have: its plan does not depend on their values.
func anyArgs(query string) []any {
	numbered := 0
	for n := 1; strings.Contains(query, fmt.Sprint("?", n)); n++ {
		numbered = n
	}
	return make([]any, max(numbered, strings.Count(query, "?")))
}
