package storetest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"breakwater/store"
)

// manySite is the clinic of the invented referrals.
const manySite = "4321"

// Names, and what a clinic is asked for, are as common among the invented as they are among people: the first ones of each list come
// often. A surname that is not in the list is made of two of these parts.
var (
	familyNames = strings.Fields(`Smith Tremblay Nguyen Singh Brown Patel Roy Chen Martin Wilson Khan MacDonald Gagnon Taylor Li Campbell
		Ali Côté Anderson Kaur Leblanc Thompson Wong Bouchard Johnson Gauthier Lee Williams Morin Sharma Scott Lavoie Ahmed Fortin Clark Gagné
		Wang Stewart Ouellet Jones Pelletier Hussain Bélanger Lévesque Bergeron Robinson Leung O’Brien Murphy Dhaliwal Okonkwo Kowalski`)
	familyStarts = strings.Fields(`Ash Bel Black Bright Car Clear Cold Dun East Elm Fair Fen Glen Gold Gran Green Hall Har High Hol Kirk Lang
		Lind Long Mar Mere Mill Moor New North Oak Old Pen Ports Quin Red Rock Ros San Sea Shel South Stan Stone Strat Thorn Twin Wal West Whit Win Wood`)
	familyEnds = strings.Fields(`berg borne bridge brook bury by cliffe combe croft dale den don feld field ford gate ham hart hill holm hurst
		land ley low man mere mont mouth ner ney nor quist ridge rock sen shaw ski son stad stead stein ston ter ton vale ville wall water way wick wood worth`)
	givenNames = strings.Fields(`Olivia Liam Marie Noah Jean Emma William Mohammed Margaret Michel Fatima James Sophie David Mei Robert Anne
		Lucas Priya Daniel Élise Thomas Nancy Arjun Chantal Peter Linh Susan François Amina Joseph Karen Wei Louise Samuel Ingrid Pierre Grace Omar
		Hélène George Ruth Ahmed Siobhán Ivan Thérèse Kofi Yuki Gwendolyn Björn`)
	manyServices = strings.Split(`Cardiology|Orthopaedics|Diabetes Education|Dermatologie|Ophthalmology|Sleep Medicine|Physiotherapy|Mental Health Counselling|
Geriatric Assessment|Neurology|Gastroenterology|Rheumatology|Pain Clinic|Audiology|Podiatry|Urology|Endocrinology|Allergy|Paediatrics|Gynaecology|Nephrology|
Respirology|Speech Therapy|Dietitian|Wound Care|Memory Clinic|Hand Surgery|Vascular Surgery|Oncology|Ear, Nose and Throat`, "|")
	manyReasons = strings.Split(`Palpitations on exertion|Pain in the right knee for six months|Newly diagnosed|Gradual loss of sight on the left|Tired by day|
Three falls this winter|Weakness after a fall|Low mood since spring|For a second opinion|Follow-up after an operation`, "|")
	manyPriorities = []string{"routine", "routine", "routine", "routine", "routine", "routine", "urgent", "routine", "asap", "routine"}
)

// invention makes up one referral; the same number makes the same one.
type invention struct {
	*rand.Rand
	ref, chart string
	at         time.Time
	patient    store.Patient
	request    store.Request
	referrer   store.Party
	said       int // messages so far
}

// invent returns the messages about the referral of that number, the first of which came at a time, and
// has problems or not.
func invent(n int, at time.Time, problems bool) []store.Message {
	v := &invention{Rand: rand.New(rand.NewPCG(1, uint64(n))), at: at}
	id := sha256.Sum256(fmt.Appendf(nil, "referral %d", n))
	v.ref, v.chart = fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16]), fmt.Sprint(100_000+n)
	v.people()
	first := v.message("add-service-request")
	u := &first.Updates[0]
	u.ReceiverSite = manySite
	if v.IntN(8) == 0 {
		u.ReceiverSite = "98765"
	}
	if v.IntN(10) == 0 {
		u.Documents = []store.Document{{Title: "Letter", URL: "https://ocean.cognisantmd.com/svc/fhir/v1/DocumentReference/" + v.ref, Created: at}}
	}
	if problems {
		first.Problems = []store.Problem{store.ProblemOddResource}
	}
	story := v.story()
	if len(story) > 0 && v.IntN(2) == 0 { // it was older when the clinic first heard of it
		story[0](u)
		story = story[1:]
	}
	list := []store.Message{first}
	for _, next := range story {
		m := v.message("notify-update-service-request")
		m.Updates[0].ReceiverSite = u.ReceiverSite
		next(&m.Updates[0])
		list = append(list, m)
	}
	return list
}

