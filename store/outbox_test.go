package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/google/uuid"
)

// newWorkspace is a desk whose site is the one that messages are sent to.
func newWorkspace(t *testing.T) *desk {
	d := newDesk(t)
	site := "4321"
	d.must(d.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{SiteNumber: &site}))
	return d
}

// hear receives a message about r1 at its own time, with what it says.
func (d *desk) hear(change func(*store.Update)) {
	d.t.Helper()
	d.sent++
	_, err := d.Receive(ctx, message(fmt.Sprint("h", d.sent), "r1", func(m *store.Message) {
		u := &m.Updates[0]
		u.SentAt, u.Event, u.HeaderID = d.clock.Now(), "notify-update-service-request", m.HeaderID
		change(u)
	}))
	d.must(err)
}

func decided(s, reason string) func(*store.Update) {
	return func(u *store.Update) { u.Task = &store.Task{Status: s, Reason: reason} }
}

// say makes an update of the clinic's.
func say(change func(*store.Update)) store.Outgoing {
	out := store.Outgoing{ID: uuid.NewString(), Bundle: []byte(`{"bundle":true}`), Update: store.Update{Ref: "r1"}}
	change(&out.Update)
	switch {
	case out.Update.Task != nil:
		out.Kind = store.OutStatus
	case out.Update.Appointment != nil:
		out.Kind = store.OutAppointment
	default:
		out.Kind = store.OutMessage
	}
	return out
}

// tell tells Ocean, as somebody who sees the referral as it is now, and returns the update's id.
func (d *desk) tell(change func(*store.Update)) string {
	d.t.Helper()
	r, _ := d.referral("r1")
	out := say(change)
	d.must(d.Tell(ctx, storetest.Admin, r.ID, r.Version, out))
	return out.ID
}

// stands fails the test unless the referral stands in those folders, here and by Ocean's word.
func (d *desk) stands(here, ocean store.Folder) *store.Referral {
	d.t.Helper()
	r, _ := d.referral("r1")
	if r.Folder != here || r.OceanFolder != ocean {
		d.t.Errorf("it stands in %s, by Ocean's word in %s; want %s and %s", r.Folder, r.OceanFolder, here, ocean)
	}
	rows, _, err := d.Referrals(ctx, store.ReferralFilter{}, 10)
	d.must(err)
	if rows[0].Folder != here {
		d.t.Errorf("the list says %s", rows[0].Folder)
	}
	return r
}

// outbox fails the test unless the counters say so, and the updates are in these states.
func (d *desk) outbox(pending, failed int64, states ...store.OutState) {
	d.t.Helper()
	st, err := d.Status(ctx)
	d.must(err)
	if st.OutboxPending != pending || st.OutboxFailed != failed || st.NeedsAttention != failed {
		d.t.Errorf("%d wait, %d failed, %d need a person; want %d and %d", st.OutboxPending, st.OutboxFailed, st.NeedsAttention, pending, failed)
	}
	r, _ := d.referral("r1")
	var got []store.OutState
	for _, o := range r.Outbox {
		got = append(got, o.State)
	}
	if fmt.Sprint(got) != fmt.Sprint(states) {
		d.t.Errorf("updates are %v, want %v", got, states)
	}
}

