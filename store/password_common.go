package store

import (
	"slices"
	"strings"
	"unicode"
)

// common reports whether a password, long as it is, is one that a guesser tries early, in whatever
// disguise.
func common(password string) bool {
	if wellKnown(password) {
		return true
	}
	text := strings.ToLower(password)
	bare, undisguised := strings.Map(lettersAndDigits, text), strings.Map(lettersAndDigits, disguises.Replace(text))
	for _, t := range []string{text, bare, undisguised, digitsAsLetters.Replace(undisguised)} {
		if leakedBefore(t) {
			return true
		}
	}
	return false
}

// wellKnown reports whether a password is one or two well-known pieces (words that lead every list of
// leaked passwords, runs of the keyboard or of digits, one character over and over) repeated until
// they are long enough.
func wellKnown(password string) bool {
	text := strings.ToLower(password)
	bare := strings.Map(lettersAndDigits, text)
	if bare == "" {
		return true // nothing but signs and spaces
	}
	return fewPieces(bare, nil) || fewPieces(strings.Map(lettersAndDigits, disguises.Replace(text)), nil)
}

// disguises are signs that stand for letters.
var disguises = strings.NewReplacer("@", "a", "$", "s", "!", "i")

// digitsAsLetters are digits that stand for letters.
var digitsAsLetters = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t")

// lettersAndDigits drops what separates words.
func lettersAndDigits(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return r
	}
	return -1
}

// fewPieces reports whether text splits into at most two different well-known pieces.
func fewPieces(text string, used []string) bool {
	if text == "" {
		return true
	}
	for _, piece := range piecesAt(text) {
		next := used
		if !slices.Contains(used, piece) {
			if len(used) == 2 {
				continue
			}
			next = append(slices.Clip(used), piece)
		}
		if fewPieces(text[len(piece):], next) {
			return true
		}
	}
	return false
}

// piecesAt lists the well-known pieces that text begins with, the longest runs first.
func piecesAt(text string) []string {
	var found []string
	if n := runLength(text); n >= 3 || n == len(text) {
		found = append(found, text[:n])
	}
	for _, walk := range walks {
		if n := walkLength(text, walk); n >= 3 {
			found = append(found, text[:n])
		}
	}
	for _, word := range commonWords {
		if strings.HasPrefix(text, word) {
			found = append(found, word)
		}
	}
	if n := yearLength(text); n > 0 {
		found = append(found, text[:n])
	}
	return found
}

// runLength is how many times the first byte stands at the start.
func runLength(text string) int {
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	return n
}

// walkLength is how much of text is a stretch of the walk, which may begin anywhere in it.
func walkLength(text, walk string) int {
	best := 0
	for i := range walk {
		n := 0
		for n < len(text) && i+n < len(walk) && text[n] == walk[i+n] {
			n++
		}
		best = max(best, n)
	}
	return best
}

func yearLength(text string) int {
	if len(text) >= 4 && (text[:2] == "19" || text[:2] == "20") && strings.Trim(text[2:4], "0123456789") == "" {
		return 4
	}
	return 0
}

// walks are the rows of the keyboards and of the alphabet, there and back, long enough to wrap.
var walks = func() []string {
	rows := []string{"12345678901234567890", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
		"qwertyuiopasdfghjklzxcvbnm", "asdfghjklqwertyuiopzxcvbnm", "zxcvbnmasdfghjklqwertyuiop",
		"azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp"}
	for _, r := range rows[:len(rows):len(rows)] {
		back := []byte(r)
		slices.Reverse(back)
		rows = append(rows, string(back))
	}
	return rows
}()

// commonWords lead the lists of leaked passwords; longer ones first where one begins another.
var commonWords = strings.Fields(`
passwords password passw0rd p4ssw0rd passwort motdepasse passe pass administrator administrateur admin root
welcome bienvenue bonjour letmein changeme changeit default secret iloveyou jetaime loveyou love
monkey dragon football soccer hockey baseball basketball master sunshine princess shadow superman
batman starwars trustno1 whatever michael jessica ashley jordan charlie daniel freedom hello
canada toronto ontario montreal quebec ottawa clinic clinique medical doctor docteur hospital
ocean breakwater referral qwerty azerty login user guest test summer winter spring autumn
january february march april june july august september october november december
flower pokemon computer internet mustang harley ranger hunter thomas robert jennifer
nothing forever family angel lovely cheese cookie banana orange purple hottie chocolate butterfly`)
