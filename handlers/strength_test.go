package handlers

import (
	"strings"
	"testing"

	"breakwater/store/storetest"
	"breakwater/views"
)

func TestStrengthIsSaidAndNothingElse(t *testing.T) {
	s := newSite(t)
	fr := views.InLanguage("fr")
	ada := s.person("ada@lovelace.example")
	for password, c := range map[string]struct {
		who    *visitor
		lang   string
		fields []string
		want   string
	}{
		"canary":                   {s.visitor(), "en", nil, s.text().Strength.Short(9)},
		"canary français":          {s.visitor(), "fr", nil, fr.Strength.Good},
		"canary quiet harbour 12":  {s.visitor(), "en", nil, s.text().Strength.Strong},
		"canarycanarycanary1234":   {s.visitor(), "fr", nil, fr.Strength.Good}, // long, of few characters
		"30secondstomars":          {s.visitor(), "en", nil, s.text().Strength.Common},
		"Grace Hopper 1906":        {s.visitor(), "fr", []string{"name", "Grace Hopper"}, fr.Strength.Own},
		"grace@hopper.example":     {s.visitor(), "en", []string{"email", "grace@hopper.example"}, s.text().Strength.Own},
		"Ada Lovelace 1815":        {ada, "en", []string{"name", "x"}, s.text().Strength.Own}, // whoever is signed in is who they are
		strings.Repeat("z9!k", 33): {s.visitor(), "en", nil, s.text().Strength.Long(4)},
	} {
		for _, field := range []string{"password", "new_password"} {
			form := fields(append([]string{field, password}, c.fields...)...)
			a := c.who.do(post, "/password/strength", form, htmxHeader, "true", "Accept-Language", c.lang).wants(t, 200)
			a.says(t, c.want).hides(t, password, "<html")
			if a.Header().Get("Cache-Control") != "no-store" {
				t.Error("it is stored")
			}
		}
	}
	if a := s.visitor().do(post, "/password/strength", fields("password", ""), htmxHeader, "true").wants(t, 200); a.body != "" {
		t.Errorf("of nothing it says %q", a.body)
	}
	s.visitor().do(post, "/password/strength?password=canary", fields(), htmxHeader, "true").hides(t, "Too short") // an address is no place for it
	s.visitor().post("/password/strength", "password", "canary").leadsTo(t, "/")
	s.visitor().do(post, "/password/strength", fields("password", "canary"), htmxHeader, "true", "Sec-Fetch-Site", "cross-site").wants(t, 403)
	if log := s.log.String(); strings.Contains(log, "canary") || strings.Contains(log, "Grace") {
		t.Error("the log holds what was typed")
	}
	s.wantsNowhere(t, "canary quiet harbour", "Grace Hopper 1906")
}

// What is said while somebody types is what happens when they send it.
func TestStrengthAgreesWithTheRule(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada@lovelace.example")
	for _, password := range []string{"short", "passwordpassword", "30 seconds to mars", "lovelace-ada-lovelace", "a rather long sentence", "éééééééé et la neige"} {
		said := ada.do(post, "/password/strength", fields("new_password", password), htmxHeader, "true").wants(t, 200)
		good := strings.Contains(said.body, "chip done")
		a := ada.post("/account/password", "current_password", storetest.Password, "new_password", password)
		if good != (a.Code == 303) || !good && a.Code != 422 {
			t.Errorf("%q: good %v, then %d", password, good, a.Code)
		}
		if a.Code == 303 {
			ada.post("/account/password", "current_password", password, "new_password", storetest.Password).wants(t, 303)
		}
	}
}

// Behind a one-time link it is the rule of whose link it is: 8 characters beside a second step, whoever else is
// signed in in that browser, and whatever else is posted. What is said is what happens.
func TestStrengthKnowsWhoseOneTimeLinkItIs(t *testing.T) {
	s := newSite(t)
	with, _, _ := s.withApp("grace@hopper.example")
	without := storetest.AddUser(t, s.store, "bo@clinic.example")
	other := s.person("ada@lovelace.example")
	link := func(id string) string {
		token, err := s.store.MakeLink(t.Context(), storetest.Admin, id)
		s.must(err)
		return token
	}
	for _, c := range []struct {
		id, password string
		good         bool
		least        string
	}{
		{with.ID, "kettle7", false, "8 characters or more"}, {with.ID, "blue kettle", true, "8 characters or more"},
		{with.ID, "hopper-grace", false, "8 characters or more"}, {without.ID, "blue kettle", false, "15 characters or more"},
		{without.ID, "a rather long sentence", true, "15 characters or more"},
	} {
		for _, v := range []*visitor{s.visitor(), other} {
			token := link(c.id)
			v.get("/welcome?token="+token).shows(t, c.least, `hx-params="password,token"`)
			said := v.do(post, "/password/strength", fields("password", c.password, "token", token, "name", "x"), htmxHeader, "true").wants(t, 200)
			if good := strings.Contains(said.body, "chip done"); good != c.good {
				t.Errorf("%q: %s", c.password, said.body)
			}
			said.hides(t, token, "hopper.example")
		}
		v := s.visitor()
		token := link(c.id)
		if a := v.post("/welcome", "token", token, "password", c.password); (a.Code == 303) != c.good || !c.good && a.Code != 422 {
			t.Errorf("%q: then %d", c.password, a.Code)
		} else if !c.good {
			a.shows(t, c.least)
		}
	}
	// A link that is none, or that was used up, gets the general rule, and is no try at one.
	for range 100 {
		s.visitor().do(post, "/password/strength", fields("password", "blue kettle", "token", strings.Repeat("0", 43)), htmxHeader, "true").
			wants(t, 200).says(t, s.text().Strength.Short(4))
	}
	s.visitor().get("/welcome?token="+link(without.ID)).wants(t, 200)
}
