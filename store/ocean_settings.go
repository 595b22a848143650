package store

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// OceanSettings returns the present settings.
func (s *Store) OceanSettings(ctx context.Context) (OceanSettings, error) {
	return scanSettings(s.read.QueryRowContext(ctx, selectSettings).Scan)
}

func (t *tx) oceanSettings() (OceanSettings, error) {
	return scanSettings(func(dest ...any) error { return t.get(selectSettings, nil, dest...) })
}

func scanSettings(scan func(...any) error) (o OceanSettings, err error) {
	var setAt int64
	if err := scan(&o.SiteNumber, &o.Host, &o.ClientID, &o.HasClientSecret, &setAt, &o.SecretSetBy); err != nil {
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
	err = s.update(ctx, func(t *tx) error {
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
			if err := t.proveDirections(); err != nil {
				return err
			}
		}
		if err := t.resumeFetching(changes); err != nil {
			return err
		}
		return t.audit(a, ActionSettingsChanged, "", changes)
	})
	if err == nil {
		s.wakeUp()
	}
	return err
}

// resumeFetching lets documents be fetched at once with credentials that changed: what Ocean said
// of the old ones no longer counts. With another host, what was a foreign link may be one no more.
func (t *tx) resumeFetching(changes map[string]any) error {
	host, id, secret := changes["host"] != nil, changes["client_id"] != nil, changes["client_secret"] != nil
	if !host && !id && !secret {
		return nil
	}
	if err := t.forgetCredentials(); err != nil {
		return fmt.Errorf("resume fetching: %w", err)
	}
	if host {
		res, err := t.result(`UPDATE attachments SET state = 'waiting', queued_at = ? WHERE state = 'foreign'`, t.now)
		if err != nil {
			return fmt.Errorf("resume fetching: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		if err := t.count(countPending, int(n)); err != nil {
			return err
		}
	}
	res, err := t.result(`UPDATE attachments SET state = 'waiting', fault = '', tries = 0, failed_at = 0, queued_at = ?
		WHERE state = 'failed' AND fault IN (?, ?)`, t.now, string(FaultCredentials), string(FaultIncomplete))
	if err != nil {
		return fmt.Errorf("resume fetching: %w", err)
	}
	n, err := res.RowsAffected()
	if err := errors.Join(err, t.count(countPending, int(n)), t.failedDocuments(-int(n))); err != nil {
		return err
	}
	return t.exec(`UPDATE attachments SET due_at = ? WHERE state = 'waiting'`, t.now)
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
