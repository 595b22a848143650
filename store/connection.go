package store

import "time"

// RefusalReason says why the public route refused a call.
type RefusalReason string

// Why calls are refused. Those from RefusedFull on are about calls that had the right key.
const (
	RefusedNoKey    RefusalReason = "no_key"      // no key at all
	RefusedWrongKey RefusalReason = "wrong_key"   // a key that never was one of ours
	RefusedRetired  RefusalReason = "retired_key" // one that was retired
	RefusedUnsaved  RefusalReason = "unsaved_key" // generated, not saved yet
	RefusedSpaced   RefusalReason = "spaced_key"  // ours, with a space or another character too many in it
	RefusedPath     RefusalReason = "path"        // sent to another address than the Request URL
	RefusedReadable RefusalReason = "readable"    // sent over plain HTTP, to the address that only redirects
	RefusedMethod   RefusalReason = "method"      // not a POST
	RefusedFull     RefusalReason = "full"        // the disk is full
	RefusedBusy     RefusalReason = "busy"        // overloaded, or the database was locked
	RefusedFailed   RefusalReason = "failed"      // a fault of Breakwater's
	RefusedType     RefusalReason = "type"        // not application/fhir+json
	RefusedJSON     RefusalReason = "json"        // not JSON, or broken off
	RefusedFormat   RefusalReason = "format"      // not a FHIR message bundle
	RefusedTooLarge RefusalReason = "too_large"   // more than 25 MB
	GapDown         RefusalReason = "down"        // Breakwater did not run; only as the reason of a [Gap]
	GapRestored     RefusalReason = "restored"    // a backup took the place of what came since; only as the reason of a [Gap]
)

// RefusalReasons are all of them, for tables that must be whole.
var RefusalReasons = []RefusalReason{RefusedNoKey, RefusedWrongKey, RefusedRetired, RefusedUnsaved, RefusedSpaced, RefusedPath, RefusedReadable,
	RefusedMethod, RefusedFull, RefusedBusy, RefusedFailed, RefusedType, RefusedJSON, RefusedFormat, RefusedTooLarge, GapDown, GapRestored}

// OceanRetries is how long Ocean goes on sending a message that it could not deliver.
const OceanRetries = 96 * time.Hour

// Connection is what is known of the connection with Ocean.
type Connection struct {
	Message  Seen          // a message with a valid key, of whatever kind
	SentCopy Seen          // a copy of a referral that this clinic sent
	Received Seen          // a message about a referral to this clinic
	Token    Seen          // Ocean gave a token for the credentials
	OldFHIR  Seen          // a message of payload type v0.10
	Listings []ListingSeen // that referrals came for, the latest first
	Test     *TestResult   // the last test of the saved credentials; nil: never
	// CredentialsRefused is since when Ocean refuses the credentials that are saved now; zero:
	// it does not, or was never asked.
	CredentialsRefused time.Time
	Refusals           []Refusal // of the last 7 days, the latest first, at most 50
	Gap                *Gap      // the latest time in which Ocean could deliver nothing, if worth a word
	Lost               *Gap      // the latest whose messages Ocean repeats no more, until somebody says that they are back
	Missed             int64     // referrals known to have been missed in it
	Pending            int64     // documents that wait
	OldestPending      time.Time // since when the oldest of them waits; zero: none
	Failed             int64     // documents that a person should look at
}

// Seen is when something was seen first and last; zero for never.
type Seen struct{ First, Last time.Time }

// Ever reports whether it was seen.
func (s Seen) Ever() bool { return !s.Last.IsZero() }

// ListingSeen is a listing that referrals came for.
type ListingSeen struct {
	Name string // its reference, such as some_name49721437
	Seen
}

// TestResult is the outcome of a test of the connection.
type TestResult struct {
	At    time.Time
	By    string // as people know who it was
	Fault Fault  // "" where it went well
}

// Refusal is a run of calls that were refused for the same reason within one hour.
type Refusal struct {
	Reason      RefusalReason
	First, Last time.Time
	Calls       int64
}

// Gap is a time in which Ocean could deliver nothing. Ocean repeats a message for [OceanRetries]
// from the first try, so what it first sent at t is lost if the gap lasted until t plus that. Of
// [GapRestored] it repeats nothing: it was told that everything is kept.
type Gap struct {
	ID     int64
	Reason RefusalReason
	Since  time.Time
	Until  time.Time // zero: it goes on
}

// RetriedUntil is until when Ocean repeats the first message of the gap.
func (g Gap) RetriedUntil() time.Time {
	if g.Reason == GapRestored {
		return g.Since
	}
	return g.Since.Add(OceanRetries)
}

// LostUntil is the end of the time, beginning with Since, whose messages Ocean repeats no more;
// zero where nothing was lost.
func (g Gap) LostUntil(now time.Time) time.Time {
	end := g.Until
	if end.IsZero() {
		end = now
	}
	if g.Reason == GapRestored {
		return end
	}
	if lost := end.Add(-OceanRetries); lost.After(g.Since) {
		return lost
	}
	return time.Time{}
}
