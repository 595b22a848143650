package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"breakwater/store/seal"
)

// OutKind is what kind of thing the clinic tells Ocean.
type OutKind string

// The kinds, after the resource that Ocean reads.
const (
	OutStatus      OutKind = "status"      // a Task
	OutAppointment OutKind = "appointment" // an Appointment
	OutMessage     OutKind = "message"     // a Communication
)

// OutState says how far something on its way to Ocean has come.
type OutState string

// The states, in their usual order.
const (
	OutWaiting   OutState = "waiting"   // not sent yet, or to be sent again
	OutSent      OutState = "sent"      // Ocean took it
	OutConfirmed OutState = "confirmed" // a message of Ocean's says the same
	OutRefused   OutState = "refused"   // waits for a person
	OutDropped   OutState = "dropped"   // a person gave it up
)

// Outgoing is something the clinic tells Ocean of a referral.
type Outgoing struct {
	ID     string // MessageHeader.id, a UUID; the same at every try
	Kind   OutKind
	Update Update // what it says, as Ocean's own message about it will
	Bundle []byte // the message itself
}

// Sent is something the clinic told Ocean, and what became of it.
type Sent struct {
	ID          string
	Kind        OutKind
	State       OutState
	Update      Update
	At          time.Time
	By          string    // as people know who it was
	Fault       Fault     // of the last try; "" for none
	Said        string    // Ocean's words, where it refused
	Tries       int       // since it waits
	DueAt       time.Time // when it is tried next, if it waits
	SentAt      time.Time // zero: Ocean has not taken it
	ConfirmedAt time.Time // zero: nor said the same
}

// pending reports whether the clinic's word stands though Ocean's messages do not say it (yet).
func (o Sent) pending() bool { return o.State == OutWaiting || o.State == OutSent }

// Why nothing can be told to Ocean.
var (
	// ErrNotTarget says that the clinic is not the present receiver: Ocean would refuse.
	ErrNotTarget = errors.New("the referral is not this clinic's to act on")
	// ErrStale says that the referral changed since the person saw it.
	ErrStale = errors.New("the referral has changed meanwhile")
)

func outboxPlace(column, id string) seal.Place {
	return seal.Place{Table: "outbox", Column: column, Row: id}
}

