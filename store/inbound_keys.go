package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"

	"breakwater/store/seal"
)

// Why a key cannot be made or retired.
var (
	ErrTwoKeys = errors.New("two inbound keys are valid already: retire the older one first")
	ErrOneKey  = errors.New("there is no older inbound key to retire: generate a new one first, so that Ocean is not locked out")
)

// GenerateKey makes a new inbound key of 256 bits, 64 hexadecimal digits, valid at once. The one
// before stays valid until [Store.RetireKey]; with two valid it returns [ErrTwoKeys].
func (s *Store) GenerateKey(ctx context.Context, a Actor) (string, error) {
	raw := make([]byte, 32)
	rand.Read(raw)
	key := hex.EncodeToString(raw)
	id := newID()
	return key, s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		var valid int
		if err := t.get(`SELECT count(*) FROM inbound_keys WHERE retired_at IS NULL`, nil, &valid); err != nil {
			return fmt.Errorf("count inbound keys: %w", err)
		}
		if valid >= 2 {
			return ErrTwoKeys
		}
		if err := t.exec(`INSERT INTO inbound_keys (id, fingerprint, value, created_at, created_by) VALUES (?, ?, ?, ?, ?)`,
			id, s.keyFingerprint(key), s.keys.Seal(seal.Place{Table: "inbound_keys", Column: "value", Row: id}, []byte(key)),
			t.now, a.String()); err != nil {
			return fmt.Errorf("keep inbound key: %w", err)
		}
		return t.audit(a, ActionKeyGenerated, id, nil)
	})
}

// RetireKey ends the older of two inbound keys at once. It returns [ErrOneKey] where there are
// not two.
func (s *Store) RetireKey(ctx context.Context, a Actor) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		var older string
		err := t.get(`SELECT id FROM inbound_keys WHERE retired_at IS NULL AND seq <
			(SELECT max(seq) FROM inbound_keys WHERE retired_at IS NULL) ORDER BY seq LIMIT 1`, nil, &older)
		if errors.Is(err, ErrNotFound) {
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

// CheckKey reports whether an inbound key is valid now. Keys are compared by keyed fingerprints,
// in constant time, and all of them whichever fits.
func (s *Store) CheckKey(ctx context.Context, key string) (bool, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT fingerprint FROM inbound_keys WHERE retired_at IS NULL`)
	if err != nil {
		return false, fmt.Errorf("read inbound keys: %w", err)
	}
	defer rows.Close()
	given := s.keyFingerprint(key)
	valid := 0
	for rows.Next() {
		var known []byte
		if err := rows.Scan(&known); err != nil {
			return false, fmt.Errorf("read inbound keys: %w", err)
		}
		valid |= subtle.ConstantTimeCompare(given, known)
	}
	return valid == 1, rows.Err()
}

// KeyActive reports whether any inbound key is valid.
func (s *Store) KeyActive(ctx context.Context) (active bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM inbound_keys WHERE retired_at IS NULL)`).Scan(&active)
	return active, err
}

func (s *Store) keyFingerprint(key string) []byte {
	return s.keys.Fingerprint("inbound key", []byte(key))
}
