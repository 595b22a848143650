package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// OutboxWork is an update to be sent now.
type OutboxWork struct {
	ID     string
	Bundle []byte
}

// DueOutbox lists updates whose time has come, at most limit of them: of each referral only the
// first that is open, so that Ocean hears them in order, and none where that one was refused.
func (s *Store) DueOutbox(ctx context.Context, limit int) ([]OutboxWork, error) {
	now := s.now()
	rows, err := s.read.QueryContext(ctx, `SELECT id, bundle FROM outbox o WHERE state = 'waiting' AND (due_at <= ? OR due_at > ?)
		AND seq = (SELECT min(seq) FROM outbox WHERE referral = o.referral AND state IN ('waiting', 'refused')) ORDER BY due_at, seq LIMIT ?`,
		now, now+longestWait.Milliseconds(), limit)
	if err != nil {
		return nil, fmt.Errorf("look for updates to send: %w", err)
	}
	defer rows.Close()
	var list []OutboxWork
	var damaged []string
	for rows.Next() {
		var w OutboxWork
		var sealed []byte
		if err := rows.Scan(&w.ID, &sealed); err != nil {
			return nil, fmt.Errorf("look for updates to send: %w", err)
		}
		if w.Bundle, err = s.keys.Open(outboxPlace("bundle", w.ID), sealed); err != nil {
			damaged = append(damaged, w.ID) // it must not hold up the others
			continue
		}
		list = append(list, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for updates to send: %w", err)
	}
	for _, id := range damaged {
		if err := s.RefuseOutbox(ctx, id, FaultDamaged, ""); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// NextOutbox is when the next update is due; zero where none waits.
func (s *Store) NextOutbox(ctx context.Context) (time.Time, error) {
	var due int64
	err := s.read.QueryRowContext(ctx, `SELECT coalesce(min(due_at), 0) FROM outbox WHERE state = 'waiting'`).Scan(&due)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for updates to send: %w", err)
	}
	return fromMillis(due), nil
}

// moveOutbox changes an update that waits, and its referral with it. One that does not wait any more
// stays as it is: somebody was faster. Held says that one counts as well that was on its way already
// when the sender cancelled.
func (s *Store) moveOutbox(ctx context.Context, id string, held bool, move func(t *tx, tries int, since int64) (OutState, error)) error {
	return s.update(ctx, func(t *tx) error {
		var seq, since int64
		var tries int
		var referral string
		var was OutState
		err := t.get(`SELECT r.seq, r.id, o.tries + 1, o.failed_at, o.state FROM outbox o JOIN referrals r ON r.seq = o.referral
			WHERE o.id = ? AND (o.state = 'waiting' OR ? AND o.state = 'refused' AND o.fault = 'cancelled')`, []any{id, held}, &seq, &referral, &tries, &since, &was)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if since == 0 {
			since = t.now
		}
		state, err := move(t, tries, since)
		if err != nil || state == OutWaiting {
			return err
		}
		if err := t.countMoved(was, state); err != nil {
			return err
		}
		found, err := t.referralAt(referral)
		if err != nil {
			return err
		}
		why := ownChange
		if state == OutSent {
			why = progress
		}
		return t.retell(seq, referral, found.ref, why)
	})
}

// OutboxSent notes that Ocean took an update.
func (s *Store) OutboxSent(ctx context.Context, id string) error {
	return s.moveOutbox(ctx, id, true, func(t *tx, tries int, _ int64) (OutState, error) {
		return OutSent, t.exec(`UPDATE outbox SET state = 'sent', sent_at = ?, tries = ?, fault = '', failed_at = 0 WHERE id = ?`, t.now, tries, id)
	})
}

// RefuseOutbox notes that Ocean refused an update, and its words. It waits for a person.
func (s *Store) RefuseOutbox(ctx context.Context, id string, fault Fault, said string) error {
	return s.moveOutbox(ctx, id, false, func(t *tx, tries int, since int64) (OutState, error) {
		return OutRefused, t.refuse(id, fault, tries, since, said)
	})
}

// countMoved moves the counters with an update.
func (t *tx) countMoved(from, to OutState) error {
	into := func(state OutState) (by int) {
		if to == state {
			by++
		}
		if from == state {
			by--
		}
		return by
	}
	failed := into(OutRefused)
	return errors.Join(t.count(countOutbox, into(OutWaiting)), t.count(countFailed, failed), t.count(countAttention, failed))
}

func (t *tx) refuse(id string, fault Fault, tries int, since int64, said string) error {
	var sealed []byte
	if said != "" {
		sealed = t.store.keys.Seal(outboxPlace("said", id), []byte(said))
	}
	return t.exec(`UPDATE outbox SET state = 'refused', fault = ?, tries = ?, failed_at = ?, said = ? WHERE id = ?`, string(fault), tries, since, sealed, id)
}

// PostponeOutbox notes that an update could not be sent: it is tried again, or waits for a person if
// there was time enough. Where Ocean said when to come again, it is not before that.
func (s *Store) PostponeOutbox(ctx context.Context, id string, fault Fault, retryAfter time.Duration) error {
	return s.moveOutbox(ctx, id, false, func(t *tx, tries int, since int64) (OutState, error) {
		if age := time.Duration(t.now-since) * time.Millisecond; age >= fetchFor && tries >= leastTries || tries >= mostTries {
			return OutRefused, t.refuse(id, fault, tries, since, "")
		}
		wait := max(backoff(waits, tries, rand.Float64()), min(retryAfter, longestWait))
		return OutWaiting, t.exec(`UPDATE outbox SET fault = ?, tries = ?, failed_at = ?, due_at = ? WHERE id = ?`,
			string(fault), tries, since, t.now+wait.Milliseconds(), id)
	})
}

// RetryOutbox has an update sent again that waits for a person; DropOutbox gives it up, and the
// referral is again what Ocean says. One that does not wait for a person is no error: somebody was
// faster. Both return [ErrForbidden] without Manage Referrals, and [ErrNotFound] where the referral has no
// such update.
func (s *Store) RetryOutbox(ctx context.Context, a Actor, referralID, id string) error {
	return s.settle(ctx, a, referralID, id, OutWaiting, ActionUpdateRetried)
}

// DropOutbox gives up an update: see [Store.RetryOutbox].
func (s *Store) DropOutbox(ctx context.Context, a Actor, referralID, id string) error {
	return s.settle(ctx, a, referralID, id, OutDropped, ActionUpdateDropped)
}

func (s *Store) settle(ctx context.Context, a Actor, referralID, id string, to OutState, action Action) error {
	err := s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		found, err := t.referralAt(referralID)
		if err != nil {
			return err
		}
		done, err := t.changed(`UPDATE outbox SET state = ?1, due_at = ?2, tries = 0, failed_at = 0 WHERE id = ?3 AND referral = ?4 AND state = 'refused'`,
			string(to), t.now, id, found.seq)
		if err != nil {
			return err
		}
		if !done {
			var one int
			return t.get(`SELECT 1 FROM outbox WHERE id = ? AND referral = ?`, []any{id, found.seq}, &one)
		}
		if err := t.countMoved(OutRefused, to); err != nil {
			return err
		}
		if err := t.retell(found.seq, referralID, found.ref, ownChange); err != nil {
			return err
		}
		return t.audit(a, action, referralID, map[string]any{"update": id})
	})
	if err == nil {
		s.wakeUp()
	}
	return err
}

// FailedUpdate is an update that waits for a person.
type FailedUpdate struct {
	Sent
	ReferralID string
}

// FailedUpdates lists the updates that wait for a person, the oldest first, at most limit of them.
func (s *Store) FailedUpdates(ctx context.Context, limit int) (list []FailedUpdate, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT o.id, o.kind, o.state, o.facts, o.at, o.by, o.fault, o.said, o.tries, o.due_at, o.sent_at,
		o.confirmed_at, r.id FROM outbox o JOIN referrals r ON r.seq = o.referral WHERE o.state = 'refused' ORDER BY o.seq LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("list updates: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f FailedUpdate
		if f.Sent, err = s.scanOutbox(func(dest ...any) error { return rows.Scan(append(dest, &f.ReferralID)...) }); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}
