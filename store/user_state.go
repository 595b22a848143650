package store

import (
	"context"
	"errors"
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
		if _, err := t.endSessions(id, nil); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM invitations WHERE user_id = ?`, id); err != nil {
			return fmt.Errorf("end one-time links: %w", err)
		}
		if err := errors.Join(t.endPending(id), t.forgetDevices(id)); err != nil {
			return err
		}
		return t.audit(a, ActionUserDisabled, id, map[string]any{"email": emailKey(email)})
	})
}

// ResetPassword gives the person with that e-mail address a new password and ends their sessions.
func (s *Store) ResetPassword(ctx context.Context, a Actor, email, password string) error {
	name, err := s.nameOf(ctx, email)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, s.PasswordRule(name, email)); err != nil {
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
		if err := t.setPassword(id, hash, false, nil); err != nil {
			return err
		}
		return t.audit(a, ActionPasswordReset, id, map[string]any{"email": emailKey(email)})
	})
}

// nameOf is the name of the person with that e-mail address, "" for nobody.
func (s *Store) nameOf(ctx context.Context, email string) (name string, err error) {
	err = notFound(s.read.QueryRowContext(ctx, `SELECT name FROM users WHERE email_key = ?`, emailKey(email)).Scan(&name))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("look somebody up: %w", asStoreError(err))
	}
	return name, nil
}

// setPassword stores a hash, with whether the password is too short to stand alone, and ends the person's sessions except keep, if that is not nil, which gets
// another token, and their one-time links. No device knows them any more: they may be rid of one, or
// of a thief.
func (t *tx) setPassword(id, hash string, short bool, keep []byte) error {
	if err := t.exec(`DELETE FROM invitations WHERE user_id = ?`, id); err != nil {
		return fmt.Errorf("end one-time links: %w", err)
	}
	if err := t.exec(`UPDATE users SET password_hash = ?, password_short = ? WHERE id = ?`, hash, short, id); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if _, err := t.endSessions(id, keep); err != nil {
		return err
	}
	if err := errors.Join(t.renewSessions(id), t.endPending(id)); err != nil {
		return err
	}
	return t.forgetDevices(id)
}
