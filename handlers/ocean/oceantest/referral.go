package oceantest

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// The events that the simulator sends or understands.
const (
	eventAdd           = "add-service-request"
	eventUpdate        = "notify-update-service-request"
	eventRevoke        = "revoke-service-request"
	eventFromRequester = "send-communication-from-requester"
)

// Referral is what the simulator knows of one referral.
type Referral struct {
	Ref, Patient, Service, Priority string
	Receiver                        string // site number of the present Target
	ReceiverName                    string
	Copy                            bool   // the clinic sent it, and gets a copy
	State                           string // the folder in which it stands, in the portal's words
	TaskStatus, TaskCode            string // "" before any decision
	Communications                  []Communication
	Appointment                     *Appointment
}

// referral is a referral as it stands: now holds everything accumulated so far.
type referral struct {
	now      Message
	before   Message // as it stood before the last change
	received bool    // the clinic was its Target once
	here     bool    // the clinic is its Target
	body     []byte  // of the last message
	last     Delivery
}

// Referrals returns the referrals that it has sent messages about, the oldest first.
func (o *Ocean) Referrals() []Referral {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]Referral, len(o.order))
	for i, r := range o.order {
		all[i] = r.public()
	}
	return all
}

func (r *referral) public() Referral {
	m := r.now
	p := Referral{Ref: m.Ref, Patient: m.Patient.Given + " " + m.Patient.Family, Priority: m.Priority,
		Service: m.Specialty, Receiver: m.SiteNumber, ReceiverName: m.Destination, Copy: !r.received,
		State: r.state(), Communications: slices.Clone(m.Communications)}
	if m.Task != nil {
		p.TaskStatus, p.TaskCode = m.Task.Status, cmp.Or(m.Task.Code, processRequest)
	}
	if m.Appointment != nil {
		a := *m.Appointment
		p.Appointment = &a
	}
	return p
}

// state returns the folder by what the referral holds, in the portal's words.
func (r *referral) state() string {
	m, status := r.now, ""
	if m.Task != nil {
		status = m.Task.Status
	}
	switch {
	case m.Status == "revoked":
		return "Cancelled"
	case r.received && !r.here:
		return "Forwarded"
	case status == "rejected" || status == "cancelled":
		return "Declined"
	case status == "completed":
		return "Completed"
	case m.Appointment != nil && !m.Appointment.Start.IsZero() && m.Appointment.Confirmed:
		return "Booked Confirmed"
	case m.Appointment != nil && !m.Appointment.Start.IsZero():
		return "Booked Unconfirmed"
	case !r.received:
		return "Awaiting Response"
	case status == "" || status == "requested" || status == "received":
		return "New"
	}
	return "Pending Booking"
}

// send queues a message as it is, fills in what it leaves open, and notes how its referral stands
// now. The caller holds the lock, as for everything below.
func (o *Ocean) send(m Message) *delivery {
	m.TestData = true
	m.Host, m.SiteNumber = cmp.Or(m.Host, o.opts.Self), cmp.Or(m.SiteNumber, o.opts.SiteNumber)
	m.Listing = cmp.Or(m.Listing, o.opts.Listing)
	if m.SentAt.IsZero() {
		m.SentAt = o.stamp()
	}
	if m.SentAt.After(o.last) {
		o.last = m.SentAt
	}
	m = m.withDefaults()
	r := o.note(m)
	r.body = m.JSON()
	r.last = Delivery{MessageID: m.HeaderID, Ref: m.Ref, Event: m.Event, SentAt: m.SentAt}
	return o.enqueue(r.last, r.body)
}

// note remembers what a message says of its referral, and what earlier ones said and it does not.
func (o *Ocean) note(m Message) *referral {
	r, known := o.referrals[m.Ref]
	if !known {
		r = &referral{now: m, before: m}
		o.referrals[m.Ref] = r
		o.order = append(o.order, r)
	}
	r.received = r.received || m.SiteNumber == o.opts.SiteNumber
	if !known {
		r.here = r.received
	}
	if !known || m.SentAt.Before(r.now.SentAt) {
		return r
	}
	if m.Task == nil {
		m.Task = r.now.Task
	}
	if m.Appointment == nil {
		m.Appointment = r.now.Appointment
	}
	if len(m.Communications) < len(r.now.Communications) {
		m.Communications = r.now.Communications
	}
	r.before, r.now, r.here = r.now, m, m.SiteNumber == o.opts.SiteNumber
	return r
}

// next returns a new message about a referral, with everything accumulated. Whoever changes one of
// its lists makes a copy of it: earlier messages share them.
func (o *Ocean) next(r *referral, event string) Message {
	m := r.now
	m.Event, m.HeaderID, m.SentAt = event, uuid.NewString(), o.stamp()
	return m
}

// say adds a communication to a message, in place of one with the same id.
func (m *Message) say(c Communication) {
	m.Communications = slices.Clone(m.Communications)
	for i, said := range m.Communications {
		if said.ID == c.ID {
			m.Communications[i] = c
			return
		}
	}
	m.Communications = append(m.Communications, c)
}

// decide gives a message a Task. Its code stays what it was unless another is given.
func (m *Message) decide(status, code, reason string, at time.Time) {
	if m.Task != nil {
		code = cmp.Or(code, m.Task.Code)
	}
	m.Task = &Task{Status: status, Code: code, Reason: reason, Modified: at}
}

// book gives a message an appointment.
func (m *Message) book(a Appointment, at time.Time) {
	a.Created = at
	m.Appointment = &a
}
