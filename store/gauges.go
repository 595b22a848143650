package store

import (
	"context"
	"fmt"
	"time"
)

// Gauges are figures of this moment, for those who watch many machines. No figure is about one person.
type Gauges struct {
	Attachments, AttachmentsFailed int64
	OldestAttachment               time.Time // since when the oldest waits; zero for none
	Outbox, OutboxFailed           int64
	OldestOutbox                   time.Time
	Attention                      int64 // things a person should look at
	Sessions                       int64
	AuditEntries                   int64
	Incidents                      int64 // open ones
}

// Gauges reads them, without counting what grows with the years.
func (s *Store) Gauges(ctx context.Context) (g Gauges, err error) {
	var attachment, outbox int64
	counter := func(name string) string {
		return `coalesce((SELECT value FROM counters WHERE name = '` + name + `'), 0)`
	}
	err = s.read.QueryRowContext(ctx, `SELECT `+counter(countPending)+`, (SELECT count(*) FROM attachments WHERE state = 'failed'),
		(SELECT coalesce(min(queued_at), 0) FROM attachments WHERE state = 'waiting'), `+counter(countOutbox)+`, `+counter(countFailed)+`,
		(SELECT coalesce(min(at), 0) FROM outbox WHERE state = 'waiting'), `+counter(countAttention)+`, (SELECT count(*) FROM sessions WHERE ended_at = 0),
		(SELECT seq FROM audit_head WHERE id = 1), (SELECT count(*) FROM incidents WHERE closed_at IS NULL)`).Scan(
		&g.Attachments, &g.AttachmentsFailed, &attachment, &g.Outbox, &g.OutboxFailed, &outbox, &g.Attention, &g.Sessions, &g.AuditEntries, &g.Incidents)
	if err != nil {
		return g, fmt.Errorf("read the gauges: %w", err)
	}
	g.OldestAttachment, g.OldestOutbox = fromMillis(attachment), fromMillis(outbox)
	return g, nil
}
