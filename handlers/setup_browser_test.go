package handlers_test

import (
	"context"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/chromedp"
)

// TestSetUpBesideOcean goes through the guided set-up with a simulated Ocean that answers, through
// what goes wrong on the way, and through a change of the key.
func TestSetUpBesideOcean(t *testing.T) {
	for _, c := range []struct {
		name, lang           string
		keyboard, scriptless bool
	}{{"English, mouse", "en-CA", false, false}, {"français, clavier", "fr-CA", true, false}, {"English, no JavaScript", "en-CA", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			h := newHarbour(t)
			storetest.AddUser(t, h.store, "marie@clinic.example", store.ReferralSettings, store.ViewReferrals, store.ManageReferrals)
			b := newBrowser(t, h.URL, chromedp.Flag("accept-lang", c.lang))
			if c.scriptless {
				b.scriptless()
			}
			b.signIn("marie@clinic.example")
			g := guide{t, hands{b, c.keyboard}, h, views.InLanguage(c.lang[:2]), !c.scriptless}
			key := g.clinicSide()
			g.referralsProve(key)
			g.credentials()
			g.documentBeside()
			g.lostLetter()
			g.changeKey(key)
			g.selfTest()
			b.quiet()
		})
	}
}

// guide is somebody on the way through the set-up.
type guide struct {
	t *testing.T
	hands
	*harbour
	words   *views.Text
	scripts bool
}

const (
	toSetUp   = `nav a[href="/settings/referral/setup"]`
	toOcean   = `nav a[href="/settings/referral/ocean"]`
	saveOcean = `main form[action="/settings/referral/ocean"] button:not([formaction]):not([type=button])`
	generate  = `main button[formaction="/settings/referral/ocean/generate"]`
	testOcean = `main button[formaction="/settings/referral/ocean/test"]`
	retireNow = `main button[formaction="/settings/referral/ocean/retire-key"]`
)

// sound runs axe-core, which needs scripts.
func (g guide) sound(what string) {
	g.t.Helper()
	if g.scripts {
		g.accessible(what)
	}
}

// chips fails unless the steps have that chip on Set up.
func (g guide) chips(word string, steps ...string) {
	g.t.Helper()
	for _, step := range steps {
		if got := ask[string](g.browser, `document.querySelector("#`+step+` .chip").textContent.trim()`); got != word {
			g.t.Errorf("step %s is %q, want %q", step, got, word)
		}
	}
}

// beginning returns what stands before the time in words that end in one.
func beginning(words func(string) string) string {
	before, _, _ := strings.Cut(words("\x00"), "\x00")
	return strings.TrimSpace(before)
}

func (g guide) save() {
	g.t.Helper()
	g.press(saveOcean)
	g.wait(g.words.Ocean.Saved)
}

// clinicSide does what is done in the console alone, and returns the key.
func (g guide) clinicSide() string {
	w := g.words
	g.press(toSetUp)
	g.wait(w.Steps.Progress(0, 9))
	g.sound("set-up, nothing done")
	for _, step := range []string{views.StepSignUp, views.StepAccount} {
		g.press("#" + step + " button[name=done]")
	}
	g.wait(w.Steps.Progress(2, 9))
	g.chips(w.Steps.Told, views.StepSignUp, views.StepAccount)
	g.press(`#site a[href="/settings/referral/ocean#site"]`)
	g.press(toSetUp)
	g.chips(w.Steps.Next, views.StepSite)
	g.press(`#site a[href="/settings/referral/ocean#site"]`)
	g.enter("site_number", "1234")
	g.save()
	g.press(generate)
	key := g.key()
	g.save()
	g.press(toSetUp)
	g.wait(w.Steps.Progress(4, 9))
	g.chips(w.Steps.Saved, views.StepSite, views.StepKey)
	g.chips(w.Steps.Next, views.StepCloudConnect)
	return key
}

// referralsProve registers the integration in Ocean; the first referral proves most of the set-up.
func (g guide) referralsProve(key string) {
	w := g.words
	g.ocean.SetIntegration(g.URL+publicRoute, key)
	g.happens(oceantest.ActNew)
	g.press(toSetUp)
	g.wait(w.Steps.Progress(7, 9))
	g.chips(w.Steps.Proven, views.StepSignUp, views.StepSite, views.StepCloudConnect, views.StepKey, views.StepIntegration, views.StepListings)
	g.chips(w.Steps.Next, views.StepCredentials)
	g.sound("set-up, half done")
}

// credentials are wrong at first. In the end nothing of the set-up is left.
func (g guide) credentials() {
	w, refused := g.words, g.words.Fault(store.FaultCredentials)
	g.press(toOcean)
	g.enter("client_id", "simulated-client")
	g.enter("client_secret", "wrong")
	g.press(testOcean)
	g.wait(refused.Title)
	g.wait(refused.Text)
	g.wait(w.Ocean.TestUnsaved)
	g.sound("credentials refused")
	g.enter("client_secret", "simulated-secret")
	g.press(testOcean)
	g.wait(w.Ocean.TestAccepted)
	g.wait(w.Ocean.TestTyped)
	g.enter("client_secret", "simulated-secret")
	g.save()
	g.press(testOcean)
	g.wait(w.Ocean.TestAccepted)
	g.wait(w.Ocean.TestBy("marie@clinic.example"))
	if strings.Contains(g.html(), "simulated-secret") {
		g.t.Error("the secret comes back")
	}
	g.sound("credentials accepted")
	g.fetched()
	g.happens(oceantest.ActSentCopy)
	g.press(toSetUp)
	g.wait(w.Steps.Progress(9, 9))
	g.chips(w.Steps.Proven, views.StepCredentials, views.StepCopies)
	g.chips(w.Steps.Told, views.StepAccount)
	g.sound("set-up, all done")
}

