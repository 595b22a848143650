package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func only(t testing.TB, s *store.Store, f store.ReferralFilter) store.ReferralRow {
	t.Helper()
	rows, _, err := s.Referrals(ctx, f, 10)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[0]
}

func version(t testing.TB, s *store.Store, id string) int64 {
	t.Helper()
	r, err := s.Referral(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Version
}

// tells makes a message that is news: its status note is another each time.
func tells(header, ref, note string) store.Message {
	return message(header, ref, func(m *store.Message) {
		m.Event = "notify-update-service-request"
		m.Updates[0].Event, m.Updates[0].SentAt = m.Event, time.Date(2026, 6, 2, 9, 0, 0, 0, time.UTC)
		m.Updates[0].Task = &store.Task{Status: "accepted", Code: "process-request", Reason: note}
	})
}

func TestReviewedClearsWhatWasSeenAndNoMore(t *testing.T) {
	s, _, _ := at(t)
	desk := storetest.AddUser(t, s, "desk@clinic.example", store.ViewReferrals, store.ManageReferrals)
	reader := storetest.AddUser(t, s, "reader@clinic.example", store.ViewReferrals)
	actor := store.UserActor(desk, "192.0.2.1")
	receive := func(m store.Message) {
		t.Helper()
		if _, err := s.Receive(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	receive(message("m1", "r1"))
	id := only(t, s, store.ReferralFilter{}).ID
	before := status(t, s).AuditEntries
	if err := s.Reviewed(ctx, actor, id, 99); err != nil || status(t, s).AuditEntries != before {
		t.Errorf("one that needs no review: %v", err)
	}
	receive(tells("m2", "r1", "first"))
	seen := version(t, s, id)
	receive(tells("m3", "r1", "second"))
	if err := s.Reviewed(ctx, actor, id, seen); !errors.Is(err, store.ErrStale) || !only(t, s, store.ReferralFilter{}).NeedsReview {
		t.Errorf("something came meanwhile: %v", err)
	}
	if err := s.AskReview(ctx, actor, id, version(t, s, id), reader.ID); err != nil {
		t.Fatal(err)
	}
	now := version(t, s, id)
	if err := s.Reviewed(ctx, store.UserActor(reader, ""), id, now); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without the permission: %v", err)
	}
	if err := s.Reviewed(ctx, actor, "nothing", now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no referral: %v", err)
	}
	if r := only(t, s, store.ReferralFilter{NeedsReview: true}); r.ReviewBy != reader.ID {
		t.Errorf("refused tries cleared it: %+v", r)
	}
	if err := s.Reviewed(ctx, actor, id, now); err != nil {
		t.Fatal(err)
	}
	if r := only(t, s, store.ReferralFilter{}); r.NeedsReview || r.ReviewBy != "" || version(t, s, id) != now+1 {
		t.Errorf("%+v", r)
	}
	if f, err := s.Figures(ctx, "", reader.ID, time.Time{}); err != nil || f.NeedsReview != 0 || f.ToReview != 0 || f.Folders[store.FolderPendingBooking] != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	if d := auditDetails(t, s, status(t, s).AuditEntries); len(d) != 1 || d[0] != string(store.ActionReviewed) {
		t.Errorf("audited %q", d)
	}
}

// TestCountsAreRightUnderLoad has messages, reviews and assignments come at once, as on a bad
// morning, and then counts the rows.
func TestCountsAreRightUnderLoad(t *testing.T) {
	s, dir, _ := at(t)
	if err := save(s, func(c *store.OceanChange) { c.SiteNumber = new("4321") }); err != nil {
		t.Fatal(err)
	}
	desk := storetest.AddUser(t, s, "desk@clinic.example", store.ViewReferrals, store.ManageReferrals)
	actor := store.UserActor(desk, "192.0.2.1")
	act := func(random *rand.Rand, n int) error {
		ref := fmt.Sprint("r", random.IntN(40))
		if random.IntN(3) > 0 {
			m := tells(fmt.Sprint("m", n), ref, fmt.Sprint("note ", n))
			m.Updates[0].SentAt = m.Updates[0].SentAt.Add(time.Duration(random.IntN(50)) * time.Minute)
			m.Updates[0].ReceiverSite = []string{"4321", "4321", "9999"}[random.IntN(3)]
			m.Updates[0].Task.Status = []string{"requested", "accepted", "completed", "rejected"}[random.IntN(4)]
			m.Updates[0].Revoked = random.IntN(9) == 0
			_, err := s.Receive(ctx, m)
			return err
		}
		rows, _, err := s.Referrals(ctx, store.ReferralFilter{NeedsReview: random.IntN(2) == 0}, 5)
		if err != nil || len(rows) == 0 {
			return err
		}
		r, err := s.Referral(ctx, rows[random.IntN(len(rows))].ID)
		if err != nil {
			return err
		}
		if random.IntN(4) == 0 {
			err = s.AskReview(ctx, actor, r.ID, r.Version, desk.ID)
		} else {
			err = s.Reviewed(ctx, actor, r.ID, r.Version)
		}
		if errors.Is(err, store.ErrStale) {
			return nil
		}
		return err
	}
	var all sync.WaitGroup
	for worker := range 20 {
		all.Go(func() {
			random := rand.New(rand.NewPCG(11, uint64(worker)))
			for i := range 10 {
				if err := act(random, worker*10+i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	db := raw(t, dir)
	for _, side := range []store.Direction{store.DirectionReceived, store.DirectionSent} {
		f, err := s.Figures(ctx, side, "", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		sent := side == store.DirectionSent
		for _, folder := range store.Folders() {
			if n := count(t, db, `SELECT count(*) FROM referrals WHERE (direction = 'sent') = ? AND folder = ?`, sent, folder); int(n) != f.Folders[folder] {
				t.Errorf("%s %s: counted %d, there are %d", side, folder, f.Folders[folder], n)
			}
		}
		if n := count(t, db, `SELECT count(*) FROM referrals WHERE (direction = 'sent') = ? AND needs_review = 1`, sent); int(n) != f.NeedsReview {
			t.Errorf("%s: %d need review, there are %d", side, f.NeedsReview, n)
		}
	}
	if n := count(t, db, `SELECT count(*) FROM referrals`); n < 30 {
		t.Errorf("only %d referrals", n)
	}
}

func TestNewsOfAList(t *testing.T) {
	s, _, clock := at(t)
	if err := save(s, func(c *store.OceanChange) { c.SiteNumber = new("4321") }); err != nil {
		t.Fatal(err)
	}
	receive := func(m store.Message) {
		t.Helper()
		clock.Turn(time.Minute)
		if _, err := s.Receive(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	sent := func(m *store.Message) { m.Updates[0].ReceiverSite = "9999" }
	receive(message("m1", "r1"))
	receive(message("m2", "r2", sent))
	mark, err := s.ListMark(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if back, ok := store.ParseListMark(mark.String()); !ok || back != mark {
		t.Errorf("%v is %v", mark, back)
	}
	wants := func(what string, f store.ReferralFilter, arrived, changed int) {
		t.Helper()
		if n, err := s.News(ctx, f, mark); err != nil || n != (store.News{New: arrived, Changed: changed}) {
			t.Errorf("%s: %+v, want %d and %d, %v", what, n, arrived, changed, err)
		}
	}
	received, sentOnes := store.ReferralFilter{Direction: store.DirectionReceived}, store.ReferralFilter{Direction: store.DirectionSent}
	wants("nothing", store.ReferralFilter{}, 0, 0)
	receive(message("m1", "r1")) // a retry is no news
	wants("a retry", store.ReferralFilter{}, 0, 0)
	receive(message("m3", "r3"))
	receive(tells("m4", "r3", "of a new one, which is new already"))
	receive(message("m5", "r4", sent))
	receive(tells("m6", "r1", "news"))
	receive(tells("m7", "r1", "more news"))
	wants("all", store.ReferralFilter{}, 2, 1)
	wants("received", received, 1, 1)
	wants("sent", sentOnes, 1, 0)
	wants("what left the folder", store.ReferralFilter{Direction: store.DirectionReceived, Folder: store.FolderNew}, 0, 1)
	wants("mine", store.ReferralFilter{Assignee: "somebody"}, 0, 0)
	r, err := s.SearchReferrals(ctx, "r1", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Reviewed(ctx, storetest.Admin, r[0].ID, version(t, s, r[0].ID)); err != nil {
		t.Fatal(err)
	}
	wants("reviewed since", received, 1, 0)
	for _, text := range []string{"", "1", "x.1", "1.x", "-1.1", "1.-1", "1.2.3"} {
		if m, ok := store.ParseListMark(text); ok {
			t.Errorf("%q is %v", text, m)
		}
	}
}
