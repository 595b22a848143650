package store_test

import (
	"slices"
	"strings"
	"testing"

	"breakwater/store"
)

// found are the references of what a search finds, sorted.
func found(t *testing.T, s *store.Store, q string) []string {
	t.Helper()
	rows, err := s.SearchReferrals(ctx, q, 100)
	if err != nil {
		t.Fatalf("%q: %v", q, err)
	}
	refs := []string{}
	for _, row := range rows {
		r, err := s.Referral(ctx, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, r.Ref)
	}
	slices.Sort(refs)
	return refs
}

func receivePatient(t *testing.T, s *store.Store, header, ref string, p store.Patient) {
	t.Helper()
	if _, err := s.Receive(ctx, message(header, ref, func(m *store.Message) { m.Updates[0].Patient = &p })); err != nil {
		t.Fatal(err)
	}
}

func name(family string, given ...string) store.Name { return store.Name{Family: family, Given: given} }

func TestSearchFindsPatients(t *testing.T) {
	s, _, _ := at(t)
	number := func(n string) *store.HealthNumber { return &store.HealthNumber{Value: n, Version: "AB"} }
	for ref, p := range map[string]store.Patient{
		"elise":  {Name: name("Bélanger-Côté", "Élise", "Marie"), HealthNumber: number("1234567897"), BirthDate: "1985-12-10"},
		"obrien": {Name: name("O'Brien", "Sean"), BirthDate: "1985-12-01"},
		"darcy":  {Name: name("d’Arcy", "Anne"), HealthNumber: number("9876543217")},
		"li":     {Name: name("Li", "Ann"), BirthDate: "2001-02-03"},
		"liam":   {Name: name("Lidell", "Liam"), HealthNumber: number("123456789012")},
		"other":  {Name: name("Married", "Zoë"), OtherNames: []store.Name{name("Maiden"), {Text: "Zoe Nickname"}}},
		"text":   {Name: store.Name{Text: "Mrs. Wilhelmina van der Berg"}, BirthDate: "1950"},
		"long":   {Name: name(strings.Repeat("Llanfair", 6))},
		"none":   {},
	} {
		receivePatient(t, s, "m-"+ref, ref, p)
	}
	for q, want := range map[string]string{
		// Starts of words from three letters, in any case, with or without accents.
		"bel": "elise", "BÉLANGER": "elise", "Be\u0301l": "elise", "ÉLI": "elise", "elise": "elise", "mar": "elise other", "cot": "elise",
		"bélanger-côté": "elise", "belanger cote": "elise", "côté, élise": "elise", "cot mar eli": "elise",
		"obr": "obrien", "O'Brien": "obrien", "o’brien": "obrien", "oBRIEN sean": "obrien", "brien": "",
		"d'arcy": "darcy", "darcy": "darcy", "dar": "darcy", "arcy": "", "ann": "darcy li", "anne": "darcy",
		"maiden": "other", "nickname": "other", "zoë": "other", "married maiden": "other",
		"wilh": "text", "berg": "text", "van der berg": "text",
		"llanfairllanfair": "long", strings.Repeat("llanfair", 6): "long", strings.Repeat("Llanfair", 9): "long",
		// Two letters are a whole surname and no start of one.
		"li": "li", "LI": "li", "li ann": "li", "lid": "liam", "lia": "liam", "be": "", "él": "", "o'b": "", "an": "", "l": "",
		// Every word must be found.
		"bel sean": "", "elise nobody": "", "li liam": "",
		// Health numbers.
		"1234567897": "elise", "1234 567 897": "elise", "1234-567-897": "elise", "1234567897AB": "elise", "1234-567-897-ab": "elise",
		" 9876543217 ": "darcy", "123456789012": "liam", "123456789": "", "12345678": "", "1234567898": "", "12345678970": "",
		// Birth dates.
		"1985-12-10": "elise", "1985/12/10": "elise", "1985.12.10": "elise", " 1985-12-10 ": "elise", "2001-02-03": "li", "1985-12": "", "1985-12-11": "",
		"1985-12-10 bel": "elise", "bel 1985-12-01": "", "sean 1985-12-01": "obrien",
		// References.
		"elise ": "elise", "none": "none", "m-none": "", "": "", "   ": "", "-": "", "'": "", "%": "", "*": "", "bel%": "elise", "\xff\xfe": "", "\x00": "",
		"x' OR 1=1 --": "",
	} {
		if got := strings.Join(found(t, s, q), " "); got != want {
			t.Errorf("%q finds %q, want %q", q, got, want)
		}
	}
	if rows, err := s.SearchReferrals(ctx, "ann", 9); err != nil || len(rows) != 2 || rows[0].ID <= rows[1].ID {
		t.Errorf("not newest first: %v, %v", rows, err)
	}
	if rows, err := s.SearchReferrals(ctx, "mar", 1); err != nil || len(rows) != 1 {
		t.Errorf("at most one: %d, %v", len(rows), err)
	}
}

