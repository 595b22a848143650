package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/store"

	"github.com/a-h/templ"
)

// setUpPage is the page with every step in one state.
func setUpPage(state SetupStep) SetupPage {
	p := SetupPage{Settings: store.OceanSettings{SiteNumber: "4972", Host: store.DefaultOceanHost}, KeySaved: true,
		Request: "clinic.example/public/ocean/fhir_bundles", RequestURL: "https://clinic.example/public/ocean/fhir_bundles",
		HeaderName: "Referral-Integration-API-Key"}
	for _, id := range Steps {
		state.ID = id
		p.Steps = append(p.Steps, state)
	}
	return p
}

// stepHTML is what a page says of one step.
func stepHTML(t *testing.T, f Frame, p SetupPage, id string) string {
	t.Helper()
	_, html, found := strings.Cut(render(t, SetUp(f, p)), `<li id="`+id+`"`)
	if !found {
		t.Fatalf("the page has no step %s", id)
	}
	html, _, _ = strings.Cut(html, "</details>")
	return html
}

func TestEveryStepInEveryState(t *testing.T) {
	for _, f := range inBoth(t) {
		w, when := f.Text.Steps, f.Now.Add(-12*time.Minute)
		for _, id := range Steps {
			step := w.By[id]
			for _, c := range []struct {
				state SetupStep
				says  []string
				wants []string
			}{
				{SetupStep{State: StepProven, At: when, Tickable: true}, []string{w.Proven, step.Proof, f.Text.Time.MinutesAgo(12)}, []string{"<details>", "chip done", "-<form"}},
				{SetupStep{State: StepTold, At: when, By: "Ada", Ticked: true, Tickable: true}, []string{w.Told, w.ToldBy("Ada"), w.Undo, w.UndoOf(step.Title)},
					[]string{"<details>", `name="done" value=""`, `name="step" value="` + id + `"`, "-chip done"}},
				{SetupStep{State: StepTold}, []string{w.Saved, w.SavedText}, []string{"<details>", "-<form", "-chip done"}},
				{SetupStep{State: StepNotYet, Tickable: true}, []string{w.Done, w.DoneOf(step.Title)}, []string{`action="/settings/referral/setup"`, `name="done" value="1"`}},
				{SetupStep{State: StepNotYet}, nil, []string{"-<form"}},
				{SetupStep{State: StepFailing, At: when, Tickable: true}, []string{w.Failing, w.FailingSince("11:48")}, []string{"<details open>", "chip harm", "-<form"}},
			} {
				html := stepHTML(t, f, setUpPage(c.state), id)
				says(t, html, append(c.says, step.Title, step.Why)...)
				wants(t, html, c.wants...)
				for _, line := range lines(step.Do) {
					if !strings.Contains(html, marked(line)) {
						t.Errorf("step %s lacks %q", id, line)
					}
				}
				if t.Failed() {
					t.Fatalf("%s, step %s, %+v", f.Lang, id, c.state)
				}
			}
		}
	}
}

func TestEveryMistakeIsNamedWhereItHappens(t *testing.T) {
	for _, f := range inBoth(t) {
		for _, m := range Mistakes {
			p := setUpPage(SetupStep{State: StepProven})
			p.Steps[5].Mistakes = []Mistake{m}
			html := stepHTML(t, f, p, StepIntegration)
			says(t, html, f.Text.Mistake(m).Title, f.Text.Mistake(m).Text)
			wants(t, html, "<details open>", "notice")
			if strings.Contains(stepHTML(t, f, p, StepListings), templ.EscapeString(f.Text.Mistake(m).Text)) {
				t.Errorf("%s is named at another step too", m)
			}
		}
	}
}

func TestSetUpLeadsToTheNextStep(t *testing.T) {
	f := administrator(t)
	p := setUpPage(SetupStep{State: StepNotYet})
	p.Steps[0].State, p.Steps[1].State, p.Steps[1].Ticked, p.Steps[4].State = StepProven, StepTold, true, StepProven
	html := render(t, SetUp(f, p))
	wants(t, html, "3 of 9 proven or done", `<progress aria-labelledby="progress" max="9" value="3">`, `<li id="site" class="card next">`)
	if n := strings.Count(html, "<details open>"); n != 1 {
		t.Errorf("%d steps stand open, want the next one alone", n)
	}
	wants(t, stepHTML(t, f, p, StepSite), English.Steps.Next, "<details open>")
	wants(t, render(t, SetUp(f, setUpPage(SetupStep{State: StepProven}))), "9 of 9", "-<details open>", "-card next")
}

func TestSetUpGivesTheExactValues(t *testing.T) {
	f := administrator(t)
	p := setUpPage(SetupStep{State: StepNotYet})
	p.Health = troubled(f)
	portal := "https://ocean.cognisantmd.com/ocean/portal.html"
	for id, texts := range map[string][]string{
		StepSignUp: {`href="` + portal + `"`, "Sign up here", "Getting Started"},
		StepSite:   {`href="/settings/referral/ocean#site"`, "Menu &gt; Admin &gt; Site Account"},
		StepKey:    {`href="/settings/referral/ocean#inbound"`},
		StepIntegration: {`data-copy="clinic.example/public/ocean/fhir_bundles"`, `data-copy="https://clinic.example/public/ocean/fhir_bundles"`,
			`data-copy="CHR Integration"`, `data-copy="Referral-Integration-API-Key"`, "FHIR v0.11.1", "eReferrals", "API Key Authentication",
			portal + "?siteNum=4972#/admin/integrations/", English.Steps.KeyReady, "Register an Integration"},
		StepListings:    {`data-copy="CHR Integration"`, "?siteNum=4972#/admin/directory-listings/", "north_bay_cardiology49721437", English.Steps.Bound},
		StepCredentials: {`data-copy="CHR OAuth credentials"`, "?siteNum=4972#/admin/credentials/", `href="/settings/referral/ocean#oauth"`},
		StepCopies:      {"Allow a copy of the referral to be sent to this endpoint when a new referral is sent from this site"},
	} {
		wants(t, stepHTML(t, f, p, id), texts...)
	}
	p.Settings, p.KeySaved = store.OceanSettings{}, false
	html := render(t, SetUp(f, p))
	wants(t, html, `href="`+portal+`"`, "-siteNum", English.Steps.KeyMissing, "-"+English.Steps.KeyReady)
}

// TestInstructionsAreMarkedInPairs finds a backquote without its partner, and holds that both
// languages name the same things of Ocean's portal.
func TestInstructionsAreMarkedInPairs(t *testing.T) {
	named := func(text string) (names []string) {
		for i, part := range strings.Split(text, "`") {
			if i%2 == 1 {
				names = append(names, part)
			}
		}
		slices.Sort(names)
		return names
	}
	pairs := map[string][2]string{"bulk": {English.Missed.BulkDo, French.Missed.BulkDo}, "export": {English.Missed.ExportDo, French.Missed.ExportDo}}
	for _, id := range Steps {
		pairs[id] = [2]string{English.Steps.By[id].Do, French.Steps.By[id].Do}
	}
	for id, both := range pairs {
		for _, text := range both {
			if strings.Count(text, "`")%2 != 0 {
				t.Errorf("%s has a backquote without its partner", id)
			}
		}
		if en, fr := fmt.Sprint(named(both[0])), fmt.Sprint(named(both[1])); en != fr {
			t.Errorf("%s names %s in English and %s in French", id, en, fr)
		}
	}
}
