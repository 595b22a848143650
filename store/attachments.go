package store

import "time"

// AttachmentState says what became of a document.
type AttachmentState string

// The states of an attachment.
const (
	AttachmentWaiting AttachmentState = "waiting" // will be fetched (again)
	AttachmentKept    AttachmentState = "kept"    // it is here
	AttachmentFailed  AttachmentState = "failed"  // waits for a person
	AttachmentForeign AttachmentState = "foreign" // its link leads elsewhere; never asked for
)

// Attachment is what became of a document of a referral's.
type Attachment struct {
	ID       string
	State    AttachmentState
	Fault    Fault     // of the last try; "" for none
	Tries    int       // since it waits
	QueuedAt time.Time // since when it waits, or waited
	DueAt    time.Time // when it is tried next, if it waits
	// An older version may be here while a newer one waits or failed: these are zero if none is.
	KeptAt time.Time
	Type   string // media type, by the bytes themselves
	Size   int64  // bytes
}

// Here reports whether there is something to open.
func (a Attachment) Here() bool { return !a.KeptAt.IsZero() }

// FailedAttachment is a document that a person should look at.
type FailedAttachment struct {
	Attachment
	ReferralID string
	Since      time.Time // of the first failure
}
