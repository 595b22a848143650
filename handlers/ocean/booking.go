package ocean

import (
	"strconv"
	"time"

	"breakwater/store"
)

// latestTask returns the Task that tells where a referral stands.
func (b *bundle) latestTask(r *referral) node {
	return b.newest(r.tasks, func(t node) time.Time {
		return firstTime(t, "lastModified", "authoredOn")
	})
}

// task reads the Task that tells where a referral stands; nil when there is none.
func (b *bundle) task(r *referral) *store.Task {
	t := b.latestTask(r)
	if !t.ok() {
		return nil
	}
	return &store.Task{
		Status:   t.str("status"),
		Code:     code(t.obj("code")),
		Reason:   readable(t.obj("statusReason")),
		Modified: firstTime(t, "lastModified", "authoredOn"),
	}
}

// newest returns the resource to believe among those that a message has accumulated: one in focus
// before all others, then the one with the latest time, then the last in the bundle.
func (b *bundle) newest(entries []int, at func(node) time.Time) node {
	var best node
	var bestAt time.Time
	bestFocused := false
	for _, i := range entries {
		n, focused := b.entries[i].resource, b.focused(i)
		t := at(n)
		if best.ok() && (bestFocused && !focused || bestFocused == focused && t.Before(bestAt)) {
			continue
		}
		best, bestAt, bestFocused = n, t, focused
	}
	return best
}

// latestAppointment returns the Appointment that tells a referral's booking.
func (b *bundle) latestAppointment(r *referral) node {
	return b.newest(r.appointments, func(a node) time.Time {
		if t := a.time("created"); !t.IsZero() {
			return t
		}
		return a.obj("meta").time("lastUpdated")
	})
}

// appointment reads the Appointment that tells a referral's booking; nil when there is none.
func (b *bundle) appointment(r *referral) *store.Appointment {
	a := b.latestAppointment(r)
	if !a.ok() {
		return nil
	}
	start, end := a.time("start"), a.time("end")
	if minutes, err := strconv.ParseUint(a.str("minutesDuration"), 10, 16); err == nil && end.IsZero() && !start.IsZero() {
		end = bounded(start.Add(time.Duration(minutes) * time.Minute))
	}
	return &store.Appointment{
		Status:      a.str("status"),
		Start:       start,
		End:         end,
		Confirmed:   b.confirmed(a),
		Type:        readable(a.obj("appointmentType")),
		Instruction: a.text("patientInstruction"),
		Created:     a.time("created"),
	}
}

// confirmed reports whether the patient accepted an Appointment: a participant that is, or names, a
// Patient has the status accepted. Where no participant can be told to be the patient, those count
// that are not known to be somebody else: an actor left out, or one that leads nowhere and tells no
// type, may be the patient; a practitioner, a location or an organization is not.
func (b *bundle) confirmed(a node) bool {
	patients, patientAccepted, otherAccepted := false, false, false
	for p := range a.list("participant") {
		accepted := p.str("status") == "accepted"
		switch b.refType(p.get("actor")) {
		case "Patient":
			patients = true
			patientAccepted = patientAccepted || accepted
		case "":
			otherAccepted = otherAccepted || accepted
		}
	}
	if patients {
		return patientAccepted
	}
	return otherAccepted
}
