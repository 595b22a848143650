package ocean_test

import (
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func TestService(t *testing.T) {
	category := func(value any) func(doc) { return set("ServiceRequest", "category", value) }
	said := func(text, display string) list {
		return list{obj{"text": text, "coding": list{obj{"display": ""}, obj{"display": display}}}}
	}
	noSpecialty := func(d doc) { delete(d.first("PractitionerRole"), "specialty") }
	noName := set("MessageHeader", "destination", list{obj{"receiver": to("urn:uuid:gone")}})
	for _, tt := range []struct {
		name   string
		change []func(doc)
		want   string
	}{
		{"generic category", nil, "Cardiology"},
		{"generic, lower case", []func(doc){category(said("other", ""))}, "Cardiology"},
		{"category's text", []func(doc){category(said("Heart Clinic", "MISCELLANEOUS"))}, "Heart Clinic"},
		{"category's display", []func(doc){category(said("", "HEART"))}, "HEART"},
		{"no category", []func(doc){category(nil)}, "Cardiology"},
		{"specialty's text", []func(doc){func(d doc) { d.first("PractitionerRole")["specialty"] = list{obj{"text": "Hearts"}} }}, "Hearts"},
		{"receiver's specialty", []func(doc){set("ServiceRequest", "performer", nil)}, "Cardiology"},
		{"order detail", []func(doc){noSpecialty, set("ServiceRequest", "orderDetail", said("Echo", "")), set("ServiceRequest", "code", said("C", "")[0])}, "Echo"},
		{"code", []func(doc){noSpecialty, set("ServiceRequest", "code", said("", "Consult")[0])}, "Consult"},
		{"destination", []func(doc){noSpecialty}, "Example Clinic"},
		{"nothing better", []func(doc){noSpecialty, noName, set("ServiceRequest", "performer", nil)}, "MISCELLANEOUS"},
	} {
		u := update(t, edit(t, oceantest.Message{}, tt.change...))
		equal(t, tt.name, u.Request.Service, tt.want)
	}
}

func TestNotesAndReasons(t *testing.T) {
	u := update(t, edit(t, oceantest.Message{Priority: "stat"},
		add("urn:uuid:o", obj{"resourceType": "Organization", "name": "Example Org"}),
		set("ServiceRequest", "reasonCode", list{obj{"text": "Chest pain"}, obj{"coding": list{obj{"display": "Syncope"}}}, obj{}}),
		set("ServiceRequest", "note", list{
			obj{"text": " <b>raw</b>&nbsp;\n", "authorString": "Ada"},
			obj{"text": " "},
			obj{"text": "two", "authorReference": to("urn:uuid:o"), "time": "2026-03-04"},
			obj{"text": "three", "authorReference": obj{"reference": "urn:uuid:gone", "display": "Somebody"}},
		})))
	equal(t, "reasons", u.Request.Reasons, []string{"Chest pain", "Syncope"})
	equal(t, "notes", u.Request.Notes, []store.Note{
		{HTML: " <b>raw</b>&nbsp;\n", Author: "Ada"},
		{HTML: "two", Author: "Example Org", Time: at(t, "2026-03-04T00:00:00Z")},
		{HTML: "three", Author: "Somebody"},
	})
	equal(t, "priority", u.Request.Priority, "stat")
}

func TestQuestionnaire(t *testing.T) {
	answers := list{}
	want := []string{}
	for _, a := range []struct {
		value obj
		want  string
	}{
		{obj{"valueString": "<i>text</i>"}, "<i>text</i>"},
		{obj{"valueBoolean": true}, "true"},
		{obj{"valueBoolean": false}, "false"},
		{obj{"valueInteger": 3}, "3"},
		{obj{"valueDecimal": 1.5}, "1.5"},
		{obj{"valueDate": "2026-03"}, "2026-03"},
		{obj{"valueDateTime": "2026-03-04T05:06:07Z"}, "2026-03-04T05:06:07Z"},
		{obj{"valueTime": "05:06:07"}, "05:06:07"},
		{obj{"valueUri": "https://example.com"}, "https://example.com"},
		{obj{"valueCoding": obj{"system": "s", "code": "c", "display": "Shown"}}, "Shown"},
		{obj{"valueCoding": obj{"system": "s", "code": "c"}}, "c"},
		{obj{"valueQuantity": obj{"value": 7.5, "unit": "kg", "code": "kg", "system": "s"}}, "7.5 kg"},
		{obj{"valueQuantity": obj{"value": 7, "code": "kg", "system": "s", "comparator": "<"}}, "<7 kg"},
		{obj{"valueQuantity": obj{"value": 7}}, "7"},
		{obj{"valueAttachment": obj{"title": "X-ray.png", "url": "https://x"}}, "X-ray.png"},
		{obj{"valueReference": obj{"reference": "Patient/1", "display": "Ada"}}, "Ada"},
		{obj{"valueReference": obj{"reference": "Patient/1"}}, "Patient/1"},
	} {
		answers = append(answers, a.value)
		want = append(want, a.want)
	}
	answers = append(answers, obj{}, obj{"valueString": " "}, obj{"item": list{obj{"text": "under an answer"}, obj{}}})
	form := func(id any, extra obj) func(doc) {
		r := obj{"resourceType": "QuestionnaireResponse", "identifier": id}
		for k, v := range extra {
			r[k] = v
		}
		return add("", r)
	}
	u := update(t, edit(t, oceantest.Message{},
		form(obj{"system": "http://localhost/id-form-reference", "value": "form-1"}, obj{"item": list{
			obj{"linkId": "empty"}, obj{"text": "Q", "answer": answers},
			obj{"item": list{obj{"item": list{obj{}}}}}, obj{"item": list{obj{"text": "inner"}}}, obj{"text": "  "},
		}}),
		form(reference(ref), obj{"questionnaire": "https://x/Questionnaire/form-2|1.0"}),
		form(nil, obj{"item": obj{"text": "single"}}),
		form(nil, nil),
	))
	equal(t, "questionnaires", u.Questionnaires, []store.Questionnaire{
		{Form: "form-1", Items: []store.Item{
			{Text: "Q", Answers: want}, {Text: "under an answer", Depth: 1}, {}, {Text: "inner", Depth: 1},
		}},
		{Form: "form-2"},
		{Items: []store.Item{{Text: "single"}}},
	})
}

// Letters whose capitals are written in more or fewer bytes stand before the version.
func TestVersionOfAForm(t *testing.T) {
	for url, want := range map[string]string{
		"https://x/Questionnaire/f|1.0":        "f",
		"https://x/Questionnaire/f%7C1.0":      "f",
		"https://x/Questionnaire/f%7c1%7C0":    "f",
		"https://x/Questionnaire/ɐɐɐɐ%7c1":     "ɐɐɐɐ",
		"https://x/Questionnaire/ııııéé%7C1.0": "ııııéé",
	} {
		u := update(t, edit(t, oceantest.Message{}, add("", obj{"resourceType": "QuestionnaireResponse", "questionnaire": url})))
		equal(t, url, u.Questionnaires, []store.Questionnaire{{Form: want}})
	}
}
