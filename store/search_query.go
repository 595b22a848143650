package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxQueryWords bounds the words of a search; each is one more index to look in.
const maxQueryWords = 6

// A way is one way in which a referral can be what a person looks for: it must have one term of
// each list.
type way [][]int64

// queryWays are the ways to read what a person typed, the likelier ones first.
func (s *Store) queryWays(q string) []way {
	var ways []way
	patient, anybody := s.queryWords(q)
	if patient != nil {
		ways = append(ways, patient, anybody)
	}
	if n := chartNumber(q); n != "" {
		ways = append(ways, way{{s.keys.Term(termChart, n)}})
	}
	return ways
}

// queryWords reads what a person typed as words, each of which must be the patient's, or else
// anybody's.
func (s *Store) queryWords(q string) (patient, anybody way) {
	add := func(own int64, others ...int64) {
		patient, anybody = append(patient, []int64{own}), append(anybody, append([]int64{own}, others...))
	}
	if m := birthDate.FindStringSubmatch(strings.TrimSpace(q)); m != nil {
		add(s.keys.Term(termBirth, strings.Join(m[1:], "-")))
		return patient, nil
	}
	dated := slices.ContainsFunc(strings.Fields(q), birthDate.MatchString) // "sean 1985-12-01" is no number
	if m := healthNumber.FindStringSubmatch(strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(q))); m != nil && !dated {
		add(s.keys.Term(termHealth, m[1]))
		return patient, nil
	}
	word := func(w string) {
		add(s.keys.Term(termWord, w), s.keys.Term(termReferrer, w))
	}
	var last string // a word too short for a prefix that ends the query: it may be half typed
	for _, part := range strings.Fields(q) {
		if m := birthDate.FindStringSubmatch(part); m != nil {
			add(s.keys.Term(termBirth, strings.Join(m[1:], "-")))
			continue
		}
		if n := chartNumber(part); n != "" {
			w := cut(n)
			add(s.keys.Term(termWord, w), s.keys.Term(termChart, n), s.keys.Term(termReferrer, w))
			continue
		}
		for _, w := range words(part) {
			if last != "" {
				word(last)
				last = ""
			}
			if utf8.RuneCountInString(w) < minPrefix {
				last = w
				continue
			}
			word(cut(w))
		}
	}
	if len(patient) == 0 && last != "" {
		word(last) // a whole name of one or two letters
	}
	n := min(len(patient), maxQueryWords)
	return patient[:n], anybody[:n]
}

// cut leaves of a word what is kept of it.
func cut(word string) string {
	letters := []rune(word)
	return string(letters[:min(len(letters), maxPrefix)])
}

// SearchReferrals finds referrals by the start of a name word of the patient or the referrer (three
// letters or more, any case, with or without accents; several words must all match), a health card
// number, a chart number, a birth date or a referral reference, at most limit of them. Those whose
// patient it fits come before the others, since a referrer has many; each part is newest first.
func (s *Store) SearchReferrals(ctx context.Context, q string, limit int) ([]ReferralRow, error) {
	q = strings.TrimSpace(q)
	if q == "" {
		return nil, nil
	}
	found, err := s.referralRows(ctx, `referrals WHERE ref = ?`, s.refFingerprint(q))
	if err != nil || len(found) > 0 {
		return found, err
	}
	seen := map[string]bool{}
	for _, w := range s.queryWays(q) {
		if len(w) == 0 || len(found) >= limit {
			continue
		}
		rows, err := s.referralsBy(ctx, w, limit)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !seen[r.ID] && len(found) < limit {
				seen[r.ID] = true
				found = append(found, r)
			}
		}
	}
	return found, nil
}

// fewEnough is how far it is counted how often a term stands, to find out which is the rarest.
const fewEnough = 1000

func (s *Store) referralsBy(ctx context.Context, w way, limit int) ([]ReferralRow, error) {
	if err := s.rarestFirst(ctx, w); err != nil {
		return nil, err
	}
	query, args := w.query(limit)
	return s.referralRows(ctx, query, args...)
}

// query goes through the referrals that have a term of the first list, newest first, and leaves out those
// that have none of another. It is what follows the columns of a list.
func (w way) query(limit int) (string, []any) {
	also, alsoNew, alsoArgs := "", "", []any{}
	for _, terms := range w[1:] {
		also += ` AND EXISTS (SELECT 1 FROM referral_terms x WHERE x.term IN (` + marks(terms) + `) AND x.referral = t.referral)`
		alsoNew += ` AND EXISTS (SELECT 1 FROM json_each(n.terms) WHERE value IN (` + marks(terms) + `))`
		alsoArgs = append(alsoArgs, anys(terms)...)
	}
	each := []string{`SELECT n.referral FROM referral_terms_new n WHERE EXISTS (SELECT 1 FROM json_each(n.terms) WHERE value IN (` + marks(w[0]) + `))` + alsoNew}
	args := append(anys(w[0]), alsoArgs...)
	for _, term := range w[0] {
		each = append(each, `SELECT * FROM (SELECT referral FROM referral_terms t WHERE t.term = ?`+also+` ORDER BY t.referral DESC LIMIT ?)`)
		args = append(append(append(args, term), alsoArgs...), limit)
	}
	return `referrals WHERE seq IN (SELECT referral FROM (` + strings.Join(each, ` UNION `) + `) ORDER BY referral DESC LIMIT ?) ORDER BY seq DESC`, append(args, limit)
}

// rarestFirst puts the list that the fewest referrals have first: all of them may have to be gone through.
func (s *Store) rarestFirst(ctx context.Context, w way) error {
	if len(w) < 2 {
		return nil
	}
	var each []string
	var args []any
	for i, terms := range w {
		for _, term := range terms {
			each = append(each, `SELECT ? AS list, (SELECT count(*) FROM (SELECT 1 FROM referral_terms WHERE term = ? LIMIT ?)) AS n`)
			args = append(args, i, term, fewEnough)
		}
	}
	var rarest int
	if err := s.read.QueryRowContext(ctx, `SELECT list FROM (`+strings.Join(each, ` UNION ALL `)+`) GROUP BY list ORDER BY sum(n), list LIMIT 1`, args...).Scan(&rarest); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	w[0], w[rarest] = w[rarest], w[0]
	return nil
}

func marks(terms []int64) string { return strings.TrimSuffix(strings.Repeat("?, ", len(terms)), ", ") }

func anys(terms []int64) []any {
	list := make([]any, len(terms))
	for i, t := range terms {
		list[i] = t
	}
	return list
}
