package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// ClinicSettings are what the clinic has set for its work.
type ClinicSettings struct {
	OverdueDays int // how long a referral may be in an open folder before it is overdue
	IdleMinutes int // without use, after which a session ends
}

// The bounds of [ClinicSettings].
const (
	OverdueLeast = 1
	OverdueMost  = 90
	IdleLeast    = 5
	IdleMost     = 60
)

// The reasons of a *[FieldError] for what is out of bounds.
const (
	ReasonOverdueDays Reason = "overdue_days"
	ReasonIdleMinutes Reason = "idle_minutes"
)

// OverdueSince is since when a referral must be in its open folder, at least, to be overdue now.
func (c ClinicSettings) OverdueSince(now time.Time) time.Time {
	return now.Add(-time.Duration(c.OverdueDays) * 24 * time.Hour)
}

const selectClinic = `SELECT overdue_days, idle_minutes FROM clinic_settings WHERE id = 1`

// ClinicSettings reads the clinic's settings.
func (s *Store) ClinicSettings(ctx context.Context) (c ClinicSettings, err error) {
	if err = s.read.QueryRowContext(ctx, selectClinic).Scan(&c.OverdueDays, &c.IdleMinutes); err != nil {
		err = fmt.Errorf("read the clinic's settings: %w", err)
	}
	return c, err
}

// SaveClinicSettings saves the clinic's settings. It returns *[FieldError]s joined for what is out of
// bounds, and [ErrForbidden] without System Settings.
func (s *Store) SaveClinicSettings(ctx context.Context, a Actor, c ClinicSettings) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, SystemSettings); err != nil {
			return err
		}
		var was ClinicSettings
		if err := t.get(selectClinic, nil, &was.OverdueDays, &was.IdleMinutes); err != nil || was == c {
			return err
		}
		if err := t.endAllOver(); err != nil { // a longer time brings none of them back
			return err
		}
		if err := t.exec(`UPDATE clinic_settings SET overdue_days = ?, idle_minutes = ? WHERE id = 1`, c.OverdueDays, c.IdleMinutes); err != nil {
			return fmt.Errorf("save the clinic's settings: %w", err)
		}
		changes := map[string]any{}
		for name, v := range map[string][2]int{"overdue_days": {was.OverdueDays, c.OverdueDays}, "idle_minutes": {was.IdleMinutes, c.IdleMinutes}} {
			if v[0] != v[1] {
				changes[name] = change{strconv.Itoa(v[0]), strconv.Itoa(v[1])}
			}
		}
		return t.audit(a, ActionClinicChanged, "", changes)
	})
}

// check returns the *[FieldError]s of all that is out of bounds, joined, or nil.
func (c ClinicSettings) check() error {
	var wrong []error
	if c.OverdueDays < OverdueLeast || c.OverdueDays > OverdueMost {
		wrong = append(wrong, &FieldError{"overdue_days", ReasonOverdueDays, fmt.Sprintf("enter a number of days from %d to %d", OverdueLeast, OverdueMost)})
	}
	if c.IdleMinutes < IdleLeast || c.IdleMinutes > IdleMost {
		wrong = append(wrong, &FieldError{"idle_minutes", ReasonIdleMinutes, fmt.Sprintf("enter a number of minutes from %d to %d", IdleLeast, IdleMost)})
	}
	return errors.Join(wrong...)
}
