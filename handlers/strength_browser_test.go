package handlers_test

import (
	"strings"
	"testing"

	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/chromedp"
)

// types writes into a field, whatever stood there.
func (b *browser) types(field, text string) {
	b.t.Helper()
	ask[string](b, `document.querySelector("`+field+`").value = ""`)
	b.do(chromedp.SendKeys(field, text))
}

// listens keeps what the page sends from here on.
func (b *browser) listens() {
	b.t.Helper()
	ask[bool](b, `(() => {
		window.sent = [];
		const open = XMLHttpRequest.prototype.open, send = XMLHttpRequest.prototype.send;
		XMLHttpRequest.prototype.open = function (method, url, ...rest) { this.to = method + " " + url; return open.call(this, method, url, ...rest); };
		XMLHttpRequest.prototype.send = function (body) { window.sent.push(this.to + " " + String(body)); return send.call(this, body); };
		return true;
	})()`)
}

func TestStrengthIsSaidWhileSomebodyTypes(t *testing.T) {
	for lang, words := range map[string]*views.Text{"en-CA": views.InLanguage("en"), "fr-CA": views.InLanguage("fr")} {
		t.Run(lang, func(t *testing.T) {
			c := newConsole(t)
			token, err := c.store.NewSetupToken(t.Context(), storetest.Admin)
			if err != nil {
				t.Fatal(err)
			}
			b := newBrowser(t, c.URL, chromedp.Flag("accept-lang", lang))
			b.open("/setup?token=" + token)
			b.listens()
			b.types(`input[name=name]`, "Grace Hopper")
			b.types(`input[name=email]`, "grace@clinic.example")
			for _, step := range [][2]string{{"grace", words.Strength.Short(10)}, {"Grace Hopper 1906", words.Strength.Own},
				{"passwordpassword", words.Strength.Common}, {"trois chats gris", words.Strength.Good}, {"three grey cats on a roof", words.Strength.Strong}} {
				b.types(`#password`, step[0])
				b.wait(step[1])
				b.accessible(lang + " " + step[1])
			}
			if said := ask[string](b, `document.querySelector('#password-strength[role=status]').innerText`); strings.Contains(said, words.Strength.Good+"\n") || !strings.Contains(said, words.Strength.Strong) {
				t.Errorf("it says %q", said)
			}
			if described := ask[string](b, `document.querySelector('#password').getAttribute('aria-describedby')`); !strings.Contains(described, "password-strength") {
				t.Errorf("the field is described by %q", described)
			}
			for _, sent := range ask[[]string](b, `window.sent`) {
				if !strings.HasPrefix(sent, "POST /password/strength ") || strings.Contains(sent, token) {
					t.Errorf("sent: %s", sent)
				}
			}
			b.do(chromedp.Click(`main form button`), chromedp.WaitVisible(`form[action="/logout"] button`))
			b.open("/account")
			b.listens()
			b.do(chromedp.SendKeys(`#current_password`, "three grey cats on a roof"), chromedp.SendKeys(`#new_password`, "Grace Hopper 1906"))
			b.wait(words.Strength.Own)
			b.accessible(lang + " account")
			sent := ask[[]string](b, `window.sent`)
			if len(sent) == 0 || strings.Contains(strings.Join(sent, " "), "current") || strings.Contains(strings.Join(sent, " "), "cats") {
				t.Errorf("sent: %v", sent)
			}
			b.quiet()
		})
	}
}
