package store

import (
	"context"
	"fmt"
	"slices"
)

// Profile is what people change about themselves.
type Profile struct {
	Name     string
	Language string // "" (the browser's), "en", "fr"
	Theme    string // "" (the system's), "light", "dark"
}

// SaveProfile changes the actor's own name, language and theme. It returns [ErrTheme] or
// [ErrLanguage] for one that there is not.
func (s *Store) SaveProfile(ctx context.Context, a Actor, p Profile) error {
	if !slices.Contains([]string{"", "light", "dark"}, p.Theme) {
		return ErrTheme
	}
	if !slices.Contains([]string{"", "en", "fr"}, p.Language) {
		return ErrLanguage
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.requireSelf(a, a.id); err != nil {
			return err
		}
		var email string
		var was Profile
		if err := t.get(`SELECT email, name, language, theme FROM users WHERE id = ?`, []any{a.id}, &email, &was.Name, &was.Language, &was.Theme); err != nil {
			return err
		}
		p.Name = cleanName(p.Name, email)
		changes := map[string]any{}
		for field, v := range map[string]change{"name": {was.Name, p.Name}, "language": {was.Language, p.Language}, "theme": {was.Theme, p.Theme}} {
			if v.From != v.To {
				changes[field] = v
			}
		}
		if len(changes) == 0 {
			return nil
		}
		if err := t.exec(`UPDATE users SET name = ?, language = ?, theme = ? WHERE id = ?`, p.Name, p.Language, p.Theme, a.id); err != nil {
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
	u, err := s.User(ctx, a.id)
	if err != nil {
		return err
	}
	good, err := s.hashing.matches(ctx, present, hash)
	if err != nil {
		return err
	}
	if !good {
		return ErrCredentials
	}
	if err := CheckPassword(next, s.RuleOf(u)); err != nil {
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
		if err := t.setPassword(a.id, fresh, tooShortAlone(next), keep.hash()); err != nil {
			return err
		}
		if err := t.longEnough(a.id); err != nil {
			return err
		}
		if err := t.exec(`UPDATE sessions SET proven_at = ? WHERE hash = ? AND user_id = ?`, t.now, keep.hash(), a.id); err != nil {
			return fmt.Errorf("note a proof: %w", err)
		}
		return t.audit(a, ActionPasswordChanged, a.id, nil)
	})
}
