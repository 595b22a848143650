package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"breakwater/handlers/ocean"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
)

// hostileSite is a console that has received every hostile string in every text of a bundle.
func hostileSite(t *testing.T) (con *console, refs []store.ReferralRow) {
	t.Helper()
	ctx := context.Background()
	con = newConsole(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	site := "4321"
	must(con.store.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{SiteNumber: &site}))
	key, err := con.store.GenerateKey(ctx, storetest.Admin)
	must(err)
	all := hostileStrings()
	reached := map[string]map[int]bool{}
	for n := range all {
		for which := range 2 {
			body, put := hostileBundle(t, n, which, con.clock.Now())
			for path, s := range put {
				if reached[path] == nil {
					reached[path] = map[int]bool{}
				}
				reached[path][s] = true
			}
			if status := postBundle(t, con, key, body); status != 200 {
				t.Fatalf("%s is answered with %d", numbered(n), status)
			}
		}
	}
	for path, strings := range reached {
		if len(strings) != len(all) && path != refLeaf && path != refAgain {
			t.Errorf("%d strings came to %s", len(strings), path)
		}
	}
	if len(reached) < 90 {
		t.Errorf("the bundle has %d texts", len(reached))
	}
	t.Logf("%d strings in each of %d texts", len(all), len(reached))
	refs, _, err = con.store.Referrals(ctx, store.ReferralFilter{}, 1000)
	must(err)
	if len(refs) != len(all) {
		t.Fatalf("%d referrals", len(refs))
	}
	fetcher := ocean.NewFetcher(con.store, false, con.clock.Now, slog.New(slog.DiscardHandler))
	for done := 1; done > 0; { // the documents inside the bundles
		done, err = fetcher.Step(ctx)
		must(err)
	}
	return con, refs
}

func postBundle(t *testing.T, c *console, key string, body []byte) int {
	t.Helper()
	req, err := http.NewRequest("POST", c.URL+publicRoute, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Referral-Integration-API-Key", key)
	req.Header.Set("Content-Type", "application/fhir+json;charset=UTF-8")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		said, _ := io.ReadAll(res.Body)
		t.Logf("%s", said)
	}
	return res.StatusCode
}

// hostileDesk has staff with hostile names work on some of the referrals, write and tell Ocean hostile
// things, and Ocean refuse that in hostile words.
func hostileDesk(t *testing.T, con *console, rows []store.ReferralRow) {
	t.Helper()
	ctx, all := context.Background(), hostileStrings()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range rows[:20] {
		text := func(n int) string { return strings.ToValidUTF8(all[(10*i+n)%len(all)], "?") }
		id, err := con.store.AddUser(ctx, storetest.Admin, store.NewUser{Email: fmt.Sprintf("staff%d@clinic.example", i), Name: "x" + text(0),
			Password: storetest.Password, Permissions: []store.Permission{store.ViewReferrals, store.ManageReferrals}})
		must(err)
		staff := store.UserActor(&store.User{ID: id, Name: text(0)}, "192.0.2.1")
		found, err := con.store.Referral(ctx, row.ID)
		must(err)
		out := store.Outgoing{ID: uuid.NewString(), Kind: store.OutMessage, Bundle: []byte("{}"), Update: store.Update{Communications: []store.Communication{{Text: "x" + text(1)}}}}
		if i%2 == 0 {
			out.Kind, out.Update = store.OutStatus, store.Update{Task: &store.Task{Status: "rejected", Reason: "x" + text(1)}}
		}
		must(con.store.Tell(ctx, staff, row.ID, found.Version, out))
		must(con.store.RefuseOutbox(ctx, out.ID, store.FaultContent, text(2)))
		must(con.store.AddRemark(ctx, staff, row.ID, "x"+text(3)))
		found, err = con.store.Referral(ctx, row.ID)
		must(err)
		must(con.store.Assign(ctx, staff, row.ID, found.Version, id))
	}
}

