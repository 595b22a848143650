package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Somebody who has signed in in a browser before is known there, and has tries of their own: others
// who guess at the account, from wherever, keep nobody out who sits at a known device (OWASP, "Slow
// Down Online Guessing Attacks with Device Cookies"). One browser may be known for several people.

const (
	// DeviceLife is how long a device is known after the last sign-in.
	DeviceLife = 365 * 24 * time.Hour
	// maxDevices bounds the devices at which one person is known; the one not used for longest goes.
	maxDevices = 20
	// deviceSeen is how exactly the last use is kept.
	deviceSeen = 24 * time.Hour
)

// DeviceToken is what a device's cookie holds. The database keeps only its hash.
type DeviceToken [32]byte

func (d DeviceToken) hash() []byte { h := sha256.Sum256(d[:]); return h[:] }

// SignInTries are the counts for a try to sign in: at a device that knows the person its own alone,
// elsewhere the account's and the address's. A nil device is none.
func (s *Store) SignInTries(ctx context.Context, email, address string, device *DeviceToken) ([]Try, error) {
	if device != nil {
		var id string
		err := notFound(s.read.QueryRowContext(ctx, `SELECT u.id FROM devices d JOIN users u ON u.id = d.user_id
			WHERE d.hash = ? AND u.email_key = ? AND u.disabled = 0 AND d.seen_at > ?`,
			device.hash(), emailKey(email), s.now()-DeviceLife.Milliseconds()).Scan(&id))
		if err == nil {
			return []Try{TryBy(TryDevice, hex.EncodeToString(device.hash())+" "+id)}, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("look a device up: %w", asStoreError(err))
		}
	}
	return []Try{TryBy(TryAccount, emailKey(email)), TryBy(TryAddress, address)}, nil
}

// KnowDevice makes a device known for a person who has just signed in there, and returns the token
// for its cookie. Where it was known already that is the one given, and rarely anything is written;
// else it is a new one, so that nobody can plant a cookie that they know themselves. Whom the old one
// was known for, the new one is.
func (s *Store) KnowDevice(ctx context.Context, userID string, device *DeviceToken) (DeviceToken, error) {
	if device != nil {
		var seen int64
		err := notFound(s.read.QueryRowContext(ctx, `SELECT seen_at FROM devices WHERE hash = ? AND user_id = ?`, device.hash(), userID).Scan(&seen))
		if err == nil && s.now()-seen < deviceSeen.Milliseconds() {
			return *device, nil
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return DeviceToken{}, fmt.Errorf("look a device up: %w", asStoreError(err))
		}
	}
	var fresh DeviceToken
	rand.Read(fresh[:])
	return fresh, s.update(ctx, func(t *tx) error {
		if device != nil {
			if err := t.exec(`UPDATE devices SET hash = ? WHERE hash = ?`, fresh.hash(), device.hash()); err != nil {
				return fmt.Errorf("know a device: %w", err)
			}
		}
		if err := t.exec(`INSERT INTO devices (hash, user_id, seen_at) SELECT ?, id, ?3 FROM users WHERE id = ?2 AND disabled = 0
			ON CONFLICT (hash, user_id) DO UPDATE SET seen_at = excluded.seen_at`, fresh.hash(), userID, t.now); err != nil {
			return fmt.Errorf("know a device: %w", err)
		}
		return t.clearDevices(userID)
	})
}

// clearDevices forgets devices that were not used for long, and a person's oldest where they have
// too many.
func (t *tx) clearDevices(userID string) error {
	if err := t.exec(`DELETE FROM devices WHERE user_id = ?1 AND (seen_at <= ?2 OR hash NOT IN
		(SELECT hash FROM devices WHERE user_id = ?1 ORDER BY seen_at DESC LIMIT ?3))`,
		userID, t.now-DeviceLife.Milliseconds(), maxDevices); err != nil {
		return fmt.Errorf("clear devices: %w", err)
	}
	return nil
}

// forgetDevices makes a person a stranger at every device.
func (t *tx) forgetDevices(userID string) error {
	if err := t.exec(`DELETE FROM devices WHERE user_id = ?`, userID); err != nil {
		return fmt.Errorf("forget devices: %w", err)
	}
	return nil
}