// story is what happened after the referral was made.
func (v *invention) story() []func(*store.Update) {
	task := func(status string) func(*store.Update) {
		return func(u *store.Update) {
			u.Task = &store.Task{Status: status, Code: "process-request", Modified: u.SentAt}
		}
	}
	booked := func(u *store.Update) {
		task("accepted")(u)
		u.Appointment = &store.Appointment{Status: "booked", Start: u.SentAt.AddDate(0, 1, 0), Type: "First visit", Confirmed: v.IntN(2) == 0}
	}
	asked := func(u *store.Update) {
		u.Communications = []store.Communication{{ID: v.ref, Text: "Which side is it?", Sender: "Front desk", FromReceiver: true, SentAt: u.SentAt}}
	}
	switch k := v.IntN(100); {
	case k < 10:
		return nil // new
	case k < 17:
		return []func(*store.Update){task("accepted")}
	case k < 20:
		return []func(*store.Update){asked}
	case k < 28:
		return []func(*store.Update){booked}
	case k < 35:
		return []func(*store.Update){task("rejected")}
	case k < 38:
		return []func(*store.Update){func(u *store.Update) { u.Revoked = true }}
	case k < 50:
		return []func(*store.Update){booked, task("completed")}
	}
	return []func(*store.Update){task("completed")}
}

// message is the referral's next message, with all that every one repeats.
func (v *invention) message(event string) store.Message {
	at := v.at.Add(time.Duration(v.said) * time.Hour)
	header := fmt.Sprintf("%s/%d", v.ref, v.said)
	v.said++
	u := store.Update{Ref: v.ref, Event: event, SentAt: at, HeaderID: header, Test: true, Listing: "listing", Patient: &v.patient, Request: &v.request,
		Referrer: &v.referrer, Recipient: &store.Party{Organization: "Harbourside Example Clinic", Site: manySite},
		Questionnaires: []store.Questionnaire{{Form: "General referral", Items: []store.Item{{Text: "Has the patient been seen before?", Answers: []string{"No"}},
			{Text: "Symptoms since", Answers: []string{at.AddDate(0, -2, 0).Format("January 2006")}}, {Text: "Red flags", Answers: []string{"None reported"}}}}}}
	raw, err := json.Marshal(map[string]any{"resourceType": "Bundle", "type": "message", "id": header, "entry": []any{u}})
	if err != nil {
		panic(err) // texts and numbers alone
	}
	return store.Message{HeaderID: header, Event: event, SentAt: at, Digest: sha256.Sum256(raw), Raw: raw, Test: true, Updates: []store.Update{u}}
}

// people makes up who is referred, by whom, and for what.
func (v *invention) people() {
	name := v.name()
	v.patient = store.Patient{Name: name, BirthDate: time.Date(1930+v.IntN(90), time.Month(1+v.IntN(12)), 1+v.IntN(28), 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
		HealthNumber: &store.HealthNumber{Value: fmt.Sprint(9_000_000_000 + v.Int64N(999_999_999)), Version: "AB", Ontario: true}, ChartNumber: v.chart,
		Gender: []string{"female", "male"}[v.IntN(2)], Telecom: []store.ContactPoint{{System: "phone", Value: fmt.Sprintf("416-555-01%02d", v.IntN(100)), Use: "mobile"}},
		Addresses: []store.Address{{Lines: []string{fmt.Sprint(1+v.IntN(900), " Example Street")}, City: "Toronto", State: "ON", PostalCode: "M5V 0A1"}}}
	v.request = store.Request{Service: strings.TrimSpace(manyServices[v.common(len(manyServices))]), Priority: manyPriorities[v.IntN(len(manyPriorities))], Status: "active",
		AuthoredOn: v.at, Reasons: []string{strings.TrimSpace(manyReasons[v.IntN(len(manyReasons))])}}
	doctor := &invention{Rand: rand.New(rand.NewPCG(2, uint64(v.IntN(800))))} // a few hundred doctors refer all of them
	v.referrer = store.Party{Name: doctor.name(), Role: "Family Physician", Organization: familyStarts[doctor.IntN(len(familyStarts))] + " Family Practice",
		Billing: fmt.Sprintf("%06d", doctor.IntN(1_000_000))}
}

func (v *invention) name() store.Name {
	n := store.Name{Family: familyNames[v.common(len(familyNames))], Given: []string{givenNames[v.common(len(givenNames))]}}
	if v.IntN(2) == 0 {
		n.Family = familyStarts[v.IntN(len(familyStarts))] + familyEnds[v.IntN(len(familyEnds))]
	}
	if v.IntN(4) == 0 {
		n.Given = append(n.Given, givenNames[v.IntN(len(givenNames))])
	}
	return n
}

// common is a number below n, small ones more often.
func (v *invention) common(n int) int { return int(float64(n) * v.Float64() * v.Float64()) }
