package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/chromedp"
)

// clerk is somebody at the front desk, with a browser, beside a simulated Ocean.
type clerk struct {
	hands
	*harbour
	t     *testing.T
	words *views.Text
	refs  []string // the referrals, as they came
}

// newClerk is a clerk of a clinic that is set up on both sides, signed in.
func newClerk(t *testing.T, lang string, keyboard bool, flags ...chromedp.ExecAllocatorOption) *clerk {
	t.Helper()
	ctx := context.Background()
	h := newHarbour(t)
	site, id, secret := "1234", "simulated-client", "simulated-secret"
	h.must(h.store.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{SiteNumber: &site, ClientID: &id, ClientSecret: &secret}))
	key, err := h.store.GenerateKey(ctx, storetest.Admin)
	h.must(err)
	h.ocean.SetIntegration(h.URL+publicRoute, key)
	for email, name := range map[string]string{"frances@clinic.example": "Frances Okafor", "luc@clinic.example": "Luc Bélanger"} {
		_, err := h.store.AddUser(ctx, storetest.Admin, store.NewUser{Email: email, Name: name, Password: storetest.Password, Roles: []string{store.RoleFrontDesk}})
		h.must(err)
	}
	b := newBrowser(t, h.URL, append(flags, chromedp.Flag("accept-lang", lang))...)
	return &clerk{hands: hands{b, keyboard}, harbour: h, t: t, words: views.InLanguage(lang[:2])}
}

// arrives has somebody referred to the clinic.
func (c *clerk) arrives(a oceantest.Action) {
	c.t.Helper()
	d, err := c.ocean.Do(context.Background(), a, "")
	c.must(err)
	if d.State != oceantest.Delivered {
		c.t.Fatalf("%s: %+v", a, d)
	}
	c.refs = append(c.refs, d.Ref)
}

// tells has something happen in Ocean to the n-th referral.
func (c *clerk) tells(a oceantest.Action, n int) {
	c.t.Helper()
	d, err := c.ocean.Do(context.Background(), a, c.refs[n])
	c.must(err)
	if d.State != oceantest.Delivered {
		c.t.Fatalf("%s of referral %d: %+v", a, n, d)
	}
}

// finds searches and opens the only referral that is found.
func (c *clerk) finds(n int) {
	c.t.Helper()
	c.press(`nav.menu a[href="/referrals"]`)
	c.reach("#q")
	c.do(chromedp.KeyEvent(oceantest.HealthNumber(4000+n) + "\r"))
	c.wait(c.words.Referrals.Found(1, false))
	if at := c.path(); at != "/referrals" {
		c.t.Errorf("what was searched for left the address %s", at)
	}
	c.press(`#rows a.name`)
	c.wait(c.words.Referral.Reason)
	if title := ask[string](c.browser, `document.title`); title != c.words.Common.TitleOf(c.words.Referral.Title) {
		c.t.Errorf("the title is %q", title)
	}
}

// acts does something with the referral that is open, with those fields filled in.
func (c *clerk) acts(act views.Act, fields ...string) {
	c.t.Helper()
	c.press(`.acts a[href$="/` + string(act) + `"]`)
	for i := 0; i+1 < len(fields); i += 2 {
		c.do(chromedp.SetValue(`main form [name=`+fields[i]+`]`, fields[i+1]))
	}
	c.press(`main form button.primary`)
	if at := c.path(); strings.Count(at, "/") != 2 {
		c.t.Fatalf("%s ends at %s:\n%s", act, at, c.text())
	}
}

// quick makes what an open page asks by itself be asked every few moments; people wait longer.
func (c *clerk) quick(selector string) {
	c.t.Helper()
	ask[int](c.browser, fmt.Sprintf(`(e => { if (e) { e.setAttribute("hx-trigger", "every 200ms"); htmx.process(e) } return 0 })(document.querySelector(%q))`, selector))
}

