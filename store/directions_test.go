package store_test

import (
	"testing"

	"breakwater/store"
)

// standing is the direction and folder of every referral by reference.
func standing(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	rows, _, err := s.Referrals(ctx, store.ReferralFilter{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, row := range rows {
		r, err := s.Referral(ctx, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		if r.Direction != row.Direction || r.Folder != row.Folder {
			t.Errorf("%s is listed as %s, %s", r.Ref, row.Direction, row.Folder)
		}
		all[r.Ref] = string(r.Direction) + " " + string(r.Folder)
	}
	return all
}

func TestEnteringTheSiteNumberDecidesEarlierReferrals(t *testing.T) {
	s, dir, _ := at(t)
	to := func(header, ref string, site string, change ...func(*store.Message)) {
		t.Helper()
		m := message(header, ref, append(change, func(m *store.Message) { m.Updates[0].ReceiverSite = site })...)
		if _, err := s.Receive(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	later := func(m *store.Message) { m.Updates[0].Rank = 5 }
	to("m1", "received", "4321")
	to("m2", "sent", "5555")
	to("m3", "nobody's", "")
	to("m4", "forwarded", "4321")
	to("m5", "forwarded", "5555", later)
	check := func(want map[string]string) {
		t.Helper()
		got := standing(t, s)
		for ref, w := range want {
			if got[ref] != w {
				t.Errorf("%s is %s, want %s", ref, got[ref], w)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d referrals, want %d", len(got), len(want))
		}
		for direction, refs := range map[store.Direction]string{store.DirectionSent: "sent", store.DirectionReceived: "received", "": ""} {
			rows, _, err := s.Referrals(ctx, store.ReferralFilter{Direction: direction}, 100)
			n := 0
			for _, w := range want {
				if isSent := w[:4] == "sent"; refs == "" || isSent == (refs == "sent") {
					n++
				}
			}
			if err != nil || len(rows) != n {
				t.Errorf("the list %q has %d, want %d, %v", direction, len(rows), n, err)
			}
		}
	}
	check(map[string]string{"received": "unknown new", "sent": "unknown new", "nobody's": "unknown new", "forwarded": "unknown new"})
	if err := save(s, func(c *store.OceanChange) { c.SiteNumber = new("4321") }); err != nil {
		t.Fatal(err)
	}
	decided := map[string]string{"received": "received new", "sent": "sent awaiting_response", "nobody's": "unknown new", "forwarded": "received forwarded"}
	check(decided)
	to("m6", "received later", "4321")
	to("m7", "sent later", "5555")
	decided["received later"], decided["sent later"] = "received new", "sent awaiting_response"
	check(decided)
	if err := save(s, func(c *store.OceanChange) { c.ClientID = new("id") }); err != nil {
		t.Fatal(err)
	}
	check(decided)
	agree(t, s, dir)
}
