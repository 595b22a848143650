package store

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Patients' data is sealed, so it is found by blind terms: keyed, one-way images of every start
// of a name word from three letters on, the patient's and the referrer's apart, and of the health
// card number, the chart number and the birth date. A referral reference is found by its
// fingerprint, which is unique.

const (
	minPrefix = 3
	// maxPrefix bounds the terms of one word; longer words are found by their first letters.
	maxPrefix = 20
	// maxWords bounds the words of one person's names, against hostile messages.
	maxWords = 24

	// maxChart bounds a chart number; no EMR's is longer.
	maxChart = 40

	termWord     = "name"
	termReferrer = "referrer"
	termHealth   = "health number"
	termChart    = "chart number"
	termBirth    = "birth date"

	// searchVersion goes up with every kind of term that is added; what was stored under an older
	// one gets its terms by [Store.Reindex].
	searchVersion = 1
)

var (
	// Ontario's 10 digits with or without the version code; other provinces' have 8 to 12 digits,
	// or letters before them.
	healthNumber = regexp.MustCompile(`^([a-z]{0,4}[0-9]{7,12})[a-z]{0,2}$`)
	birthDate    = regexp.MustCompile(`^((?:19|20)[0-9]{2})[-/. ]?(0[1-9]|1[0-2])[-/. ]?(0[1-9]|[12][0-9]|3[01])$`)
)

// fold lowers case and drops accents, so that Élise is found by elise.
func fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), text)
	if err != nil {
		plain = text
	}
	return undecomposed.Replace(strings.ToLower(plain))
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// undecomposed are letters whose stroke or ligature is no accent to Unicode.
var undecomposed = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i")

// words splits folded text at everything that is no letter or digit; apostrophes join.
func words(text string) []string {
	text = joining.Replace(fold(text))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

var joining = strings.NewReplacer("'", "", "’", "", "ʼ", "")

// terms are the blind terms that a referral is found by, sorted. What was stored under an older
// version has the terms of that version.
func (s *Store) terms(sum summary) []int64 {
	list := s.nameTerms(nil, termWord, append([]Name{sum.Patient}, sum.OtherNames...))
	if sum.BirthDate != "" {
		list = append(list, s.keys.Term(termBirth, sum.BirthDate))
	}
	if n := strings.ToLower(sum.HealthNumber); n != "" {
		if m := healthNumber.FindStringSubmatch(n); m != nil {
			n = m[1] // without a version code that was written along
		}
		list = append(list, s.keys.Term(termHealth, n))
	}
	if sum.Terms >= 1 {
		list = s.nameTerms(list, termReferrer, []Name{sum.Referrer})
		if n := chartNumber(sum.ChartNumber); n != "" {
			list = append(list, s.keys.Term(termChart, n))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (s *Store) nameTerms(list []int64, kind string, names []Name) []int64 {
	for _, w := range nameWords(names) {
		for _, prefix := range prefixes(w) {
			list = append(list, s.keys.Term(kind, prefix))
		}
	}
	return list
}

// chartNumber is a chart number without what people write differently: case, spaces, hyphens. It is
// "" for what cannot be one: without a digit it would be found by any short word.
func chartNumber(text string) string {
	n := strings.Join(words(text), "")
	if len(n) > maxChart || !strings.ContainsFunc(n, unicode.IsDigit) {
		return ""
	}
	return n
}

func nameWords(names []Name) []string {
	var list []string
	for _, n := range names {
		for _, part := range append([]string{n.Family, n.Text}, n.Given...) {
			list = append(list, words(part)...)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), maxWords)]
}

// prefixes are the starts of a word that find it; a word too short for one is found whole.
func prefixes(word string) []string {
	letters := []rune(word)
	if len(letters) < minPrefix {
		return []string{word}
	}
	var list []string
	for n := minPrefix; n <= min(len(letters), maxPrefix); n++ {
		list = append(list, string(letters[:n]))
	}
	return list
}