// allTerms counts the terms in their places and those on the way there.
const allTerms = `SELECT (SELECT count(*) FROM referral_terms) + (SELECT count(*) FROM referral_terms_new, json_each(terms))`

func TestCorrectedPatientIsFoundByTheNewDataAlone(t *testing.T) {
	s, dir, _ := at(t)
	first := store.Patient{Name: name("Misspelt", "Ada"), HealthNumber: &store.HealthNumber{Value: "1234567897"}, BirthDate: "1985-12-10",
		OtherNames: []store.Name{name("Former")}}
	second := store.Patient{Name: name("Corrected", "Ada"), HealthNumber: &store.HealthNumber{Value: "9876543217"}, BirthDate: "1985-10-12"}
	receivePatient(t, s, "m1", "r1", first)
	old, now := []string{"mis", "misspelt", "former", "1234567897", "1985-12-10"}, []string{"cor", "corrected", "9876543217", "1985-10-12"}
	finds := func(queries []string, want int) {
		t.Helper()
		for _, q := range append(queries, "ada", "r1") {
			n := want
			if q == "ada" || q == "r1" {
				n = 1
			}
			if got := found(t, s, q); len(got) != n {
				t.Errorf("%q finds %q, want %d", q, got, n)
			}
		}
	}
	finds(old, 1)
	finds(now, 0)
	later := message("m2", "r1", func(m *store.Message) { m.Updates[0].Patient, m.Updates[0].Rank = &second, 3 })
	if _, err := s.Receive(ctx, later); err != nil {
		t.Fatal(err)
	}
	finds(old, 0)
	finds(now, 1)
	receivePatient(t, s, "m3", "r1", first) // says the same instant, an earlier rank: it comes late
	finds(old, 0)
	finds(now, 1)
	nothing := message("m4", "r1", func(m *store.Message) { m.Updates[0].Patient, m.Updates[0].Rank = nil, 4 })
	if _, err := s.Receive(ctx, nothing); err != nil {
		t.Fatal(err)
	}
	finds(now, 1)
	// ada, corrected from 3 letters, number, date
	if n := count(t, raw(t, dir), allTerms); n != 1+7+1+1 {
		t.Errorf("%d terms are kept", n)
	}
}

func TestNamesWithoutEndDoNotFillTheIndex(t *testing.T) {
	s, dir, _ := at(t)
	var p store.Patient
	for i := range 300 {
		p.OtherNames = append(p.OtherNames, name(strings.Repeat(string(rune('a'+i%26)), 30)+strings.Repeat("x", i)))
	}
	receivePatient(t, s, "m1", "r1", p)
	if n := count(t, raw(t, dir), allTerms); n == 0 || n > 24*18 {
		t.Errorf("%d terms", n)
	}
}

func TestSearchFindsByReferrerAndChartNumber(t *testing.T) {
	s, _, _ := at(t)
	add := func(ref, family, chart, referrer string) {
		t.Helper()
		if _, err := s.Receive(ctx, message("m-"+ref, ref, func(m *store.Message) {
			m.Updates[0].Patient = &store.Patient{Name: name(family, "Ada"), ChartNumber: chart, BirthDate: "1985-12-10"}
			m.Updates[0].Referrer = &store.Party{Name: name(referrer, "Grace")}
		})); err != nil {
			t.Fatal(err)
		}
	}
	add("first", "Hopper", "A-1234", "Müller")
	add("second", "Millar", "004711", "O'Hopper")
	add("third", "Sample", "12345678", "Hopper")
	for q, want := range map[string]string{
		"hopper": "first third", "HOP": "first third", "muller": "first", "Grace": "first second third", "grace ada": "first second third",
		"grace hopper": "first third", "sample hopper": "third", "ohopper": "second", "müller 1985-12-10": "first", "muller sample": "",
		"A-1234": "first", "a1234": "first", "A 1234": "first", "1234": "", "a-123": "", "004711": "second", "4711": "", "12345678": "third",
		"ada 004711": "second", "sample 004711": "", "mu": "",
	} {
		if got := strings.Join(found(t, s, q), " "); got != want {
			t.Errorf("%q finds %q, want %q", q, got, want)
		}
	}
	rows, err := s.SearchReferrals(ctx, "hopper", 1)
	if err != nil || len(rows) != 1 || rows[0].Patient.Family != "Hopper" {
		t.Errorf("a referrer hides the patient: %+v, %v", rows, err)
	}
}