// becomes waits until the newest update of the referral that is open says so, without reloading it.
func (c *clerk) becomes(state string) {
	c.t.Helper()
	ask[int](c.browser, `window.same = 1`)
	c.quick("#told-watch[hx-get]")
	c.browser.until(fmt.Sprintf(`document.querySelector("#told ~ .act .chip").textContent.trim() === %q`, state))
	if !ask[bool](c.browser, `window.same === 1`) {
		c.t.Error("the page was loaded anew")
	}
}

// counts fails the test unless the row of folders says so: a folder or place, and its figure.
func (c *clerk) counts(want map[string]int) {
	c.t.Helper()
	c.press(`nav.menu a[href="/referrals"]`)
	said := ask[map[string]int](c.browser, `Object.fromEntries([...document.querySelectorAll(".folders a")].filter(a => a.querySelector("strong"))
		.map(a => [a.firstChild.textContent.trim(), Number(a.querySelector("strong").textContent)]))`)
	for label, n := range want {
		if said[label] != n {
			c.t.Errorf("%s says %d, want %d", label, said[label], n)
		}
	}
}

// folders are the figures of folders by their codes, every other being 0.
func (c *clerk) folders(want map[store.Folder]int, review int) {
	c.t.Helper()
	all := map[string]int{c.words.Lists.NeedsReview: review, c.words.Lists.Overdue: 0}
	for _, folder := range store.Folders() {
		if folder != store.FolderAwaitingResponse { // none was sent
			all[c.words.Folder(folder)] = want[folder]
		}
	}
	c.counts(all)
}

// later lets time pass, and wakes who waits for it.
func (c *clerk) later(d time.Duration) {
	c.t.Helper()
	c.ahead.Add(int64(d))
	c.must(c.store.SaveOceanSettings(context.Background(), storetest.Admin, store.OceanChange{}))
}

// news waits until an open list says that something came, and looks at it.
func (c *clerk) news(words string) {
	c.t.Helper()
	c.quick("#news [hx-get]")
	c.wait(words)
	c.press(`#news a.button`)
}

// TestAnOrdinaryMorning is a morning at the front desk, in the browser, with a simulated Ocean on the
// other side: 20 new referrals, 5 updates, 3 cancellations, 2 messages, and an outage.
func TestAnOrdinaryMorning(t *testing.T) {
	c := newClerk(t, "en-CA", false)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	go c.ocean.Run(ctx, 1) // echoes come by themselves
	c.signIn("frances@clinic.example")
	c.wait(c.words.Referrals.NothingTitle)
	c.newOnes()
	c.decisions()
	c.updatesAndMessages()
	c.cancellations()
	c.outage()
	c.evening()
	c.quiet()
}

// newOnes come while the list is open.
func (c *clerk) newOnes() {
	c.arrives(oceantest.ActNew)
	c.press(`nav.menu a[href="/referrals"]`)
	for range 18 {
		c.arrives(oceantest.ActNew)
	}
	c.arrives(oceantest.ActEConsult)
	c.news(c.words.Lists.New(19))
	c.folders(map[store.Folder]int{store.FolderNew: 20}, 0)
	if n := ask[int](c.browser, `document.querySelectorAll("#rows a.name").length`); n != 20 {
		c.t.Errorf("the list shows %d", n)
	}
}

// decisions are made about the first ones, and reach Ocean.
func (c *clerk) decisions() {
	visit := []string{"date", c.now().AddDate(0, 0, 9).Format("2006-01-02"), "time", "10:30", "minutes", "45"}
	for n := range 4 {
		c.finds(n)
		c.acts(views.ActAccept)
		c.becomes(c.words.Actions.Confirmed)
	}
	c.acts(views.ActBook, visit...) // the fourth, from the page as it is
	c.becomes(c.words.Actions.Confirmed)
	c.wait(c.words.Folder(store.FolderBookedUnconfirmed))
	c.acts(views.ActConfirm)
	c.becomes(c.words.Actions.Confirmed)
	c.acts(views.ActComplete, "note", "Seen.")
	c.becomes(c.words.Actions.Confirmed)
	c.finds(2)
	c.acts(views.ActBook, visit...)
	c.becomes(c.words.Actions.Confirmed)
	c.finds(1)
	c.acts(views.ActMessage, "text", "Could you send the last ECG?")
	c.becomes(c.words.Actions.Confirmed)
	c.finds(4)
	c.acts(views.ActDecline, "reason", "Not our region.")
	c.becomes(c.words.Actions.Confirmed)
	c.finds(19)
	c.wait(c.words.Referrals.Consult)
	c.acts(views.ActAccept)
	c.acts(views.ActMessage, "text", "Stop the drug, and see her again in May.")
	c.acts(views.ActComplete)
	c.becomes(c.words.Actions.Confirmed)
	c.folders(map[store.Folder]int{store.FolderNew: 14, store.FolderPendingBooking: 1, store.FolderBookedUnconfirmed: 1, store.FolderAwaitingReply: 1,
		store.FolderDeclined: 1, store.FolderCompleted: 2}, 0)
}

