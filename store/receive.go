package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"breakwater/store/seal"
)

// Receipt is what became of a message.
type Receipt struct {
	MessageID string // of this database, to name in logs
	Duplicate bool   // it was here already: nothing changed but the count of deliveries
	Problems  []Problem
}

// freshen seals a message anew where the key was rotated since it was sealed.
func (t *tx) freshen(in *incoming) {
	in.event, in.raw = t.fresh(messagePlace("event", in.id), in.event), t.fresh(messagePlace("raw", in.id), in.raw)
	for i, u := range in.Updates {
		in.facts[i] = t.fresh(factsPlace(in.id, u.Ref), in.facts[i])
	}
}

// sealUpdates seals what the message with that id says.
func (s *Store) sealUpdates(in *incoming) error {
	in.Updates = slices.Clone(in.Updates)
	for i := range in.Updates {
		u := &in.Updates[i]
		u.Ref = strings.ToValidUTF8(u.Ref, "\uFFFD") // as JSON keeps it
		facts, err := marshalFacts(u)
		if err != nil {
			return err
		}
		if len(facts) > maxFacts {
			// The bundle itself is kept whole; a referral that cannot be opened would help nobody.
			*u = Update{Ref: u.Ref, Event: u.Event, Rank: u.Rank, SentAt: u.SentAt, HeaderID: u.HeaderID, Test: u.Test,
				ReceiverSite: u.ReceiverSite, Listing: u.Listing, Revoked: u.Revoked, Task: u.Task, Appointment: u.Appointment}
			in.Problems = append(slices.Clip(in.Problems), ProblemOddResource)
			if facts, err = marshalFacts(u); err != nil {
				return err
			}
		}
		first, err := s.findable(newID(), summarize(tell([]heard{{Update: *u}})))
		if err != nil {
			return err
		}
		in.facts = append(in.facts, s.keys.Seal(factsPlace(in.id, u.Ref), facts))
		in.findable = append(in.findable, first)
		in.documents = append(in.documents, s.sealDocuments(*u))
		in.hasDocuments = in.hasDocuments || len(u.Documents) > 0
	}
	return nil
}

// maxFacts bounds what one message says of one referral, in bytes, well below what opens again.
const maxFacts = 16 << 20

// marshalFacts writes facts as JSON, HTML as it is: escaped for browsers it would take six times
// the room.
func marshalFacts(u *Update) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(u); err != nil {
		return nil, fmt.Errorf("write facts: %w", err)
	}
	return buf.Bytes(), nil
}

func messagePlace(column, id string) seal.Place {
	return seal.Place{Table: "messages", Column: column, Row: id}
}

func factsPlace(messageID, ref string) seal.Place {
	return seal.Place{Table: "referral_messages", Column: "facts", Row: messageID + " " + refKey(ref)}
}

// refKey is what a referral reference is known by: a UUID means the same in either case.
func refKey(ref string) string { return strings.ToLower(strings.TrimSpace(ref)) }

// refFingerprint is what a referral is found by.
func (s *Store) refFingerprint(ref string) []byte {
	return s.keys.Fingerprint("referral reference", []byte(refKey(ref)))
}

func (t *tx) receive(in *incoming) (Receipt, error) {
	var known, site string
	var otherContent bool
	if err := t.get(`SELECT coalesce((SELECT id FROM messages WHERE header = ?1 AND digest = ?2), ''),
		EXISTS (SELECT 1 FROM messages WHERE header = ?1), site_number FROM ocean_settings WHERE id = 1`,
		[]any{in.header, in.digest}, &known, &otherContent, &site); err != nil {
		return Receipt{}, fmt.Errorf("look for the message: %w", err)
	}
	if known != "" {
		if err := t.exec(`UPDATE messages SET deliveries = deliveries + 1 WHERE id = ?`, known); err != nil {
			return Receipt{}, fmt.Errorf("count the delivery: %w", err)
		}
		return Receipt{MessageID: known, Duplicate: true}, t.count("duplicates", 1)
	}
	problems := in.Problems
	if otherContent {
		problems = append(problems[:len(problems):len(problems)], ProblemContentChanged)
	}
	res, err := t.result(`INSERT INTO messages (id, header, digest, received_at, problems, event, raw) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		in.id, in.header, in.digest, t.now, joinProblems(problems), in.event, in.raw)
	if err != nil {
		return Receipt{}, fmt.Errorf("keep the message: %w", err)
	}
	seq, err := res.LastInsertId()
	if err != nil {
		return Receipt{}, fmt.Errorf("keep the message: %w", err)
	}
	if err := t.count("messages", 1); err != nil {
		return Receipt{}, err
	}
	if len(problems) > 0 {
		if err := t.count("needs_attention", 1); err != nil {
			return Receipt{}, err
		}
	}
	return Receipt{MessageID: in.id, Problems: problems}, t.receiveUpdates(in, seq, site)
}

// receiveUpdates keeps what the message says of each of its referrals, at a clinic of that site.
func (t *tx) receiveUpdates(in *incoming, message int64, site string) error {
	seen := map[string]bool{}
	for i, u := range in.Updates {
		if seen[refKey(u.Ref)] {
			continue // a message says one thing of a referral; a parser's slip must not cost it
		}
		seen[refKey(u.Ref)] = true
		referral, err := t.hear(in, i, message, heard{Update: u, ours: isOurs(u.ReceiverSite, site),
			receivedAt: fromMillis(t.now), deliveries: 1, problems: in.Problems})
		if err != nil {
			return fmt.Errorf("keep what the message says: %w", err)
		}
		if err := t.queue(referral, message, in.documents[i]); err != nil {
			return err
		}
	}
	return nil
}

// isOurs reports whether the receiver is this clinic; nil where either is not known.
func isOurs(receiver, site string) *bool {
	if receiver == "" || site == "" {
		return nil
	}
	ours := receiver == site
	return &ours
}

// hear adds what a message says, as one of those in it, to its referral, making the referral where it
// is new, and returns the referral's row.
func (t *tx) hear(in *incoming, i int, message int64, h heard) (referral int64, err error) {
	blind := t.store.refFingerprint(h.Ref)
	var id string
	err = t.get(`SELECT seq, id FROM referrals WHERE ref = ?`, []any{blind}, &referral, &id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	if known := err == nil; known {
		if err := t.hearMore(referral, message, h.ours, in.facts[i]); err != nil {
			return 0, err
		}
		return referral, t.retell(referral, id, h.Ref, cause{message: message})
	}
	if referral, err = t.addReferral(blind, tell([]heard{h}), in.findable[i]); err != nil {
		return 0, err
	}
	return referral, t.hearMore(referral, message, h.ours, in.facts[i])
}

func (t *tx) hearMore(referral, message int64, ours *bool, facts []byte) error {
	return t.exec(`INSERT INTO referral_messages (referral, message, ours, facts) VALUES (?, ?, ?, ?)`,
		referral, message, ours, facts)
}

func joinProblems(problems []Problem) *string {
	if len(problems) == 0 {
		return nil
	}
	codes := make([]string, len(problems))
	for i, p := range problems {
		codes[i] = string(p)
	}
	text := strings.Join(codes, ",")
	return &text
}

func splitProblems(text *string) []Problem {
	if text == nil {
		return nil
	}
	var problems []Problem
	for _, code := range strings.Split(*text, ",") {
		problems = append(problems, Problem(code))
	}
	return problems
}
