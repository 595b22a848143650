package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/chromedp/chromedp"
)

// receive keeps a bundle as if Ocean had sent it.
func (c *console) receive(t testing.TB, m oceantest.Message) {
	t.Helper()
	message, err := ocean.Parse(oceantest.Bundle(m))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.store.Receive(context.Background(), message); err != nil {
		t.Fatal(err)
	}
}

// fill gives a console a person and some referrals, the newest of them Marguerite Harbour's.
func fill(t testing.TB, c *console, referrals int) *store.User {
	t.Helper()
	site := "1234"
	if err := c.store.SaveOceanSettings(context.Background(), storetest.Admin, store.OceanChange{SiteNumber: &site}); err != nil {
		t.Fatal(err)
	}
	for i := range referrals {
		c.clock.Turn(time.Minute)
		c.receive(t, oceantest.Message{SentAt: c.clock.Now(), Patient: oceantest.Patient{Family: fmt.Sprintf("Sample%c", 'a'+i%26), Given: "Ada", HealthNumber: oceantest.HealthNumber(i), BirthDate: "1985-12-10"}})
	}
	c.receive(t, oceantest.Message{SentAt: c.clock.Now(), TestData: true, Questions: [][2]string{{"Red <i>flags</i>?", "None"}, {"Since when?", ""}},
		Patient:   oceantest.Patient{Family: "Harbour", Given: "Marguerite", HealthNumber: oceantest.HealthNumber(777), BirthDate: "1951-03-02", Gender: "female", Phone: "416-555-0199"},
		Documents: []oceantest.Document{{Title: "Marguerite Harbour-2026-06-01.pdf", ContentType: "application/pdf", URL: "https://ocean.cognisantmd.com/svc/fhir/v1/ServiceRequest/x/$letter"}}})
	return storetest.AddUser(t, c.store, "ada@example.org", store.ViewReferrals)
}

// TestPeopleFindAndReadAReferral signs in, lists, pages, searches and reads, with the mouse.
func TestPeopleFindAndReadAReferral(t *testing.T) {
	c := newConsole(t)
	fill(t, c, 60)
	b := newBrowser(t, c.URL)
	b.open("/referrals")
	if b.path() != "/login" {
		t.Fatalf("a stranger is at %s", b.path())
	}
	b.signIn("ada@example.org")
	if b.path() != "/referrals" {
		t.Errorf("after signing in: %s", b.path())
	}
	b.wait("Harbour")
	const rows = `document.querySelectorAll('main a[href^="/referrals/0"]').length`
	if n := ask[int](b, rows); n != 50 {
		t.Errorf("the first page has %d referrals", n)
	}
	b.do(chromedp.Click(`//a[contains(., "Show older")]`))
	b.until(rows + ` === 61 && document.activeElement.matches("main a")`) // the focus goes to the first of what came
	b.do(chromedp.SendKeys(`input[name=q]`, "harb\r"))
	b.until(rows + ` === 1`)
	if path := b.path(); strings.Contains(strings.ToLower(path), "harb") {
		t.Errorf("what was searched stands in the address: %s", path)
	}
	b.do(chromedp.Click(`main a[href^="/referrals/0"]`))
	b.wait("Red flags?")
	for _, want := range []string{"Marguerite", "1951-03-02", "416-555-0199", "TEST"} {
		if !strings.Contains(b.text(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if title := ask[string](b, `document.title`); strings.Contains(title, "Harbour") {
		t.Errorf("the title names the patient: %s", title)
	}
	b.do(chromedp.Click(`form[action="/logout"] button`), chromedp.WaitVisible(`input[name=password]`))
	b.do(chromedp.NavigateBack())
	b.do(chromedp.WaitReady("body"))
	if strings.Contains(b.text(), "Harbour") {
		t.Error("going back after signing out shows the patient")
	}
	b.quiet()
}

// TestPagesWorkWithoutScript does the same with JavaScript off.
func TestPagesWorkWithoutScript(t *testing.T) {
	c := newConsole(t)
	fill(t, c, 60)
	b := newBrowser(t, c.URL)
	b.scriptless()
	b.signIn("ada@example.org")
	b.do(chromedp.Click(`//a[contains(., "Show older")]`), chromedp.WaitReady("body"))
	if !strings.Contains(b.path(), "before=") || !strings.Contains(b.text(), "Samplea") {
		t.Errorf("%s does not go on with the list", b.path())
	}
	b.do(chromedp.SendKeys(`input[name=q]`, oceantest.HealthNumber(777)+"\r"), chromedp.WaitVisible(`//a[contains(., "Harbour")]`))
	if b.path() != "/referrals/search" {
		t.Errorf("a search ends at %s", b.path())
	}
	b.do(chromedp.Click(`//a[contains(., "Harbour")]`), chromedp.WaitVisible(`//dd[contains(., "1951-03-02")]`))
	b.do(chromedp.Click(`form[action="/logout"] button`), chromedp.WaitVisible(`input[name=password]`))
	b.quiet()
}

// TestEveryPageIsAccessible runs axe-core over every page in both themes, wide and narrow.
func TestEveryPageIsAccessible(t *testing.T) {
	empty := newConsole(t)
	storetest.AddUser(t, empty.store, "ada@example.org", store.ViewReferrals)
	full := newConsole(t)
	fill(t, full, 3)
	rows, _, err := full.store.Referrals(context.Background(), store.ReferralFilter{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	full.receive(t, oceantest.Message{Event: "an-event-from-tomorrow"})
	first := newConsole(t)
	token, err := first.store.NewSetupToken(context.Background(), storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		console *console
		signIn  bool
		paths   []string
	}{
		{first, false, []string{"/login", "/setup?token=" + token, "/setup?token=wrong", "/nowhere"}},
		{empty, true, []string{"/referrals", "/referrals/problems", "/account"}},
		{full, true, []string{"/referrals", "/referrals?direction=sent", "/referrals/problems", "/referrals/" + rows[0].ID, "/account", "/nowhere"}},
	} {
		b := newBrowser(t, c.console.URL)
		if c.signIn {
			b.signIn("ada@example.org")
		}
		for _, path := range c.paths {
			for _, dark := range []bool{false, true} {
				for _, width := range []int64{1280, 360} {
					b.do(chromedp.EmulateViewport(width, 900))
					b.dark(dark)
					b.open(path)
					b.accessible(fmt.Sprintf("%s, dark %v, %d wide", path, dark, width))
					if ask[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
						t.Errorf("%s is wider than %d", path, width)
					}
				}
			}
		}
		b.quiet()
	}
}
