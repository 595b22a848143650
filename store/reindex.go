package store

import (
	"context"
	"fmt"
)

// reindexStep is how many referrals share a transaction: few enough that a message that comes
// meanwhile hardly waits.
const reindexStep = 200

// The counters that remember how far reindexing has come.
const (
	countSearch    = "search_version"  // of what all referrals are found by
	countReindexed = "search_progress" // the last referral that was done towards the next version
)

// Reindex gives referrals that an older Breakwater stored what they are found and filtered by now,
// once after an update; later it returns at once. It may be broken off at any time and goes on
// where it was. Messages are received meanwhile.
func (s *Store) Reindex(ctx context.Context) error {
	version, err := s.counter(ctx, countSearch)
	if err != nil {
		return err
	}
	for done := version >= searchVersion; !done; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.update(ctx, func(t *tx) (err error) {
			done, err = t.reindexSome()
			return err
		}); err != nil {
			return fmt.Errorf("make referrals findable: %w", err)
		}
	}
	return nil
}

type indexed struct {
	seq int64
	id  string
	sum summary
}

// reindexSome does the next few referrals, and reports whether there were none left.
func (t *tx) reindexSome() (done bool, err error) {
	var at int64
	if err := t.get(`SELECT coalesce((SELECT value FROM counters WHERE name = ?), 0)`, []any{countReindexed}, &at); err != nil {
		return false, err
	}
	some, last, err := t.oldIndexed(at)
	if err != nil {
		return false, err
	}
	for _, r := range some {
		if err := t.reindex(r); err != nil {
			return false, fmt.Errorf("referral %s: %w", r.id, err)
		}
	}
	if last > at {
		return false, t.setCounter(countReindexed, last)
	}
	if err := t.setCounter(countReindexed, 0); err != nil {
		return false, err
	}
	return true, t.setCounter(countSearch, searchVersion)
}

// oldIndexed reads the next referrals after one, and returns those that are not up to date. One that
// does not open is passed over: its next message writes it anew.
func (t *tx) oldIndexed(after int64) (list []indexed, last int64, err error) {
	rows, err := t.query(`SELECT seq, id, summary FROM referrals WHERE seq > ? ORDER BY seq LIMIT ?`, after, reindexStep)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var r indexed
		var sealed []byte
		if err := rows.Scan(&r.seq, &r.id, &sealed); err != nil {
			return nil, 0, err
		}
		last = r.seq
		if r.sum, err = t.store.openSummary(r.id, sealed); err == nil && r.sum.Terms < searchVersion {
			list = append(list, r)
		}
	}
	return list, last, rows.Err()
}

// reindex writes a referral's terms anew, and what it is filtered by. It is no change of the
// referral, so its version stays.
func (t *tx) reindex(r indexed) error {
	messages, err := t.heardOf(r.seq, r.sum.Ref)
	if err != nil || len(messages) == 0 {
		return err
	}
	own, err := t.outboxOf(r.seq)
	if err != nil {
		return err
	}
	now := retold(messages, own)
	is := summarize(now)
	sealed, err := t.store.sealSummary(r.id, is)
	if err != nil {
		return err
	}
	service, err := t.service(is.Service)
	if err != nil {
		return err
	}
	if err := t.exec(`UPDATE referrals SET summary = ?, urgent = ?, service = ? WHERE seq = ?`, sealed, now.urgent(), service, r.seq); err != nil {
		return err
	}
	return t.replaceTerms(r.seq, t.store.terms(r.sum), t.store.terms(is))
}

func (t *tx) setCounter(name string, value int64) error {
	return t.exec(`INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}
