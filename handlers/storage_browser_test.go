package handlers_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// ASVS 14.3.3: a day's work leaves nothing in the browser but cookies that no script can read, and, until the tab is
// closed, htmx's note of the page that it shows: its path, which names no patient.
func TestNothingOfPatientsIsKeptInTheBrowser(t *testing.T) {
	c := newConsole(t)
	fill(t, c, 3)
	b := newBrowser(t, c.URL)
	b.open("/referrals")
	b.signIn("ada@example.org")
	// One search and no more, so that nothing takes the link away while it is pressed.
	ask[bool](b, `(() => { const q = document.querySelector("input[name=q]"); q.value = "Harbour"; q.form.requestSubmit(); return true })()`)
	b.until(`document.querySelectorAll('main a[href^="/referrals/0"]').length === 1 && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")`)
	b.do(chromedp.Click(`//a[contains(., "Harbour")]`), chromedp.WaitVisible(`//dd[contains(., "1951-03-02")]`))
	const kept = `(async () => JSON.stringify([localStorage.length, sessionStorage, document.cookie, (await indexedDB.databases()).length,
		(await navigator.serviceWorker.getRegistrations()).length, window.caches ? (await caches.keys()).length : 0]))()`
	look := func(want string) {
		t.Helper()
		if got := ask[string](b, kept, chromedp.EvalAwaitPromise); got != want {
			t.Errorf("in local storage, session storage, cookies for scripts, databases, service workers and caches there is %s, want %s", got, want)
		}
	}
	look(`[0,{"htmx-current-path-for-history":"` + b.path() + `"},"",0,0,0]`)
	ask[string](b, `localStorage.x = document.cookie = "x=1"`) // what is kept would be seen
	look(`[1,{"htmx-current-path-for-history":"` + b.path() + `"},"x=1",0,0,0]`)
}
