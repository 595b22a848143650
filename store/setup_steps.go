package store

import (
	"context"
	"fmt"
	"regexp"
	"time"
)

// Tick says who ticked a step of the set-up as done, and when.
type Tick struct {
	At time.Time
	By string // as people know who it was
}

var stepName = regexp.MustCompile(`^[a-z_]{1,64}$`)

// SetupTicks returns the steps of the set-up that somebody ticked as done.
func (s *Store) SetupTicks(ctx context.Context) (map[string]Tick, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT step, at, by FROM setup_ticks`)
	if err != nil {
		return nil, fmt.Errorf("read the steps of the set-up: %w", err)
	}
	defer rows.Close()
	ticks := map[string]Tick{}
	for rows.Next() {
		var step string
		var at int64
		var tick Tick
		if err := rows.Scan(&step, &at, &tick.By); err != nil {
			return nil, fmt.Errorf("read the steps of the set-up: %w", err)
		}
		tick.At = fromMillis(at)
		ticks[step] = tick
	}
	return ticks, rows.Err()
}

// TickStep says that a step of the set-up is done, or not done after all. The caller knows that
// there is such a step; its name has at most 64 letters a to z and underscores. It is audited if it
// changes anything, and returns [ErrForbidden] without Referral Settings.
func (s *Store) TickStep(ctx context.Context, a Actor, step string, done bool) error {
	if !stepName.MatchString(step) {
		return fmt.Errorf("%.64q is no step of the set-up", step)
	}
	return s.update(ctx, func(t *tx) (err error) {
		if err := t.require(a, ReferralSettings); err != nil {
			return err
		}
		var changed bool
		action := ActionStepTicked
		if done {
			changed, err = t.changed(`INSERT INTO setup_ticks (step, at, by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, step, t.now, a.label())
		} else {
			action = ActionStepUnticked
			changed, err = t.changed(`DELETE FROM setup_ticks WHERE step = ?`, step)
		}
		if err != nil {
			return fmt.Errorf("tick a step of the set-up: %w", err)
		}
		if !changed {
			return nil
		}
		return t.audit(a, action, step, nil)
	})
}
