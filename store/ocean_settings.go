package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"breakwater/store/seal"
)

// Ocean's hosts for production, which is the default, and for tests.
const (
	DefaultOceanHost = "https://ocean.cognisantmd.com"
	TestOceanHost    = "https://test.cognisantmd.com"
)

// OceanSettings are the clinic's settings for Ocean. The secret is not among them.
type OceanSettings struct {
	SiteNumber      string // 4 to 7 digits; "" before set-up
	Host            string // origin, without a slash at the end
	ClientID        string
	HasClientSecret bool
	SecretSetAt     time.Time // zero without one
	SecretSetBy     string    // e-mail address, or "cli:<os user>"
}

// OceanChange says what to change; nil leaves a value as it is.
type OceanChange struct {
	SiteNumber    *string
	Host          *string
	ClientID      *string
	ClientSecret  *string // "" removes it
	Draft         string  // id of a generated key that counts from now on; "" for none
	AllowLoopback bool    // take a plain-HTTP host on 127.0.0.1 too

	// Seen are the settings as the person saw them. Where somebody else has changed a value since,
	// theirs stays if the person left it alone, and a *[ConflictError] is returned if not.
	Seen *OceanSettings
	// Session, if not nil, is shown the inbound keys after a key was saved: people copy it then.
	Session *SessionToken
}

// ConflictError says that somebody else saved a value since the person saw it.
type ConflictError struct {
	Field  string // as the form names it
	Theirs string // what is saved now
	Yours  string // what was to be saved
}

// Error names the field.
func (e *ConflictError) Error() string {
	return "somebody else has changed the " + strings.ReplaceAll(e.Field, "_", " ") + " meanwhile"
}

// FieldError says what is wrong with one value that was entered, in English for the CLI; the
// console has its own words for each Reason.
type FieldError struct {
	Field  string // as the form names it
	Reason Reason
	Text   string
}

// Reason names what is wrong, for the console's catalogue.
type Reason string

// The reasons of field errors.
const (
	ReasonSiteNumber Reason = "site_number"
	ReasonHost       Reason = "host"
	ReasonTooLong    Reason = "too_long"
)

// Error is the text.
func (e *FieldError) Error() string { return e.Text }

var siteNumber = regexp.MustCompile(`^[0-9]{4,7}$`)

// MaxCredential bounds a client id or secret in bytes; Ocean's are well below.
const MaxCredential = 1000

// check returns the cleaned change, or the *[FieldError]s of all that is wrong, joined.
func (c OceanChange) check() (OceanChange, error) {
	var wrong []error
	fail := func(field string, reason Reason, format string, args ...any) {
		wrong = append(wrong, &FieldError{field, reason, fmt.Sprintf(format, args...)})
	}
	trim := func(v *string) *string {
		if v == nil {
			return nil
		}
		t := strings.TrimSpace(*v)
		return &t
	}
	c.SiteNumber, c.Host, c.ClientID, c.ClientSecret = trim(c.SiteNumber), trim(c.Host), trim(c.ClientID), trim(c.ClientSecret)
	if c.SiteNumber != nil && *c.SiteNumber != "" && !siteNumber.MatchString(*c.SiteNumber) {
		fail("site_number", ReasonSiteNumber, "enter the Site Number as 4 to 7 digits; you typed %q", *c.SiteNumber)
	}
	if c.Host != nil {
		host, ok := cleanHost(*c.Host, c.AllowLoopback)
		if !ok {
			fail("host", ReasonHost, "enter the Ocean host as https:// and a name, without a path; you typed %q", *c.Host)
		}
		c.Host = &host
	}
	if !credential(c.ClientID) {
		fail("client_id", ReasonTooLong, "the client id is longer than %d characters or has line breaks in it", MaxCredential)
	}
	if !credential(c.ClientSecret) {
		fail("client_secret", ReasonTooLong, "the client secret is longer than %d characters or has line breaks in it", MaxCredential)
	}
	return c, errors.Join(wrong...)
}

func credential(v *string) bool {
	return v == nil || len(*v) <= MaxCredential && !strings.ContainsFunc(*v, unicode.IsControl)
}

