package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"
)

// step is the part of the page Set up about one step, as plain text.
func (a answer) step(t testing.TB, id string) answer {
	t.Helper()
	_, rest, found := strings.Cut(a.wants(t, 200).body, `<li id="`+id+`"`)
	if !found {
		t.Fatalf("the page has no step %s", id)
	}
	for _, other := range views.Steps {
		rest, _, _ = strings.Cut(rest, `<li id="`+other+`"`)
	}
	a.body = plainText(rest)
	return a
}

func TestStepsAreTickedAndTakenBack(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	words := s.text().Steps
	page := v.get(stepsPath).wants(t, 200)
	for _, id := range views.Steps {
		part, tick := page.step(t, id), `name="done" value="1"`
		if slices.Contains(tickable, id) {
			part.shows(t, tick)
		} else {
			part.hides(t, `<form`)
		}
	}
	for _, id := range tickable {
		before := len(s.audit())
		v.post(stepsPath, "step", id, "done", "1").leadsTo(t, stepsPath+"#"+id)
		v.post(stepsPath, "step", id, "done", "1").leadsTo(t, stepsPath+"#"+id) // pressed twice
		v.get(stepsPath).step(t, id).shows(t, words.Told, words.ToldBy("ada@clinic.example"), words.Undo).hides(t, `value="1"`)
		v.post(stepsPath, "step", id, "done", "").leadsTo(t, stepsPath+"#"+id)
		v.post(stepsPath, "step", id).leadsTo(t, stepsPath+"#"+id)
		v.get(stepsPath).step(t, id).hides(t, words.Undo, words.ToldBy("ada@clinic.example"))
		var told []string
		for _, e := range s.audit()[before:] {
			told = append(told, fmt.Sprint(e.Action, " ", e.Object, " ", e.ActorName))
		}
		if want := []string{"ocean.step_ticked " + id + " ada@clinic.example", "ocean.step_unticked " + id + " ada@clinic.example"}; !slices.Equal(told, want) {
			t.Errorf("audited %q", told)
		}
	}
	before := len(s.audit())
	for _, id := range []string{"", "nonsense", views.StepSite, views.StepKey, views.StepCredentials, "SIGN_UP", "sign_up ", "<script>", strings.Repeat("x", 70)} {
		v.post(stepsPath, "step", id, "done", "1").wants(t, 404).hides(t, "<script>x")
	}
	v.do(post, stepsPath+"?step=sign_up&done=1", nil).wants(t, 404)
	if after := len(s.audit()); after != before {
		t.Errorf("%d entries more", after-before)
	}
}

// both tests a page in English and in French.
func both(t *testing.T, page func(headers ...string) answer, check func(answer, *views.Text)) {
	t.Helper()
	check(page(), &views.English)
	check(page("Accept-Language", "fr"), french)
}

