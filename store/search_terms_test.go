package store_test

import (
	"fmt"
	"testing"

	"breakwater/store"
)

// TestTermsAreFoundOnTheirWayAndInTheirPlace has referrals come, be corrected and be purged while some of
// their terms wait to be taken to their places, and finds each of them at every moment.
func TestTermsAreFoundOnTheirWayAndInTheirPlace(t *testing.T) {
	s, dir, _ := at(t)
	db := raw(t, dir)
	family := func(i int) string { return fmt.Sprintf("Fam%c%cly", 'a'+i/26, 'a'+i%26) }
	finds := func(q string, want int) {
		t.Helper()
		if got := found(t, s, q); len(got) != want {
			t.Fatalf("%q finds %d, want %d", q, len(got), want)
		}
	}
	const many = 600
	var most int64
	for i := range many {
		receivePatient(t, s, fmt.Sprint("m", i), fmt.Sprint("r", i), store.Patient{Name: name(family(i), "Ada"), BirthDate: "1985-12-10"})
		most = max(most, count(t, db, `SELECT count(*) FROM referral_terms_new`))
		finds(family(i), 1)
		finds(family(i)+" ada 1985-12-10", 1)
		finds(family(i)+" grace", 0)
	}
	if most == 0 || most > 256 {
		t.Errorf("the terms of up to %d referrals waited", most)
	}
	for i := range many {
		finds(family(i)+" ada", 1)
	}
	finds("ada", 100) // as many as are looked for
	if placed := count(t, db, `SELECT count(*) FROM referral_terms WHERE referral <= 512`); placed == 0 {
		t.Error("no terms were taken to their places")
	}
	for _, i := range []int{3, many - 1} { // one in its place, one on the way
		other := store.Patient{Name: name("Corrected", "Ada"), BirthDate: "1985-12-10"}
		if _, err := s.Receive(ctx, message(fmt.Sprint("again", i), fmt.Sprint("r", i), func(m *store.Message) { m.Updates[0].Patient, m.Updates[0].Rank = &other, 3 })); err != nil {
			t.Fatal(err)
		}
		finds(family(i), 0)
	}
	finds("corrected", 2)
	if twice := count(t, db, `SELECT count(*) FROM referral_terms_new n JOIN referral_terms t USING (referral)`); twice != 0 {
		t.Errorf("%d terms are of a referral that is in both", twice)
	}
}