// updatesAndMessages ask to be looked at, and are; the answer to what was asked is one of them.
func (c *clerk) updatesAndMessages() {
	c.press(`nav.menu a[href="/referrals"]`)
	for n := 5; n < 10; n++ {
		c.tells(oceantest.ActUpdate, n)
	}
	c.tells(oceantest.ActMessage, 1)
	c.tells(oceantest.ActMessage, 10)
	c.news(c.words.Lists.Changed(7))
	c.folders(map[store.Folder]int{store.FolderNew: 14, store.FolderPendingBooking: 2, store.FolderBookedUnconfirmed: 1,
		store.FolderDeclined: 1, store.FolderCompleted: 2}, 7)
	for left := 7; left > 0; left-- {
		c.press(`.folders a[href*="folder=needs_review"]`)
		if n := ask[int](c.browser, `document.querySelectorAll("#rows a.name").length`); n != left {
			c.t.Errorf("%d stand under Needs Review, want %d", n, left)
		}
		c.press(`#rows tr:last-child a.name`)
		c.wait(strings.TrimSpace(c.words.Lists.Latest("")))
		c.press(`#review form button`)
		if ask[bool](c.browser, `!!document.querySelector("#review")`) {
			c.t.Error("what was reviewed needs review still")
		}
		c.press(`nav.menu a[href="/referrals"]`)
	}
}

// cancellations show at once, even where the clinic's own word is on its way.
func (c *clerk) cancellations() {
	c.finds(11)
	ask[int](c.browser, `window.same = 1`)
	c.quick(".changed [hx-get]")
	c.tells(oceantest.ActCancel, 11)
	c.wait(c.words.Team.Changed)
	c.press(`.changed a.button`)
	c.wait(c.words.Actions.Hindered[views.HinderedCancelled])
	c.press(`#review form button`)
	c.tells(oceantest.ActCancel, 12)
	c.finds(12)
	c.wait(c.words.Actions.CancelledText)
	c.press(`#review form button`)

	c.ocean.SetFaults(oceantest.Faults{RefuseTokens: true})
	c.finds(13)
	c.acts(views.ActAccept)
	c.becomes(c.words.Actions.Waiting)
	c.tells(oceantest.ActCancel, 13)
	c.finds(13)
	c.wait(c.words.Actions.Hindered[views.HinderedCancelled])
	c.wait(c.words.UpdateFault(store.FaultCancelled).Title)
	c.ocean.SetFaults(oceantest.Faults{})
	c.later(3 * time.Minute)
	c.press(`nav.menu a[href="/referrals/problems"]`)
	c.wait(c.words.UpdateFault(store.FaultCancelled).Title)
	c.press(`main li.card a[href$="/drop?from=problems"]`)
	c.press(`main form button`)
	c.wait(c.words.Problems.EmptyTitle)
	c.finds(13)
	c.press(`#review form button`)
	c.folders(map[store.Folder]int{store.FolderNew: 11, store.FolderPendingBooking: 2, store.FolderBookedUnconfirmed: 1,
		store.FolderDeclined: 1, store.FolderCompleted: 2, store.FolderCancelled: 3}, 0)
}

