package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// clockSlack is how far a clock may go back, as clocks do that are kept right, before that counts
// as having gone back.
const clockSlack = 10 * time.Second

// latest is the latest time that was seen. Its zero value is ready.
type latest struct {
	mu sync.Mutex
	at int64 // Unix milliseconds; 0: nothing was seen yet
}

// moment is the present time for sessions. Where the clock went back since it was last asked, or
// since the newest entry of the audit log, it ends every session: which of them are over by the
// right time, nobody can say any more.
func (s *Store) moment(ctx context.Context) (int64, error) {
	s.latest.mu.Lock()
	defer s.latest.mu.Unlock()
	if s.latest.at == 0 {
		err := notFound(s.read.QueryRowContext(ctx, `SELECT at FROM audit_entries ORDER BY seq DESC LIMIT 1`).Scan(&s.latest.at))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return 0, fmt.Errorf("read when the log ends: %w", err)
		}
	}
	now := s.now()
	if s.latest.at-now > clockSlack.Milliseconds() {
		if err := s.update(ctx, endForClock); err != nil {
			return now, errors.Join(ErrNotFound, err)
		}
		s.latest.at = now
		return now, ErrNotFound
	}
	s.latest.at = max(s.latest.at, now)
	return now, nil
}

// endForClock ends every session, since the clock went back.
func endForClock(t *tx) error {
	n, err := t.touched(`UPDATE sessions SET ended_at = ? WHERE ended_at = 0`, t.now)
	if err != nil || n == 0 {
		return err
	}
	return t.audit(SystemActor(), ActionClockBack, "", map[string]any{"sessions": n})
}

// endOver ends a session that is over by the clock, unless somebody else uses it at this moment.
func (s *Store) endOver(ctx context.Context, r sessionRow) error {
	err := s.update(ctx, func(t *tx) error {
		return t.exec(`UPDATE sessions SET ended_at = ? WHERE id = ? AND seen_at = ? AND ended_at = 0`, t.now, r.id, r.seen)
	})
	if err != nil && !readingGoesOn(err) {
		return err
	}
	return nil // it is over all the same; the next to ask tries again
}

// endAllOver ends every session that is over by the clock and by the setting of this moment: from
// here on no other setting brings them back.
func (t *tx) endAllOver() error {
	slack := clockSlack.Milliseconds()
	err := t.exec(`UPDATE sessions SET ended_at = ?1 WHERE ended_at = 0 AND (created_at <= ?1 - ?2 OR created_at > ?1 + ?3 OR seen_at > ?1 + ?3
		OR seen_at <= ?1 - (SELECT idle_minutes * 60000 FROM clinic_settings WHERE id = 1))`, t.now, SessionLife.Milliseconds(), slack)
	if err != nil {
		return fmt.Errorf("end sessions that are over: %w", err)
	}
	return nil
}
