package ocean_test

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func TestDocuments(t *testing.T) {
	sum := sha256.Sum256([]byte("aGVs/bG8="))
	attachment := func(a obj) list { return list{obj{"attachment": a}} }
	u := update(t, edit(t, oceantest.Message{SentAt: noon, Documents: []oceantest.Document{{}, {Title: "Scan", ContentType: "image/png", URL: "https://elsewhere.example/x"}}},
		add("", obj{"resourceType": "DocumentReference", "identifier": reference(ref2), "description": "Described", "date": "2026-03-05",
			"content": append(attachment(obj{"data": "aGVs/bG8=", "contentType": "text/plain"}), attachment(obj{})...)}),
		add("", obj{"resourceType": "Communication", "payload": list{obj{"contentAttachment": obj{"title": "Sent along", "url": "https://ocean/x"}}}}),
	))
	equal(t, "documents", u.Documents, []store.Document{
		{Title: "Ada Example-letter.pdf", ContentType: "application/pdf", Created: noon, URL: "https://ocean.cognisantmd.com/svc/fhir/v1/ServiceRequest/" + ref + "/$letter"},
		{Title: "Scan", ContentType: "image/png", Created: noon, URL: "https://elsewhere.example/x"},
		{Title: "Described", ContentType: "text/plain", Created: at(t, "2026-03-05T00:00:00Z"), Inline: true, Digest: hex.EncodeToString(sum[:])},
		{Title: "Sent along", URL: "https://ocean/x"},
	})
}

// In a message about two referrals everything goes to those that it names.
func TestSharing(t *testing.T) {
	document := func(id, title string, more obj) func(doc) {
		r := obj{"resourceType": "DocumentReference", "content": list{obj{"attachment": obj{"title": title}}}}
		for k, v := range more {
			r[k] = v
		}
		return add(id, r)
	}
	task := func(status string, basedOn any) func(doc) {
		return add("", obj{"resourceType": "Task", "status": status, "basedOn": basedOn})
	}
	m := parse(t, edit(t, oceantest.Message{Others: []oceantest.Request{{Ref: ref2, Focus: true}, {Ref: ref3}}},
		document("urn:uuid:d1", "first's", obj{"identifier": reference(ref)}),
		document("urn:uuid:d2", "second's", obj{"identifier": reference(ref2)}),
		document("urn:uuid:d3", "supports second", nil),
		document("urn:uuid:d4", "nobody's", nil),
		document("urn:uuid:d5", "third's", obj{"context": obj{"related": list{to("urn:uuid:" + ref3)}}}),
		func(d doc) { d.all("ServiceRequest")[1]["supportingInfo"] = list{to("urn:uuid:d3")} },
		task("accepted", list{to("urn:uuid:" + ref)}),
		task("rejected", list{to("urn:uuid:" + ref2)}),
		task("completed", list{to("ServiceRequest/" + ref3)}),
	))
	titles := func(u store.Update) (all []string) {
		for _, d := range u.Documents {
			all = append(all, d.Title)
		}
		return all
	}
	equal(t, "first's documents", titles(m.Updates[0]), []string{"first's", "nobody's"})
	equal(t, "second's documents", titles(m.Updates[1]), []string{"second's", "supports second"})
	equal(t, "first's task", m.Updates[0].Task.Status, "accepted")
	equal(t, "second's task", m.Updates[1].Task.Status, "rejected")
}

