package store

import (
	"context"
	"fmt"
	"slices"
)

// Profile is what people change about themselves.
type Profile struct {
	Name  string
	Theme string // "", "light", "dark"
}

// SaveProfile changes the actor's own name and theme. It returns [ErrTheme] for an unknown one.
func (s *Store) SaveProfile(ctx context.Context, a Actor, p Profile) error {
	if !slices.Contains([]string{"", "light", "dark"}, p.Theme) {
		return ErrTheme
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		var email, name, theme string
		if err := t.get(`SELECT email, name, theme FROM users WHERE id = ?`, []any{a.id}, &email, &name, &theme); err != nil {
			return err
		}
		p.Name = cleanName(p.Name, email)
		changes := map[string]any{}
		if p.Name != name {
			changes["name"] = change{name, p.Name}
		}
		if p.Theme != theme {
			changes["theme"] = change{theme, p.Theme}
		}
		if len(changes) == 0 {
			return nil
		}
		if err := t.exec(`UPDATE users SET name = ?, theme = ? WHERE id = ?`, p.Name, p.Theme, a.id); err != nil {
			return fmt.Errorf("save profile: %w", err)
		}
		return t.audit(a, ActionProfileChanged, a.id, changes)
	})
}

// ChangePassword changes the actor's own password and ends their other sessions. It returns
// [ErrCredentials] where the present password is wrong, or why the new one is refused.
func (s *Store) ChangePassword(ctx context.Context, a Actor, present, next string, keep SessionToken) error {
	var hash string
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT password_hash FROM users WHERE id = ?`, a.id).Scan(&hash)); err != nil {
		return err
	}
	good, err := s.hashing.matches(ctx, present, hash)
	if err != nil {
		return err
	}
	if !good {
		return ErrCredentials
	}
	if err := CheckPassword(next); err != nil {
		return err
	}
	fresh, err := s.hashing.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		if err := t.setPassword(a.id, fresh, keep.hash()); err != nil {
			return err
		}
		return t.audit(a, ActionPasswordChanged, a.id, nil)
	})
}
