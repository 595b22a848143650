package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// WrongCounter is a figure that is not what counting the rows gives.
type WrongCounter struct {
	Name    string
	Kept    int64 // what pages show
	Counted int64 // what is there
}

// countedRows are the figures that are kept as things happen, each as a query that counts the rows.
const countedRows = `SELECT 'messages' AS name, count(*) AS n FROM messages
	UNION ALL SELECT 'duplicates', coalesce(sum(deliveries - 1), 0) FROM messages
	UNION ALL SELECT 'referrals', count(*) FROM referrals
	UNION ALL SELECT 'folder ' || side || ' ' || folder, count(*) FROM (SELECT folder, iif(direction = 'sent', 'sent', 'received') AS side FROM referrals) GROUP BY side, folder
	UNION ALL SELECT 'review ' || side, count(*) FROM (SELECT iif(direction = 'sent', 'sent', 'received') AS side FROM referrals WHERE needs_review = 1) GROUP BY side
	UNION ALL SELECT 'attachments_pending', count(*) FROM attachments WHERE state = 'waiting'
	UNION ALL SELECT 'attachments_failed', count(*) FROM attachments WHERE state = 'failed'
	UNION ALL SELECT 'outbox_pending', count(*) FROM outbox WHERE state = 'waiting'
	UNION ALL SELECT 'outbox_failed', count(*) FROM outbox WHERE state = 'refused'
	UNION ALL SELECT 'tries ' || kind, count(*) FROM tries GROUP BY kind
	UNION ALL SELECT 'needs_attention', (SELECT count(*) FROM messages WHERE problems IS NOT NULL)
		+ (SELECT count(*) FROM attachments WHERE state = 'failed') + (SELECT count(*) FROM outbox WHERE state = 'refused')`

// CheckCounters counts everything that is shown, or bounded, by counters, and returns those that are wrong, by
// name. It reads all rows, in one state of the database: with a million referrals for some seconds.
func (s *Store) CheckCounters(ctx context.Context) ([]WrongCounter, error) {
	// A counter that nothing was counted on yet may be missing; what moves as work goes on is none of these.
	rows, err := s.read.QueryContext(ctx, `WITH counted AS (`+countedRows+`)
		SELECT name, coalesce(value, 0), n FROM counted LEFT JOIN counters USING (name) WHERE coalesce(value, 0) <> n
		UNION ALL SELECT name, value, 0 FROM counters WHERE value <> 0 AND (name LIKE 'folder %' OR name LIKE 'review %' OR name LIKE 'tries %') AND name NOT IN (SELECT name FROM counted)`)
	if err != nil {
		return nil, fmt.Errorf("check counters: %w", err)
	}
	defer rows.Close()
	var wrong []WrongCounter
	for rows.Next() {
		var w WrongCounter
		if err := rows.Scan(&w.Name, &w.Kept, &w.Counted); err != nil {
			return nil, fmt.Errorf("check counters: %w", err)
		}
		wrong = append(wrong, w)
	}
	slices.SortFunc(wrong, func(a, b WrongCounter) int { return strings.Compare(a.Name, b.Name) })
	return wrong, rows.Err()
}
