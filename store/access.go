package store

import (
	"context"
	"fmt"
	"io"
	"time"
)

// OceanAccess is where and as whom to call Ocean. It has no way to be printed.
type OceanAccess struct {
	Host         string `json:"host"` // an origin, without a slash at the end
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"-"`
	Generation   int64  `json:"generation"` // another number after every change of these settings
}

// String keeps the secret out of logs and error texts.
func (o OceanAccess) String() string { return "access to " + o.Host }

// Format keeps the secret out of every verb of fmt.
func (o OceanAccess) Format(f fmt.State, _ rune) { io.WriteString(f, o.String()) }

// OceanAccess unseals the credentials for the one who must send them. The parts that are not saved
// are empty.
func (s *Store) OceanAccess(ctx context.Context) (o OceanAccess, err error) {
	var sealed []byte
	err = s.read.QueryRowContext(ctx, `SELECT host, client_id, client_secret, generation FROM ocean_settings WHERE id = 1`).
		Scan(&o.Host, &o.ClientID, &sealed, &o.Generation)
	if err != nil {
		return o, fmt.Errorf("read Ocean settings: %w", err)
	}
	if sealed != nil {
		secret, err := s.keys.Open(secretPlace, sealed)
		if err != nil {
			return o, fmt.Errorf("the Ocean client secret: %w", err)
		}
		o.ClientSecret = string(secret)
	}
	return o, nil
}

// stillSaved reports whether these are still the saved settings.
func (t *tx) stillSaved(o OceanAccess) (is bool, err error) {
	err = t.get(`SELECT generation = ? FROM ocean_settings WHERE id = 1`, []any{o.Generation}, &is)
	return is, err
}

// askAgainAfter is how long Ocean is left alone after it refused the credentials. Saving them anew
// ends the wait; without that, one call an hour finds out whether the fault was Ocean's.
const askAgainAfter = time.Hour

// MayCall reports whether it makes sense to call Ocean now: there are credentials, and Ocean has
// not just refused them.
func (s *Store) MayCall(ctx context.Context, o OceanAccess) (bool, error) {
	if o.ClientID == "" || o.ClientSecret == "" {
		return false, nil
	}
	var refused int64
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(max(last_at), 0) FROM proofs WHERE name = 'credentials_refused'`).Scan(&refused); err != nil {
		return false, fmt.Errorf("read how the connection does: %w", err)
	}
	since := s.now() - refused
	return refused == 0 || since < 0 || since >= askAgainAfter.Milliseconds(), nil
}
