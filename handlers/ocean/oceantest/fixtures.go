// Package oceantest makes what Ocean sends, with invented people, for tests and rehearsals.
package oceantest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// None in a text field of a [Message] leaves out what an empty field would fill with a default.
const None = "-"

// Message describes one message bundle in the shape that Ocean sends (Ontario eReferral-eConsult IG
// v0.11.1). The zero Message is a complete new referral of Ada Example, 10:00 in Toronto on
// 15 January 2026, to site 1234. A Message with HeaderID and Ref set always gives the same bytes;
// later messages about a referral are made by copying the first and changing some fields.
type Message struct {
	Event    string    // default add-service-request
	HeaderID string    // MessageHeader.id; default a fresh UUID
	Ref      string    // referral reference; default a fresh UUID; None for none at all
	SentAt   time.Time // Bundle.timestamp
	Host     string    // Ocean's, with scheme; default https://ocean.cognisantmd.com
	Legacy   bool      // profile 1.0.0: Type/id and no fullUrl; else 1.0.1: urn:uuid: and no id
	TestData bool      // marks everything HTEST

	SiteNumber  string // of the receiver; default 1234
	Listing     string // default example_listing1001
	Destination string // the receiver's name; default Example Clinic
	Patient     Patient
	NoPatient   bool
	Referrer    string // family name of Dr. Grace ...; default Sample

	Priority, Status, Category, Specialty, Reason, NoteHTML string // of the request

	Replaces, BasedOn string    // referral references that the request points to
	Others            []Request // further ServiceRequests

	Task           *Task
	Appointment    *Appointment
	Communications []Communication
	Questions      [][2]string // text and answer of a form's items; either may be ""
	Documents      []Document
	Extra          []map[string]any // further resources; those with an id can be referred to
}

// Patient is the person referred. Empty fields are filled with Ada Example's.
type Patient struct{ Family, Given, HealthNumber, Version, ChartNumber, BirthDate, Gender, Phone, Email string }

// Request is a ServiceRequest besides the one that the message is about.
type Request struct {
	Ref, Replaces, BasedOn string
	Focus                  bool // the message is about it as well
}

// Task is a process request. Code defaults to process-request.
type Task struct {
	Status, Code, Reason string
	Modified             time.Time // default the message's time
}

// Appointment is a booking. Without Start it says that the booking was removed.
type Appointment struct {
	Status, Type, Instruction string // Status defaults to booked, or proposed without Start
	Start                     time.Time
	Minutes                   int
	Confirmed                 bool
}

// Communication is a message between the two sides. ID has a default by Ref and position.
type Communication struct {
	ID, Text     string
	FromReceiver bool
	Sent         time.Time // default the message's time
}

// Document is an attachment. Without URL and Data it is the referral letter.
type Document struct{ Title, ContentType, URL, Data string }