func TestTask(t *testing.T) {
	task := func(id string, r obj) func(doc) {
		r["resourceType"] = "Task"
		return add("urn:uuid:"+id, r)
	}
	focus := func(id string) func(doc) { return set("MessageHeader", "focus", list{to("urn:uuid:" + id)}) }
	stranger := list{to("urn:uuid:" + ref2)}
	others := []oceantest.Request{{Ref: ref2}}
	for _, tt := range []struct {
		name   string
		change []func(doc)
		want   string
	}{
		{"newest", []func(doc){task("a", obj{"status": "new", "lastModified": "2026-03-02"}), task("b", obj{"status": "old", "authoredOn": "2026-03-01"})}, "new"},
		{"focused", []func(doc){task("a", obj{"status": "focused", "lastModified": "2026-03-01"}), task("b", obj{"status": "newer", "lastModified": "2026-03-02"}), focus("a")}, "focused"},
		{"last", []func(doc){task("a", obj{"status": "first"}), task("b", obj{"status": "last"})}, "last"},
		{"time before none", []func(doc){task("a", obj{"status": "timed", "authoredOn": "2026"}), task("b", obj{"status": "untimed"})}, "timed"},
		{"of another referral", []func(doc){task("a", obj{"status": "other", "basedOn": stranger})}, ""},
		{"another's, by identifier", []func(doc){task("a", obj{"status": "other", "identifier": reference(ref2)})}, ""},
		{"focused all the same", []func(doc){task("a", obj{"status": "other", "basedOn": stranger}), focus("a")}, "other"},
		{"Task.focus", []func(doc){task("a", obj{"status": "ours", "focus": to("urn:uuid:" + ref)})}, "ours"},
		{"dangling basedOn", []func(doc){task("a", obj{"status": "ours", "basedOn": list{to("ServiceRequest/gone")}})}, "ours"},
	} {
		u := update(t, edit(t, oceantest.Message{Others: others}, tt.change...))
		got := ""
		if u.Task != nil {
			got = u.Task.Status
		}
		equal(t, tt.name, got, tt.want)
	}
	u := update(t, edit(t, oceantest.Message{Event: ocean.EventUpdateProcess, Task: &oceantest.Task{Status: "rejected", Code: "process-request-consult", Reason: "Out of area"}}))
	equal(t, "task", u.Task, &store.Task{Status: "rejected", Code: "process-request-consult", Reason: "Out of area", Modified: u.SentAt})
	gone := []func(doc){task("a", obj{"status": "other", "basedOn": list{to("ServiceRequest/" + ref2)}})}
	if u := update(t, edit(t, oceantest.Message{}, gone...)); u.Task != nil {
		t.Errorf("a Task based on a referral that the bundle lacks is taken for ours: %+v", u.Task)
	}
}

func TestAppointment(t *testing.T) {
	start, made := noon.Add(48*time.Hour), time.Date(2026, 1, 15, 15, 0, 0, 0, time.UTC) // of every message here
	booked := oceantest.Message{Event: ocean.EventAddAppointment, Appointment: &oceantest.Appointment{Start: start, Minutes: 45, Type: "In person", Instruction: "Bring\nshoes"}}
	equal(t, "booked", update(t, edit(t, booked)).Appointment, &store.Appointment{
		Status: "booked", Start: start, End: start.Add(45 * time.Minute), Type: "In person", Instruction: "Bring\nshoes", Created: made,
	})
	u := update(t, edit(t, booked, set("Appointment", "end", nil)))
	equal(t, "end by its minutes", u.Appointment.End, start.Add(45*time.Minute))
	removed := oceantest.Message{Appointment: &oceantest.Appointment{}}
	equal(t, "removed", update(t, edit(t, removed)).Appointment, &store.Appointment{Status: "proposed", Created: made})

	who := func(actor any, status string) obj { return obj{"actor": actor, "status": status} }
	patient, doctor := to("Patient/gone"), to("Practitioner/gone")
	for _, tt := range []struct {
		name string
		who  list
		want bool
	}{
		{"patient accepted", list{who(patient, "accepted")}, true},
		{"patient tentative, doctor accepted", list{who(patient, "tentative"), who(doctor, "accepted")}, false},
		{"patient by type", list{who(obj{"type": "Patient", "display": "Ada"}, "accepted")}, true},
		{"somebody accepted", list{who(nil, "accepted"), who(doctor, "tentative")}, true},
		{"somebody, but the patient did not", list{who(nil, "accepted"), who(patient, "needs-action")}, false},
		{"only the doctor and the room", list{who(doctor, "accepted"), who(to("Location/gone"), "accepted")}, false},
		{"nobody", list{}, false},
	} {
		u := update(t, edit(t, booked, set("Appointment", "participant", tt.who)))
		equal(t, tt.name, u.Appointment.Confirmed, tt.want)
	}
	booked.Appointment.Confirmed = true
	equal(t, "resolved patient", update(t, edit(t, booked)).Appointment.Confirmed, true)

	later := add("", obj{"resourceType": "Appointment", "status": "later", "meta": obj{"lastUpdated": "2030-01-01"}})
	equal(t, "newest", update(t, edit(t, removed, later)).Appointment.Status, "later")
	equal(t, "focus before newest", update(t, edit(t, booked, later)).Appointment.Status, "booked")
}

