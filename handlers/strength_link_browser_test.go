package handlers_test

import (
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// Whoever has a second step and got a one-time link is told that 8 characters are enough, while they type
// and by what happens then.
func TestWhoHasASecondStepIsToldThatEightCharactersAreEnough(t *testing.T) {
	words := views.InLanguage("en")
	c := newConsole(t)
	a := store.UserActor(storetest.AddUser(t, c.store, "grace@clinic.example"), "")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.store.BeginApp(t.Context(), a))
	secret, err := c.store.WaitingApp(t.Context(), a)
	must(err)
	code, err := totp.GenerateCode(secret, c.clock.Now())
	must(err)
	_, err = c.store.ConfirmApp(t.Context(), a, code, store.SessionToken{})
	must(err)
	c.clock.Turn(time.Minute)
	id := a.String()[len("user:"):]
	link, err := c.store.MakeLink(t.Context(), storetest.Admin, id)
	must(err)
	b := newBrowser(t, c.URL)
	b.open("/welcome?token=" + link)
	b.wait(words.Account.NewPasswordHintShort)
	for _, step := range [][2]string{{"kettle7", words.Strength.Short(1)}, {"grace-12", words.Strength.Own}, {"blue kettle", words.Strength.Good}} {
		b.types(`#password`, step[0])
		b.wait(step[1])
	}
	b.accessible("a one-time link")
	b.do(chromedp.Click(`main form button`), chromedp.WaitVisible(`input[name=code]`)) // taken, and no way around
}
