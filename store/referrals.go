package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// ReferralFilter says which referrals a list shows.
type ReferralFilter struct {
	Direction Direction // "" for all; those of unknown direction stand with the received
	Before    int64     // a cursor that [Store.Referrals] returned; 0 starts with the newest
}

// Referrals lists referrals, newest arrival first, at most limit of them. The cursor it returns
// continues the list; it is 0 at the end.
func (s *Store) Referrals(ctx context.Context, f ReferralFilter, limit int) (rows []ReferralRow, next int64, err error) {
	before := f.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	where, args := `WHERE seq < ?`, []any{before}
	if f.Direction != "" {
		where, args = `WHERE (direction = 'sent') = ? AND seq < ?`, []any{f.Direction == DirectionSent, before}
	}
	rows, err = s.referralRows(ctx, where+` ORDER BY seq DESC LIMIT ?`, append(args, limit+1)...)
	if err != nil || len(rows) <= limit {
		return rows, 0, err
	}
	return rows[:limit], rows[limit-1].seq, nil
}

func (s *Store) referralRows(ctx context.Context, where string, args ...any) ([]ReferralRow, error) {
	found, err := s.read.QueryContext(ctx, `SELECT seq, id, direction, folder, test, received_at, summary FROM referrals `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("list referrals: %w", err)
	}
	defer found.Close()
	var list []ReferralRow
	for found.Next() {
		var r ReferralRow
		var received int64
		var sealed []byte
		if err := found.Scan(&r.seq, &r.ID, &r.Direction, &r.Folder, &r.Test, &received, &sealed); err != nil {
			return nil, fmt.Errorf("list referrals: %w", err)
		}
		sum, err := s.openSummary(r.ID, sealed)
		if err != nil {
			return nil, err
		}
		r.ReceivedAt = fromMillis(received)
		r.Patient, r.BirthDate, r.Service, r.Priority = sum.Patient, sum.BirthDate, sum.Service, sum.Priority
		r.Referrer, r.ReferrerOrganization, r.Recipient = sum.Referrer, sum.ReferrerOrganization, sum.Recipient
		list = append(list, r)
	}
	return list, found.Err()
}

// Referral returns one referral with its history, or [ErrNotFound].
func (s *Store) Referral(ctx context.Context, id string) (*Referral, error) {
	var sealed []byte
	var since int64
	var kept Referral // what its row says
	var assignee, review *string
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT summary, version, folder_since, needs_review, assignee, review_by FROM referrals WHERE id = ?`, id).
		Scan(&sealed, &kept.Version, &since, &kept.NeedsReview, &assignee, &review)); err != nil {
		return nil, fmt.Errorf("read referral: %w", err)
	}
	sum, err := s.openSummary(id, sealed)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, selectHeard+` WHERE r.id = ? ORDER BY m.seq`, id)
	if err != nil {
		return nil, fmt.Errorf("read referral: %w", err)
	}
	messages, err := s.scanHeard(rows, sum.Ref)
	if err != nil {
		return nil, err
	}
	if len(messages) == 0 {
		return nil, fmt.Errorf("referral %s: %w", id, errUnreadable)
	}
	own, err := s.outbox(ctx, id)
	if err != nil {
		return nil, err
	}
	r := retold(messages, own)
	r.ID, r.Version, r.FolderSince, r.NeedsReview = id, kept.Version, fromMillis(since), kept.NeedsReview
	r.Assignee, r.ReviewBy = text(assignee), text(review)
	return &r, nil
}

// text is what a column holds, "" for NULL.
func text(column *string) string {
	if column == nil {
		return ""
	}
	return *column
}

// errUnreadable says that none of a referral's messages can be opened any more.
var errUnreadable = errors.New("what its messages say cannot be read")

// selectHeard reads what messages say of referrals.
const selectHeard = `SELECT m.seq, m.id, m.received_at, m.deliveries, m.problems, f.ours, f.facts
	FROM referrals r JOIN referral_messages f ON f.referral = r.seq JOIN messages m ON m.seq = f.message`

// scanHeard opens what messages say of the referral with that reference; the place of what is
// sealed needs it. What does not open is passed over.
func (s *Store) scanHeard(rows *sql.Rows, ref string) ([]heard, error) {
	defer rows.Close()
	var list []heard
	for rows.Next() {
		var h heard
		var message string
		var facts []byte
		var received int64
		var problems *string
		if err := rows.Scan(&h.seq, &message, &received, &h.deliveries, &problems, &h.ours, &facts); err != nil {
			return nil, fmt.Errorf("read what was said: %w", err)
		}
		text, err := s.keys.Open(factsPlace(message, ref), facts)
		if err != nil || json.Unmarshal(text, &h.Update) != nil {
			continue
		}
		h.receivedAt, h.problems, h.tie = fromMillis(received), splitProblems(problems), text
		list = append(list, h)
	}
	return list, rows.Err()
}
