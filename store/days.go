package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"breakwater/store/auditlog"
)

// Lists are in the order in which their rows came, and people ask for those of some days. The tables of
// days say with which row each day begins, so that nobody looks through the rows of all other days. A
// clock that was set back begins a day again: then a span has rows of other days too, which the list's
// own condition leaves out.
const (
	referralDays = "referral_days"
	auditDays    = "audit_days"
)

// schemaOfDays is the first schema that has these tables.
const schemaOfDays = 12

const dayMillis = 24 * 60 * 60 * 1000

// dayOf is the day of a time in Unix milliseconds, UTC, in days since 1970.
func dayOf(ms int64) int64 {
	day := ms / dayMillis
	if ms%dayMillis < 0 {
		day--
	}
	return day
}

// onDay notes that a row came at a time, in Unix milliseconds, if it begins a day. The number may be
// that of the last row before, which was removed.
func (t *tx) onDay(table string, seq, at int64) error {
	return t.exec(`INSERT INTO `+table+` (seq, day) SELECT ?1, ?2 WHERE ?2 IS NOT (SELECT day FROM `+table+` ORDER BY seq DESC LIMIT 1)
		ON CONFLICT (seq) DO UPDATE SET day = excluded.day`, seq, dayOf(at))
}

// span are the rows from one number on and before another; its zero value is all of them.
type span struct{ from, before int64 }

// end is the first number that is too large.
func (s span) end() int64 {
	if s.before == 0 {
		return math.MaxInt64
	}
	return s.before
}

// span finds where the rows of some time are, from one moment on and before another; zero times do not
// bound it.
func (s *Store) span(ctx context.Context, table string, from, until time.Time) (rows span, err error) {
	if from.IsZero() && until.IsZero() {
		return span{}, nil
	}
	first, last := int64(math.MinInt64), int64(math.MaxInt64)
	if !from.IsZero() {
		first = dayOf(from.UnixMilli())
	}
	if !until.IsZero() {
		last = dayOf(until.UnixMilli() - 1)
	}
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(first, ?3), coalesce((SELECT min(seq) FROM `+table+` WHERE seq > last), ?3)
		FROM (SELECT min(seq) AS first, max(seq) AS last FROM `+table+` WHERE day BETWEEN ?1 AND ?2)`, first, last, int64(math.MaxInt64)).
		Scan(&rows.from, &rows.before); err != nil {
		return span{}, fmt.Errorf("look for days: %w", err)
	}
	return rows, nil
}

type dayRow struct{ seq, day int64 }

// verifyDays checks that the table of the audit log's days is what the entries say: whoever changed it
// could keep some from being shown. It returns an *[auditlog.Fault] with the first entry that it is
// wrong about.
func verifyDays(ctx context.Context, t *sql.Tx, want []dayRow) error {
	rows, err := t.QueryContext(ctx, `SELECT seq, day FROM audit_days ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	wrong := func(seq int64) error { return &auditlog.Fault{Seq: seq, Reason: "the record of the days was changed"} }
	for rows.Next() {
		var has dayRow
		if err := rows.Scan(&has.seq, &has.day); err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		if len(want) == 0 {
			return wrong(has.seq)
		}
		if has != want[0] {
			return wrong(min(has.seq, want[0].seq))
		}
		want = want[1:]
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	if len(want) > 0 {
		return wrong(want[0].seq)
	}
	return nil
}