func TestCommunications(t *testing.T) {
	two := []oceantest.Communication{{ID: "c1", Text: "Question", FromReceiver: true, Sent: noon}, {ID: "c2", Text: "Answer", Sent: noon.Add(time.Hour)}}
	u := update(t, edit(t, oceantest.Message{Event: ocean.EventUpdate, Communications: two}))
	equal(t, "by sender", u.Communications, []store.Communication{
		{ID: "c1", Text: "Question", FromReceiver: true, SentAt: noon},
		{ID: "c2", Text: "Answer", Sender: "Grace Sample", SentAt: noon.Add(time.Hour)},
	})
	for event, want := range map[string][]bool{
		ocean.EventFromProvider:  {true, true},
		ocean.EventFromRequester: {true, false},
		ocean.EventCommunicate:   {true, false},
	} { // the second is in focus
		u := update(t, edit(t, oceantest.Message{Event: event, Communications: two}))
		equal(t, event, []bool{u.Communications[0].FromReceiver, u.Communications[1].FromReceiver}, want)
	}
	colleague := add("urn:uuid:w", obj{"resourceType": "PractitionerRole", "identifier": list{obj{"system": names + "id-site-number", "value": "1234"}}})
	u = update(t, edit(t, oceantest.Message{Communications: two[1:]}, colleague, set("Communication", "sender", to("urn:uuid:w"))))
	equal(t, "somebody at the receiver's site", u.Communications[0].FromReceiver, true)

	u = update(t, edit(t, oceantest.Message{Communications: two[1:]},
		set("Communication", "identifier", append(reference(ref), obj{"value": "id-7"})),
		set("Communication", "sent", nil), set("Communication", "received", "2026-03-04T12:00:00Z"),
		set("Communication", "sender", obj{"display": "Front desk"}),
		set("Communication", "payload", list{obj{"contentString": "<b>one</b>"}, obj{"contentString": ""}, obj{"contentString": "two"}})))
	equal(t, "details", u.Communications, []store.Communication{{ID: "id-7", Text: "<b>one</b>\ntwo", Sender: "Front desk", SentAt: noon}})
	u = update(t, edit(t, oceantest.Message{Communications: two[:1], Others: []oceantest.Request{{Ref: ref2}}},
		add("urn:uuid:t", obj{"resourceType": "Task", "basedOn": list{to("urn:uuid:" + ref2)}}),
		add("", obj{"resourceType": "Communication", "basedOn": list{to("urn:uuid:t")}, "payload": list{obj{"contentString": "another's"}}})))
	equal(t, "another referral's, by way of its task", len(u.Communications), 1)
	u = update(t, edit(t, oceantest.Message{Legacy: true, Communications: two[1:]}))
	equal(t, "id", u.Communications[0].ID, "c2")
}

// A message that nothing names is known by what it says, so that its repeats are known too.
func TestCommunicationWithoutID(t *testing.T) {
	id := func(text, sent, sender, status string) string {
		u := update(t, edit(t, oceantest.Message{}, add("", obj{"resourceType": "Communication", "status": status, "sent": sent,
			"sender": obj{"display": sender}, "payload": list{obj{"contentString": text}}})))
		return u.Communications[0].ID
	}
	const sent = "2026-03-04T12:00:00Z"
	first := id("Hello", sent, "Grace", "completed")
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(first) {
		t.Errorf("id %q", first)
	}
	equal(t, "repeated", id("Hello", "2026-03-04T07:00:00-05:00", "Grace", "unknown"), first)
	for what, other := range map[string]string{
		"text": id("Hello!", sent, "Grace", ""), "time": id("Hello", "2026-03-04T12:00:01Z", "Grace", ""),
		"sender": id("Hello", sent, "Ada", ""), "border": id("eHello", sent, "Grac", ""), "nothing": id("", "", "", ""),
	} {
		if other == first {
			t.Errorf("another %s, the same id", what)
		}
	}
}
