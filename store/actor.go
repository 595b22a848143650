package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// Actor is who does something: every mutating method takes one, checks its permission inside the
// transaction, and names it in the audit log. The zero Actor may do nothing.
type Actor struct {
	kind    string // "user", "cli", "setup", "system"
	id      string // a user's id, the CLI's operating-system user
	name    string // e-mail address at the time
	address string // network address, for people
}

// UserActor is a signed-in person at a network address.
func UserActor(u *User, address string) Actor {
	return Actor{kind: "user", id: u.ID, name: u.Email, address: address}
}

// CLIActor is whoever runs a command on the machine. It may do everything: whoever can read the
// master key's file can do so anyway.
func CLIActor(osUser string) Actor { return Actor{kind: "cli", id: osUser} }

// SystemActor is Breakwater itself.
func SystemActor() Actor { return Actor{kind: "system"} }

// anonymous is somebody who is not signed in, at a network address.
func anonymous(address string) Actor { return Actor{kind: "anonymous", address: address} }

// String is the actor as the audit log names it: "user:<id>", "cli:<os user>", "system".
func (a Actor) String() string {
	if a.id == "" {
		return a.kind
	}
	return a.kind + ":" + a.id
}

// label is the actor as colleagues know them.
func (a Actor) label() string {
	if a.name != "" {
		return a.name
	}
	return a.String()
}

// nameOf is the actor as colleagues call them: by name, where they have one.
func (t *tx) nameOf(a Actor) (name string, err error) {
	if a.kind == "user" {
		if err := t.get(`SELECT name FROM users WHERE id = ?`, []any{a.id}, &name); err != nil && !errors.Is(err, ErrNotFound) {
			return "", err
		}
	}
	return cmp.Or(name, a.label()), nil
}

// require returns [ErrForbidden] unless the actor holds p at this moment. Whose second step is due
// holds nothing until it is added.
func (t *tx) require(a Actor, p Permission) error {
	switch a.kind {
	case "cli", "system":
		return nil
	case "user":
		var holds bool
		err := t.get(`SELECT EXISTS (
			SELECT 1 FROM users u WHERE u.id = ?1 AND u.disabled = 0 AND NOT `+factorDue+` AND (
				EXISTS (SELECT 1 FROM user_permissions p WHERE p.user_id = u.id AND p.permission = ?2)
				OR EXISTS (SELECT 1 FROM user_roles r JOIN role_permissions p ON p.role = r.role
					WHERE r.user_id = u.id AND p.permission = ?2)))`, []any{a.id, string(p)}, &holds)
		if err != nil {
			return err
		}
		if holds {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrForbidden, p)
}

// requireSelf returns [ErrForbidden] unless the actor is the person with that id, not disabled.
func (t *tx) requireSelf(a Actor, userID string) error {
	var active bool
	if a.kind == "user" && a.id == userID {
		if err := t.get(`SELECT EXISTS (SELECT 1 FROM users WHERE id = ? AND disabled = 0)`, []any{userID}, &active); err != nil {
			return err
		}
	}
	if !active {
		return fmt.Errorf("%w: only the person may do this", ErrForbidden)
	}
	return nil
}

// change is one setting's value before and after, for an audit entry's details.
type change struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// details marshals what an audit entry says beside its action; keys come out sorted.
func details(fields map[string]any) (string, error) {
	if len(fields) == 0 {
		return "", nil
	}
	b, err := json.Marshal(fields)
	if err != nil {
		return "", fmt.Errorf("write audit details: %w", err)
	}
	return string(b), nil
}
