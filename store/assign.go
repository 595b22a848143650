package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrNotColleague says that nobody of that id is active and may see referrals.
var ErrNotColleague = errors.New("this person cannot open referrals")

// Assign says who works on a referral: a person's id, or "" for nobody. What was not changed is no
// error. It returns [ErrStale] where the referral is no longer the one that was seen,
// [ErrNotColleague], [ErrNotFound], and [ErrForbidden] without Manage Referrals.
func (s *Store) Assign(ctx context.Context, a Actor, referralID string, seen int64, person string) error {
	return s.changeTeam(ctx, a, referralID, seen, person, func(t *tx, was team) error {
		if was.assignee == person { // pressed twice, or by two who mean the same
			return nil
		}
		if err := was.mayChange(t, seen, person); err != nil {
			return err
		}
		if err := t.exec(`UPDATE referrals SET assignee = nullif(?, ''), version = version + 1 WHERE seq = ?`, person, was.seq); err != nil {
			return fmt.Errorf("assign: %w", err)
		}
		return t.audit(a, ActionAssigned, referralID, map[string]any{"from": was.assignee, "to": person})
	})
}

// AskReview asks somebody by name to look at a referral, which needs review until somebody did. It
// returns the errors of [Store.Assign].
func (s *Store) AskReview(ctx context.Context, a Actor, referralID string, seen int64, person string) error {
	return s.changeTeam(ctx, a, referralID, seen, person, func(t *tx, was team) error {
		if was.reviewer == person && was.review {
			return nil
		}
		if person == "" {
			return ErrNotColleague
		}
		if err := was.mayChange(t, seen, person); err != nil {
			return err
		}
		if err := t.exec(`UPDATE referrals SET review_by = ?, needs_review = 1, version = version + 1 WHERE seq = ?`, person, was.seq); err != nil {
			return fmt.Errorf("ask for review: %w", err)
		}
		if err := t.moveCounters(was.direction, was.folder, was.review, was.direction, was.folder, true); err != nil {
			return err
		}
		return t.audit(a, ActionReviewAsked, referralID, map[string]any{"person": person})
	})
}

// team is who works on a referral and who was asked to look at it.
type team struct {
	foundReferral
	assignee, reviewer string
	review             bool
}

func (s *Store) changeTeam(ctx context.Context, a Actor, referralID string, seen int64, person string, change func(*tx, team) error) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		var was team
		var err error
		if was.foundReferral, err = t.referralAt(referralID); err != nil {
			return err
		}
		if err := t.get(`SELECT coalesce(assignee, ''), coalesce(review_by, ''), needs_review FROM referrals WHERE seq = ?`, []any{was.seq},
			&was.assignee, &was.reviewer, &was.review); err != nil {
			return err
		}
		return change(t, was)
	})
}

// mayChange returns [ErrStale] where the referral changed since it was seen, and [ErrNotColleague]
// for somebody who could not open it.
func (f foundReferral) mayChange(t *tx, seen int64, person string) error {
	if f.version != seen {
		return ErrStale
	}
	if person == "" {
		return nil
	}
	err := t.require(Actor{kind: "user", id: person}, ViewReferrals)
	if errors.Is(err, ErrForbidden) {
		return ErrNotColleague
	}
	return err
}
