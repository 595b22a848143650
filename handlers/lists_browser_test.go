package handlers_test

import (
	"context"
	"fmt"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/chromedp/chromedp"
)

// sooner makes an open list ask for news every few moments; people are asked to wait longer.
const sooner = `(() => { const e = document.querySelector('#news [hx-get]'); e.setAttribute('hx-trigger', 'every 200ms'); htmx.process(e); return 0 })()`

// TestNewArrivalsMoveNothing has a referral come while somebody reads the list: it is said, nothing
// moves, and it is there when they ask for it. Filters and folders work by keyboard and stay.
func TestNewArrivalsMoveNothing(t *testing.T) {
	con := newConsole(t)
	key, err := con.store.GenerateKey(context.Background(), storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	storetest.AddUser(t, con.store, "ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	for i := range 30 {
		send(t, con, key, oceantest.Message{Patient: oceantest.Patient{Family: fmt.Sprint("Number", i)}})
	}
	b := newBrowser(t, con.URL)
	b.signIn("ada@clinic.example")
	b.open("/referrals?direction=received&folder=new")
	b.accessible("the list")
	ask[int](b, `window.scrollTo(0, 700), 0`)
	const where = `document.querySelector('#rows tr:nth-child(9)').getBoundingClientRect().top + ' of ' + document.querySelectorAll('#rows tr').length`
	before := ask[string](b, where)
	ask[int](b, sooner)
	send(t, con, key, oceantest.Message{Patient: oceantest.Patient{Family: "Latecomer"}})
	b.wait("1 new referral")
	if after := ask[string](b, where); after != before {
		t.Errorf("what was read moved: %s, then %s", before, after)
	}
	b.accessible("the list with news")
	if !ask[bool](b, `(r => r.top >= 0 && r.bottom <= innerHeight)(document.querySelector('#news .button').getBoundingClientRect())`) {
		t.Error("the news are out of sight")
	}
	b.mark()
	b.do(chromedp.Click(`#news a.button`))
	b.turned()
	b.wait("Latecomer")
	if at := b.path(); at != "/referrals?direction=received&folder=new" {
		t.Errorf("the filter is lost: %s", at)
	}
	b.mark()
	h := hands{b, true}
	h.reach(`a[href="/referrals?direction=received&folder=needs_review"]`)
	b.do(chromedp.KeyEvent("\r"))
	b.turned()
	b.wait("Nothing needs review")
	b.accessible("an empty folder")
	b.quiet()
}
