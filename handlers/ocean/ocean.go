// Package ocean speaks Ocean's protocol: FHIR in, OAuth, and the calls to Ocean.
//
// Ocean posts one FHIR message bundle for everything that happens to a referral, in the shapes of
// the Ontario eReferral-eConsult Implementation Guide (IG) v0.11.1. [Parse] turns the bytes of one
// bundle into a [store.Message]. It is a pure function: no clock, no network, no log, so that the
// same bytes mean the same thing today and when a message is read again years later.
//
// The layers, from the bytes upwards:
//
//	json.go node.go       one pass into a compact tree; accessors that no odd field can break
//	digest.go             what decides whether a delivery is a repeat
//	bundle.go resolve.go  entries, and every way in which they refer to one another
//	about.go owner.go     which referrals a message is about, and what belongs to which
//	update.go and the rest  one store.Update for each of them
//	bounds.go             how much one message may say
//
// The other way, [Compose] writes what the clinic tells Ocean, again as a pure function:
//
//	compose.go compose_check.go     what can be said, and what its echo will say
//	compose_resources.go            the Task, Appointment or Communication
//	compose_bundle.go               the message around it, with Ocean's own resources repeated
//
// A [Client] calls Ocean. A [Fetcher] uses it to bring documents here, and a [Sender] to bring
// updates there; a [Courier] is both:
//
//	origin.go dial.go     where a call may go, by address and by name
//	token.go fetch.go     one token for all, one document at a time
//	send.go               one update at a time
//	callerror.go          what went wrong, as a [store.Fault]
//	content.go inline.go  what a document is, by its bytes; those that a bundle carries itself
//	caller.go             when to call, and when to leave Ocean alone
//	fetcher.go sender.go  what is due
//
// Everything in a bundle is untrusted input. A message that is a FHIR message but holds surprises
// is still understood as far as possible, with a [store.Problem] for a person to look at: a referral
// must never be lost to one odd field. Only what can never become a referral is an error, and no
// error quotes the content, because errors end in logs.
package ocean

import (
	"errors"
)

// ErrNotJSON says that a body is not one JSON value: bad syntax, an object with a key twice,
// nesting past 64 levels, or nothing at all. What wraps it adds a byte offset and the kind of
// fault, never the content.
var ErrNotJSON = errors.New("not acceptable JSON")

// ErrNotMessage says that a body is JSON but no FHIR message: not a Bundle of type message whose
// first entry is a MessageHeader.
var ErrNotMessage = errors.New("not a FHIR message bundle")

// Challenge is the error by which [Parse] reports a webhook challenge, {"challenge":"..."}, with
// which Ocean may validate an endpoint. It comes as an error so that a body is read only once; find
// it with errors.As. Whoever does not look for it sees [ErrNotMessage].
type Challenge struct {
	Answer []byte // the JSON to send back, with status 200
}

// Error names the challenge without quoting it.
func (c *Challenge) Error() string { return "webhook challenge" }

// Unwrap makes a challenge an [ErrNotMessage].
func (c *Challenge) Unwrap() error { return ErrNotMessage }

// challenge returns the challenge that a tree is: an object whose only key is challenge, with a
// string. The answer repeats the string as it was written.
func challenge(root node) (*Challenge, bool) {
	c := root.get("challenge")
	if c.kind() != kindString || root.size() != 1 {
		return nil, false
	}
	answer := append([]byte(`{"challenge":`), c.raw()...)
	return &Challenge{Answer: append(answer, '}')}, true
}
