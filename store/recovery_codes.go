package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
)

const (
	// RecoveryCodes is how many there are when they are new.
	RecoveryCodes = 10
	// FewCodes is how many are left when the person should make new ones.
	FewCodes = 3

	// A code is 16 characters of 5 random bits, in groups of 4. It is kept as a keyed fingerprint, so that
	// whoever takes the database has nothing to try codes against (NIST SP 800-63B-4, 3.1.2.2).
	codeLength = 16
	codeGroup  = 4
	// codeDigits leave out what people mistake for one another (Crockford's base 32).
	codeDigits = "0123456789abcdefghjkmnpqrstvwxyz"
)

// newCode makes a recovery code as people see it, such as 7k2m-0qrs-9vhd-4xyz.
func newCode() string {
	var raw [codeLength]byte
	rand.Read(raw[:])
	var b strings.Builder
	for i, c := range raw {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeDigits[c%32])
	}
	return b.String()
}

// bareCode is a code as it is compared: people type capitals, leave out hyphens, and take 0 for O.
func bareCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'o':
			return '0'
		case 'i', 'l':
			return '1'
		case '-', ' ', '\t', '\n', '\r', '\u00a0', '‐', '‑', '–':
			return -1
		}
		return r
	}, strings.ToLower(typed))
}

func (s *Store) codeHash(userID, typed string) []byte {
	return s.keys.Fingerprint("recovery code", []byte(userID+" "+bareCode(typed)))
}

// makeCodes replaces somebody's recovery codes and returns them; nothing can show them again.
func (t *tx) makeCodes(userID string) ([]string, error) {
	if err := t.exec(`DELETE FROM recovery_codes WHERE user_id = ?`, userID); err != nil {
		return nil, fmt.Errorf("make recovery codes: %w", err)
	}
	var codes []string
	for range RecoveryCodes {
		code := newCode()
		if err := t.exec(`INSERT INTO recovery_codes (user_id, code) VALUES (?, ?)`, userID, t.store.codeHash(userID, code)); err != nil {
			return nil, fmt.Errorf("make recovery codes: %w", err)
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// RenewCodes replaces the actor's recovery codes and returns the new ones, to be shown once. It
// returns [ErrNotFound] where the actor has no second step that they could recover.
func (s *Store) RenewCodes(ctx context.Context, a Actor) (codes []string, err error) {
	return codes, s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		none, err := t.isFirst(a.id)
		if err != nil {
			return err
		}
		if none {
			return ErrNotFound
		}
		if codes, err = t.makeCodes(a.id); err != nil {
			return err
		}
		return t.audit(a, ActionCodesRenewed, a.id, nil)
	})
}

// useCode reports whether it is one of the person's recovery codes, and uses it up.
func (t *tx) useCode(userID, typed string) (bool, error) {
	used, err := t.changed(`DELETE FROM recovery_codes WHERE user_id = ? AND code = ?`, userID, t.store.codeHash(userID, typed))
	if err != nil {
		return false, fmt.Errorf("use recovery code: %w", err)
	}
	return used, nil
}
