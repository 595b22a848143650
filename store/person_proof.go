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
		return errors.Join(err, s.update(ctx, func(t *tx) error { return t.audit(a, ActionProofFailed, "", nil) }))
	}
	if err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error { return t.provePerson(a, session, "password") })
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
