package ocean_test

import (
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func TestProblems(t *testing.T) {
	odd := []store.Problem{store.ProblemOddResource}
	for _, tt := range []struct {
		name   string
		change []func(doc)
		want   []store.Problem
	}{
		{"none", nil, nil},
		{"unknown event", []func(doc){set("MessageHeader", "eventCoding", obj{"code": "x"})}, []store.Problem{store.ProblemUnknownEvent}},
		{"no event", []func(doc){set("MessageHeader", "eventCoding", nil)}, []store.Problem{store.ProblemUnknownEvent}},
		{"name a string", []func(doc){set("Patient", "name", "Ada Example")}, odd},
		{"identifier a string", []func(doc){set("Patient", "identifier", list{"1"})}, odd},
		{"family an object", []func(doc){set("Patient", "name", list{obj{"family": obj{}}})}, odd},
		{"two odd fields", []func(doc){set("Patient", "name", 1), set("Patient", "birthDate", "soon")}, odd},
		{"entry null", []func(doc){func(d doc) { d.root["entry"] = append(d.entries(), nil) }}, odd},
		{"entry a string", []func(doc){func(d doc) { d.root["entry"] = append(d.entries(), "x") }}, odd},
		{"entry without resource", []func(doc){func(d doc) { d.root["entry"] = append(d.entries(), obj{"fullUrl": "x"}) }}, odd},
		{"resource an array", []func(doc){func(d doc) { d.root["entry"] = append(d.entries(), obj{"resource": list{}}) }}, odd},
		{"no resourceType", []func(doc){add("", obj{"id": "x"})}, odd},
		{"resourceType a number", []func(doc){add("", obj{"resourceType": 1})}, odd},
		{"unknown resource", []func(doc){add("", obj{"resourceType": "Lighthouse"})}, nil},
		{"dangling subject", []func(doc){set("ServiceRequest", "subject", to("Patient/gone"))}, nil},
		{"dangling focus", []func(doc){set("MessageHeader", "focus", list{to("urn:uuid:gone")})}, nil},
		{"nulls", []func(doc){set("Patient", "name", list{nil}), func(d doc) { d.first("Patient")["address"] = nil }}, nil},
		{"unread field of odd shape", []func(doc){set("Patient", "photo", 7)}, nil},
		{"start that is no time", []func(doc){add("", obj{"resourceType": "Appointment", "start": "Tuesday"})}, odd},
		{"data that is no text", []func(doc){add("", obj{"resourceType": "DocumentReference", "content": list{obj{"attachment": obj{"data": 1}}}})}, odd},
		{"all", []func(doc){
			remove("Patient"), remove("PractitionerRole"), set("MessageHeader", "extension", nil), set("ServiceRequest", "identifier", 7),
		}, []store.Problem{store.ProblemNoReference, store.ProblemNoPatient, store.ProblemOddResource}},
		{"nearly all", []func(doc){remove("Patient"), remove("PractitionerRole"), set("ServiceRequest", "note", 7)},
			[]store.Problem{store.ProblemNoPatient, store.ProblemNoRecipient, store.ProblemOddResource}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "problems", parse(t, edit(t, oceantest.Message{}, tt.change...)).Problems, tt.want)
		})
	}
}

func TestTestData(t *testing.T) {
	mark := obj{"security": list{obj{"code": "N"}, obj{"code": "HTEST"}}}
	for name, change := range map[string]func(doc){
		"Bundle":         func(d doc) { d.root["meta"] = mark },
		"MessageHeader":  set("MessageHeader", "meta", mark),
		"ServiceRequest": set("ServiceRequest", "meta", mark),
		"Patient":        set("Patient", "meta", mark),
		"Location":       add("", obj{"resourceType": "Location", "meta": mark}),
	} {
		m := parse(t, edit(t, oceantest.Message{}, change))
		want := name != "Location"
		equal(t, name, []bool{m.Test, m.Updates[0].Test}, []bool{want, want})
	}
	if m := parse(t, edit(t, oceantest.Message{TestData: true})); !m.Test {
		t.Error("TestData is not marked")
	}
}

// Whatever field has another type, the rest of the message is still understood.
func TestOddFieldsNeverCostAReferral(t *testing.T) {
	message := oceantest.Message{
		Task: &oceantest.Task{Status: "accepted", Reason: "r"}, Appointment: &oceantest.Appointment{Start: noon},
		Communications: []oceantest.Communication{{Text: "hi"}}, Questions: [][2]string{{"q", "a"}},
		Documents: []oceantest.Document{{}}, Replaces: ref2, Others: []oceantest.Request{{Ref: ref2}},
	}
	types := []string{"MessageHeader", "Patient", "PractitionerRole", "Practitioner", "ServiceRequest", "Task",
		"Appointment", "Communication", "QuestionnaireResponse", "DocumentReference"}
	var fields [][2]string
	edit(t, message, func(d doc) {
		for _, typ := range types {
			for field := range d.first(typ) {
				fields = append(fields, [2]string{typ, field})
			}
		}
	})
	for _, f := range fields {
		for _, value := range []any{7, "text", true, obj{}, list{}, list{list{}}, list{7, "x", nil}, obj{"coding": 7, "text": list{}}} {
			if f[1] == "resourceType" || f == [2]string{"MessageHeader", "extension"} {
				continue
			}
			m := parse(t, edit(t, message, set(f[0], f[1], value)))
			if len(m.Updates) == 0 || m.Updates[0].Ref != ref {
				t.Errorf("%v = %v: the referral is lost", f, value)
			}
		}
	}
}
