package store_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"breakwater/store"
)

func TestManySendersAtOnceAreCountedExactly(t *testing.T) {
	const senders, each, headers, referrals, seed = 64, 500, 3000, 1200, 7
	s, dir, _ := at(t)
	// Some ids come with two contents, some messages have a problem of their own.
	var distinct []store.Message
	for n := range headers {
		m := message(fmt.Sprint("m", n), fmt.Sprint("r", n%referrals), func(m *store.Message) {
			if n%10 == 0 {
				m.Problems = []store.Problem{store.ProblemUnknownEvent}
			}
		})
		distinct = append(distinct, m)
		if n%10 == 5 {
			m.Digest = sha256.Sum256([]byte{1, byte(n), byte(n >> 8)})
			distinct = append(distinct, m)
		}
	}
	sent := make([]atomic.Int64, len(distinct))
	var duplicates atomic.Int64
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			for range each {
				n := rng.IntN(len(distinct))
				r, err := s.Receive(ctx, distinct[n])
				if err != nil {
					t.Errorf("sender %d: %v", i, err)
					return
				}
				sent[n].Add(1)
				if r.Duplicate {
					duplicates.Add(1)
				}
				if r.MessageID == "" || r.Duplicate && len(r.Problems) > 0 {
					t.Errorf("%+v", r)
				}
			}
		})
	}
	wg.Wait()
	var messages, flagged int64
	refs, contents := map[string]bool{}, map[string]int{}
	for n, m := range distinct {
		if sent[n].Load() == 0 {
			continue
		}
		messages++
		refs[m.Updates[0].Ref] = true
		if contents[m.HeaderID]++; contents[m.HeaderID] == 2 || len(m.Problems) > 0 {
			flagged++
		}
	}
	st := status(t, s)
	if st.Messages != messages || st.Duplicates != senders*each-messages || st.Duplicates != duplicates.Load() ||
		st.Referrals != int64(len(refs)) || st.NeedsAttention != flagged {
		t.Errorf("%+v; want %d messages, %d duplicates, %d referrals, %d flagged", st, messages, senders*each-messages, len(refs), flagged)
	}
	agree(t, s, dir)
	db := raw(t, dir)
	for n := range distinct {
		if n%100 == 0 && sent[n].Load() > 0 { // every delivery of a message is counted with it
			id, err := s.Receive(ctx, distinct[n])
			if err != nil || !id.Duplicate {
				t.Fatal(err)
			}
			if got := count(t, db, `SELECT deliveries FROM messages WHERE id = ?`, id.MessageID); got != sent[n].Load()+1 {
				t.Errorf("message %d was sent %d times, %d counted", n, sent[n].Load()+1, got)
			}
		}
	}
}

// agree checks the maintained counters against the rows.
func agree(t *testing.T, s *store.Store, dir string) {
	t.Helper()
	db, st := raw(t, dir), status(t, s)
	for query, counter := range map[string]int64{
		`SELECT count(*) FROM messages`:                                                   st.Messages,
		`SELECT sum(deliveries) - count(*) FROM messages`:                                 st.Duplicates,
		`SELECT count(*) FROM referrals`:                                                  st.Referrals,
		`SELECT count(*) FROM messages WHERE problems IS NOT NULL`:                        st.NeedsAttention,
		`SELECT count(DISTINCT referral) FROM referral_messages`:                          st.Referrals,
		`SELECT count(*) FROM audit_entries`:                                              st.AuditEntries,
		`SELECT count(*) FROM users`:                                                      st.Users,
		`SELECT count(*) FROM (SELECT 1 FROM messages GROUP BY header, digest)`:           st.Messages,
		`SELECT count(*) + (SELECT count(*) FROM messages) FROM pragma_foreign_key_check`: st.Messages,
	} {
		if n := count(t, db, query); n != counter {
			t.Errorf("%s: %d, the counter says %d", query, n, counter)
		}
	}
	if ok := strs(t, db, `PRAGMA integrity_check`); len(ok) != 1 || ok[0] != "ok" {
		t.Errorf("integrity: %q", ok)
	}
}

func TestMessageWithSeveralReferralsCountsEach(t *testing.T) {
	s, dir, _ := at(t)
	m := message("m1", "r1", func(m *store.Message) {
		second := m.Updates[0]
		second.Ref = "r2"
		m.Updates = append(m.Updates, second, m.Updates[0]) // a parser's slip: r1 twice
	})
	for range 2 {
		if _, err := s.Receive(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	none := message("m2", "", func(m *store.Message) { m.Updates, m.Problems = nil, []store.Problem{store.ProblemNoReference} })
	if _, err := s.Receive(ctx, none); err != nil {
		t.Fatal(err)
	}
	if st := status(t, s); st.Messages != 2 || st.Duplicates != 1 || st.Referrals != 2 || st.NeedsAttention != 1 {
		t.Errorf("%+v", st)
	}
	agree(t, s, dir)
}

func TestNothingOfARefusedMessageStays(t *testing.T) {
	s, dir, _ := at(t)
	db := raw(t, dir)
	run(t, db, `CREATE TRIGGER no BEFORE INSERT ON referral_messages WHEN (SELECT count(*) FROM referral_messages) >= 1 BEGIN SELECT RAISE(ABORT, 'no'); END`)
	before := dump(t, db)
	m := message("m1", "r1", func(m *store.Message) { // the second referral is refused
		second := m.Updates[0]
		second.Ref = "r2"
		m.Updates, m.Problems = append(m.Updates, second), []store.Problem{store.ProblemOddResource}
	})
	if _, err := s.Receive(ctx, m); err == nil {
		t.Error("it was taken")
	}
	if after := dump(t, db); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	run(t, db, `DROP TRIGGER no`)
	if r, err := s.Receive(ctx, m); err != nil || r.Duplicate {
		t.Errorf("sent again: %+v, %v", r, err)
	}
	agree(t, s, dir)
}
