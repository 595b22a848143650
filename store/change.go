package store

import "time"

// Change is one thing that a message changed of a referral, or that the clinic told Ocean. Its texts
// are as they came, cut where they are long; those of a note or a message may hold HTML.
type Change struct {
	Kind  ChangeKind
	Field string    // which of several, as each kind says
	From  string    // before; "" for nothing
	To    string    // after; "" for nothing
	Was   time.Time // before, of a booking
	Is    time.Time // after, of a booking
	Count int       // of answers
}

// ChangeKind is what kind of thing changed.
type ChangeKind string

// The kinds, in the order in which a history line names them.
const (
	ChangeFirst     ChangeKind = "first"  // the first message about the referral
	ChangeResent    ChangeKind = "resent" // sent again as new
	ChangeAccepted  ChangeKind = "accepted"
	ChangeReopened  ChangeKind = "reopened"  // accepted after it was closed
	ChangeDeclined  ChangeKind = "declined"  // To: the reason
	ChangeCompleted ChangeKind = "completed" // To: the reason
	ChangeCancelled ChangeKind = "cancelled" // by the sender
	ChangeUndecided ChangeKind = "undecided" // accepted no longer
	ChangeReason    ChangeKind = "reason"    // of the decision that stands
	ChangeStatus    ChangeKind = "status"    // of the Task, as sent, where it decides nothing
	ChangeForwarded ChangeKind = "forwarded" // From, To: names of the receivers
	ChangeReturned  ChangeKind = "returned"  // forwarded, and now here again
	ChangeBooked    ChangeKind = "booked"    // Field: confirmed, or ""
	ChangeRebooked  ChangeKind = "rebooked"  // Field: confirmed, or ""
	ChangeConfirmed ChangeKind = "confirmed" // by the patient
	ChangeDoubted   ChangeKind = "doubted"   // confirmed no longer
	ChangeUnbooked  ChangeKind = "unbooked"  // Was: zero if the booking was never seen
	ChangeVisit     ChangeKind = "visit"     // Field: type, instruction, end
	ChangeMessage   ChangeKind = "message"   // Field: receiver or requester; From: the writer; To: the text
	ChangeDocument  ChangeKind = "document"  // To: the title
	ChangePatient   ChangeKind = "patient"   // Field: name, other_names, health_number, ...
	ChangeRequest   ChangeKind = "request"   // Field: service, priority, reasons, notes
	ChangeReferrer  ChangeKind = "referrer"  // Field: name, organization, role, contact, numbers
	ChangeRecipient ChangeKind = "recipient" // From, To: names
	ChangeForms     ChangeKind = "forms"     // Count: answers that differ
	ChangeNewer     ChangeKind = "newer"     // a document made anew; To: the title
	ChangeLink      ChangeKind = "link"      // Field: the [LinkKind]; To: the other referral's reference
	ChangeDirection ChangeKind = "direction" // From, To: a [Direction]
	ChangeFolder    ChangeKind = "folder"    // From, To: a [Folder]
	ChangeNothing   ChangeKind = "nothing"   // the message repeated what was known
)

// What stands in Field for some kinds.
const (
	FieldConfirmed = "confirmed"
	FieldReceiver  = "receiver"
	FieldRequester = "requester"
)

// maxChange bounds a text in a change, in bytes.
const maxChange = 2000

// ChangeKinds lists every kind.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{ChangeFirst, ChangeResent, ChangeAccepted, ChangeReopened, ChangeDeclined, ChangeCompleted, ChangeCancelled,
		ChangeUndecided, ChangeReason, ChangeStatus, ChangeForwarded, ChangeReturned, ChangeBooked, ChangeRebooked, ChangeConfirmed,
		ChangeDoubted, ChangeUnbooked, ChangeVisit, ChangeMessage, ChangeDocument, ChangePatient, ChangeRequest,
		ChangeReferrer, ChangeRecipient, ChangeForms, ChangeNewer, ChangeLink, ChangeDirection, ChangeFolder, ChangeNothing}
}

// HistoryEntry is one line of a referral's history: a message of Ocean's, or an update of the
// clinic's own.
type HistoryEntry struct {
	MessageID  string    // of this database; of an own update, the message that confirmed it
	Event      string    // as sent; "" for an own update
	SentAt     time.Time // its own time; of an own update, when it was told
	ReceivedAt time.Time // when it first came here
	Deliveries int       // how often it came: 1, more when Ocean repeated it
	Folder     Folder    // where the referral stood after it
	Problems   []Problem
	Seen       bool     // a person has looked at the problems
	Changes    []Change // never empty
	Own        *Sent    // the clinic's own update; nil for a message of Ocean's
}

// When is the entry's own time, or for a message that names none the time it came.
func (e HistoryEntry) When() time.Time {
	if e.SentAt.IsZero() {
		return e.ReceivedAt
	}
	return e.SentAt
}
