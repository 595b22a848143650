package store

import (
	"context"
	"fmt"
)

// queueAtOnce is how many referrals are looked at in one transaction.
const queueAtOnce = 50

// QueueKnown queues the documents of referrals that came before there was a queue, the newest first.
// It may be ended at any time, and goes on at the next start.
func (s *Store) QueueKnown(ctx context.Context) error {
	for {
		left, err := s.counter(ctx, "documents_to_queue")
		if err != nil || left == 0 {
			return err
		}
		rows, err := s.read.QueryContext(ctx, `SELECT seq, id FROM referrals WHERE seq <= ? ORDER BY seq DESC LIMIT ?`, left, queueAtOnce)
		if err != nil {
			return fmt.Errorf("look for documents to queue: %w", err)
		}
		ids := map[int64]string{}
		next := left
		for rows.Next() {
			var seq int64
			var id string
			if err := rows.Scan(&seq, &id); err != nil {
				rows.Close()
				return fmt.Errorf("look for documents to queue: %w", err)
			}
			ids[seq], next = id, seq-1
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("look for documents to queue: %w", err)
		}
		if len(ids) == 0 {
			next = 0
		}
		if err := s.queueThese(ctx, ids, int(next-left)); err != nil {
			return err
		}
	}
}

func (s *Store) queueThese(ctx context.Context, ids map[int64]string, by int) error {
	documents := map[int64][]attached{}
	for seq, id := range ids {
		r, err := s.Referral(ctx, id)
		if err != nil {
			continue // it cannot be read, so nobody misses its documents
		}
		for _, d := range s.sealDocuments(Update{Ref: r.Ref, Documents: r.Documents}) {
			if !d.inline { // which message carries it is not known any more; the page offers Ocean's portal
				documents[seq] = append(documents[seq], d)
			}
		}
	}
	err := s.update(ctx, func(t *tx) error {
		for seq, list := range documents {
			if err := t.queue(seq, 0, list); err != nil {
				return err
			}
		}
		return t.count("documents_to_queue", by)
	})
	if err == nil {
		s.wakeUp()
	}
	return err
}
