package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
)

const (
	// MaxPasskeyName bounds what somebody calls a passkey, in characters.
	MaxPasskeyName = 60
	// MaxPasskeys bounds how many somebody may have.
	MaxPasskeys = 20
	// handleSize is WebAuthn's longest user handle, in bytes, all of them random (5.4.3).
	handleSize = 64
)

// PasskeyHandle returns what passkeys call the actor. It is random, made when it is first needed, and
// never changes.
func (s *Store) PasskeyHandle(ctx context.Context, a Actor) (handle []byte, err error) {
	fresh := make([]byte, handleSize)
	rand.Read(fresh)
	return handle, s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		if err := t.exec(`UPDATE users SET handle = ? WHERE id = ? AND handle IS NULL`, fresh, a.id); err != nil {
			return fmt.Errorf("name somebody to passkeys: %w", err)
		}
		return t.get(`SELECT handle FROM users WHERE id = ?`, []any{a.id}, &handle)
	})
}

// PasskeyOwner returns the id of the person that a passkey names, and that person's passkeys. It
// returns [ErrNotFound] for nobody's handle.
func (s *Store) PasskeyOwner(ctx context.Context, handle []byte) (userID string, list []Passkey, err error) {
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT id FROM users WHERE handle = ?`, handle).Scan(&userID)); err != nil {
		return "", nil, err
	}
	list, err = s.passkeys(ctx, userID)
	return userID, list, err
}

// AddPasskey adds a passkey of the actor's own, which the caller has verified, and ends their other
// sessions if it is their first second step; then it returns recovery codes, to be shown once. It
// returns [ErrPasskeyName], [ErrPasskeyKnown] or [ErrPasskeyMany].
func (s *Store) AddPasskey(ctx context.Context, a Actor, c Credential, name string, keep SessionToken) (codes []string, err error) {
	if name, err = cleanPasskeyName(name); err != nil {
		return nil, err
	}
	id := newID()
	return codes, s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		first, err := t.isFirst(a.id)
		if err != nil {
			return err
		}
		if err := t.insertPasskey(id, a.id, name, c); err != nil {
			return err
		}
		if codes, err = t.afterFactor(a.id, first, keep); err != nil {
			return err
		}
		return t.audit(a, ActionPasskeyAdded, a.id, map[string]any{"passkey": id, "name": name})
	})
}

func (t *tx) insertPasskey(id, userID, name string, c Credential) error {
	var many bool
	if err := t.get(`SELECT count(*) >= ? FROM passkeys WHERE user_id = ?`, []any{MaxPasskeys, userID}, &many); err != nil {
		return err
	}
	if many {
		return ErrPasskeyMany
	}
	added, err := t.changed(`INSERT INTO passkeys (id, user_id, name, credential, public_key, transports, backup_eligible, sign_count, added_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (credential) DO NOTHING`,
		id, userID, name, c.CredentialID, c.PublicKey, strings.Join(c.Transports, ","), c.BackupEligible, c.SignCount, t.now)
	if err != nil {
		return fmt.Errorf("add passkey: %w", err)
	}
	if !added {
		return ErrPasskeyKnown
	}
	return nil
}

// RenamePasskey changes what the actor calls a passkey of theirs. It returns [ErrPasskeyName], and
// [ErrNotFound] for somebody else's.
func (s *Store) RenamePasskey(ctx context.Context, a Actor, id, name string) (err error) {
	if name, err = cleanPasskeyName(name); err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		was, err := t.ownPasskey(a, id)
		if err != nil || was == name {
			return err
		}
		if err := t.exec(`UPDATE passkeys SET name = ? WHERE id = ?`, name, id); err != nil {
			return fmt.Errorf("rename passkey: %w", err)
		}
		return t.audit(a, ActionPasskeyRenamed, a.id, map[string]any{"passkey": id, "name": change{was, name}})
	})
}

// RemovePasskey removes a passkey of the actor's own. It returns [ErrFactorRequired] or
// [ErrPasswordAlone] where it is the last second step and must stay, and [ErrNotFound] for somebody
// else's.
func (s *Store) RemovePasskey(ctx context.Context, a Actor, id string) error {
	return s.update(ctx, func(t *tx) error {
		name, err := t.ownPasskey(a, id)
		if err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM passkeys WHERE id = ?`, id); err != nil {
			return fmt.Errorf("remove passkey: %w", err)
		}
		if err := t.keepEnough(a.id); err != nil {
			return err
		}
		return t.audit(a, ActionPasskeyRemoved, a.id, map[string]any{"passkey": id, "name": name})
	})
}

// ownPasskey returns the name of a passkey of the actor's own.
func (t *tx) ownPasskey(a Actor, id string) (name string, err error) {
	if err := t.requireSelf(a, a.id); err != nil {
		return "", err
	}
	err = t.get(`SELECT name FROM passkeys WHERE id = ? AND user_id = ?`, []any{id, a.id}, &name)
	return name, err
}

// PasskeyUse is that a passkey signed a challenge of ours, which the caller has verified. The zero
// value is one that did not.
type PasskeyUse struct {
	ID        string // of the passkey
	SignCount uint32 // 0 where its authenticator does not count
}

// usePasskey notes the use. It reports false, and takes the passkey out of use, where its counter is
// not beyond the last one: a copy of the key may have been used in between (WebAuthn, 6.1.1).
func (t *tx) usePasskey(a Actor, u PasskeyUse) (bool, error) {
	used, err := t.changed(`UPDATE passkeys SET sign_count = ?1, used_at = ?2 WHERE id = ?3 AND user_id = ?4 AND suspected_at = 0
		AND (sign_count < ?1 OR sign_count = 0 AND ?1 = 0)`, u.SignCount, t.now, u.ID, a.id)
	if err != nil {
		return false, fmt.Errorf("use passkey: %w", err)
	}
	if used {
		return true, nil
	}
	copied, err := t.changed(`UPDATE passkeys SET suspected_at = ? WHERE id = ? AND user_id = ? AND suspected_at = 0`, t.now, u.ID, a.id)
	if err != nil {
		return false, fmt.Errorf("use passkey: %w", err)
	}
	if copied {
		return false, t.audit(anonymous(a.address), ActionPasskeySuspected, a.id, map[string]any{"passkey": u.ID})
	}
	return false, nil
}
