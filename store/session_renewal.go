package store

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// A session's token is another one after every change of what its person may do, or has proved (OWASP
// ASVS 5.0, 7.2.4). Which sessions that concerns is marked in the transaction of the change; the
// token itself changes at the next request, since only a browser's answer can carry a new one.
//
// Browsers send several requests at once. Those that still carry the token before are let in for
// renewGrace, and get the same new one: it is made of the old token, a random salt and a key that
// is not in the database, so that nothing need be kept that lets anybody in.
const renewGrace = 10 * time.Second

// renewSessions marks a person's sessions for a new token.
func (t *tx) renewSessions(userID string) error {
	if err := t.exec(`UPDATE sessions SET renew = 1 WHERE user_id = ? AND ended_at = 0`, userID); err != nil {
		return fmt.Errorf("renew sessions: %w", err)
	}
	return nil
}

// renewSessionsOfRole marks the sessions of everybody who has the role.
func (t *tx) renewSessionsOfRole(role string) error {
	if err := t.exec(`UPDATE sessions SET renew = 1 WHERE ended_at = 0 AND user_id IN (SELECT user_id FROM user_roles WHERE role = ?)`, role); err != nil {
		return fmt.Errorf("renew sessions: %w", err)
	}
	return nil
}

// renewToken gives a marked session another token, and r the one that its browser is to hold. It
// returns [ErrNotFound] for a session that was ended. While a request may be under way with the
// token before, the next renewal waits: two tokens ago nobody would be known.
func (t *tx) renewToken(r *sessionRow) error {
	var hash, salt []byte
	var renew bool
	var renewed int64
	if err := t.get(`SELECT hash, salt, renew, renewed_at FROM sessions WHERE id = ? AND ended_at = 0`, []any{r.id}, &hash, &salt, &renew, &renewed); err != nil {
		return err
	}
	if !bytes.Equal(hash, r.token.hash()) { // renewed since it was read
		if r.token = t.store.renewedToken(r.token, salt); !bytes.Equal(hash, r.token.hash()) {
			return ErrNotFound
		}
	}
	if since := t.now - renewed; !renew || since >= 0 && since < renewGrace.Milliseconds() {
		return nil
	}
	salt = make([]byte, 32)
	rand.Read(salt)
	next := t.store.renewedToken(r.token, salt)
	if err := t.exec(`UPDATE sessions SET hash = ?, before = ?, salt = ?, renewed_at = ?, renew = 0 WHERE id = ?`,
		next.hash(), r.token.hash(), salt, t.now, r.id); err != nil {
		return fmt.Errorf("renew a session: %w", err)
	}
	r.token = next
	return nil
}

// renewedToken is the token that comes after one, for a given salt.
func (s *Store) renewedToken(old SessionToken, salt []byte) SessionToken {
	keyed := s.keys.Fingerprint("session", slices.Concat(old[:], salt))
	return sha256.Sum256(slices.Concat(keyed, old[:], salt))
}
