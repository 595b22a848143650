package ocean

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"breakwater/store"
)

// Why something cannot be told to Ocean. Neither these nor what wraps them quote any content.
var (
	// ErrNoRequest says that a message holds no ServiceRequest of the referral.
	ErrNoRequest = errors.New("no ServiceRequest of that referral")
	// ErrTooLong says that a text is longer than [MaxMessage], [MaxInstruction] or [MaxType].
	ErrTooLong = errors.New("text too long")
	// ErrAttachment says that an attachment is no PDF, or larger than [MaxAttachment].
	ErrAttachment = errors.New("not a PDF that Ocean takes")
	// ErrInvalid says that a [Say] is none: not exactly one thing to say, a status that no receiver
	// sets, a message without words, or times that cannot be.
	ErrInvalid = errors.New("nothing that can be told to Ocean")
)

// Say is what the clinic tells Ocean of a referral: exactly one of Task, Appointment and
// Communication is set. Texts lose the spaces around them and what FHIR's string forbids.
type Say struct {
	// Task is a decision: Status and Reason. Its code is the referral's own, by its latest Task in
	// the message; Code counts only where that has none, and is process-request if empty.
	Task *store.Task
	// Appointment is a booking: Start, End, Confirmed, Type and Instruction. Without Start it takes
	// the booking away, and the rest does not count.
	Appointment *store.Appointment
	// Communication is a message to the referrer, seen by all stakeholders: Text.
	Communication *store.Communication
	// Attachment goes along with a Communication; nil for none.
	Attachment *Attachment
}

// Attachment is a PDF.
type Attachment struct {
	Title string // its file name, as people see it
	Data  []byte
}

// composer writes one message about one referral.
type composer struct {
	*bundle // the newest message of Ocean's, whose resources are repeated
	about   *referral
	ref     string   // as the ServiceRequest spells it
	to      receiver // us
	at      time.Time
	id      string // MessageHeader.id
	source  string

	repeated []int          // entries, the ServiceRequest first
	named    map[int]string // fullUrls of ours, for entries that cannot be referred to otherwise
}

// Compose writes what the clinic tells Ocean of a referral, as a FHIR message of the Ontario
// eReferral-eConsult IG v0.11.1 for $process-messages. Raw is the newest message about the referral:
// its ServiceRequest, Patient and the parties that these name are repeated byte by byte. Source is
// the clinic's public URL; sent gives the message's time, and all of its times their offset.
//
// The result's Update is what [Parse] makes of the message, as far as the decision, the booking or
// the words go. Its errors are [ErrNoRequest], [ErrTooLong], [ErrAttachment], [ErrInvalid] and those
// of Parse.
func Compose(raw []byte, ref, source string, sent time.Time, say Say) (store.Outgoing, error) {
	say, err := checked(say)
	if err != nil {
		return store.Outgoing{}, err
	}
	if !isPlausible(sent) {
		return store.Outgoing{}, fmt.Errorf("%w: time of sending", ErrInvalid)
	}
	t, err := parseTree(raw)
	if err != nil {
		return store.Outgoing{}, err
	}
	b, err := openBundle(t.root())
	if err != nil {
		return store.Outgoing{}, err
	}
	about := b.referralOf(strings.TrimSpace(ref))
	if about == nil {
		return store.Outgoing{}, ErrNoRequest
	}
	c := &composer{bundle: b, about: about, ref: about.ref, at: sent.Truncate(time.Millisecond),
		id: uuid.NewString(), source: source, named: make(map[int]string)}
	for _, own := range b.refs[about.request] {
		if strings.EqualFold(own, ref) {
			c.ref = own
			break
		}
	}
	c.to = b.receiverOf(b.receiver(), c.request())
	c.repeat()
	return c.outgoing(say)
}

// referralOf returns a referral with what of the bundle belongs to it: one that the message is
// about, or one that it only links to. nil when its ServiceRequest is not there.
func (b *bundle) referralOf(ref string) *referral {
	all := b.referrals()
	i := slices.IndexFunc(all, func(r *referral) bool { return strings.EqualFold(r.ref, ref) })
	if i < 0 && ref != "" {
		for _, request := range b.requests {
			if b.hasRef(request, ref) {
				i, all = len(all), append(all, &referral{ref: ref, request: request})
				break
			}
		}
	}
	if i < 0 || all[i].request < 0 {
		return nil
	}
	b.share(all) // all of them, so that another referral's decision is not taken for this one's
	return all[i]
}

// request returns the referral's ServiceRequest.
func (c *composer) request() node { return c.entries[c.about.request].resource }

// outgoing writes the message and says what its echo will say.
func (c *composer) outgoing(say Say) (store.Outgoing, error) {
	out := store.Outgoing{ID: c.id, Update: store.Update{Ref: c.ref, SentAt: c.at.UTC(), HeaderID: c.id}}
	var own fhir
	u := &out.Update
	switch {
	case say.Task != nil:
		out.Kind = store.OutStatus
		u.Event, own, u.Task = c.writeTask(*say.Task)
	case say.Appointment != nil:
		out.Kind = store.OutAppointment
		u.Event, own, u.Appointment = c.writeAppointment(*say.Appointment)
	default:
		out.Kind, u.Event = store.OutMessage, EventFromProvider
		var said store.Communication
		own, said = c.writeCommunication(say.Communication.Text, say.Attachment)
		u.Communications = []store.Communication{said}
	}
	u.Rank = Rank(u.Event)
	var err error
	out.Bundle, err = c.write(u.Event, own)
	return out, err
}
