package store_test

import (
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func revoked(u *store.Update) { u.Revoked = true }

// TestACancellationShowsAtOnce: the sender cancels while updates of ours still wait. It shows at once,
// nothing goes to Ocean that was decided without knowing, and a person says what becomes of it.
func TestACancellationShowsAtOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		told []func(*store.Update)
	}{
		{"accepted", []func(*store.Update){decided("accepted", "")}},
		{"declined", []func(*store.Update){decided("rejected", "full")}},
		{"completed", []func(*store.Update){decided("completed", "")}},
		{"booked", []func(*store.Update){decided("accepted", ""), func(u *store.Update) {
			u.Appointment = &store.Appointment{Status: "booked", Start: time.Date(2026, 7, 1, 14, 0, 0, 0, time.UTC)}
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newWorkspace(t)
			d.hear(func(*store.Update) {})
			var held []store.OutState
			for _, say := range c.told {
				d.tell(say)
				held = append(held, store.OutRefused)
			}
			d.clock.Turn(time.Minute)
			d.hear(revoked)
			r := d.stands(store.FolderCancelled, store.FolderCancelled)
			d.outbox(0, int64(len(held)), held...)
			if !r.NeedsReview || r.Outbox[0].Fault != store.FaultCancelled {
				t.Errorf("needs review: %v, %+v", r.NeedsReview, r.Outbox[0])
			}
			last := r.History[len(r.History)-1]
			if last.Changes[0].Kind != store.ChangeCancelled || last.Folder != store.FolderCancelled {
				t.Errorf("the history ends with %+v", last)
			}
			if due, err := d.DueOutbox(ctx, 10); err != nil || len(due) != 0 {
				t.Errorf("%v is sent all the same, %v", due, err)
			}
			d.hear(revoked) // Ocean repeats itself
			d.outbox(0, int64(len(held)), held...)
		})
	}
}

func TestWhatIsHeldIsDroppedOrSentAllTheSame(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	first, second := d.tell(decided("accepted", "")), d.tell(decided("completed", ""))
	d.hear(revoked)
	r, _ := d.referral("r1")
	d.must(d.DropOutbox(ctx, storetest.Admin, r.ID, second))
	d.outbox(0, 1, store.OutRefused, store.OutDropped)
	d.must(d.RetryOutbox(ctx, storetest.Admin, r.ID, first))
	d.outbox(1, 0, store.OutWaiting, store.OutDropped)
	d.stands(store.FolderCancelled, store.FolderCancelled) // only Ocean's word opens it again
	d.hear(revoked)
	d.outbox(1, 0, store.OutWaiting, store.OutDropped) // a person has said so
	d.must(d.OutboxSent(ctx, first))
	d.stands(store.FolderCancelled, store.FolderCancelled)
	d.clock.Turn(time.Minute)
	d.hear(decided("accepted", ""))
	d.stands(store.FolderPendingBooking, store.FolderPendingBooking)
	d.outbox(0, 0, store.OutConfirmed, store.OutDropped)
}

// TestWhatWasOnItsWayWhenTheSenderCancelled: Ocean's answer, or its echo, comes when the update is
// held already.
func TestWhatWasOnItsWayWhenTheSenderCancelled(t *testing.T) {
	t.Run("answer", func(t *testing.T) {
		d := newWorkspace(t)
		d.hear(func(*store.Update) {})
		id := d.tell(decided("accepted", ""))
		d.hear(revoked)
		d.must(d.PostponeOutbox(ctx, id, store.FaultConnect, 0)) // it did not arrive: still held
		d.outbox(0, 1, store.OutRefused)
		d.must(d.OutboxSent(ctx, id))
		d.outbox(0, 0, store.OutSent)
		d.stands(store.FolderCancelled, store.FolderCancelled)
	})
	t.Run("echo after a lost answer", func(t *testing.T) {
		d := newWorkspace(t)
		d.hear(func(*store.Update) {})
		before := d.clock.Now()
		id := d.tell(decided("accepted", ""))
		d.clock.Turn(time.Minute)
		d.must(d.PostponeOutbox(ctx, id, store.FaultSlow, 0))
		d.hear(revoked)
		d.outbox(0, 1, store.OutRefused)
		d.hear(func(u *store.Update) { // comes late, from before the cancellation
			u.SentAt = before.Add(time.Second)
			decided("accepted", "")(u)
		})
		d.outbox(0, 0, store.OutConfirmed)
		d.stands(store.FolderCancelled, store.FolderCancelled)
	})
}

