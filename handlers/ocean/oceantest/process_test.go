package oceantest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

type obj = map[string]any

const processPath = "/svc/fhir/v1/$process-messages"

// says posts an update as a clinic writes it: ours is a message built like Ocean's, with the parts
// that its event is about.
func (w *world) says(m oceantest.Message, changes ...func(typ string, r obj)) answer {
	w.t.Helper()
	var bundle obj
	if err := json.Unmarshal(m.JSON(), &bundle); err != nil {
		w.t.Fatal(err)
	}
	for _, e := range bundle["entry"].([]any) {
		r := e.(obj)["resource"].(obj)
		for _, change := range changes {
			change(r["resourceType"].(string), r)
		}
	}
	body, _ := json.Marshal(bundle)
	return w.ask("POST", processPath, string(body), "Authorization", "Bearer "+w.token(), "Content-Type", "application/fhir+json")
}

func decision(ref, status string) oceantest.Message {
	return oceantest.Message{Ref: ref, Event: "notify-update-process-request", Task: &oceantest.Task{Status: status, Reason: "Because"}}
}

func TestStatusIsEchoed(t *testing.T) {
	w := newWorld(t)
	r := w.do(oceantest.ActNew)
	w.do(oceantest.ActMessage)
	for status, state := range map[string]string{"accepted": "Pending Booking", "rejected": "Declined", "completed": "Completed", "received": "New"} {
		w.says(decision(r.Ref, status)).wants(t, 200)
		w.Deliver(t.Context())
		got := w.clinic.last(t)
		if got.event != "notify-update-service-request" || got.status != status || got.code != "process-request" || got.said != 1 || got.documents != 3 || !got.test || got.problems > 0 {
			t.Errorf("echo of %s: %+v", status, got)
		}
		if s := w.Referrals()[0].State; s != state {
			t.Errorf("after %s it is %s, want %s", status, s, state)
		}
	}
}

func TestTaskCodeIsKept(t *testing.T) {
	w := newWorld(t)
	r := w.do(oceantest.ActEConsult)
	w.says(decision(r.Ref, "accepted")).wants(t, 422) // process-request by default
	m := decision(r.Ref, "accepted")
	m.Task.Code = "process-request-consult"
	w.says(m).wants(t, 200)
	w.Deliver(t.Context())
	if got := w.clinic.last(t); got.code != "process-request-consult" || got.status != "accepted" {
		t.Errorf("%+v", got)
	}
}

func TestBookingAndMessageAreEchoed(t *testing.T) {
	w := newWorld(t)
	r := w.do(oceantest.ActNew)
	start := time.Date(2026, 4, 1, 10, 0, 0, 0, time.UTC)
	m := oceantest.Message{Ref: r.Ref, Event: "notify-add-appointment", Appointment: &oceantest.Appointment{Start: start, Minutes: 20, Instruction: "Fast."}}
	w.says(m).wants(t, 200)
	said := oceantest.Message{Ref: r.Ref, Event: "send-communication-from-provider", Communications: []oceantest.Communication{{ID: "c1", Text: "Please send the ECG", FromReceiver: true}}}
	w.says(said).wants(t, 200)
	w.says(said).wants(t, 200) // again, as after a lost answer
	w.Deliver(t.Context())
	if got := w.clinic.last(t); !got.appointment || got.said != 1 || got.problems > 0 {
		t.Errorf("%+v", got)
	}
	got := w.Referrals()[0]
	if got.State != "Booked Unconfirmed" || !got.Appointment.Start.Equal(start) || got.Appointment.Minutes != 20 || !got.Communications[0].FromReceiver {
		t.Errorf("%+v", got)
	}
	m.Event, m.Appointment.Confirmed = "notify-update-appointment", true
	w.says(m).wants(t, 200)
	if s := w.Referrals()[0].State; s != "Booked Confirmed" {
		t.Error(s)
	}
	m.Appointment = &oceantest.Appointment{}
	w.says(decision(r.Ref, "accepted")).wants(t, 200)
	w.says(m).wants(t, 200)
	if s := w.Referrals()[0].State; s != "Pending Booking" {
		t.Error(s)
	}
}

