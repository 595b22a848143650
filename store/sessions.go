package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

// Sessions end when nobody used them for SessionIdle, and SessionLife after signing in at the
// latest (OWASP ASVS 5.0, 7.3).
const (
	SessionIdle = 15 * time.Minute
	SessionLife = 12 * time.Hour

	// seenEvery is how exactly the last use is kept: finer would write at every request.
	seenEvery = 30 * time.Second
)

// SessionToken is what a session's cookie holds. The database keeps only its hash.
type SessionToken [32]byte

func (t SessionToken) hash() []byte { h := sha256.Sum256(t[:]); return h[:] }

// ErrCredentials says that nobody may sign in with these: an unknown person, a wrong password and
// a disabled person are told apart by nobody.
var ErrCredentials = errors.New("the e-mail address or the password is wrong")

// SignIn checks an e-mail address and password and starts a new session. It ends the session old,
// if that is not nil. It returns [ErrCredentials] after the same work for every reason, and a
// [StepDue] where the password was right and a second step is due.
func (s *Store) SignIn(ctx context.Context, email, password, address string, old *SessionToken) (SessionToken, error) {
	var id, hash string
	err := notFound(s.read.QueryRowContext(ctx, `SELECT id, password_hash FROM users WHERE email_key = ? AND disabled = 0`,
		emailKey(email)).Scan(&id, &hash))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return SessionToken{}, fmt.Errorf("look somebody up: %w", err)
	}
	good, err := s.hashing.matches(ctx, password, hash)
	if err != nil {
		return SessionToken{}, err
	}
	if !good {
		// Who is unknown is not named: people type passwords into the wrong field.
		return SessionToken{}, errors.Join(ErrCredentials, s.update(ctx, func(t *tx) error {
			return t.audit(anonymous(address), ActionSignInFailed, id, nil)
		}))
	}
	var token SessionToken
	rand.Read(token[:])
	var due *StepDue
	err = s.update(ctx, func(t *tx) (err error) {
		// The password may have been changed, or the person disabled, while it was checked.
		a := Actor{kind: "user", id: id, address: address}
		if err := t.get(`SELECT email FROM users WHERE id = ? AND disabled = 0 AND password_hash = ?`, []any{id, hash}, &a.name); err != nil {
			return errors.Join(ErrCredentials, err)
		}
		if due, err = t.enter(a, token, old); err != nil {
			return err
		}
		return t.audit(a, due.action(ActionSignedIn), "", nil)
	})
	return token, due.or(err)
}

// startSession keeps a new session, ends the one before it, and clears away those long over.
func (t *tx) startSession(token SessionToken, userID string, old *SessionToken) error {
	if old != nil {
		if err := t.exec(`DELETE FROM sessions WHERE hash = ?`, old.hash()); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	if err := t.exec(`DELETE FROM sessions WHERE created_at <= ?`, t.now-SessionLife.Milliseconds()); err != nil {
		return fmt.Errorf("clear sessions: %w", err)
	}
	if err := t.exec(`INSERT INTO sessions (hash, user_id, created_at, seen_at) VALUES (?, ?, ?3, ?3)`, token.hash(), userID, t.now); err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	return nil
}

// SessionUser returns whose session it is, with the rights of this moment, and notes its use. It
// returns [ErrNotFound] for a session that is over, and for a person who is disabled.
func (s *Store) SessionUser(ctx context.Context, token SessionToken) (*User, error) {
	u, seen, err := s.sessionUser(ctx, token)
	if err != nil || s.now()-seen < seenEvery.Milliseconds() {
		return u, err
	}
	err = s.update(ctx, func(t *tx) error {
		return t.exec(`UPDATE sessions SET seen_at = ? WHERE hash = ?`, t.now, token.hash())
	})
	if errors.Is(err, ErrBusy) || errors.Is(err, ErrDiskFull) {
		err = nil // reading goes on where writing cannot; the session only ends a little sooner
	}
	return u, err
}

// PeekSession is [Store.SessionUser] where nobody uses the session: an open page asks for news by
// itself, and must not keep the session of somebody who went away.
func (s *Store) PeekSession(ctx context.Context, token SessionToken) (*User, error) {
	u, _, err := s.sessionUser(ctx, token)
	return u, err
}

// sessionUser returns whose session it is, and when it was last used.
func (s *Store) sessionUser(ctx context.Context, token SessionToken) (u *User, seen int64, err error) {
	var id string
	now := s.now()
	err = notFound(s.read.QueryRowContext(ctx, `SELECT user_id, seen_at FROM sessions
		WHERE hash = ? AND created_at > ? AND seen_at > ?`,
		token.hash(), now-SessionLife.Milliseconds(), now-SessionIdle.Milliseconds()).Scan(&id, &seen))
	if err != nil {
		return nil, 0, err
	}
	if u, err = s.User(ctx, id); err != nil {
		return nil, 0, err
	}
	if u.Disabled {
		return nil, 0, ErrNotFound
	}
	return u, seen, nil
}

// SignOut ends a session. One that is over already is no error.
func (s *Store) SignOut(ctx context.Context, a Actor, token SessionToken) error {
	return s.update(ctx, func(t *tx) error {
		ended, err := t.changed(`DELETE FROM sessions WHERE hash = ?`, token.hash())
		if err != nil || !ended {
			return err
		}
		return t.audit(a, ActionSignedOut, "", nil)
	})
}
