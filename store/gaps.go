package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	// gapsKept is how long gaps that are over are kept.
	gapsKept = 60 * 24 * time.Hour
	// gapWorth is how long a gap lasted that is worth a word: Ocean repeats what it could not
	// deliver within minutes. One that goes on is always worth one.
	gapWorth = 5 * time.Minute
	// downWorth is how long Breakwater did not run before that counts as a gap; a restart does not.
	downWorth = 10 * time.Minute
	// maxFlow bounds the changes in memory while nothing can be written.
	maxFlow = 1000
)

// flow says whether Ocean's messages come through.
type flow int

// In the order of what is known. Doubtful is a key that never was ours: that may be Ocean with a
// mistyped one, or a stranger.
const (
	flowUnknown flow = iota
	flowing
	flowDoubtful
	flowStopped
)

// flowChange is when messages began, or ceased, to come through.
type flowChange struct {
	at     int64
	reason RefusalReason // "" for a message that came through
}

// stops says what a refusal means for the flow. Strangers scan every address on the internet, and a
// message that Ocean can never deliver is no gap: such refusals mean nothing. A wrong key counts
// only once a message has come through (see keepGaps).
func stops(reason RefusalReason) flow {
	switch reason {
	case RefusedRetired, RefusedUnsaved, RefusedSpaced, RefusedFull, RefusedBusy, RefusedFailed:
		return flowStopped
	case RefusedWrongKey:
		return flowDoubtful
	}
	return flowUnknown
}

// stop notes a refusal, under the lock. Only the first of a gap is news.
func (n *notes) stop(reason RefusalReason, now int64) {
	if to := stops(reason); to > n.flow && len(n.pending.flow) < maxFlow {
		n.pending.flow = append(n.pending.flow, flowChange{now, reason})
		n.flow = to
	}
}

// resume notes a message that came through. What ceased less than a minute ago and was not written
// yet is forgotten, so that a server at its limit does not write at every message. It reports
// whether there is something to write.
func (n *notes) resume(now int64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for l := len(n.pending.flow); l > 0 && n.pending.flow[l-1].reason != "" && now-n.pending.flow[l-1].at < notesEvery.Milliseconds(); l-- {
		n.pending.flow = n.pending.flow[:l-1]
		n.flow = n.pending.was
		if l > 1 {
			n.flow = max(stops(n.pending.flow[l-2].reason), flowing)
		}
	}
	if n.flow == flowing || len(n.pending.flow) >= maxFlow {
		return false
	}
	n.pending.flow = append(n.pending.flow, flowChange{at: now})
	n.flow = flowing
	return true
}

