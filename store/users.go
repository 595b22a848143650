package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
)

// NewUser is a person to be added.
type NewUser struct {
	Email       string
	Name        string // "" takes the part of the e-mail address before the @
	Password    string
	Roles       []string     // codes
	Permissions []Permission // beside those of the roles
}

// Why a user cannot be added or changed. Texts are for people.
var (
	ErrEmail      = errors.New("that is not an e-mail address")
	ErrEmailTaken = errors.New("somebody with this e-mail address is here already")
	ErrNoRole     = errors.New("there is no such role")
	ErrNoRight    = errors.New("there is no such permission")
	ErrLastAdmin  = errors.New("this is the last active administrator: make somebody else administrator first")
	ErrTheme      = errors.New("there is no such theme")
	ErrLanguage   = errors.New("there is no such language")
)

const (
	maxEmail = 254 // RFC 5321, 4.5.3.1.3
	maxName  = 200 // characters
)

// cleanEmail returns the address as written and the key to find it by, or [ErrEmail].
func cleanEmail(email string) (address, key string, err error) {
	address = strings.TrimSpace(email)
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > maxEmail {
		return "", "", ErrEmail
	}
	return address, emailKey(address), nil
}

func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// printable drops what would move a terminal's cursor or turn a text around.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text)
}

func cleanName(name, email string) string {
	name = strings.Join(strings.Fields(printable(name)), " ")
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	return name
}

// AddUser adds a person. It returns [ErrEmail], [ErrEmailTaken], [ErrNoRole], [ErrNoRight] or a
// password's error, [ErrBeyond], and [ErrForbidden] without Edit Other Users.
func (s *Store) AddUser(ctx context.Context, a Actor, n NewUser) (string, error) {
	insert, id, err := s.userInsert(ctx, n)
	if err != nil {
		return "", err
	}
	return id, s.update(ctx, func(t *tx) error {
		if err := t.mayGrantRights(a, "", Rights{n.Roles, n.Permissions}); err != nil {
			return err
		}
		if err := insert(t); err != nil {
			return err
		}
		return t.audit(a, ActionUserAdded, id, map[string]any{
			"email": n.Email, "roles": n.Roles, "permissions": n.Permissions})
	})
}

// userInsert checks a new person and hashes the password, outside the transaction; what it
// returns does the rest inside.
func (s *Store) userInsert(ctx context.Context, n NewUser) (insert func(*tx) error, id string, err error) {
	email, key, err := cleanEmail(n.Email)
	if err != nil {
		return nil, "", err
	}
	for _, p := range n.Permissions {
		if !p.Valid() {
			return nil, "", fmt.Errorf("%w: %s", ErrNoRight, p)
		}
	}
	if err := CheckPassword(n.Password, s.PasswordRule(n.Name, email)); err != nil {
		return nil, "", err
	}
	hash, err := s.hashing.hash(ctx, n.Password)
	if err != nil {
		return nil, "", err
	}
	id = newID()
	return func(t *tx) error { return t.insertUser(id, email, key, hash, n) }, id, nil
}

// insertUser adds a person with their rights; an empty hash is no password yet. It returns
// [ErrEmailTaken] or [ErrNoRole].
func (t *tx) insertUser(id, email, key, hash string, n NewUser) error {
	added, err := t.changed(`INSERT INTO users (id, email, email_key, name, password_hash, created_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (email_key) DO NOTHING`, id, email, key, cleanName(n.Name, email), hash, t.now)
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	if !added {
		return ErrEmailTaken
	}
	return t.grant(id, n.Roles, n.Permissions)
}

// grant gives a person roles and permissions. It returns [ErrNoRole] for a role that is not there.
func (t *tx) grant(userID string, roles []string, permissions []Permission) error {
	for _, role := range roles {
		given, err := t.changed(`INSERT INTO user_roles (user_id, role) SELECT ?, code FROM roles WHERE code = ?
			ON CONFLICT DO UPDATE SET role = excluded.role`, userID, role)
		if err != nil {
			return fmt.Errorf("give role: %w", err)
		}
		if !given {
			return fmt.Errorf("%w: %s", ErrNoRole, role)
		}
	}
	for _, p := range permissions {
		if err := t.exec(`INSERT INTO user_permissions (user_id, permission) VALUES (?, ?) ON CONFLICT DO NOTHING`, userID, string(p)); err != nil {
			return fmt.Errorf("give permission: %w", err)
		}
	}
	return nil
}

func (t *tx) userID(email string) (id string, err error) {
	err = t.get(`SELECT id FROM users WHERE email_key = ?`, []any{emailKey(email)}, &id)
	if errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("%w: nobody has the e-mail address %s", ErrNotFound, strings.TrimSpace(email))
	}
	return id, err
}

// Users lists everybody by e-mail address.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	return s.users(ctx, `ORDER BY email_key`)
}

// User returns one person, or [ErrNotFound].
func (s *Store) User(ctx context.Context, id string) (*User, error) {
	found, err := s.users(ctx, `WHERE id = ?`, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return &found[0], nil
}

// HasUsers reports whether there is anybody, active or not.
func (s *Store) HasUsers(ctx context.Context) (has bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users)`).Scan(&has)
	return has, err
}

// users reads people with all that they may do in one statement: rights are read anew at every
// request, so a change counts from the next one.
func (s *Store) users(ctx context.Context, where string, args ...any) ([]User, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, email, name, language, theme, disabled, password_hash = '', created_at,
		coalesce((SELECT group_concat(role) FROM user_roles WHERE user_id = u.id), ''),
		coalesce((SELECT group_concat(permission) FROM user_permissions WHERE user_id = u.id), ''),
		coalesce((SELECT group_concat(p.permission) FROM user_roles r JOIN role_permissions p USING (role) WHERE r.user_id = u.id), ''),
		`+anyFactor+`, `+factorDue+`, `+soundFactor+`
		FROM users u `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	defer rows.Close()
	var list []User
	for rows.Next() {
		u, err := scanUser(rows)
		if err != nil {
			return nil, fmt.Errorf("read users: %w", err)
		}
		list = append(list, u)
	}
	return list, rows.Err()
}

func scanUser(rows *sql.Rows) (u User, err error) {
	var created int64
	var roles, own, granted string
	if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Language, &u.Theme, &u.Disabled, &u.Invited, &created, &roles, &own, &granted, &u.HasFactor, &u.FactorDue, &u.sound); err != nil {
		return u, err
	}
	u.CreatedAt = fromMillis(created)
	u.Roles = fields(roles)
	slices.Sort(u.Roles)
	u.Permissions, u.Effective = []Permission{}, []Permission{}
	for _, p := range Permissions() {
		mine := slices.Contains(fields(own), string(p))
		if mine {
			u.Permissions = append(u.Permissions, p)
		}
		if mine || slices.Contains(fields(granted), string(p)) {
			u.Effective = append(u.Effective, p)
		}
	}
	return u, nil
}

// fields splits a comma-separated list; an empty text is an empty list, never nil.
func fields(list string) []string {
	if list == "" {
		return []string{}
	}
	return strings.Split(list, ",")
}
