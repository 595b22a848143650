package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Rights are what a person may do: roles, and permissions of their own.
type Rights struct {
	Roles       []string
	Permissions []Permission
}

// VerifyPassword returns [ErrCredentials] unless the password is the actor's own. It stands before
// what only the person at the keyboard may do.
func (s *Store) VerifyPassword(ctx context.Context, a Actor, password string) error {
	var hash string
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT password_hash FROM users WHERE id = ? AND disabled = 0`, a.id).Scan(&hash)); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	good, err := s.hashing.matches(ctx, password, hash)
	if err != nil {
		return err
	}
	if !good {
		return ErrCredentials
	}
	return nil
}

// SaveRights replaces a person's roles and permissions. It returns [ErrNotFound], [ErrBeyond] for
// what the actor does not hold, [ErrLastAdmin], and [ErrForbidden] without Edit Other Users.
func (s *Store) SaveRights(ctx context.Context, a Actor, userID string, r Rights) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.mayGrantRights(a, userID, r); err != nil {
			return err
		}
		email, was, err := t.rights(userID)
		if err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM user_roles WHERE user_id = ?`, userID); err != nil {
			return fmt.Errorf("save rights: %w", err)
		}
		if err := t.exec(`DELETE FROM user_permissions WHERE user_id = ?`, userID); err != nil {
			return fmt.Errorf("save rights: %w", err)
		}
		if err := t.grant(userID, r.Roles, r.Permissions); err != nil {
			return err
		}
		if slices.Contains(was.Roles, RoleAdministrator) {
			if err := t.someAdministrator(); err != nil {
				return err
			}
		}
		changes := map[string]any{}
		noteSets(changes, "roles", was.Roles, r.Roles)
		noteSets(changes, "permissions", was.Permissions, r.Permissions)
		if len(changes) == 0 {
			return nil
		}
		if err := t.renewSessions(userID); err != nil {
			return err
		}
		changes["email"] = email
		return t.audit(a, ActionUserChanged, userID, changes)
	})
}

// rights reads what a person was given, and their e-mail address.
func (t *tx) rights(userID string) (email string, r Rights, err error) {
	var roles, own string
	err = t.get(`SELECT email, coalesce((SELECT group_concat(role) FROM user_roles WHERE user_id = u.id), ''),
		coalesce((SELECT group_concat(permission) FROM user_permissions WHERE user_id = u.id), '')
		FROM users u WHERE id = ?`, []any{userID}, &email, &roles, &own)
	return email, Rights{fields(roles), permissionsOf(fields(own))}, err
}

// mayGrantRights returns [ErrBeyond] where rights that are new to the person are beyond the
// actor's own. Nobody changes somebody who may do more than they may.
func (t *tx) mayGrantRights(a Actor, userID string, r Rights) error {
	if err := t.require(a, EditUsers); err != nil {
		return err
	}
	if userID != "" {
		if err := t.mayChange(a, userID); err != nil {
			return err
		}
	}
	wanted := slices.Clone(r.Permissions)
	for _, code := range r.Roles {
		role, err := t.role(code)
		if errors.Is(err, ErrNotFound) {
			return fmt.Errorf("%w: %s", ErrNoRole, code)
		}
		if err != nil {
			return err
		}
		wanted = append(wanted, role.Permissions...)
	}
	return t.mayGrant(a, EditUsers, wanted)
}

// mayChange returns [ErrBeyond] where the person may do something that the actor may not: whoever
// resets an administrator's password could become one.
func (t *tx) mayChange(a Actor, userID string) error {
	if err := t.require(a, EditUsers); err != nil {
		return err
	}
	var there bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM users WHERE id = ?)`, []any{userID}, &there); err != nil {
		return err
	}
	if !there {
		return ErrNotFound
	}
	var codes string
	if err := t.get(`SELECT coalesce(group_concat(permission), '') FROM (
		SELECT permission FROM user_permissions WHERE user_id = ?1 UNION
		SELECT p.permission FROM user_roles r JOIN role_permissions p USING (role) WHERE r.user_id = ?1)`, []any{userID}, &codes); err != nil {
		return err
	}
	return t.mayGrant(a, EditUsers, permissionsOf(fields(codes)))
}

// keepAnAdministrator returns [ErrLastAdmin] where a person in the role administrator was just
// changed and nobody active, with a password, is left in it.
func (t *tx) keepAnAdministrator(userID string) error {
	var is bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM user_roles WHERE user_id = ? AND role = ?)`, []any{userID, RoleAdministrator}, &is); err != nil || !is {
		return err
	}
	return t.someAdministrator()
}

// someAdministrator returns [ErrLastAdmin] where nobody active, with a password, has that role.
func (t *tx) someAdministrator() error {
	var left bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM users u JOIN user_roles r ON r.user_id = u.id
		WHERE r.role = ? AND u.disabled = 0 AND u.password_hash <> '')`, []any{RoleAdministrator}, &left); err != nil {
		return err
	}
	if !left {
		return ErrLastAdmin
	}
	return nil
}
