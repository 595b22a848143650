package store

import (
	"cmp"
	"context"
	"errors"
	"time"

	"breakwater/store/auditlog"
)

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
