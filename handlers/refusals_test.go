package handlers

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"
)

func TestEveryRefusalIsKnownByItsReason(t *testing.T) {
	bundle := oceantest.Bundle(oceantest.Message{Patient: oceantest.Patient{Family: "Canary"}})
	for name, c := range map[string]struct {
		reason store.RefusalReason // "" for none
		call   func(*site) answer
		status int
	}{
		"no key":             {store.RefusedNoKey, func(s *site) answer { return s.deliver(bundle, keyHeader, "-") }, 401},
		"two keys":           {store.RefusedNoKey, func(s *site) answer { return s.twoKeys(bundle) }, 401},
		"a wrong key":        {store.RefusedWrongKey, func(s *site) answer { return s.deliver(bundle, keyHeader, strings.Repeat("0", 64)) }, 401},
		"a retired key":      {store.RefusedRetired, func(s *site) answer { return s.deliver(bundle, keyHeader, s.retiredKey()) }, 401},
		"an unsaved key":     {store.RefusedUnsaved, func(s *site) answer { return s.deliver(bundle, keyHeader, s.draftKey()) }, 401},
		"a key in capitals":  {store.RefusedSpaced, func(s *site) answer { return s.deliver(bundle, keyHeader, strings.ToUpper(s.key)) }, 401},
		"a key with a word":  {store.RefusedSpaced, func(s *site) answer { return s.deliver(bundle, keyHeader, s.key[:8]+"\t"+s.key[8:]) }, 401},
		"to the root":        {store.RefusedPath, func(s *site) answer { return s.deliverTo("/", bundle) }, 405},
		"to half of it":      {store.RefusedPath, func(s *site) answer { return s.deliverTo("/fhir_bundles", bundle) }, 404},
		"beside it":          {store.RefusedPath, func(s *site) answer { return s.deliverTo("/public/ocean/fhir_bundle", bundle) }, 404},
		"by GET":             {store.RefusedMethod, func(s *site) answer { return s.visitor().get(bundlesPath) }, 405},
		"by PUT":             {store.RefusedMethod, func(s *site) answer { return s.visitor().do("PUT", bundlesPath, nil) }, 405},
		"as XML":             {store.RefusedType, func(s *site) answer { return s.deliver(bundle, "Content-Type", "application/fhir+xml") }, 415},
		"compressed":         {store.RefusedType, func(s *site) answer { return s.deliver(bundle, "Content-Encoding", "gzip") }, 415},
		"half a message":     {store.RefusedJSON, func(s *site) answer { return s.deliver(bundle[:len(bundle)/2]) }, 400},
		"broken off":         {store.RefusedJSON, func(s *site) answer { return s.serve(s.bundleRequest(torn{bytes.NewReader(bundle[:99])})) }, 400},
		"no bundle":          {store.RefusedFormat, func(s *site) answer { return s.deliver([]byte(`{"resourceType":"Patient"}`)) }, 422},
		"too large":          {store.RefusedTooLarge, func(s *site) answer { return s.serve(tooLarge(s)) }, 413},
		"a fault of ours":    {store.RefusedFailed, func(s *site) answer { return s.broken(bundle) }, 500},
		"a challenge":        {"", func(s *site) answer { return s.deliver([]byte(`{"challenge":"x"}`)) }, 200},
		"a message":          {"", func(s *site) answer { return s.deliver(bundle) }, 200},
		"a health check":     {"", func(s *site) answer { return s.visitor().get("/healthz") }, 200},
		"a stranger's post":  {"", func(s *site) answer { return s.visitor().post("/wp-login.php", "log", "admin") }, 404},
		"a stranger's visit": {"", func(s *site) answer { return s.visitor().get("/public/.git/config") }, 404},
		"a wrong password":   {"", func(s *site) answer { return s.visitor().post("/login", "email", "x", "password", "y") }, 401},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			entries := len(s.audit())
			s.clock.Turn(time.Minute)
			a := c.call(s).wants(t, c.status)
			if c.reason == store.RefusedTooLarge && a.Header().Get("Content-Length") != strconv.Itoa(len(a.body)) {
				t.Errorf("the sender waits for more of the answer: %v", a.Header()) // until the body is drained
			}
			refusals := s.connection().Refusals
			if c.reason == "" {
				if len(refusals) != 0 {
					t.Errorf("%+v", refusals)
				}
				return
			}
			now := s.clock.Now()
			if len(refusals) != 1 || refusals[0].Reason != c.reason || refusals[0].Calls != 1 || !refusals[0].First.Equal(now) || !refusals[0].Last.Equal(now) {
				t.Fatalf("%+v", refusals)
			}
			for _, e := range s.audit()[entries:] {
				if e.ActorName == "" && e.Actor != "cli:test" {
					t.Errorf("a call wrote into the audit log: %+v", e)
				}
			}
			v := s.person("ada@clinic.example", store.ReferralSettings)
			both(t, func(h ...string) answer { return v.get(oceanPath, h...) }, func(a answer, text *views.Text) {
				a.wants(t, 200).says(t, text.Refusal(c.reason).Title).hides(t, "Canary")
			})
			s.wantsNowhere(t, "Canary")
		})
	}
}