func TestWhatTheClinicDecidesCountsAtOnceAndIsConfirmed(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	d.clock.Turn(time.Minute)
	id := d.tell(decided("accepted", ""))
	d.stands(store.FolderPendingBooking, store.FolderNew)
	d.outbox(1, 0, store.OutWaiting)

	due, err := d.DueOutbox(ctx, 10)
	d.must(err)
	if len(due) != 1 || due[0].ID != id || string(due[0].Bundle) != `{"bundle":true}` {
		t.Fatalf("due: %+v", due)
	}
	d.must(d.OutboxSent(ctx, id))
	d.must(d.OutboxSent(ctx, id)) // told twice
	d.outbox(0, 0, store.OutSent)
	d.stands(store.FolderPendingBooking, store.FolderNew)

	d.clock.Turn(time.Second)
	d.hear(decided("accepted", "")) // Ocean's echo
	r := d.stands(store.FolderPendingBooking, store.FolderPendingBooking)
	d.outbox(0, 0, store.OutConfirmed)
	if r.NeedsReview {
		t.Error("the echo of our own decision asks for a review")
	}
	d.clock.Turn(time.Minute)
	d.hear(func(u *store.Update) {
		u.Communications = []store.Communication{{ID: "c", Text: "Could you call her?", SentAt: d.clock.Now()}}
	})
	if r, _ := d.referral("r1"); !r.NeedsReview {
		t.Error("a message of the referrer's asks for no review")
	}
}

func TestRefusedUpdatesDoNotCount(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	first := d.tell(decided("rejected", "full"))
	second := d.tell(decided("completed", ""))
	d.stands(store.FolderCompleted, store.FolderNew)
	d.must(d.RefuseOutbox(ctx, first, store.FaultContent, "CANARY: the status is not allowed"))
	d.outbox(1, 1, store.OutRefused, store.OutWaiting)
	if due, err := d.DueOutbox(ctx, 10); err != nil || len(due) != 0 {
		t.Errorf("what was decided later overtakes what was refused: %v, %v", due, err)
	}
	r, _ := d.referral("r1")
	if r.Outbox[0].Said != "CANARY: the status is not allowed" || r.Outbox[0].Fault != store.FaultContent {
		t.Errorf("%+v", r.Outbox[0])
	}
	failed, err := d.FailedUpdates(ctx, 10)
	if err != nil || len(failed) != 1 || failed[0].ReferralID != r.ID || failed[0].Said == "" {
		t.Errorf("%+v, %v", failed, err)
	}
	viewer := store.UserActor(storetest.AddUser(t, d.Store, "view@example.org", store.ViewReferrals), "192.0.2.1")
	if err := errors.Join(d.RetryOutbox(ctx, viewer, r.ID, first)); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without Manage Referrals: %v", err)
	}
	d.must(d.RetryOutbox(ctx, storetest.Admin, r.ID, first))
	d.must(d.RetryOutbox(ctx, storetest.Admin, r.ID, first)) // pressed twice
	d.outbox(2, 0, store.OutWaiting, store.OutWaiting)
	d.must(d.RefuseOutbox(ctx, first, store.FaultContent, ""))
	d.must(d.DropOutbox(ctx, storetest.Admin, r.ID, first))
	d.outbox(1, 0, store.OutDropped, store.OutWaiting)
	d.must(d.OutboxSent(ctx, second))
	d.outbox(0, 0, store.OutDropped, store.OutSent)
}

func TestOceansLaterWordCounts(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	d.clock.Turn(time.Minute)
	id := d.tell(decided("accepted", ""))
	d.must(d.OutboxSent(ctx, id))
	d.clock.Turn(time.Minute)
	d.hear(func(u *store.Update) { u.Revoked = true }) // meanwhile the sender cancelled it
	r := d.stands(store.FolderCancelled, store.FolderCancelled)
	if !r.NeedsReview {
		t.Error("nobody need look at the cancellation")
	}
}

// TestClocksOfBothSides: what is decided here counts even if this machine's clock is behind.
func TestClocksOfBothSides(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(u *store.Update) {
		u.SentAt = d.clock.Now().Add(3 * time.Hour)
		u.Task = &store.Task{Status: "requested"}
	})
	d.tell(decided("accepted", ""))
	d.stands(store.FolderPendingBooking, store.FolderNew)
}

