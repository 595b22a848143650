package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// Referrals lists referrals, at most limit of them. The cursor it returns continues the list; it is
// zero at the end.
func (s *Store) Referrals(ctx context.Context, f ReferralFilter, limit int) (rows []ReferralRow, next Cursor, err error) {
	if f.within, err = s.span(ctx, referralDays, f.From, f.Until); err != nil {
		return nil, Cursor{}, err
	}
	query, args := f.query(limit + 1)
	rows, err = s.referralRows(ctx, query, args...)
	if err != nil || len(rows) <= limit {
		return rows, Cursor{}, err
	}
	last := rows[limit-1]
	switch {
	case f.byAge():
		next.lead = last.FolderSince.UnixMilli()
	case f.UrgentFirst && last.Urgent:
		next.lead = 1
	}
	next.seq = last.seq
	return rows[:limit], next, nil
}

// rowColumns are what a list shows of a referral.
const rowColumns = `seq, id, direction, folder, test, received_at, summary, folder_since, urgent, needs_review, assignee, review_by`

// referralRows reads rows of lists; from is what follows FROM.
func (s *Store) referralRows(ctx context.Context, from string, args ...any) ([]ReferralRow, error) {
	found, err := s.read.QueryContext(ctx, `SELECT `+rowColumns+` FROM `+from, args...)
	if err != nil {
		return nil, fmt.Errorf("list referrals: %w", err)
	}
	defer found.Close()
	var list []ReferralRow
	for found.Next() {
		var r ReferralRow
		var received, since int64
		var sealed []byte
		var assignee, review *string
		if err := found.Scan(&r.seq, &r.ID, &r.Direction, &r.Folder, &r.Test, &received, &sealed, &since, &r.Urgent, &r.NeedsReview, &assignee, &review); err != nil {
			return nil, fmt.Errorf("list referrals: %w", err)
		}
		sum, err := s.openSummary(r.ID, sealed)
		if err != nil {
			return nil, err
		}
		r.ReceivedAt, r.FolderSince, r.Assignee, r.ReviewBy = fromMillis(received), fromMillis(since), text(assignee), text(review)
		r.Patient, r.BirthDate, r.Service, r.Priority = sum.Patient, sum.BirthDate, sum.Service, sum.Priority
		r.Referrer, r.ReferrerOrganization, r.Recipient = sum.Referrer, sum.ReferrerOrganization, sum.Recipient
		r.Consult = sum.Consult
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
	r.History = history(messages, own)
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
const selectHeard = `SELECT m.seq, m.id, m.received_at, m.deliveries, m.problems, m.seen, f.ours, f.facts
	FROM referrals r JOIN referral_messages f ON f.referral = r.seq JOIN messages m ON m.seq = f.message`

// scanHeard opens what messages say of the referral with that reference; the place of what is
// sealed needs it. What does not open is passed over.
func (s *Store) scanHeard(rows *sql.Rows, ref string) ([]heard, error) {
	defer rows.Close()
	var list []heard
	for rows.Next() {
		var h heard
		var facts []byte
		var received int64
		var problems, seen *string
		if err := rows.Scan(&h.seq, &h.id, &received, &h.deliveries, &problems, &seen, &h.ours, &facts); err != nil {
			return nil, fmt.Errorf("read what was said: %w", err)
		}
		text, err := s.keys.Open(factsPlace(h.id, ref), facts)
		if err != nil || json.Unmarshal(text, &h.Update) != nil {
			continue
		}
		h.receivedAt, h.problems, h.tie = fromMillis(received), append(splitProblems(problems), splitProblems(seen)...), text
		h.seen = problems == nil && seen != nil
		list = append(list, h)
	}
	return list, rows.Err()
}
