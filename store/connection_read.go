package store

import (
	"context"
	"encoding/json"
	"fmt"
)

// Connection reads what is known of the connection with Ocean. Of gaps it tells the latest that
// goes on or lasted more than five minutes: Ocean repeats a message within that.
func (s *Store) Connection(ctx context.Context) (c Connection, err error) {
	// What cannot be written, since the disk is full perhaps, is read from memory.
	_ = s.flushNotes(ctx)
	if err = s.readProofs(ctx, &c); err != nil {
		return c, err
	}
	if c.Listings, err = s.listings(ctx); err != nil {
		return c, err
	}
	if c.Refusals, err = s.refusals(ctx); err != nil {
		return c, err
	}
	if c.Gap, err = s.gap(ctx, c.Message.Ever()); err != nil {
		return c, err
	}
	if c.Lost, err = s.lostGap(ctx); err != nil {
		return c, err
	}
	if c.Missed, err = s.missedReferrals(ctx); err != nil {
		return c, err
	}
	if c.Pending, err = s.counter(ctx, countPending); err != nil {
		return c, err
	}
	if c.Failed, err = s.counter(ctx, countGivenUp); err != nil {
		return c, err
	}
	var oldest int64
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(min(queued_at), 0) FROM attachments WHERE state = 'waiting'`).Scan(&oldest); err != nil {
		return c, fmt.Errorf("read how the documents do: %w", err)
	}
	c.OldestPending = fromMillis(oldest)
	return c, nil
}

func (s *Store) readProofs(ctx context.Context, c *Connection) error {
	rows, err := s.read.QueryContext(ctx, `SELECT name, first_at, last_at, detail FROM proofs`)
	if err != nil {
		return fmt.Errorf("read proofs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name ProofName
		var first, last int64
		var detail string
		if err := rows.Scan(&name, &first, &last, &detail); err != nil {
			return fmt.Errorf("read proofs: %w", err)
		}
		c.prove(name, Seen{fromMillis(first), fromMillis(last)}, detail)
	}
	return rows.Err()
}

func (c *Connection) prove(name ProofName, seen Seen, detail string) {
	switch name {
	case ProofMessage:
		c.Message = seen
	case ProofSentCopy:
		c.SentCopy = seen
	case ProofReceived:
		c.Received = seen
	case ProofToken:
		c.Token = seen
	case ProofOldFHIR:
		c.OldFHIR = seen
	case proofRefused:
		c.CredentialsRefused = seen.First
	case proofTest:
		var d testDetail
		if json.Unmarshal([]byte(detail), &d) == nil { // a damaged one counts as none
			c.Test = &TestResult{seen.Last, d.By, d.Fault}
		}
	}
}

func (s *Store) listings(ctx context.Context) ([]ListingSeen, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT key, name, first_at, last_at FROM listings ORDER BY last_at DESC, first_at DESC, key`)
	if err != nil {
		return nil, fmt.Errorf("read listings: %w", err)
	}
	defer rows.Close()
	var list []ListingSeen
	for rows.Next() {
		var key, sealed []byte
		var first, last int64
		if err := rows.Scan(&key, &sealed, &first, &last); err != nil {
			return nil, fmt.Errorf("read listings: %w", err)
		}
		name, err := s.keys.Open(listingPlace(key), sealed)
		if err != nil {
			continue // a damaged one must not hide the others
		}
		list = append(list, ListingSeen{string(name), Seen{fromMillis(first), fromMillis(last)}})
	}
	return list, rows.Err()
}
