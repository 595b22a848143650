package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// storeOld makes referrals as a Breakwater before this version of search left them.
func storeOld(t testing.TB, s *Store, n int) {
	t.Helper()
	for i := range n {
		u := Update{Ref: fmt.Sprint("r", i), Event: "add-service-request", HeaderID: fmt.Sprint("m", i), SentAt: monday,
			Patient:  &Patient{Name: Name{Family: "Example", Given: []string{"Ada"}}, ChartNumber: fmt.Sprint("MR-", i)},
			Referrer: &Party{Name: Name{Family: "Harbour", Given: []string{fmt.Sprint("Number", i)}}}, Request: &Request{Service: "Cardiology", Priority: "urgent"}}
		if _, err := s.Receive(context.Background(), Message{HeaderID: u.HeaderID, Event: u.Event, Raw: []byte(u.Ref), Digest: [32]byte{byte(i), byte(i >> 8)}, Updates: []Update{u}}); err != nil {
			t.Fatal(err)
		}
	}
	err := s.update(context.Background(), func(t *tx) error {
		list, err := t.everything()
		if err != nil {
			return err
		}
		for _, r := range list {
			was := s.terms(r.sum)
			r.sum.Terms, r.sum.ChartNumber = 0, ""
			sealed, err := s.sealSummary(r.id, r.sum)
			if err != nil {
				return err
			}
			if err := errors.Join(t.replaceTerms(r.seq, was, s.terms(r.sum)),
				t.exec(`UPDATE referrals SET summary = ?, urgent = 0, service = NULL WHERE seq = ?`, sealed, r.seq)); err != nil {
				return err
			}
		}
		return t.exec(`DELETE FROM counters WHERE name LIKE 'search%'`)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (t *tx) everything() (list []indexed, err error) {
	rows, err := t.query(`SELECT seq, id, summary FROM referrals`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r indexed
		var sealed []byte
		if err := rows.Scan(&r.seq, &r.id, &sealed); err != nil {
			return nil, err
		}
		if r.sum, err = t.store.openSummary(r.id, sealed); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func finds(t testing.TB, s *Store, q string) int {
	t.Helper()
	rows, err := s.SearchReferrals(context.Background(), q, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

func TestReindexKilledHalfWayGoesOn(t *testing.T) {
	s := opened(t)
	const all = 3*reindexStep + 7
	storeOld(t, s, all)
	if n := finds(t, s, "harbour") + finds(t, s, "MR-3"); n != 0 {
		t.Fatalf("%d are found before", n)
	}
	// Killed after the second step: its transaction is whole or not there.
	for range 2 {
		if err := s.update(context.Background(), func(t *tx) error { _, err := t.reindexSome(); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.update(context.Background(), func(t *tx) error { _, err := t.reindexSome(); return errors.Join(err, errors.New("killed")) }); err == nil {
		t.Fatal("it was not killed")
	}
	if n := finds(t, s, "harbour"); n != 2*reindexStep {
		t.Errorf("%d are found half-way", n)
	}
	dir := s.opts.Dir
	closeStore(t, s)
	s, err := Open(context.Background(), Options{Dir: dir, Migrate: true, Argon2: cheap})
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Reindex(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more: %v", err)
	}
	version := number(t, s, `SELECT sum(version) FROM referrals`)
	for range 2 {
		if err := s.Reindex(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := finds(t, s, "harbour"); n != all {
		t.Errorf("%d of %d are found by their referrer", n, all)
	}
	for q, want := range map[string]int{"MR-3": 1, "mr 606": 1, "MR-607": 0, "ada harb": all, "bo harb": 0, "ada": all} {
		if n := finds(t, s, q); n != want {
			t.Errorf("%q finds %d, want %d", q, n, want)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM referrals WHERE urgent = 1 AND service IS NOT NULL`); n != all {
		t.Errorf("%d of %d can be filtered", n, all)
	}
	if counted(t, s, countSearch) != searchVersion || number(t, s, `SELECT sum(version) FROM referrals`) != version {
		t.Error("it is not done, or referrals count as changed")
	}
}

func TestAMessageReindexesItsReferral(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	storeOld(t, s, 2)
	u := Update{Ref: "r1", Event: "notify-update-service-request", HeaderID: "later", SentAt: monday.AddDate(0, 0, 1), Task: &Task{Status: "accepted"}}
	if _, err := s.Receive(context.Background(), Message{HeaderID: "later", Event: u.Event, Raw: []byte("later"), Digest: [32]byte{9, 9}, Updates: []Update{u}}); err != nil {
		t.Fatal(err)
	}
	if finds(t, s, "harbour") != 1 || finds(t, s, "mr-1") != 1 || finds(t, s, "mr-0") != 0 {
		t.Error("its terms are not there")
	}
	if err := s.Reindex(context.Background()); err != nil || finds(t, s, "harbour") != 2 {
		t.Errorf("the other one is not found: %v", err)
	}
}