// Tell keeps something for Ocean, and takes the referral to where it leads, in one transaction; the
// sender does the rest. It returns [ErrStale] where the referral is no longer the one that was
// seen, [ErrNotTarget] where Ocean would refuse, [ErrNotFound] and [ErrForbidden] without Manage
// Referrals; and [ErrDiskFull] where there is no room.
func (s *Store) Tell(ctx context.Context, a Actor, referralID string, seen int64, out Outgoing) error {
	if err := s.room(len(out.Bundle)); err != nil {
		return err
	}
	facts, err := marshalFacts(&out.Update)
	if err != nil {
		return err
	}
	sealedFacts := s.keys.Seal(outboxPlace("facts", out.ID), facts)
	sealedBundle := s.keys.Seal(outboxPlace("bundle", out.ID), out.Bundle)
	err = s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		found, err := t.referralAt(referralID)
		if err != nil {
			return err
		}
		switch {
		case found.version != seen:
			return ErrStale
		case found.direction == DirectionSent || found.folder == FolderForwarded:
			return ErrNotTarget
		}
		who, err := t.nameOf(a)
		if err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO outbox (id, referral, kind, state, facts, bundle, at, by, due_at)
			VALUES (?1, ?2, ?3, 'waiting', ?4, ?5, ?6, ?7, ?6)`, out.ID, found.seq, string(out.Kind),
			t.fresh(outboxPlace("facts", out.ID), sealedFacts), t.fresh(outboxPlace("bundle", out.ID), sealedBundle), t.now, who); err != nil {
			return fmt.Errorf("keep an update for Ocean: %w", err)
		}
		if err := t.count(countOutbox, 1); err != nil {
			return err
		}
		if err := t.retell(found.seq, referralID, found.ref, ownChange); err != nil {
			return err
		}
		return t.audit(a, ActionReferralTold, referralID, out.audited())
	})
	if err == nil {
		s.wakeUp()
	}
	return err
}

// audited is what the audit log says of an update: never its texts.
func (o Outgoing) audited() map[string]any {
	fields := map[string]any{"update": o.ID, "kind": o.Kind}
	if o.Update.Task != nil {
		fields["status"] = o.Update.Task.Status
	}
	if a := o.Update.Appointment; a != nil {
		fields["booked"], fields["confirmed"] = !a.Start.IsZero(), a.Confirmed
	}
	return fields
}

// foundReferral is a referral's row as far as changes need it.
type foundReferral struct {
	seq       int64
	ref       string
	version   int64
	direction Direction
	folder    Folder
}

// referralAt reads a referral's row by its id, or returns [ErrNotFound].
func (t *tx) referralAt(id string) (f foundReferral, err error) {
	var sealed []byte
	if err := t.get(`SELECT seq, version, direction, folder, summary FROM referrals WHERE id = ?`, []any{id},
		&f.seq, &f.version, &f.direction, &f.folder, &sealed); err != nil {
		return f, err
	}
	sum, err := t.store.openSummary(id, sealed)
	f.ref = sum.Ref
	return f, err
}

const (
	countOutbox = "outbox_pending"
	countFailed = "outbox_failed"
)

const outboxColumns = `id, kind, state, facts, at, by, fault, said, tries, due_at, sent_at, confirmed_at`

// scanOutbox opens rows of [outboxColumns].
func (s *Store) scanOutbox(scan func(...any) error) (o Sent, err error) {
	var facts, said []byte
	var at, due, sent, confirmed int64
	if err := scan(&o.ID, &o.Kind, &o.State, &facts, &at, &o.By, &o.Fault, &said, &o.Tries, &due, &sent, &confirmed); err != nil {
		return o, fmt.Errorf("read the outbox: %w", err)
	}
	o.At, o.DueAt, o.SentAt, o.ConfirmedAt = fromMillis(at), fromMillis(due), fromMillis(sent), fromMillis(confirmed)
	text, err := s.keys.Open(outboxPlace("facts", o.ID), facts)
	if err == nil {
		err = json.Unmarshal(text, &o.Update)
	}
	if err == nil && said != nil {
		text, err = s.keys.Open(outboxPlace("said", o.ID), said)
		o.Said = string(text)
	}
	if err != nil {
		return o, fmt.Errorf("update %s: %w", o.ID, err)
	}
	return o, nil
}

// outboxOf reads what the clinic told Ocean of a referral, oldest first.
func (t *tx) outboxOf(referral int64) (list []Sent, err error) {
	rows, err := t.query(`SELECT `+outboxColumns+` FROM outbox WHERE referral = ? ORDER BY seq`, referral)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		o, err := t.store.scanOutbox(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// outbox is [tx.outboxOf] for readers.
func (s *Store) outbox(ctx context.Context, referralID string) (list []Sent, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+outboxColumns+` FROM outbox WHERE referral = (SELECT seq FROM referrals WHERE id = ?) ORDER BY seq`, referralID)
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		o, err := s.scanOutbox(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// LatestBundle returns the newest message about a referral by its own time, as it came: what the
// clinic tells Ocean repeats its resources.
func (s *Store) LatestBundle(ctx context.Context, referralID string) ([]byte, error) {
	var sealed []byte
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT summary FROM referrals WHERE id = ?`, referralID).Scan(&sealed)); err != nil {
		return nil, fmt.Errorf("read the newest message: %w", err)
	}
	sum, err := s.openSummary(referralID, sealed)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, selectHeard+` WHERE r.id = ?`, referralID)
	if err != nil {
		return nil, fmt.Errorf("read the newest message: %w", err)
	}
	messages, err := s.scanHeard(rows, sum.Ref)
	if err != nil {
		return nil, err
	}
	if len(messages) == 0 {
		return nil, fmt.Errorf("referral %s: %w", referralID, errUnreadable)
	}
	inOrder(messages)
	return s.Bundle(ctx, AttachmentWork{message: messages[len(messages)-1].seq})
}
