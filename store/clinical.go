package store

import "time"

// The clinical nouns: what one message says of a referral, in the shapes that the pages show.
// They are sealed as JSON, so a field may be added at any time, and none may change its meaning.

// Update is what one message says of one referral. A part that the message does not carry is
// nil or empty: absence never means removal (see tale.parts).
type Update struct {
	Ref          string    `json:"ref"`           // Ocean's referral reference
	Event        string    `json:"event"`         // MessageHeader.eventCoding.code as sent
	Rank         int       `json:"rank"`          // orders messages of the same instant
	SentAt       time.Time `json:"sent_at"`       // the message's own time
	HeaderID     string    `json:"header_id"`     // MessageHeader.id
	Test         bool      `json:"test"`          // HTEST: test health data
	ReceiverSite string    `json:"receiver_site"` // site number of the receiver; "" when not named
	Listing      string    `json:"listing"`       // reference of the listing it was sent to
	Revoked      bool      `json:"revoked"`       // the sender cancelled it

	Patient        *Patient        `json:"patient,omitempty"`
	Request        *Request        `json:"request,omitempty"`
	Referrer       *Party          `json:"referrer,omitempty"`
	Recipient      *Party          `json:"recipient,omitempty"`
	Task           *Task           `json:"task,omitempty"`
	Appointment    *Appointment    `json:"appointment,omitempty"`
	Questionnaires []Questionnaire `json:"questionnaires,omitempty"`
	Documents      []Document      `json:"documents,omitempty"`
	Communications []Communication `json:"communications,omitempty"`
	Links          []Link          `json:"links,omitempty"`
}

// Patient is the person referred, as FHIR's Patient gives them; any field may be empty.
type Patient struct {
	Name         Name           `json:"name"`
	OtherNames   []Name         `json:"other_names,omitempty"`
	HealthNumber *HealthNumber  `json:"health_number,omitempty"`
	ChartNumber  string         `json:"chart_number,omitempty"` // the sender's EMR number, type MR
	BirthDate    string         `json:"birth_date,omitempty"`   // YYYY, YYYY-MM or YYYY-MM-DD
	Gender       string         `json:"gender,omitempty"`       // male, female, other, unknown
	Deceased     bool           `json:"deceased,omitempty"`
	Telecom      []ContactPoint `json:"telecom,omitempty"`
	Addresses    []Address      `json:"addresses,omitempty"` // only those with something in them
	Language     string         `json:"language,omitempty"`  // preferred language, readable
}

