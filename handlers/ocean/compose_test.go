package ocean_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

const (
	publicURL = "https://clinic.example"
	extended  = "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eConsult-ext-patient-needs-to-be-seen"
)

var (
	toronto = time.FixedZone("", -4*3600)
	sent    = time.Date(2026, 6, 1, 9, 30, 0, 123_456_789, toronto)
	may7    = time.Date(2026, 7, 5, 14, 0, 0, 0, time.UTC)

	accepted = ocean.Say{Task: &store.Task{Status: "accepted"}}
	rejected = ocean.Say{Task: &store.Task{Status: "rejected", Reason: "  No room & no <time>\r\nSorry  "}}
	booked   = ocean.Say{Appointment: &store.Appointment{Start: may7, End: may7.Add(45 * time.Minute), Type: "First visit", Instruction: "Bring your card.\nBe early."}}
	removed  = ocean.Say{Appointment: &store.Appointment{Confirmed: true, Type: "gone"}}
	written  = ocean.Say{Communication: &store.Communication{Text: "Could you send the ECG? Merci d’avance."}}
)

// compose writes a message and takes it apart.
func compose(t testing.TB, raw []byte, about string, say ocean.Say) (store.Outgoing, doc) {
	t.Helper()
	out, err := ocean.Compose(raw, about, publicURL, sent, say)
	if err != nil {
		t.Fatal(err)
	}
	var d doc
	if err := json.Unmarshal(out.Bundle, &d.root); err != nil {
		t.Fatalf("%v: %s", err, out.Bundle)
	}
	return out, d
}

func TestComposedHeader(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		raw := edit(t, oceantest.Message{Ref: ref, Legacy: legacy, TestData: true, Host: "https://test.cognisantmd.com"})
		out, d := compose(t, raw, ref, accepted)
		h, sr := d.first("MessageHeader"), d.first("ServiceRequest")
		equal(t, "event", h["eventCoding"], obj{"system": "https://ehealthontario.ca/fhir/CodeSystem/message-event-code",
			"code": "notify-add-process-request", "display": "notify-add-process-request"})
		equal(t, "extension", h["extension"], list{obj{"url": exts + "ext-referral-identifier",
			"valueIdentifier": obj{"system": names + "id-ereferral-reference", "value": ref}}})
		equal(t, "destination", h["destination"], list{obj{"name": "Ocean", "endpoint": "https://test.cognisantmd.com/svc/fhir/v1/$process-messages"}})
		equal(t, "source", h["source"], obj{"name": "Example Clinic", "software": "Breakwater", "endpoint": publicURL})
		equal(t, "profile", h["meta"].(obj)["profile"], list{exts + "ca-on-eReferral-profile-MessageHeader|1.0.1"})
		equal(t, "time", d.root["timestamp"], "2026-06-01T09:30:00.123-04:00")
		equal(t, "focus", h["focus"], list{to("urn:uuid:" + d.first("Task")["id"].(string))})
		if h["id"] != out.ID || uuid.Validate(out.ID) != nil || d.root["type"] != "message" || sr["identifier"] == nil {
			t.Errorf("%s", out.Bundle)
		}
		for _, r := range []obj{d.root, h, d.first("Task"), sr, d.first("Patient")} {
			if s, _ := json.Marshal(r["meta"]); !strings.Contains(string(s), "HTEST") {
				t.Errorf("%v lost its mark as test data", r["resourceType"])
			}
		}
		u := out.Update
		if out.Kind != store.OutStatus || u.Event != ocean.EventAddProcess || u.Rank != ocean.Rank(u.Event) || u.HeaderID != out.ID || !u.SentAt.Equal(sent.Truncate(time.Millisecond)) {
			t.Errorf("%+v", out)
		}
	}
}

// TestComposedRepeatsWhatOceanSent checks that parties are repeated byte by byte, and nothing else.
func TestComposedRepeatsWhatOceanSent(t *testing.T) {
	raw := edit(t, oceantest.Message{Ref: ref, NoteHTML: `<b>A & B</b>`, Documents: []oceantest.Document{{}}, Questions: [][2]string{{"q", "a"}},
		Task: &oceantest.Task{Status: "received"}, Others: []oceantest.Request{{Ref: ref2, Replaces: ref}}},
		func(d doc) {
			d.first("PractitionerRole")["location"] = list{to("urn:uuid:location-1")}
			d.first("PractitionerRole")["healthcareService"] = list{obj{"type": "HealthcareService", "identifier": obj{"system": "x", "value": "service-1"}}}
		},
		add("urn:uuid:location-1", obj{"resourceType": "Location", "name": "Here", "position": obj{"latitude": 43.660484313964844}}),
		add("urn:uuid:service-1", obj{"resourceType": "HealthcareService", "name": "Hearts", "identifier": list{obj{"system": "x", "value": "service-1"}}}),
		add("urn:uuid:location-2", obj{"resourceType": "Location", "name": "Nobody's"}))
	out, d := compose(t, raw, ref, accepted)
	var kinds []string
	for _, e := range d.entries() {
		kinds = append(kinds, e.(obj)["resource"].(obj)["resourceType"].(string))
	}
	slices.Sort(kinds)
	equal(t, "resources", kinds, []string{"HealthcareService", "Location", "MessageHeader", "Patient", "Practitioner", "PractitionerRole", "PractitionerRole", "ServiceRequest", "Task"})
	var bundle struct {
		Entry []struct{ Resource json.RawMessage }
	}
	if err := json.Unmarshal(out.Bundle, &bundle); err != nil {
		t.Fatal(err)
	}
	for _, e := range bundle.Entry[2:] {
		if !bytes.Contains(raw, e.Resource) {
			t.Errorf("written anew: %s", e.Resource)
		}
	}
}

