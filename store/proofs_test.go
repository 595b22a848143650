package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func connection(t testing.TB, s *store.Store) store.Connection {
	t.Helper()
	c, err := s.Connection(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// come has a message come as the public route takes it.
func come(t testing.TB, s *store.Store, m store.Message) {
	t.Helper()
	r, err := s.Receive(ctx, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.NoteReceived(ctx, m, r); err != nil {
		t.Fatal(err)
	}
}

// to names the receiver and the listing.
func to(site, listing string) func(*store.Message) {
	return func(m *store.Message) {
		for i := range m.Updates {
			m.Updates[i].ReceiverSite, m.Updates[i].Listing = site, listing
		}
	}
}

func withSite(t testing.TB) (s *store.Store, dir string, clock *storetest.Clock) {
	t.Helper()
	s, dir, clock = at(t)
	if err := save(s, func(c *store.OceanChange) { c.SiteNumber = new("4321") }); err != nil {
		t.Fatal(err)
	}
	return s, dir, clock
}

func TestWhatAMessageProves(t *testing.T) {
	old := func(m *store.Message) { m.Event = "notify-update-status" }
	for name, tc := range map[string]struct {
		messages []store.Message
		want     string
	}{
		"received":                     {[]store.Message{message("m1", "r1", to("4321", "skin"))}, "message received skin"},
		"a copy of one sent":           {[]store.Message{message("m1", "r1", to("9999", "eyes"))}, "message sent_copy"},
		"the receiver is not named":    {[]store.Message{message("m1", "r1", to("", "eyes"))}, "message"},
		"without a reference":          {[]store.Message{message("m1", "r1", func(m *store.Message) { m.Updates = nil })}, "message"},
		"received, then forwarded":     {[]store.Message{message("m1", "r1", to("4321", "")), message("m2", "r1", to("9999", ""))}, "message received"},
		"of the old payload type":      {[]store.Message{message("m1", "r1", to("4321", ""), old)}, "message received old_fhir"},
		"the same again":               {[]store.Message{message("m1", "r1", to("4321", "")), message("m1", "r1", to("4321", ""))}, "message received"},
		"two listings, the last first": {[]store.Message{message("m1", "r1", to("4321", "skin")), message("m2", "r2", to("4321", "eyes"))}, "message received eyes skin"},
	} {
		s, _, clock := withSite(t)
		for _, m := range tc.messages {
			come(t, s, m)
			clock.Turn(time.Minute)
		}
		c := connection(t, s)
		var got []string
		for what, seen := range map[string]store.Seen{"message": c.Message, "received": c.Received, "sent_copy": c.SentCopy, "old_fhir": c.OldFHIR} {
			if seen.Ever() && !strings.Contains(" "+tc.want+" ", " "+what+" ") {
				t.Errorf("%s: %s is proven", name, what)
			}
			if seen.Ever() {
				got = append(got, what)
			}
		}
		for _, l := range c.Listings {
			got = append(got, l.Name)
		}
		if len(got) != len(strings.Fields(tc.want)) || len(c.Listings) > 0 && !strings.HasSuffix(tc.want, strings.Join(got[len(got)-len(c.Listings):], " ")) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestFirstAndLastOfProofsAndListings(t *testing.T) {
	s, dir, clock := withSite(t)
	first := clock.Now()
	for range 200 { // more than three hours
		come(t, s, message("m1", "r1", to("4321", "canary-listing-49721437")))
		clock.Turn(time.Minute)
	}
	c, last := connection(t, s), clock.Now().Add(-time.Minute)
	if want := (store.Seen{First: first, Last: last}); c.Message != want || c.Received != want {
		t.Errorf("%+v, %+v; want %+v", c.Message, c.Received, want)
	}
	if want := (store.Seen{First: first, Last: first.Add(3 * time.Hour)}); len(c.Listings) != 1 || c.Listings[0] != (store.ListingSeen{Name: "canary-listing-49721437", Seen: want}) {
		t.Errorf("%+v", c.Listings)
	}
	nowhere(t, dir, "4321", map[string]string{"the listing": "canary-listing"})
}

func TestListingsAreBounded(t *testing.T) {
	s, dir, _ := at(t)
	long := strings.Repeat("é", 300) // 600 bytes
	for i := range 510 {
		name := fmt.Sprint("listing", i)
		if i == 7 {
			name = "x" + long
		}
		for range 2 {
			if err := s.ProveListing(ctx, name); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := connection(t, s)
	if n := count(t, raw(t, dir), `SELECT count(*) FROM listings`); n != 500 || len(c.Listings) != 500 {
		t.Errorf("%d listings, %d are read", n, len(c.Listings))
	}
	found := false
	for _, l := range c.Listings {
		found = found || l.Name == "x"+strings.Repeat("é", 255)
	}
	if !found {
		t.Error("the long name is not there, cut to whole characters")
	}
}

func TestTestsAndTokens(t *testing.T) {
	s, _, clock := at(t)
	ada := store.UserActor(storetest.AddUser(t, s, "ada@example.org", store.ReferralSettings), "192.0.2.1")
	note := func(fault store.Fault, typed bool) func() error {
		return func() error { return s.NoteTest(ctx, ada, store.OceanAccess{Host: store.TestOceanHost}, fault, typed) }
	}
	token, refused := func() error { return s.NoteToken(ctx, store.OceanAccess{}) }, func() error { return s.NoteCredentialsRefused(ctx, store.OceanAccess{}) }
	type state struct {
		token   bool
		refused time.Duration // since the start; -1: not
		test    string
	}
	start := clock.Now()
	for i, step := range []struct {
		do   func() error
		want state
	}{
		{note(store.FaultCredentials, true), state{false, -1, "never"}},
		{note("", true), state{false, -1, "never"}},
		{note(store.FaultName, false), state{false, -1, "name"}},
		{note(store.FaultCredentials, false), state{false, 3 * time.Second, "credentials"}},
		{refused, state{false, 3 * time.Second, "credentials"}}, // since when stays
		{note(store.FaultSlow, false), state{false, 3 * time.Second, "slow"}},
		{note("", false), state{true, -1, ""}},
		{refused, state{true, 7 * time.Second, ""}},
		{token, state{true, -1, ""}},
		{refused, state{true, 9 * time.Second, ""}},
		{token, state{true, -1, ""}}, // within the same minute
		{note(store.FaultCredentials, false), state{true, 11 * time.Second, "credentials"}},
		{note(store.FaultForbidden, false), state{true, -1, "forbidden"}},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		c := connection(t, s)
		got := state{c.Token.Ever(), -1, "never"}
		if !c.CredentialsRefused.IsZero() {
			got.refused = c.CredentialsRefused.Sub(start)
		}
		if c.Test != nil {
			got.test = string(c.Test.Fault)
			if c.Test.By != "ada@example.org" || c.Test.At.After(clock.Now()) {
				t.Errorf("step %d: %+v", i, c.Test)
			}
		}
		if got != step.want {
			t.Errorf("step %d: %+v, want %+v", i, got, step.want)
		}
		clock.Turn(time.Second)
	}
	if d := auditDetails(t, s, 2); len(d) != 8 || d[0] != `ocean.tested {"fault":"credentials","host":"https://test.cognisantmd.com","typed":true}` {
		t.Errorf("%q", d)
	}
}

func TestSetupTicks(t *testing.T) {
	s, _, clock := at(t)
	ada := store.UserActor(storetest.AddUser(t, s, "ada@example.org", store.ReferralSettings), "")
	tick := func(a store.Actor, step string, done bool) {
		t.Helper()
		if err := s.TickStep(ctx, a, step, done); err != nil {
			t.Error(err)
		}
		clock.Turn(time.Minute)
	}
	when := clock.Now()
	tick(ada, "site_account", true)
	tick(storetest.Admin, "site_account", true) // who was first stays
	tick(ada, "listings", true)
	tick(ada, "listings", false)
	tick(ada, "listings", false)
	ticks, err := s.SetupTicks(ctx)
	if err != nil || !reflect.DeepEqual(ticks, map[string]store.Tick{"site_account": {At: when, By: "ada@example.org"}}) {
		t.Errorf("%+v, %v", ticks, err)
	}
	if d := auditDetails(t, s, 2); !reflect.DeepEqual(d, []string{"ocean.step_ticked", "ocean.step_ticked", "ocean.step_unticked"}) {
		t.Errorf("%q", d)
	}
	for _, step := range []string{"", "a b", "Ä", "a\n", strings.Repeat("a", 65)} {
		if err := s.TickStep(ctx, ada, step, true); err == nil {
			t.Errorf("%q is a step", step)
		}
	}
}
