package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// SetupLinkLife is how long a first-run link works.
const SetupLinkLife = 24 * time.Hour

// Why a first-run link cannot be made or used.
var (
	ErrSetUp      = errors.New("there is a user already: the first-run link is only for the first one")
	ErrSetupToken = errors.New("this first-run link is not valid, or no longer")
)

// NewSetupToken makes a token for a first-run link; only its hash is kept. Earlier ones stay valid
// until their day is over or somebody uses one. It returns [ErrSetUp] once there is a user.
func (s *Store) NewSetupToken(ctx context.Context, a Actor) (string, error) {
	token := newLinkToken()
	return token, s.update(ctx, func(t *tx) error {
		if err := t.require(a, EditUsers); err != nil {
			return err
		}
		if err := t.beforeFirstUser(); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM setup_tokens WHERE expires_at <= ?`, t.now); err != nil {
			return fmt.Errorf("clear first-run links: %w", err)
		}
		if err := t.exec(`INSERT INTO setup_tokens (hash, expires_at) VALUES (?, ?)`,
			linkHash(token), t.now+SetupLinkLife.Milliseconds()); err != nil {
			return fmt.Errorf("make first-run link: %w", err)
		}
		return t.audit(a, ActionSetupLinkMade, "", nil)
	})
}

// CheckSetupToken returns nil for a token that [Store.CompleteSetup] would take now, else
// [ErrSetUp] or [ErrSetupToken].
func (s *Store) CheckSetupToken(ctx context.Context, token string) error {
	var users, valid bool
	err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users),
		EXISTS (SELECT 1 FROM setup_tokens WHERE hash = ? AND expires_at > ?)`, linkHash(token), s.now()).Scan(&users, &valid)
	switch {
	case err != nil:
		return fmt.Errorf("check first-run link: %w", err)
	case users:
		return ErrSetUp
	case !valid:
		return ErrSetupToken
	}
	return nil
}

// CompleteSetup makes the first administrator, uses up every first-run link, and signs the person
// in. It returns [ErrSetUp], [ErrSetupToken], or what [Store.AddUser] returns.
func (s *Store) CompleteSetup(ctx context.Context, token, address string, n NewUser) (SessionToken, error) {
	if err := s.CheckSetupToken(ctx, token); err != nil { // before any work is spent on a stranger
		return SessionToken{}, err
	}
	n.Roles, n.Permissions = []string{RoleAdministrator}, nil
	insert, id, err := s.userInsert(ctx, n)
	if err != nil {
		return SessionToken{}, err
	}
	session := newSessionToken()
	return session, s.update(ctx, func(t *tx) error {
		if err := t.beforeFirstUser(); err != nil {
			return err
		}
		valid, err := t.changed(`DELETE FROM setup_tokens WHERE hash = ? AND expires_at > ?`, linkHash(token), t.now)
		if err != nil {
			return fmt.Errorf("use first-run link: %w", err)
		}
		if !valid {
			return ErrSetupToken
		}
		if err := t.exec(`DELETE FROM setup_tokens`); err != nil {
			return fmt.Errorf("use first-run link: %w", err)
		}
		if err := insert(t); err != nil {
			return err
		}
		if err := t.startSession(session, id, address, nil); err != nil {
			return err
		}
		return t.audit(Actor{kind: "setup", address: address}, ActionSetupCompleted, id, map[string]any{"email": n.Email})
	})
}

func (t *tx) beforeFirstUser() error {
	var users bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM users)`, nil, &users); err != nil {
		return err
	}
	if users {
		return ErrSetUp
	}
	return nil
}
