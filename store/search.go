package store

import (
	"context"
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
// of a name word from three letters on, of the health card number and of the birth date. A
// referral reference is found by its fingerprint, which is unique.

const (
	minPrefix = 3
	// maxPrefix bounds the terms of one word; longer words are found by their first letters.
	maxPrefix = 20
	// maxWords bounds the words of one person's names, against hostile messages.
	maxWords = 24
	// maxQueryWords bounds the words of a search; each is one more index to look in.
	maxQueryWords = 6

	termWord   = "name"
	termHealth = "health number"
	termBirth  = "birth date"
)

var (
	// Ontario's 10 digits with or without the version code; other provinces' have 8 to 12 digits,
	// or letters before them.
	healthNumber = regexp.MustCompile(`^([a-z]{0,4}[0-9]{7,12})[a-z]{0,2}$`)
	birthDate    = regexp.MustCompile(`^((?:19|20)[0-9]{2})[-/. ]?(0[1-9]|1[0-2])[-/. ]?(0[1-9]|[12][0-9]|3[01])$`)
)

// fold lowers case and drops accents, so that Élise is found by elise.
func fold(text string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), text)
	if err != nil {
		plain = text
	}
	return undecomposed.Replace(strings.ToLower(plain))
}

// undecomposed are letters whose stroke or ligature is no accent to Unicode.
var undecomposed = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i")

// words splits folded text at everything that is no letter or digit; apostrophes join.
func words(text string) []string {
	text = strings.NewReplacer("'", "", "’", "", "ʼ", "").Replace(fold(text))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// terms are the blind terms that a referral is found by, sorted.
func (s *Store) terms(sum summary) []int64 {
	var list []int64
	for _, w := range nameWords(append([]Name{sum.Patient}, sum.OtherNames...)) {
		for _, prefix := range prefixes(w) {
			list = append(list, s.keys.Term(termWord, prefix))
		}
	}
	if sum.BirthDate != "" {
		list = append(list, s.keys.Term(termBirth, sum.BirthDate))
	}
	if n := strings.ToLower(sum.HealthNumber); n != "" {
		if m := healthNumber.FindStringSubmatch(n); m != nil {
			n = m[1] // without a version code that was written along
		}
		list = append(list, s.keys.Term(termHealth, n))
	}
	slices.Sort(list)
	return slices.Compact(list)
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

// replaceTerms makes is the terms of a referral that had the terms was; both are sorted.
func (t *tx) replaceTerms(referral int64, was, is []int64) error {
	for _, term := range was {
		if _, stays := slices.BinarySearch(is, term); !stays {
			if err := t.exec(`DELETE FROM referral_terms WHERE term = ? AND referral = ?`, term, referral); err != nil {
				return err
			}
		}
	}
	for _, term := range is {
		if _, there := slices.BinarySearch(was, term); !there {
			if err := t.exec(`INSERT INTO referral_terms (term, referral) VALUES (?, ?) ON CONFLICT DO NOTHING`, term, referral); err != nil {
				return err
			}
		}
	}
	return nil
}

// queryTerms are the terms that all must match, for what a person typed.
func (s *Store) queryTerms(q string) []int64 {
	if m := birthDate.FindStringSubmatch(strings.TrimSpace(q)); m != nil {
		return []int64{s.keys.Term(termBirth, strings.Join(m[1:], "-"))}
	}
	dated := slices.ContainsFunc(strings.Fields(q), birthDate.MatchString) // "sean 1985-12-01" is no number
	if m := healthNumber.FindStringSubmatch(strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(q))); m != nil && !dated {
		return []int64{s.keys.Term(termHealth, m[1])}
	}
	var list []int64
	var last string // a word too short for a prefix that ends the query: it may be half typed
	for _, part := range strings.Fields(q) {
		if m := birthDate.FindStringSubmatch(part); m != nil {
			list = append(list, s.keys.Term(termBirth, strings.Join(m[1:], "-")))
			continue
		}
		for _, w := range words(part) {
			if last != "" {
				list = append(list, s.keys.Term(termWord, last))
				last = ""
			}
			switch n := utf8.RuneCountInString(w); {
			case n < minPrefix:
				last = w
				continue
			case n > maxPrefix:
				w = string([]rune(w)[:maxPrefix])
			}
			list = append(list, s.keys.Term(termWord, w))
		}
	}
	if len(list) == 0 && last != "" {
		list = append(list, s.keys.Term(termWord, last)) // a whole name of one or two letters
	}
	return list[:min(len(list), maxQueryWords)]
}

// SearchReferrals finds referrals by the start of a name word (three letters or more, any case,
// with or without accents; several words must all match), a health card number, a birth date or a
// referral reference, newest first, at most limit of them.
func (s *Store) SearchReferrals(ctx context.Context, q string, limit int) ([]ReferralRow, error) {
	q = strings.TrimSpace(q)
	if q == "" {
		return nil, nil
	}
	found, err := s.referralRows(ctx, `WHERE ref = ?`, s.refFingerprint(q))
	if err != nil || len(found) > 0 {
		return found, err
	}
	terms := s.queryTerms(q)
	if len(terms) == 0 {
		return nil, nil
	}
	// Longest list last would be best; the terms do not tell, so the first leads.
	query, args := `WHERE seq IN (SELECT t.referral FROM referral_terms t WHERE t.term = ?`, []any{terms[0]}
	for _, term := range terms[1:] {
		query += ` AND EXISTS (SELECT 1 FROM referral_terms x WHERE x.term = ? AND x.referral = t.referral)`
		args = append(args, term)
	}
	return s.referralRows(ctx, query+` ORDER BY t.referral DESC LIMIT ?) ORDER BY seq DESC`, append(args, limit)...)
}
