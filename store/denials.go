package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// deniedAtOnce is how many refusals of one page to one person are entries of their own in an hour. More
// are counted, and one entry sums them up once the hour is over. So somebody who has a script ask for all
// that they may not see adds some hundreds of entries an hour and no more, each page among them.
const deniedAtOnce = 3

// RecordDenied notes that a person was refused a page, the method and path of a route, for want of a
// permission.
func (s *Store) RecordDenied(ctx context.Context, a Actor, route string, p Permission) error {
	return s.update(ctx, func(t *tx) error {
		if a.kind != "user" { // nobody else is refused by a page
			return t.audit(a, ActionAccessDenied, route, map[string]any{"permission": p})
		}
		if err := t.tellDenied(); err != nil {
			return err
		}
		var told int
		if err := t.get(`INSERT INTO denials (actor, route, permission, hour, told, held, first_at, last_at, name, address) VALUES (?1, ?2, ?3, ?4, 1, 0, 0, 0, '', '')
			ON CONFLICT (actor, route) DO UPDATE SET permission = ?3, told = iif(hour = ?4, min(told, ?5) + 1, 1), hour = ?4 RETURNING told`,
			[]any{a.String(), route, string(p), t.hour(), deniedAtOnce}, &told); err != nil {
			return fmt.Errorf("count refusals: %w", err)
		}
		if told <= deniedAtOnce {
			return t.audit(a, ActionAccessDenied, route, map[string]any{"permission": p})
		}
		if err := t.exec(`UPDATE denials SET held = held + 1, first_at = iif(held = 0, ?3, first_at), last_at = ?3, name = ?4,
			address = iif(held = 0 OR address = ?5, ?5, '') WHERE actor = ?1 AND route = ?2`, a.String(), route, t.now, a.name, a.address); err != nil {
			return fmt.Errorf("count refusals: %w", err)
		}
		return nil
	})
}

// tellDenied sums up the refusals of hours that are over, an entry for each person and page, in their name.
// It says from where they came, unless they came from several addresses.
func (t *tx) tellDenied() error {
	if err := t.exec(`DELETE FROM denials WHERE hour < ? AND held = 0`, t.hour()); err != nil {
		return fmt.Errorf("forget refusals: %w", err)
	}
	for {
		var actor, name, address, route, permission string
		var held, first, last int64
		err := t.get(`DELETE FROM denials WHERE (actor, route) = (SELECT actor, route FROM denials WHERE hour < ? ORDER BY hour LIMIT 1)
			RETURNING actor, name, address, route, permission, held, first_at, last_at`, []any{t.hour()},
			&actor, &name, &address, &route, &permission, &held, &first, &last)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read refusals: %w", err)
		}
		kind, id, _ := strings.Cut(actor, ":")
		if err := t.audit(Actor{kind: kind, id: id, name: name, address: address}, ActionAccessDenied, route,
			map[string]any{"permission": permission, "times": held, "first": stamp(first), "last": stamp(last)}); err != nil {
			return err
		}
	}
}
