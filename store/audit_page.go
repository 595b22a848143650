package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// AuditFilter says which entries of the audit log are meant; zero values mean all.
type AuditFilter struct {
	Actor  string // as [AuditEntry.Actor]
	Action string // an action, or the noun before its dot
	Seen   *bool  // whether it tells that a patient's information was seen
	// Referrals are ids of those that an entry is about, itself or by a message of one of them.
	Referrals []string
	From      time.Time
	Until     time.Time // exclusive
	Before    int64     // number of the entry to go on before; 0 starts with the newest

	within span // where the entries of these dates are
}

// conditions is an SQL condition with its values.
type conditions struct {
	sql  []string
	args []any
}

func (c *conditions) add(condition string, values ...any) {
	c.sql, c.args = append(c.sql, condition), append(c.args, values...)
}

// where is the filter but for its action, which decides how the log is read.
func (f AuditFilter) where() conditions {
	var c conditions
	below := f.within.end()
	if f.Before > 0 {
		below = min(below, f.Before)
	}
	c.add("seq < ?", below)
	if f.within.from > 0 {
		c.add("seq >= ?", f.within.from)
	}
	if f.Actor != "" {
		c.add("actor = ?", f.Actor)
	}
	if f.Referrals != nil { // the second condition lets SQLite use the index, which has no empty objects
		ids, _ := json.Marshal(f.Referrals) // texts can always be written
		c.add(`object IN (SELECT value FROM json_each(?) UNION ALL SELECT m.id FROM messages m JOIN referral_messages f ON f.message = m.seq
			JOIN referrals r ON r.seq = f.referral WHERE r.id IN (SELECT value FROM json_each(?))) AND object <> ''`, string(ids), string(ids))
	}
	if f.Seen != nil {
		c.add("(action IN (?"+strings.Repeat(", ?", len(seenActions)-1)+")) = ?", append(seenValues(), *f.Seen)...)
	}
	if !f.From.IsZero() {
		c.add("at >= ?", f.From.UnixMilli())
	}
	if !f.Until.IsZero() {
		c.add("at < ?", f.Until.UnixMilli())
	}
	return c
}

const entryColumns = `SELECT seq, at, actor, actor_name, address, action, object, details, mac FROM audit_entries WHERE `

// AuditPage lists entries, newest first, at most limit of them. The number it returns continues
// the list; it is 0 at the end.
func (s *Store) AuditPage(ctx context.Context, f AuditFilter, limit int) (list []AuditEntry, next int64, err error) {
	actions := []string{""}
	if noun, _, whole := strings.Cut(f.Action, "."); whole {
		actions[0] = f.Action
	} else if noun != "" {
		if actions, err = s.actionsOf(ctx, noun); err != nil || len(actions) == 0 {
			return nil, 0, err
		}
	}
	if f.within, err = s.span(ctx, auditDays, f.From, f.Until); err != nil {
		return nil, 0, err
	}
	query, args := pageQuery(f.where(), actions, limit+1)
	err = s.entries(ctx, query, args, func(e AuditEntry) error {
		list = append(list, e)
		return nil
	})
	if err != nil || len(list) <= limit {
		return list, 0, err
	}
	return list[:limit], list[limit-1].Seq, nil
}

// pageQuery reads the newest entries with one of those actions, "" being any. An index leads to the
// newest entries of one action, not of several: so each is read by itself.
func pageQuery(where conditions, actions []string, limit int) (query string, args []any) {
	var parts []string
	for _, action := range actions {
		part := conditions{slices.Clone(where.sql), slices.Clone(where.args)}
		if action != "" {
			part.add("action = ?", action)
		}
		parts = append(parts, "SELECT * FROM ("+entryColumns+strings.Join(part.sql, " AND ")+" ORDER BY seq DESC LIMIT ?)")
		args = append(append(args, part.args...), limit)
	}
	return strings.Join(parts, " UNION ALL ") + " ORDER BY seq DESC LIMIT ?", append(args, limit)
}

// loose lists the different values of an indexed column by leaping from each to the next, however
// many rows there are of each.
const loose = `WITH RECURSIVE found (value) AS (SELECT min(%[1]s) FROM audit_entries WHERE %[1]s >= ?1 AND %[1]s < ?2
	UNION ALL SELECT (SELECT min(%[1]s) FROM audit_entries WHERE %[1]s > found.value AND %[1]s < ?2) FROM found WHERE found.value IS NOT NULL) `

var (
	selectActions = fmt.Sprintf(loose, "action") + `SELECT value FROM found WHERE value IS NOT NULL`
	selectActors  = fmt.Sprintf(loose, "actor") + `SELECT value, coalesce((SELECT actor_name FROM audit_entries
		WHERE actor = value ORDER BY seq DESC LIMIT 1), '') FROM found WHERE value IS NOT NULL`
)

// actionsOf lists the actions in the log that begin with that noun.
func (s *Store) actionsOf(ctx context.Context, noun string) (list []string, err error) {
	rows, err := s.read.QueryContext(ctx, selectActions, noun+".", noun+"/") // "/" follows "."
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var action string
		if err := rows.Scan(&action); err != nil {
			return nil, fmt.Errorf("read the audit log: %w", err)
		}
		list = append(list, action)
	}
	return list, rows.Err()
}

// AuditActors lists who ever acted, by their newest name.
func (s *Store) AuditActors(ctx context.Context) (map[string]string, error) {
	rows, err := s.read.QueryContext(ctx, selectActors, "", "\U0010FFFF")
	if err != nil {
		return nil, fmt.Errorf("list who acted: %w", err)
	}
	defer rows.Close()
	actors := map[string]string{}
	for rows.Next() {
		var actor, name string
		if err := rows.Scan(&actor, &name); err != nil {
			return nil, fmt.Errorf("list who acted: %w", err)
		}
		actors[actor] = name
	}
	return actors, rows.Err()
}

// entriesStep is how many entries are read at once for somebody who takes them all: a slow taker
// must hold neither a reader of the database nor its write-ahead log.
const entriesStep = 500

// AuditEntries calls each with every entry, oldest first, until it returns an error.
func (s *Store) AuditEntries(ctx context.Context, each func(AuditEntry) error) error {
	return s.AuditEntriesOf(ctx, AuditFilter{}, each)
}

// AuditEntriesOf is [Store.AuditEntries] of those that the filter means, but for its Action and
// Before. Entries that come meanwhile are not among them.
func (s *Store) AuditEntriesOf(ctx context.Context, f AuditFilter, each func(AuditEntry) error) error {
	var end int64
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit_entries`).Scan(&end); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	f.Before = 0
	var err error
	if f.within, err = s.span(ctx, auditDays, f.From, f.Until); err != nil {
		return err
	}
	where := f.where()
	where.add("seq > ? AND seq <= ?")
	query := entryColumns + strings.Join(where.sql, " AND ") + " ORDER BY seq LIMIT ?"
	last := int64(-1 << 63) // also numbers that are not the log's own
	for {
		var some []AuditEntry
		err := s.entries(ctx, query, append(slices.Clone(where.args), last, end, entriesStep), func(e AuditEntry) error {
			some = append(some, e)
			return nil
		})
		if err != nil {
			return err
		}
		for _, e := range some {
			if err := each(e); err != nil {
				return err
			}
		}
		if len(some) < entriesStep {
			return nil
		}
		last = some[len(some)-1].Seq
	}
}

// entries calls each with the entries that a query finds.
func (s *Store) entries(ctx context.Context, query string, args []any, each func(AuditEntry) error) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		if err := each(publicEntry(e)); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	return nil
}
