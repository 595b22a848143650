package store

import (
	"context"
	"errors"
	"fmt"
)

// Kept returns the bytes of a message as they came, to be read anew, or [ErrNotFound]. Who shows
// them to a person uses [Store.ShowRaw].
func (s *Store) Kept(ctx context.Context, messageID string) ([]byte, error) {
	var sealed []byte
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT raw FROM messages WHERE id = ?`, messageID).Scan(&sealed)); err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	raw, err := s.keys.Open(messagePlace("raw", messageID), sealed)
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", messageID, err)
	}
	return raw, nil
}

// ShowRaw returns the bytes of a message as they came, and notes in the audit log that the actor
// sees them. It returns [ErrForbidden] without View Raw Messages, and [ErrNotFound].
func (s *Store) ShowRaw(ctx context.Context, a Actor, messageID string, download bool) (raw []byte, referrals []string, err error) {
	err = s.update(ctx, func(t *tx) error {
		if err := t.require(a, ViewRawMessages); err != nil {
			return err
		}
		m, err := t.messageAt(messageID)
		if err != nil {
			return err
		}
		if referrals, err = t.referralsOf(m.seq); err != nil {
			return err
		}
		patients, err := t.patientsOf(referrals)
		if err != nil {
			return err
		}
		return t.audit(a, ActionRawShown, messageID, map[string]any{"referrals": referrals, "patients": patients, "download": download})
	})
	if err == nil {
		raw, err = s.Kept(ctx, messageID)
	}
	return raw, referrals, err
}

// referralsOf are the ids of the referrals that a message is about.
func (t *tx) referralsOf(message int64) (ids []string, err error) {
	rows, err := t.query(`SELECT r.id FROM referral_messages f JOIN referrals r ON r.seq = f.referral WHERE f.message = ? ORDER BY r.seq`, message)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, errors.Join(rows.Err(), rows.Close())
}
