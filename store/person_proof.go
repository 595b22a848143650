package store

import (
	"context"
	"errors"
	"fmt"
)

// ProvePerson takes the actor's password as proof that it is them at this session, for [ProvenFor]. It
// returns [ErrCredentials] for a wrong one, which is audited, and [ErrNotFound] for a session that
// is over.
func (s *Store) ProvePerson(ctx context.Context, a Actor, session SessionToken, password string) error {
	err := s.VerifyPassword(ctx, a, password)
	if errors.Is(err, ErrCredentials) && password != "" { // nobody guesses with nothing
		return errors.Join(err, s.update(ctx, func(t *tx) error {
			if err := t.requireSelf(a, a.id); err != nil {
				return err
			}
			return t.audit(a, ActionProofFailed, "", nil)
		}))
	}
	if err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error { return t.provePerson(a, session, "password") })
}

// ProveByFactor takes a second step of the actor's as [Store.ProvePerson] takes the password: who signs
// in by a passkey alone may not remember one. Recovery codes are for other days. It returns [ErrFactor]
// for a wrong one, which is audited.
func (s *Store) ProveByFactor(ctx context.Context, a Actor, session SessionToken, p Proof) error {
	right := false
	err := s.update(ctx, func(t *tx) (err error) {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		if p.Factor == FactorPasskey || p.Factor == FactorApp {
			if right, err = t.proves(a, p); err != nil {
				return err
			}
		}
		if !right {
			return t.audit(a, ActionProofFailed, "", map[string]any{"factor": p.Factor})
		}
		return t.provePerson(a, session, string(p.Factor))
	})
	if err == nil && !right {
		err = ErrFactor
	}
	return err
}

// provePerson notes that the actor proved who they are at that session, and by what: whatever else than a
// password may come to count does so through here. The session gets another token.
func (t *tx) provePerson(a Actor, session SessionToken, by string) error {
	if err := t.requireSelf(a, a.id); err != nil {
		return err
	}
	proven, err := t.changed(`UPDATE sessions SET proven_at = ?, renew = 1 WHERE hash = ? AND user_id = ? AND ended_at = 0`, t.now, session.hash(), a.id)
	if err != nil {
		return fmt.Errorf("note a proof: %w", err)
	}
	if !proven {
		return ErrNotFound
	}
	return t.audit(a, ActionProven, "", map[string]any{"by": by})
}
