package store

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// ClinicSettings are what the clinic has set for its work.
type ClinicSettings struct {
	OverdueDays int // how long a referral may be in an open folder before it is overdue
}

// The bounds of [ClinicSettings].
const (
	OverdueLeast = 1
	OverdueMost  = 90
)

// ReasonOverdueDays is the reason of a *[FieldError] for days out of bounds.
const ReasonOverdueDays Reason = "overdue_days"

// OverdueSince is since when a referral must be in its open folder, at least, to be overdue now.
func (c ClinicSettings) OverdueSince(now time.Time) time.Time {
	return now.Add(-time.Duration(c.OverdueDays) * 24 * time.Hour)
}

const selectClinic = `SELECT overdue_days FROM clinic_settings WHERE id = 1`

// ClinicSettings reads the clinic's settings.
func (s *Store) ClinicSettings(ctx context.Context) (c ClinicSettings, err error) {
	if err = s.read.QueryRowContext(ctx, selectClinic).Scan(&c.OverdueDays); err != nil {
		err = fmt.Errorf("read the clinic's settings: %w", err)
	}
	return c, err
}

// SaveClinicSettings saves the clinic's settings. It returns a *[FieldError] for what is out of
// bounds, and [ErrForbidden] without System Settings.
func (s *Store) SaveClinicSettings(ctx context.Context, a Actor, c ClinicSettings) error {
	if c.OverdueDays < OverdueLeast || c.OverdueDays > OverdueMost {
		return &FieldError{"overdue_days", ReasonOverdueDays, fmt.Sprintf("enter a number of days from %d to %d", OverdueLeast, OverdueMost)}
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, SystemSettings); err != nil {
			return err
		}
		var was int
		if err := t.get(selectClinic, nil, &was); err != nil || was == c.OverdueDays {
			return err
		}
		if err := t.exec(`UPDATE clinic_settings SET overdue_days = ? WHERE id = 1`, c.OverdueDays); err != nil {
			return fmt.Errorf("save the clinic's settings: %w", err)
		}
		return t.audit(a, ActionClinicChanged, "", map[string]any{"overdue_days": change{strconv.Itoa(was), strconv.Itoa(c.OverdueDays)}})
	})
}
