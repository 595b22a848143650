package handlers_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/handlers"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/chromedp"
)

// desk is a console whose clock is turned while pages are open, and a referral to work on.
type desk struct {
	*console
	ahead atomic.Int64
	at    string // address of the referral
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	now := func() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }
	s, err := store.Open(context.Background(), store.Options{Dir: t.TempDir(), Migrate: true, Now: now, Argon2: storetest.Cheap})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	srv := httptest.NewUnstartedServer(nil)
	base, err := url.Parse("http://" + srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler, err = handlers.New(handlers.Config{Store: s, BaseURL: base, Zone: time.UTC, Now: now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(srv.Close)
	d.console = &console{Server: srv, store: s}
	d.receive(t, oceantest.Message{})
	rows, _, err := s.Referrals(context.Background(), store.ReferralFilter{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	d.at = "/referrals/" + rows[0].ID
	for _, email := range []string{"ada@example.org", "bo@example.org"} {
		storetest.AddUser(t, s, email, store.ViewReferrals, store.ManageReferrals, store.EditUsers)
	}
	return d
}

func (d *desk) turn(by time.Duration) { d.ahead.Add(int64(by)) }

// look is somebody looking at the page again: then it asks how the session does.
func (b *browser) look() {
	b.t.Helper()
	ask[bool](b, `document.dispatchEvent(new Event("visibilitychange"))`)
}

// warned is whether the page says that the session ends.
const (
	warned = `document.getElementById("session").open`
	over   = `document.getElementById("session").matches("[open].over")`
	noted  = `document.querySelector("textarea[name=text]").value`
)

func TestASessionEndsWithAWarningAndLosesNothing(t *testing.T) {
	for lang, words := range map[string]*views.Text{"en-CA": &views.English, "fr-CA": &views.French} {
		t.Run(lang, func(t *testing.T) {
			d := newDesk(t)
			b := newBrowser(t, d.URL, chromedp.Flag("accept-lang", lang))
			b.signIn("ada@example.org")
			b.open(d.at)
			b.do(chromedp.SendKeys(`textarea[name=text]`, "Called back: à mardi, <9 h>"))
			b.look()
			d.turn(13*time.Minute + 10*time.Second)
			b.look()
			b.until(warned)
			b.wait(words.Sessions.WarnTitle)
			b.accessible("the warning")
			if ask[string](b, `document.activeElement.textContent`) != words.Sessions.Stay {
				t.Error("the focus is not where the next act is")
			}
			b.do(chromedp.KeyEvent("\r"))
			b.until("!" + warned)
			d.turn(13 * time.Minute)                                                // it was used by that
			ask[int](b, `(now => { Date.now = () => now() + 61000 })(Date.now), 0`) // a minute after the last use
			b.do(chromedp.SendKeys(`textarea[name=text]`, "Yes. "))
			b.until(`(fetch("/session").then(a => a.json()).then(s => { window.left = s.left }), window.left > 880)`) // who types uses it
			d.turn(14 * time.Minute)
			b.look()
			b.until(warned)
			d.turn(2 * time.Minute)
			b.look()
			b.until(over)
			b.wait(words.Sessions.OverText)
			b.accessible("the end")
			if behind := ask[string](b, `getComputedStyle(document.getElementById("session"), "::backdrop").backgroundColor`); behind != ask[string](b, `getComputedStyle(document.body).backgroundColor`) {
				t.Errorf("the patient can be seen behind it: %s", behind)
			}
			b.do(chromedp.KeyEvent("\x1b")) // Escape uncovers nothing
			b.until(over)
			b.do(chromedp.Click(`button[data-again]`), chromedp.WaitVisible(`input[name=email]`))
			b.wait(words.Sessions.KeptText)
			if n := len(d.notes(t)); n != 0 {
				t.Fatalf("%d notes were sent by themselves", n)
			}
			b.do(chromedp.SendKeys(`input[name=email]`, "ada@example.org"), chromedp.SendKeys(`input[name=password]`, storetest.Password+"\r"))
			b.wait(words.Sessions.ResumeTitle)
			if got := ask[string](b, noted); got != "Called back: à mardi, <9 h>Yes. " {
				t.Errorf("what comes back is %q", got)
			}
			b.accessible("what was typed")
			b.do(chromedp.SendKeys(`textarea[name=text]`, "Done. "), chromedp.Click(`main .primary`))
			b.until(fmt.Sprintf(`location.pathname === %q`, d.at))
			if got := d.notes(t); len(got) != 1 || got[0] != "Done. Called back: à mardi, <9 h>Yes." {
				t.Errorf("noted %q", got)
			}
			b.quiet()
		})
	}
}

// notes are the texts of the referral's notes.
func (d *desk) notes(t *testing.T) (texts []string) {
	t.Helper()
	r, err := d.store.Referral(context.Background(), strings.TrimPrefix(d.at, "/referrals/"))
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.store.Remarks(context.Background(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		texts = append(texts, n.Text)
	}
	return texts
}

func TestWithoutScriptNothingTypedIsLost(t *testing.T) {
	d := newDesk(t)
	b := newBrowser(t, d.URL)
	b.scriptless()
	b.signIn("ada@example.org")
	b.open(d.at)
	b.do(chromedp.SendKeys(`textarea[name=text]`, "By phone"))
	d.turn(store.SessionIdle + time.Second)
	b.do(chromedp.Submit(`form[action$="/notes"]`), chromedp.WaitVisible(`input[name=email]`))
	b.do(chromedp.SendKeys(`input[name=email]`, "ada@example.org"), chromedp.SendKeys(`input[name=password]`, storetest.Password+"\r"))
	b.wait(views.English.Sessions.ResumeTitle)
	b.do(chromedp.Click(`main .primary`))
	b.until(fmt.Sprintf(`location.pathname === %q`, d.at))
	if got := d.notes(t); len(got) != 1 || got[0] != "By phone" {
		t.Errorf("noted %q", got)
	}
	// A proof works without script too, and carries on.
	d.turn(store.ProvenFor)
	b.open("/settings/users/new")
	b.do(chromedp.SendKeys(`input[name=email]`, "new@example.org"))
	d.turn(store.ProvenFor)
	b.do(chromedp.Submit(`form[action="/settings/users"]`))
	b.wait(views.English.Sessions.ProofTitle)
	b.do(chromedp.SendKeys(`input[name=password]`, storetest.Password+"\r"))
	b.until(`document.querySelector("#link").value.includes("/welcome?token=")`)
	b.open("/account")
	b.do(chromedp.WaitVisible(`#sessions`))
	if !strings.Contains(b.text(), "Chrome on Linux") || !strings.Contains(b.text(), "127.0.0.1") {
		t.Errorf("the list of sessions:\n%s", b.text())
	}
	b.quiet()
}

// tab is another tab of the same browser.
func (b *browser) tab() *browser {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	other := &browser{t: b.t, ctx: ctx, base: b.base}
	if err := chromedp.Do(ctx); err != nil {
		b.t.Fatal(err)
	}
	go other.listen(chromedp.Console(ctx))
	return other
}

func TestTabsAgreeOnTheSession(t *testing.T) {
	d := newDesk(t)
	a := newBrowser(t, d.URL)
	a.signIn("ada@example.org")
	a.open(d.at)
	other := a.tab()
	other.open(d.at)
	d.turn(14 * time.Minute)
	a.look()
	other.look()
	a.until(warned)
	other.until(warned)
	other.do(chromedp.Click(`button[data-stay]`))
	other.until("!" + warned)
	a.until("!" + warned) // told, without being looked at

	// What the page asks by itself finds the session over, and what is typed stays on the page.
	a.do(chromedp.SendKeys(`textarea[name=text]`, "Half a sentence"))
	d.turn(store.SessionIdle + time.Second)
	ask[int](a, fmt.Sprintf(`htmx.ajax("GET", %q + "/changed?since=1", {source: "main", swap: "none"}), 0`, d.at))
	a.until(over)
	if got := ask[string](a, noted); a.path() != d.at || got != "Half a sentence" {
		t.Errorf("%q at %s", got, a.path())
	}
	// Signed in again in the other tab, the page goes on as it was.
	other.signIn("ada@example.org")
	a.look()
	a.until("!" + warned)
	if got := ask[string](a, noted); got != "Half a sentence" {
		t.Errorf("%q", got)
	}
	// Somebody else there: nothing of hers stays.
	other.do(chromedp.Click(`form[action="/logout"] button`), chromedp.WaitVisible(`input[name=password]`))
	a.look()
	a.until(over)
	other.signIn("bo@example.org")
	a.look()
	a.until(`document.readyState === "complete" && document.getElementById("session") && ` + noted + ` === ""`)
	if !strings.Contains(a.text(), "bo") {
		t.Error("the page is still hers")
	}
	a.quiet()
	other.quiet()
}
