package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
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
	rows, err := s.read.QueryContext(ctx, strings.Replace(selectHeard, "WHERE r.seq = ?", "WHERE r.id = ?", 1), id)
	if err != nil {
		return nil, fmt.Errorf("read referral: %w", err)
	}
	messages, err := s.scanHeard(rows)
	if err != nil {
		return nil, err
	}
	if len(messages) == 0 {
		return nil, ErrNotFound
	}
	r := tell(messages)
	r.ID = id
	return &r, nil
}

// selectHeard reads what every message says of one referral; the facts' place needs the
// reference, which only the referral's summary has.
const selectHeard = `SELECT r.id, r.summary, m.seq, m.id, m.received_at, m.deliveries, m.problems, f.ours, f.facts
	FROM referrals r JOIN referral_messages f ON f.referral = r.seq JOIN messages m ON m.seq = f.message
	WHERE r.seq = ? ORDER BY m.seq`

func (s *Store) scanHeard(rows *sql.Rows) ([]heard, error) {
	defer rows.Close()
	var list []heard
	var ref string
	for rows.Next() {
		var h heard
		var referral, message string
		var sum, facts []byte
		var received int64
		var problems *string
		if err := rows.Scan(&referral, &sum, &h.seq, &message, &received, &h.deliveries, &problems, &h.ours, &facts); err != nil {
			return nil, fmt.Errorf("read what was said: %w", err)
		}
		if ref == "" {
			opened, err := s.openSummary(referral, sum)
			if err != nil {
				return nil, err
			}
			ref = opened.Ref
		}
		text, err := s.keys.Open(factsPlace(message, ref), facts)
		if err != nil {
			return nil, fmt.Errorf("message %s: %w", message, err)
		}
		if err := json.Unmarshal(text, &h.Update); err != nil {
			return nil, fmt.Errorf("message %s: what it says is not readable", message)
		}
		h.receivedAt, h.problems, h.tie = fromMillis(received), splitProblems(problems), text
		list = append(list, h)
	}
	return list, rows.Err()
}
