package store

import (
	"context"
	"fmt"
	"slices"
)

// A missed message has come after all if it comes itself, or a message of the same referral that
// Ocean made later: every message carries all that has gathered so far, and Ocean's Bulk Actions
// send new ones.

// loadMissed reads once which referrals were missed before this process began.
func (s *Store) loadMissed(ctx context.Context) error {
	s.notes.mu.Lock()
	loaded := s.notes.missedLoaded
	s.notes.mu.Unlock()
	if loaded {
		return nil
	}
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT ref FROM missed`)
	if err != nil {
		return fmt.Errorf("read what was missed: %w", asStoreError(err))
	}
	defer rows.Close()
	refs := map[blindRef]struct{}{}
	for rows.Next() {
		var ref []byte
		if err := rows.Scan(&ref); err != nil {
			return fmt.Errorf("read what was missed: %w", err)
		}
		if len(ref) == len(blindRef{}) {
			refs[blindRef(ref)] = struct{}{}
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read what was missed: %w", asStoreError(err))
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	for ref := range s.notes.missed {
		refs[ref] = struct{}{}
	}
	s.notes.missed, s.notes.missedLoaded = refs, true
	return nil
}

// arrive forgets what of a message was missed and not written yet, and returns which of its
// referrals were missed.
func (n *notes) arrive(a arrival) (found []arrivedRef) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, r := range a.refs {
		if _, missed := n.missed[r.ref]; !missed {
			continue
		}
		found = append(found, r)
		for key, m := range n.pending.missed {
			if key.ref == r.ref && (key.header == a.header || m.sentAt <= r.toldAt) {
				delete(n.pending.missed, key)
			}
		}
	}
	return found
}

// foundAgain forgets what of a message was missed and written, and returns the referrals of which
// nothing else was.
func (t *tx) foundAgain(header blindRef, refs []arrivedRef) (done []blindRef, err error) {
	for _, r := range refs {
		if err := t.exec(`DELETE FROM missed WHERE ref = ? AND (header = ? OR sent_at <= ?)`, r.ref[:], header[:], r.toldAt); err != nil {
			return nil, fmt.Errorf("note that a missed message came: %w", err)
		}
		var more bool
		if err := t.get(`SELECT EXISTS (SELECT 1 FROM missed WHERE ref = ?)`, []any{r.ref[:]}, &more); err != nil {
			return nil, fmt.Errorf("note that a missed message came: %w", err)
		}
		if !more {
			done = append(done, r.ref)
		}
	}
	return done, nil
}

// drop forgets that messages of these referrals were missed, unless others were since.
func (n *notes) drop(refs []blindRef) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for key := range n.pending.missed {
		refs = slices.DeleteFunc(refs, func(ref blindRef) bool { return ref == key.ref })
	}
	for _, ref := range refs {
		delete(n.missed, ref)
	}
}
