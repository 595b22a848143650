package handlers

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"
)

var (
	keyOnPage   = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)"`)
)

// text is the catalogue that a site answers in where nothing else is asked for.
func (s *site) text() *views.Text { return &views.English }

// hidden reads the hidden fields of a page as name, value, ...: what a browser posts along.
func (a answer) hidden() (pairs []string) {
	for _, m := range hiddenField.FindAllStringSubmatch(a.Body.String(), -1) {
		pairs = append(pairs, m[1], html.UnescapeString(m[2]))
	}
	return pairs
}

func TestSavingOceanSettingsFieldByField(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.post(oceanPath, "site_number", "4321").leadsTo(t, oceanPath+"?saved=1")
	v.post(oceanPath, "client_id", "me", "client_secret", "hush hush").leadsTo(t, oceanPath+"?saved=1")
	v.post(oceanPath, "client_id", "me", "client_secret", "").leadsTo(t, oceanPath+"?saved=1")
	o, err := s.store.OceanSettings(t.Context())
	if err != nil || o.SiteNumber != "4321" || o.ClientID != "me" || !o.HasClientSecret {
		t.Errorf("%+v, %v", o, err)
	}
	v.get(oceanPath).wants(t, 200).shows(t, "4321", `value="me"`).hides(t, "hush")
	v.post(oceanPath, "host", "https://test.cognisantmd.com").leadsTo(t, oceanPath+"?saved=dropped")
	v.get(oceanPath+"?saved=dropped").shows(t, s.text().Ocean.DroppedTitle)
	if o, _ := s.store.OceanSettings(t.Context()); o.HasClientSecret || o.Host != store.TestOceanHost {
		t.Errorf("after a change of host: %+v", o)
	}
}

func TestBadOceanSettingsComeBackBesideTheirField(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	for _, c := range []struct{ field, typed, says string }{
		{"site_number", "12ab", s.text().Ocean.SiteNumberWrong("12ab")}, {"site_number", "123", s.text().Ocean.SiteNumberWrong("123")},
		{"site_number", "12345678", s.text().Ocean.SiteNumberWrong("12345678")},
		{"client_id", strings.Repeat("x", 1001), s.text().Ocean.TooLong(store.MaxCredential)},
		{"client_secret", strings.Repeat("x", 1001), s.text().Ocean.TooLong(store.MaxCredential)},
		{"host_other", "http://ocean.example", s.text().Ocean.HostWrong("http://ocean.example")},
		{"host_other", "https://ocean.example/path", s.text().Ocean.HostWrong("https://ocean.example/path")},
		{"host_other", "", s.text().Ocean.HostWrong("")},
	} {
		pairs := []string{"site_number", "5678", "client_id", "kept as typed"}
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == c.field {
				pairs[i+1] = c.typed
			}
		}
		if c.field == "host_other" {
			pairs = append(pairs, "host", "other")
		}
		a := v.post(oceanPath, append(pairs, c.field, c.typed)...).wants(t, 422).shows(t, c.says)
		if c.field != "client_id" {
			a.shows(t, "kept as typed")
		}
		if c.field == "client_secret" {
			a.hides(t, c.typed)
		}
	}
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "" || o.ClientID != "" {
		t.Errorf("something was saved: %+v", o)
	}
}

func TestAGeneratedKeyCountsFromSavingOn(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.post(oceanPath+"/generate", "site_number", "9999").wants(t, 200).shows(t, "9999") // typed elsewhere, not lost
	page := v.get(oceanPath)
	key := keyOnPage.FindString(page.Body.String())
	if key == "" {
		t.Fatal("no key on the page")
	}
	bundle := oceantest.Bundle(oceantest.Message{})
	s.deliver(bundle, keyHeader, key).wants(t, 401).shows(t, "Save Ocean Settings")
	v.get(oceanPath).shows(t, s.text().Ocean.RefusedTitle)

	v.post("/logout")
	v = s.signIn("ada@clinic.example") // Ocean's portal took a while
	page = v.get(oceanPath).shows(t, key)
	s.deliver(bundle, keyHeader, key).wants(t, 401)
	v.post(oceanPath, append(page.hidden(), "site_number", "1234", "client_id", "")...).leadsTo(t, oceanPath+"?saved=1")
	s.deliver(bundle, keyHeader, key).wants(t, 200)
	v.get(oceanPath).shows(t, key) // people copy it now
	other := s.person("bob@clinic.example", store.ReferralSettings)
	other.get(oceanPath).hides(t, key)

	s.clock.Turn(store.KeysShown)
	v.get(oceanPath).hides(t, key)
	v.post(oceanPath+"/show-key", "password", "a wrong guess at it").wants(t, 422).hides(t, key)
	v.post(oceanPath+"/show-key", "password", storetest.Password).wants(t, 303)
	v.get(oceanPath).shows(t, key)
}

func TestAnAbandonedKeyNeverCounts(t *testing.T) {
	s := newSite(t)
	ada, bob := s.person("ada@clinic.example", store.ReferralSettings), s.person("bob@clinic.example", store.ReferralSettings)
	before := bob.get(oceanPath)
	ada.post(oceanPath + "/generate")
	key := keyOnPage.FindString(ada.get(oceanPath).Body.String())
	bob.post(oceanPath, append(before.hidden(), "client_id", "bob's")...).wants(t, 303) // his page knew no key
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, key).wants(t, 401)
	ada.post(oceanPath + "/generate")
	if again := keyOnPage.FindString(ada.get(oceanPath).Body.String()); again == key {
		t.Error("Generate made the same key again")
	}
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, key).wants(t, 401)
}

