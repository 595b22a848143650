package store

import (
	"errors"
	"unicode/utf8"
)

const (
	// strongBeyond is by how many characters a password is longer than it must be to be called strong.
	strongBeyond = 5
	// strongDifferent is of how many different ones it is made at least.
	strongDifferent = 10
)

// Strength is how a password does against a rule, to be said while somebody types it.
type Strength struct {
	Err    error // why it would be refused, as [CheckPassword] says
	Off    int   // characters too few or too many, where that is why
	Strong bool  // better than it must be
}

// RatePassword says how a password does. It is no promise: a rule knows no more than what leaked and
// what others know of the person.
func RatePassword(password string, rule PasswordRule) Strength {
	if rule.Least == 0 {
		rule.Least = MinPassword
	}
	password = prepare8265(password)
	n := utf8.RuneCountInString(password)
	s := Strength{Err: CheckPassword(password, rule)}
	switch {
	case errors.Is(s.Err, ErrPasswordShort):
		s.Off = rule.Least - n
	case errors.Is(s.Err, ErrPasswordLong):
		s.Off = n - MaxPassword
	case s.Err == nil:
		different := map[rune]bool{}
		for _, r := range password {
			different[r] = true
		}
		s.Strong = n >= MinPassword+strongBeyond && len(different) >= strongDifferent
	}
	return s
}
