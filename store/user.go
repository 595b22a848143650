package store

import (
	"slices"
	"time"
)

// User is a person who may sign in.
type User struct {
	ID          string       `json:"id"` // UUIDv7
	Email       string       `json:"email"`
	Name        string       `json:"name"`
	Language    string       `json:"language,omitempty"` // "en", "fr"; "" follows the browser
	Theme       string       `json:"theme,omitempty"`    // "light", "dark"; "" follows the system
	Disabled    bool         `json:"disabled"`
	Invited     bool         `json:"invited"`               // has not chosen a password yet
	Roles       []string     `json:"roles"`                 // codes of roles
	Permissions []Permission `json:"permissions"`           // granted to the person alone
	Effective   []Permission `json:"effective_permissions"` // those and what the roles grant
	CreatedAt   time.Time    `json:"created_at"`
	HasFactor   bool         `json:"second_factor"` // signing in asks for a second step
	FactorDue   bool         `json:"-"`             // may do nothing before adding one

	sound bool // has a second step that counts
}

// LeastPassword is how many characters a password of the person needs.
func (u *User) LeastPassword() int {
	if u.sound {
		return MinWithFactor
	}
	return MinPassword
}

// Can reports whether the person holds p. Nobody holds anything while disabled.
func (u *User) Can(p Permission) bool {
	return u != nil && !u.Disabled && slices.Contains(u.Effective, p)
}
