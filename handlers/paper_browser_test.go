package handlers_test

import (
	"context"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestAReferralOnPaper looks at what a printer gets: every sheet says whose it is, what it is and as of
// when; nothing that can be pressed is there, and nothing is left out that the screen folds away.
func TestAReferralOnPaper(t *testing.T) {
	ctx := context.Background()
	con := newConsole(t)
	site := "4321"
	if err := con.store.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{SiteNumber: &site}); err != nil {
		t.Fatal(err)
	}
	con.receive(t, marguerite(con.clock.Now()))
	rows, _, err := con.store.Referrals(ctx, store.ReferralFilter{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	u := storetest.AddUser(t, con.store, "ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	if err := con.store.AddRemark(ctx, store.UserActor(u, "192.0.2.1"), rows[0].ID, "She prefers afternoons."); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en-CA", "fr-CA"} {
		words := views.InLanguage(lang[:2])
		b := newBrowser(t, con.URL, chromedp.Flag("accept-lang", lang))
		b.signIn("ada@clinic.example")
		b.dark(true) // paper stays white
		b.open("/referrals/" + rows[0].ID)
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print",
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}); err != nil {
			t.Fatal(err)
		}
		text := b.text()
		for _, want := range []string{"Harbour, Marguerite", "1951-03-02", "Palpitations on exertion", "Could you send the last ECG?", "She prefers afternoons.",
			"ECG 2026-05-12.png", words.Team.NotesOnly, words.History.Printed(""), words.Referral.History, words.Referral.Unanswered(1)} {
			if !strings.Contains(text, strings.TrimSpace(want)) {
				t.Errorf("%s: the paper lacks %q", lang, want)
			}
		}
		for _, never := range []string{words.Layout.SignOut, words.History.Print, words.Actions.Names[views.ActMessage] + "\n", words.Team.AddNote, words.Referral.OpenOcean} {
			if strings.Contains(text, never) {
				t.Errorf("%s: the paper has %q", lang, never)
			}
		}
		if !ask[bool](b, `(s => s.display === "table-header-group" && s.breakInside === "avoid")(getComputedStyle(document.querySelector(".paper"))) && getComputedStyle(document.querySelector("main")).display === "table"`) {
			t.Errorf("%s: only the first sheet says whose it is", lang)
		}
		if ask[bool](b, `[...document.querySelectorAll("button, select:not(.aside select), input:not([type=hidden]), textarea, nav, a.button")].some(e => e.checkVisibility())`) {
			t.Errorf("%s: there is something to press on paper", lang)
		}
		// Printers leave backgrounds out: what is white on black on the screen would be white on white.
		light := ask[[]string](b, `[...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
			.filter(e => { const c = getComputedStyle(e).color.match(/[\d.]+/g).map(Number), k = getComputedStyle(e).color.startsWith("color(") ? 255 : 1;
				return (0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]) * k > 140 }).map(e => e.className + ": " + e.textContent.trim().slice(0, 40))`)
		if len(light) > 0 {
			t.Errorf("%s: too light for paper: %q", lang, light)
		}
		if n := ask[int](b, `[...document.querySelectorAll("time.ago")].filter(e => getComputedStyle(e).fontSize !== "0px" || !/\d{4}-\d{2}-\d{2}/.test(e.title)).length`); n != 0 {
			t.Errorf("%s: %d times are told by how long ago they were", lang, n)
		}
		if pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF()); err != nil || len(pdf) < 5000 {
			t.Errorf("%s: %d bytes, %v", lang, len(pdf), err)
		}
		b.quiet()
	}
}