// HealthNumber returns an invented Ontario health number with a right check digit, another one for
// each serial number from 0 to 99999999.
func HealthNumber(serial int) string {
	digits := fmt.Sprintf("9%08d", serial)
	sum := 0
	for i, c := range digits {
		d := int(c - '0')
		if i%2 == 0 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

// Bundle returns the message's JSON.
func Bundle(m Message) []byte { return m.JSON() }

// JSON returns the message as Ocean would send it.
func (m Message) JSON() []byte {
	b := builder{Message: m.withDefaults()}
	header := b.header()
	b.parties()
	b.requests()
	b.parts()
	header["focus"] = b.focus()
	bundle := fhir{"resourceType": "Bundle", "id": b.id("bundle" + b.HeaderID), "type": "message",
		"timestamp": instant(b.SentAt), "meta": fhir{"lastUpdated": instant(b.SentAt)}, "entry": b.entries}
	b.mark(bundle["meta"].(fhir))
	out, err := json.Marshal(bundle)
	if err != nil {
		panic(fmt.Sprintf("oceantest: %v", err)) // only an Extra that is no JSON
	}
	return out
}

func (m Message) withDefaults() Message {
	def := func(field *string, value string) { *field = cmp.Or(*field, value) }
	def(&m.Event, "add-service-request")
	def(&m.HeaderID, uuid.NewString())
	def(&m.Ref, uuid.NewString())
	def(&m.Host, "https://ocean.cognisantmd.com")
	def(&m.SiteNumber, "1234")
	def(&m.Listing, "example_listing1001")
	def(&m.Destination, "Example Clinic")
	def(&m.Referrer, "Sample")
	def(&m.Priority, "routine")
	def(&m.Status, "active")
	def(&m.Category, "MISCELLANEOUS")
	def(&m.Specialty, "Cardiology")
	def(&m.NoteHTML, "<b>Reason</b><br>Palpitations&nbsp;on exertion")
	p := &m.Patient
	def(&p.Family, "Example")
	def(&p.Given, "Ada")
	def(&p.HealthNumber, HealthNumber(1))
	def(&p.BirthDate, "1970-01-02")
	def(&p.Gender, "female")
	def(&p.Phone, "416-555-0101")
	if m.SentAt.IsZero() {
		m.SentAt = time.Date(2026, 1, 15, 10, 0, 0, 0, time.FixedZone("", -5*3600))
	}
	return m
}

// fhir is a resource or an element, or a part of one.
type fhir = map[string]any

type builder struct {
	Message
	entries []any
	foci    map[string][]fhir // references by type, of what the event may focus on
}

// id returns the UUID of one of the referral's resources, always the same for the same name.
func (b *builder) id(name string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(b.Ref+"/"+name)).String()
}

// refer returns a Reference in the message's style.
func (b *builder) refer(typ, id string) fhir {
	if b.Legacy {
		return fhir{"reference": typ + "/" + id}
	}
	return fhir{"reference": "urn:uuid:" + id}
}

// add appends a resource, with neither empty fields nor those that are None.
func (b *builder) add(typ, id string, r fhir) fhir {
	for k, v := range r {
		if v == "" || v == None || v == nil {
			delete(r, k)
		}
	}
	profile := "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-" + typ
	r["resourceType"], r["meta"] = typ, fhir{"profile": []string{profile + "|1.0.1"}}
	e := fhir{"resource": r, "fullUrl": "urn:uuid:" + id}
	switch {
	case b.Legacy:
		r["id"], r["meta"] = id, fhir{"profile": []string{profile + "%7C1.0.0"}}
		delete(e, "fullUrl")
	case typ == "MessageHeader":
		r["id"], e["fullUrl"] = id, id
	}
	b.mark(r["meta"].(fhir))
	b.entries = append(b.entries, e)
	return b.refer(typ, id)
}

func (b *builder) mark(meta fhir) {
	if b.TestData {
		meta["security"] = []fhir{{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}}
	}
}

// identifiers pairs naming systems of Ocean's with values, leaving out those that are None.
func (b *builder) identifiers(pairs ...string) []fhir {
	all := []fhir{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != None && pairs[i+1] != "" {
			all = append(all, fhir{"system": b.Host + "/svc/fhir/v1/NamingSystem/" + pairs[i], "value": pairs[i+1]})
		}
	}
	return all
}

func (b *builder) header() fhir {
	h := fhir{
		"eventCoding": fhir{"system": "https://ehealthontario.ca/fhir/CodeSystem/message-event-code", "code": b.Event},
		"destination": []fhir{{"name": b.Destination, "receiver": b.refer("PractitionerRole", b.id("receiver"))}},
		"sender":      b.refer("PractitionerRole", b.id("requester")),
		"source":      fhir{"name": "Ocean", "endpoint": b.Host + "/svc/fhir/v1/$process-messages"},
	}
	const extensions = "http://ehealthontario.ca/fhir/StructureDefinition/"
	if b.Ref != None && b.Legacy {
		h["extension"] = []fhir{{"url": extensions + "ext-id-message-header", "valueString": b.Ref}}
	} else if b.Ref != None {
		id := b.identifiers("id-ereferral-reference", b.Ref)[0]
		h["extension"] = []fhir{{"url": extensions + "ext-referral-identifier", "valueIdentifier": id}}
	}
	b.add("MessageHeader", b.HeaderID, h)
	return h
}

func (b *builder) parties() {
	if p := b.Patient; !b.NoPatient {
		const v2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
		number := func(code, system, value string) fhir {
			id := fhir{"type": fhir{"coding": []fhir{{"system": v2, "code": code}}}, "system": system}
			if value != None && value != "" {
				id["value"] = value
			}
			return id
		}
		card := number("JHN", "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-patient-hcn", p.HealthNumber)
		if p.Version != "" {
			card["extension"] = []fhir{{"url": "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-health-card-version-code", "valueString": p.Version}}
		}
		chart := number("MR", b.Host+"/svc/fhir/v1/NamingSystem/id-external-patient-reference", p.ChartNumber)
		b.add("Patient", b.id("patient"), fhir{"identifier": []fhir{card, chart}, "name": name(p.Family, p.Given),
			"birthDate": p.BirthDate, "gender": p.Gender, "telecom": telecom(p.Phone, p.Email)})
	}
	b.add("PractitionerRole", b.id("receiver"), fhir{"specialty": concept(b.Specialty),
		"identifier": b.identifiers("id-referral-target-reference", b.Listing, "id-site-number", b.SiteNumber)})
	grace := b.add("Practitioner", b.id("practitioner"), fhir{"name": name(b.Referrer, "Grace")})
	b.add("PractitionerRole", b.id("requester"), fhir{"practitioner": grace,
		"code": concept("Family Physician"), "telecom": telecom("416-555-0102", "grace@clinic.example")})
}

func (b *builder) requests() {
	b.foci = map[string][]fhir{}
	documents := []fhir{}
	for i := range b.Documents {
		documents = append(documents, b.refer("DocumentReference", b.id("document"+strconv.Itoa(i))))
	}
	main := fhir{"supportingInfo": documents, "priority": b.Priority, "category": concept(b.Category),
		"requester": b.refer("PractitionerRole", b.id("requester")), "reasonCode": concept(b.Reason),
		"performer": []fhir{b.refer("PractitionerRole", b.id("receiver"))}}
	if b.NoteHTML != None {
		main["note"] = []fhir{{"authorReference": b.refer("Practitioner", b.id("practitioner")), "time": instant(b.SentAt), "text": b.NoteHTML}}
	}
	b.request(main, Request{Ref: b.Ref, Replaces: b.Replaces, BasedOn: b.BasedOn, Focus: true})
	for _, other := range b.Others {
		b.request(fhir{}, other)
	}
}

// request adds a ServiceRequest. Its id is its referral reference, as Ocean has it.
func (b *builder) request(r fhir, about Request) {
	r["identifier"] = b.identifiers("id-ereferral-reference", about.Ref)
	r["status"], r["intent"], r["authoredOn"] = b.Status, "proposal", instant(b.SentAt)
	r["subject"] = b.refer("Patient", b.id("patient"))
	for field, ref := range map[string]string{"replaces": about.Replaces, "basedOn": about.BasedOn} {
		if ref != "" {
			r[field] = []fhir{b.refer("ServiceRequest", ref)}
		}
	}
	ref := b.add("ServiceRequest", b.requestID(about.Ref), r)
	if about.Focus {
		b.foci["ServiceRequest"] = append(b.foci["ServiceRequest"], ref)
	}
}

func (b *builder) requestID(ref string) string {
	if ref == None {
		return b.id("request")
	}
	return ref
}

// parts adds what hangs on the request: decision, booking, messages, form and documents.
func (b *builder) parts() {
	request := b.refer("ServiceRequest", b.requestID(b.Ref))
	if t := b.Task; t != nil {
		b.foci["Task"] = []fhir{b.add("Task", b.id("task"), fhir{"status": t.Status, "intent": "order",
			"code": concept(cmp.Or(t.Code, "process-request"))[0], "basedOn": []fhir{request},
			"statusReason": text(t.Reason), "lastModified": b.or(t.Modified)})}
	}
	if a := b.Appointment; a != nil {
		b.foci["Appointment"] = []fhir{b.add("Appointment", b.id("appointment"), b.appointment(*a, request))}
	}
	for i, c := range b.Communications {
		sender := "requester"
		if c.FromReceiver {
			sender = "receiver"
		}
		id := cmp.Or(c.ID, b.id("communication"+strconv.Itoa(i)))
		b.foci["Communication"] = []fhir{b.add("Communication", id, fhir{"status": "completed", "basedOn": []fhir{request},
			"sender": b.refer("PractitionerRole", b.id(sender)), "sent": b.or(c.Sent), "payload": []fhir{{"contentString": c.Text}}})}
	}
	if len(b.Questions) > 0 {
		items := []fhir{}
		for i, q := range b.Questions {
			item := fhir{"linkId": "item" + strconv.Itoa(i)}
			if q[0] != "" {
				item["text"] = q[0]
			}
			if q[1] != "" {
				item["answer"] = []fhir{{"valueString": q[1]}}
			}
			items = append(items, item)
		}
		form := fhir{"system": b.Host + "/svc/fhir/v1/NamingSystem/id-form-reference", "value": "example_form"}
		b.add("QuestionnaireResponse", b.id("form"), fhir{"identifier": form, "status": "completed", "item": items})
	}
	for i, d := range b.Documents {
		b.document(i, d)
	}
	for i, r := range b.Extra {
		id, ok := r["id"].(string)
		if !ok {
			id = b.id("extra" + strconv.Itoa(i))
		}
		typ, _ := r["resourceType"].(string)
		b.add(typ, id, maps.Clone(r))
	}
}

func (b *builder) appointment(a Appointment, request fhir) fhir {
	r := fhir{"status": cmp.Or(a.Status, "booked"), "basedOn": []fhir{request}, "created": instant(b.SentAt),
		"appointmentType": text(a.Type), "patientInstruction": a.Instruction}
	status := "tentative"
	if a.Confirmed {
		status = "accepted"
	}
	r["participant"] = []fhir{{"actor": b.refer("Patient", b.id("patient")), "status": status}}
	if a.Start.IsZero() {
		r["status"] = cmp.Or(a.Status, "proposed")
		return r
	}
	r["start"], r["minutesDuration"] = instant(a.Start), cmp.Or(a.Minutes, 30)
	r["end"] = instant(a.Start.Add(time.Duration(cmp.Or(a.Minutes, 30)) * time.Minute))
	return r
}

func (b *builder) document(i int, d Document) {
	attachment := fhir{"contentType": cmp.Or(d.ContentType, "application/pdf"), "creation": instant(b.SentAt),
		"title": cmp.Or(d.Title, b.Patient.Given+" "+b.Patient.Family+"-letter.pdf")}
	if d.Data != "" {
		attachment["data"] = d.Data
	} else {
		attachment["url"] = cmp.Or(d.URL, b.Host+"/svc/fhir/v1/ServiceRequest/"+b.Ref+"/$letter")
	}
	b.add("DocumentReference", b.id("document"+strconv.Itoa(i)), fhir{"status": "current",
		"identifier": b.identifiers("id-ereferral-reference", b.Ref), "content": []fhir{{"attachment": attachment}}})
}

// focus returns what the event is about: of the type that it names, if the message holds one, else
// the ServiceRequests.
func (b *builder) focus() []fhir {
	typ := map[string]string{
		"notify-add-process-request": "Task", "notify-update-process-request": "Task", "notify-update-status": "Task",
		"notify-add-appointment": "Appointment", "notify-update-appointment": "Appointment",
		"send-communication": "Communication", "send-communication-from-requester": "Communication",
		"send-communication-from-provider": "Communication", "add-communication": "Communication",
	}[b.Event]
	if refs := b.foci[typ]; len(refs) > 0 {
		return refs
	}
	return b.foci["ServiceRequest"]
}

func (b *builder) or(t time.Time) string {
	if t.IsZero() {
		t = b.SentAt
	}
	return instant(t)
}

func instant(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }

func name(family, given string) []fhir {
	n := fhir{"use": "official"}
	if family != None {
		n["family"] = family
	}
	if given != None {
		n["given"] = []string{given}
	}
	return []fhir{n}
}

func telecom(phone, email string) []fhir {
	all := []fhir{}
	for _, c := range [][2]string{{"phone", phone}, {"email", email}} {
		if c[1] != "" && c[1] != None {
			all = append(all, fhir{"system": c[0], "value": c[1], "use": "work"})
		}
	}
	return all
}

// text returns a CodeableConcept that has only a text; nil, which leaves its field out, for none.
func text(said string) any {
	if said == "" || said == None {
		return nil
	}
	return fhir{"text": said}
}

// concept returns a list of one CodeableConcept, coded as it is called; an empty list for none.
func concept(said string) []fhir {
	if said == "" || said == None {
		return []fhir{}
	}
	return []fhir{{"coding": []fhir{{"code": said, "display": said}}}}
}