func TestComposedTasksKeepWhatTheyAre(t *testing.T) {
	consult := oceantest.Message{Ref: ref, Task: &oceantest.Task{Status: "requested", Code: "process-request-consult"}}
	seen := list{obj{"url": extended, "valueBoolean": false}}
	out, d := compose(t, edit(t, consult, set("Task", "extension", seen), set("Task", "identifier", list{obj{"value": "task-1"}})), ref, rejected)
	task := d.first("Task")
	equal(t, "extension", task["extension"], seen)
	equal(t, "identifier", task["identifier"], list{obj{"value": "task-1"}})
	equal(t, "code", task["code"], obj{"coding": list{obj{"code": "process-request-consult", "display": "process-request-consult"}}})
	equal(t, "reason", task["statusReason"], obj{"text": "No room & no <time>\nSorry"})
	equal(t, "status", list{task["status"], task["intent"]}, list{"rejected", "order"})
	equal(t, "based on", task["basedOn"], list{to("urn:uuid:" + ref)})
	if out.Update.Event != ocean.EventUpdateProcess || out.Update.Task.Code != "process-request-consult" {
		t.Errorf("%+v", out.Update.Task)
	}
	// Of several Tasks the latest counts; where none has a code, what the caller knows of it.
	out, _ = compose(t, edit(t, consult, add("urn:uuid:t2", obj{"resourceType": "Task", "basedOn": list{to("urn:uuid:" + ref)},
		"lastModified": "2030-01-01", "code": obj{"coding": list{obj{"code": "later"}}}})), ref, accepted)
	equal(t, "latest code", out.Update.Task.Code, "later")
	out, _ = compose(t, edit(t, oceantest.Message{}), ref, ocean.Say{Task: &store.Task{Status: "accepted", Code: "process-request-consult"}})
	equal(t, "known code", out.Update.Task.Code, "process-request-consult")
	out, _ = compose(t, edit(t, oceantest.Message{}), ref, accepted)
	equal(t, "usual code", out.Update.Task.Code, "process-request")
}

func TestComposedAppointments(t *testing.T) {
	fresh := edit(t, oceantest.Message{Ref: ref})
	before := edit(t, oceantest.Message{Ref: ref, Appointment: &oceantest.Appointment{Start: may7}})
	out, d := compose(t, fresh, ref, booked)
	a := d.first("Appointment")
	patient := to(a["participant"].(list)[0].(obj)["actor"].(obj)["reference"].(string))
	delete(a, "participant")
	delete(a, "id")
	equal(t, "booking", a, obj{"resourceType": "Appointment", "status": "booked", "start": "2026-07-05T10:00:00.000-04:00", "end": "2026-07-05T10:45:00.000-04:00",
		"minutesDuration": 45.0, "appointmentType": obj{"text": "First visit"}, "patientInstruction": "Bring your card.\nBe early.",
		"basedOn": list{to("urn:uuid:" + ref)}, "created": "2026-06-01T09:30:00.123-04:00"})
	equal(t, "patient", patient, d.first("ServiceRequest")["subject"])
	equal(t, "event", out.Update.Event, ocean.EventAddAppointment)
	confirmed := ocean.Say{Appointment: &store.Appointment{Start: may7, Confirmed: true}}
	for name, c := range map[string]struct {
		raw           []byte
		say           ocean.Say
		event, status string
		participant   string
	}{
		"rebooked":  {before, booked, ocean.EventUpdateAppointment, "booked", "tentative"},
		"confirmed": {before, confirmed, ocean.EventUpdateAppointment, "booked", "accepted"},
		"removed":   {before, removed, ocean.EventUpdateAppointment, "proposed", "tentative"},
		"unknown":   {fresh, removed, ocean.EventUpdateAppointment, "proposed", "tentative"},
		"nobody":    {edit(t, oceantest.Message{Ref: ref, NoPatient: true}), confirmed, ocean.EventAddAppointment, "booked", "accepted"},
	} {
		out, d := compose(t, c.raw, ref, c.say)
		a := d.first("Appointment")
		equal(t, name, list{out.Update.Event, a["status"], a["participant"].(list)[0].(obj)["status"]}, list{c.event, c.status, c.participant})
		if c.status == "proposed" && (a["start"] != nil || a["appointmentType"] != nil || *out.Update.Appointment != (store.Appointment{Status: "proposed", Created: out.Update.SentAt})) {
			t.Errorf("%s: %v", name, a)
		}
	}
}