// Name is FHIR's HumanName. Text may be all there is.
type Name struct {
	Family string   `json:"family,omitempty"`
	Given  []string `json:"given,omitempty"`
	Prefix []string `json:"prefix,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// HealthNumber is a health card number. Ontario's has 10 digits, the last of them a check digit.
type HealthNumber struct {
	Value   string `json:"value"`
	Version string `json:"version,omitempty"` // Ontario's version code
	System  string `json:"system,omitempty"`  // the naming system as sent
	Ontario bool   `json:"ontario,omitempty"`
	Valid   bool   `json:"valid,omitempty"` // Ontario: 10 digits and the check digit agrees
}

// ContactPoint is a phone, fax or e-mail, as FHIR's ContactPoint.
type ContactPoint struct {
	System string `json:"system"` // phone, fax, email, ...
	Value  string `json:"value"`
	Use    string `json:"use,omitempty"` // home, work, mobile, ...
}

// Address is a postal address.
type Address struct {
	Use        string   `json:"use,omitempty"`
	Lines      []string `json:"lines,omitempty"`
	City       string   `json:"city,omitempty"`
	State      string   `json:"state,omitempty"` // province
	PostalCode string   `json:"postal_code,omitempty"`
	Country    string   `json:"country,omitempty"`
}

// Party is who refers, or who is asked: a PractitionerRole with its Practitioner, Organization
// and Location read together.
type Party struct {
	Name         Name           `json:"name"`
	Role         string         `json:"role,omitempty"` // e.g. Family Physician
	Organization string         `json:"organization,omitempty"`
	Licence      string         `json:"licence,omitempty"` // college licence number
	Billing      string         `json:"billing,omitempty"` // OHIP billing number
	Site         string         `json:"site,omitempty"`    // Ocean site number
	Telecom      []ContactPoint `json:"telecom,omitempty"`
	Addresses    []Address      `json:"addresses,omitempty"`
}

// Request is the ServiceRequest: what is asked for and why.
type Request struct {
	Service    string    `json:"service,omitempty"`  // readable name of the service
	Priority   string    `json:"priority,omitempty"` // routine, urgent, asap, stat
	Status     string    `json:"status,omitempty"`
	AuthoredOn time.Time `json:"authored_on,omitzero"`
	Reasons    []string  `json:"reasons,omitempty"` // reasonCode, readable
	Notes      []Note    `json:"notes,omitempty"`
}

// Note is a text of the sender's. Its text is HTML from outside: sanitize before showing.
type Note struct {
	HTML   string    `json:"html"`
	Author string    `json:"author,omitempty"`
	Time   time.Time `json:"time,omitzero"`
}

// Questionnaire is a form that the sender filled in, its items flattened in order.
type Questionnaire struct {
	Form  string `json:"form,omitempty"` // the form's reference in Ocean, or its title
	Items []Item `json:"items,omitempty"`
}

// Item is a line of a form: a heading (no answer), or a question with its answers.
// Text may hold HTML from outside.
type Item struct {
	Text    string   `json:"text,omitempty"`
	Answers []string `json:"answers,omitempty"`
	Depth   int      `json:"depth,omitempty"` // 0 at the top
}

// Document is an attachment: a link into Ocean, or content inside the bundle.
type Document struct {
	Title       string    `json:"title,omitempty"` // holds the patient's name
	ContentType string    `json:"content_type,omitempty"`
	URL         string    `json:"url,omitempty"`
	Created     time.Time `json:"created,omitzero"`
	Inline      bool      `json:"inline,omitempty"` // the bundle itself carries the content
	Digest      string    `json:"digest,omitempty"` // inline: hex SHA-256 of its base64 text
}

// Communication is a message between the referrer and the clinic.
type Communication struct {
	ID           string    `json:"id,omitempty"`
	Text         string    `json:"text,omitempty"` // may hold HTML from outside
	Sender       string    `json:"sender,omitempty"`
	FromReceiver bool      `json:"from_receiver,omitempty"` // the receiving clinic wrote it
	SentAt       time.Time `json:"sent_at,omitzero"`
}

// Task is Ocean's process request: the decision about a referral.
type Task struct {
	Status   string    `json:"status,omitempty"` // requested, accepted, rejected, completed, ...
	Code     string    `json:"code,omitempty"`   // process-request, process-request-consult, ...
	Reason   string    `json:"reason,omitempty"`
	Modified time.Time `json:"modified,omitzero"` // when it was last changed, if it says so
}

// Appointment is the booking. One without Start means that the booking was removed.
type Appointment struct {
	Status      string    `json:"status,omitempty"`
	Start       time.Time `json:"start,omitzero"`
	End         time.Time `json:"end,omitzero"`
	Confirmed   bool      `json:"confirmed,omitempty"` // the patient accepted
	Type        string    `json:"type,omitempty"`
	Instruction string    `json:"instruction,omitempty"`
	Created     time.Time `json:"created,omitzero"` // when it was made, if it says so
}

// Link ties a referral to another one: it replaces it (forwarded) or is based on it (split).
type Link struct {
	Kind LinkKind `json:"kind"`
	Ref  string   `json:"ref"`
}

// LinkKind says how two referrals are tied.
type LinkKind string

// The ways in which Ocean ties referrals (ServiceRequest.replaces, ServiceRequest.basedOn).
const (
	LinkReplaces   LinkKind = "replaces"
	LinkReplacedBy LinkKind = "replaced_by"
	LinkBasedOn    LinkKind = "based_on"
)