func (s *site) twoKeys(body []byte) answer {
	r := s.bundleRequest(bytes.NewReader(body))
	r.Header.Add(keyHeader, s.key)
	return s.serve(r)
}

// broken delivers while the store has a fault, which is mended afterwards.
func (s *site) broken(body []byte) answer {
	conn := s.sql()
	s.exec(conn, `ALTER TABLE messages RENAME TO elsewhere`)
	defer s.exec(conn, `ALTER TABLE elsewhere RENAME TO messages`)
	return s.deliver(body)
}

func TestALockedDatabaseIsKnownFromMemory(t *testing.T) {
	t.Parallel() // waits as long as the database's busy timeout
	s := newSite(t)
	s.receive(firstMessage)
	conn := s.sql()
	s.exec(conn, `BEGIN IMMEDIATE`)
	s.deliver(oceantest.Bundle(oceantest.Message{Ref: "missed"})).wantsRefusal(t, 503)
	c := s.connection()
	if len(c.Refusals) != 1 || c.Refusals[0].Reason != store.RefusedBusy || c.Gap == nil || c.Gap.Reason != store.RefusedBusy || c.Missed != 1 {
		t.Errorf("%+v", c)
	}
	s.exec(conn, `ROLLBACK`)
	s.deliver(oceantest.Bundle(oceantest.Message{Ref: "missed"})).wantsKept(t)
	if c := s.connection(); c.Missed != 0 || c.Gap != nil || len(c.Refusals) != 1 { // a gap of seconds is none
		t.Errorf("%+v", c)
	}
}

func TestAThousandWrongKeysAreOneLine(t *testing.T) {
	s := newSite(t)
	s.receive(firstMessage)
	entries := len(s.audit())
	for i := range 1000 {
		status := 401
		if i >= triesAllowed {
			status = 429
		}
		s.deliver(nil, keyHeader, fmt.Sprintf("%064d", i)).wants(t, status)
	}
	refusals := s.connection().Refusals
	if len(refusals) != 1 || refusals[0].Calls != 1000 || refusals[0].Reason != store.RefusedWrongKey {
		t.Errorf("%+v", refusals)
	}
	conn := s.sql()
	if rows := s.rows(conn, `SELECT calls FROM refusals`); len(rows) != 1 || rows[0] != "1000" {
		t.Errorf("%v", rows)
	}
	if rows := s.rows(conn, `SELECT reason FROM gaps`); len(rows) != 1 || len(s.audit()) != entries {
		t.Errorf("gaps %v, %d entries more", rows, len(s.audit())-entries)
	}
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.get(oceanPath).says(t, s.text().Health.RefusedCalls(1000), s.text().Refusal(store.RefusedWrongKey).Title)
	s.clock.Turn(8 * 24 * time.Hour)
	if c := s.connection(); len(c.Refusals) != 0 {
		t.Errorf("after a week: %+v", c.Refusals)
	}
}

// full is the site's console as it would be if it were started with that much too little room.
func (s *site) full() (console *site, stop func()) {
	s.t.Helper()
	other := *s
	var err error
	other.store, err = store.Open(context.Background(), store.Options{Dir: s.dir, Now: s.clock.Now, Argon2: storetest.Cheap, MinFree: 1 << 62})
	s.must(err)
	other.config.Store = other.store
	other.handler, err = New(other.config)
	s.must(err)
	return &other, func() { other.store.Close() }
}

// missedCSV downloads the references, with all that is said of the file checked.
func (v *visitor) missedCSV() string {
	v.t.Helper()
	a := v.post(missedPath).wants(v.t, 200)
	if a.Header().Get("Content-Type") != "text/csv; charset=utf-8" || a.Header().Get("Content-Disposition") != `attachment; filename="missed-referrals.csv"` {
		v.t.Errorf("%v", a.Header())
	}
	return a.body
}

