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
	where, args := []string{"1 = 1"}, []any{}
	add := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	if f.Before > 0 {
		add("seq < ?", f.Before)
	}
	if f.Actor != "" {
		add("actor = ?", f.Actor)
	}
	if noun, _, whole := strings.Cut(f.Action, "."); whole {
		add("action = ?", f.Action)
	} else if noun != "" {
		add("action >= ? AND action < ?", noun+".", noun+"/") // "/" follows "."
	}
	if f.Referral != "" { // the second condition lets SQLite use the index, which has no empty objects
		add(`object IN (SELECT ? UNION ALL SELECT m.id FROM messages m JOIN referral_messages f ON f.message = m.seq
			JOIN referrals r ON r.seq = f.referral WHERE r.id = ?) AND object <> ''`, f.Referral, f.Referral)
	}
	if f.Seen != nil {
		add("(action IN (?"+strings.Repeat(", ?", len(seenActions)-1)+")) = ?", append(seenValues(), *f.Seen)...)
	}
	if !f.From.IsZero() {
		add("at >= ?", f.From.UnixMilli())
	}
	if !f.Until.IsZero() {
		add("at < ?", f.Until.UnixMilli())
	}
	rows, err := s.read.QueryContext(ctx, `SELECT seq, at, actor, actor_name, address, action, object, details, mac
		FROM audit_entries WHERE `+strings.Join(where, " AND ")+` ORDER BY seq DESC LIMIT ?`, append(args, limit+1)...)
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
	rows, err := s.read.QueryContext(ctx, `SELECT a.actor, coalesce((SELECT actor_name FROM audit_entries
		WHERE actor = a.actor ORDER BY seq DESC LIMIT 1), '') FROM (SELECT DISTINCT actor FROM audit_entries) a`)
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
