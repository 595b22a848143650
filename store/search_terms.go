package store

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// termsTogether is how many referrals' terms are taken to their places at a time. Each of a referral's
// dozen terms has its place on another page of the index, so that one message would write as many pages
// for them as for all the rest; together they share pages, and most messages write one. A search looks
// through all of those that wait.
const termsTogether = 256

// addTerms gives a new referral its terms.
func (t *tx) addTerms(referral int64, terms []int64) error {
	if len(terms) > 0 { // else nothing would remove the row with the referral, whose number comes again
		if err := t.exec(`INSERT INTO referral_terms_new (referral, terms) VALUES (?, ?)`, referral, listOf(terms)); err != nil {
			return fmt.Errorf("keep terms: %w", err)
		}
	}
	if referral%termsTogether != 0 {
		return nil
	}
	return t.placeTerms(0, referral)
}

// replaceTerms makes is the terms of a referral that had the terms was; both are sorted.
func (t *tx) replaceTerms(referral int64, was, is []int64) error {
	if slices.Equal(was, is) {
		return nil
	}
	if err := t.placeTerms(referral, referral); err != nil {
		return err
	}
	if gone := without(was, is); len(gone) > 0 {
		if err := t.exec(`DELETE FROM referral_terms WHERE term IN (SELECT value FROM json_each(?)) AND referral = ?`, listOf(gone), referral); err != nil {
			return err
		}
	}
	if added := without(is, was); len(added) > 0 {
		return t.exec(`INSERT INTO referral_terms (term, referral) SELECT value, ? FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`, referral, listOf(added))
	}
	return nil
}

// placeTerms takes the terms of some referrals, from one to another, to their places, if they are not
// there yet.
func (t *tx) placeTerms(from, to int64) error {
	if err := errors.Join(t.exec(`INSERT INTO referral_terms (term, referral) SELECT e.value, n.referral FROM referral_terms_new n, json_each(n.terms) e
		WHERE n.referral BETWEEN ? AND ? ORDER BY e.value, n.referral ON CONFLICT DO NOTHING`, from, to),
		t.exec(`DELETE FROM referral_terms_new WHERE referral BETWEEN ? AND ?`, from, to)); err != nil {
		return fmt.Errorf("keep terms: %w", err)
	}
	return nil
}

// dropTerms removes all terms of a referral of which nobody knows what they are: SQLite looks through
// all there are.
func (t *tx) dropTerms(referral int64) error {
	return errors.Join(t.exec(`DELETE FROM referral_terms_new WHERE referral = ?`, referral), t.exec(`DELETE FROM referral_terms WHERE referral = ?`, referral))
}

// without are the terms that are not among the others, which are sorted.
func without(terms, others []int64) (rest []int64) {
	for _, term := range terms {
		if _, there := slices.BinarySearch(others, term); !there {
			rest = append(rest, term)
		}
	}
	return rest
}

// listOf writes numbers as SQLite's JSON functions read them: one statement for however many.
func listOf(numbers []int64) string {
	text := make([]byte, 0, 21*len(numbers)+2)
	text = append(text, '[')
	for i, n := range numbers {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return string(append(text, ']'))
}
