package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// LinkLife is how long a link works with which somebody chooses a password.
const LinkLife = 24 * time.Hour

// ErrLink says that a one-time link is wrong, used, or too old.
var ErrLink = errors.New("this link is not valid, or no longer")

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
		if err := t.insertUser(id, email, key, "", n); err != nil {
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
		if err := t.setPassword(userID, "", false, nil); err != nil {
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
// [ErrLink], why the password is refused, or a [StepDue] where it was set and a second step is due.
func (s *Store) UseLink(ctx context.Context, token, password, address string) (SessionToken, error) {
	u, err := s.CheckLink(ctx, token)
	if err != nil {
		return SessionToken{}, err
	}
	if err := CheckPassword(password, s.RuleOf(u)); err != nil {
		return SessionToken{}, err
	}
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return SessionToken{}, err
	}
	session := newSessionToken()
	var due *StepDue
	err = s.update(ctx, func(t *tx) error {
		valid, err := t.changed(`DELETE FROM invitations WHERE hash = ? AND expires_at > ?
			AND EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.disabled = 0)`, linkHash(token), t.now)
		if err != nil {
			return fmt.Errorf("use link: %w", err)
		}
		if !valid {
			return ErrLink
		}
		if err := t.setPassword(u.ID, hash, tooShortAlone(password), nil); err != nil {
			return err
		}
		if err := t.longEnough(u.ID); err != nil {
			return err
		}
		if due, err = t.enter(UserActor(u, address), session, nil); err != nil {
			return err
		}
		return t.audit(UserActor(u, address), ActionLinkUsed, u.ID, nil)
	})
	return session, due.or(err)
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
