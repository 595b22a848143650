package handlers_test

import (
	"context"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// within goes on by the Tab key to an element, which must not be more than so many steps away, and must
// show that it has the focus. It starts where the focus is.
func (c *clerk) within(steps int, selector string) { c.t.Helper(); c.tabs(steps, selector, false) }

// back is [clerk.within] by Shift and Tab.
func (c *clerk) back(steps int, selector string) { c.t.Helper(); c.tabs(steps, selector, true) }

func (c *clerk) tabs(steps int, selector string, back bool) {
	c.t.Helper()
	var how []chromedp.KeyOption
	if back {
		how = append(how, chromedp.KeyModifiers(kb.ModifierShift))
	}
	there := `document.activeElement.matches(` + quoted(selector) + `)`
	for n := 0; ; n++ {
		if ask[bool](c.browser, there) {
			break
		}
		if n == steps {
			c.t.Fatalf("%s: %s is more than %d steps away", c.path(), selector, steps)
		}
		c.do(chromedp.KeyEvent("\t", how...))
	}
	if !ask[bool](c.browser, `(s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2)(getComputedStyle(document.activeElement))`) {
		c.t.Errorf("%s: nobody sees that %s has the focus", c.path(), selector)
	}
}

func quoted(s string) string { return "`" + strings.ReplaceAll(s, "`", "\\`") + "`" }

// content goes past the menu, as the first link of every page offers.
func (c *clerk) content() {
	c.t.Helper()
	c.within(1, `a.skip`)
	c.do(chromedp.KeyEvent("\r"))
	c.browser.until(`document.activeElement.id === "content"`)
}

// enters presses Enter where the focus is, and waits for the page that comes.
func (c *clerk) enters() {
	c.t.Helper()
	c.browser.mark()
	c.do(chromedp.KeyEvent("\r"))
	c.turned()
}

// focused waits until the focus is where the page puts it, which is a moment after the page is there.
func (c *clerk) focused() {
	c.t.Helper()
	c.browser.until(`document.activeElement.hasAttribute("autofocus")`)
}

func (c *clerk) types(text string) { c.t.Helper(); c.do(chromedp.KeyEvent(text)) }

// referral is the one referral that there is.
func (c *clerk) referral() *store.Referral {
	c.t.Helper()
	rows, _, err := c.store.Referrals(context.Background(), store.ReferralFilter{}, 2)
	c.must(err)
	for _, row := range rows {
		if row.Patient.Family == "Tremblay-Lafrenière" {
			found, err := c.store.Referral(context.Background(), row.ID)
			c.must(err)
			return found
		}
	}
	c.t.Fatal("no referral")
	return nil
}

// TestTheFrontDeskByKeyboardInFrench does what the front desk does most, in French, without a mouse: it
// signs in, finds a referral by name, reads it and its letter, accepts, books, writes, notes, assigns,
// and looks at what came back.
func TestTheFrontDeskByKeyboardInFrench(t *testing.T) {
	c := newClerk(t, "fr-CA", true, chromedp.Env("LANGUAGE=en_US", "LANG=C.UTF-8")) // Chromium's own words, and its order of day and month
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	go c.ocean.Run(ctx, 1)
	w := c.words
	c.arrives(oceantest.ActNew)
	c.arrives(oceantest.ActNew)
	c.fetched()

	c.browser.open("/login")
	c.types("frances@clinic.example\t" + storetest.Password)
	c.enters()
	c.wait(w.Referrals.Title)
	c.accessible("la liste")

	c.content()
	c.within(1, "#q")
	c.types("tremb\r")
	c.wait(w.Referrals.Found(1, false))
	c.within(3, "#rows a.name")
	c.enters()
	c.wait("Tremblay-Lafrenière, Élodie")
	c.accessible("l’aiguillage")

	c.content()
	c.within(12, `.documents li:first-child a[href$="#document"]`)
	c.enters()
	c.browser.until(`!!document.querySelector("iframe.sheet")`)
	c.within(2, "#document a.button") // the focus is at the document: closing it is next
	c.enters()

	c.content()
	c.within(4, `.acts a[href$="/accept"]`)
	c.enters()
	c.accessible("accepter")
	c.focused()
	c.types("Bien reçu.") // into the field that has the focus
	c.within(1, "main form button")
	c.enters()
	c.wait(w.Folder(store.FolderPendingBooking))
	c.becomes(w.Actions.Confirmed)

	day := c.now().AddDate(0, 0, 9)
	c.content()
	c.within(4, `.acts a[href$="/book"]`)
	c.enters()
	c.types(day.Format("01022006"))
	c.within(2, "[name=time]")
	c.types("0230PM")
	if got := ask[string](c.browser, `document.querySelector("[name=date]").value + " " + document.querySelector("[name=time]").value`); got != day.Format("2006-01-02")+" 14:30" {
		t.Errorf("typed was %s", got)
	}
	c.within(3, "[name=minutes]")
	c.within(4, "main form button")
	c.enters()
	c.wait(w.Folder(store.FolderBookedUnconfirmed))
	c.becomes(w.Actions.Confirmed)

	c.content()
	c.within(8, `.acts a[href$="/message"]`)
	c.enters()
	c.accessible("écrire un message")
	c.types("Pourriez-vous envoyer le dernier ECG\u00a0?")
	c.within(2, "main form button")
	c.enters()
	c.becomes(w.Actions.Confirmed)

	c.content()
	c.within(10, `.acts a[href="#note"]`)
	c.types("\r")
	c.browser.until(`document.activeElement.id === "note"`)
	c.types("La patiente préfère l’après-midi.")
	c.within(1, `form[action$="/notes"] button`)
	c.enters()
	c.wait("La patiente préfère l’après-midi.")

	c.back(15, "#assignee") // the focus is at the notes
	c.types("Luc")
	c.within(1, `form[action$="/assign"] button`)
	c.enters()

	found := c.referral()
	people, err := c.store.Users(ctx)
	c.must(err)
	assigned := ""
	for _, u := range people {
		if u.ID == found.Assignee {
			assigned = u.Name
		}
	}
	remarks, err := c.store.Remarks(ctx, found.ID)
	c.must(err)
	if assigned != "Luc Bélanger" || len(remarks) != 1 || found.Folder != store.FolderAwaitingReply && found.Folder != store.FolderBookedUnconfirmed ||
		found.Task.Reason != "Bien reçu." || len(found.Communications) != 1 {
		t.Errorf("assigned to %q, %d notes, %s, %q", assigned, len(remarks), found.Folder, found.Task.Reason)
	}

	c.refs = []string{found.Ref}
	c.tells(oceantest.ActMessage, 0)
	c.back(30, `.back a`) // the focus is at who works on it
	c.enters()
	c.content()
	c.within(8, `.folders a[href*="folder=needs_review"]`)
	c.enters()
	c.content()
	c.within(30, "#rows a.name")
	c.enters()
	c.wait(w.Lists.Latest(w.History.MessageFrom("Grace Sample")))
	c.content()
	c.within(5, "#review form button")
	c.enters()
	if ask[bool](c.browser, `!!document.querySelector("#review")`) || c.referral().NeedsReview {
		t.Error("what was reviewed needs review still")
	}

	c.content()
	c.within(10, `.acts a[href$="/confirm"]`)
	c.enters()
	c.focused()
	c.within(1, "main form button") // the title has the focus: nothing happens by pressing Enter twice
	c.enters()
	c.wait(w.Folder(store.FolderBookedConfirmed))
	c.becomes(w.Actions.Confirmed)
	c.within(80, `form[action="/logout"] button`)
	c.enters()
	c.wait(w.Login.Button)
	c.quiet()
}
