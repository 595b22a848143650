package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"breakwater/store/auditlog"
)

// AuditFilter says which entries a page of the audit log shows; zero values show all.
type AuditFilter struct {
	Actor  string // as [AuditEntry.Actor]
	Action string // an action, or the noun before its dot
	Seen   *bool  // whether it tells that a patient's information was seen
	// Referral is the id of one that an entry is about, itself or by a message of it.
	Referral string
	From     time.Time
	Until    time.Time // exclusive
	Before   int64     // number of the entry to go on before; 0 starts with the newest
}

// AuditPage lists entries, newest first, at most limit of them. The number it returns continues
// the list; it is 0 at the end.
func (s *Store) AuditPage(ctx context.Context, f AuditFilter, limit int) (list []AuditEntry, next int64, err error) {
	actions, err := s.actionsOf(ctx, f.Action)
	if err != nil {
		return nil, 0, err
	}
	within, err := s.span(ctx, auditDays, f.From, f.Until)
	if err != nil {
		return nil, 0, err
	}
	query, args := f.query(actions, within, limit+1)
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, 0, fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, 0, fmt.Errorf("read the audit log: %w", err)
		}
		list = append(list, publicEntry(e))
	}
	if err := rows.Err(); err != nil || len(list) <= limit {
		return list, 0, err
	}
	return list[:limit], list[limit-1].Seq, nil
}

// actionsOf are the actions that were done and that a filter means: itself, or all with the noun before
// its dot. It is nil for a filter that means all.
func (s *Store) actionsOf(ctx context.Context, filter string) ([]string, error) {
	switch {
	case filter == "":
		return nil, nil
	case strings.Contains(filter, "."):
		return []string{filter}, nil
	}
	return s.distinct(ctx, "action", filter+".", filter+"/") // "/" follows "."
}

// distinct are the different values of an indexed column of the audit log, from one on and before
// another: it goes from each to the next, so that it takes no longer when each stands there more often.
func (s *Store) distinct(ctx context.Context, column, from, before string) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, strings.ReplaceAll(`WITH RECURSIVE found (value) AS (SELECT min(COLUMN) FROM audit_entries WHERE COLUMN >= ?1 AND COLUMN < ?2
		UNION ALL SELECT (SELECT min(COLUMN) FROM audit_entries WHERE COLUMN > value AND COLUMN < ?2) FROM found WHERE value IS NOT NULL)
		SELECT value FROM found WHERE value IS NOT NULL`, "COLUMN", column), from, before)
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	list := []string{}
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, fmt.Errorf("read the audit log: %w", err)
		}
		list = append(list, value)
	}
	return list, rows.Err()
}

// query selects entries of the actions, nil for all, among the rows within, each part by an index that
// holds it in the log's order.
func (f AuditFilter) query(actions []string, within span, limit int) (string, []any) {
	below := within.end()
	if f.Before > 0 {
		below = min(below, f.Before)
	}
	all := f.rest(branch{}.and(`seq < ?`, below).and(`seq >= ?`, within.from))
	switch {
	case f.Referral != "":
		all.index = `INDEXED BY audit_entries_object`
	case actions != nil && f.Actor != "":
		all.index = `INDEXED BY audit_entries_actor_action`
	case actions != nil:
		all.index = `INDEXED BY audit_entries_action`
	case f.Actor != "":
		all.index = `INDEXED BY audit_entries_actor`
	}
	list := parts{all}
	if actions != nil {
		list = split(list, `action = ?`, actions)
	}
	if len(list) == 0 { // nothing like it was ever done
		return `SELECT ` + entryColumns + ` FROM audit_entries WHERE 0`, nil
	}
	var text []string
	var args []any
	for _, p := range list {
		text = append(text, fmt.Sprintf(`SELECT * FROM (SELECT seq AS found FROM audit_entries %s WHERE %s ORDER BY seq DESC LIMIT ?)`, p.index, strings.Join(p.where, " AND ")))
		args = append(append(args, p.args...), limit)
	}
	return `SELECT ` + entryColumns + ` FROM (SELECT found FROM (` + strings.Join(text, ` UNION ALL `) + `) ORDER BY found DESC LIMIT ?)
		CROSS JOIN audit_entries ON seq = found ORDER BY seq DESC`, append(args, limit)
}