// keepGaps opens and closes gaps. One is open at a time, and its first reason stays.
func (t *tx) keepGaps(changes []flowChange) error {
	for _, c := range changes {
		if c.reason == "" {
			if err := t.exec(`UPDATE gaps SET until = max(since, ?) WHERE until IS NULL`, c.at); err != nil {
				return err
			}
			continue
		}
		opened, err := t.changed(`INSERT INTO gaps (reason, since) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM gaps WHERE until IS NULL)
			AND (?3 OR EXISTS (SELECT 1 FROM proofs WHERE name = 'message'))`, string(c.reason), c.at, stops(c.reason) == flowStopped)
		if err != nil {
			return err
		}
		if opened {
			if err := t.exec(`DELETE FROM gaps WHERE until < ? AND (repaired > 0 OR reason <> 'restored' AND until - since <= ?)`, t.now-gapsKept.Milliseconds(), OceanRetries.Milliseconds()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Beat notes that Breakwater runs, and writes what is still in memory, and what the audit log says of
// hours that are over. Serve calls it every minute.
func (s *Store) Beat(ctx context.Context) error {
	return errors.Join(s.writeStrangers(ctx), s.writeNotes(ctx, func(t *tx) error {
		return errors.Join(t.prove(proofAlive), t.tellHeld(), t.tellDenied(), t.tellRefusedKeys())
	}))
}

// Resume notes how long Breakwater did not run, from its last [Store.Beat], as a gap that is over:
// if messages had come before, and it was longer than ten minutes. Within a gap that goes on it is
// a part of that. Serve calls it once, before it listens.
func (s *Store) Resume(ctx context.Context) error {
	return s.writeNotes(ctx, func(t *tx) error {
		var last int64
		err := t.get(`SELECT last_at FROM proofs WHERE name = ? AND EXISTS (SELECT 1 FROM proofs WHERE name = ?)`,
			[]any{string(proofAlive), string(ProofMessage)}, &last)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("read when Breakwater last ran: %w", err)
		}
		if err == nil && t.now-last > downWorth.Milliseconds() {
			if err := t.exec(`INSERT INTO gaps (reason, since, until) SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM gaps WHERE until IS NULL)`,
				string(GapDown), last, t.now); err != nil {
				return fmt.Errorf("keep gaps: %w", err)
			}
		}
		return t.prove(proofAlive)
	})
}

// isOceans keeps a stranger's key from looking like days of lost messages: Ocean comes again every
// hour, and whoever tries a key once or twice does not.
const isOceans = `(reason <> 'wrong_key' OR (SELECT count(*) FROM refusals r WHERE r.reason = 'wrong_key' AND r.last_at >= gaps.since) > 2)`

// gap is the latest gap that is worth a word, or nil, with what could not be written. proven says
// that a message has come through.
func (s *Store) gap(ctx context.Context, proven bool) (*Gap, error) {
	var found Gap
	var since, until int64
	gap := &found
	err := s.read.QueryRowContext(ctx, `SELECT id, reason, since, coalesce(until, 0) FROM gaps WHERE until IS NULL OR until - since > ?
		ORDER BY id DESC LIMIT 1`, gapWorth.Milliseconds()).Scan(&gap.ID, &gap.Reason, &since, &until)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		gap = nil
	case err != nil:
		return nil, fmt.Errorf("read gaps: %w", err)
	default:
		gap.Since, gap.Until = fromMillis(since), fromMillis(until)
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	for _, c := range s.notes.pending.flow {
		open := gap != nil && gap.Until.IsZero()
		switch {
		case c.reason == "" && open:
			gap.Until = fromMillis(c.at)
		case c.reason != "" && !open && (proven || stops(c.reason) == flowStopped):
			gap = &Gap{Reason: c.reason, Since: fromMillis(c.at)}
		}
	}
	return gap, nil
}

// lostGap is the latest gap that lasted so long that Ocean repeats its first messages no more, and of
// which nobody has said that it is repaired; nil for none.
func (s *Store) lostGap(ctx context.Context) (*Gap, error) {
	var g Gap
	var since, until int64
	err := s.read.QueryRowContext(ctx, `SELECT id, reason, since, coalesce(until, 0) FROM gaps WHERE repaired = 0 AND (reason = 'restored' OR coalesce(until, ?1) - since > ?2) AND `+isOceans+`
		ORDER BY id DESC LIMIT 1`, s.now(), OceanRetries.Milliseconds()).Scan(&g.ID, &g.Reason, &since, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read gaps: %w", err)
	}
	g.Since, g.Until = fromMillis(since), fromMillis(until)
	return &g, nil
}

// RepairGap notes that somebody got back what Ocean could not deliver in a gap that is over, so that
// nobody is asked to any more. It returns [ErrForbidden] without Referral Settings.
func (s *Store) RepairGap(ctx context.Context, a Actor, id int64) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		done, err := t.changed(`UPDATE gaps SET repaired = ? WHERE id = ? AND repaired = 0 AND until IS NOT NULL`, t.now, id)
		if err != nil || !done {
			return err
		}
		return t.audit(a, ActionGapRepaired, "", nil)
	})
}
