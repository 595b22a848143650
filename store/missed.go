package store

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"breakwater/store/seal"
)

const (
	// maxMissed bounds the messages that are known to have been missed; new ones are dropped.
	maxMissed = 100_000
	// maxMissedInMemory bounds those that could not be written yet.
	maxMissedInMemory = 10_000
	// maxMissedRefs is how many referral references Ocean's Bulk Actions take at a time.
	maxMissedRefs = 1000
)

// blindRef is what a referral is found by, to look up in memory.
type blindRef [16]byte

// missedKey is one referral in one message, by their fingerprints.
type missedKey struct{ ref, header blindRef }

// missedNote is a message about a referral that could be read but not kept.
type missedNote struct {
	id         string
	name       []byte // sealed: the referral's reference
	sentAt, at int64
}

func missedPlace(id string) seal.Place {
	return seal.Place{Table: "missed", Column: "name", Row: id}
}

func (s *Store) blindRef(ref string) blindRef {
	return blindRef(s.refFingerprint(strings.ToValidUTF8(ref, "\uFFFD")))
}

func (s *Store) blindHeader(m Message) blindRef {
	return blindRef(s.keys.Fingerprint("message header", []byte(m.HeaderID)))
}

// toldAt is the message's own time, in Unix milliseconds; one that names none counts from now.
func toldAt(sent time.Time, now int64) int64 {
	if sent.IsZero() {
		return now
	}
	return sent.UnixMilli()
}

func (s *Store) missedOf(m Message, now int64) map[missedKey]missedNote {
	list := map[missedKey]missedNote{}
	header := s.blindHeader(m)
	for _, u := range m.Updates {
		key := missedKey{s.blindRef(u.Ref), header}
		if _, there := list[key]; there || u.Ref == "" || len(list) >= maxMissedInMemory {
			continue
		}
		id := newID()
		list[key] = missedNote{id, s.keys.Seal(missedPlace(id), []byte(strings.TrimSpace(u.Ref))), toldAt(u.SentAt, now), now}
	}
	return list
}

// miss notes messages that were not kept, under the lock.
func (n *notes) miss(lost map[missedKey]missedNote) {
	for key, m := range lost {
		if len(n.missed) >= maxMissed || !n.pending.addMissed(key, m) {
			continue
		}
		if n.missed == nil {
			n.missed = map[blindRef]struct{}{}
		}
		n.missed[key.ref] = struct{}{}
	}
}

// addMissed reports whether there is a note of the message now. The first one stays.
func (u *unwritten) addMissed(key missedKey, m missedNote) bool {
	if _, there := u.missed[key]; there {
		return true
	}
	if len(u.missed) >= maxMissedInMemory {
		return false
	}
	if u.missed == nil {
		u.missed = map[missedKey]missedNote{}
	}
	u.missed[key] = m
	return true
}

func (t *tx) keepMissed(list map[missedKey]missedNote) error {
	if len(list) == 0 {
		return nil
	}
	var kept int
	if err := t.get(`SELECT count(*) FROM missed`, nil, &kept); err != nil {
		return err
	}
	for key, m := range list {
		if kept >= maxMissed {
			return nil
		}
		added, err := t.changed(`INSERT INTO missed (ref, header, id, name, sent_at, at) SELECT ?1, ?2, ?3, ?4, ?5, ?6
			WHERE NOT EXISTS (SELECT 1 FROM messages WHERE header = ?2) ON CONFLICT DO NOTHING`,
			key.ref[:], key.header[:], m.id, t.fresh(missedPlace(m.id), m.name), m.sentAt, m.at)
		if err != nil {
			return err
		}
		if added {
			kept++
		}
	}
	return nil
}

// stillMissed are the messages that have not come after all.
const stillMissed = ` FROM missed WHERE NOT EXISTS (SELECT 1 FROM messages WHERE messages.header = missed.header)`

// missedReferrals counts the referrals known to have been missed, with those not written yet.
func (s *Store) missedReferrals(ctx context.Context) (n int64, err error) {
	if err := s.read.QueryRowContext(ctx, `SELECT count(DISTINCT ref)`+stillMissed).Scan(&n); err != nil {
		return 0, fmt.Errorf("count what was missed: %w", err)
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	refs := map[blindRef]bool{}
	for key := range s.notes.pending.missed {
		refs[key.ref] = true
	}
	return n + int64(len(refs)), nil
}

// MissedRefs returns the references of referrals of which a message could be read but not kept and
// has not come since, for Ocean's Bulk Actions: the 1,000 newest of them, the oldest first. It is
// audited, and returns [ErrForbidden] without Referral Settings.
func (s *Store) MissedRefs(ctx context.Context, a Actor) ([]string, error) {
	var refs []string
	_ = s.flushNotes(ctx) // if it cannot be written, the update fails too
	err := s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		var err error
		if refs, err = t.missedRefs(); err != nil {
			return fmt.Errorf("read what was missed: %w", err)
		}
		return t.audit(a, ActionMissedExported, "", map[string]any{"references": len(refs)})
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(refs)
	return refs, nil
}

// isReference matches what Ocean's references look like.
var isReference = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`)

// missedRefs are the newest first.
func (t *tx) missedRefs() (refs []string, err error) {
	rows, err := t.query(`SELECT id, name, max(at)`+stillMissed+` GROUP BY ref ORDER BY max(at) DESC, id DESC LIMIT ?`, maxMissedRefs)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var sealed []byte
		var at int64
		if err := rows.Scan(&id, &sealed, &at); err != nil {
			return nil, err
		}
		if ref, err := t.store.keys.Open(missedPlace(id), sealed); err == nil { // a damaged one must not cost the others
			if isReference.Match(ref) { // what is none would be a formula to the program that opens the file
				refs = append(refs, string(ref))
			}
		}
	}
	return refs, rows.Err()
}
