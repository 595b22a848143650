package oceantest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Action is something that happens in Ocean and makes it send a message.
type Action string

const (
	ActNew       Action = "new"       // an invented person is referred to the clinic
	ActUpdate    Action = "update"    // the referrer changes details and adds a document
	ActCancel    Action = "cancel"    // the referrer revokes it
	ActMessage   Action = "message"   // the other side writes
	ActBook      Action = "book"      // somebody books in the portal
	ActConfirm   Action = "confirm"   // the patient confirms the booking
	ActForward   Action = "forward"   // somebody forwards it to another site
	ActSentCopy  Action = "sent-copy" // the clinic itself referred somebody elsewhere
	ActDuplicate Action = "duplicate" // the last message about it, once more
	ActLate      Action = "late"      // an older message arrives after a newer one
	ActBurst     Action = "burst"     // 200 new referrals
	ActEConsult  Action = "econsult"  // a new eConsult
	ActHostile   Action = "hostile"   // a new referral full of traps
)

const burst = 200

// The reasons why an action does not happen.
var (
	ErrNoReferral    = errors.New("the simulated Ocean knows no such referral")
	ErrElsewhere     = errors.New("the referral is not at this clinic now")
	ErrUnknownAction = errors.New("no such action")
)

// actions holds what happens to one referral. Each changes the next message about it.
var actions = map[Action]func(*Ocean, *referral, *Message) error{
	ActUpdate: (*Ocean).update, ActCancel: cancel, ActMessage: message,
	ActBook: book, ActConfirm: confirm, ActForward: forward,
}

// Do lets something happen to a referral, "" being the newest, and delivers at once what that makes
// Ocean send. Of a burst it returns the last delivery. The errors are [ErrNoReferral],
// [ErrElsewhere] and [ErrUnknownAction].
func (o *Ocean) Do(ctx context.Context, a Action, ref string) (Delivery, error) {
	o.mu.Lock()
	d, err := o.act(a, ref)
	o.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("%s: %w", a, err)
	}
	o.Deliver(ctx)
	return o.delivery(d), nil
}

func (o *Ocean) act(a Action, ref string) (*delivery, error) {
	if m, ok := o.fresh(a); ok {
		return o.send(m), nil
	}
	if a == ActBurst {
		for range burst - 1 {
			o.send(o.invent())
		}
		return o.send(o.invent()), nil
	}
	change, ok := actions[a]
	if !ok && a != ActDuplicate && a != ActLate {
		return nil, ErrUnknownAction
	}
	r := o.referrals[ref]
	if ref == "" && len(o.order) > 0 {
		r = o.order[len(o.order)-1]
	}
	switch {
	case r == nil:
		return nil, ErrNoReferral
	case a == ActDuplicate:
		return o.enqueue(r.last, r.body), nil
	case a == ActLate:
		return o.send(r.late()), nil
	}
	m := o.next(r, eventUpdate)
	if err := change(o, r, &m); err != nil {
		return nil, err
	}
	return o.send(m), nil
}

// fresh returns the first message of a new referral, for the actions that make one.
func (o *Ocean) fresh(a Action) (m Message, ok bool) {
	switch a {
	case ActNew:
		return o.invent(), true
	case ActSentCopy:
		m = o.invent()
		m.SiteNumber, m.Destination, m.Listing = elsewhereSite, elsewhereName, "lakeshore_example2002"
		return m, true
	case ActEConsult:
		m = o.invent()
		m.Task = &Task{Status: "requested", Code: "process-request-consult", Modified: m.SentAt}
		return m, true
	case ActHostile:
		return o.hostile(), true
	}
	return m, false
}

func (o *Ocean) update(_ *referral, m *Message) error {
	at := m.SentAt.Format("15:04:05")
	m.Priority = "urgent"
	m.Patient.Phone = fmt.Sprintf("416-555-0%03d", 200+m.SentAt.Second())
	m.NoteHTML += "<br><b>Added at " + at + ":</b> worse than before."
	n := len(m.Documents)
	m.Documents = append(m.Documents[:n:n], o.document(m.Ref, 100+n, PDF, "Addendum "+at+".pdf", "application/pdf"))
	return nil
}

func cancel(_ *Ocean, _ *referral, m *Message) error {
	m.Event, m.Status = eventRevoke, "revoked"
	return nil
}

// message is the referrer's; about a copy of what the clinic sent, it is the receiver's.
func message(_ *Ocean, r *referral, m *Message) error {
	c := Communication{ID: uuid.NewString(), Sent: m.SentAt, FromReceiver: !r.received,
		Text: "Could the patient be seen before the end of the month? Merci d’avance."}
	if m.Event = eventFromRequester; c.FromReceiver {
		m.Event, c.Text = "send-communication-from-provider", "We have the referral and will call the patient."
	}
	m.say(c)
	return nil
}

func book(_ *Ocean, r *referral, m *Message) error {
	day := m.SentAt.AddDate(0, 0, 10)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	start := time.Date(day.Year(), day.Month(), day.Day(), 10, 30, 0, 0, day.Location())
	m.decide("accepted", "", "", m.SentAt)
	m.book(Appointment{Start: start, Minutes: 45, Type: "First visit", Instruction: "Bring your health card and a list of your medications."}, m.SentAt)
	return nil
}

func confirm(o *Ocean, r *referral, m *Message) error {
	if m.Appointment == nil || m.Appointment.Start.IsZero() {
		if err := book(o, r, m); err != nil {
			return err
		}
	}
	a := *m.Appointment
	a.Confirmed = true
	m.book(a, m.SentAt)
	return nil
}

// forward sends the referral to another site, where a new one takes its place.
func forward(_ *Ocean, r *referral, m *Message) error {
	if !r.here {
		return ErrElsewhere
	}
	m.SiteNumber, m.Destination, m.Listing = elsewhereSite, elsewhereName, "lakeshore_example2002"
	m.Others = []Request{{Ref: resourceID(m.Ref, "forwarded"), Replaces: m.Ref}}
	return nil
}

// late returns a message from before the last one, which tells of how the referral stood then.
func (r *referral) late() Message {
	m := r.before
	m.Event, m.HeaderID = eventUpdate, uuid.NewString()
	m.SentAt = r.now.SentAt.Add(-time.Second)
	m.NoteHTML += "<br>This message is older than the last one."
	return m
}

// Resend sends referrals again from their present state, as Menu > Admin > Integrations > Bulk
// Actions does after an outage: as new, or as updated. No references mean all. It returns how many
// messages were queued.
func (o *Ocean) Resend(ctx context.Context, refs []string, asNew bool) int {
	o.mu.Lock()
	if len(refs) == 0 {
		for _, r := range o.order {
			refs = append(refs, r.now.Ref)
		}
	}
	event := eventUpdate
	if asNew {
		event = eventAdd
	}
	n := 0
	for _, ref := range refs[:min(len(refs), maxBulk)] {
		if r, ok := o.referrals[cmp.Or(ref, None)]; ok {
			o.send(o.next(r, event))
			n++
		}
	}
	o.mu.Unlock()
	o.Deliver(ctx)
	return n
}

// maxBulk is how many references Ocean's bulk tool takes at once.
const maxBulk = 1000