func TestTheSetUpFollowsWhatHappens(t *testing.T) {
	s := newSimulated(t)
	none := ""
	s.must(s.store.SaveOceanSettings(t.Context(), storetest.Admin, store.OceanChange{SiteNumber: &none, ClientID: &none, ClientSecret: &none}))
	v := s.person("ada@clinic.example", store.ReferralSettings)
	is := func(id string, word func(views.StepsText) string) {
		t.Helper()
		both(t, func(h ...string) answer { return v.get(stepsPath, h...).step(t, id) },
			func(a answer, text *views.Text) { t.Helper(); a.shows(t, text.Steps.By[id].Title, word(text.Steps)) })
	}
	proven := func(w views.StepsText) string { return w.Proven }
	saved := func(w views.StepsText) string { return w.SavedText }
	failing := func(w views.StepsText) string { return w.Failing }
	notYet := func(w views.StepsText) string { return w.NotYet }
	is(views.StepSignUp, func(w views.StepsText) string { return w.Next })
	is(views.StepSite, notYet)
	is(views.StepCredentials, notYet)

	v.post(oceanPath, "site_number", "1234", "client_id", clinicID, "client_secret", clinicSecret).wants(t, 303)
	is(views.StepSite, saved)
	is(views.StepKey, saved)
	is(views.StepCredentials, saved)
	is(views.StepIntegration, notYet)
	v.post(testPath).wants(t, 200)
	is(views.StepCredentials, proven)
	s.receive(oceantest.Message{SiteNumber: "777777"})
	for _, id := range []string{views.StepSignUp, views.StepCloudConnect, views.StepKey, views.StepIntegration, views.StepCopies} {
		is(id, proven)
	}
	is(views.StepListings, notYet)
	is(views.StepSite, saved)
	s.clock.Turn(time.Minute)
	s.receive(oceantest.Message{Listing: "eye_clinic_42"})
	is(views.StepListings, proven)
	is(views.StepSite, proven)
	v.get(stepsPath).step(t, views.StepListings).shows(t, "eye_clinic_42", s.text().Steps.Bound)

	s.credentials(clinicID, "another")
	v.post(testPath).wants(t, 200)
	is(views.StepCredentials, func(w views.StepsText) string { return w.Saved }) // these never were proven
	s.credentials(clinicID, clinicSecret)
	v.post(testPath).wants(t, 200)
	s.sim.SetFaults(oceantest.Faults{RefuseCredentials: true})
	s.clock.Turn(time.Minute)
	v.post(testPath).wants(t, 200)
	is(views.StepCredentials, failing)

	young, err := s.store.GenerateKey(t.Context(), storetest.Admin)
	s.must(err)
	s.must(s.store.RetireKey(t.Context(), storetest.Admin))
	old := s.key
	s.clock.Turn(time.Minute)
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, old).wants(t, 401)
	is(views.StepIntegration, failing)
	is(views.StepKey, failing)
	s.clock.Turn(time.Minute)
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, young).wants(t, 200)
	is(views.StepIntegration, proven)
	is(views.StepKey, proven)
	v.get(stepsPath).hides(t, old, young, clinicSecret)
}

func TestMistakesShowWhereTheyAreMade(t *testing.T) {
	bundle := oceantest.Bundle(oceantest.Message{})
	for name, c := range map[string]struct {
		step    string
		mistake views.Mistake
		err     func(*site) answer
		status  int
	}{
		"the root":           {views.StepIntegration, views.MistakePath, func(s *site) answer { return s.deliverTo("/", bundle) }, 405},
		"half of the path":   {views.StepIntegration, views.MistakePath, func(s *site) answer { return s.deliverTo("/fhir_bundles", bundle) }, 404},
		"a slash too many":   {views.StepIntegration, views.MistakePath, func(s *site) answer { return s.deliverTo(bundlesPath+"/", bundle) }, 404},
		"a page of ours":     {views.StepIntegration, views.MistakePath, func(s *site) answer { return s.deliverTo("/settings/referral/ocean", bundle) }, 303},
		"a space in the key": {views.StepIntegration, views.MistakeSpaced, func(s *site) answer { return s.deliver(bundle, keyHeader, s.key[:32]+" "+s.key[32:]) }, 401},
		"quotes around it":   {views.StepIntegration, views.MistakeSpaced, func(s *site) answer { return s.deliver(bundle, keyHeader, `"`+s.key+`"`) }, 401},
		"an unsaved key":     {views.StepKey, views.MistakeUnsaved, func(s *site) answer { return s.deliver(bundle, keyHeader, s.draftKey()) }, 401},
		"a retired key":      {views.StepIntegration, views.MistakeRetired, func(s *site) answer { return s.deliver(bundle, keyHeader, s.retiredKey()) }, 401},
		"a wrong key":        {views.StepIntegration, views.MistakeWrongKey, func(s *site) answer { return s.deliver(bundle, keyHeader, "x") }, 401},
		"no key":             {views.StepIntegration, views.MistakeNoKey, func(s *site) answer { return s.deliver(bundle, keyHeader, "-") }, 401},
		"the older FHIR": {views.StepIntegration, views.MistakeOldFHIR, func(s *site) answer {
			return s.deliver(oceantest.Bundle(oceantest.Message{Event: "notify-update-status"}))
		}, 200},
		"no FHIR":             {views.StepIntegration, views.MistakeFormat, func(s *site) answer { return s.deliver([]byte(`{"referral":1}`)) }, 422},
		"XML":                 {views.StepIntegration, views.MistakeFormat, func(s *site) answer { return s.deliver(bundle, "Content-Type", "text/xml") }, 415},
		"copies alone: where": {views.StepListings, views.MistakeNoListing, func(s *site) answer { return s.deliver(oceantest.Bundle(oceantest.Message{SiteNumber: "777777"})) }, 200},
		"copies alone: whose": {views.StepSite, views.MistakeOtherSite, func(s *site) answer { return s.deliver(oceantest.Bundle(oceantest.Message{SiteNumber: "777777"})) }, 200},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(c *Config) { c.BaseURL.Scheme = "https" })
			s.siteNumber()
			v := s.person("ada@clinic.example", store.ReferralSettings)
			page := func(headers ...string) answer { return v.get(stepsPath, headers...) }
			both(t, page, func(a answer, text *views.Text) {
				a.body = plainText(a.body)
				a.hides(t, text.Mistake(c.mistake).Title)
			})
			c.err(s).wants(t, c.status)
			both(t, page, func(a answer, text *views.Text) {
				a.step(t, c.step).shows(t, text.Mistake(c.mistake).Title, text.Mistake(c.mistake).Text)
				a.body = plainText(a.body)
				if n := strings.Count(a.body, text.Mistake(c.mistake).Text); n != 1 {
					t.Errorf("it is said %d times", n)
				}
			})
			// A good message shows that it is mended.
			s.clock.Turn(2 * time.Minute)
			s.receive(oceantest.Message{})
			both(t, page, func(a answer, text *views.Text) {
				a.body = plainText(a.body)
				a.hides(t, text.Mistake(c.mistake).Title)
			})
		})
	}
}

