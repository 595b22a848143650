package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// AttachmentWork is a document to be fetched now.
type AttachmentWork struct {
	ID      string
	Link    string // into Ocean; "" for content inside a bundle
	Digest  string // of the content inside a bundle
	message int64  // that bundle
}

// DueAttachments lists documents whose time has come, at most limit of them; without links only
// those whose content is in a bundle already. A clock that was set back does not make any of them
// wait longer than they would have.
func (s *Store) DueAttachments(ctx context.Context, links bool, limit int) ([]AttachmentWork, error) {
	now := s.now()
	rows, err := s.read.QueryContext(ctx, `SELECT id, source, coalesce(message, 0) FROM attachments
		WHERE state = 'waiting' AND (due_at <= ? OR due_at > ?) AND (? OR message IS NOT NULL) ORDER BY due_at, seq LIMIT ?`,
		now, now+longestWait.Milliseconds(), links, limit)
	if err != nil {
		return nil, fmt.Errorf("look for documents to fetch: %w", err)
	}
	defer rows.Close()
	var list []AttachmentWork
	for rows.Next() {
		var w AttachmentWork
		var sealed []byte
		if err := rows.Scan(&w.ID, &sealed, &w.message); err != nil {
			return nil, fmt.Errorf("look for documents to fetch: %w", err)
		}
		source, err := s.keys.Open(sourcePlace(w.ID), sealed)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", w.ID, err)
		}
		if w.message != 0 {
			w.Digest = string(source)
		} else {
			w.Link = string(source)
		}
		list = append(list, w)
	}
	return list, rows.Err()
}

// NextAttachment is when the next document is due; zero where none waits.
func (s *Store) NextAttachment(ctx context.Context) (time.Time, error) {
	var due int64
	err := s.read.QueryRowContext(ctx, `SELECT coalesce(min(due_at), 0) FROM attachments WHERE state = 'waiting'`).Scan(&due)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for documents to fetch: %w", err)
	}
	return fromMillis(due), nil
}

// Bundle returns the raw message that holds the content of a document, as it came.
func (s *Store) Bundle(ctx context.Context, w AttachmentWork) ([]byte, error) {
	var id string
	var sealed []byte
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT id, raw FROM messages WHERE seq = ?`, w.message).Scan(&id, &sealed)); err != nil {
		return nil, fmt.Errorf("read the message of a document: %w", err)
	}
	raw, err := s.keys.Open(messagePlace("raw", id), sealed)
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", id, err)
	}
	return raw, nil
}

// PostponeAttachment notes that a document could not be fetched: it is tried again, or waits for a
// person if there was time enough. Where Ocean said when to come again, it is not before that.
func (s *Store) PostponeAttachment(ctx context.Context, id string, fault Fault, retryAfter time.Duration) error {
	return s.update(ctx, func(t *tx) error {
		var tries int
		var since int64
		var inline bool
		err := t.get(`SELECT tries + 1, failed_at, message IS NOT NULL FROM attachments WHERE id = ? AND state = 'waiting'`, []any{id}, &tries, &since, &inline)
		if errors.Is(err, ErrNotFound) {
			return nil // somebody was faster
		}
		if err != nil {
			return err
		}
		if since == 0 {
			since = t.now
		}
		if inline || gaveUp(fault, tries, time.Duration(t.now-since)*time.Millisecond) { // a bundle never changes
			if err := t.exec(`UPDATE attachments SET state = 'failed', fault = ?, tries = ?, failed_at = ? WHERE id = ?`, string(fault), tries, since, id); err != nil {
				return fmt.Errorf("give a document up: %w", err)
			}
			return errors.Join(t.count(countPending, -1), t.count(countAttention, 1))
		}
		wait := max(backoff(tries, rand.Float64()), min(retryAfter, longestWait))
		return t.exec(`UPDATE attachments SET fault = ?, tries = ?, failed_at = ?, due_at = ? WHERE id = ?`,
			string(fault), tries, since, t.now+wait.Milliseconds(), id)
	})
}

// MarkForeign notes that a document's link leads to another place than the Ocean host.
func (s *Store) MarkForeign(ctx context.Context, id string) error {
	return s.update(ctx, func(t *tx) error {
		done, err := t.changed(`UPDATE attachments SET state = 'foreign', fault = ? WHERE id = ? AND state = 'waiting'`, string(FaultForeign), id)
		if err != nil || !done {
			return err
		}
		return t.count(countPending, -1)
	})
}

const (
	// longestWait bounds the time between two tries, whatever Ocean asks for.
	longestWait = 6 * time.Hour
	// fetchFor is how long a document that may still come is tried: as long as Ocean itself tries.
	fetchFor = OceanRetries
	// fewTries are enough where another try rarely helps: a letter may be a little late, but a
	// link that stays dead is a person's business.
	fewTries = 5
	// leastTries keeps a clock that jumps ahead, or a machine that was off, from ending the tries.
	leastTries = 20
	// mostTries ends them even if the clock stands still.
	mostTries = 300
)

// waits are the times before the tries that follow the first; the last one is repeated.
var waits = []time.Duration{2 * time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}

// backoff is how long to wait after so many tries. The jitter, from 0 to 1, spreads what failed
// together by a fifth to either side.
func backoff(tries int, jitter float64) time.Duration {
	wait := waits[min(max(tries, 1), len(waits))-1]
	return time.Duration(float64(wait) * (0.8 + 0.4*jitter))
}

// gaveUp reports whether a document is left to a person after so many tries in such a time.
func gaveUp(fault Fault, tries int, since time.Duration) bool {
	switch fault {
	case FaultGone, FaultForbidden, FaultRedirect, FaultTooLarge, FaultContent:
		return tries >= fewTries
	}
	return since >= fetchFor && tries >= leastTries || tries >= mostTries
}
