package handlers

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/views"
)

// monday is when things happen in the table of steps.
var monday = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

func seenAfter(after time.Duration) store.Seen {
	return store.Seen{First: monday, Last: monday.Add(after)}
}

func refusedFor(reason store.RefusalReason, after time.Duration) func(*setUp) {
	return func(k *setUp) {
		k.health.Refusals = append(k.health.Refusals, store.Refusal{Reason: reason, First: monday, Last: monday.Add(after), Calls: 1})
	}
}

func gapBy(reason store.RefusalReason, until time.Duration) func(*setUp) {
	return func(k *setUp) {
		k.health.Gap = &store.Gap{Reason: reason, Since: monday.Add(6 * time.Hour)}
		if until > 0 {
			k.health.Gap.Until = monday.Add(until)
		}
	}
}

func tickOf(step string) func(*setUp) {
	return func(k *setUp) { k.ticks[step] = store.Tick{At: monday, By: "ada"} }
}

func baseAt(address string) func(*setUp) {
	return func(k *setUp) { k.base, _ = url.Parse(address) }
}

// TestTheStateOfEveryStep names what is not "not yet", and every mistake.
func TestTheStateOfEveryStep(t *testing.T) {
	var ( // how far a clinic has come
		site        = func(k *setUp) { k.settings.SiteNumber = "1234" }
		draft       = func(k *setUp) { k.health.Keys = append(k.health.Keys, store.InboundKey{ID: "draft"}) }
		key         = func(k *setUp) { k.health.Keys = append(k.health.Keys, store.InboundKey{ID: "key", SavedAt: monday}) }
		clientOnly  = func(k *setUp) { k.settings.ClientID = "id" }
		secretOnly  = func(k *setUp) { k.settings.HasClientSecret = true }
		message     = func(k *setUp) { k.health.Message = seenAfter(time.Hour) }
		received    = func(k *setUp) { k.health.Received = seenAfter(2 * time.Hour) }
		sentCopy    = func(k *setUp) { k.health.SentCopy = seenAfter(3 * time.Hour) }
		token       = func(k *setUp) { k.health.Token = seenAfter(4 * time.Hour) }
		withdrawn   = func(k *setUp) { k.health.CredentialsRefused = monday.Add(5 * time.Hour) }
		oldFHIR     = func(k *setUp) { k.health.OldFHIR = seenAfter(time.Hour) }
		oldFHIROnce = func(k *setUp) { k.health.OldFHIR = seenAfter(time.Hour - 2*time.Minute) }
	)
	const p, told, failing = views.StepProven, views.StepTold, views.StepFailing
	type states map[string]views.StepState
	type mistakes map[string]string
	whole := states{views.StepSignUp: p, views.StepSite: p, views.StepCloudConnect: p, views.StepKey: p, views.StepIntegration: p, views.StepListings: p}
	with := func(s states, more states) states { s = maps.Clone(s); maps.Copy(s, more); return s }
	some := []func(*setUp){site, key, message, received}
	after := 90 * time.Minute // after the last message
	sinceWhen := map[string]time.Duration{"proven sign_up": time.Hour, "proven site": 2 * time.Hour, "proven cloud_connect": time.Hour, "proven key": time.Hour,
		"proven integration": time.Hour, "proven listings": 2 * time.Hour, "proven copies": 3 * time.Hour, "proven credentials": 4 * time.Hour,
		"failing credentials": 5 * time.Hour, "failing key": 6 * time.Hour, "failing integration": 6 * time.Hour}
	seenMistakes := map[views.Mistake]bool{}
	for name, c := range map[string]struct {
		known    []func(*setUp)
		states   states
		mistakes mistakes
	}{
		"nothing":                         {nil, states{}, nil},
		"a site number":                   {[]func(*setUp){site}, states{views.StepSite: told}, nil},
		"a key that is not saved":         {[]func(*setUp){draft}, states{}, nil},
		"a key":                           {[]func(*setUp){draft, key}, states{views.StepKey: told}, nil},
		"a client id alone":               {[]func(*setUp){clientOnly}, states{}, nil},
		"a secret alone":                  {[]func(*setUp){secretOnly}, states{}, nil},
		"credentials":                     {[]func(*setUp){clientOnly, secretOnly}, states{views.StepCredentials: told}, mistakes{views.StepCredentials: "untested"}},
		"a token":                         {[]func(*setUp){clientOnly, secretOnly, token}, states{views.StepCredentials: p}, nil},
		"a token of credentials now gone": {[]func(*setUp){clientOnly, token}, states{}, nil},
		"refused from the start":          {[]func(*setUp){clientOnly, secretOnly, withdrawn}, states{views.StepCredentials: told}, mistakes{views.StepCredentials: "refused"}},
		"refused after a token":           {[]func(*setUp){clientOnly, secretOnly, token, withdrawn}, states{views.StepCredentials: failing}, mistakes{views.StepCredentials: "refused"}},
		"a message":                       {[]func(*setUp){site, key, message}, states{views.StepSignUp: p, views.StepSite: told, views.StepCloudConnect: p, views.StepKey: p, views.StepIntegration: p}, nil},
		"a referral":                      {some, whole, nil},
		"a referral, all keys gone":       {[]func(*setUp){site, message, received}, with(whole, states{views.StepKey: views.StepNotYet}), nil},
		"a referral, no site number":      {[]func(*setUp){key, message, received}, with(whole, states{views.StepSite: views.StepNotYet}), nil},
		"a sent copy too":                 {append(some[:4:4], sentCopy), with(whole, states{views.StepCopies: p}), nil},
		"sent copies alone": {[]func(*setUp){site, key, message, sentCopy}, with(whole, states{views.StepSite: told, views.StepListings: views.StepNotYet, views.StepCopies: p}),
			mistakes{views.StepSite: "other_site", views.StepListings: "no_listing"}},
		"sent copies, no site number": {[]func(*setUp){key, message, sentCopy}, with(whole, states{views.StepSite: views.StepNotYet, views.StepListings: views.StepNotYet, views.StepCopies: p}),
			mistakes{views.StepListings: "no_listing"}},
		"ticked":             {[]func(*setUp){tickOf(views.StepSignUp), tickOf(views.StepAccount)}, states{views.StepSignUp: told, views.StepAccount: told}, nil},
		"ticked, and proven": {append(some[:4:4], tickOf(views.StepIntegration)), whole, nil},
		"ticked, and failing": {append(some[:4:4], tickOf(views.StepIntegration), gapBy(store.RefusedRetired, 0)),
			with(whole, states{views.StepKey: failing, views.StepIntegration: failing}), nil},
		"an open gap by a wrong key": {append(some[:4:4], gapBy(store.RefusedWrongKey, 0)), with(whole, states{views.StepKey: failing, views.StepIntegration: failing}), nil},
		"an open gap by a full disk": {append(some[:4:4], gapBy(store.RefusedFull, 0)), whole, nil},
		"a gap that is over":         {append(some[:4:4], gapBy(store.RefusedRetired, 7*time.Hour)), whole, nil},
		"a gap before any message":   {[]func(*setUp){site, key, gapBy(store.RefusedRetired, 0)}, states{views.StepSite: told, views.StepKey: told}, nil},
		"a gap, all keys gone": {[]func(*setUp){site, message, received, gapBy(store.RefusedRetired, 0)},
			with(whole, states{views.StepKey: views.StepNotYet, views.StepIntegration: failing}), nil},

		"an unsaved key used": {[]func(*setUp){draft, refusedFor(store.RefusedUnsaved, after)}, states{views.StepCloudConnect: p}, mistakes{views.StepKey: "unsaved_key"}},
		"a spaced key used":   {[]func(*setUp){key, refusedFor(store.RefusedSpaced, after)}, states{views.StepKey: told, views.StepCloudConnect: p}, mistakes{views.StepIntegration: "spaced_key"}},
		"a retired key used":  {[]func(*setUp){key, refusedFor(store.RefusedRetired, after)}, states{views.StepKey: told, views.StepCloudConnect: p}, mistakes{views.StepIntegration: "retired_key"}},
		"a wrong key used":    {[]func(*setUp){key, refusedFor(store.RefusedWrongKey, after)}, states{views.StepKey: told}, mistakes{views.StepIntegration: "wrong_key"}},
		"no key used":         {append(some[:4:4], refusedFor(store.RefusedNoKey, after)), whole, mistakes{views.StepIntegration: "no_key"}},
		"another path":        {append(some[:4:4], refusedFor(store.RefusedPath, after)), whole, mistakes{views.StepIntegration: "path"}},
		"no FHIR by its type": {append(some[:4:4], refusedFor(store.RefusedType, after)), whole, mistakes{views.StepIntegration: "format"}},
		"no FHIR by its form": {append(some[:4:4], refusedFor(store.RefusedFormat, after), refusedFor(store.RefusedJSON, after)), whole, mistakes{views.StepIntegration: "format"}},
		"several at once": {append(some[:4:4], refusedFor(store.RefusedWrongKey, after), refusedFor(store.RefusedPath, after), refusedFor(store.RefusedUnsaved, after)),
			whole, mistakes{views.StepIntegration: "path wrong_key", views.StepKey: "unsaved_key"}},
		"mended since": {append(some[:4:4], refusedFor(store.RefusedWrongKey, time.Minute), refusedFor(store.RefusedPath, time.Minute), refusedFor(store.RefusedUnsaved, time.Minute),
			refusedFor(store.RefusedFormat, time.Hour)), whole, nil},
		"what is nobody's mistake": {append(some[:4:4], refusedFor(store.RefusedMethod, after), refusedFor(store.RefusedFull, after), refusedFor(store.RefusedBusy, after),
			refusedFor(store.RefusedFailed, after), refusedFor(store.RefusedTooLarge, after)), whole, nil},
		"FHIR v0.10":        {append(some[:4:4], oldFHIR), whole, mistakes{views.StepIntegration: "old_fhir"}},
		"FHIR v0.10 before": {append(some[:4:4], oldFHIROnce), whole, nil},

		"plain HTTP":              {[]func(*setUp){baseAt("http://clinic.example")}, states{}, mistakes{views.StepIntegration: "http"}},
		"this machine":            {[]func(*setUp){baseAt("http://localhost:8080")}, states{}, mistakes{views.StepIntegration: "base_url"}},
		"this machine, HTTPS":     {[]func(*setUp){baseAt("https://127.0.0.1")}, states{}, mistakes{views.StepIntegration: "base_url"}},
		"this machine, IPv6":      {[]func(*setUp){baseAt("http://[::1]:8080")}, states{}, mistakes{views.StepIntegration: "base_url"}},
		"a name like this one":    {[]func(*setUp){baseAt("https://localhost.clinic.example:8443")}, states{}, nil},
		"this machine, rehearsal": {[]func(*setUp){baseAt("http://127.0.0.1:8080"), func(k *setUp) { k.rehearsal = true }}, states{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			k := setUp{ticks: map[string]store.Tick{}}
			baseAt("https://clinic.example")(&k)
			for _, f := range c.known {
				f(&k)
			}
			for i, s := range k.steps() {
				want := c.states[s.ID]
				if want == "" {
					want = views.StepNotYet
				}
				if s.ID != views.Steps[i] || s.State != want {
					t.Errorf("%s is %s, want %s", s.ID, s.State, want)
				}
				var names []string
				for _, m := range s.Mistakes {
					names = append(names, string(m))
					seenMistakes[m] = true
				}
				if got := strings.Join(names, " "); got != c.mistakes[s.ID] {
					t.Errorf("%s shows the mistakes %q, want %q", s.ID, got, c.mistakes[s.ID])
				}
				if _, ticked := k.ticks[s.ID]; s.Ticked != ticked || s.Tickable != slices.Contains(tickable, s.ID) || ticked && want == told && (s.By != "ada" || s.At != monday) {
					t.Errorf("%+v", s)
				}
				if want, known := sinceWhen[string(s.State)+" "+s.ID]; known && !s.At.Equal(monday.Add(want)) && !(s.ID == views.StepCloudConnect && s.At.Equal(monday.Add(after))) {
					t.Errorf("%s is %s since %v", s.ID, s.State, s.At)
				}
			}
		})
	}
	for _, m := range views.Mistakes {
		if !seenMistakes[m] {
			t.Errorf("the table has no %s", m)
		}
	}
}