// TestHostileStringsDoNothing has 200 hostile strings come in every text of a bundle by the public
// route, and looks at all that staff can open, in Chromium: no script runs, nobody else is called,
// nothing of a page is theirs, the pages keep their width, and their policy had nothing to stop.
func TestHostileStringsDoNothing(t *testing.T) {
	con, rows := hostileSite(t)
	hostileDesk(t, con, rows)
	storetest.AddUser(t, con.store, "ada@clinic.example", store.ViewReferrals, store.ManageReferrals, store.ViewRawMessages, store.ViewAuditLog)
	w := newWitness(t, newBrowser(t, con.URL))
	w.signIn("ada@clinic.example")
	for i, r := range rows {
		w.goes("/referrals/"+r.ID, "referral of "+numbered(len(rows)-1-i))
		if i%25 == 0 {
			w.shows(80)
		}
	}
	w.older("/referrals?direction=received", "the list")
	w.older("/referrals/problems", "delivery problems")
	w.older("/settings/audit", "the audit log")
	w.searches()
	for _, row := range rows[:2] {
		for _, page := range []string{"accept", "decline", "book", "message", "opened"} {
			w.goes("/referrals/"+row.ID+"/"+page, page)
		}
		w.paper("/referrals/" + row.ID)
		w.besides(con, row.ID)
	}
	w.do(chromedp.EmulateViewport(360, 800))
	for i := range 10 {
		w.goes("/referrals/"+rows[i*19].ID, "a narrow referral")
	}
	w.goes("/referrals", "the narrow list")
	if targets, err := chromedp.Targets(w.ctx); err != nil || len(slices.DeleteFunc(targets, func(i *target.Info) bool { return i.Type != "page" })) != 1 {
		t.Errorf("%d windows are open, %v", len(targets), err)
	}
	w.quiet()
}

// shows fails the test unless the page shows so many of the strings, as texts. It could be clean by
// showing nothing.
func (w *witness) shows(least int) {
	w.t.Helper()
	strings, err := json.Marshal(hostileStrings())
	if err != nil {
		w.t.Fatal(err)
	}
	if n := ask[int](w.browser, `(text => `+string(strings)+`.filter(s => s.trim() && text.includes(s.trim())).length)(document.querySelector("main").textContent)`); n < least {
		w.t.Errorf("%s shows %d of the strings, want %d", w.path(), n, least)
	}
}

// older goes through all pages of a list.
func (w *witness) older(path, what string) {
	w.t.Helper()
	for pages := 0; path != ""; pages++ {
		if w.goes(path, what); pages > 20 {
			w.t.Fatalf("%s has no end", what)
		}
		path = ask[string](w.browser, `document.querySelector(".older a")?.getAttribute("href") ?? ""`)
	}
}

// searches searches for some of the strings, by htmx as people do; what was typed comes back.
func (w *witness) searches() {
	w.t.Helper()
	w.goes("/referrals", "the list")
	for n := 0; n < 200; n += 9 {
		text, err := json.Marshal(hostileStrings()[n])
		if err != nil {
			w.t.Fatal(err)
		}
		ask[int](w.browser, `(() => { document.querySelector("#results").dataset.old = 1; document.querySelector("#results").replaceChildren();
			document.querySelector("#q").value = `+string(text)+`; document.querySelector("form.search").requestSubmit(); return 0 })()`)
		w.until(`document.querySelector("#results").childElementCount > 0`)
		w.clean("searching for " + numbered(n))
	}
}

// paper prints a page.
func (w *witness) paper(path string) {
	w.t.Helper()
	w.goes(path, "before printing")
	if pdf, err := chromedp.Run(w.ctx, chromedp.PrintToPDF()); err != nil || len(pdf) < 1000 {
		w.t.Errorf("%d bytes of paper, %v", len(pdf), err)
	}
	w.clean("print view")
}

// besides opens a referral's messages as they came, and its documents beside it.
func (w *witness) besides(con *console, id string) {
	w.t.Helper()
	found, err := con.store.Referral(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range found.History {
		if e.MessageID != "" {
			w.goes("/messages/"+e.MessageID, "raw message")
			w.shows(20) // those that JSON writes as they are
		}
	}
	documents, err := con.store.Attachments(context.Background(), found)
	if err != nil {
		w.t.Fatal(err)
	}
	opened := 0
	for _, d := range documents {
		if d != nil && d.Here() {
			w.goes("/referrals/"+id+"?document="+d.ID, "document beside")
			opened++
		}
	}
	if opened == 0 {
		w.t.Errorf("no document of %d is here", len(documents))
	}
}
