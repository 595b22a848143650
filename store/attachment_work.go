package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// AttachmentWork is a document to be fetched now.
type AttachmentWork struct {
	ID      string
	Link    string // into Ocean; "" for content inside a bundle
	Digest  string // of the content inside a bundle
	message int64  // that bundle
	made    int64  // the version that is asked for
}

// DueAttachments lists documents whose time has come, at most limit of them; without links only
// those whose content is in a bundle already. What failed once or twice goes first: it is usually
// there a moment later. A clock that was set back does not make any of them wait longer than they
// would have. One that cannot be read any more is left to a person.
func (s *Store) DueAttachments(ctx context.Context, links bool, limit int) ([]AttachmentWork, error) {
	query, args := dueAttachments(s.now(), links, limit)
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("look for documents to fetch: %w", err)
	}
	defer rows.Close()
	var list, damaged []AttachmentWork
	for rows.Next() {
		var w AttachmentWork
		var sealed []byte
		if err := rows.Scan(&w.ID, &sealed, &w.message, &w.made); err != nil {
			return nil, fmt.Errorf("look for documents to fetch: %w", err)
		}
		source, err := s.keys.Open(sourcePlace(w.ID), sealed)
		if err != nil {
			damaged = append(damaged, w)
			continue
		}
		if w.message != 0 {
			w.Digest = string(source)
		} else {
			w.Link = string(source)
		}
		list = append(list, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for documents to fetch: %w", err)
	}
	for _, w := range damaged {
		if err := s.GiveUpAttachment(ctx, w, FaultContent); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// dueAttachments reads from the index what is due of each kind, however many others wait.
func dueAttachments(now int64, links bool, limit int) (string, []any) {
	kinds := []bool{false}
	if links {
		kinds = append(kinds, true)
	}
	var text []string
	var args []any
	for _, link := range kinds {
		for _, again := range []bool{true, false} {
			for _, due := range []string{`due_at <= ?`, `due_at > ?`} {
				text = append(text, `SELECT * FROM (SELECT seq AS at, ? AS again FROM attachments INDEXED BY attachments_due WHERE state = 'waiting'
					AND (message IS NULL) = ? AND (tries BETWEEN 1 AND 2) = ? AND `+due+` ORDER BY due_at, seq LIMIT ?)`)
				by := now
				if due == `due_at > ?` {
					by += longestWait.Milliseconds()
				}
				args = append(args, again, link, again, by, limit)
			}
		}
	}
	return `SELECT id, source, coalesce(message, 0), made_at FROM (` + strings.Join(text, ` UNION ALL `) + `)
		CROSS JOIN attachments ON seq = at ORDER BY again DESC, due_at, seq LIMIT ?`, append(args, limit)
}

// NextAttachment is when the next document is due; zero where none waits.
func (s *Store) NextAttachment(ctx context.Context) (time.Time, error) {
	var due int64
	err := s.read.QueryRowContext(ctx, `SELECT coalesce(min(due), 0) FROM (SELECT (SELECT min(due_at) FROM attachments INDEXED BY attachments_due
		WHERE state = 'waiting' AND (message IS NULL) = link AND (tries BETWEEN 1 AND 2) = again) AS due
		FROM (SELECT 0 AS link UNION ALL SELECT 1), (SELECT 0 AS again UNION ALL SELECT 1))`).Scan(&due)
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
func (s *Store) PostponeAttachment(ctx context.Context, w AttachmentWork, fault Fault, retryAfter time.Duration) error {
	return s.update(ctx, func(t *tx) error {
		var tries int
		var since int64
		err := t.get(`SELECT tries + 1, failed_at FROM attachments WHERE id = ? AND state = 'waiting' AND made_at = ?`, []any{w.ID, w.made}, &tries, &since)
		if errors.Is(err, ErrNotFound) {
			return nil // somebody was faster, or a newer version is asked for
		}
		if err != nil {
			return err
		}
		if since == 0 {
			since = t.now
		}
		if gaveUp(fault, tries, time.Duration(t.now-since)*time.Millisecond) {
			return t.giveUp(w.ID, fault, tries, since)
		}
		wait := max(backoff(waitsFor(fault), tries, rand.Float64()), min(retryAfter, longestWait))
		return t.exec(`UPDATE attachments SET fault = ?, tries = ?, failed_at = ?, due_at = ? WHERE id = ?`,
			string(fault), tries, since, t.now+wait.Milliseconds(), w.ID)
	})
}

// GiveUpAttachment leaves a document to a person at once: no other try would end otherwise.
func (s *Store) GiveUpAttachment(ctx context.Context, w AttachmentWork, fault Fault) error {
	return s.update(ctx, func(t *tx) error {
		var tries int
		err := t.get(`SELECT tries + 1 FROM attachments WHERE id = ? AND state = 'waiting' AND made_at = ?`, []any{w.ID, w.made}, &tries)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return t.giveUp(w.ID, fault, tries, t.now)
	})
}

func (t *tx) giveUp(id string, fault Fault, tries int, since int64) error {
	if err := t.exec(`UPDATE attachments SET state = 'failed', fault = ?, tries = ?, failed_at = ? WHERE id = ?`, string(fault), tries, since, id); err != nil {
		return fmt.Errorf("give a document up: %w", err)
	}
	return errors.Join(t.count(countPending, -1), t.failedDocuments(1))
}

// GiveUpWaiting leaves to a person what has waited for as long as Ocean itself would have tried, and
// could not even be asked for: there are no credentials, or Ocean refuses them. They are asked for
// again by themselves once the credentials are saved anew.
func (s *Store) GiveUpWaiting(ctx context.Context) error {
	o, err := s.OceanAccess(ctx)
	if err != nil {
		return err
	}
	fault := FaultCredentials
	if o.ClientID == "" || o.ClientSecret == "" {
		fault = FaultIncomplete
	}
	before := s.now() - fetchFor.Milliseconds()
	var any bool
	if err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM attachments WHERE state = 'waiting' AND queued_at < ? AND message IS NULL)`, before).Scan(&any); err != nil || !any {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		res, err := t.result(`UPDATE attachments SET state = 'failed', fault = ?, failed_at = iif(failed_at = 0, queued_at, failed_at)
			WHERE state = 'waiting' AND queued_at < ? AND message IS NULL`, string(fault), before)
		if err != nil {
			return fmt.Errorf("give documents up: %w", err)
		}
		n, err := res.RowsAffected()
		return errors.Join(err, t.count(countPending, -int(n)), t.failedDocuments(int(n)))
	})
}

// MarkForeign notes that the links of documents lead to another place than the Ocean host.
func (s *Store) MarkForeign(ctx context.Context, list ...AttachmentWork) error {
	return s.update(ctx, func(t *tx) error {
		for _, w := range list {
			done, err := t.changed(`UPDATE attachments SET state = 'foreign', fault = ? WHERE id = ? AND state = 'waiting'`, string(FaultForeign), w.ID)
			if err != nil {
				return err
			}
			if done {
				if err := t.count(countPending, -1); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

const (
	// longestWait bounds the time between two tries, whatever Ocean asks for.
	longestWait = 6 * time.Hour
	// fetchFor is how long a document that may still come is tried: as long as Ocean itself tries.
	fetchFor = OceanRetries
	// fewTries are enough where another try rarely helps: a letter may be late, and a host that is
	// being mended may say odd things for hours, but a link that stays dead is a person's business.
	fewTries = 6
	// leastTries keeps a clock that jumps ahead, or a machine that was off, from ending the tries.
	leastTries = 20
	// mostTries ends them even if the clock stands still.
	mostTries = 300
)

// waits are the times before the tries that follow the first; the last one is repeated.
var waits = []time.Duration{2 * time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}

// fewWaits are the times before the few tries, over most of a day.
var fewWaits = []time.Duration{2 * time.Second, 5 * time.Second, 10 * time.Minute, 2 * time.Hour, 12 * time.Hour}

// isFinal reports whether another try rarely helps.
func isFinal(fault Fault) bool {
	switch fault {
	case FaultGone, FaultForbidden, FaultRedirect, FaultTooLarge, FaultContent:
		return true
	}
	return false
}

func waitsFor(fault Fault) []time.Duration {
	if isFinal(fault) {
		return fewWaits
	}
	return waits
}

// backoff is how long to wait after so many tries. The jitter, from 0 to 1, spreads what failed
// together by a fifth to either side.
func backoff(waits []time.Duration, tries int, jitter float64) time.Duration {
	wait := waits[min(max(tries, 1), len(waits))-1]
	return time.Duration(float64(wait) * (0.8 + 0.4*jitter))
}

// gaveUp reports whether a document is left to a person after so many tries in such a time.
func gaveUp(fault Fault, tries int, since time.Duration) bool {
	if isFinal(fault) {
		return tries >= fewTries
	}
	return since >= fetchFor && tries >= leastTries || tries >= mostTries
}
