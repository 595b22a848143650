package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrClock says that the clock is not to be believed.
var ErrClock = errors.New("the clock is not to be believed")

// Doubt says why the clock is not believed.
type Doubt string

// Why the clock is not believed.
const (
	DoubtBack  Doubt = "back"  // it stands before a time that it had shown
	DoubtAhead Doubt = "ahead" // it leapt ahead by more than a day, or nobody knows how long Breakwater did not run
	DoubtFloor Doubt = "floor" // it stands before Breakwater was made
)

const (
	// clockJump is how far the clock must move otherwise than time does before that is worth a word.
	clockJump = 5 * time.Minute
	// clockLeap is how far it must leap ahead before nothing is removed for its age any more.
	clockLeap = 24 * time.Hour
	// longPause is likewise how long Breakwater did not run.
	longPause = 45 * 24 * time.Hour
	// latestEvery is how exactly the latest time is kept.
	latestEvery = 5 * time.Minute
)

// clockFloor is a time that is over: no version of Breakwater is older.
var clockFloor = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// ClockReading is what somebody who watches the clock has seen.
type ClockReading struct {
	Start  bool          // nobody watched until now
	Jump   time.Duration // how far it went otherwise than time did since the last reading
	Synced bool          // the machine says that it is kept right from outside
}

// ClockState is what is known of the clock.
type ClockState struct {
	Latest time.Time // the latest time that it has shown, to some minutes; zero: nobody has watched it yet
	Doubt  Doubt     // "" where it is believed
	Since  time.Time // since when it is not
}

// ClockState is what is known of the clock at this moment.
func (s *Store) ClockState(ctx context.Context) (ClockState, error) {
	c, err := s.notedClock(ctx)
	if err != nil {
		return c, err
	}
	if now := s.opts.Now(); now.Before(clockFloor) {
		c.Doubt, c.Since = DoubtFloor, now
	} else if c.Doubt == "" && c.Latest.Sub(now) > clockJump {
		c.Doubt, c.Since = DoubtBack, now // nobody has noted it yet
	}
	return c, nil
}

// notedClock is what was noted of the clock.
func (s *Store) notedClock(ctx context.Context) (c ClockState, err error) {
	var latest, since int64
	if err := s.read.QueryRowContext(ctx, `SELECT latest_at, doubt, doubted_at FROM clock WHERE id = 1`).Scan(&latest, &c.Doubt, &since); err != nil {
		return c, fmt.Errorf("read what the clock has shown: %w", err)
	}
	c.Latest, c.Since = fromMillis(latest), fromMillis(since)
	return c, nil
}

// CheckClock returns [ErrClock] where the clock stands before a time that it has shown, before the
// newest entry of the audit log, or before Breakwater was made.
func (s *Store) CheckClock(ctx context.Context) error {
	c, err := s.ClockState(ctx)
	if err != nil {
		return err
	}
	if c.Doubt != "" && c.Doubt != DoubtAhead {
		return fmt.Errorf("%w: %s", ErrClock, c.Doubt)
	}
	newest, err := s.newestEntry(ctx)
	if err == nil && newest-s.now() > clockJump.Milliseconds() {
		err = fmt.Errorf("%w: the audit log's newest entry is of a later time", ErrClock)
	}
	return err
}

// newestEntry is when the audit log's newest entry was made; 0 for an empty log.
func (s *Store) newestEntry(ctx context.Context) (at int64, err error) {
	if err = s.read.QueryRowContext(ctx, `SELECT coalesce((SELECT at FROM audit_entries ORDER BY seq DESC LIMIT 1), 0)`).Scan(&at); err != nil {
		err = fmt.Errorf("read when the log ends: %w", err)
	}
	return at, err
}

// NoteClock keeps what was seen of the clock. Where it went otherwise than time does, the audit log
// says so; where it went back, every session ends, since nobody can say which of them are over.
func (s *Store) NoteClock(ctx context.Context, r ClockReading) error {
	was, err := s.notedClock(ctx)
	if err != nil {
		return err
	}
	newest := int64(0)
	if r.Start {
		if newest, err = s.newestEntry(ctx); err != nil {
			return err
		}
	}
	is := was.after(r, s.opts.Now(), fromMillis(newest))
	if is == (clockChange{ClockState: was}) {
		return nil
	}
	err = s.update(ctx, func(t *tx) error { return t.keepClock(is) })
	if err == nil && is.back { // who signs in from now on does so by this clock
		s.latest.mu.Lock()
		defer s.latest.mu.Unlock()
		s.latest.at = s.now()
	}
	return err
}

// clockChange is what a reading makes of the clock's state, and what the audit log says of it.
type clockChange struct {
	ClockState
	action   Action // "" for nothing
	from, to time.Time
	back     bool
}

// after is the state after a reading; newest is when the log's newest entry was made.
func (c ClockState) after(r ClockReading, now, newest time.Time) clockChange {
	is := clockChange{ClockState: c}
	shown := c.Latest // what the clock had shown at least
	if newest.After(shown) {
		shown = newest
	}
	doubt := func(d Doubt) {
		if is.Doubt == "" {
			is.Since = now
		}
		is.Doubt = d
	}
	switch {
	case r.Jump.Abs() > clockJump:
		is.action, is.from, is.to, is.back = ActionClockJumped, now.Add(-r.Jump), now, r.Jump < 0
	case r.Start && shown.Sub(now) > clockJump:
		is.action, is.from, is.to, is.back = ActionClockBehind, shown, now, true
	}
	switch {
	case is.back:
		doubt(DoubtBack)
	case r.Jump > clockLeap, r.Start && !c.Latest.IsZero() && now.Sub(c.Latest) > longPause:
		doubt(DoubtAhead)
	case is.Doubt == DoubtBack && now.After(shown):
		is.Doubt, is.Since = "", time.Time{}
	}
	if shown.After(is.Latest) {
		is.Latest = shown
	}
	if r.Synced {
		is.Doubt, is.Since = "", time.Time{}
		if is.Latest.After(now) {
			is.Latest = now // it had been wrong before
		}
	}
	if now.Sub(is.Latest) >= latestEvery {
		is.Latest = now
	}
	return is
}

func (t *tx) keepClock(is clockChange) error {
	if is.back {
		if err := endForClock(t); err != nil {
			return err
		}
	}
	if is.action != "" {
		at := func(when time.Time) string { return when.UTC().Format(time.RFC3339) }
		if err := t.audit(SystemActor(), is.action, "", map[string]any{"from": at(is.from), "to": at(is.to)}); err != nil {
			return err
		}
	}
	return t.setClock(is.ClockState)
}

func (t *tx) setClock(c ClockState) error {
	if err := t.exec(`UPDATE clock SET latest_at = ?, doubt = ?, doubted_at = ? WHERE id = 1`, millis(c.Latest), string(c.Doubt), millis(c.Since)); err != nil {
		return fmt.Errorf("keep what the clock has shown: %w", err)
	}
	return nil
}

// ConfirmClock notes that somebody says that the clock is right. It returns [ErrForbidden] without
// System Settings.
func (s *Store) ConfirmClock(ctx context.Context, a Actor) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, SystemSettings); err != nil {
			return err
		}
		if err := t.setClock(ClockState{Latest: fromMillis(t.now)}); err != nil {
			return err
		}
		return t.audit(a, ActionClockConfirmed, "", nil)
	})
}
