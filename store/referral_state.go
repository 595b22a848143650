package store

import (
	"cmp"
	"slices"
	"time"
)

// decision is what the parties decided about a referral, apart from its booking.
type decision int

// Later ones are further along; a message resent "as new" only ever moves a referral forward.
const (
	undecided decision = iota
	accepted
	declined
	completed
	cancelled
)

func (d decision) closed() bool { return d >= declined }

// tale is a referral while its messages are told, one after the other.
type tale struct {
	Referral
	decision decision
	void     time.Time // start of the booking that a closing ended; its repeats are old news
	awaiting bool      // the clinic asked the referrer something and has no answer yet
	received bool      // some message was destined to this clinic
	last     *bool     // whether the newest message that says so was
	spoken   time.Time // when somebody last spoke
	own      bool      // what is told now is the clinic's own update
	settled  time.Time // when it was last decided or booked, where Ocean says so

	documents      gathered[string, Document]
	communications gathered[Communication, Communication]
	links          gathered[Link, Link]
}

// tell returns the referral that the messages make, by the rules of Ocean's folders: the state is
// read from the resources of every message, whatever its event. It sorts the messages.
func tell(messages []heard) Referral {
	inOrder(messages)
	var t tale
	for i, m := range messages {
		t.hearing(m, i > 0)
		if m.own {
			continue // the outbox tells of it
		}
		t.SentAt = m.SentAt
		if t.ReceivedAt.IsZero() || m.receivedAt.Before(t.ReceivedAt) {
			t.ReceivedAt = m.receivedAt
		}
		if m.receivedAt.After(t.UpdatedAt) {
			t.UpdatedAt = m.receivedAt
		}
	}
	t.Documents, t.Links, t.Communications = t.documents.list, t.links.list, t.communications.list
	slices.SortStableFunc(t.Communications, func(a, b Communication) int { return a.SentAt.Compare(b.SentAt) })
	return t.Referral
}

// hearing takes over all that one message says. Known says that it is not the first.
func (t *tale) hearing(m heard, known bool) {
	t.own = m.own
	t.parts(m.Update)
	t.direct(m.ours)
	t.decide(m.Update, known)
	t.process(m.Task)
	t.hear(m.Update)
	t.Folder = t.folder()
}

// parts takes over what the message carries. Absence never means removal.
func (t *tale) parts(u Update) {
	t.Ref, t.Test = cmp.Or(u.Ref, t.Ref), t.Test || u.Test
	take(&t.Patient, u.Patient)
	take(&t.Request, u.Request)
	take(&t.Referrer, u.Referrer)
	take(&t.Recipient, u.Recipient)
	if len(u.Questionnaires) > 0 {
		t.Questionnaires = u.Questionnaires
	}
	for _, d := range u.Documents {
		t.documents.put(d.known(), d)
	}
	for _, l := range u.Links {
		t.links.put(l, l)
	}
}

// process takes over the Task. One without a code keeps the code: an eConsult stays one.
func (t *tale) process(task *Task) {
	if task != nil {
		code := cmp.Or(task.Code, t.Task.Code)
		t.Task = *task
		t.Task.Code = code
	}
}

// repeats reports whether a message's Task is the one known already: Ocean repeats all that has
// gathered in every message, and what is repeated decides nothing anew.
func (t *tale) repeats(task *Task) bool {
	return task.Status == t.Task.Status && task.Reason == t.Task.Reason && task.Modified.Equal(t.Task.Modified)
}

// hear adds to the conversation. Whoever spoke last decides who waits for an answer; what was said
// earlier and only comes now does not.
func (t *tale) hear(u Update) {
	for _, c := range u.Communications {
		if !t.communications.put(c.known(), c) {
			continue
		}
		said := c.SentAt
		if said.IsZero() {
			said = u.SentAt
		}
		if !said.Before(t.spoken) {
			// What was asked before a decision waits no more, though it be heard of only now.
			t.spoken, t.awaiting = said, c.FromReceiver && !said.Before(t.settled)
		}
	}
}

