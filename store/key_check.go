package store

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strings"
)

// KeyCheck is what became of a key that a caller showed.
type KeyCheck struct {
	Valid    bool
	SelfTest string        // id of the self-test whose key this is; "" for Ocean's own and strangers'
	Reason   RefusalReason // why it is not valid; "" when it is
}

// maxKey bounds, in bytes, what is looked at more than once: a key with a slip in it is not longer.
const maxKey = 1 << 10

// keyMatch is a key of ours that a caller showed.
type keyMatch struct {
	id    string
	saved bool
	seen  int64 // when it was last used, or refused
}

// CheckKey says whether an inbound key is valid now, and notes its use. A key that is not is looked
// at again, for the reason that helps a person most. Keys are compared by keyed fingerprints, in
// constant time, and all of them whichever fits.
func (s *Store) CheckKey(ctx context.Context, key string) (KeyCheck, error) {
	match, err := s.liveKey(ctx, key)
	if err != nil {
		return KeyCheck{}, err
	}
	if match.id == "" {
		return s.strangeKey(ctx, key)
	}
	if s.now()-match.seen >= usedEvery.Milliseconds() {
		_ = s.noteUse(ctx, match.id) // best effort: a message must not be refused for a note that fails
	}
	if !match.saved {
		return KeyCheck{Reason: RefusedUnsaved}, nil
	}
	return KeyCheck{Valid: true}, nil
}

// liveKey finds the key among those that are not retired.
func (s *Store) liveKey(ctx context.Context, key string) (match keyMatch, err error) {
	// It takes less time than to have somebody watch whether ctx ends.
	rows, err := s.read.QueryContext(context.WithoutCancel(ctx), `SELECT id, fingerprint, saved_at IS NOT NULL, max(last_used_at, refused_at)
		FROM inbound_keys WHERE retired_at IS NULL`)
	if err != nil {
		return match, fmt.Errorf("read inbound keys: %w", asStoreError(err))
	}
	defer rows.Close()
	given := s.keyFingerprint(key)
	for rows.Next() {
		var k keyMatch
		var known []byte
		if err := rows.Scan(&k.id, &known, &k.saved, &k.seen); err != nil {
			return match, fmt.Errorf("read inbound keys: %w", err)
		}
		if subtle.ConstantTimeCompare(given, known) == 1 {
			match = k
		}
	}
	return match, asStoreError(rows.Err())
}

// strangeKey looks at a key that is none of Ocean's: a self-test's, a retired one, or a valid one
// with a slip in it.
func (s *Store) strangeKey(ctx context.Context, key string) (KeyCheck, error) {
	now := s.now()
	rows, err := s.read.QueryContext(ctx, `SELECT fingerprint, '', 0 FROM inbound_keys WHERE retired_at IS NOT NULL
		UNION ALL SELECT retired, id, 0 FROM self_tests UNION ALL SELECT key, id, 1 FROM self_tests WHERE at > ? AND at < ?`,
		now-selfTestFor.Milliseconds(), now+selfTestFor.Milliseconds())
	if err != nil {
		return KeyCheck{}, fmt.Errorf("read inbound keys: %w", asStoreError(err))
	}
	defer rows.Close()
	given, found := s.keyFingerprint(key), KeyCheck{Reason: RefusedWrongKey}
	for rows.Next() {
		var known []byte
		c := KeyCheck{Reason: RefusedRetired}
		if err := rows.Scan(&known, &c.SelfTest, &c.Valid); err != nil {
			return KeyCheck{}, fmt.Errorf("read inbound keys: %w", err)
		}
		if subtle.ConstantTimeCompare(given, known) == 1 {
			found = c
		}
	}
	if err := rows.Err(); err != nil {
		return KeyCheck{}, asStoreError(err)
	}
	if found.Valid {
		found.Reason = ""
	}
	if found.Reason != RefusedWrongKey {
		return found, nil
	}
	return s.slippedKey(ctx, key, found)
}

// slippedKey recognizes a valid key that was pasted with a space, a quote or the like, or in
// capitals.
func (s *Store) slippedKey(ctx context.Context, key string, otherwise KeyCheck) (KeyCheck, error) {
	if len(key) > maxKey {
		return otherwise, nil
	}
	plain := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' && r < 'a' || r > 'f' {
			return -1
		}
		return r
	}, strings.ToLower(key))
	if plain == key || len(plain) != keyDigits {
		return otherwise, nil
	}
	match, err := s.liveKey(ctx, plain)
	if err != nil || !match.saved {
		return otherwise, err
	}
	return KeyCheck{Reason: RefusedSpaced}, nil
}

func (s *Store) noteUse(ctx context.Context, id string) error {
	return s.update(ctx, func(t *tx) error {
		return t.exec(`UPDATE inbound_keys SET last_used_at = iif(saved_at IS NULL, last_used_at, ?1),
			refused_at = iif(saved_at IS NULL, ?1, refused_at) WHERE id = ?2`, t.now, id)
	})
}
