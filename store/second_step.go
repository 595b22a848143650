package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"
)

const (
	// PendingLife is how long the second step may follow the first.
	PendingLife = 5 * time.Minute
	// PendingTries is how many wrong second steps end a sign-in; it then begins anew.
	PendingTries = 5
)

// PendingToken is what the cookie of a browser holds whose second step is due. It opens nothing. The
// database keeps only its hash.
type PendingToken [32]byte

func (t PendingToken) hash() []byte { h := sha256.Sum256(t[:]); return h[:] }

// StepDue is returned in place of a session: the password was right, and the second step is due.
type StepDue struct{ Token PendingToken }

func (*StepDue) Error() string { return "the second step of signing in is due" }

// action is what was done where nothing is due, else that a second step was asked for.
func (d *StepDue) action(done Action) Action {
	if d == nil {
		return done
	}
	return ActionFactorAsked
}

// or is the error of what was done, else that a second step is due.
func (d *StepDue) or(err error) error {
	if err != nil || d == nil {
		return err
	}
	return d
}

// ErrPending says that no second step is due in this browser, or no longer: it was never, it took
// too long, too many were wrong, or the person was disabled meanwhile.
var ErrPending = errors.New("this sign-in is over: begin it again")

// Proof is a second step as somebody takes it: a passkey's use, or a code as it was typed.
type Proof struct {
	Factor  Factor
	Code    string     // of FactorApp and FactorRecovery
	Passkey PasskeyUse // of FactorPasskey
}

// proves reports whether the proof is the person's. It is used up by that.
func (t *tx) proves(a Actor, p Proof) (bool, error) {
	switch p.Factor {
	case FactorPasskey:
		return t.usePasskey(a, p.Passkey)
	case FactorApp:
		return t.useApp(a.id, p.Code)
	case FactorRecovery:
		return t.useCode(a.id, p.Code)
	}
	return false, nil
}

// enter signs in whoever's first step was right: it starts a session, or where a second step is due
// keeps a pending sign-in and returns it.
func (t *tx) enter(a Actor, token SessionToken, old *SessionToken) (due *StepDue, err error) {
	var asks bool
	if err := t.get(`SELECT `+anyFactor+` FROM users u WHERE u.id = ?`, []any{a.id}, &asks); err != nil {
		return nil, err
	}
	if !asks {
		return nil, t.startSession(token, a.id, a.address, old)
	}
	due = &StepDue{}
	rand.Read(due.Token[:])
	if err := t.exec(`DELETE FROM pending_sign_ins WHERE expires_at <= ?`, t.now); err != nil {
		return nil, fmt.Errorf("clear pending sign-ins: %w", err)
	}
	if err := t.exec(`INSERT INTO pending_sign_ins (hash, user_id, expires_at) VALUES (?, ?, ?)`,
		due.Token.hash(), a.id, t.now+PendingLife.Milliseconds()); err != nil {
		return nil, fmt.Errorf("keep pending sign-in: %w", err)
	}
	return due, nil
}

// pending finds whose second step is due.
const pendingUser = `SELECT u.id, u.email FROM pending_sign_ins p JOIN users u ON u.id = p.user_id WHERE p.hash = ? AND p.expires_at > ? AND u.disabled = 0`

// Pending returns the id of the person whose second step is due in the browser that holds the token,
// or [ErrPending].
func (s *Store) Pending(ctx context.Context, token PendingToken) (userID string, err error) {
	var email string
	err = notFound(s.read.QueryRowContext(ctx, pendingUser, token.hash(), s.now()).Scan(&userID, &email))
	if errors.Is(err, ErrNotFound) {
		return "", ErrPending
	}
	return userID, err
}

// EndPending gives up a sign-in whose second step is due.
func (s *Store) EndPending(ctx context.Context, token PendingToken) error {
	return s.update(ctx, func(t *tx) error { return t.exec(`DELETE FROM pending_sign_ins WHERE hash = ?`, token.hash()) })
}

// TakeStep finishes a sign-in with its second step and starts a new session; it ends the session old,
// if that is not nil. It returns [ErrPending], or [ErrFactor] for a proof that is not the person's,
// which is counted and audited.
func (s *Store) TakeStep(ctx context.Context, pending PendingToken, p Proof, address string, old *SessionToken) (SessionToken, error) {
	var token SessionToken
	rand.Read(token[:])
	right := false
	err := s.update(ctx, func(t *tx) (err error) {
		a := Actor{kind: "user", address: address}
		if err := t.get(pendingUser, []any{pending.hash(), t.now}, &a.id, &a.name); errors.Is(err, ErrNotFound) {
			return ErrPending
		} else if err != nil {
			return err
		}
		if right, err = t.proves(a, p); err != nil {
			return err
		}
		if !right {
			return t.wrongStep(a, pending, p.Factor)
		}
		if err := t.exec(`DELETE FROM pending_sign_ins WHERE hash = ?`, pending.hash()); err != nil {
			return fmt.Errorf("end pending sign-in: %w", err)
		}
		if err := t.startSession(token, a.id, a.address, old); err != nil {
			return err
		}
		return t.audit(a, ActionSignedIn, "", map[string]any{"factor": p.Factor})
	})
	if err == nil && !right {
		err = ErrFactor
	}
	return token, err
}

// wrongStep counts a wrong second step.
func (t *tx) wrongStep(a Actor, pending PendingToken, f Factor) error {
	if err := t.exec(`UPDATE pending_sign_ins SET tries = tries + 1 WHERE hash = ?`, pending.hash()); err != nil {
		return fmt.Errorf("count second step: %w", err)
	}
	if err := t.exec(`DELETE FROM pending_sign_ins WHERE hash = ? AND tries >= ?`, pending.hash(), PendingTries); err != nil {
		return fmt.Errorf("end pending sign-in: %w", err)
	}
	return t.audit(anonymous(a.address), ActionFactorFailed, a.id, map[string]any{"factor": f})
}

// SignInWithPasskey signs somebody in by a passkey as the only step, which the caller has verified to
// be that person's, with the person verified by it; it ends the session old, if that is not nil. It
// returns [ErrFactor] for one that is not taken and for somebody who may not sign in; that is audited.
// Whose password was ended may not: they have a one-time link to go through first.
func (s *Store) SignInWithPasskey(ctx context.Context, userID string, u PasskeyUse, address string, old *SessionToken) (SessionToken, error) {
	var token SessionToken
	rand.Read(token[:])
	right := false
	err := s.update(ctx, func(t *tx) error {
		a := Actor{kind: "user", id: userID, address: address}
		err := t.get(`SELECT email FROM users WHERE id = ? AND disabled = 0 AND password_hash <> ''`, []any{userID}, &a.name)
		if err == nil {
			right, err = t.usePasskey(a, u)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if !right {
			return t.auditSome(anonymous(address), ActionFactorFailed, userID, map[string]any{"factor": FactorAlone})
		}
		if err := t.startSession(token, userID, address, old); err != nil {
			return err
		}
		return t.audit(a, ActionSignedIn, "", map[string]any{"factor": FactorAlone})
	})
	if err == nil && !right {
		err = ErrFactor
	}
	return token, err
}

// endPending ends the sign-ins of somebody whose password no longer counts.
func (t *tx) endPending(userID string) error {
	if err := t.exec(`DELETE FROM pending_sign_ins WHERE user_id = ?`, userID); err != nil {
		return fmt.Errorf("end pending sign-ins: %w", err)
	}
	return nil
}
