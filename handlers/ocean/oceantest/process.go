package oceantest

import (
	"cmp"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

const processRequest = "process-request"

// statuses are the Task statuses that Ocean takes; it refuses all others.
var statuses = []string{"requested", "received", "accepted", "in-progress", "on-hold", "ready",
	"rejected", "cancelled", "completed"}

// refused is an answer of $process-messages that changes nothing.
type refused struct {
	status      int
	code        string
	diagnostics []string
}

// processMessage takes an update of the clinic's, carries it out, and echoes it, as Ocean does.
func (o *Ocean) processMessage(w http.ResponseWriter, r *http.Request) {
	typ, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if typ != "application/fhir+json" && typ != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "not-supported", "The Content-Type must be application/fhir+json.")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 25<<20))
	if err != nil {
		refuse(w, http.StatusBadRequest, "incomplete", "The body broke off or is larger than 25 MB.")
		return
	}
	in, err := readInbound(body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "structure", "Not a message: "+err.Error()+".")
		return
	}
	no, lost := o.carryOut(in)
	if lost {
		panic(http.ErrAbortHandler)
	}
	if no != nil {
		answerFHIR(w, no.status, outcome("error", no.code, no.diagnostics...))
		return
	}
	answerFHIR(w, http.StatusOK, outcome("information", "informational", "The simulated Ocean has taken the message."))
}

// Applied returns how often each of the clinic's updates was carried out, by MessageHeader.id. One
// that comes again is taken, and neither carried out nor echoed a second time.
func (o *Ocean) Applied() map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.applied)
}

// carryOut applies an update and queues its echo; lost says that no answer must be given.
func (o *Ocean) carryOut(in *inbound) (no *refused, lost bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.applied[in.id] > 0 {
		return nil, o.faults.LoseAnswers
	}
	r, ok := o.referrals[in.ref]
	if !ok {
		return &refused{http.StatusNotFound, "not-found", []string{"The simulated Ocean knows no referral of this reference."}}, false
	}
	if why := r.forbids(in.event); why != "" {
		return &refused{http.StatusForbidden, "forbidden", []string{why}}, false
	}
	m := o.next(r, eventUpdate)
	switch in.event {
	case "notify-add-process-request", "notify-update-process-request", "notify-update-status":
		in.applyTask(&m)
	case "send-communication", "send-communication-from-provider", "add-communication", eventFromRequester:
		in.applyCommunication(&m, r.here)
	case "notify-add-appointment", "notify-update-appointment":
		in.applyAppointment(&m)
	default:
		in.wrong("The event %q is not one that a clinic sends.", in.event)
	}
	if len(in.problems) > 0 {
		return &refused{http.StatusUnprocessableEntity, "invalid", in.problems}, false
	}
	if in.id != "" {
		o.applied[in.id]++
	}
	o.send(m)
	return nil, o.faults.LoseAnswers
}

// forbids says why the clinic may not send an event about a referral: only the present Target may
// change its status or booking, since June 2025, or write in the provider's name.
func (r *referral) forbids(event string) string {
	switch {
	case event == eventFromRequester && r.received:
		return "Only the RMS Source of a referral writes as its requester."
	case event == eventFromRequester, event == "send-communication", event == "add-communication":
		return ""
	case !r.here:
		return "Only the present RMS Target of a referral may change it. Nothing was changed."
	}
	return ""
}

func (in *inbound) applyTask(m *Message) {
	var t inTask
	in.focused("Task", &t)
	in.basedOn("Task", t.BasedOn)
	if !slices.Contains(statuses, t.Status) {
		in.wrong("Task.status must be one of %s.", strings.Join(statuses, ", "))
	}
	if t.Intent != "order" {
		in.wrong("Task.intent must be order.")
	}
	was := processRequest
	if m.Task != nil {
		was = cmp.Or(m.Task.Code, processRequest)
	}
	code := was
	if len(t.Code.Coding) > 0 {
		code = t.Code.Coding[0].Code
	}
	if code != was {
		in.wrong("Task.code must stay the referral's, %s.", was)
	}
	m.decide(t.Status, code, t.StatusReason.Text, m.SentAt)
}

func (in *inbound) applyCommunication(m *Message, fromReceiver bool) {
	var c inCommunication
	id := in.focused("Communication", &c)
	in.basedOn("Communication", c.BasedOn)
	var said []string
	for _, p := range c.Payload {
		said = append(said, p.ContentString)
	}
	words := strings.Join(said, "\n")
	if c.Status != "completed" || strings.TrimSpace(words) == "" {
		in.wrong("A Communication needs the status completed and a text.")
	}
	sent := in.instant("Communication.sent", c.Sent)
	if sent.IsZero() {
		sent = m.SentAt
	}
	m.say(Communication{ID: cmp.Or(id, uuid.NewString()), Text: words, FromReceiver: fromReceiver, Sent: sent})
}

func (in *inbound) applyAppointment(m *Message) {
	var a inAppointment
	in.focused("Appointment", &a)
	in.basedOn("Appointment", a.BasedOn)
	start, end := in.instant("Appointment.start", a.Start), in.instant("Appointment.end", a.End)
	if start.IsZero() && a.Status != "proposed" && a.Status != "cancelled" {
		in.wrong("An Appointment without a start must be proposed.")
	}
	minutes := a.MinutesDuration
	if minutes == 0 && end.After(start) {
		minutes = int(end.Sub(start) / time.Minute)
	}
	booked := Appointment{Status: a.Status, Start: start, Minutes: minutes, Type: a.AppointmentType.Text,
		Instruction: a.PatientInstruction}
	for _, p := range a.Participant {
		if in.entries[bare(p.Actor.Reference)].typ == "Patient" {
			booked.Confirmed = p.Status == "accepted"
		}
	}
	m.book(booked, m.SentAt)
}
