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
