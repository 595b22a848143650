package store

import (
	"context"
	"fmt"
)

// RequireFactor says whether people in a role must have a second step. Whoever has none is then let to
// nothing but adding one. It holds for the role administrator as well. It returns [ErrNotFound],
// [ErrBeyond], or [ErrForbidden] without Edit Roles.
func (s *Store) RequireFactor(ctx context.Context, a Actor, code string, required bool) error {
	return s.update(ctx, func(t *tx) error {
		role, err := t.role(code)
		if err != nil {
			return err
		}
		if err := t.mayGrant(a, EditRoles, role.Permissions); err != nil {
			return err
		}
		changed, err := t.changed(`UPDATE roles SET requires_factor = ?1 WHERE code = ?2 AND requires_factor <> ?1`, required, code)
		if err != nil {
			return fmt.Errorf("require a second step: %w", err)
		}
		if !changed {
			return nil
		}
		if err := t.renewSessionsOfRole(code); err != nil {
			return err
		}
		return t.audit(a, ActionRoleChanged, code, map[string]any{"requires_factor": required})
	})
}

// ResetFactors removes every second step of the person with that e-mail address, who has lost them,
// and ends their sessions. It returns [ErrNotFound], [ErrBeyond] for somebody who may do more than the
// actor, and [ErrForbidden] for the actor's own: those are removed in Account.
func (s *Store) ResetFactors(ctx context.Context, a Actor, email string) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, EditUsers); err != nil {
			return err
		}
		id, err := t.userID(email)
		if err != nil {
			return err
		}
		if err := t.mayChange(a, id); err != nil {
			return err
		}
		if a.kind == "user" && a.id == id {
			return fmt.Errorf("%w: people remove their own second steps in Account", ErrForbidden)
		}
		none, err := t.isFirst(id)
		if err != nil || none {
			return err
		}
		for _, table := range []string{"passkeys", "authenticators", "recovery_codes", "pending_sign_ins"} {
			if err := t.exec(`DELETE FROM `+table+` WHERE user_id = ?`, id); err != nil {
				return fmt.Errorf("remove second steps: %w", err)
			}
		}
		if _, err := t.endSessions(id, nil); err != nil {
			return err
		}
		if err := t.forgetDevices(id); err != nil { // one of them may be what was lost
			return err
		}
		return t.audit(a, ActionFactorsReset, id, map[string]any{"email": emailKey(email)})
	})
}
