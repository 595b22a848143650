package store

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"breakwater/store/seal"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

const (
	// AppLife is how long a secret that was shown waits for its first code.
	AppLife = 10 * time.Minute

	// Six digits by HMAC-SHA1 every 30 seconds: the only ones that every app knows (RFC 6238; NIST
	// SP 800-63B-4, 3.1.4, still allows SHA-1 here). A code counts a step early and a step late.
	codePeriod = 30
	codeSlack  = 1
	secretSize = 20 // bytes: RFC 4226, R6
)

var codeKind = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

func appPlace(id string) seal.Place {
	return seal.Place{Table: "authenticators", Column: "secret", Row: id}
}

// BeginApp makes a new secret for an authenticator app of the actor's own. Until [Store.ConfirmApp]
// it counts for nothing; one that waited before is forgotten.
func (s *Store) BeginApp(ctx context.Context, a Actor) error {
	id := newID()
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "x", AccountName: "x", SecretSize: secretSize})
	if err != nil {
		return fmt.Errorf("make secret: %w", err)
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM authenticators WHERE added_at = 0 AND (user_id = ? OR shown_at <= ?)`, a.id, t.now-AppLife.Milliseconds()); err != nil {
			return fmt.Errorf("forget secrets: %w", err)
		}
		if err := t.exec(`INSERT INTO authenticators (id, user_id, secret, shown_at) VALUES (?, ?, ?, ?)`,
			id, a.id, s.keys.Seal(appPlace(id), []byte(key.Secret())), t.now); err != nil {
			return fmt.Errorf("keep secret: %w", err)
		}
		return nil
	})
}

// WaitingApp returns the secret, in base 32, of the app that the actor is adding. It returns
// [ErrNotFound] where there is none, or no longer.
func (s *Store) WaitingApp(ctx context.Context, a Actor) (string, error) {
	var id string
	var sealed []byte
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT id, secret FROM authenticators WHERE user_id = ? AND added_at = 0 AND shown_at > ?`,
		a.id, s.now()-AppLife.Milliseconds()).Scan(&id, &sealed)); err != nil {
		return "", err
	}
	secret, err := s.keys.Open(appPlace(id), sealed)
	if err != nil {
		return "", fmt.Errorf("the secret of an authenticator app: %w", err)
	}
	return string(secret), nil
}

// ConfirmApp makes the app count that the actor is adding, in place of an earlier one, if this is a
// code of its secret. It returns recovery codes as [Store.AddPasskey] does, [ErrFactor] for a wrong
// code, and [ErrNotFound] where no app is being added.
func (s *Store) ConfirmApp(ctx context.Context, a Actor, code string, keep SessionToken) (codes []string, err error) {
	return codes, s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		var id string
		if err := t.get(`SELECT id FROM authenticators WHERE user_id = ? AND added_at = 0 AND shown_at > ?`, []any{a.id, t.now - AppLife.Milliseconds()}, &id); err != nil {
			return err
		}
		first, err := t.isFirst(a.id)
		if err != nil {
			return err
		}
		right, err := t.useAppCode(id, code)
		if err != nil {
			return err
		}
		if !right {
			return ErrFactor
		}
		if err := t.exec(`DELETE FROM authenticators WHERE user_id = ? AND id <> ?`, a.id, id); err != nil {
			return fmt.Errorf("replace authenticator app: %w", err)
		}
		if err := t.exec(`UPDATE authenticators SET added_at = ?, used_at = 0 WHERE id = ?`, t.now, id); err != nil {
			return fmt.Errorf("add authenticator app: %w", err)
		}
		if codes, err = t.afterFactor(a.id, first, keep); err != nil {
			return err
		}
		return t.audit(a, ActionAppAdded, a.id, nil)
	})
}

// RemoveApp removes the actor's authenticator app. It returns what [Store.RemovePasskey] does.
func (s *Store) RemoveApp(ctx context.Context, a Actor) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		removed, err := t.changed(`DELETE FROM authenticators WHERE user_id = ? AND added_at > 0`, a.id)
		if err != nil {
			return fmt.Errorf("remove authenticator app: %w", err)
		}
		if !removed {
			return ErrNotFound
		}
		if err := t.keepEnough(a.id); err != nil {
			return err
		}
		return t.audit(a, ActionAppRemoved, a.id, nil)
	})
}

// useApp reports whether it is a code of the person's app, and uses it up.
func (t *tx) useApp(userID, code string) (bool, error) {
	var id string
	err := t.get(`SELECT id FROM authenticators WHERE user_id = ? AND added_at > 0`, []any{userID}, &id)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return t.useAppCode(id, code)
}

// useAppCode compares a code with those of now and of the steps beside it. Neither one that was
// accepted nor any before it is accepted again (RFC 6238, 5.2).
func (t *tx) useAppCode(id, code string) (bool, error) {
	var sealed []byte
	var last int64
	if err := t.get(`SELECT secret, last_step FROM authenticators WHERE id = ?`, []any{id}, &sealed, &last); err != nil {
		return false, err
	}
	secret, err := t.store.keys.Open(appPlace(id), sealed)
	if err != nil {
		return false, fmt.Errorf("the secret of an authenticator app: %w", err)
	}
	step, err := stepOf(string(secret), code, t.now, last)
	if err != nil || step == 0 {
		return false, err
	}
	if err := t.exec(`UPDATE authenticators SET last_step = ?, used_at = ? WHERE id = ?`, step, t.now, id); err != nil {
		return false, fmt.Errorf("use authenticator app: %w", err)
	}
	return true, nil
}

// stepOf returns the step near now, in milliseconds, and after last to which the code belongs; 0 for
// none.
func stepOf(secret, code string, now, last int64) (step int64, err error) {
	code = strings.Join(strings.Fields(code), "")
	present := now / 1000 / codePeriod
	for s := present - codeSlack; s <= present+codeSlack; s++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(s), codeKind)
		if err != nil {
			return 0, fmt.Errorf("compute code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > last {
			step = s
		}
	}
	return step, nil
}