func TestComposedCommunications(t *testing.T) {
	pdf := []byte("%PDF-1.7\nECG")
	say := written
	say.Attachment = &ocean.Attachment{Title: "Answer\n form.pdf", Data: pdf}
	out, d := compose(t, edit(t, oceantest.Message{Ref: ref, Legacy: true}), ref, say)
	c := d.first("Communication")
	equal(t, "payload", c["payload"], list{obj{"contentString": written.Communication.Text},
		obj{"contentAttachment": obj{"contentType": "application/pdf", "data": "JVBERi0xLjcKRUNH", "title": "Answer form.pdf"}}})
	equal(t, "rest", list{c["status"], c["sent"], c["basedOn"]}, list{"completed", "2026-06-01T09:30:00.123-04:00", list{to("ServiceRequest/" + ref)}})
	role := d.first("PractitionerRole")
	equal(t, "sender", c["sender"], obj{"reference": "PractitionerRole/" + role["id"].(string), "display": "Example Clinic"})
	said := out.Update.Communications[0]
	equal(t, "said", said, store.Communication{ID: c["id"].(string), Text: written.Communication.Text, Sender: "Example Clinic", FromReceiver: true,
		SentAt: sent.Truncate(time.Millisecond).UTC()})
	if out.Kind != store.OutMessage || out.Update.Documents != nil || uuid.Validate(said.ID) != nil || said.ID == out.ID {
		t.Errorf("%+v", out)
	}
	found, err := ocean.InlineContent(out.Bundle, parse(t, out.Bundle).Updates[0].Documents[0].Digest)
	if err != nil || !bytes.Equal(found.Data, pdf) {
		t.Errorf("%v, %v", found, err)
	}
}

func TestWhatCannotBeComposed(t *testing.T) {
	raw := edit(t, oceantest.Message{Ref: ref})
	long := func(n int) string { return strings.Repeat("é", n) }
	task := func(status, reason string) ocean.Say {
		return ocean.Say{Task: &store.Task{Status: status, Reason: reason}}
	}
	appointment := func(a store.Appointment) ocean.Say { return ocean.Say{Appointment: &a} }
	message := func(text string, a *ocean.Attachment) ocean.Say {
		return ocean.Say{Communication: &store.Communication{Text: text}, Attachment: a}
	}
	for name, c := range map[string]struct {
		say  ocean.Say
		want error
	}{
		"nothing":          {ocean.Say{}, ocean.ErrInvalid},
		"two things":       {ocean.Say{Task: accepted.Task, Communication: written.Communication}, ocean.ErrInvalid},
		"attached to none": {ocean.Say{Task: accepted.Task, Attachment: &ocean.Attachment{}}, ocean.ErrInvalid},
		"no status":        {task("", ""), ocean.ErrInvalid},
		"a sender's":       {task("entered-in-error", ""), ocean.ErrInvalid},
		"a long reason":    {task("rejected", long(20_001)), ocean.ErrTooLong},
		"no words":         {message(" \r\n\x00", nil), ocean.ErrInvalid},
		"too many words":   {message(long(20_001), nil), ocean.ErrTooLong},
		"instruction":      {appointment(store.Appointment{Start: may7, Instruction: long(5_001)}), ocean.ErrTooLong},
		"type":             {appointment(store.Appointment{Start: may7, Type: long(501)}), ocean.ErrTooLong},
		"ends before":      {appointment(store.Appointment{Start: may7, End: may7}), ocean.ErrInvalid},
		"year 1":           {appointment(store.Appointment{Start: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)}), ocean.ErrInvalid},
		"no PDF":           {message("x", &ocean.Attachment{Data: []byte("<html>")}), ocean.ErrAttachment},
		"a large PDF":      {message("x", &ocean.Attachment{Data: append([]byte("%PDF-1.7"), make([]byte, 10<<20)...)}), ocean.ErrAttachment},
	} {
		if _, err := ocean.Compose(raw, ref, publicURL, sent, c.say); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"another's":  {edit(t, oceantest.Message{Ref: ref2}), ocean.ErrNoRequest},
		"none":       {edit(t, oceantest.Message{Ref: ref}, remove("ServiceRequest")), ocean.ErrNoRequest},
		"not JSON":   {[]byte("{"), ocean.ErrNotJSON},
		"no message": {[]byte("{}"), ocean.ErrNotMessage},
	} {
		if _, err := ocean.Compose(c.raw, ref, publicURL, sent, accepted); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := ocean.Compose(raw, ref, publicURL, time.Time{}, accepted); !errors.Is(err, ocean.ErrInvalid) {
		t.Errorf("sent at no time: %v", err)
	}
	for _, status := range []string{"accepted", "rejected", "completed", "in-progress", "on-hold", "ready", "received", "requested", "cancelled"} {
		if _, err := ocean.Compose(raw, strings.ToUpper(ref), publicURL, sent, task(status, long(20_000))); err != nil {
			t.Errorf("%s: %v", status, err)
		}
	}
}
