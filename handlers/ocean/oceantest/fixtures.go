// Package oceantest stands in for Ocean, with invented people, for tests and rehearsals. [Message]
// makes one bundle as Ocean would send it. [Ocean] is a whole simulated Ocean: it sends, tries again,
// answers the clinic's calls, and has a page with a small copy of the portal.
package oceantest

import (
	"cmp"
	"encoding/json"
	"fmt"
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
	Authored time.Time // when the request and its documents were written; default SentAt
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
	Created                   time.Time // default the message's time
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
