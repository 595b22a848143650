package store_test

import (
	"errors"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// teamDesk is a workspace with a referral and people who work on it.
type teamDesk struct {
	*desk
	ada, bo *store.User // may manage and view
	clerk   *store.User // may do everything but see and manage referrals
}

func newTeam(t *testing.T) *teamDesk {
	d := &teamDesk{desk: newWorkspace(t)}
	d.ada = storetest.AddUser(t, d.Store, "ada@example.org", store.ViewReferrals, store.ManageReferrals)
	d.bo = storetest.AddUser(t, d.Store, "bo@example.org", store.ViewReferrals, store.ManageReferrals)
	d.clerk = storetest.AddUser(t, d.Store, "clerk@example.org", store.ViewAuditLog, store.EditUsers)
	d.hear(func(u *store.Update) {
		u.Patient = &store.Patient{Name: store.Name{Family: "Canaryname", Given: []string{"Élise"}}, BirthDate: "1931-07-09",
			HealthNumber: &store.HealthNumber{Value: "9876543217", Ontario: true}}
	})
	return d
}

func by(u *store.User) store.Actor { return store.UserActor(u, "192.0.2.7") }

func (d *teamDesk) now() *store.Referral {
	d.t.Helper()
	r, _ := d.referral("r1")
	return r
}

// wants checks that a call fails in that way, and changes nothing.
func (d *teamDesk) wants(want error, call func() error) {
	d.t.Helper()
	db := raw(d.t, d.dir)
	before := dump(d.t, db)
	if err := call(); !errors.Is(err, want) {
		d.t.Errorf("%v, want %v", err, want)
	}
	if dump(d.t, db) != before {
		d.t.Error("it changed something")
	}
}

// last is the newest entry of the audit log.
func (d *teamDesk) last() (last store.AuditEntry) {
	d.t.Helper()
	d.must(d.AuditEntries(ctx, func(e store.AuditEntry) error { last = e; return nil }))
	return last
}

func TestAssigning(t *testing.T) {
	d := newTeam(t)
	r := d.now()
	d.must(d.Assign(ctx, by(d.ada), r.ID, r.Version, d.bo.ID))
	is := d.now()
	if is.Assignee != d.bo.ID || is.Version != r.Version+1 {
		t.Errorf("%q, version %d after %d", is.Assignee, is.Version, r.Version)
	}
	if e := d.last(); e.Action != store.ActionAssigned || e.Object != r.ID || e.Actor != "user:"+d.ada.ID || e.Details != `{"from":"","to":"`+d.bo.ID+`"}` {
		t.Errorf("audited as %+v", e)
	}
	d.wants(nil, func() error { return d.Assign(ctx, by(d.ada), r.ID, r.Version, d.bo.ID) }) // pressed twice
	d.wants(store.ErrStale, func() error { return d.Assign(ctx, by(d.ada), r.ID, r.Version, d.ada.ID) })
	d.wants(store.ErrStale, func() error { return d.Assign(ctx, by(d.ada), r.ID, 0, "") })
	d.must(d.Assign(ctx, by(d.ada), r.ID, is.Version, ""))
	if is = d.now(); is.Assignee != "" || is.Version != r.Version+2 {
		t.Errorf("%q, version %d", is.Assignee, is.Version)
	}
	d.wants(store.ErrNotFound, func() error { return d.Assign(ctx, by(d.ada), "nothing", 1, d.bo.ID) })
}

func TestOnlyWhoMayOpenReferralsIsAssignedThem(t *testing.T) {
	d := newTeam(t)
	r := d.now()
	gone := storetest.AddUser(t, d.Store, "gone@example.org", store.ViewReferrals, store.ManageReferrals)
	d.must(d.Assign(ctx, by(d.ada), r.ID, r.Version, gone.ID))
	d.must(d.SetUserDisabled(ctx, storetest.Admin, gone.Email, true))
	r = d.now()
	if r.Assignee != gone.ID {
		t.Errorf("disabling took the referral from them: %q", r.Assignee)
	}
	for _, id := range []string{d.clerk.ID, "nobody", "00000000-0000-7000-8000-000000000000"} {
		d.wants(store.ErrNotColleague, func() error { return d.Assign(ctx, by(d.ada), r.ID, r.Version, id) })
		d.wants(store.ErrNotColleague, func() error { return d.AskReview(ctx, by(d.ada), r.ID, r.Version, id) })
	}
	d.wants(nil, func() error { return d.Assign(ctx, by(d.ada), r.ID, r.Version, gone.ID) }) // stays
	d.wants(store.ErrNotColleague, func() error { return d.AskReview(ctx, by(d.ada), r.ID, r.Version, gone.ID) })
	for _, a := range []store.Actor{{}, by(d.clerk), by(gone)} {
		d.wants(store.ErrForbidden, func() error { return d.Assign(ctx, a, r.ID, r.Version, d.bo.ID) })
		d.wants(store.ErrForbidden, func() error { return d.AskReview(ctx, a, r.ID, r.Version, d.bo.ID) })
		d.wants(store.ErrForbidden, func() error { return d.AddRemark(ctx, a, r.ID, "a note") })
	}
}

func TestAskingForReview(t *testing.T) {
	d := newTeam(t)
	counter := func() int64 {
		return count(t, raw(t, d.dir), `SELECT coalesce(sum(value), 0) FROM counters WHERE name = 'review received'`)
	}
	r, was := d.now(), counter()
	needed := int64(0)
	if r.NeedsReview {
		needed = 1
	}
	d.wants(store.ErrNotColleague, func() error { return d.AskReview(ctx, by(d.ada), r.ID, r.Version, "") })
	d.must(d.AskReview(ctx, by(d.ada), r.ID, r.Version, d.bo.ID))
	if is := d.now(); !is.NeedsReview || is.ReviewBy != d.bo.ID || is.Version != r.Version+1 || counter() != was+1-needed {
		t.Errorf("%v, by %q, version %d, counted %d", is.NeedsReview, is.ReviewBy, is.Version, counter())
	}
	if e := d.last(); e.Action != store.ActionReviewAsked || e.Object != r.ID || e.Details != `{"person":"`+d.bo.ID+`"}` {
		t.Errorf("audited as %+v", e)
	}
	d.wants(nil, func() error { return d.AskReview(ctx, by(d.ada), r.ID, r.Version, d.bo.ID) })
	d.wants(store.ErrStale, func() error { return d.AskReview(ctx, by(d.ada), r.ID, r.Version, d.ada.ID) })
	d.must(d.AskReview(ctx, by(d.ada), r.ID, r.Version+1, d.ada.ID))
	if is := d.now(); is.ReviewBy != d.ada.ID || counter() != was+1-needed {
		t.Errorf("by %q, counted %d", is.ReviewBy, counter())
	}
}

func TestRemarksAreSealedAndStayAsTheyAre(t *testing.T) {
	d := newTeam(t)
	r := d.now()
	texts := []string{"canary-of-a-note: call after 4\nnot before", "<b>bold</b> é", strings.Repeat("Ж", store.MaxRemark)}
	for _, text := range texts {
		d.must(d.AddRemark(ctx, by(d.ada), r.ID, " "+strings.ReplaceAll(text, "\n", "\r\n")+"\n\n"))
		if e := d.last(); e.Action != store.ActionNoted || e.Object != r.ID || strings.Contains(e.Details, "canary") {
			t.Errorf("audited as %+v", e)
		}
	}
	list, err := d.Remarks(ctx, r.ID)
	d.must(err)
	if len(list) != len(texts) {
		t.Fatalf("%d notes", len(list))
	}
	for i, n := range list { // oldest first
		if n.Text != texts[i] || n.By != d.ada.Email || n.ByID != "user:"+d.ada.ID || !n.At.Equal(d.clock.Now()) {
			t.Errorf("%d: %.80q by %s, %s at %s", i, n.Text, n.By, n.ByID, n.At)
		}
	}
	if is := d.now(); is.Version != r.Version {
		t.Error("a note made others' forms stale")
	}
	if m, err := d.Mark(ctx, r.ID); err != nil || m != (store.Mark{Version: r.Version, Remarks: 3}) {
		t.Errorf("%+v, %v", m, err)
	}
	d.wants(store.ErrRemarkEmpty, func() error { return d.AddRemark(ctx, by(d.ada), r.ID, " \r\n\t\u202e ") })
	d.wants(store.ErrRemarkLong, func() error { return d.AddRemark(ctx, by(d.ada), r.ID, strings.Repeat("x", store.MaxRemark+1)) })
	d.wants(store.ErrNotFound, func() error { return d.AddRemark(ctx, by(d.ada), "nothing", "a note") })
	db := raw(t, d.dir)
	nowhere(t, d.dir, "ada@example.org", map[string]string{"a note": "canary-of-a-note"})
	run(t, db, `UPDATE notes SET id = 'moved' WHERE id = ?`, list[0].ID)
	if _, err := d.Remarks(ctx, r.ID); err == nil {
		t.Error("a note opens in another's place")
	}
}

func TestWithoutItsEntryNothingHappensAndNothingIsSeen(t *testing.T) {
	d := newTeam(t)
	r := d.now()
	run(t, raw(t, d.dir), `CREATE TRIGGER no_entries BEFORE INSERT ON audit_entries BEGIN SELECT raise(ABORT, 'no entries'); END`)
	for name, call := range map[string]func() error{
		"Assign":         func() error { return d.Assign(ctx, by(d.ada), r.ID, r.Version, d.bo.ID) },
		"AskReview":      func() error { return d.AskReview(ctx, by(d.ada), r.ID, r.Version, d.bo.ID) },
		"AddRemark":      func() error { return d.AddRemark(ctx, by(d.ada), r.ID, "a note") },
		"RecordOpened":   func() error { return d.RecordOpened(ctx, by(d.ada), r) },
		"RecordSearched": func() error { return d.RecordSearched(ctx, by(d.ada), "canary", 1) },
	} {
		before := dump(t, raw(t, d.dir))
		for range 2 { // what failed once does not count as written
			if err := call(); err == nil {
				t.Errorf("%s does without an entry", name)
			}
		}
		if dump(t, raw(t, d.dir)) != before {
			t.Errorf("%s changed something", name)
		}
	}
}