// outage is of Ocean: what is decided waits, counts here all the same, and goes there afterwards.
func (c *clerk) outage() {
	c.ocean.SetFaults(oceantest.Faults{Outage: true})
	c.finds(14)
	c.acts(views.ActAccept)
	c.acts(views.ActBook, "date", c.now().AddDate(0, 0, 5).Format("2006-01-02"), "time", "09:00", "minutes", "30", "instruction", "Bring your health card.")
	c.becomes(c.words.Actions.Waiting)
	c.finds(15)
	c.acts(views.ActDecline, "reason", "No opening before autumn.")
	c.becomes(c.words.Actions.Waiting)
	c.finds(16)
	c.acts(views.ActMessage, "text", "Which side?")
	c.becomes(c.words.Actions.Waiting)
	want := map[store.Folder]int{store.FolderNew: 8, store.FolderPendingBooking: 2, store.FolderBookedUnconfirmed: 2, store.FolderAwaitingReply: 1,
		store.FolderDeclined: 2, store.FolderCompleted: 2, store.FolderCancelled: 3}
	c.folders(want, 0)
	if st := c.status(); st.OutboxPending != 4 || st.OutboxFailed != 0 {
		c.t.Errorf("%d wait, %d failed", st.OutboxPending, st.OutboxFailed)
	}
	c.finds(14)
	c.ocean.SetFaults(oceantest.Faults{})
	c.later(3 * time.Minute)
	c.becomes(c.words.Actions.Confirmed)
	c.harbour.until("all updates sent", func() bool { return c.status().OutboxPending == 0 })
	c.finds(16)
	c.becomes(c.words.Actions.Confirmed)
	c.folders(want, 0)
}

// portalOf are the portal's words for folders, as the simulated Ocean has them. What was asked shows to
// the asker alone.
func portalOf(r *store.Referral) string {
	switch {
	case r.Folder == store.FolderAwaitingReply && r.Task.Status == "":
		return "New"
	case r.Folder == store.FolderAwaitingReply:
		return "Pending Booking"
	}
	return views.English.Folder(r.Folder)
}

// evening finds both sides saying the same, everything told once, and nothing left open.
func (c *clerk) evening() {
	ctx := context.Background()
	c.fetched()
	told := map[string]int{}
	rows, _, err := c.store.Referrals(ctx, store.ReferralFilter{}, 100)
	c.must(err)
	there := c.ocean.Referrals()
	if len(rows) != 20 || len(there) != 20 {
		c.t.Fatalf("%d referrals here, %d there", len(rows), len(there))
	}
	dropped := 0
	for _, row := range rows {
		r, err := c.store.Referral(ctx, row.ID)
		c.must(err)
		at := slices.IndexFunc(there, func(o oceantest.Referral) bool { return o.Ref == r.Ref })
		if there[at].State != portalOf(r) || r.Folder != r.OceanFolder {
			c.t.Errorf("%s: %s here, by Ocean's word %s, and %s there", there[at].Patient, r.Folder, r.OceanFolder, there[at].State)
		}
		for _, o := range r.Outbox {
			switch o.State {
			case store.OutConfirmed:
				told[o.ID] = 1
			case store.OutDropped:
				dropped++
			default:
				c.t.Errorf("%s: an update is %s", there[at].Patient, o.State)
			}
			if o.By != "Frances Okafor" {
				c.t.Errorf("told by %q", o.By)
			}
		}
	}
	if got := c.ocean.Applied(); fmt.Sprint(got) != fmt.Sprint(told) || len(told) != 17 || dropped != 1 {
		c.t.Errorf("Ocean carried out %v\nof %d updates, %d dropped: %v", got, len(told), dropped, told)
	}
	if st := c.status(); st.OutboxPending+st.OutboxFailed+st.NeedsAttention+st.AttachmentsPending != 0 {
		c.t.Errorf("left open: %+v", st)
	}
	c.press(`nav.menu a[href="/referrals/problems"]`)
	c.wait(c.words.Problems.EmptyTitle)
	c.press(`nav.menu a[href="/referrals"]`)
	c.press(`.folders a[href*="folder=needs_review"]`)
	c.wait(c.words.Lists.ReviewEmptyTitle)
}
