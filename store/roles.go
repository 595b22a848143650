package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Role is a named set of permissions.
type Role struct {
	Code        string       // as the CLI names it
	Name        string       // as the clinic calls it; "" for a ready-made one that was never renamed
	Permissions []Permission // in the order of [Permissions]
	Users       int          // how many people have it, disabled ones included
	Factor      bool         // whoever has it must have a second step
}

// Fixed reports whether the role can neither be changed nor removed: somebody must be able to do
// everything.
func (r Role) Fixed() bool { return r.Code == RoleAdministrator }

// Why a role cannot be saved or removed.
var (
	ErrRoleName  = errors.New("a role needs a name of at most 60 characters")
	ErrRoleTaken = errors.New("there is a role of this name already")
	ErrRoleFixed = errors.New("the role administrator always holds every permission")
	ErrRoleInUse = errors.New("people still have this role: give them another one first")
	// ErrBeyond says that somebody would grant what they do not hold themselves.
	ErrBeyond = errors.New("nobody can grant a permission that they do not hold")
)

// MaxRoleName bounds the name of a role, in characters.
const MaxRoleName = 60

// Roles lists every role, the ready-made ones first.
func (s *Store) Roles(ctx context.Context) ([]Role, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT code, name,
		coalesce((SELECT group_concat(permission) FROM role_permissions WHERE role = r.code), ''),
		(SELECT count(*) FROM user_roles WHERE role = r.code), requires_factor
		FROM roles r ORDER BY name <> '', rowid`)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	defer rows.Close()
	var list []Role
	for rows.Next() {
		var r Role
		var granted string
		if err := rows.Scan(&r.Code, &r.Name, &granted, &r.Users, &r.Factor); err != nil {
			return nil, fmt.Errorf("list roles: %w", err)
		}
		r.Permissions = permissionsOf(fields(granted))
		list = append(list, r)
	}
	return list, rows.Err()
}

// permissionsOf sorts codes into the order of [Permissions] and drops unknown ones.
func permissionsOf(codes []string) []Permission {
	list := []Permission{}
	for _, p := range Permissions() {
		if slices.Contains(codes, string(p)) {
			list = append(list, p)
		}
	}
	return list
}

// AddRole makes a role and returns its code. It returns [ErrRoleName], [ErrRoleTaken],
// [ErrBeyond], or [ErrForbidden] without Edit Roles.
func (s *Store) AddRole(ctx context.Context, a Actor, name string, permissions []Permission) (code string, err error) {
	if name, err = cleanRoleName(name); err != nil {
		return "", err
	}
	err = s.update(ctx, func(t *tx) (err error) {
		if err := t.mayGrant(a, EditRoles, permissions); err != nil {
			return err
		}
		if code, err = t.newRoleCode(name); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO roles (code, name) VALUES (?, ?)`, code, name); err != nil {
			return fmt.Errorf("add role: %w", err)
		}
		if err := t.setRolePermissions(code, permissions); err != nil {
			return err
		}
		return t.audit(a, ActionRoleAdded, code, map[string]any{"name": name, "permissions": permissions})
	})
	return code, err
}

// SaveRole renames a role and replaces its permissions; "" keeps the name. It returns
// [ErrNotFound], [ErrRoleFixed], and what [Store.AddRole] returns.
func (s *Store) SaveRole(ctx context.Context, a Actor, code, name string, permissions []Permission) (err error) {
	if name != "" {
		if name, err = cleanRoleName(name); err != nil {
			return err
		}
	}
	return s.update(ctx, func(t *tx) error {
		old, err := t.role(code)
		if err != nil {
			return err
		}
		// Whoever has the role must not lose by it what the actor does not hold, either.
		if err := t.mayGrant(a, EditRoles, slices.Concat(old.Permissions, permissions)); err != nil {
			return err
		}
		if old.Fixed() {
			return ErrRoleFixed
		}
		changes := map[string]any{}
		if name != "" && name != old.Name {
			if err := t.roleNameFree(name, code); err != nil {
				return err
			}
			if err := t.exec(`UPDATE roles SET name = ? WHERE code = ?`, name, code); err != nil {
				return fmt.Errorf("rename role: %w", err)
			}
			changes["name"] = change{old.Name, name}
		}
		if err := t.setRolePermissions(code, permissions); err != nil {
			return err
		}
		noteSets(changes, "permissions", old.Permissions, permissions)
		if len(changes) == 0 {
			return nil
		}
		if err := t.renewSessionsOfRole(code); err != nil {
			return err
		}
		return t.audit(a, ActionRoleChanged, code, changes)
	})
}

