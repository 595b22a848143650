package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// What strangers and a failing Ocean can cause without end must cost neither disk nor time. It is
// noted in memory and written at most once a minute, all of it in one transaction: with the first
// refusal of its kind in an hour, with a message that comes through, with each [Store.Beat], and
// when the store is closed. A crash loses a minute of it.

const (
	// notesEvery is how long notes may stay in memory while there are calls.
	notesEvery = time.Minute
	// noteWait bounds how long a caller waits for others' writes before its notes stay in memory.
	// A database held by another process can hold a caller once a minute for as long as any write.
	noteWait = time.Second
)

// notes are what is not written yet, and what of the written must be known at every call. The zero
// value is ready.
type notes struct {
	writing sync.Mutex // held while notes are written, so that they are written in their order

	mu      sync.Mutex // for all that follows
	tried   int64      // when a refusal last found that it was time to write
	begun   map[RefusalReason]int64
	pending unwritten
	flow    flow // after all that is pending

	missed       map[blindRef]struct{} // referrals of which a message was missed, written or not
	missedLoaded bool                  // what was written before this process is among them
}

// unwritten are notes on their way to the disk.
type unwritten struct {
	refusals map[refusalHour]*refusalRun
	missed   map[missedKey]missedNote
	flow     []flowChange
	was      flow // before these
}

func (u *unwritten) empty() bool {
	return len(u.refusals) == 0 && len(u.missed) == 0 && len(u.flow) == 0
}

// writeNotes writes all notes, and then runs fn in the same transaction. Where that fails, the
// notes are kept for the next time.
func (s *Store) writeNotes(ctx context.Context, fn func(*tx) error) error {
	s.notes.writing.Lock()
	defer s.notes.writing.Unlock()
	// A caller who has hung up is no reason to lose what is known about the call.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWait)
	defer cancel()
	u := s.notes.take()
	err := s.update(ctx, func(t *tx) error {
		if err := t.keepRefusals(u.refusals); err != nil {
			return fmt.Errorf("keep refusals: %w", err)
		}
		if err := t.keepGaps(u.flow); err != nil {
			return fmt.Errorf("keep gaps: %w", err)
		}
		if err := t.keepMissed(u.missed); err != nil {
			return fmt.Errorf("keep what was missed: %w", err)
		}
		return fn(t)
	})
	if err != nil {
		s.notes.putBack(u)
	}
	return err
}

func nothingMore(*tx) error { return nil }

// flushNotes writes notes if there are any.
func (s *Store) flushNotes(ctx context.Context) error {
	s.notes.mu.Lock()
	empty := s.notes.pending.empty()
	s.notes.mu.Unlock()
	if empty {
		return nil
	}
	return s.writeNotes(ctx, nothingMore)
}

// writeLastNotes writes what is left when the store closes. Nobody is there to hear of a failure,
// and the counts of a minute are not worth one.
func (s *Store) writeLastNotes() { _ = s.flushNotes(context.Background()) }

// take takes the notes that are to be written.
func (n *notes) take() unwritten {
	n.mu.Lock()
	defer n.mu.Unlock()
	u := n.pending
	n.pending = unwritten{was: n.flow}
	return u
}

// putBack returns notes that could not be written. What was noted since comes after them.
func (n *notes) putBack(u unwritten) {
	n.mu.Lock()
	defer n.mu.Unlock()
	later := n.pending
	n.pending = u
	for h, r := range later.refusals {
		n.pending.addRefusals(h, *r)
	}
	for k, m := range later.missed {
		n.pending.addMissed(k, m)
	}
	n.pending.flow = append(u.flow, later.flow...)
}
