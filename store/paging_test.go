package store_test

import (
	"fmt"
	"slices"
	"testing"

	"breakwater/store"
)

// paged reads a list page by page, adding rows between pages, and checks that it has every row
// that was there at the start, newest first, each once, and none that came since.
func paged[C comparable](t *testing.T, want []string, limit int, page func(before C) (ids []string, next C), between func()) {
	t.Helper()
	var got []string
	var next, end C
	for {
		ids, cursor := page(next)
		got = append(got, ids...)
		if len(ids) > limit || len(ids) == 0 && len(want) > 0 || cursor != end && len(ids) != limit {
			t.Fatalf("a page of %d, at most %d, then %v", len(ids), limit, cursor)
		}
		if next = cursor; next == end {
			break
		}
		between()
	}
	if !slices.Equal(got, want) {
		t.Errorf("by %d: read %d rows %v\nwant %d %v", limit, len(got), got, len(want), want)
	}
}

func TestReferralsArePagedWithoutGapOrRepeat(t *testing.T) {
	s, _, _ := at(t)
	if err := save(s, func(c *store.OceanChange) { c.SiteNumber = new("4321") }); err != nil {
		t.Fatal(err)
	}
	n := 0
	add := func() {
		t.Helper()
		site := []string{"4321", "5555", ""}[n%3]
		if _, err := s.Receive(ctx, message(fmt.Sprint("m", n), fmt.Sprint("r", n), func(m *store.Message) { m.Updates[0].ReceiverSite = site })); err != nil {
			t.Fatal(err)
		}
		n++
	}
	for _, limit := range []int{1, 4, 7, 10, 1000} {
		for _, direction := range []store.Direction{"", store.DirectionSent, store.DirectionReceived} {
			for range 7 {
				add()
			}
			var want []string
			for i := n - 1; i >= 0; i-- {
				if direction == "" || (i%3 == 1) == (direction == store.DirectionSent) {
					want = append(want, fmt.Sprint("r", i))
				}
			}
			paged(t, want, limit, func(before store.Cursor) (refs []string, next store.Cursor) {
				rows, next, err := s.Referrals(ctx, store.ReferralFilter{Direction: direction, Before: before}, limit)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range rows {
					r, err := s.Referral(ctx, row.ID)
					if err != nil {
						t.Fatal(err)
					}
					refs = append(refs, r.Ref)
				}
				return refs, next
			}, add)
		}
	}
}

func TestProblemsArePagedWithoutGapOrRepeat(t *testing.T) {
	s, _, _ := at(t)
	n := 0
	var ids []string // of those with problems, newest first
	add := func() {
		t.Helper()
		r, err := s.Receive(ctx, message(fmt.Sprint("m", n), fmt.Sprint("r", n%3), func(m *store.Message) {
			if n%2 == 0 {
				m.Problems, m.Event = []store.Problem{store.ProblemUnknownEvent, store.ProblemNoPatient}, fmt.Sprint("event ", n)
			}
			if n%4 == 0 {
				m.Updates = nil
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		if n%2 == 0 {
			ids = append([]string{r.MessageID}, ids...)
		}
		n++
	}
	paged(t, nil, 5, func(before int64) (list []string, next int64) {
		rows, next, err := s.ProblemMessages(ctx, before, 5)
		if err != nil {
			t.Fatal(err)
		}
		return make([]string, len(rows)), next
	}, add)
	for _, limit := range []int{1, 3, 5, 1000} {
		for range 9 {
			add()
		}
		paged(t, slices.Clone(ids), limit, func(before int64) (list []string, next int64) {
			rows, next, err := s.ProblemMessages(ctx, before, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				list = append(list, r.MessageID)
				if !slices.Equal(r.Problems, []store.Problem{store.ProblemUnknownEvent, store.ProblemNoPatient}) || r.Deliveries != 1 || r.Event[:6] != "event " {
					t.Errorf("%+v", r)
				}
			}
			return list, next
		}, add)
	}
	if needs, err := s.NeedsAttention(ctx); err != nil || needs != int64(len(ids)) {
		t.Errorf("%d need attention, want %d, %v", needs, len(ids), err)
	}
}
