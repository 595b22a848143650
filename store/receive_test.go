package store_test

import (
	"context"
	"crypto/sha256"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// message is a message about one referral.
func message(header, ref string, change ...func(*store.Message)) store.Message {
	m := store.Message{HeaderID: header, Event: "add-service-request", Raw: []byte(header + ref), Digest: sha256.Sum256([]byte(header + ref)),
		Updates: []store.Update{{Ref: ref, Event: "add-service-request", HeaderID: header, ReceiverSite: "4321",
			Patient: &store.Patient{Name: store.Name{Family: "Example", Given: []string{"Ada"}}, BirthDate: "1985-12-10"}}}}
	for _, c := range change {
		c(&m)
	}
	return m
}

func TestReceive(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	receive := func(m store.Message) store.Receipt {
		t.Helper()
		r, err := s.Receive(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	receive(message("m1", "r1"))
	if !receive(message("m1", "r1")).Duplicate {
		t.Error("the same message again is no duplicate")
	}
	if r := receive(message("m1", "r1", func(m *store.Message) { m.Digest[0]++ })); r.Duplicate || len(r.Problems) != 1 || r.Problems[0] != store.ProblemContentChanged {
		t.Errorf("the same id with other content: %+v", r)
	}
	receive(message("m2", "r2"))
	st, err := s.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if st.Messages != 3 || st.Duplicates != 1 || st.Referrals != 2 || st.NeedsAttention != 1 {
		t.Errorf("%+v", st)
	}
	rows, next, err := s.Referrals(ctx, store.ReferralFilter{}, 1)
	if err != nil || len(rows) != 1 || next == (store.Cursor{}) {
		t.Fatalf("%v, %v, %v", rows, next, err)
	}
	older, next, err := s.Referrals(ctx, store.ReferralFilter{Before: next}, 1)
	if err != nil || len(older) != 1 || next != (store.Cursor{}) || older[0].ID == rows[0].ID {
		t.Fatalf("%v, %v, %v", older, next, err)
	}
	one, err := s.Referral(ctx, older[0].ID)
	if err != nil || one.Ref != "r1" || len(one.History) != 2 || one.Patient.Name.Family != "Example" {
		t.Fatalf("%+v, %v", one, err)
	}
}
