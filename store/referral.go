package store

import "time"

// Direction says whether a referral came to the clinic or was sent by it.
type Direction string

// The directions. Unknown lasts only while no Site Number has been entered, or where the message
// does not name its receiver; such referrals stand with the received ones, so that none is missed.
const (
	DirectionReceived Direction = "received"
	DirectionSent     Direction = "sent" // a copy of one that the clinic sent
	DirectionUnknown  Direction = "unknown"
)

// Folder is where a referral stands, by the names of Ocean's portal.
type Folder string

// The folders of Ocean's portal.
const (
	FolderNew               Folder = "new"
	FolderPendingBooking    Folder = "pending_booking"
	FolderBookedUnconfirmed Folder = "booked_unconfirmed"
	FolderBookedConfirmed   Folder = "booked_confirmed"
	FolderAwaitingReply     Folder = "awaiting_reply"
	FolderAwaitingResponse  Folder = "awaiting_response" // sent copies start here
	FolderDeclined          Folder = "declined"
	FolderCompleted         Folder = "completed"
	FolderCancelled         Folder = "cancelled"
	FolderForwarded         Folder = "forwarded"
)

// Referral is one referral as all of its messages tell it, in the order of their own time.
type Referral struct {
	ID         string    // UUIDv7, of this database; what /referrals/{id} names
	Ref        string    // Ocean's referral reference
	Direction  Direction //
	Folder     Folder    //
	Test       bool      // test health data
	ReceivedAt time.Time // when the first message about it came
	UpdatedAt  time.Time // when the last message about it came
	SentAt     time.Time // own time of the newest message

	Patient        Patient
	Request        Request
	Referrer       Party
	Recipient      Party
	Task           Task
	Appointment    Appointment
	Questionnaires []Questionnaire
	Documents      []Document
	Communications []Communication // oldest first
	Links          []Link
	History        []HistoryEntry // what happened so far, oldest first

	// OceanFolder is where Ocean's own messages put it. It differs from Folder while something that
	// the clinic decided is not confirmed.
	OceanFolder Folder

	Version     int64     // goes up with whatever a person would call a change, by Ocean or by somebody here
	FolderSince time.Time // since when it is in its folder
	NeedsReview bool      // something came since somebody pressed Reviewed
	Assignee    string    // id of who works on it; "" for nobody
	ReviewBy    string    // id of who was asked to review it; "" for nobody
	Outbox      []Sent    // what the clinic told Ocean, oldest first
}

// Consult reports whether it is an eConsult: advice is asked for, and no visit.
func (r Referral) Consult() bool { return r.Task.Code == "process-request-consult" }

// ReferralRow is a referral as a list shows it.
type ReferralRow struct {
	seq int64 // the cursor of lists

	ID                   string
	Direction            Direction
	Folder               Folder
	Test                 bool
	ReceivedAt           time.Time
	Patient              Name
	BirthDate            string
	Service              string
	Priority             string
	Referrer             Name
	ReferrerOrganization string
	Recipient            string // name of the service or clinic asked, for sent ones
	Consult              bool   // see [Referral.Consult]

	FolderSince time.Time
	Urgent      bool // urgent, asap or stat
	NeedsReview bool
	Assignee    string // id of who works on it; "" for nobody
	ReviewBy    string // id of who was asked to review it; "" for nobody
}
