package store

import (
	"context"
	"fmt"
	"time"
)

// KeysShown is how long a session is shown the values of the inbound keys: long enough to paste
// them into Ocean's portal.
const KeysShown = 10 * time.Minute

// ShowKeys lets the actor's session see the values of all inbound keys for [KeysShown]. The caller
// has asked for the password. It is audited.
func (s *Store) ShowKeys(ctx context.Context, a Actor, session SessionToken) error {
	return s.update(ctx, func(t *tx) error { return t.showKeys(a, session, everyKey) })
}

// everyKey stands for the ids of all keys.
const everyKey = "*"

// showKeys shows a session the key with that id, or [everyKey].
func (t *tx) showKeys(a Actor, session SessionToken, id string) error {
	if err := t.require(a, ReferralSettings); err != nil {
		return err
	}
	shown, err := t.changed(`UPDATE sessions SET keys_shown = ?, keys_until = ? WHERE hash = ? AND user_id = ?`,
		id, t.now+KeysShown.Milliseconds(), session.hash(), a.id)
	if err != nil {
		return fmt.Errorf("show keys: %w", err)
	}
	if !shown {
		return ErrNotFound
	}
	if id != everyKey {
		return nil // who saved it saw it before; that it was saved is in the log
	}
	return t.audit(a, ActionKeysShown, "", nil)
}

// KeyValues returns the values of the inbound keys that a session may see now, by id: all of them
// for [KeysShown] after [Store.ShowKeys], the one that it saved for as long after that, and always
// the one that is not saved yet, which opens nothing. The caller has checked Referral Settings.
func (s *Store) KeyValues(ctx context.Context, session SessionToken) (map[string]string, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, value FROM inbound_keys k WHERE retired_at IS NULL AND
		(saved_at IS NULL OR EXISTS (SELECT 1 FROM sessions WHERE hash = ? AND keys_until > ? AND keys_shown IN (?, k.id)))`,
		session.hash(), s.now(), everyKey)
	if err != nil {
		return nil, fmt.Errorf("read inbound keys: %w", err)
	}
	defer rows.Close()
	values := map[string]string{}
	for rows.Next() {
		var id string
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return nil, fmt.Errorf("read inbound keys: %w", err)
		}
		value, err := s.keys.Open(keyPlace(id), sealed)
		if err != nil {
			return nil, fmt.Errorf("inbound key %s: %w", id, err)
		}
		values[id] = string(value)
	}
	return values, rows.Err()
}
