package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"
)

// LinkLife is how long a link works with which somebody chooses a password.
const LinkLife = 24 * time.Hour

// ErrLink says that a one-time link is wrong, used, or too old.
var ErrLink = errors.New("this link is not valid, or no longer")

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

// Invite adds a person who has no password yet and returns the token of a link to choose one. It
// returns what [Store.AddUser] returns, and [ErrBeyond].
func (s *Store) Invite(ctx context.Context, a Actor, n NewUser) (id, token string, err error) {
	email, key, err := cleanEmail(n.Email)
	if err != nil {
		return "", "", err
	}
	id, token = newID(), newLinkToken()
	return id, token, s.update(ctx, func(t *tx) error {
		if err := t.mayGrantRights(a, "", Rights{n.Roles, n.Permissions}); err != nil {
			return err
		}
		added, err := t.changed(`INSERT INTO users (id, email, email_key, name, password_hash, created_at)
			VALUES (?, ?, ?, ?, '', ?) ON CONFLICT (email_key) DO NOTHING`, id, email, key, cleanName(n.Name, email), t.now)
		if err != nil {
			return fmt.Errorf("add user: %w", err)
		}
		if !added {
			return ErrEmailTaken
		}
		if err := t.grant(id, n.Roles, n.Permissions); err != nil {
			return err
		}
		if err := t.keepLink(id, token); err != nil {
			return err
		}
		return t.audit(a, ActionUserAdded, id, map[string]any{"email": email, "roles": n.Roles, "permissions": n.Permissions})
	})
}

// MakeLink ends somebody else's password and sessions and returns the token of a link to choose a
// new password. It returns [ErrNotFound], and [ErrBeyond] for somebody who may do more than the actor.
func (s *Store) MakeLink(ctx context.Context, a Actor, userID string) (token string, err error) {
	token = newLinkToken()
	return token, s.update(ctx, func(t *tx) error {
		if err := t.mayChange(a, userID); err != nil {
			return err
		}
		if a.kind == "user" && a.id == userID {
			return fmt.Errorf("%w: people change their own password in Account", ErrForbidden)
		}
		if err := t.setPassword(userID, "", nil); err != nil {
			return err
		}
		if err := t.keepAnAdministrator(userID); err != nil {
			return err
		}
		if err := t.keepLink(userID, token); err != nil {
			return err
		}
		return t.audit(a, ActionLinkMade, userID, nil)
	})
}

// CheckLink returns whose link it is, or [ErrLink].
func (s *Store) CheckLink(ctx context.Context, token string) (*User, error) {
	var id string
	err := s.read.QueryRowContext(ctx, `SELECT user_id FROM invitations WHERE hash = ? AND expires_at > ?`, linkHash(token), s.now()).Scan(&id)
	if err = notFound(err); errors.Is(err, ErrNotFound) {
		return nil, ErrLink
	}
	if err != nil {
		return nil, fmt.Errorf("check link: %w", err)
	}
	u, err := s.User(ctx, id)
	if err == nil && u.Disabled {
		return nil, ErrLink
	}
	return u, err
}

// UseLink sets the password of the person whose link it is, and signs them in. It returns
// [ErrLink], or why the password is refused.
func (s *Store) UseLink(ctx context.Context, token, password, address string) (SessionToken, error) {
	u, err := s.CheckLink(ctx, token)
	if err != nil {
		return SessionToken{}, err
	}
	if err := CheckPassword(password); err != nil {
		return SessionToken{}, err
	}
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return SessionToken{}, err
	}
	var session SessionToken
	rand.Read(session[:])
	return session, s.update(ctx, func(t *tx) error {
		valid, err := t.changed(`DELETE FROM invitations WHERE hash = ? AND expires_at > ?
			AND EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.disabled = 0)`, linkHash(token), t.now)
		if err != nil {
			return fmt.Errorf("use link: %w", err)
		}
		if !valid {
			return ErrLink
		}
		if err := t.setPassword(u.ID, hash, nil); err != nil {
			return err
		}
		if err := t.startSession(session, u.ID, nil); err != nil {
			return err
		}
		return t.audit(UserActor(u, address), ActionLinkUsed, u.ID, nil)
	})
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

// keepLink makes a token the person's only valid one.
func (t *tx) keepLink(userID, token string) error {
	if err := t.exec(`DELETE FROM invitations WHERE user_id = ? OR expires_at <= ?`, userID, t.now); err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	if err := t.exec(`INSERT INTO invitations (hash, user_id, expires_at) VALUES (?, ?, ?)`, linkHash(token), userID, t.now+LinkLife.Milliseconds()); err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	return nil
}

// newLinkToken is what a one-time link carries; only its hash is kept.
func newLinkToken() string {
	raw := make([]byte, 32)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func linkHash(token string) []byte { h := sha256.Sum256([]byte(token)); return h[:] }
