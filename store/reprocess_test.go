package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"
)

// odd is a message about referrals, with problems.
func odd(id string, problems []Problem, updates ...Update) Message {
	for i := range updates {
		updates[i].Event, updates[i].SentAt, updates[i].HeaderID, updates[i].ReceiverSite = "notify-update-service-request", monday, id, "4321"
	}
	return Message{HeaderID: id, Event: "notify-update-service-request", Raw: []byte(`{"id":"` + id + `"}`), Digest: sha256.Sum256([]byte(id)),
		Problems: problems, Updates: updates}
}

func kept(t *testing.T, s *Store, m Message) string {
	t.Helper()
	r, err := s.Receive(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return r.MessageID
}

// figures are the counters that processing again may move.
func figures(t *testing.T, s *Store) map[string]int64 {
	t.Helper()
	found := map[string]int64{}
	for _, name := range []string{"messages", "referrals", countAttention, countPending, "folder received new", "folder received pending_booking"} {
		found[name] = counted(t, s, name)
	}
	return found
}

// wantFigures fails the test where counters differ from what they count.
func wantFigures(t *testing.T, s *Store, referrals, attention, pending int64) {
	t.Helper()
	f := figures(t, s)
	if f["referrals"] != referrals || f[countAttention] != attention || f[countPending] != pending ||
		number(t, s, `SELECT count(*) FROM referrals`) != referrals || number(t, s, `SELECT count(*) FROM attachments WHERE state = 'waiting'`) != pending ||
		number(t, s, `SELECT count(*) FROM messages WHERE problems IS NOT NULL`) != attention ||
		f["folder received new"]+f["folder received pending_booking"] != referrals {
		t.Errorf("%v, want %d referrals, %d for attention, %d documents", f, referrals, attention, pending)
	}
}

func TestProcessingAgainReplacesWhatAMessageSays(t *testing.T) {
	ctx, s := context.Background(), opened(t)
	defer closeStore(t, s)
	site := "4321"
	if err := s.SaveOceanSettings(ctx, CLIActor("test"), OceanChange{SiteNumber: &site}); err != nil {
		t.Fatal(err)
	}
	id := kept(t, s, odd("m", []Problem{ProblemUnknownEvent, ProblemOddResource}, Update{Ref: "wrong"}, Update{Ref: "Same"}))
	kept(t, s, odd("n", nil, Update{Ref: "wrong"}))
	alone := kept(t, s, odd("o", []Problem{ProblemNoReference}))
	wantFigures(t, s, 2, 2, 0)

	better := odd("m", []Problem{ProblemOddResource}, Update{Ref: "same", Task: &Task{Status: "accepted"}, Documents: []Document{{Title: "x", URL: "https://ocean.example/x"}}},
		Update{Ref: "added", Patient: &Patient{Name: Name{Family: "Found"}}})
	for range 2 { // safe to press twice
		if _, err := s.Reprocess(ctx, CLIActor("test"), id, better); err != nil {
			t.Fatal(err)
		}
		wantFigures(t, s, 3, 2, 1)
		rows, err := s.SearchReferrals(ctx, "found", 5)
		if err != nil || len(rows) != 1 {
			t.Errorf("%d are found by the name, %v", len(rows), err)
		}
	}
	if n := counted(t, s, "folder received pending_booking"); n != 1 {
		t.Errorf("%d accepted", n)
	}
	better.Problems, better.Updates = nil, better.Updates[:1]
	if _, err := s.Reprocess(ctx, CLIActor("test"), id, better); err != nil {
		t.Fatal(err)
	}
	wantFigures(t, s, 2, 1, 1) // what nobody speaks of any more is gone; the other message's stays
	if rows, _ := s.SearchReferrals(ctx, "found", 5); len(rows) != 0 {
		t.Error("a referral that is gone is found")
	}
	if _, err := s.Reprocess(ctx, CLIActor("test"), alone, odd("o", nil, Update{Ref: "late"})); err != nil {
		t.Fatal(err)
	}
	wantFigures(t, s, 3, 0, 1)
	if n := number(t, s, `SELECT count(*) FROM audit_entries WHERE action = 'message.reprocessed'`); n != 4 {
		t.Errorf("%d entries", n)
	}
}

func TestProcessingAgainCostsNobodysWork(t *testing.T) {
	ctx, s := context.Background(), opened(t)
	defer closeStore(t, s)
	id := kept(t, s, odd("m", nil, Update{Ref: "worked on"}))
	_, row := known(t, s)
	rows, _, _ := s.Referrals(ctx, ReferralFilter{}, 5)
	out := Outgoing{ID: newID(), Kind: OutStatus, Update: Update{Task: &Task{Status: "accepted"}}, Bundle: []byte("{}")}
	if err := s.Tell(ctx, CLIActor("test"), rows[0].ID, 1, out); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reprocess(ctx, CLIActor("test"), id, odd("m", nil)); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Referral(ctx, rows[0].ID); err != nil || len(r.Outbox) != 1 || row.Folder != FolderNew {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWhatWasSeenLeavesTheListAndStaysInTheHistory(t *testing.T) {
	ctx, s := context.Background(), opened(t)
	defer closeStore(t, s)
	m := odd("m", []Problem{ProblemOddResource}, Update{Ref: "r"})
	id := kept(t, s, m)
	for range 2 {
		if err := s.MarkSeen(ctx, CLIActor("test"), id); err != nil {
			t.Fatal(err)
		}
		wantFigures(t, s, 1, 0, 0)
	}
	r, _ := known(t, s)
	if h := r.History[0]; !h.Seen || !slices.Equal(h.Problems, []Problem{ProblemOddResource}) || h.MessageID != id {
		t.Errorf("the history says %+v", h)
	}
	for _, c := range []struct {
		found     []Problem
		attention int64
		seen      bool
	}{{m.Problems, 0, true}, {append(m.Problems, ProblemNoRecipient), 1, false}, {nil, 0, false}} {
		m.Problems = c.found
		if _, err := s.Reprocess(ctx, CLIActor("test"), id, m); err != nil {
			t.Fatal(err)
		}
		wantFigures(t, s, 1, c.attention, 0)
		if r, _ := known(t, s); len(r.History[0].Problems) != len(c.found) || r.History[0].Seen != c.seen {
			t.Errorf("%+v, want %v, seen %v", r.History[0], c.found, c.seen)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM audit_entries WHERE action = 'message.seen'`); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestContentThatChangedStaysSo(t *testing.T) {
	ctx, s := context.Background(), opened(t)
	defer closeStore(t, s)
	kept(t, s, odd("m", nil, Update{Ref: "r"}))
	other := odd("m", nil, Update{Ref: "r"})
	other.Digest = sha256.Sum256([]byte("other"))
	id := kept(t, s, other)
	if _, err := s.Reprocess(ctx, CLIActor("test"), id, other); err != nil {
		t.Fatal(err)
	}
	rows, _, err := s.ProblemMessages(ctx, 0, 5)
	if err != nil || len(rows) != 1 || !slices.Equal(rows[0].Problems, []Problem{ProblemContentChanged}) {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestMessagesArePermitted(t *testing.T) {
	ctx, s := context.Background(), opened(t)
	defer closeStore(t, s)
	m := odd("m", []Problem{ProblemOddResource}, Update{Ref: "r"})
	id := kept(t, s, m)
	entries := number(t, s, `SELECT count(*) FROM audit_entries`)
	nobody := anonymous("192.0.2.1")
	_, _, shown := s.ShowRaw(ctx, nobody, id, false)
	_, again := s.Reprocess(ctx, nobody, id, odd("m", nil))
	for name, err := range map[string]error{"show": shown, "again": again, "seen": s.MarkSeen(ctx, nobody, id)} {
		if !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, shown = s.ShowRaw(ctx, CLIActor("test"), "x", false)
	_, again = s.Reprocess(ctx, CLIActor("test"), "x", m)
	for name, err := range map[string]error{"show": shown, "again": again, "seen": s.MarkSeen(ctx, CLIActor("test"), "x")} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM audit_entries`); n != entries {
		t.Errorf("%d entries more", n-entries)
	}
	wantFigures(t, s, 1, 1, 0)
	raw, referrals, err := s.ShowRaw(ctx, CLIActor("test"), id, true)
	if err != nil || string(raw) != `{"id":"m"}` || len(referrals) != 1 || number(t, s, `SELECT count(*) FROM audit_entries WHERE action = 'message.raw_shown'`) != 1 {
		t.Errorf("%s, %v, %v", raw, referrals, err)
	}
}