// hostPort is a name or an address, with or without a port.
var hostPort = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:[1-9][0-9]{0,4})?$`)

// cleanHost returns the origin of an Ocean host: HTTPS, or HTTP on 127.0.0.1 if allowed.
func cleanHost(host string, allowLoopback bool) (string, bool) {
	u, err := url.Parse(strings.TrimSuffix(host, "/"))
	if err != nil || !hostPort.MatchString(u.Host) || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		return origin, true
	case "http":
		return origin, allowLoopback && u.Hostname() == "127.0.0.1"
	}
	return "", false
}

// OceanSettings returns the present settings.
func (s *Store) OceanSettings(ctx context.Context) (o OceanSettings, err error) {
	var setAt int64
	err = s.read.QueryRowContext(ctx, selectSettings).Scan(&o.SiteNumber, &o.Host, &o.ClientID, &o.HasClientSecret, &setAt, &o.SecretSetBy)
	if err != nil {
		return o, fmt.Errorf("read Ocean settings: %w", err)
	}
	o.SecretSetAt = fromMillis(setAt)
	return o, nil
}

func (t *tx) oceanSettings() (o OceanSettings, err error) {
	var setAt int64
	if err := t.get(selectSettings, nil, &o.SiteNumber, &o.Host, &o.ClientID, &o.HasClientSecret, &setAt, &o.SecretSetBy); err != nil {
		return o, fmt.Errorf("read Ocean settings: %w", err)
	}
	o.SecretSetAt = fromMillis(setAt)
	return o, nil
}

// secretPlace is where the client secret is kept.
var secretPlace = seal.Place{Table: "ocean_settings", Column: "client_secret", Row: "1"}

const selectSettings = `SELECT site_number, host, client_id, client_secret IS NOT NULL, secret_set_at, secret_set_by
	FROM ocean_settings WHERE id = 1`

// SaveOceanSettings changes what the change names, all of it or nothing. A changed host drops the
// saved secret unless a new one comes with it: a secret goes only where it was meant for. It
// returns *[FieldError]s joined, or [ErrForbidden] without Referral Settings.
func (s *Store) SaveOceanSettings(ctx context.Context, a Actor, c OceanChange) error {
	c, err := c.check()
	if err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		old, err := t.oceanSettings()
		if err != nil {
			return err
		}
		c, err := c.rebase(old)
		if err != nil {
			return err
		}
		if err := t.saveDraft(a, c); err != nil {
			return err
		}
		changes, err := t.applyOcean(a, old, c)
		if err != nil || len(changes) == 0 {
			return err
		}
		if c.SiteNumber != nil && *c.SiteNumber != old.SiteNumber {
			if err := t.decideDirections(*c.SiteNumber); err != nil {
				return err
			}
		}
		return t.audit(a, ActionSettingsChanged, "", changes)
	})
}

// rebase compares the change with what somebody else may have saved since the person looked.
func (c OceanChange) rebase(now OceanSettings) (OceanChange, error) {
	if c.Seen == nil {
		return c, nil
	}
	var conflicts []error
	for _, f := range []struct {
		field     string
		seen, now string
		to        **string
	}{
		{"site_number", c.Seen.SiteNumber, now.SiteNumber, &c.SiteNumber},
		{"host", c.Seen.Host, now.Host, &c.Host},
		{"client_id", c.Seen.ClientID, now.ClientID, &c.ClientID},
	} {
		switch {
		case *f.to == nil || f.seen == f.now || **f.to == f.now:
		case **f.to == f.seen:
			*f.to = nil // left alone: theirs stays
		default:
			conflicts = append(conflicts, &ConflictError{f.field, f.now, **f.to})
		}
	}
	if c.ClientSecret != nil && !c.Seen.SecretSetAt.Equal(now.SecretSetAt) {
		conflicts = append(conflicts, &ConflictError{Field: "client_secret", Theirs: now.SecretSetBy})
	}
	return c, errors.Join(conflicts...)
}

// saveDraft makes a generated key count, and lets the session that saved it see it.
func (t *tx) saveDraft(a Actor, c OceanChange) error {
	if c.Draft == "" {
		return nil
	}
	var there bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM inbound_keys WHERE id = ?)`, []any{c.Draft}, &there); err != nil {
		return err
	}
	if !there { // somebody generated another one, which took its place
		return &ConflictError{Field: "key"}
	}
	if err := t.saveKey(a, c.Draft); err != nil || c.Session == nil {
		return err
	}
	return t.showKeys(a, *c.Session, c.Draft)
}

// applyOcean writes what differs and returns it for the audit log, secrets only as a fact.
func (t *tx) applyOcean(a Actor, old OceanSettings, c OceanChange) (map[string]any, error) {
	changes := map[string]any{}
	for _, f := range []struct {
		name, query, from string
		to                *string
	}{
		{"site_number", `UPDATE ocean_settings SET site_number = ? WHERE id = 1`, old.SiteNumber, c.SiteNumber},
		{"host", `UPDATE ocean_settings SET host = ? WHERE id = 1`, old.Host, c.Host},
		{"client_id", `UPDATE ocean_settings SET client_id = ? WHERE id = 1`, old.ClientID, c.ClientID},
	} {
		if f.to == nil || *f.to == f.from {
			continue
		}
		if err := t.exec(f.query, *f.to); err != nil {
			return nil, fmt.Errorf("save Ocean settings: %w", err)
		}
		changes[f.name] = change{f.from, *f.to}
	}
	moved := c.Host != nil && *c.Host != old.Host
	switch {
	case c.ClientSecret != nil && *c.ClientSecret != "":
		changes["client_secret"] = "set"
		return changes, t.exec(`UPDATE ocean_settings SET client_secret = ?, secret_set_at = ?, secret_set_by = ? WHERE id = 1`,
			t.store.keys.Seal(secretPlace, []byte(*c.ClientSecret)), t.now, a.label())
	case old.HasClientSecret && (moved || c.ClientSecret != nil):
		changes["client_secret"] = "removed"
		return changes, t.exec(`UPDATE ocean_settings SET client_secret = NULL, secret_set_at = 0, secret_set_by = '' WHERE id = 1`)
	}
	return changes, nil
}
