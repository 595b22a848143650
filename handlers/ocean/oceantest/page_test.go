package oceantest_test

import (
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

func TestPage(t *testing.T) {
	w := newWorld(t, func(o *oceantest.Options) { o.Console = "http://127.0.0.1:8080" })
	r := w.do(oceantest.ActNew)
	w.clinic.answers(401)
	w.do(oceantest.ActUpdate)
	w.get(namingPath)
	for path, c := range map[string]struct{ accept, lang, banner string }{
		"/":                                 {"", "en", "Simulation. No real Ocean, no real patients."},
		"/?lang=fr":                         {"en", "fr", "Simulation. Ni le vrai Ocean, ni de vrais patients."},
		"/ocean/portal.html?siteNum=1234":   {"fr-CA,en;q=0.5", "fr", "Simulation. Ni le vrai Ocean, ni de vrais patients."},
		"/ocean/portal.html?lang=en&x=%3Cb": {"fr", "en", "Simulation. No real Ocean, no real patients."},
	} {
		a := w.ask("GET", path, "", "Accept-Language", c.accept).wants(t, 200)
		page := string(a.body)
		for _, want := range []string{`<html lang="` + c.lang + `">`, c.banner, "Élodie", "Do this.", namingPath, "1234",
			`id="/admin/integrations/"`, `id="/admin/credentials/"`, `id="/admin/directory-listings/"`, `id="/referrals/` + r.Ref + `/edit"`,
			"simulated-secret", "http://127.0.0.1:8080", "Referral-Integration-API-Key"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
		if csp := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; form-action 'self'") {
			t.Errorf("CSP %q", csp)
		}
	}
	if got := w.ask("GET", "/style.css", "").wants(t, 200).header.Get("Content-Type"); got != "text/css; charset=utf-8" {
		t.Errorf("style is %q", got)
	}
	w.ask("GET", "/nothing", "").wants(t, 404)
}

func TestSwitches(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string]oceantest.Faults{
		"outage": {Outage: true}, "slow": {Slow: true}, "credentials": {RefuseCredentials: true}, "tokens": {RefuseTokens: true},
		"letter": {LetterMissing: true}, "busy": {LetterBusy: 30 * time.Second}, "answers": {LoseAnswers: true},
	} {
		w.press("/fault/"+name, "on", "1").wants(t, 303)
		if got := w.Faults(); got != want {
			t.Errorf("%s on: %+v", name, got)
		}
		w.press("/fault/"+name, "on", "0").wants(t, 303)
		if got := w.Faults(); got != (oceantest.Faults{}) {
			t.Errorf("%s off: %+v", name, got)
		}
	}
	w.press("/fault/nothing", "on", "1").wants(t, 404)
	token := w.token()
	w.press("/act/expire-tokens").wants(t, 303)
	w.ask("GET", namingPath, "", "Authorization", "Bearer "+token).wants(t, 401)
	w.clinic.answers(500)
	w.do(oceantest.ActNew)
	w.press("/skip").wants(t, 303)
	if d := w.Deliveries()[0]; d.Tries != 2 {
		t.Errorf("after an hour %+v", d)
	}
}

func TestPortalForms(t *testing.T) {
	w := newWorld(t)
	w.press("/admin/features", "on", "0").wants(t, 303)
	w.do(oceantest.ActNew)
	if d := w.Deliveries()[0]; d.State != oceantest.Waiting || d.Tries != 0 {
		t.Errorf("without Cloud Connect %+v", d)
	}
	w.press("/admin/features", "on", "1").wants(t, 303)
	w.press("/admin/bulk", "as", "updated", "refs", w.Referrals()[0].Ref+"\r\nunknown\r\n").wants(t, 303)
	if got := w.clinic.last(t); len(w.clinic.received()) != 2 || got.event != "notify-update-service-request" {
		t.Errorf("%+v", got)
	}
	w.press("/admin/credentials", "name", "CHR OAuth credentials").wants(t, 303)
	c := w.Credentials()
	w.ask("POST", tokenPath, "grant_type=client_credentials", "Content-Type", formType, "Authorization", basic(c[1].ID, c[1].Secret)).wants(t, 200)
	good := map[string]string{"name": "n", "url": "localhost:1/x", "header": "Referral-Integration-API-Key", "key": "k"}
	for field, wrong := range map[string]string{"name": " ", "url": "https://clinic.example.com/x", "header": "a b", "key": ""} {
		pairs := []string{"copies", "1"}
		for f, v := range good {
			if f == field {
				v = wrong
			}
			pairs = append(pairs, f, v)
		}
		page := string(w.press("/admin/integrations", pairs...).wants(t, 422).body)
		if !strings.Contains(page, `aria-invalid="true"`) || !strings.Contains(page, `value="`+strings.TrimSpace(wrong)+`"`) {
			t.Errorf("wrong %s: not marked, or not as typed", field)
		}
	}
	if w.do(oceantest.ActNew); w.Deliveries()[2].State != oceantest.Delivered {
		t.Error("a refused form changed the integration")
	}
}

// Another site's page must not press the buttons.
func TestOtherSites(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/act/new", "/fault/outage", "/skip", "/admin/features", "/admin/integrations", "/admin/bulk", "/admin/directory-listings", "/admin/credentials"} {
		w.ask("POST", path, "on=1", "Content-Type", formType, "Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.invalid").wants(t, 403)
		w.ask("GET", path, "").wants(t, 405)
	}
	if len(w.Deliveries()) > 0 || len(w.Credentials()) != 1 {
		t.Error("something happened")
	}
}
