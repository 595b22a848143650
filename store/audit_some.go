package store

import (
	"errors"
	"fmt"
	"time"
)

// someAnHour is how many entries an hour the log takes of what strangers can cause without end. More
// are counted, and one entry sums them up once the hour is over.
const someAnHour = 60

// auditSome appends an entry for what anybody can make happen as often as they like: someAnHour of
// each action in an hour, whoever causes it. What is more is summed up in one [ActionHeldBack].
func (t *tx) auditSome(a Actor, action Action, object string, fields map[string]any) error {
	if err := t.tellHeld(); err != nil {
		return err
	}
	var told int
	if err := t.get(`INSERT INTO audit_held (action, hour, told, held, first_at, last_at) VALUES (?1, ?2, 1, 0, 0, 0)
		ON CONFLICT (action) DO UPDATE SET told = iif(hour = ?2, min(told, ?3) + 1, 1), hour = ?2 RETURNING told`,
		[]any{string(action), t.hour(), someAnHour}, &told); err != nil {
		return fmt.Errorf("count audit entries: %w", err)
	}
	if told <= someAnHour {
		return t.audit(a, action, object, fields)
	}
	if err := t.exec(`UPDATE audit_held SET held = held + 1, first_at = iif(held = 0, ?1, first_at), last_at = ?1 WHERE action = ?2`,
		t.now, string(action)); err != nil {
		return fmt.Errorf("count audit entries: %w", err)
	}
	return nil
}

// hour counts hours since 1970.
func (t *tx) hour() int64 { return t.now / time.Hour.Milliseconds() }

// tellHeld sums up what was held back in hours that are over.
func (t *tx) tellHeld() error {
	for {
		var action string
		var held, first, last int64
		err := t.get(`SELECT action, held, first_at, last_at FROM audit_held WHERE held > 0 AND hour <> ? LIMIT 1`, []any{t.hour()}, &action, &held, &first, &last)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what was held back: %w", err)
		}
		if err := t.exec(`UPDATE audit_held SET held = 0 WHERE action = ?`, action); err != nil {
			return fmt.Errorf("note what was held back: %w", err)
		}
		if err := t.audit(SystemActor(), ActionHeldBack, action, map[string]any{"times": held, "first": stamp(first), "last": stamp(last)}); err != nil {
			return err
		}
	}
}

// stamp is a time as an entry's details give it.
func stamp(ms int64) string { return fromMillis(ms).Format(time.RFC3339) }

// tellRefusedKeys sums up the calls with wrong and with retired keys, an entry for each hour that is
// over: who shows such keys may be Ocean with an old one, or somebody who has no business here.
func (t *tx) tellRefusedKeys() error {
	for {
		var hour, calls, addresses, first, last int64
		var reason string
		err := t.get(`SELECT hour, reason, calls, addresses, first_at, last_at FROM refusals
			WHERE audited = 0 AND hour < ? AND reason IN (?, ?) ORDER BY hour, reason LIMIT 1`,
			[]any{t.hour(), string(RefusedWrongKey), string(RefusedRetired)}, &hour, &reason, &calls, &addresses, &first, &last)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read refusals: %w", err)
		}
		if err := t.exec(`UPDATE refusals SET audited = 1 WHERE hour = ? AND reason = ?`, hour, reason); err != nil {
			return fmt.Errorf("note that refusals are audited: %w", err)
		}
		fields := map[string]any{"calls": calls, "first": stamp(first), "last": stamp(last)}
		if addresses > 0 {
			fields["addresses"] = addresses
		}
		if err := t.audit(SystemActor(), ActionKeysRefused, reason, fields); err != nil {
			return err
		}
	}
}
