package views

import (
	"slices"
	"testing"
	"time"

	"github.com/a-h/templ"
)

func TestSelfTestTells(t *testing.T) {
	for _, f := range inBoth(t) {
		w := f.Text.SelfTest
		html := render(t, SelfTest(f, SelfTestPage{RequestURL: "https://clinic.example/public/ocean/fhir_bundles"}))
		says(t, html, w.Run, "https://clinic.example/public/ocean/fhir_bundles")
		wants(t, html, `method="post" action="/settings/referral/self-test"`, `-class="results"`)
		for _, try := range SelfTestTries {
			for _, outcome := range SelfTestOutcomes {
				line := SelfTestLine{try, outcome, 599}
				html := render(t, SelfTest(f, SelfTestPage{Lines: []SelfTestLine{line}}))
				says(t, html, w.Tries[try].Title, w.Outcomes[outcome].Title, f.selfTestText(line))
				switch {
				case outcome == OutcomeProven:
					says(t, html, w.Tries[try].Text, w.WholeTitle)
					wants(t, html, "-599", "-chip harm")
				case outcome == OutcomeUnreachable || outcome == OutcomeCertificate:
					says(t, html, w.UntriedTitle, w.Answer(599))
					wants(t, html, "-chip harm", "-chip done")
				default:
					says(t, html, w.WrongTitle(1), w.Answer(599))
					wants(t, html, "chip harm")
				}
			}
		}
	}
	all := []string{}
	for _, line := range []SelfTestLine{{Try: TryGood, Outcome: OutcomeLetIn}, {Try: TryTooLarge, Outcome: OutcomeLetIn}, {Try: TryRetired, Outcome: OutcomeLetIn}} {
		all = append(all, at(t).selfTestText(line))
	}
	if len(slices.Compact(all)) != 3 {
		t.Errorf("what was let in reads the same: %q", all)
	}
}

func TestMissedTells(t *testing.T) {
	for _, f := range inBoth(t) {
		w := f.Text.Missed
		lost := *gapOf(f, 120*time.Hour, 100*time.Hour)
		for name, c := range map[string]struct {
			page  MissedPage
			says  []string
			wants []string
		}{
			"nothing":    {MissedPage{Now: f.Now}, []string{w.NothingTitle, w.NothingText}, []string{"-<form method=\"post\" action=\"/settings", "-Bulk"}},
			"known":      {MissedPage{Gap: lost, Refs: 12, Now: f.Now}, []string{w.Download, w.KnownText(12), w.Between("2025-11-18 12:00", "2025-11-18 16:00")}, []string{`action="/settings/referral/missed"`, "-1,000,"}},
			"many":       {MissedPage{Gap: lost, Refs: 1001, Now: f.Now}, []string{w.Download, w.More}, nil},
			"unknown":    {MissedPage{Gap: lost, Now: f.Now}, []string{w.UnknownTitle, w.ExportTitle, "Export Referral Analytic Data"}, []string{`-action="/settings/referral/missed"`}},
			"still sent": {MissedPage{Gap: *gapOf(f, time.Hour, 0), Refs: 2, Now: f.Now}, []string{w.RepeatsTitle, w.Download}, []string{"-" + templ.EscapeString(w.Window)}},
		} {
			html := render(t, Missed(f, c.page))
			says(t, html, c.says...)
			wants(t, html, c.wants...)
			if t.Failed() {
				t.Fatalf("%s, %s", f.Lang, name)
			}
		}
	}
}
