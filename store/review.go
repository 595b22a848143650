package store

import (
	"context"
	"fmt"
)

// Reviewed notes that somebody looked at what came for a referral: it needs review no more, whoever
// was asked for it. One that needs none is no error: somebody was faster. It returns [ErrStale]
// where something came since the person looked, and then leaves it to be reviewed;
// [ErrNotFound]; and [ErrForbidden] without Manage Referrals.
func (s *Store) Reviewed(ctx context.Context, a Actor, referralID string, seen int64) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		found, err := t.referralAt(referralID)
		if err != nil {
			return err
		}
		var needed, asked bool
		if err := t.get(`SELECT needs_review, review_by IS NOT NULL FROM referrals WHERE seq = ?`, []any{found.seq}, &needed, &asked); err != nil {
			return err
		}
		switch {
		case !needed && !asked:
			return nil
		case found.version != seen:
			return ErrStale
		}
		if err := t.exec(`UPDATE referrals SET needs_review = 0, review_by = NULL, version = version + 1 WHERE seq = ?`, found.seq); err != nil {
			return fmt.Errorf("note a review: %w", err)
		}
		if err := t.moveCounters(found.direction, found.folder, needed, found.direction, found.folder, false); err != nil {
			return err
		}
		return t.audit(a, ActionReviewed, referralID, nil)
	})
}
