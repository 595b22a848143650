package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// MinPassword and MaxPassword bound a password's length in characters (NIST SP 800-63B-4,
	// 3.1.1.2: 15 where the password is the only factor, 8 beside another).
	MinPassword   = 15
	MinWithFactor = 8
	MaxPassword   = 128
)

// Why a password is refused. Each comes wrapped with what to do.
var (
	ErrPasswordShort  = errors.New("the password is too short")
	ErrPasswordLong   = errors.New("the password is too long")
	ErrPasswordCommon = errors.New("the password is one of the first that somebody would try")
	ErrPasswordOwn    = errors.New("the password is little more than a name that everybody knows")
)

// PasswordRule is what a password is checked against. There are no rules on what kinds of characters
// it is made of, and none makes people change it (NIST SP 800-63B-4, 3.1.1.2).
type PasswordRule struct {
	Least int      // characters; 0 is [MinPassword]
	Words []string // names of the person and of the clinic, e-mail and host names: a password made of them is refused
}

// PasswordRule is the rule for somebody's password, with what others know of them and of the clinic:
// where its console is, and by what names Ocean lists it.
func (s *Store) PasswordRule(name, email string) PasswordRule {
	words := slices.Concat([]string{cleanName(name, ""), email[:min(len(email), maxEmail)]}, s.opts.Words)
	seen, err := s.listings(context.Background())
	if err != nil { // the rule is good without them
		return PasswordRule{Least: MinPassword, Words: words}
	}
	for _, l := range seen {
		for _, word := range strings.Fields(l.Name) {
			if utf8.RuneCountInString(word) >= leastListed {
				words = append(words, word)
			}
		}
	}
	return PasswordRule{Least: MinPassword, Words: words}
}

// leastListed is the length from which a listing's word counts as a name: the shorter ones are in
// everybody's sentences.
const leastListed = 5

// RuleOf is the rule for somebody who is here already.
func (s *Store) RuleOf(u *User) PasswordRule {
	rule := s.PasswordRule(u.Name, u.Email)
	rule.Least = u.LeastPassword()
	return rule
}

// tooShortAlone reports whether a password is long enough only beside a second step.
func tooShortAlone(password string) bool {
	return utf8.RuneCountInString(prepare8265(password)) < MinPassword
}

// longEnough returns [ErrPasswordShort] where somebody whose password was just set has no second step
// that it could stand beside: the last one was removed while the password was hashed.
func (t *tx) longEnough(userID string) error {
	var alone bool
	if err := t.get(`SELECT u.password_short = 1 AND NOT `+soundFactor+` FROM users u WHERE u.id = ?`, []any{userID}, &alone); err != nil {
		return err
	}
	if alone {
		return fmt.Errorf("%w: use at least %d characters; several words make a good one", ErrPasswordShort, MinPassword)
	}
	return nil
}

// CheckPassword returns why a password may not be used, or nil: [ErrPasswordShort],
// [ErrPasswordLong], [ErrPasswordCommon] or [ErrPasswordOwn].
func CheckPassword(password string, rule PasswordRule) error {
	if rule.Least == 0 {
		rule.Least = MinPassword
	}
	password = prepare8265(password)
	switch n := utf8.RuneCountInString(password); {
	case n < rule.Least:
		return fmt.Errorf("%w: use at least %d characters; several words make a good one", ErrPasswordShort, rule.Least)
	case n > MaxPassword:
		return fmt.Errorf("%w: use at most %d characters", ErrPasswordLong, MaxPassword)
	case common(password):
		return fmt.Errorf("%w: choose several unrelated words", ErrPasswordCommon)
	case ownWords(password, rule):
		return fmt.Errorf("%w, the person's, the clinic's or Breakwater's: choose several unrelated words", ErrPasswordOwn)
	}
	return nil
}

// prepare8265 makes one password of what different keyboards send for the same: characters are
// composed, and every kind of space is a plain one. Nothing else is changed, and nothing is cut off
// (RFC 8265, 4.2; the few characters that it forbids are allowed here).
func prepare8265(password string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, password))
}
