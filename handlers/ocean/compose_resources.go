package ocean

import (
	"cmp"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"breakwater/store"
)

// fhir is a resource or an element that we write.
type fhir = map[string]any

const (
	processRequest = "process-request"
	// taskCodes is the system of Task.code, as Ocean's own Autorouter writes it.
	taskCodes = "http://terminology.hl7.org/CodeSystem/v3-TaskOutcome"
)

// resource begins a resource of ours. Ocean repeats its id, by which we know it again.
func (c *composer) resource(typ string) fhir {
	r := fhir{"resourceType": typ, "id": uuid.NewString(), "basedOn": []fhir{c.refer(c.about.request)}}
	if security := c.security(); len(security) > 0 {
		r["meta"] = fhir{"security": security}
	}
	return r
}

// keep repeats parts of a resource that a newer one takes the place of.
func (c *composer) keep(r fhir, of node, names ...string) {
	for _, name := range names {
		if part := of.get(name); part.kind() == kindArray || part.kind() == kindObject {
			r[name] = c.bytes(part)
		}
	}
}

// writeTask writes a decision. The Task's code and extensions are kept: an eConsult stays one, and
// a referral accepted as eConsult says so in an extension alone.
func (c *composer) writeTask(t store.Task) (event string, r fhir, told *store.Task) {
	was := c.latestTask(c.about)
	event = EventUpdateProcess
	if !was.ok() {
		event = EventAddProcess
	}
	t.Code = cmp.Or(t.Code, processRequest)
	t.Modified = c.at.UTC()
	r = c.resource("Task")
	r["status"], r["intent"] = t.Status, "order"
	r["lastModified"] = c.instant(c.at)
	c.keep(r, was, "identifier", "extension", "modifierExtension")
	if now := was.obj("code"); code(now) != "" {
		t.Code, r["code"] = code(now), c.bytes(now)
	} else {
		r["code"] = fhir{"coding": []fhir{{"system": taskCodes, "code": t.Code}}}
	}
	if t.Reason != "" {
		r["statusReason"] = fhir{"text": t.Reason}
	}
	if p, ok := c.patientEntry(); ok {
		r["for"] = c.refer(p)
	}
	return event, r, &t
}

// writeAppointment writes a booking, or, without a start, that it is removed.
func (c *composer) writeAppointment(a store.Appointment) (event string, r fhir, told *store.Appointment) {
	was := c.latestAppointment(c.about)
	removed := a.Start.IsZero()
	event = EventAddAppointment
	if was.ok() || removed {
		event = EventUpdateAppointment
	}
	r = c.resource("Appointment")
	a.Created = c.writeTime(r, "created", c.at)
	c.keep(r, was, "identifier")
	a.Status = "proposed"
	participant := fhir{"actor": c.patientReference(), "status": "tentative"}
	r["participant"] = []fhir{participant}
	if a.Confirmed {
		participant["status"] = "accepted"
	}
	if !removed {
		a.Status = "booked"
		a.Start = c.writeTime(r, "start", a.Start)
	}
	if !a.End.IsZero() {
		a.End = c.writeTime(r, "end", a.End)
		if minutes := int(a.End.Sub(a.Start) / time.Minute); minutes > 0 {
			r["minutesDuration"] = minutes
		}
	}
	r["status"] = a.Status
	if a.Type != "" {
		r["appointmentType"] = fhir{"text": a.Type}
	}
	if a.Instruction != "" {
		r["patientInstruction"] = a.Instruction
	}
	return event, r, &a
}

// writeTime writes a time and returns it as it will be read.
func (c *composer) writeTime(r fhir, name string, t time.Time) time.Time {
	r[name] = c.instant(t)
	return t.Truncate(time.Millisecond).UTC()
}

// writeCommunication writes a message of the clinic's.
func (c *composer) writeCommunication(text string, a *Attachment) (fhir, store.Communication) {
	r := c.resource("Communication")
	payload := []fhir{{"contentString": text}}
	if a != nil {
		attached := fhir{"contentType": "application/pdf", "data": base64.StdEncoding.EncodeToString(a.Data)}
		if a.Title != "" {
			attached["title"] = a.Title
		}
		payload = append(payload, fhir{"contentAttachment": attached})
	}
	r["status"], r["payload"] = "completed", payload
	r["sent"] = c.instant(c.at)
	if p, ok := c.patientEntry(); ok {
		r["subject"] = c.refer(p)
	}
	name := cmp.Or(c.person(c.to.ref), c.to.name)
	sender := fhir{}
	if role, ok := c.roleEntry(); ok {
		sender = c.refer(role)
	}
	if name != "" {
		sender["display"] = name
	}
	if len(sender) > 0 {
		r["sender"] = sender
	}
	id, _ := r["id"].(string)
	return r, store.Communication{ID: id, Text: text, Sender: name, FromReceiver: true, SentAt: c.at.UTC()}
}

// patientReference refers to the patient, whether or not the message holds one.
func (c *composer) patientReference() fhir {
	if p, ok := c.patientEntry(); ok {
		return c.refer(p)
	}
	return fhir{"type": "Patient", "display": "Patient"}
}

// instant writes a time in the zone of the message's.
func (c *composer) instant(t time.Time) string {
	t = t.In(c.at.Location())
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC() // long ago zones had seconds, which RFC 3339 cannot write
	}
	return t.Format("2006-01-02T15:04:05.000Z07:00")
}