func TestWhatAFullDiskCostsIsKnownAndComesBack(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(firstMessage)
	s.clock.Turn(time.Hour)
	began := s.clock.Now()
	sent := func(ref string) oceantest.Message {
		return oceantest.Message{HeaderID: "header of " + ref, Ref: ref, SentAt: s.clock.Now(), Patient: oceantest.Patient{Family: "Canary"}}
	}
	first := sent("reference-one")
	second, third := sent("reference-two"), oceantest.Message{HeaderID: "three", Ref: "reference-three", Others: []oceantest.Request{{Ref: "reference-four", Focus: true}}, SentAt: began}

	console, stop := s.full()
	for _, m := range []oceantest.Message{first, first, second, third} { // the first was repeated
		console.deliver(m.JSON()).wantsRefusal(t, 503)
		s.clock.Turn(time.Second)
	}
	console.deliver([]byte("{}")).wants(t, 422)                                                         // nothing that was missed
	console.deliver(oceantest.Bundle(oceantest.Message{Ref: "x"}), keyHeader, "x").wantsRefusal(t, 401) // a stranger's
	c := console.connection()
	if c.Gap == nil || c.Gap.Reason != store.RefusedFull || !c.Gap.Since.Equal(began) || !c.Gap.Until.IsZero() || c.Missed != 4 {
		t.Fatalf("%+v, %d missed", c.Gap, c.Missed)
	}
	v := console.person("ada@clinic.example", store.ReferralSettings)
	v.get(oceanPath).says(t, s.text().Refusal(store.RefusedFull).Title, s.text().Refusal(store.RefusedFull).Text)
	page := v.get(missedPath).wants(t, 200)
	page.says(t, s.text().Missed.RepeatsTitle, s.text().Missed.KnownText(4)).hides(t, s.text().Missed.Window) // nothing is lost yet
	const all = "reference-one\r\nreference-two\r\n"
	if csv := v.missedCSV(); !strings.HasPrefix(csv, all) || len(strings.Split(csv, "\r\n")) != 4 || !strings.Contains(csv, "reference-three") || !strings.Contains(csv, "reference-four") {
		t.Errorf("%q", csv)
	}

	// Ocean gives up what is older than 96 hours.
	s.clock.Turn(store.OceanRetries + time.Hour)
	v = console.signIn("ada@clinic.example")
	words := s.text().Missed.Between(began.Format("2006-01-02 15:04"), s.clock.Now().Add(-store.OceanRetries).Format("2006-01-02 15:04"))
	page = v.get(missedPath).wants(t, 200)
	page.says(t, s.text().Missed.Window, words, s.text().Missed.BulkTitle, "siteNum=1234#/admin/integrations/").hides(t, "Canary", "reference-", s.text().Missed.NothingTitle)
	v.get(missedPath, "Accept-Language", "fr").says(t, french.Missed.Window, french.Missed.BulkTitle)
	v.get(oceanPath).says(t, s.text().Health.Repair)
	s.wantsNowhere(t, "reference-one", "reference-four", "Canary")
	stop()

	// There is room again.
	s = s.beside()
	s.receive(first)
	if c = s.connection(); c.Missed != 3 || c.Gap == nil || !c.Gap.Until.Equal(s.clock.Now()) {
		t.Errorf("%+v, %d missed", c.Gap, c.Missed)
	}
	later := sent("reference-two") // as Bulk Actions send it: another message, made later
	later.HeaderID, later.Event = "anew", "notify-update-service-request"
	s.receive(later)
	earlier := sent("reference-three") // tells nothing of what was missed
	earlier.HeaderID, earlier.SentAt = "before", began.Add(-time.Hour)
	s.receive(earlier)
	v = s.signIn("ada@clinic.example")
	csv := v.missedCSV()
	if lines := strings.Split(csv, "\r\n"); len(lines) != 2 || !strings.Contains(csv, "reference-three") || !strings.Contains(csv, "reference-four") {
		t.Errorf("%q", csv)
	}
	s.receive(third)
	if csv := v.missedCSV(); csv != "" {
		t.Errorf("%q", csv)
	}
	if c = s.connection(); c.Missed != 0 || c.Gap.Until.IsZero() {
		t.Errorf("%+v, %d missed", c.Gap, c.Missed)
	}
	v.get(missedPath).says(t, s.text().Missed.UnknownTitle, s.text().Missed.Window).hides(t, s.text().Missed.Download) // what else there was nobody here knows
	var told []string
	for _, e := range s.audited(store.ActionMissedExported) {
		told = append(told, e.ActorName+" "+e.Details)
	}
	if want := `[ada@clinic.example {"references":4} ada@clinic.example {"references":2} ada@clinic.example {"references":0}]`; fmt.Sprint(told) != want {
		t.Errorf("audited %s", told)
	}
}

func TestNothingMissedIsNothingToRepair(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.get(missedPath).wants(t, 200).says(t, s.text().Missed.NothingTitle).hides(t, `action="/settings/referral/missed"`)
	if csv := v.missedCSV(); csv != "" {
		t.Errorf("%q", csv)
	}
	s.person("bo@clinic.example", store.ViewReferrals).post(missedPath).wants(t, 403)
}
