package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"breakwater/store/seal"
)

// Why a key cannot be made or retired.
var (
	ErrTwoKeys = errors.New("two inbound keys are valid already: retire the older one first")
	ErrOneKey  = errors.New("there is no older inbound key to retire: generate a new one first, so that Ocean is not locked out")
)

// InboundKey is a key with which Ocean calls, without its value.
type InboundKey struct {
	ID         string
	CreatedAt  time.Time
	CreatedBy  string    // e-mail address, or "cli:<os user>"
	SavedAt    time.Time // zero: it does not count yet
	LastUsedAt time.Time // zero: never; exact to a minute
	RefusedAt  time.Time // when it was last used before it was saved; zero: never
}

// Saved reports whether the key counts.
func (k InboundKey) Saved() bool { return !k.SavedAt.IsZero() }

// keyDigits is how long a key is, in hexadecimal digits.
const keyDigits = 64

// usedEvery is how exactly the last use of a key is kept: finer would write at every message.
const usedEvery = time.Minute

// GenerateKey makes a new inbound key of 256 bits, 64 hexadecimal digits, valid at once. The one
// before stays valid until [Store.RetireKey]; with two valid it returns [ErrTwoKeys].
func (s *Store) GenerateKey(ctx context.Context, a Actor) (string, error) {
	return s.newKey(ctx, a, func(t *tx, id string) error { return t.saveKey(a, id) })
}

// DraftKey makes a new inbound key that counts only once it is saved (see [OceanChange.Draft]). It
// takes the place of an earlier one that was never saved. With two valid keys it returns
// [ErrTwoKeys].
func (s *Store) DraftKey(ctx context.Context, a Actor) error {
	_, err := s.newKey(ctx, a, func(*tx, string) error { return nil })
	return err
}

func (s *Store) newKey(ctx context.Context, a Actor, then func(*tx, string) error) (string, error) {
	key, id := randomKey(), newID()
	return key, s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		var valid int
		if err := t.get(`SELECT count(*) FROM inbound_keys WHERE saved_at IS NOT NULL AND retired_at IS NULL`, nil, &valid); err != nil {
			return fmt.Errorf("count inbound keys: %w", err)
		}
		if valid >= 2 {
			return ErrTwoKeys
		}
		if err := t.exec(`DELETE FROM inbound_keys WHERE saved_at IS NULL`); err != nil {
			return fmt.Errorf("drop the key that was never saved: %w", err)
		}
		if err := t.exec(`INSERT INTO inbound_keys (id, fingerprint, value, created_at, created_by) VALUES (?, ?, ?, ?, ?)`,
			id, s.keyFingerprint(key), s.keys.Seal(keyPlace(id), []byte(key)), t.now, a.label()); err != nil {
			return fmt.Errorf("keep inbound key: %w", err)
		}
		if err := t.audit(a, ActionKeyGenerated, id, nil); err != nil {
			return err
		}
		return then(t, id)
	})
}

// randomKey makes a key of 256 bits, as 64 hexadecimal digits.
func randomKey() string {
	raw := make([]byte, keyDigits/2)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}

// saveKey makes a generated key count. One that is gone or saved already is no error.
func (t *tx) saveKey(a Actor, id string) error {
	saved, err := t.changed(`UPDATE inbound_keys SET saved_at = ? WHERE id = ? AND saved_at IS NULL`, t.now, id)
	if err != nil || !saved {
		return err
	}
	return t.audit(a, ActionKeySaved, id, nil)
}

// RetireKey ends the older of two inbound keys at once. It returns [ErrOneKey] where there are
// not two.
func (s *Store) RetireKey(ctx context.Context, a Actor) error { return s.RetireOlderKey(ctx, a, "") }

// RetireOlderKey is [Store.RetireKey] for a key that somebody saw: where the older one of two is
// not the one with that id, it returns [ErrOneKey].
func (s *Store) RetireOlderKey(ctx context.Context, a Actor, id string) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		var older string
		err := t.get(`SELECT id FROM inbound_keys WHERE saved_at IS NOT NULL AND retired_at IS NULL AND seq <
			(SELECT max(seq) FROM inbound_keys WHERE saved_at IS NOT NULL AND retired_at IS NULL) ORDER BY seq LIMIT 1`, nil, &older)
		if errors.Is(err, ErrNotFound) || err == nil && id != "" && id != older {
			return ErrOneKey
		}
		if err != nil {
			return err
		}
		// The value goes: a retired key is of no use to anybody but a thief.
		if err := t.exec(`UPDATE inbound_keys SET retired_at = ?, value = x'' WHERE id = ?`, t.now, older); err != nil {
			return fmt.Errorf("retire inbound key: %w", err)
		}
		return t.audit(a, ActionKeyRetired, older, nil)
	})
}

// KeyActive reports whether any inbound key is valid.
func (s *Store) KeyActive(ctx context.Context) (active bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM inbound_keys WHERE saved_at IS NOT NULL AND retired_at IS NULL)`).Scan(&active)
	return active, err
}

// InboundKeys lists the keys that count and one that was generated but not saved, newest first.
func (s *Store) InboundKeys(ctx context.Context) ([]InboundKey, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, created_at, created_by, coalesce(saved_at, 0), last_used_at, refused_at
		FROM inbound_keys WHERE retired_at IS NULL ORDER BY seq DESC`)
	if err != nil {
		return nil, fmt.Errorf("list inbound keys: %w", err)
	}
	defer rows.Close()
	var list []InboundKey
	for rows.Next() {
		var k InboundKey
		var created, saved, used, refused int64
		if err := rows.Scan(&k.ID, &created, &k.CreatedBy, &saved, &used, &refused); err != nil {
			return nil, fmt.Errorf("list inbound keys: %w", err)
		}
		k.CreatedAt, k.SavedAt, k.LastUsedAt, k.RefusedAt = fromMillis(created), fromMillis(saved), fromMillis(used), fromMillis(refused)
		list = append(list, k)
	}
	return list, rows.Err()
}

func keyPlace(id string) seal.Place {
	return seal.Place{Table: "inbound_keys", Column: "value", Row: id}
}

func (s *Store) keyFingerprint(key string) []byte {
	return s.keys.Fingerprint("inbound key", []byte(key))
}