// documentBeside opens the letter of a referral beside its details, and then a picture.
func (g guide) documentBeside() {
	g.fetched()
	g.press(`nav a[href="/referrals"]`)
	g.press(`main tr:last-child a.name`) // the first that came; it has three documents
	for _, d := range []struct{ item, kind, shows string }{
		{"1", "application/pdf", `!!document.querySelector("iframe.sheet")`},
		{"2", "image/png", `document.querySelector(".sheet img").naturalWidth > 0`},
	} {
		g.press(`main .documents > li:nth-child(` + d.item + `) a[href$="#document"]`)
		g.browser.until(d.shows)
		path := ask[string](g.browser, `document.querySelector("iframe.sheet, .sheet img").getAttribute("src").split("#")[0]`)
		g.harbour.until(d.kind+" answered", func() bool { return g.answered(path + " " + d.kind) })
		g.wait("TEST")
		g.sound("document beside: " + d.kind)
	}
	g.press(`#document a.button`) // close
	if ask[bool](g.browser, `!!document.querySelector(".sheet")`) {
		g.t.Error("the document does not close")
	}
}

// lostLetter has Ocean lose a letter, and find it again.
func (g guide) lostLetter() {
	w, gone := g.words, g.words.Fault(store.FaultGone)
	g.ocean.SetFaults(oceantest.Faults{LetterMissing: true})
	d := g.ocean.Send(context.Background(), oceantest.Message{Patient: oceantest.Patient{Family: "Harbour", Given: "Marguerite"}, Documents: []oceantest.Document{{}}})
	if d.State != oceantest.Delivered {
		g.t.Fatalf("%+v", d)
	}
	g.givenUp()
	g.browser.signIn("marie@clinic.example") // most of a day has passed
	g.press(`nav a[href="/referrals/problems"]`)
	g.wait(gone.Title)
	g.wait(gone.Text)
	g.sound("a letter that is lost")
	const again = `main .problems form[action$="/retry"] button`
	g.press(again)
	g.wait(w.Problems.EmptyTitle)
	g.givenUp()
	g.browser.signIn("marie@clinic.example")
	g.ocean.SetFaults(oceantest.Faults{})
	g.press(`nav a[href="/referrals/problems"]`)
	g.press(again)
	g.wait(w.Problems.EmptyTitle)
	g.sound("no problems")
	g.fetched()
	g.press(`nav a[href="/referrals"]`)
	g.press(`main tr:first-child a.name`)
	g.wait("Harbour")
	g.press(`main .documents > li:nth-child(1) a[href$="#document"]`)
	g.wait(w.Documents.Close)
}

// changeKey changes the key without a moment in which Ocean is locked out.
func (g guide) changeKey(old string) {
	w := g.words
	g.press(toOcean)
	g.press(generate)
	key := g.key()
	g.save()
	if g.key() != key || key == old {
		g.t.Error("the page does not show the new key")
	}
	g.happens(oceantest.ActMessage)
	g.press(toOcean)
	g.wait(beginning(w.Ocean.KeyUsesOld))
	g.sound("two keys, the older one in use")
	g.ocean.SetIntegration(g.URL+publicRoute, key)
	g.happens(oceantest.ActMessage)
	g.press(toOcean)
	g.wait(beginning(w.Ocean.KeyUsesNew))
	g.sound("two keys, the newer one in use")
	g.press(retireNow)
	if ask[bool](g.browser, `!!document.querySelector('`+retireNow+`')`) {
		g.t.Error("the older key does not go")
	}
	if status := send(g.t, g.console, old, oceantest.Message{}); status != 401 {
		g.t.Errorf("the retired key: %d", status)
	}
	g.happens(oceantest.ActMessage)
	g.press(toSetUp)
	g.chips(w.Steps.Proven, views.StepKey, views.StepIntegration)
}

// selfTest sends messages to the console's own address and leaves no trace of them.
func (g guide) selfTest() {
	w, before := g.words, g.status()
	g.press(`main a[href="/settings/referral/self-test"]`)
	g.sound("self-test")
	g.press(`main form[action="/settings/referral/self-test"] button`)
	g.wait(w.SelfTest.WholeTitle)
	if n := ask[int](g.browser, `document.querySelectorAll(".results .chip.done").length`); n != len(views.SelfTestTries) {
		g.t.Errorf("%d lines of %d are proven:\n%s", n, len(views.SelfTestTries), g.text())
	}
	g.sound("self-test passed")
	if after := g.status(); after.Messages != before.Messages || after.Referrals != before.Referrals || after.NeedsAttention != before.NeedsAttention {
		g.t.Errorf("before the self-test %+v, after it %+v", before, after)
	}
	g.press(toSetUp)
	g.wait(w.Steps.Progress(9, 9))
}
