package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// retentionEvery is how often what is old is looked for.
const retentionEvery = 24 * time.Hour

// vacuumStep is how many pages of the file are given back at a time.
const vacuumStep = 500

// Retain removes what the clinic has said is kept no longer, once a day, in small steps. Each referral
// that goes has an entry in the audit log, which keeps whose it was, sealed. What is freed is
// overwritten, given back to the disk, and gone from the write-ahead log. While the clock is not
// believed nothing is removed.
func (s *Store) Retain(ctx context.Context) error {
	classes, err := s.Retention(ctx)
	if err != nil {
		return err
	}
	clock, err := s.ClockState(ctx)
	if err != nil || clock.Doubt != "" {
		return err
	}
	freed := false
	for _, r := range classes {
		if age := s.opts.Now().Sub(r.RanAt); r.Days == 0 || age >= 0 && age < retentionEvery {
			continue
		}
		sum, err := s.retain(ctx, r)
		if err != nil {
			return err
		}
		freed = freed || sum != RetentionTotals{}
	}
	if !freed {
		return nil
	}
	if err := s.giveBack(ctx); err != nil {
		return err
	}
	return s.Tidy(ctx)
}

// retain removes what of one class is old, and notes that it is done.
func (s *Store) retain(ctx context.Context, r Retention) (sum RetentionTotals, err error) {
	before := r.before(s.now())
	err = s.eachOver(ctx, r.Class, before, func(rows []int64) error {
		for batch := range slices.Chunk(rows, retentionBatch) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.update(ctx, func(t *tx) error {
				return t.retainSome(r, before, batch, &sum)
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return sum, err
	}
	return sum, s.update(ctx, func(t *tx) error {
		if err := t.exec(`DELETE FROM services WHERE NOT EXISTS (SELECT 1 FROM referrals WHERE service = services.key)`); err != nil {
			return err
		}
		if err := t.exec(`UPDATE retention SET ran_at = ? WHERE class = ? AND days = ?`, t.now, string(r.Class), r.Days); err != nil {
			return fmt.Errorf("note that what is old was removed: %w", err)
		}
		if sum == (RetentionTotals{}) {
			return nil
		}
		return t.audit(SystemActor(), ActionRetentionRan, string(r.Class), map[string]any{"purged": sum, "kept_days": r.Days})
	})
}

// retainSome removes some rows. Whether they may go is looked at once more: something may have come
// meanwhile, or somebody may have changed their mind about how long things are kept.
func (t *tx) retainSome(r Retention, before int64, rows []int64, sum *RetentionTotals) error {
	var days int
	if err := t.get(`SELECT days FROM retention WHERE class = ?`, []any{string(r.Class)}, &days); err != nil || days != r.Days {
		return errors.Join(err, notMeant(days != r.Days))
	}
	added := RetentionTotals{}
	for _, row := range rows {
		if err := t.retainOne(r.Class, before, row, &added); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	sum.Referrals += added.Referrals
	sum.Messages += added.Messages
	sum.Documents += added.Documents
	return nil
}

func notMeant(changed bool) error {
	if changed {
		return errors.New("how long things are kept was changed meanwhile")
	}
	return nil
}

// retainOne removes one row; [ErrNotFound] where it may not go any more.
func (t *tx) retainOne(class RetentionClass, before, row int64, sum *RetentionTotals) error {
	if class == RetainUnmatched {
		var is int
		if err := t.get(`SELECT 1 FROM messages m WHERE seq = ? AND `+isUnmatched, []any{row, before}, &is); err != nil {
			return err
		}
		sum.Messages++
		return t.purgeMessage(row)
	}
	var id string
	if err := t.get(`SELECT r.id FROM referrals r WHERE r.seq = ?2 AND r.folder IN ('declined', 'completed', 'cancelled', 'forwarded') AND r.folder_since < ?1
		AND (?3 OR r.test = 1)`+isOver, []any{before, row, class == RetainClosed}, &id); err != nil {
		return err
	}
	var messages, documents int
	if err := t.get(countOwn, []any{row}, &messages, &documents); err != nil {
		return err
	}
	fields := map[string]any{"class": class}
	if patient, err := t.patientOf(id); err == nil { // one that does not open is nobody's any more
		fields["patient"] = patient
	}
	if err := t.purgeReferral(row); err != nil {
		return err
	}
	sum.Referrals++
	sum.Messages += messages
	sum.Documents += documents
	return t.audit(SystemActor(), ActionReferralPurged, id, fields)
}

// giveBack gives the pages that nothing is in any more back to the disk, some at a time.
func (s *Store) giveBack(ctx context.Context) error {
	for last := -1; ; {
		var left int
		if err := s.update(ctx, func(t *tx) error {
			rows, err := t.conn.QueryContext(t.ctx, fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, vacuumStep))
			if err != nil {
				return err
			}
			for rows.Next() { // each is a page
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
			return t.conn.QueryRowContext(t.ctx, `PRAGMA freelist_count`).Scan(&left)
		}); err != nil {
			return fmt.Errorf("give room back to the disk: %w", err)
		}
		if left == 0 || left == last {
			return nil
		}
		last = left
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