func TestStrangersWhoLookAroundAreNoMistake(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	for _, path := range []string{"/public/", "/public/.env", "/public/ocean/", "/nothing"} {
		s.visitor().get(path).wants(t, 404)
		s.visitor().do("HEAD", path, nil).wants(t, 404)
	}
	s.visitor().post("/wp-login.php").wants(t, 404) // no key: not Ocean
	s.visitor().post("/").wants(t, 405)
	if c := s.connection(); len(c.Refusals) != 0 {
		t.Errorf("%+v", c.Refusals)
	}
	v.get(stepsPath).hides(t, s.text().Mistake(views.MistakePath).Title)
}

func TestTheAddressIsJudged(t *testing.T) {
	for address, want := range map[string]views.Mistake{"http://clinic.example": views.MistakeHTTP, "http://localhost:8080": views.MistakeNoBaseURL,
		"https://[::1]:8443": views.MistakeNoBaseURL, "https://clinic.example": ""} {
		s := newSite(t, func(c *Config) { c.BaseURL = parseURL(t, address) })
		v := s.person("ada@clinic.example", store.ReferralSettings)
		both(t, func(h ...string) answer { return v.get(stepsPath, h...) }, func(a answer, text *views.Text) {
			part := a.step(t, views.StepIntegration)
			for _, m := range []views.Mistake{views.MistakeHTTP, views.MistakeNoBaseURL} {
				if m == want {
					part.shows(t, text.Mistake(m).Title, text.Mistake(m).Text)
				} else {
					part.hides(t, text.Mistake(m).Title)
				}
			}
			part.shows(t, strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")+bundlesPath, keyHeader)
		})
	}
}

// deliverTo delivers to another address than the Request URL.
func (s *site) deliverTo(path string, body []byte) answer {
	r := s.bundleRequest(strings.NewReader(string(body)))
	r.URL.Path = path
	return s.serve(r)
}

// draftKey is a key that was generated and is not saved.
func (s *site) draftKey() string {
	v := s.person("draft@clinic.example", store.ReferralSettings)
	v.post(oceanPath+"/generate").wants(s.t, 200)
	return keyOnPage.FindString(v.get(oceanPath).body)
}

// retiredKey retires the site's key, and has another take its place.
func (s *site) retiredKey() string {
	old := s.key
	var err error
	s.key, err = s.store.GenerateKey(s.t.Context(), storetest.Admin)
	s.must(err)
	s.must(s.store.RetireKey(s.t.Context(), storetest.Admin))
	return old
}