func TestWhoMayTellWhat(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	r, _ := d.referral("r1")
	out := say(decided("accepted", ""))
	viewer := store.UserActor(storetest.AddUser(t, d.Store, "view@example.org", store.ViewReferrals), "192.0.2.1")
	if err := d.Tell(ctx, viewer, r.ID, r.Version, out); !errors.Is(err, store.ErrForbidden) {
		t.Errorf("without Manage Referrals: %v", err)
	}
	if err := d.Tell(ctx, storetest.Admin, "nothing", r.Version, out); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such referral: %v", err)
	}
	if err := d.Tell(ctx, storetest.Admin, r.ID, r.Version-1, out); !errors.Is(err, store.ErrStale) {
		t.Errorf("an older version: %v", err)
	}
	d.must(d.Tell(ctx, storetest.Admin, r.ID, r.Version, out))
	if err := d.Tell(ctx, storetest.Admin, r.ID, r.Version, say(decided("accepted", ""))); !errors.Is(err, store.ErrStale) {
		t.Errorf("pressed twice: %v", err)
	}
	d.outbox(1, 0, store.OutWaiting)

	d.hear(func(u *store.Update) { u.ReceiverSite = "9999" }) // forwarded
	r, _ = d.referral("r1")
	if err := d.Tell(ctx, storetest.Admin, r.ID, r.Version, say(decided("rejected", "x"))); !errors.Is(err, store.ErrNotTarget) {
		t.Errorf("a forwarded referral: %v", err)
	}
}

func TestUpdatesThatCannotBeSent(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	id := d.tell(decided("accepted", ""))
	start := d.clock.Now()
	for tries := 1; ; tries++ {
		d.must(d.PostponeOutbox(ctx, id, store.FaultConnect, 0))
		next, err := d.NextOutbox(ctx)
		d.must(err)
		if next.IsZero() {
			break
		}
		if tries == 2 && next.Sub(start) > 10*time.Second {
			t.Errorf("the first two tries again come after %s", next.Sub(start))
		}
		d.clock.Turn(next.Sub(d.clock.Now()))
	}
	if took := d.clock.Now().Sub(start); took < 96*time.Hour || took > 98*time.Hour {
		t.Errorf("given up after %s", took)
	}
	d.outbox(0, 1, store.OutRefused)
	d.stands(store.FolderNew, store.FolderNew)
}

func TestBookings(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	start := d.clock.Now().Add(100 * time.Hour)
	book := func(start time.Time, confirmed bool) func(*store.Update) {
		return func(u *store.Update) {
			state := "booked"
			if start.IsZero() {
				state = "proposed"
			}
			u.Appointment = &store.Appointment{Status: state, Start: start, Confirmed: confirmed}
		}
	}
	for _, step := range []struct {
		name   string
		change func(*store.Update)
		folder store.Folder
	}{
		{"booked", book(start, false), store.FolderBookedUnconfirmed},
		{"confirmed", book(start, true), store.FolderBookedConfirmed},
		{"moved", book(start.Add(24*time.Hour), false), store.FolderBookedUnconfirmed},
		{"removed", book(time.Time{}, false), store.FolderPendingBooking},
		{"completed", decided("completed", ""), store.FolderCompleted},
		{"reopened", decided("accepted", ""), store.FolderPendingBooking},
		{"asked", func(u *store.Update) {
			u.Communications = []store.Communication{{ID: uuid.NewString(), Text: "Which side?", FromReceiver: true, SentAt: d.clock.Now()}}
		}, store.FolderAwaitingReply},
	} {
		before, _ := d.referral("r1")
		id := d.tell(step.change)
		d.stands(step.folder, before.Folder)
		d.must(d.OutboxSent(ctx, id))
		d.clock.Turn(time.Minute)
		d.hear(step.change)
		if r := d.stands(step.folder, step.folder); r.NeedsReview {
			t.Errorf("%s: the echo asks for a review", step.name)
		}
		r, _ := d.referral("r1")
		if last := r.Outbox[len(r.Outbox)-1]; last.State != store.OutConfirmed {
			t.Errorf("%s: %s", step.name, last.State)
		}
		d.clock.Turn(time.Minute)
	}
}
