package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hands are how somebody works: with the mouse, or with the keyboard alone.
type hands struct {
	*browser
	keyboard bool
}

// reach puts the focus on an element, by the Tab key for whoever has no mouse.
func (h hands) reach(selector string) {
	h.t.Helper()
	if !h.keyboard {
		h.do(chromedp.Focus(selector))
		return
	}
	there := fmt.Sprintf(`document.activeElement && document.activeElement.matches(%q)`, selector)
	for range 80 {
		if ask[bool](h.browser, there) {
			return
		}
		h.do(chromedp.KeyEvent("\t"))
	}
	h.t.Fatalf("%s: the Tab key never comes to %s", h.path(), selector)
}

// enter types into a field.
func (h hands) enter(name, text string) {
	h.t.Helper()
	h.reach(`main [name=` + name + `]`)
	h.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl)), chromedp.KeyEvent(text))
}

// press presses a button or follows a link, and waits for the page that comes.
func (h hands) press(selector string) {
	h.t.Helper()
	h.browser.mark()
	if h.keyboard {
		h.reach(selector)
		h.do(chromedp.KeyEvent("\r"))
	} else {
		h.do(chromedp.Click(selector))
	}
	h.browser.turned()
}

// mark marks the page, so that turned can tell when another has come.
func (b *browser) mark() { b.t.Helper(); ask[int](b, `window.before = 1`) }

func (b *browser) turned() {
	b.t.Helper()
	b.until(`!window.before && document.readyState === 'complete'`)
}

// TestTheArticleInItsOrder sets a clinic up as the help article says, in both languages, with the
// mouse, with the keyboard alone, and without JavaScript: the first administrator, a colleague,
// the Site Number, the key, the credentials; then a referral comes, is read, and the log tells.
func TestTheArticleInItsOrder(t *testing.T) {
	for _, c := range []struct {
		name, lang           string
		keyboard, scriptless bool
	}{
		{"English, mouse", "en-CA", false, false}, {"français, souris", "fr-CA", false, false},
		{"English, keyboard", "en-CA", true, false}, {"français, sans JavaScript", "fr-CA", false, true},
		{"English, no JavaScript", "en-CA", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			con := newConsole(t)
			b := newBrowser(t, con.URL, chromedp.Flag("accept-lang", c.lang))
			if c.scriptless {
				b.scriptless()
			}
			setUp(t, con, hands{b, c.keyboard}, views.InLanguage(c.lang[:2]))
			b.quiet()
		})
	}
}

func setUp(t *testing.T, con *console, h hands, words *views.Text) {
	token, err := con.store.NewSetupToken(context.Background(), storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	h.open("/setup?token=" + token)
	h.enter("name", "Marie Lalonde")
	h.enter("email", "marie@clinic.example")
	h.enter("password", "short")
	h.press(`main form button`)
	h.wait(words.Errors.PasswordShort(15))
	h.enter("password", storetest.Password)
	h.press(`main form button`)
	h.wait(words.Referrals.Title)

	h.press(`nav a[href="/settings/users"]`)
	h.press(`main a[href="/settings/users/new"]`)
	h.enter("name", "Frances Okafor")
	h.enter("email", "frances@clinic.example")
	h.reach(`main [name=role][value=front_desk]`)
	h.do(chromedp.KeyEvent(" "))
	h.press(`main form[action="/settings/users"] button:not([type=button])`)
	link := regexp.MustCompile(`http://[^"\s<]+/welcome\?token=[\w-]+`).FindString(h.html())
	if link == "" {
		t.Fatalf("no one-time link:\n%s", h.text())
	}

	h.press(`nav a[href="/settings/referral/ocean"]`)
	const save = `main form[action="/settings/referral/ocean"] button:not([formaction]):not([type=button])`
	h.enter("site_number", "12ab")
	h.press(save)
	h.wait(words.Ocean.SiteNumberWrong("12ab"))
	h.enter("site_number", "4321")
	h.press(save)
	h.wait(words.Ocean.Saved)
	h.press(`main button[formaction="/settings/referral/ocean/generate"]`)
	key := h.key()
	if status := send(t, con, key, oceantest.Message{SiteNumber: "4321"}); status != 401 {
		t.Errorf("a key that is not saved: %d", status)
	}
	h.press(save)
	h.wait(words.Ocean.Saved)
	if h.key() != key {
		t.Error("the page after saving does not show the key")
	}
	h.enter("client_id", "clinic-client-7")
	h.enter("client_secret", "hush hush")
	h.press(save)
	h.wait(words.Ocean.Saved)
	if strings.Contains(h.html(), "hush") {
		t.Error("the secret comes back")
	}

	patient := oceantest.Patient{Family: "Harbour", Given: "Marguerite", BirthDate: "1951-03-02"}
	if status := send(t, con, key, oceantest.Message{SiteNumber: "4321", Patient: patient}); status != 200 {
		t.Fatalf("a bundle: %d", status)
	}
	h.press(`nav a[href="/referrals"]`)
	h.wait("Harbour, Marguerite")
	h.press(`nav a[href="/settings/audit"]`)
	h.wait(words.Audit.SiteNumber("", "4321"))
	h.wait(words.Audit.UserAdded("Frances Okafor"))
	h.press(`form[action="/settings/audit/verify"] button`)
	h.wait(words.Audit.Verify)
	h.press(`form[action="/logout"] button`)

	h.open(strings.TrimPrefix(link, con.URL))
	h.enter("password", "another harbour at dusk")
	h.press(`main form button`)
	h.wait("Harbour, Marguerite")
	if strings.Contains(h.text(), words.Menu.Audit) {
		t.Error("the front desk has the audit log in its menu")
	}
	h.open(strings.TrimPrefix(link, con.URL))
	h.wait(words.Welcome.DeadTitle)
}

// html is the page as it is now, fields included.
func (b *browser) html() string {
	b.t.Helper()
	return ask[string](b, `document.documentElement.outerHTML`)
}

// key is the inbound key that the page shows.
func (b *browser) key() string {
	b.t.Helper()
	key := regexp.MustCompile(`\b[0-9a-f]{64}\b`).FindString(b.html())
	if key == "" {
		b.t.Fatalf("no key on the page:\n%s", b.text())
	}
	return key
}

// send posts a bundle as Ocean does.
func send(t *testing.T, c *console, key string, m oceantest.Message) int {
	t.Helper()
	req, err := http.NewRequest("POST", c.URL+"/public/ocean/fhir_bundles", bytes.NewReader(oceantest.Bundle(m)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Referral-Integration-API-Key", key)
	req.Header.Set("Content-Type", "application/fhir+json;charset=UTF-8")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}
