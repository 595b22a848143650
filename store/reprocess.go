package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Reprocess replaces what a message says by what a newer parser reads in it, and tells its referrals
// anew. What a person has looked at already does not ask for it again. It may be repeated at will. A
// referral that no message speaks of any more goes, unless somebody worked on it: then the message
// still says of it what it said. It returns why a person should still look at the message;
// [ErrForbidden] without Manage Referrals, and [ErrNotFound].
func (s *Store) Reprocess(ctx context.Context, a Actor, messageID string, parsed Message) (open []Problem, err error) {
	in := &incoming{Message: parsed, id: messageID}
	if err := s.sealUpdates(in); err != nil {
		return nil, err
	}
	err = s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		t.freshen(in)
		m, err := t.messageAt(messageID)
		if err != nil {
			return err
		}
		var seen []Problem
		open, seen = m.found(in.Problems)
		if err := t.saveProblems(m, open, seen); err != nil {
			return err
		}
		m.problems = open
		gone, err := t.hearAnew(in, m)
		if err != nil {
			return fmt.Errorf("process message %s again: %w", messageID, err)
		}
		return t.audit(a, ActionReprocessed, messageID, map[string]any{"problems": change{From: codes(m.was), To: codes(open)}, "gone": gone})
	})
	if err == nil && in.hasDocuments {
		s.wakeUp()
	}
	return open, err
}

// hearAnew puts what a message says now in the place of what it said, and returns how many
// referrals are gone.
func (t *tx) hearAnew(in *incoming, m keptMessage) (gone int, err error) {
	before, err := t.referralsOf(m.seq)
	if err != nil {
		return 0, err
	}
	var site string
	if err := t.get(`SELECT site_number FROM ocean_settings WHERE id = 1`, nil, &site); err != nil {
		return 0, fmt.Errorf("read the Site Number: %w", err)
	}
	var after []string
	for i := range in.Updates {
		id, err := t.hearOneAnew(in, i, m, site, before, after)
		if err != nil {
			return 0, err
		}
		after = append(after, id)
	}
	for _, id := range before {
		if !slices.Contains(after, id) {
			left, err := t.unhear(m.seq, id)
			if err != nil {
				return 0, err
			}
			gone += left
		}
	}
	return gone, nil
}

// hearOneAnew is [tx.hearAnew] for one of the message's updates, and returns its referral's id.
func (t *tx) hearOneAnew(in *incoming, i int, m keptMessage, site string, before, after []string) (id string, err error) {
	u := in.Updates[i]
	var seq int64
	err = t.get(`SELECT seq, id FROM referrals WHERE ref = ?`, []any{t.store.refFingerprint(u.Ref)}, &seq, &id)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return "", err
	case id != "" && slices.Contains(after, id):
		return id, nil // a message says one thing of a referral
	case slices.Contains(before, id):
		err = t.hearOther(in, i, m.seq, seq, id, site)
	default:
		seq, err = t.hear(in, i, m.seq, heard{Update: u, ours: isOurs(u.ReceiverSite, site), receivedAt: fromMillis(m.received),
			deliveries: m.deliveries, problems: m.problems})
	}
	if err == nil {
		err = t.get(`SELECT id FROM referrals WHERE seq = ?`, []any{seq}, &id)
	}
	if err != nil {
		return "", err
	}
	return id, t.queue(seq, m.seq, in.documents[i])
}

// hearOther replaces what a message says of a referral. Whether it was destined here was decided
// when the Site Number was perhaps another, and stays for the same receiver.
func (t *tx) hearOther(in *incoming, i int, message, referral int64, id, site string) error {
	u := in.Updates[i]
	told, err := t.heardOf(referral, u.Ref)
	if err != nil {
		return err
	}
	ours := isOurs(u.ReceiverSite, site)
	for _, h := range told {
		if h.seq == message && h.ReceiverSite == u.ReceiverSite && h.ours != nil {
			ours = h.ours
		}
		if h.seq == message {
			if facts, err := marshalFacts(&u); err != nil || bytes.Equal(facts, h.tie) && sameAnswer(ours, h.ours) {
				return err
			}
		}
	}
	if err := t.exec(`UPDATE referral_messages SET facts = ?, ours = ? WHERE referral = ? AND message = ?`, in.facts[i], ours, referral, message); err != nil {
		return fmt.Errorf("keep what the message says: %w", err)
	}
	return t.retell(referral, id, u.Ref, ownChange)
}

func sameAnswer(a, b *bool) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// unhear takes what a message said of a referral back, and returns 1 where the referral goes with
// it.
func (t *tx) unhear(message int64, id string) (gone int, err error) {
	found, err := t.referralAt(id)
	if err != nil {
		return 0, err
	}
	var others, worked bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM referral_messages WHERE referral = ?1 AND message <> ?2),
		EXISTS (SELECT 1 FROM referrals WHERE seq = ?1 AND (assignee IS NOT NULL OR review_by IS NOT NULL))
		OR EXISTS (SELECT 1 FROM outbox WHERE referral = ?1) OR EXISTS (SELECT 1 FROM notes WHERE referral = ?1)`,
		[]any{found.seq, message}, &others, &worked); err != nil || worked && !others {
		return 0, err
	}
	if err := t.exec(`DELETE FROM referral_messages WHERE referral = ? AND message = ?`, found.seq, message); err != nil {
		return 0, err
	}
	if others {
		return 0, t.retell(found.seq, id, found.ref, ownChange)
	}
	return 1, t.purgeReferral(found.seq)
}
