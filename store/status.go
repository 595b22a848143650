package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"
)

// Status are the figures of a store; the JSON names are part of the CLI's contract.
type Status struct {
	Schema             int64  `json:"schema"`
	SiteNumber         string `json:"site_number"`
	InboundKeyActive   bool   `json:"inbound_key_active"`
	Messages           int64  `json:"messages"`            // distinct messages kept
	Duplicates         int64  `json:"duplicates"`          // deliveries that repeated one
	Referrals          int64  `json:"referrals"`           // distinct references in any kept message
	NeedsAttention     int64  `json:"needs_attention"`     // messages a person should look at
	AttachmentsPending int64  `json:"attachments_pending"` // will be fetched (again)
	OutboxPending      int64  `json:"outbox_pending"`      // will be sent (again)
	OutboxFailed       int64  `json:"outbox_failed"`       // wait for a person
	Users              int64  `json:"users"`               // active or not
	AuditEntries       int64  `json:"audit_entries"`
	AuditHead          string `json:"audit_head"` // hex of the newest entry's MAC
}

// Status reads the figures, from counters kept as things happen.
func (s *Store) Status(ctx context.Context) (st Status, err error) {
	settings, err := s.OceanSettings(ctx)
	if err != nil {
		return st, err
	}
	st.SiteNumber = settings.SiteNumber
	if st.InboundKeyActive, err = s.KeyActive(ctx); err != nil {
		return st, err
	}
	head, err := s.AuditHead(ctx)
	if err != nil {
		return st, err
	}
	st.AuditEntries, st.AuditHead = head.Seq, hex.EncodeToString(head.MAC)
	if err := s.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM users),
		(SELECT max(version_id) FROM goose_db_version WHERE is_applied)`).Scan(&st.Users, &st.Schema); err != nil {
		return st, fmt.Errorf("read status: %w", err)
	}
	for name, to := range map[string]*int64{"messages": &st.Messages, "duplicates": &st.Duplicates,
		"referrals": &st.Referrals, "needs_attention": &st.NeedsAttention, "attachments_pending": &st.AttachmentsPending,
		"outbox_pending": &st.OutboxPending, "outbox_failed": &st.OutboxFailed} {
		if *to, err = s.counter(ctx, name); err != nil {
			return st, err
		}
	}
	return st, nil
}

// counter reads a counter; one that nothing was counted on yet is 0.
func (s *Store) counter(ctx context.Context, name string) (n int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM counters WHERE name = ?), 0)`, name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("read counter %s: %w", name, err)
	}
	return n, nil
}

// NeedsAttention is how many messages a person should look at.
func (s *Store) NeedsAttention(ctx context.Context) (int64, error) {
	return s.counter(ctx, "needs_attention")
}

// ProblemRow is a message that a person should look at.
type ProblemRow struct {
	MessageID  string
	Problems   []Problem
	Event      string // as sent
	ReceivedAt time.Time
	Deliveries int
	ReferralID string // "" where the message named no referral
	seq        int64
}

// ProblemMessages lists the messages that a person should look at, newest first, at most limit
// of them; before and next are cursors as in [Store.Referrals].
func (s *Store) ProblemMessages(ctx context.Context, before int64, limit int) (rows []ProblemRow, next int64, err error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	found, err := s.read.QueryContext(ctx, `SELECT m.seq, m.id, m.problems, m.event, m.received_at, m.deliveries,
		coalesce((SELECT r.id FROM referral_messages f JOIN referrals r ON r.seq = f.referral WHERE f.message = m.seq LIMIT 1), '')
		FROM messages m WHERE m.problems IS NOT NULL AND m.seq < ? ORDER BY m.seq DESC LIMIT ?`, before, limit+1)
	if err != nil {
		return nil, 0, fmt.Errorf("list delivery problems: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var r ProblemRow
		var problems string
		var event []byte
		var received int64
		if err := found.Scan(&r.seq, &r.MessageID, &problems, &event, &received, &r.Deliveries, &r.ReferralID); err != nil {
			return nil, 0, fmt.Errorf("list delivery problems: %w", err)
		}
		opened, err := s.keys.Open(messagePlace("event", r.MessageID), event)
		if err != nil {
			return nil, 0, fmt.Errorf("message %s: %w", r.MessageID, err)
		}
		r.Event, r.Problems, r.ReceivedAt = string(opened), splitProblems(&problems), fromMillis(received)
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil || len(rows) <= limit {
		return rows, 0, err
	}
	return rows[:limit], rows[limit-1].seq, nil
}
