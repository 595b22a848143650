package views

import (
	"strings"
	"testing"
	"time"

	"breakwater/store"

	"github.com/a-h/templ"
)

// inBoth is a frame in each language.
func inBoth(t *testing.T) []Frame {
	en := administrator(t)
	fr := en
	fr.Text, fr.Lang = &French, "fr"
	return []Frame{en, fr}
}

// says fails for each text that a page should say and does not. The texts are the catalogue's.
func says(t *testing.T, html string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(html, templ.EscapeString(want)) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestEveryCodeOfTheConnectionHasWords(t *testing.T) {
	for _, f := range inBoth(t) {
		words := map[string]Explained{}
		for _, code := range store.Faults {
			words["fault "+string(code)] = f.Text.Faults[code]
		}
		for _, code := range store.RefusalReasons {
			words["refusal "+string(code)] = f.Text.Refusals[code]
		}
		for _, code := range Mistakes {
			words["mistake "+string(code)] = f.Text.Mistakes[code]
		}
		for _, code := range SelfTestTries {
			words["try "+string(code)] = f.Text.SelfTest.Tries[code]
		}
		for _, code := range SelfTestOutcomes {
			words["outcome "+string(code)] = f.Text.SelfTest.Outcomes[code]
		}
		for _, id := range Steps {
			words["step "+id] = Explained{f.Text.Steps.By[id].Title, f.Text.Steps.By[id].Proof}
		}
		for code, e := range words {
			if e.Title == "" || e.Text == "" {
				t.Errorf("%s: %s has no words", f.Lang, code)
			}
		}
		if n := len(words); n != len(f.Text.Faults)+len(f.Text.Refusals)+len(f.Text.Mistakes)+len(f.Text.SelfTest.Tries)+
			len(f.Text.SelfTest.Outcomes)+len(f.Text.Steps.By) {
			t.Errorf("%s: there are %d codes, and words for others", f.Lang, n)
		}
	}
	if got := English.Fault("odd"); got.Title != "odd" {
		t.Errorf("an unknown fault reads %+v", got)
	}
}

func TestClockAndSpan(t *testing.T) {
	f := at(t)
	for moment, want := range map[time.Time]string{f.Now.Add(-140 * time.Minute): "09:40", f.Now.Add(-13 * time.Hour): "2025-11-22 23:00"} {
		if got := f.clock(moment); got != want {
			t.Errorf("clock = %q, want %q", got, want)
		}
	}
	for d, want := range map[time.Duration]string{-time.Minute: "0 minutes", 90 * time.Second: "1 minute", time.Hour: "1 hour",
		61 * time.Minute: "1 hour 1 minute", 51*time.Hour + 30*time.Minute: "2 days 3 hours", 48 * time.Hour: "2 days"} {
		if got := f.span(d); got != want {
			t.Errorf("span(%s) = %q, want %q", d, got, want)
		}
	}
}

// gapOf is a gap that began so long ago, and lasted so long; 0 for one that goes on.
func gapOf(f Frame, ago, lasted time.Duration) *store.Gap {
	g := store.Gap{Reason: store.RefusedRetired, Since: f.Now.Add(-ago)}
	if lasted > 0 {
		g.Until = g.Since.Add(lasted)
	}
	return &g
}

func troubled(f Frame) Health {
	ago := func(d time.Duration) store.Seen {
		return store.Seen{First: f.Now.Add(-9 * 24 * time.Hour), Last: f.Now.Add(-d)}
	}
	return Health{Now: f.Now, Connection: store.Connection{
		Message: ago(140 * time.Minute), Token: ago(3 * time.Hour), Received: ago(140 * time.Minute), CredentialsRefused: f.Now.Add(-2 * time.Hour),
		Listings: []store.ListingSeen{{Name: "north_bay_cardiology49721437", Seen: ago(140 * time.Minute)}, {Name: "north_bay_imaging49721438", Seen: ago(50 * time.Hour)}},
		Test:     &store.TestResult{At: f.Now.Add(-time.Hour), By: "ada@clinic.example", Fault: store.FaultCredentials},
		Refusals: []store.Refusal{{Reason: store.RefusedRetired, First: f.Now.Add(-40 * time.Minute), Last: f.Now.Add(-2 * time.Minute), Calls: 14}},
		Gap:      gapOf(f, 140*time.Minute, 0), Pending: 3, OldestPending: f.Now.Add(-2 * time.Hour), Failed: 2,
	}}
}

func TestHealthTells(t *testing.T) {
	for _, f := range inBoth(t) {
		w := f.Text.Health
		empty := render(t, healthCard(f, Health{}))
		says(t, empty, w.NothingYet, f.Text.Menu.SetUp, w.SelfTest)
		wants(t, empty, `href="/settings/referral/setup"`, `href="/settings/referral/self-test"`, "-<dl")
		html := render(t, healthCard(f, troubled(f)))
		says(t, html, w.CredentialsTitle("10:00"), w.CredentialsText, f.Text.Fault(store.FaultCredentials).Text, w.GapTitle("09:40"),
			f.Text.Refusal(store.RefusedRetired).Title, f.Text.Refusal(store.RefusedRetired).Text, w.RefusedCalls(14),
			w.GapDue("2025-11-27 09:40", f.span(93*time.Hour+40*time.Minute)), w.WaitingFor(3, w.Hours(2)), w.FailedCount(2))
		wants(t, html, `href="/referrals/problems"`, "-/settings/referral/missed")
		well := troubled(f)
		well.CredentialsRefused, well.Gap, well.Failed, well.Pending = time.Time{}, nil, 0, 0
		well.Message.Last = f.Now.Add(-time.Minute)
		html = render(t, healthCard(f, well))
		says(t, html, w.NoneWaiting)
		wants(t, html, "-notice", "-"+templ.EscapeString(f.Text.Refusal(store.RefusedRetired).Text), "-/referrals/problems")
	}
}

func TestHealthTellsOfAGap(t *testing.T) {
	for _, f := range inBoth(t) {
		w := f.Text.Health
		over := gapOf(f, 6*time.Hour, time.Hour)
		html := render(t, healthNotices(f, Health{Connection: store.Connection{Gap: over}}))
		says(t, html, w.GapOver("06:00", "07:00"), w.GapCatchUp)
		wants(t, html, "notice info", "-notice problem")
		for _, g := range []*store.Gap{gapOf(f, 100*time.Hour, 0), gapOf(f, 120*time.Hour, 100*time.Hour)} {
			html := render(t, healthNotices(f, Health{Connection: store.Connection{Gap: g, Lost: g}}))
			says(t, html, w.LostTitle(f.exact(g.Since), f.exact(g.Since.Add(4*time.Hour))), w.Repair)
			wants(t, html, `href="/settings/referral/missed"`)
		}
		for _, reason := range store.RefusalReasons {
			g := *over
			g.Reason, g.Until = reason, time.Time{}
			says(t, render(t, healthNotices(f, Health{Connection: store.Connection{Gap: &g}})), f.Text.Refusal(reason).Title, f.Text.Refusal(reason).Text)
		}
	}
}

func TestTestConnectionTells(t *testing.T) {
	for _, f := range inBoth(t) {
		w := f.Text.Ocean
		form := oceanForm()
		html := render(t, OceanSettings(f, form))
		says(t, html, w.Test, w.TestHint, w.TestNever)
		wants(t, html, `formaction="/settings/referral/ocean/test"`, `name="do" value="test"`, `-id="tested"`)
		form.Test = &ConnectionTest{Typed: true, Host: "test.cognisantmd.com"}
		html = render(t, OceanSettings(f, form))
		says(t, html, w.TestAccepted, w.TestTyped, w.TestHost("test.cognisantmd.com"))
		wants(t, html, `id="tested" role="status"`, `aria-describedby="tested"`)
		for _, fault := range store.Faults {
			form.Test, form.Health = &ConnectionTest{Fault: fault}, Health{}
			html := render(t, OceanSettings(f, form))
			says(t, html, f.Text.Fault(fault).Title, f.Text.Fault(fault).Text)
			wants(t, html, `id="tested" role="alert"`, "-"+templ.EscapeString(w.TestTyped))
			form.Test = nil
			form.Health.Test = &store.TestResult{At: f.Now, By: "ada@clinic.example", Fault: fault}
			says(t, render(t, OceanSettings(f, form)), f.Text.Fault(fault).Title, w.TestBy("ada@clinic.example"))
		}
	}
}

func TestKeysTellWhichOneOceanUses(t *testing.T) {
	for _, f := range inBoth(t) {
		w := f.Text.Ocean
		used := func(id string, ago time.Duration) store.InboundKey {
			k := savedKey(f, id)
			if ago > 0 {
				k.LastUsedAt = f.Now.Add(-ago)
			}
			return k
		}
		const now = `name="key" value="old" formaction="/settings/referral/ocean/retire-key"`
		const asked = `href="/settings/referral/ocean/retire-key"`
		for name, c := range map[string]struct {
			newer, older time.Duration
			says         string
			offers       []string
		}{
			"only the old":  {0, time.Hour, w.KeyUsesOld("11:00"), []string{asked, "-" + now}},
			"the new":       {12 * time.Minute, time.Hour, w.KeyUsesNew("11:48"), []string{now, "-" + asked}},
			"never the old": {12 * time.Minute, 0, w.KeyUsesNew("11:48"), []string{now, "-" + asked}},
			"both":          {time.Hour, 12 * time.Minute, w.KeyUsesBoth("11:48"), []string{asked, "-" + now}},
			"none":          {0, 0, w.KeyOlderText, []string{asked, "-" + now}},
		} {
			form := oceanForm()
			form.Keys = []store.InboundKey{used("new", c.newer), used("old", c.older)}
			html := render(t, OceanSettings(f, form))
			says(t, html, c.says)
			wants(t, html, c.offers...)
			if t.Failed() {
				t.Fatalf("%s, %s", f.Lang, name)
			}
		}
	}
}
