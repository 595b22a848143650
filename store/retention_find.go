package store

import (
	"context"
	"fmt"
	"strings"
)

// isOver holds for a referral that nobody waits for any more: nothing of it is unsent, failed, flagged or
// missed, nobody was asked to look at it, and nothing new has come since.
const isOver = ` AND r.needs_review = 0 AND r.review_by IS NULL
	AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.referral = r.seq AND (o.state IN ('waiting', 'refused') OR o.at >= ?1))
	AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.referral = r.seq AND a.state IN ('waiting', 'failed'))
	AND NOT EXISTS (SELECT 1 FROM referral_messages f JOIN messages m ON m.seq = f.message WHERE f.referral = r.seq AND (m.problems IS NOT NULL OR m.received_at >= ?1))
	AND NOT EXISTS (SELECT 1 FROM notes n WHERE n.referral = r.seq AND n.at >= ?1)
	AND NOT EXISTS (SELECT 1 FROM missed WHERE missed.ref = r.ref)`

// overReferrals are the rows of referrals of a class that have been over since before a time, behind a
// row, at most limit of them; a closed folder at a time, so that they are found in an index.
func overReferrals(class RetentionClass) string {
	var parts []string
	for side := range 2 {
		for _, folder := range closedFolders {
			part := fmt.Sprintf(`SELECT r.seq FROM referrals r INDEXED BY referrals_age WHERE (direction = 'sent') = %d AND folder = '%s' AND folder_since < ?1 AND r.seq > ?2`, side, folder)
			if class == RetainTest {
				part += ` AND r.test = 1`
			}
			parts = append(parts, part+isOver)
		}
	}
	return strings.Join(parts, ` UNION ALL `) + ` ORDER BY 1 LIMIT ?3`
}

// retentionStep is how many things are found at a time, and retentionBatch how many share a transaction:
// few, so that nobody waits for long.
const (
	retentionStep  = 200
	retentionBatch = 10
)

// eachOver calls do with the rows of what of a class is older than before, some at a time.
func (s *Store) eachOver(ctx context.Context, class RetentionClass, before int64, do func(rows []int64) error) error {
	if class == RetainUnmatched {
		return s.eachUnmatched(ctx, before, do)
	}
	for after := int64(0); ; {
		found, err := s.rowsOf(ctx, overReferrals(class), before, after, retentionStep)
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1]
		if err := do(found); err != nil {
			return err
		}
	}
}

func (s *Store) rowsOf(ctx context.Context, query string, args ...any) (list []int64, err error) {
	rows, err := s.read.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("look for what is old: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var row int64
		if err := rows.Scan(&row); err != nil {
			return nil, fmt.Errorf("look for what is old: %w", err)
		}
		list = append(list, row)
	}
	return list, rows.Err()
}

const isUnmatched = `received_at < ? AND problems IS NULL AND NOT EXISTS (SELECT 1 FROM referral_messages f WHERE f.message = m.seq)
	AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.message = m.seq)`

// eachUnmatched goes through the messages in the order in which they came, in short reads, up to where
// all are newer.
func (s *Store) eachUnmatched(ctx context.Context, before int64, do func(rows []int64) error) error {
	for after := int64(0); ; {
		var last, oldest int64
		err := s.read.DB.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0), coalesce(min(received_at), 0) FROM (SELECT seq, received_at FROM messages WHERE seq > ? ORDER BY seq LIMIT ?)`,
			after, retentionStep).Scan(&last, &oldest)
		if err != nil {
			return fmt.Errorf("look for what is old: %w", err)
		}
		if last == 0 || oldest >= before {
			return nil
		}
		found, err := s.rowsOf(ctx, `SELECT seq FROM messages m WHERE seq > ? AND seq <= ? AND `+isUnmatched, after, last, before)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			if err := do(found); err != nil {
				return err
			}
		}
		after = last
	}
}

// PreviewRetention counts what would be removed now if a class were kept for so many days.
func (s *Store) PreviewRetention(ctx context.Context, class RetentionClass, days int) (sum RetentionTotals, err error) {
	if err := CheckRetention(class, days); err != nil || days == 0 {
		return sum, err
	}
	err = s.eachOver(ctx, class, Retention{Days: days}.before(s.now()), func(rows []int64) error {
		if class == RetainUnmatched {
			sum.Messages += len(rows)
			return nil
		}
		sum.Referrals += len(rows)
		for _, row := range rows {
			var messages, documents int
			if err := s.read.QueryRowContext(ctx, countOwn, row).Scan(&messages, &documents); err != nil {
				return fmt.Errorf("count what is old: %w", err)
			}
			sum.Messages += messages
			sum.Documents += documents
		}
		return nil
	})
	return sum, err
}

// countOwn counts the messages that are about a referral alone, and its documents.
const countOwn = `SELECT (SELECT count(*) FROM referral_messages r WHERE referral = ?1
		AND NOT EXISTS (SELECT 1 FROM referral_messages o WHERE o.message = r.message AND o.referral <> r.referral)),
	(SELECT count(*) FROM attachments WHERE referral = ?1 AND content IS NOT NULL)`