// rest adds what holds for every part alike.
func (f AuditFilter) rest(b branch) branch {
	if f.Referral != "" { // the last condition lets SQLite use the index, which has no empty objects
		b = b.and(`object IN (SELECT ? UNION ALL SELECT m.id FROM messages m JOIN referral_messages f ON f.message = m.seq
			JOIN referrals r ON r.seq = f.referral WHERE r.id = ?) AND object <> ''`, f.Referral, f.Referral)
	}
	if f.Actor != "" {
		b = b.and("actor = ?", f.Actor)
	}
	if f.Seen != nil {
		b = b.and("(action IN (?"+strings.Repeat(", ?", len(seenActions)-1)+")) = ?", append(seenValues(), *f.Seen)...)
	}
	if !f.From.IsZero() {
		b = b.and("at >= ?", f.From.UnixMilli())
	}
	if !f.Until.IsZero() {
		b = b.and("at < ?", f.Until.UnixMilli())
	}
	return b
}

// AuditCheck is the outcome of a check of the audit log that somebody asked for in the console.
type AuditCheck struct {
	At      time.Time // zero: never checked
	By      string    // e-mail address, or "cli:<os user>"
	Touched bool      // it was found touched
	Details string    // JSON: entries, or the first bad entry and why
}

// CheckAudit verifies the whole log and notes the outcome in it. It returns [ErrForbidden]
// without View Audit Log; that the log was touched is no error but the outcome.
func (s *Store) CheckAudit(ctx context.Context, a Actor) error {
	state, err := s.VerifyAudit(ctx, "")
	action, fields := ActionAuditVerified, map[string]any{"entries": state.Entries, "head": state.Head}
	var fault *auditlog.Fault
	switch {
	case errors.As(err, &fault):
		action, fields = ActionAuditTouched, map[string]any{"first_bad": fault.Seq, "reason": fault.Reason}
	case err != nil:
		return err
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ViewAuditLog); err != nil {
			return err
		}
		return t.audit(a, action, "", fields)
	})
}

// LastAuditCheck is the newest outcome of [Store.CheckAudit].
func (s *Store) LastAuditCheck(ctx context.Context) (c AuditCheck, err error) {
	for _, action := range []Action{ActionAuditVerified, ActionAuditTouched} {
		list, _, err := s.AuditPage(ctx, AuditFilter{Action: string(action)}, 1)
		if err != nil {
			return c, err
		}
		if len(list) > 0 && !list[0].At.Before(c.At) {
			c = AuditCheck{list[0].At, cmp.Or(list[0].ActorName, list[0].Actor), action == ActionAuditTouched, list[0].Details}
		}
	}
	return c, nil
}

func publicEntry(e auditlog.Entry) AuditEntry {
	return AuditEntry{Seq: e.Seq, At: fromMillis(e.At), Actor: e.Actor, ActorName: e.ActorName,
		Address: e.Address, Action: Action(e.Action), Object: e.Object, Details: e.Details}
}

// AuditActors lists who ever acted, by their newest name.
func (s *Store) AuditActors(ctx context.Context) (map[string]string, error) {
	codes, err := s.distinct(ctx, "actor", "", "\U0010FFFF")
	if err != nil {
		return nil, err
	}
	actors := map[string]string{}
	for _, code := range codes {
		var name string
		if err := s.read.QueryRowContext(ctx, `SELECT actor_name FROM audit_entries WHERE actor = ? ORDER BY seq DESC LIMIT 1`, code).Scan(&name); err != nil {
			return nil, fmt.Errorf("list who acted: %w", err)
		}
		actors[code] = name
	}
	return actors, nil
}