func TestTwoAdministratorsSavingAtOnce(t *testing.T) {
	s := newSite(t)
	ada, bob := s.person("ada@clinic.example", store.ReferralSettings), s.person("bob@clinic.example", store.ReferralSettings)
	seenByAda, seenByBob := ada.get(oceanPath).hidden(), bob.get(oceanPath).hidden()
	bob.post(oceanPath, append(seenByBob, "site_number", "5678", "client_id", "")...).wants(t, 303)
	ada.post(oceanPath, append(seenByAda, "site_number", "", "client_id", "ada's")...).wants(t, 303) // another field: both stay
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "5678" || o.ClientID != "ada's" {
		t.Fatalf("%+v", o)
	}
	conflict := ada.post(oceanPath, append(seenByAda, "site_number", "4321", "client_id", "ada's")...).wants(t, 409).shows(t, "5678", "4321")
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "5678" {
		t.Fatalf("one overwrote the other: %+v", o)
	}
	ada.post(oceanPath, append(conflict.hidden(), "site_number", "4321", "client_id", "ada's")...).wants(t, 303) // she has seen it
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "4321" {
		t.Errorf("%+v", o)
	}
}

func TestKeysAreRetiredAndSecretsRemovedBehindAQuestion(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	old := s.key
	young, err := s.store.GenerateKey(t.Context(), storetest.Admin)
	s.must(err)
	v.post(oceanPath+"/generate").wants(t, 422).shows(t, s.text().Ocean.TwoKeys)
	v.get(oceanPath+"/retire-key").wants(t, 200).shows(t, s.text().Confirm.RetireKey.Button)
	v.post(oceanPath+"/retire-key").leadsTo(t, oceanPath)
	v.post(oceanPath+"/retire-key").leadsTo(t, oceanPath) // pressed twice
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, old).wants(t, 401)
	s.deliver(oceantest.Bundle(oceantest.Message{}), keyHeader, young).wants(t, 200)

	v.post(oceanPath, "client_secret", "hush")
	v.get(oceanPath+"/remove-secret").wants(t, 200).shows(t, s.text().Confirm.RemoveSecret.Button)
	if o, _ := s.store.OceanSettings(t.Context()); !o.HasClientSecret {
		t.Error("asking removed it")
	}
	v.post(oceanPath+"/remove-secret").leadsTo(t, oceanPath)
	if o, _ := s.store.OceanSettings(t.Context()); o.HasClientSecret {
		t.Error("the secret is still there")
	}
}

func TestATypoDoesNotHideWhatAColleagueSaved(t *testing.T) {
	s := newSite(t)
	ada, bob := s.person("ada@clinic.example", store.ReferralSettings), s.person("bob@clinic.example", store.ReferralSettings)
	seen := ada.get(oceanPath).hidden()
	bob.post(oceanPath, "client_id", "bob's").wants(t, 303)
	page := ada.post(oceanPath, append(seen, "site_number", "12ab", "client_id", "ada's")...).wants(t, 422)
	ada.post(oceanPath, append(page.hidden(), "site_number", "1234", "client_id", "ada's")...).wants(t, 409).shows(t, "bob&#39;s", "ada&#39;s")
	page = ada.post(oceanPath+"/generate", append(seen, "client_id", "ada's")...).wants(t, 200)
	conflict := ada.post(oceanPath, append(page.hidden(), "site_number", "1234", "client_id", "ada's")...).wants(t, 409)

	bob.post(oceanPath, "site_number", "9876").wants(t, 303)
	// What she has left alone follows what is saved; what she typed is hers to press Save for.
	ada.post(oceanPath, append(conflict.hidden(), "client_id", "ada's again")...).wants(t, 303)
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "9876" || o.ClientID != "ada's again" {
		t.Errorf("%+v", o)
	}
}

func TestAKeyThatSomebodyReplacedIsNamed(t *testing.T) {
	s := newSite(t)
	ada, bob := s.person("ada@clinic.example", store.ReferralSettings), s.person("bob@clinic.example", store.ReferralSettings)
	mine := ada.post(oceanPath+"/generate").wants(t, 200)
	bob.post(oceanPath+"/generate").wants(t, 200)
	ada.post(oceanPath, append(mine.hidden(), "site_number", "1234")...).wants(t, 422).shows(t, s.text().Ocean.KeyGone)
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "" {
		t.Errorf("half of it was saved: %+v", o)
	}
}

func TestSavingAKeyShowsNoOtherOne(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	page := v.post(oceanPath+"/generate").wants(t, 200)
	v.post(oceanPath, append(page.hidden(), "site_number", "1234")...).wants(t, 303)
	v.get(oceanPath).shows(t, keyOnPage.FindString(page.Body.String())).hides(t, s.key)
	v.post(oceanPath+"/show-key", "password", storetest.Password).wants(t, 303)
	v.get(oceanPath).shows(t, s.key)
}

func TestBlankOrAbsentKeeps(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	v.post(oceanPath, "site_number", "4321", "client_id", "me", "client_secret", "hush").wants(t, 303)
	v.post(oceanPath, "site_number", "", "client_id", "", "client_secret", "").wants(t, 303)
	v.post(oceanPath).wants(t, 303)
	if o, _ := s.store.OceanSettings(t.Context()); o.SiteNumber != "4321" || o.ClientID != "me" || !o.HasClientSecret {
		t.Errorf("%+v", o)
	}
}

func TestGuessingOnesOwnPasswordIsSlowedDown(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ReferralSettings)
	for range triesAllowed {
		v.post(oceanPath+"/show-key", "password", "a wrong guess at it").wants(t, 422)
	}
	if a := v.post(oceanPath+"/show-key", "password", storetest.Password).wants(t, 429); a.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}
