package store

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// productNames are known to everybody who may sign in.
var productNames = []string{"Breakwater", "Ocean", "eReferral", "CognisantMD"}

// leastOwn is the length from which a word counts as a name: shorter ones stand in too many others.
const leastOwn = 3

// ownWords reports whether a password is made of names with little else: without them less than half
// of the least length is left, or they are a third of it and the rest is common.
func ownWords(password string, rule PasswordRule) bool {
	names := namesIn(slices.Concat(rule.Words, productNames))
	return madeOf(plain(password), names, rule.Least) || madeOf(plain(digitsAsLetters.Replace(password)), names, rule.Least)
}

func madeOf(text string, names []string, least int) bool {
	rest := text
	for _, word := range names {
		rest = strings.ReplaceAll(rest, word, "")
	}
	all, left := utf8.RuneCountInString(text), utf8.RuneCountInString(rest)
	if left == all {
		return false
	}
	return 2*left < least || 3*(all-left) >= all && fewPieces(rest, nil)
}

// namesIn are the words of names, addresses and host names, the longest first.
func namesIn(texts []string) []string {
	var words []string
	for _, text := range texts {
		parts := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return lettersAndDigits(r) < 0 && !unicode.Is(unicode.Mn, r) })
		for _, part := range append(parts, text) {
			if word := plain(part); utf8.RuneCountInString(word) >= leastOwn {
				words = append(words, word)
			}
		}
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	return slices.Compact(words)
}

// plain is a text as guessers see it: letters and digits alone, small, without accents or disguises.
func plain(text string) string {
	text = disguises.Replace(strings.ToLower(text))
	return strings.Map(lettersAndDigits, norm.NFD.String(text)) // accents are marks of their own then
}