func take[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (t *tale) direct(ours *bool) {
	if ours != nil {
		t.received, t.last = t.received || *ours, ours
	}
	switch {
	case t.received:
		t.Direction = DirectionReceived
	case t.last != nil:
		t.Direction = DirectionSent
	default:
		t.Direction = DirectionUnknown
	}
}

// decide moves the referral on. A new referral that is known already was resent "as new" and
// never moves it back.
func (t *tale) decide(u Update, known bool) {
	resent := known && u.Event == "add-service-request"
	next := t.next(u)
	if resent {
		next = max(next, t.decision)
	}
	if t.decision.closed() && !next.closed() {
		if !t.Appointment.Start.IsZero() {
			t.void = t.Appointment.Start
		}
		t.Appointment = Appointment{}
	}
	if next != t.decision {
		t.settle(u.Task != nil, func() time.Time { return u.Task.Modified })
	}
	t.decision = next
	if a := u.Appointment; a != nil {
		t.book(*a, resent)
	}
}

// book takes over a booking, or that it was removed. One that a closing ended does not come back
// because later messages repeat it.
func (t *tale) book(a Appointment, resent bool) {
	a = a.settled()
	removed := a.Start.IsZero()
	if removed && resent || !removed && a.Start.Equal(t.void) {
		return
	}
	// One that was removed was there before, though that was never heard.
	unheard := removed && (t.Appointment.Status == "" || a.Created.After(t.Appointment.Created))
	if unheard || !a.Start.Equal(t.Appointment.Start) {
		t.settle(true, func() time.Time { return a.Created })
	}
	t.Appointment = a
	if !removed {
		t.void = time.Time{}
	}
}

// settle notes that nobody waits for an answer, and since when by Ocean's clock. This machine's may
// differ, so what the clinic told counts when it comes back.
func (t *tale) settle(known bool, at func() time.Time) {
	t.awaiting = false
	if known && !t.own && at().After(t.settled) {
		t.settled = at()
	}
}

// settled is an appointment without the time of a visit that will not be.
func (a Appointment) settled() Appointment {
	switch a.Status {
	case "cancelled", "noshow", "entered-in-error":
		a.Start, a.End = time.Time{}, time.Time{}
	}
	return a
}

// next reads the decision from the message's resources (Ontario eReferral IG v0.11.1, Task).
// Only "accepted" reopens a closed referral; what is repeated in later messages does not.
func (t *tale) next(u Update) decision {
	status := ""
	if u.Task != nil && !t.repeats(u.Task) {
		status = u.Task.Status
	}
	switch {
	case u.Revoked:
		return cancelled
	case status == "rejected" || status == "cancelled":
		return declined
	case status == "completed":
		return completed
	case status == "accepted":
		return accepted
	case t.decision.closed():
		return t.decision
	case status == "in-progress" || status == "on-hold" || status == "ready":
		return accepted
	case status == "requested" || status == "received":
		return undecided
	}
	return t.decision
}

// folder is where the portal would show the referral.
func (t *tale) folder() Folder {
	sent := t.Direction == DirectionSent
	switch {
	case t.received && t.last != nil && !*t.last:
		return FolderForwarded
	case t.decision == cancelled:
		return FolderCancelled
	case t.decision == completed:
		return FolderCompleted
	case t.decision == declined:
		return FolderDeclined
	case !t.Appointment.Start.IsZero() && t.Appointment.Confirmed:
		return FolderBookedConfirmed
	case !t.Appointment.Start.IsZero():
		return FolderBookedUnconfirmed
	case sent && (t.awaiting || t.decision == undecided && !t.unbooked()):
		return FolderAwaitingResponse
	case t.awaiting:
		return FolderAwaitingReply
	case t.decision == accepted || t.unbooked():
		return FolderPendingBooking
	}
	return FolderNew
}

// unbooked says that there was a booking and that it was removed.
func (t *tale) unbooked() bool { return t.Appointment.Start.IsZero() && t.Appointment.Status != "" }
