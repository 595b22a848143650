package store

import (
	"context"
	"fmt"
	"time"
)

// arrival is a message that came through, as far as the connection is concerned.
type arrival struct {
	now    int64
	header blindRef
	refs   []arrivedRef
	proofs []toProve
}

type arrivedRef struct {
	ref    blindRef
	toldAt int64
}

// toProve is something that a message proves, to be noted once in every.
type toProve struct {
	name  string
	every time.Duration
	prove func(*tx) error
}

// oldEvent is sent with payload type v0.10 only.
const oldEvent = "notify-update-status"

// maxProving bounds the updates of one message that are looked at for proofs.
const maxProving = 20

// NoteReceived notes that a message came through, after [Store.Receive] has kept it or counted it
// again: what it proves of the connection, that a gap is over, and that what was missed of its
// referrals is here after all. In steady traffic it neither reads nor writes. A self-test's message
// proves nothing.
func (s *Store) NoteReceived(ctx context.Context, m Message, r Receipt) error {
	if r.MessageID == "" {
		return nil // it was not kept
	}
	if err := s.loadMissed(ctx); err != nil {
		return err
	}
	a := s.arrival(m)
	if !s.isNews(a) {
		return nil
	}
	if own, err := s.ofSelfTest(ctx, a.refs); err != nil || own {
		return err
	}
	resumed, found := s.notes.resume(a.now), s.notes.arrive(a)
	proofs := s.takeProofs(a)
	if !resumed && len(found) == 0 && len(proofs) == 0 {
		return nil
	}
	var done []blindRef
	err := s.writeNotes(ctx, func(t *tx) (err error) {
		for _, p := range proofs {
			if err := p.prove(t); err != nil {
				return err
			}
		}
		done, err = t.foundAgain(a.header, found)
		return err
	})
	if err != nil {
		for _, p := range proofs {
			s.proven.forget(p.name)
		}
		return err
	}
	s.notes.drop(done)
	return nil
}

func (s *Store) arrival(m Message) arrival {
	a := arrival{now: s.now(), header: s.blindHeader(m)}
	a.proofs = append(a.proofs, toProve{string(ProofMessage), proofEvery, func(t *tx) error { return t.prove(ProofMessage) }})
	if m.Event == oldEvent {
		a.proofs = append(a.proofs, toProve{string(ProofOldFHIR), proofEvery, func(t *tx) error { return t.prove(ProofOldFHIR) }})
	}
	for i, u := range m.Updates {
		ref := s.blindRef(u.Ref)
		a.refs = append(a.refs, arrivedRef{ref, toldAt(u.SentAt, a.now)})
		if u.ReceiverSite == "" || i >= maxProving {
			continue
		}
		site, listing := u.ReceiverSite, cutListing(u.Listing)
		a.proofs = append(a.proofs, toProve{"site " + site, proofEvery, func(t *tx) error { return t.proveDirection(site, ref) }})
		if listing != "" {
			a.proofs = append(a.proofs, toProve{"listing " + listing + " of " + site, listingEvery, func(t *tx) error { return t.proveOurListing(site, listing) }})
		}
	}
	return a
}

// isNews reports whether a message may be anything but steady traffic.
func (s *Store) isNews(a arrival) bool {
	for _, p := range a.proofs {
		if s.proven.due(p.name, a.now, p.every) {
			return true
		}
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	if s.notes.flow != flowing {
		return true
	}
	for _, r := range a.refs {
		if _, missed := s.notes.missed[r.ref]; missed {
			return true
		}
	}
	return false
}

func (s *Store) takeProofs(a arrival) []toProve {
	var taken []toProve
	for _, p := range a.proofs {
		if s.proven.take(p.name, a.now, p.every) {
			taken = append(taken, p)
		}
	}
	return taken
}

// proveDirection notes a message about a referral to the clinic, or of one that it sent. One that
// it forwarded is neither.
func (t *tx) proveDirection(receiver string, ref blindRef) error {
	ours, err := t.isOurs(receiver)
	if err != nil || ours == nil {
		return err
	}
	if *ours {
		return t.prove(ProofReceived)
	}
	var sent bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM referrals WHERE ref = ? AND direction = 'sent')`, []any{ref[:]}, &sent); err != nil || !sent {
		return err
	}
	return t.prove(ProofSentCopy)
}

func (t *tx) proveOurListing(receiver, listing string) error {
	if ours, err := t.isOurs(receiver); err != nil || ours == nil || !*ours {
		return err
	}
	return t.proveListing(listing)
}

func (t *tx) isOurs(receiver string) (*bool, error) {
	var site string
	if err := t.get(`SELECT site_number FROM ocean_settings WHERE id = 1`, nil, &site); err != nil {
		return nil, fmt.Errorf("read the Site Number: %w", err)
	}
	return isOurs(receiver, site), nil
}

// proveDirections reads anew what is proven of the directions of referrals, now that the Site
// Number is another.
func (t *tx) proveDirections() error {
	for name, direction := range map[ProofName]Direction{ProofReceived: DirectionReceived, ProofSentCopy: DirectionSent} {
		if err := t.clearProof(name); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO proofs (name, first_at, last_at) SELECT ?1, first, last FROM (SELECT
			(SELECT received_at FROM referrals INDEXED BY referrals_sent WHERE (direction = 'sent') = (?2 = 'sent') AND direction = ?2 ORDER BY seq LIMIT 1) AS first,
			(SELECT received_at FROM referrals INDEXED BY referrals_sent WHERE (direction = 'sent') = (?2 = 'sent') AND direction = ?2 ORDER BY seq DESC LIMIT 1) AS last)
			WHERE first IS NOT NULL`, string(name), string(direction)); err != nil {
			return fmt.Errorf("note %s: %w", name, err)
		}
	}
	return nil
}
