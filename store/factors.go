package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Factor is a way in beside the password, or in its place.
type Factor string

// The ways there are. In an audit entry FactorAlone is a passkey as the only step.
const (
	FactorPasskey  Factor = "passkey"
	FactorApp      Factor = "app" // a code of an authenticator app
	FactorRecovery Factor = "recovery"
	FactorAlone    Factor = "passkey_alone"
)

// Factors are one person's second steps.
type Factors struct {
	Passkeys []Passkey // the oldest first
	App      *App      // nil for none
	Codes    int       // recovery codes that are left
	Required bool      // by one of the person's roles
	Short    bool      // the password is too short to stand alone
	Handle   []byte    // what passkeys call the person; nil before the first
}

// Any reports whether signing in asks for a second step. A passkey that may have been copied asks for
// one too: else copying it would take the step away.
func (f Factors) Any() bool { return len(f.Passkeys) > 0 || f.App != nil }

// Passkey is a key pair of which the person's device keeps the secret half (WebAuthn).
type Passkey struct {
	ID, Name string
	Credential
	AddedAt, UsedAt time.Time // UsedAt is zero until it was used
	Suspect         bool      // its counter went back, so that somebody may have copied it; it is no longer taken
}

// Credential is what an authenticator said of a passkey when it was made.
type Credential struct {
	CredentialID   []byte
	PublicKey      []byte // COSE
	Transports     []string
	BackupEligible bool // it may be kept on several devices; never changes
	SignCount      uint32
}

// App is an authenticator app that counts.
type App struct{ AddedAt, UsedAt time.Time }

// Why a second step cannot be added, removed or taken. Texts are for people.
var (
	ErrFactor         = errors.New("the second step did not work")
	ErrFactorRequired = errors.New("a role requires a second step: add another one before you remove the last")
	ErrPasswordAlone  = errors.New("the password is too short to stand alone: choose a longer one before you remove the last second step")
	ErrPasskeyName    = errors.New("a passkey needs a name of at most 60 characters")
	ErrPasskeyKnown   = errors.New("this passkey is here already")
	ErrPasskeyMany    = errors.New("there are too many passkeys: remove one first")
)

// In SQL, of a person u. A passkey that may have been copied asks for a second step, and is none.
const (
	hasApp      = `EXISTS (SELECT 1 FROM authenticators p WHERE p.user_id = u.id AND p.added_at > 0)`
	anyFactor   = `(EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id) OR ` + hasApp + `)`
	soundFactor = `(EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = u.id AND k.suspected_at = 0) OR ` + hasApp + `)`
	roleFactor  = `EXISTS (SELECT 1 FROM user_roles r JOIN roles o ON o.code = r.role WHERE r.user_id = u.id AND o.requires_factor = 1)`
	// factorDue: the person may do nothing but add a second step, or choose a password that needs none.
	factorDue = `((u.password_short = 1 OR ` + roleFactor + `) AND NOT ` + soundFactor + `)`
)

// Factors lists somebody's second steps.
func (s *Store) Factors(ctx context.Context, userID string) (f Factors, err error) {
	var app, added, used int64
	err = notFound(s.read.QueryRowContext(ctx, `SELECT `+roleFactor+`, u.password_short, (SELECT count(*) FROM recovery_codes WHERE user_id = u.id),
		p.id IS NOT NULL, coalesce(p.added_at, 0), coalesce(p.used_at, 0), u.handle
		FROM users u LEFT JOIN authenticators p ON p.user_id = u.id AND p.added_at > 0 WHERE u.id = ?`, userID).
		Scan(&f.Required, &f.Short, &f.Codes, &app, &added, &used, &f.Handle))
	if err != nil {
		return f, err
	}
	if app != 0 {
		f.App = &App{AddedAt: fromMillis(added), UsedAt: fromMillis(used)}
	}
	f.Passkeys, err = s.passkeys(ctx, userID)
	return f, err
}

func (s *Store) passkeys(ctx context.Context, userID string) ([]Passkey, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, name, credential, public_key, transports, backup_eligible, sign_count, added_at, used_at, suspected_at <> 0
		FROM passkeys WHERE user_id = ? ORDER BY id`, userID)
	if err != nil {
		return nil, fmt.Errorf("read passkeys: %w", err)
	}
	defer rows.Close()
	var list []Passkey
	for rows.Next() {
		p, err := scanPasskey(rows)
		if err != nil {
			return nil, fmt.Errorf("read passkeys: %w", err)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

func scanPasskey(rows *sql.Rows) (p Passkey, err error) {
	var transports string
	var added, used int64
	err = rows.Scan(&p.ID, &p.Name, &p.CredentialID, &p.PublicKey, &transports, &p.BackupEligible, &p.SignCount, &added, &used, &p.Suspect)
	p.Transports, p.AddedAt, p.UsedAt = fields(transports), fromMillis(added), fromMillis(used)
	return p, err
}

// keepEnough returns [ErrFactorRequired] or [ErrPasswordAlone] where somebody whose second step was
// just removed would be left with less than they need. Recovery codes go with the last one.
func (t *tx) keepEnough(userID string) error {
	var anything, sound, required, short bool
	if err := t.get(`SELECT `+anyFactor+`, `+soundFactor+`, `+roleFactor+`, u.password_short FROM users u WHERE u.id = ?`, []any{userID},
		&anything, &sound, &required, &short); err != nil {
		return err
	}
	switch {
	case !sound && required:
		return ErrFactorRequired
	case !sound && short:
		return ErrPasswordAlone
	case anything:
		return nil
	}
	if err := t.exec(`DELETE FROM recovery_codes WHERE user_id = ?`, userID); err != nil {
		return fmt.Errorf("remove recovery codes: %w", err)
	}
	return nil
}

// afterFactor follows the adding of a second step. With the first one come recovery codes, which it
// returns, and the sessions but keep end: they had none.
func (t *tx) afterFactor(userID string, first bool, keep SessionToken) ([]string, error) {
	if err := t.renewSessions(userID); err != nil || !first { // whose step was due may do more from now on
		return nil, err
	}
	if _, err := t.endSessions(userID, keep.hash()); err != nil {
		return nil, err
	}
	return t.makeCodes(userID)
}

// isFirst reports whether somebody has no second step yet.
func (t *tx) isFirst(userID string) (first bool, err error) {
	err = t.get(`SELECT NOT `+anyFactor+` FROM users u WHERE u.id = ?`, []any{userID}, &first)
	return first, err
}

// cleanPasskeyName returns the name as it is kept, or [ErrPasskeyName].
func cleanPasskeyName(name string) (string, error) {
	name = strings.Join(strings.Fields(printable(name)), " ")
	if name == "" || len([]rune(name)) > MaxPasskeyName {
		return "", ErrPasskeyName
	}
	return name, nil
}
