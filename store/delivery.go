package store

import (
	"context"
	"fmt"
)

// Delivery is one delivery of a message. Its bytes are sealed while its caller reads what they say, since
// Ocean waits for both: on two processors the one costs no time beside the other.
type Delivery struct {
	store  *Store
	id     string // that the message has in this database, if it is kept
	bytes  []byte
	room   error // why there is no place for it
	sealed chan struct{}
	raw    []byte // sealed, and why it is not, once sealed is closed
	fault  error
}

// Deliver begins the delivery of a message that came as raw, which must not be changed before [Delivery.End].
func (s *Store) Deliver(raw []byte) *Delivery {
	d := &Delivery{store: s, id: newID(), bytes: raw, room: s.room(len(raw)), sealed: make(chan struct{})}
	if d.room != nil { // a damaged database has no keys
		close(d.sealed)
		return d
	}
	go d.sealBytes()
	return d
}

func (d *Delivery) sealBytes() {
	defer close(d.sealed)
	defer func() {
		if p := recover(); p != nil { // it would end the program, and again each time that Ocean sends the message
			d.fault = fmt.Errorf("sealing a message panicked: %T", p)
		}
	}()
	d.raw = d.store.keys.Seal(messagePlace("raw", d.id), d.bytes)
}

// End waits until nobody reads the bytes any more, whatever became of the message.
func (d *Delivery) End() { <-d.sealed }

// Receive keeps a message and what it says of its referrals, durably, before it returns. A
// message with the same id and content is only counted again; the same id with other content is
// kept and flagged. It returns [ErrDiskFull], [ErrBusy] or [ErrFailed] where it cannot be kept.
// A delivery receives one message, what its bytes say.
func (d *Delivery) Receive(ctx context.Context, m Message) (Receipt, error) {
	s := d.store
	if d.room != nil {
		return Receipt{}, d.room
	}
	in, err := d.seal(m)
	if err != nil {
		return Receipt{}, err
	}
	var r Receipt
	err = s.updateBy(ctx, &job{size: len(d.bytes), fn: func(t *tx) (err error) {
		t.freshen(in)
		r, err = t.receive(in)
		return err
	}})
	if err == nil && !r.Duplicate && in.hasDocuments {
		s.wakeUp()
	}
	return r, err
}

// Receive is [Delivery.Receive] for a message that was read before.
func (s *Store) Receive(ctx context.Context, m Message) (Receipt, error) {
	d := s.Deliver(m.Raw)
	defer d.End()
	return d.Receive(ctx, m)
}

// incoming is a message made ready outside of the write path, so that nobody waits for sealing.
type incoming struct {
	Message
	id             string
	header, digest []byte
	event, raw     []byte
	facts          [][]byte     // one for each update
	findable       []findable   // likewise: the referral that it makes, if it is the first about it
	documents      [][]attached // likewise
	hasDocuments   bool
}

// seal makes a message ready, and waits for its bytes to be so.
func (d *Delivery) seal(m Message) (*incoming, error) {
	keys := d.store.keys
	in := &incoming{Message: m, id: d.id}
	in.header = keys.Fingerprint("message header", []byte(m.HeaderID))
	in.digest = keys.Fingerprint("message content", m.Digest[:])
	in.event = keys.Seal(messagePlace("event", d.id), []byte(m.Event))
	if err := d.store.sealUpdates(in); err != nil {
		return nil, err
	}
	<-d.sealed
	in.raw = d.raw
	return in, d.fault
}