func TestOnlyTheTargetDecides(t *testing.T) {
	for _, a := range []oceantest.Action{oceantest.ActForward, oceantest.ActSentCopy} {
		w := newWorld(t)
		w.do(oceantest.ActNew)
		r := w.do(a)
		before := len(w.Deliveries())
		if got := w.says(decision(r.Ref, "accepted")).wants(t, 403); !strings.Contains(string(got.body), "OperationOutcome") {
			t.Errorf("%s", got.body)
		}
		after := w.Referrals()
		if len(w.Deliveries()) != before || after[len(after)-1].TaskStatus != "" {
			t.Errorf("%s: something changed", a)
		}
	}
}

func TestProcessRefuses(t *testing.T) {
	w := newWorld(t)
	r := w.do(oceantest.ActNew)
	set := func(typ, field string, value any) func(string, obj) {
		return func(t string, r obj) {
			if t == typ {
				r[field] = value
			}
		}
	}
	m := decision(r.Ref, "accepted")
	w.says(decision("unknown", "accepted")).wants(t, 404)
	w.says(decision(r.Ref, "draft")).wants(t, 422)
	w.says(m, set("Task", "intent", "plan")).wants(t, 422)
	w.says(m, set("Task", "basedOn", []any{})).wants(t, 422)
	w.says(m, set("MessageHeader", "focus", []any{})).wants(t, 422)
	w.says(m, set("Task", "status", 7)).wants(t, 422)
	w.says(m, set("ServiceRequest", "identifier", []any{})).wants(t, 422)
	w.says(oceantest.Message{Ref: r.Ref, Event: "send-communication-from-provider", Communications: []oceantest.Communication{{Text: " "}}}).wants(t, 422)
	w.says(oceantest.Message{Ref: r.Ref, Event: "notify-add-appointment", Appointment: &oceantest.Appointment{Status: "booked"}}).wants(t, 422)
	w.says(oceantest.Message{Ref: r.Ref, Event: "revoke-service-request"}).wants(t, 422)
	w.says(oceantest.Message{Ref: r.Ref, Event: "send-communication-from-requester"}).wants(t, 403)
	token := "Bearer " + w.token()
	w.ask("POST", processPath, "{}", "Content-Type", "application/fhir+json").wants(t, 401)
	for body, status := range map[string]int{"{": 400, "{}": 400, `{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"Task"}}]}`: 400} {
		w.ask("POST", processPath, body, "Authorization", token, "Content-Type", "application/fhir+json").wants(t, status)
	}
	w.ask("POST", processPath, "{}", "Authorization", token, "Content-Type", "text/plain").wants(t, 415)
	if n := len(w.deliveries()); n != 1 || w.Referrals()[0].TaskStatus != "" {
		t.Errorf("%d deliveries: something changed", n)
	}
}

func TestLostAnswer(t *testing.T) {
	w := newWorld(t)
	r := w.do(oceantest.ActNew)
	w.SetFaults(oceantest.Faults{LoseAnswers: true})
	body := string(decision(r.Ref, "accepted").JSON())
	req := newRequest(t, w.server.URL+processPath, body)
	req.Header.Set("Authorization", "Bearer "+w.token())
	if res, err := w.server.Client().Do(req); err == nil {
		res.Body.Close()
		t.Errorf("answered %d", res.StatusCode)
	}
	if got := w.Referrals()[0].TaskStatus; got != "accepted" {
		t.Errorf("not carried out: %q", got)
	}
}

func TestTheSameUpdateIsCarriedOutOnce(t *testing.T) {
	w := newWorld(t)
	r := w.do(oceantest.ActNew)
	m := decision(r.Ref, "accepted")
	m.HeaderID = "update-1"
	w.says(decision(r.Ref, "no status")).wants(t, 422) // neither counted nor remembered
	for range 3 {
		w.says(m).wants(t, 200)
	}
	w.do(oceantest.ActForward)
	w.says(m).wants(t, 200) // it was carried out, whoever the Target is now
	w.Deliver(t.Context())
	if got := w.Applied(); len(got) != 1 || got["update-1"] != 1 {
		t.Errorf("%v", got)
	}
	if n := len(w.Deliveries()); n != 3 {
		t.Errorf("%d messages, want the referral, one echo, and the forwarding", n)
	}
}
