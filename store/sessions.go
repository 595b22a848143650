package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

// Sessions end when nobody used them for as long as the clinic has set, at first SessionIdle, and
// SessionLife after signing in at the latest (OWASP ASVS 5.0, 7.3). Whoever proved who they are,
// by signing in to begin with, need not do it again for ProvenFor (7.5).
const (
	SessionIdle = 15 * time.Minute
	SessionLife = 12 * time.Hour
	ProvenFor   = 5 * time.Minute

	// seenEvery is how exactly the last use is kept: finer would write at every request.
	seenEvery = 30 * time.Second
	// maxSessions bounds how many sessions one person has at once; then the one that was not used for
	// longest ends.
	maxSessions = 20
	// endedKept is for how long it is known whose session it was that is over.
	endedKept = 24 * time.Hour
)

// SessionToken is what a session's cookie holds. The database keeps only its hash.
type SessionToken [32]byte

func (t SessionToken) hash() []byte { h := sha256.Sum256(t[:]); return h[:] }

// newSessionToken makes a token that nobody can guess.
func newSessionToken() (token SessionToken) {
	rand.Read(token[:])
	return token
}

// ErrCredentials says that nobody may sign in with these: an unknown person, a wrong password and
// a disabled person are told apart by nobody.
var ErrCredentials = errors.New("the e-mail address or the password is wrong")

// SignIn checks an e-mail address and password and starts a new session. It ends the session old,
// if that is not nil. It returns [ErrCredentials] after the same work for every reason, [ErrBusy]
// where too many strangers try, and a [StepDue] where the password was right and a second step is due.
func (s *Store) SignIn(ctx context.Context, email, password, address string, old *SessionToken) (SessionToken, error) {
	var id, hash string
	err := notFound(s.read.QueryRowContext(ctx, `SELECT id, password_hash FROM users WHERE email_key = ? AND disabled = 0`,
		emailKey(email)).Scan(&id, &hash))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return SessionToken{}, fmt.Errorf("look somebody up: %w", err)
	}
	var good bool
	err = s.hashing.amongStrangers(ctx, func() (err error) {
		good, err = s.hashing.matches(ctx, password, hash)
		return err
	})
	if err != nil {
		return SessionToken{}, err
	}
	if !good {
		// Who is unknown is not named: people type passwords into the wrong field.
		return SessionToken{}, errors.Join(ErrCredentials, s.update(ctx, func(t *tx) error {
			return t.auditSome(anonymous(address), ActionSignInFailed, id, nil)
		}))
	}
	fresh, err := s.hashing.better(ctx, password, hash)
	if err != nil {
		return SessionToken{}, err
	}
	token := newSessionToken()
	var due *StepDue
	err = s.update(ctx, func(t *tx) (err error) {
		// The password may have been changed, or the person disabled, while it was checked.
		a := Actor{kind: "user", id: id, address: address}
		if err := t.get(`SELECT email FROM users WHERE id = ? AND disabled = 0 AND password_hash = ?`, []any{id, hash}, &a.name); err != nil {
			return errors.Join(ErrCredentials, err)
		}
		if fresh != "" { // the same password, harder to guess: no session and no device need hear of it
			if err := t.exec(`UPDATE users SET password_hash = ? WHERE id = ?`, fresh, id); err != nil {
				return fmt.Errorf("rehash a password: %w", err)
			}
		}
		if due, err = t.enter(a, token, old); err != nil {
			return err
		}
		return t.audit(a, due.action(ActionSignedIn), "", nil)
	})
	return token, due.or(err)
}

// startSession keeps a new session, ends the one before it, and clears away those long over. The
// caller has checked who it is, which counts as their first proof.
func (t *tx) startSession(token SessionToken, userID, address string, old *SessionToken) error {
	if old != nil {
		if err := t.exec(`UPDATE sessions SET ended_at = ?1 WHERE ended_at = 0 AND (hash = ?2 OR before = ?2)`, t.now, old.hash()); err != nil {
			return fmt.Errorf("end session: %w", err)
		}
	}
	if err := t.endAllOver(); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM sessions WHERE ended_at <> 0 AND abs(?1 - ended_at) >= ?2`, t.now, endedKept.Milliseconds()); err != nil {
		return fmt.Errorf("clear sessions: %w", err)
	}
	if err := t.exec(`INSERT INTO sessions (id, hash, user_id, created_at, seen_at, proven_at, address) VALUES (?, ?, ?, ?4, ?4, ?4, ?)`,
		newID(), token.hash(), userID, t.now, address); err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	if err := t.exec(`UPDATE sessions SET ended_at = ?1 WHERE id IN (SELECT id FROM sessions WHERE user_id = ?2 AND ended_at = 0
		ORDER BY hash = ?3 DESC, seen_at DESC, id DESC LIMIT -1 OFFSET ?4)`, t.now, userID, token.hash(), maxSessions); err != nil {
		return fmt.Errorf("end sessions beyond so many: %w", err)
	}
	return nil
}

// SignOut ends a session. One that is over already is no error.
func (s *Store) SignOut(ctx context.Context, a Actor, token SessionToken) error {
	return s.update(ctx, func(t *tx) error {
		ended, err := t.changed(`UPDATE sessions SET ended_at = ? WHERE hash = ? AND ended_at = 0`, t.now, token.hash())
		if err != nil || !ended {
			return err
		}
		return t.audit(a, ActionSignedOut, "", nil)
	})
}
