package store

import "time"

// Message is one Ocean message as the parser understood it, with the exact bytes that came.
type Message struct {
	HeaderID string    // MessageHeader.id, or what stands for it; never empty
	Event    string    // MessageHeader.eventCoding.code as sent
	SentAt   time.Time // the message's own time; zero when it names none
	Digest   [32]byte  // of the content that decides whether a delivery is a repeat
	Raw      []byte    // the bytes as received
	Test     bool      // HTEST: test health data
	Problems []Problem // why a person should look at it; empty when all is well
	Updates  []Update  // one for each referral that it is about; none when no reference was found
}

// Problem is a reason why a person should look at a message that was kept.
type Problem string

// The reasons, as the parser and [Store.Receive] find them.
const (
	ProblemUnknownEvent   Problem = "unknown_event"   // an event that Ocean's guide does not list
	ProblemInvalidUTF8    Problem = "invalid_utf8"    // bytes that are no UTF-8, shown replaced
	ProblemNoReference    Problem = "no_reference"    // no referral reference anywhere
	ProblemNoPatient      Problem = "no_patient"      // a new referral without a patient
	ProblemNoRecipient    Problem = "no_recipient"    // the receiver's site number is not named
	ProblemOddResource    Problem = "odd_resource"    // a part of unexpected shape was passed over
	ProblemContentChanged Problem = "content_changed" // same MessageHeader.id, other content
)
