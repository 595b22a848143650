package ocean_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return moment.UTC()
}

func fixture(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/add-service-request.json")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// The fixture has the shape of a bundle that Ocean sent in June 2024, with invented people.
func TestParseReadsEveryField(t *testing.T) {
	const ref = "0a1b2c3d-0009-4e5f-8a9b-0c1d2e3f4a5b"
	body := fixture(t)
	m := parse(t, body)
	sent, written := at(t, "2026-02-03T09:35:42.73-05:00"), at(t, "2026-02-03T09:35:32-05:00")
	if !bytes.Equal(m.Raw, body) {
		t.Error("Raw is not the body")
	}
	want := store.Message{
		HeaderID: "0a1b2c3d-0001-4e5f-8a9b-0c1d2e3f4a5b", Event: "add-service-request",
		SentAt: sent, Digest: m.Digest, Raw: m.Raw, Test: true,
	}
	telecom := []store.ContactPoint{
		{System: "phone", Value: "705-555-0110", Use: "work"},
		{System: "fax", Value: "705-555-0111", Use: "work"},
		{System: "email", Value: "grace.sample@clinic.example", Use: "work"},
		{System: "phone", Value: "705-555-0199", Use: "work"},
	}
	want.Updates = []store.Update{{
		Ref: ref, Event: want.Event, SentAt: sent, HeaderID: want.HeaderID, Test: true,
		ReceiverSite: "4321", Listing: "georgian_bay_exa49721437",
		Patient: &store.Patient{
			Name:         store.Name{Family: "Example", Given: []string{"Ada", "Marie"}, Text: "Ada Example"},
			OtherNames:   []store.Name{{Text: "Addie"}},
			HealthNumber: &store.HealthNumber{Value: "9000047119", Version: "XK", System: "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-patient-hcn", Ontario: true, Valid: true},
			ChartNumber:  "98765", BirthDate: "1961-05-07", Gender: "female", Language: "French",
			Telecom: []store.ContactPoint{{System: "phone", Value: "705-555-0123", Use: "mobile"}},
			Addresses: []store.Address{
				{Use: "home", Lines: []string{"1 Lighthouse Lane"}, City: "Penetanguishene", State: "ON", PostalCode: "L9M 0B2"},
				{Use: "temp", City: "Tiny"},
			},
		},
		Request: &store.Request{
			Service: "Vertigo Assessment", Priority: "urgent", Status: "active", AuthoredOn: written,
			Reasons: []string{"Vertigo"},
			Notes: []store.Note{{
				HTML:   `<u><b>Vertigo Assessment<br><br></b></u>Falls: <b><font color="#008800">No</font></b><br>Worse on ladders&nbsp;`,
				Author: "Dr. Grace Sample", Time: written,
			}},
		},
		Referrer: &store.Party{
			Name: store.Name{Family: "Sample", Given: []string{"Grace"}, Prefix: []string{"Dr."}},
			Role: "Family Physician", Licence: "12345", Billing: "012345", Telecom: telecom,
			Addresses: []store.Address{{Use: "work", Lines: []string{"12 Harbour Rd", "Unit 3"}, City: "Midland", State: "ON", PostalCode: "L4R 0A1"}},
		},
		Recipient: &store.Party{
			Organization: "Georgian Bay Example Clinic", Site: "4321",
			Telecom:   []store.ContactPoint{{System: "phone", Value: "1-800-555-0150", Use: "work"}},
			Addresses: []store.Address{{Use: "work", Lines: []string{"99 Dock St"}, City: "Midland", State: "ON", PostalCode: "L4R 0C3"}},
		},
		Questionnaires: []store.Questionnaire{{Form: "vertigo_example_form", Items: []store.Item{
			{Text: "Part 1. Patient Information"},
			{Text: "Referred under the <i>Lighthouse Keepers Act</i>. <b>Due to:</b>"},
			{Text: "Occupation (if known):"},
			{Text: "I am this person's:", Answers: []string{"Family Physician"}},
			{Answers: []string{"Dizzy on stairs – ≥3 times a week"}},
			{}, // a group without text, kept for what is in it
			{Depth: 1},
			{Text: "Keeps bees", Answers: []string{"true"}, Depth: 2},
		}}},
		Documents: []store.Document{{
			Title: "Ada Example-Sample Practice-2026-02-03.pdf", ContentType: "application/pdf", Created: written,
			URL: "https://ocean.cognisantmd.com/svc/fhir/v1/ServiceRequest/" + ref + "/$letter",
		}},
	}}
	equal(t, "message", m, want)
}

func parse(t testing.TB, body []byte) store.Message {
	t.Helper()
	m, err := ocean.Parse(body)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return m
}

// Both of Ocean's ways to refer must read alike.
func TestProfilesReadAlike(t *testing.T) {
	m := oceantest.Message{
		Ref: ref, HeaderID: "h", Task: &oceantest.Task{Status: "accepted"}, Questions: [][2]string{{"Q", "A"}},
		Appointment: &oceantest.Appointment{Start: noon, Confirmed: true}, Documents: []oceantest.Document{{}},
		Communications: []oceantest.Communication{{Text: "Hello", FromReceiver: true}},
		Replaces:       ref2, Others: []oceantest.Request{{Ref: ref2}},
	}
	newer := parse(t, m.JSON())
	m.Legacy = true
	older := parse(t, oceantest.Bundle(m))
	equal(t, "updates", older.Updates, newer.Updates)
	equal(t, "problems", older.Problems, newer.Problems)
	if u := newer.Updates[0]; u.Task == nil || !u.Appointment.Confirmed || len(u.Documents) != 1 || len(u.Links) != 1 || !u.Communications[0].FromReceiver {
		t.Errorf("a part is missing: %+v", u)
	}
}

// The builder's promises to other tests.
func TestFixtures(t *testing.T) {
	m := oceantest.Message{Ref: ref, HeaderID: "h"}
	if !bytes.Equal(m.JSON(), m.JSON()) {
		t.Error("the same message gives other bytes")
	}
	a, b := parse(t, oceantest.Message{}.JSON()), parse(t, oceantest.Message{}.JSON())
	if len(a.Problems) > 0 || a.HeaderID == b.HeaderID || a.Updates[0].Ref == b.Updates[0].Ref {
		t.Errorf("defaults: %v, %v", a.Problems, a.HeaderID)
	}
	if n := a.Updates[0].Patient.HealthNumber; !n.Valid {
		t.Errorf("health number %q is not valid", n.Value)
	}
	none := parse(t, oceantest.Message{Ref: oceantest.None, SiteNumber: oceantest.None, NoteHTML: oceantest.None}.JSON())
	equal(t, "problems", none.Problems, []store.Problem{store.ProblemNoReference})
}
