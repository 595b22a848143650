package ocean_test

import (
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func patientWith(t *testing.T, field string, value any) *store.Patient {
	t.Helper()
	return update(t, edit(t, oceantest.Message{}, set("Patient", field, value))).Patient
}

func TestPatientName(t *testing.T) {
	for _, tt := range []struct {
		name   string
		value  any
		best   store.Name
		others []store.Name
	}{
		{"text only", list{obj{"text": "Ada Example"}}, store.Name{Text: "Ada Example"}, nil},
		{"no given", list{obj{"family": " Example "}}, store.Name{Family: "Example"}, nil},
		{"official first", list{obj{"family": "A"}, obj{"family": "B", "use": "official"}, obj{"family": "C"}}, store.Name{Family: "B"}, []store.Name{{Family: "A"}, {Family: "C"}}},
		{"not the old one", list{obj{"family": "A", "use": "maiden"}, obj{"family": "B"}}, store.Name{Family: "B"}, []store.Name{{Family: "A"}}},
		{"empty ones", list{obj{"use": "official"}, obj{}, obj{"given": list{"", "Ada"}}}, store.Name{Given: []string{"Ada"}}, nil},
		{"given a string", list{obj{"given": "Ada", "prefix": "Ms."}}, store.Name{Given: []string{"Ada"}, Prefix: []string{"Ms."}}, nil},
		{"one object", obj{"family": "Example"}, store.Name{Family: "Example"}, nil},
		{"none", nil, store.Name{}, nil},
	} {
		p := patientWith(t, "name", tt.value)
		equal(t, tt.name, p.Name, tt.best)
		equal(t, tt.name, p.OtherNames, tt.others)
	}
}

func TestHealthNumber(t *testing.T) {
	const ontario = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-patient-hcn"
	const quebec = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-qc-patient-hcn"
	jhn := obj{"coding": list{obj{"code": "JHN"}}}
	version := list{obj{"url": exts + "ext-id-health-card-version-code", "valueString": "AB"}}
	good := oceantest.HealthNumber(42)
	bad := good[:9] + string('0'+(good[9]-'0'+1)%10)
	for _, tt := range []struct {
		name  string
		value list
		want  *store.HealthNumber
	}{
		{"Ontario by system", list{obj{"system": ontario, "value": good}}, &store.HealthNumber{Value: good, System: ontario, Ontario: true, Valid: true}},
		{"spaces and dashes", list{obj{"system": ontario, "value": good[:4] + "-" + good[4:7] + " " + good[7:]}}, &store.HealthNumber{Value: good, System: ontario, Ontario: true, Valid: true}},
		{"bad check digit", list{obj{"system": ontario, "value": bad}}, &store.HealthNumber{Value: bad, System: ontario, Ontario: true}},
		{"too short", list{obj{"system": ontario, "value": "18"}}, &store.HealthNumber{Value: "18", System: ontario, Ontario: true}},
		{"letters", list{obj{"system": ontario, "value": "ABCDEFGHIJ"}}, &store.HealthNumber{Value: "ABCDEFGHIJ", System: ontario, Ontario: true}},
		{"a number", list{obj{"system": ontario, "value": 1234567897}}, &store.HealthNumber{Value: "1234567897", System: ontario, Ontario: true, Valid: true}},
		{"by type", list{obj{"type": jhn, "value": good}}, &store.HealthNumber{Value: good, Valid: true}},
		{"another province", list{obj{"system": quebec, "value": "EXAA61550718"}}, &store.HealthNumber{Value: "EXAA61550718", System: quebec}},
		{"Ontario before others", list{obj{"system": quebec, "value": "EXAA61550718"}, obj{"system": ontario, "value": good}}, &store.HealthNumber{Value: good, System: ontario, Ontario: true, Valid: true}},
		{"old one last", list{obj{"system": ontario, "value": bad, "use": "old"}, obj{"system": ontario, "value": good}}, &store.HealthNumber{Value: good, System: ontario, Ontario: true, Valid: true}},
		{"version", list{obj{"system": ontario, "value": good, "extension": version}}, &store.HealthNumber{Value: good, Version: "AB", System: ontario, Ontario: true, Valid: true}},
		{"without value", list{obj{"system": ontario}, obj{"type": jhn, "value": " - "}}, nil},
		{"none", list{obj{"system": "other", "value": good}}, nil},
	} {
		equal(t, tt.name, patientWith(t, "identifier", tt.value).HealthNumber, tt.want)
	}
	u := update(t, edit(t, oceantest.Message{}, set("Patient", "extension", version)))
	equal(t, "version on the patient", u.Patient.HealthNumber.Version, "AB")
	u = update(t, edit(t, oceantest.Message{Patient: oceantest.Patient{Version: "QX", ChartNumber: "C-7", HealthNumber: oceantest.None}}))
	equal(t, "no number", u.Patient.HealthNumber, (*store.HealthNumber)(nil))
	equal(t, "chart number", u.Patient.ChartNumber, "C-7")
}

func TestPatientDetails(t *testing.T) {
	for value, want := range map[string]string{"1961-05-07": "1961-05-07", "1961-05": "1961-05", "1961": "1961", "1961-05-07T00:00:00Z": "1961-05-07", "long ago": ""} {
		equal(t, value, patientWith(t, "birthDate", value).BirthDate, want)
	}
	equal(t, "no birth date", patientWith(t, "birthDate", nil).BirthDate, "")
	equal(t, "gender", patientWith(t, "gender", "unknown").Gender, "unknown")
	equal(t, "deceased", patientWith(t, "deceasedBoolean", true).Deceased, true)
	equal(t, "not deceased", patientWith(t, "deceasedBoolean", false).Deceased, false)
	equal(t, "deceased on", patientWith(t, "deceasedDateTime", "2026").Deceased, true)
	equal(t, "telecom", patientWith(t, "telecom", list{
		obj{"system": "fax", "value": "1"}, obj{"system": "phone"}, obj{"system": "phone", "value": "416-555-0101"}, obj{"system": "phone", "value": "(416) 555 0101"},
	}).Telecom, []store.ContactPoint{{System: "fax", Value: "1"}, {System: "phone", Value: "416-555-0101"}, {System: "phone", Value: "(416) 555 0101"}})
	equal(t, "addresses", patientWith(t, "address", list{
		obj{"use": "home", "type": "postal"}, obj{"text": "1 Lighthouse Lane, Tiny"}, obj{"country": "CA", "use": "home"},
	}).Addresses, []store.Address{{Lines: []string{"1 Lighthouse Lane, Tiny"}}, {Use: "home", Country: "CA"}})
	speaks := func(code, text string, preferred bool) obj {
		return obj{"language": obj{"coding": list{obj{"code": code}}, "text": text}, "preferred": preferred}
	}
	equal(t, "first language", patientWith(t, "communication", list{speaks("en-CA", "", false), speaks("it", "Italian", false)}).Language, "English")
	equal(t, "preferred language", patientWith(t, "communication", list{speaks("en", "", false), speaks("it", "Italian", true)}).Language, "Italian")
	equal(t, "language code", patientWith(t, "communication", list{speaks("cr", "", true)}).Language, "cr")
}

func TestWhichPatient(t *testing.T) {
	second := add("urn:uuid:p2", obj{"resourceType": "Patient", "name": list{obj{"family": "Second"}}})
	for _, tt := range []struct {
		name   string
		change []func(doc)
		want   string // "" for none
	}{
		{"the subject", []func(doc){second}, "Example"},
		{"the other subject", []func(doc){second, set("ServiceRequest", "subject", to("urn:uuid:p2"))}, "Second"},
		{"dangling, only one", []func(doc){set("ServiceRequest", "subject", to("Patient/gone"))}, "Example"},
		{"dangling, two", []func(doc){second, set("ServiceRequest", "subject", to("Patient/gone"))}, ""},
		{"by the task", []func(doc){second, set("ServiceRequest", "subject", nil), add("", obj{"resourceType": "Task", "for": to("urn:uuid:p2")})}, "Second"},
		{"contained", []func(doc){remove("Patient"), set("ServiceRequest", "subject", to("#p")), set("ServiceRequest", "contained", list{obj{"resourceType": "Patient", "id": "p", "name": list{obj{"family": "Inner"}}}})}, "Inner"},
		{"none", []func(doc){remove("Patient")}, ""},
	} {
		m := parse(t, edit(t, oceantest.Message{}, tt.change...))
		got := ""
		if p := m.Updates[0].Patient; p != nil {
			got = p.Name.Family
		}
		equal(t, tt.name, got, tt.want)
		equal(t, tt.name, contains(m.Problems, store.ProblemNoPatient), tt.want == "")
	}
	if m := parse(t, edit(t, oceantest.Message{Event: "notify-update-service-request", NoPatient: true})); len(m.Problems) != 0 {
		t.Errorf("an update without a patient: %v", m.Problems)
	}
}