// RemoveRole removes a role that nobody has. It returns [ErrNotFound], [ErrRoleFixed],
// [ErrRoleInUse], or [ErrForbidden] without Edit Roles.
func (s *Store) RemoveRole(ctx context.Context, a Actor, code string) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, EditRoles); err != nil {
			return err
		}
		role, err := t.role(code)
		if err == nil {
			err = t.mayGrant(a, EditRoles, role.Permissions)
		}
		switch {
		case err != nil:
			return err
		case role.Fixed():
			return ErrRoleFixed
		case role.Users > 0:
			return ErrRoleInUse
		}
		if err := t.exec(`DELETE FROM roles WHERE code = ?`, code); err != nil {
			return fmt.Errorf("remove role: %w", err)
		}
		return t.audit(a, ActionRoleRemoved, code, map[string]any{"name": role.Name})
	})
}

// mayGrant returns [ErrForbidden] without the right to change rights at all, and [ErrBeyond] for
// a permission that the actor does not hold.
func (t *tx) mayGrant(a Actor, right Permission, permissions []Permission) error {
	if err := t.require(a, right); err != nil {
		return err
	}
	for _, p := range permissions {
		if !p.Valid() {
			return fmt.Errorf("%w: %s", ErrNoRight, p)
		}
		if err := t.require(a, p); errors.Is(err, ErrForbidden) {
			return fmt.Errorf("%w: %s", ErrBeyond, p)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) role(code string) (r Role, err error) {
	var granted string
	err = t.get(`SELECT code, name, coalesce((SELECT group_concat(permission) FROM role_permissions WHERE role = r.code), ''),
		(SELECT count(*) FROM user_roles WHERE role = r.code) FROM roles r WHERE code = ?`, []any{code}, &r.Code, &r.Name, &granted, &r.Users)
	r.Permissions = permissionsOf(fields(granted))
	return r, err
}

func (t *tx) setRolePermissions(code string, permissions []Permission) error {
	if err := t.exec(`DELETE FROM role_permissions WHERE role = ?`, code); err != nil {
		return fmt.Errorf("set permissions of role: %w", err)
	}
	for _, p := range permissions {
		if err := t.exec(`INSERT INTO role_permissions (role, permission) VALUES (?, ?) ON CONFLICT DO NOTHING`, code, string(p)); err != nil {
			return fmt.Errorf("set permissions of role: %w", err)
		}
	}
	return nil
}

func cleanRoleName(name string) (string, error) {
	name = strings.Join(strings.Fields(printable(name)), " ")
	if name == "" || utf8.RuneCountInString(name) > MaxRoleName {
		return "", ErrRoleName
	}
	return name, nil
}

func (t *tx) roleNameFree(name, except string) error {
	var taken bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM roles WHERE name = ? COLLATE NOCASE AND code <> ?)`, []any{name, except}, &taken); err != nil {
		return err
	}
	if taken {
		return ErrRoleTaken
	}
	return nil
}

// newRoleCode makes a code that reads like the name: "Front desk, evenings" is front_desk_evenings.
func (t *tx) newRoleCode(name string) (string, error) {
	if err := t.roleNameFree(name, ""); err != nil {
		return "", err
	}
	base := strings.Join(strings.FieldsFunc(fold(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_")
	switch base {
	case RoleAdministrator, RoleFrontDesk, RolePrivacyOfficer:
		return "", ErrRoleTaken // the ready-made one bears this name
	case "", "new": // "new" is the address of the page that makes one
		base = "role"
	}
	for n := 1; ; n++ {
		code := base
		if n > 1 {
			code = fmt.Sprintf("%s_%d", base, n)
		}
		var taken bool
		if err := t.get(`SELECT EXISTS (SELECT 1 FROM roles WHERE code = ?)`, []any{code}, &taken); err != nil {
			return "", err
		}
		if !taken {
			return code, nil
		}
	}
}

// noteSets adds to an audit entry's details what was added to a set and what was taken away.
func noteSets[T comparable](changes map[string]any, name string, from, to []T) {
	without := func(a, b []T) []T {
		return slices.DeleteFunc(slices.Clone(a), func(e T) bool { return slices.Contains(b, e) })
	}
	if added := without(to, from); len(added) > 0 {
		changes[name+"_added"] = added
	}
	if removed := without(from, to); len(removed) > 0 {
		changes[name+"_removed"] = removed
	}
}