// TestACancellationThatIsOldHoldsNothing: it came before the clinic decided anything, or Ocean has
// opened the referral since.
func TestACancellationThatIsOldHoldsNothing(t *testing.T) {
	d := newWorkspace(t)
	d.hear(revoked)
	d.clock.Turn(time.Minute)
	d.hear(decided("accepted", ""))
	d.tell(decided("completed", ""))
	d.stands(store.FolderCompleted, store.FolderPendingBooking)
	d.hear(func(u *store.Update) { // an older message that comes late
		u.SentAt = d.clock.Now().Add(-2 * time.Hour)
		revoked(u)
	})
	d.outbox(1, 0, store.OutWaiting)
	d.stands(store.FolderCompleted, store.FolderPendingBooking)
}

// TestProgressMakesNothingStale: that an update is sent, and comes back as Ocean's echo, is no change
// to anybody who has the referral open. What somebody else says or does is.
func TestProgressMakesNothingStale(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	version := func() int64 {
		r, _ := d.referral("r1")
		return r.Version
	}
	id := d.tell(decided("accepted", ""))
	told := version()
	d.must(d.OutboxSent(ctx, id))
	d.clock.Turn(time.Second)
	d.hear(decided("accepted", ""))
	d.outbox(0, 0, store.OutConfirmed)
	d.hear(func(*store.Update) {}) // Ocean repeats itself
	if v := version(); v != told {
		t.Errorf("version %d, and %d after the echo", told, v)
	}
	r, _ := d.referral("r1")
	d.must(d.Tell(ctx, storetest.Admin, r.ID, told, say(decided("completed", "")))) // by the page of before
	d.clock.Turn(time.Minute)
	for what, change := range map[string]func(*store.Update){
		"a message": func(u *store.Update) {
			u.Communications = []store.Communication{{ID: "c", Text: "When?", SentAt: d.clock.Now()}}
		},
		"another birth date": func(u *store.Update) { u.Patient = &store.Patient{BirthDate: "1951-03-02"} },
		"a cancellation":     revoked,
	} {
		before := version()
		d.hear(change)
		if version() == before {
			t.Errorf("%s makes nothing stale", what)
		}
	}
	before := version()
	d.hear(func(u *store.Update) { // news while a review is due already
		revoked(u)
		u.Communications = []store.Communication{{ID: "c2", Text: "Hello?", SentAt: d.clock.Now()}}
	})
	if version() == before {
		t.Error("what comes after other news makes nothing stale")
	}
}

func TestUpdatesNameWhoToldThem(t *testing.T) {
	d := newWorkspace(t)
	d.hear(func(*store.Update) {})
	id, err := d.AddUser(ctx, storetest.Admin, store.NewUser{Email: "frances@clinic.example", Name: "Frances Okafor", Password: storetest.Password, Roles: []string{store.RoleFrontDesk}})
	d.must(err)
	u, err := d.User(ctx, id)
	d.must(err)
	r, _ := d.referral("r1")
	d.must(d.Tell(ctx, store.UserActor(u, "192.0.2.1"), r.ID, r.Version, say(decided("accepted", ""))))
	if r, _ = d.referral("r1"); r.Outbox[0].By != "Frances Okafor" {
		t.Errorf("told by %q", r.Outbox[0].By)
	}
}
