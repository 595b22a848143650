package oceantest

import (
	"fmt"

	"github.com/google/uuid"
)

// people are invented. Their names try what Ontario's names try: accents, apostrophes, hyphens, more
// than one family name, and none that any encoding but UTF-8 gets right by chance.
var people = []Patient{
	{Family: "Tremblay-Lafrenière", Given: "Élodie", BirthDate: "1984-03-09", Gender: "female"},
	{Family: "Whitfield", Given: "Margaret", BirthDate: "1941-11-23", Gender: "female"},
	{Family: "Kîsikâw Pelletier", Given: "Noah", BirthDate: "1992-06-21", Gender: "male"},
	{Family: "Okonkwo", Given: "Chidi", BirthDate: "1978-01-30", Gender: "male"},
	{Family: "O’Brien", Given: "Siobhán", BirthDate: "1969-07-02", Gender: "female"},
	{Family: "Rahman", Given: "Aïsha", BirthDate: "2001-12-12", Gender: "female"},
	{Family: "Bélanger", Given: "François", BirthDate: "1956-04-17", Gender: "male"},
	{Family: "Nguyễn", Given: "Thị Lan", BirthDate: "1988-09-05", Gender: "female"},
	{Family: "Kawennáhere Jacobs", Given: "Wáhsontí:io", BirthDate: "1995-02-14", Gender: "unknown"},
	{Family: "Singh Dhaliwal", Given: "Harpreet", BirthDate: "1973-10-08", Gender: "male"},
	{Family: "Peña Ibáñez", Given: "María José", BirthDate: "1963-05-26", Gender: "female"},
	{Family: "Chen", Given: "Mei-Ling", BirthDate: "1949-08-31", Gender: "female"},
	{Family: "Wójcik", Given: "Łukasz", BirthDate: "2014-01-19", Gender: "male"},
	{Family: "Smith", Given: "D'Arcy", BirthDate: "1937-12-01", Gender: "other"},
}

// services are what people are referred for, with a reason for each.
var services = []struct{ name, reason string }{
	{"Cardiology", "Palpitations on exertion"},
	{"Orthopaedics", "Pain in the right knee for six months"},
	{"Diabetes Education", "Type 2 diabetes, newly diagnosed"},
	{"Dermatologie", "Lésion pigmentée à surveiller"},
	{"Ophthalmology", "Gradual loss of sight on the left"},
	{"Sleep Medicine", "Loud snoring, tired by day"},
	{"Physiotherapy", "Weakness after a fall"},
	{"Mental Health Counselling", "Low mood since spring"},
	{"Geriatric Assessment", "Three falls this winter"},
}

var (
	priorities = []string{"routine", "routine", "urgent", "routine", "asap", "routine", "stat"}
	referrers  = []string{"Sample", "Lévesque", "MacDonald", "Exemple-Roy", "Adeyemi"}
)

const elsewhereSite, elsewhereName = "98765", "Lakeshore Example Hospital"

// invent returns a new referral of the next invented person, with letter and attachments, and says
// what its documents are. The caller holds the lock.
func (o *Ocean) invent() Message {
	n := o.people
	o.people++
	service := services[n%len(services)]
	p := people[n%len(people)]
	p.HealthNumber, p.Version, p.ChartNumber = HealthNumber(4000+n), "SX", fmt.Sprint(70000+n)
	p.Phone = fmt.Sprintf("416-555-01%02d", n%100)
	at := o.stamp()
	m := Message{Event: eventAdd, HeaderID: uuid.NewString(), Ref: uuid.NewString(), SentAt: at, Authored: at, Patient: p,
		Destination: "Harbourside Example Clinic", Referrer: referrers[n%len(referrers)],
		Priority: priorities[n%len(priorities)], Specialty: service.name, Reason: service.reason,
		NoteHTML:  "<b>Reason for referral</b><br>" + service.reason + "<br><u>Simulation.</u> Not a real patient.&nbsp;",
		Documents: []Document{{}},
		Questions: [][2]string{{"Has the patient been seen before?", "No"}, {"Preferred language", []string{"English", "Français"}[n%2]}},
	}
	if n%2 == 0 {
		m.Documents = append(m.Documents, o.document(m.Ref, 1, PNG, "Trace.png", "image/png"))
	}
	if n%3 == 0 {
		m.Documents = append(m.Documents, o.document(m.Ref, 2, Text, "Laboratory.txt", "text/plain"))
	}
	return m
}

// document returns a link to a document of the simulator's own, and remembers what it is.
func (o *Ocean) document(ref string, n int, c Content, title, contentType string) Document {
	id := resourceID(ref, fmt.Sprint("document", n))
	o.contents[id] = c
	return Document{Title: title, ContentType: contentType, URL: o.opts.Self + "/svc/fhir/v1/DocumentReference/" + id + "/$binary"}
}
