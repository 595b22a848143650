package store

import (
	"context"
	"fmt"
)

// SetUserDisabled disables or enables the person with that e-mail address; disabling ends their
// sessions. It returns [ErrNotFound], [ErrForbidden], or [ErrLastAdmin] where nobody active would
// be left in the role administrator.
func (s *Store) SetUserDisabled(ctx context.Context, a Actor, email string, disabled bool) error {
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
		changed, err := t.changed(`UPDATE users SET disabled = ?1 WHERE id = ?2 AND disabled <> ?1`, disabled, id)
		if err != nil || !changed {
			return err
		}
		if !disabled {
			return t.audit(a, ActionUserEnabled, id, map[string]any{"email": emailKey(email)})
		}
		if err := t.keepAnAdministrator(id); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM sessions WHERE user_id = ?`, id); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		if err := t.exec(`DELETE FROM invitations WHERE user_id = ?`, id); err != nil {
			return fmt.Errorf("end one-time links: %w", err)
		}
		if err := t.endPending(id); err != nil {
			return err
		}
		return t.audit(a, ActionUserDisabled, id, map[string]any{"email": emailKey(email)})
	})
}

// ResetPassword gives the person with that e-mail address a new password and ends their sessions.
func (s *Store) ResetPassword(ctx context.Context, a Actor, email, password string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
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
		if err := t.setPassword(id, hash, nil); err != nil {
			return err
		}
		return t.audit(a, ActionPasswordReset, id, map[string]any{"email": emailKey(email)})
	})
}

// setPassword stores a hash and ends the person's sessions except keep, if that is not nil, and
// their one-time links.
func (t *tx) setPassword(id, hash string, keep []byte) error {
	if err := t.exec(`DELETE FROM invitations WHERE user_id = ?`, id); err != nil {
		return fmt.Errorf("end one-time links: %w", err)
	}
	if err := t.exec(`UPDATE users SET password_hash = ? WHERE id = ?`, hash, id); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err := t.exec(`DELETE FROM sessions WHERE user_id = ?1 AND hash IS NOT ?2`, id, keep); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return t.endPending(id)
}
