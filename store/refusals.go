package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// refusalsKept is how long refusals are kept.
	refusalsKept = 30 * 24 * time.Hour
	// refusalsShown and maxRefusals bound what [Store.Connection] tells of them.
	refusalsShown = 7 * 24 * time.Hour
	maxRefusals   = 50
	// maxRuns bounds the hours and reasons in memory while nothing can be written: days of them.
	maxRuns = 2000
)

type refusalHour struct {
	hour   int64 // since 1970
	reason RefusalReason
}

// refusalRun is a [Refusal] in the making; its times are Unix milliseconds.
type refusalRun struct{ first, last, calls, addresses int64 }

// NoteRefusal notes that the public route refused a call. The first of an hour and reason is
// written at once, more of them are counted in memory and written once a minute at most, so that a
// flood costs nothing. A reason that means that Ocean itself could not deliver opens a gap (see
// [Gap]). Missed, if not nil, is a message with a valid key that could be read but not kept: what
// referrals it is about is kept until it comes after all.
//
// What cannot be written stays in memory for the next time, so callers may ignore the error.
func (s *Store) NoteRefusal(ctx context.Context, reason RefusalReason, missed *Message) error {
	if reason == GapDown || reason == GapRestored || !slices.Contains(RefusalReasons, reason) {
		return fmt.Errorf("%q is no reason for a refusal", reason)
	}
	now := s.now()
	var lost map[missedKey]missedNote
	if missed != nil {
		lost = s.missedOf(*missed, now)
	}
	var from int64
	if reason == RefusedWrongKey {
		from = s.strangers.keysFrom(now / time.Hour.Milliseconds())
	}
	if !s.notes.refuse(reason, now, from, lost) {
		return nil
	}
	return s.flushNotes(ctx)
}

// refuse notes a refusal and reports whether it is time to write.
func (n *notes) refuse(reason RefusalReason, now, from int64, lost map[missedKey]missedNote) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	at := refusalHour{now / time.Hour.Milliseconds(), reason}
	n.pending.addRefusals(at, refusalRun{now, now, 1, from})
	n.stop(reason, now)
	n.miss(lost)
	hour, known := n.begun[reason]
	if n.begun == nil {
		n.begun = map[RefusalReason]int64{}
	}
	n.begun[reason] = at.hour
	if known && hour == at.hour && now >= n.tried && now-n.tried < notesEvery.Milliseconds() {
		return false
	}
	n.tried = now // said here, so that of many at once only one writes
	return true
}

func (u *unwritten) addRefusals(at refusalHour, more refusalRun) {
	if run := u.refusals[at]; run != nil {
		run.first, run.last, run.calls = min(run.first, more.first), max(run.last, more.last), run.calls+more.calls
		run.addresses = max(run.addresses, more.addresses)
		return
	}
	if u.refusals == nil {
		u.refusals = map[refusalHour]*refusalRun{}
	}
	if len(u.refusals) < maxRuns {
		u.refusals[at] = &more
	}
}

func (t *tx) keepRefusals(runs map[refusalHour]*refusalRun) error {
	if len(runs) == 0 {
		return nil
	}
	for at, r := range runs {
		if err := t.exec(`INSERT INTO refusals (hour, reason, first_at, last_at, calls, addresses) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (hour, reason) DO UPDATE SET first_at = min(first_at, excluded.first_at),
			last_at = max(last_at, excluded.last_at), calls = calls + excluded.calls, addresses = max(addresses, excluded.addresses)`,
			at.hour, string(at.reason), r.first, r.last, r.calls, r.addresses); err != nil {
			return err
		}
	}
	return t.exec(`DELETE FROM refusals WHERE hour < ?`, (t.now-refusalsKept.Milliseconds())/time.Hour.Milliseconds())
}

// refusals are the latest, with those that could not be written.
func (s *Store) refusals(ctx context.Context) ([]Refusal, error) {
	since := (s.now() - refusalsShown.Milliseconds()) / time.Hour.Milliseconds()
	rows, err := s.read.QueryContext(ctx, `SELECT hour, reason, first_at, last_at, calls FROM refusals WHERE hour >= ?
		ORDER BY hour DESC, last_at DESC LIMIT ?`, since, maxRefusals)
	if err != nil {
		return nil, fmt.Errorf("read refusals: %w", err)
	}
	defer rows.Close()
	var all unwritten
	for rows.Next() {
		var at refusalHour
		var r refusalRun
		if err := rows.Scan(&at.hour, &at.reason, &r.first, &r.last, &r.calls); err != nil {
			return nil, fmt.Errorf("read refusals: %w", err)
		}
		all.addRefusals(at, r)
	}
	s.notes.mu.Lock()
	for at, r := range s.notes.pending.refusals {
		all.addRefusals(at, *r)
	}
	s.notes.mu.Unlock()
	var list []Refusal
	for at, r := range all.refusals {
		list = append(list, Refusal{at.reason, fromMillis(r.first), fromMillis(r.last), r.calls})
	}
	slices.SortFunc(list, func(a, b Refusal) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Reason, b.Reason))
	})
	return list[:min(len(list), maxRefusals)], rows.Err()
}
