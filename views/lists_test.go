package views

import (
	"strings"
	"testing"
	"time"

	"breakwater/store"

	"github.com/a-h/templ"
)

func hostileList(f Frame) ReferralList {
	row := hostileRow(f.Now)
	row.Folder, row.FolderSince, row.Assignee, row.NeedsReview = store.FolderNew, f.Now.AddDate(0, 0, -20), "x", true
	return ReferralList{ListQuery: ListQuery{Direction: "received", Folder: hostile, Assignee: hostile, Review: hostile, Service: hostile, From: hostile,
		Until: hostile, Sort: hostile, Errors: map[string]string{"from": hostile}}, Rows: []store.ReferralRow{row}, OverdueDays: 14,
		People: []store.User{{ID: "x", Name: hostile, Effective: store.Permissions()}}, Services: []store.Service{{Key: hostile, Name: hostile}},
		News: &News{New: 1, Poll: "/referrals/news?since=" + hostile, Show: "javascript:alert(1)"}}
}

// someList is the received side on an ordinary day.
func someList(f Frame) ReferralList {
	day := func(n int) time.Time { return f.Now.AddDate(0, 0, -n) }
	row := func(folder store.Folder, since int) store.ReferralRow {
		return store.ReferralRow{ID: "x", Direction: store.DirectionReceived, Folder: folder, FolderSince: day(since), ReceivedAt: day(since)}
	}
	late, mine := row(store.FolderNew, 18), row(store.FolderPendingBooking, 13)
	late.NeedsReview, late.Priority, mine.Assignee = true, "urgent", "bo"
	return ReferralList{ListQuery: ListQuery{Direction: "received"}, OverdueDays: 14, Rows: []store.ReferralRow{late, mine, row(store.FolderCompleted, 200)},
		People: []store.User{{ID: "bo", Name: "Bo Tremblay", Effective: store.Permissions()}, {ID: "cy", Name: "Cy Privacy"}},
		Figures: store.Figures{Folders: map[store.Folder]int{store.FolderNew: 12, store.FolderCompleted: 1402}, NeedsReview: 3, Overdue: store.FiguresMost, ToReview: 1,
			Oldest: map[store.Folder]time.Time{store.FolderNew: day(18)}}, Services: []store.Service{{Key: "ab12", Name: "Cardiology"}}}
}

func TestFoldersShowWhatIsThere(t *testing.T) {
	for lang, text := range map[string]*Text{"en": &English, "fr": &French} {
		f := signedIn(t)
		f.Text, f.Lang = text, lang
		l := text.Lists
		html := render(t, Referrals(f, someList(f)))
		for _, want := range []string{`href="/referrals?direction=received&amp;folder=new"`, "<strong>12</strong>", "<strong>1402</strong>", "<strong>99+</strong>",
			templ.EscapeString(l.Oldest(18)), l.DaysIn(18, text.Folder(store.FolderNew)), l.AssignedTo("Bo Tremblay"), text.Priorities["urgent"],
			`<option value="ab12">Cardiology</option>`, l.NeedsReview, `href="/referrals?direction=received&amp;folder=needs_review"`} {
			if !strings.Contains(html, want) {
				t.Errorf("%s lacks %s", lang, want)
			}
		}
		for _, never := range []string{l.DaysIn(13, text.Folder(store.FolderPendingBooking)), l.DaysIn(200, text.Folder(store.FolderCompleted)), "Cy Privacy",
			`folder=awaiting_response"`} {
			if strings.Contains(html, never) {
				t.Errorf("%s has %s", lang, never)
			}
		}
		if strings.Index(html, "folder=booked_confirmed") > strings.Index(html, "folder=completed") {
			t.Errorf("%s: what is closed does not stand last", lang)
		}
	}
}

// TestAllSidesShowTheFoldersOfTheReceived: work comes in there, and whoever signs in looks for it. That
// they are of one side is said, and they lead there.
func TestAllSidesShowTheFoldersOfTheReceived(t *testing.T) {
	for _, f := range inBoth(t) {
		list := someList(f)
		list.Direction = ""
		html := render(t, ReferralRows(f, list))
		says(t, html, f.Text.Lists.OfReceived)
		if strings.Contains(html, "folder=overdue&amp;direction") || !strings.Contains(html, `?folder=overdue"`) ||
			!strings.Contains(html, `?direction=received&amp;folder=new"`) || strings.Contains(html, "awaiting_response") || strings.Contains(html, `?folder=new"`) {
			t.Error(html)
		}
		list.Direction = "sent"
		if html := render(t, ReferralRows(f, list)); strings.Contains(html, f.Text.Lists.OfReceived) {
			t.Error("one side says that it shows another's folders")
		}
	}
}

func TestWaysThroughTheListKeepTheFilter(t *testing.T) {
	q := ListQuery{Direction: "received", Folder: "new", Service: "ab", From: "2026-01-02", Sort: SortUrgent}
	mine := ListQuery{Assignee: Me, Until: "2026-02-03"}
	for want, got := range map[string]string{
		"/referrals": ListQuery{}.Address("/referrals"),
		"/referrals?before=1.2&direction=received&folder=new&from=2026-01-02&service=ab&sort=urgent": q.Address("/referrals", "before", "1.2"),
		"/referrals?direction=received&folder=declined&from=2026-01-02&service=ab&sort=urgent":       q.in("declined").Address("/referrals"),
		"/referrals?direction=sent&from=2026-01-02&service=ab&sort=urgent":                           q.on("sent").Address("/referrals"),
		"/referrals?direction=received":                              q.all().Address("/referrals"),
		"/referrals?folder=overdue&until=2026-02-03":                 mine.in(InOverdue).Address("/referrals"),
		"/referrals?assignee=me&direction=sent&until=2026-02-03":     mine.on("sent").Address("/referrals"),
		"/referrals?direction=sent&folder=needs_review&service=ab":   ListQuery{Folder: InNeedsReview, Service: "ab"}.on("sent").Address("/referrals"),
		"/referrals?assignee=someone&direction=received&folder=new":  ListQuery{Direction: "received", Assignee: "someone"}.in("new").Address("/referrals"),
		"/referrals/news?assignee=me&since=1.2&until=2026-02-03":     mine.Address("/referrals/news", "since", "1.2"),
		"/referrals?direction=received&folder=new&q=%3Cscript%3E%26": ListQuery{Direction: "received", Folder: "new"}.Address("/referrals", "q", "<script>&"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestEmptyFoldersSayWhy(t *testing.T) {
	f := signedIn(t)
	l := English.Lists
	for want, q := range map[string]ListQuery{
		l.ReviewEmptyTitle:  {Folder: InNeedsReview},
		l.LateEmptyText(14): {Folder: InOverdue, Direction: "sent"},
		l.EmptyTitle:        {Folder: "new", Direction: "received"},
		l.EmptyText:         {Folder: InOverdue, Service: "ab"},
		l.ShowSide:          {Assignee: Me},
	} {
		if html := render(t, Referrals(f, ReferralList{ListQuery: q, OverdueDays: 14})); !strings.Contains(html, templ.EscapeString(want)) {
			t.Errorf("%+v does not say %q", q, want)
		}
	}
}

func TestNewsSaysNumbersAlone(t *testing.T) {
	for lang, wants := range map[string][]string{"en": {"1 new referral", "2 referrals changed", "3 new referrals, 1 changed", "99+ new referrals"},
		"fr": {"1\u00a0nouvel aiguillage", "2\u00a0aiguillages modifiés", "3\u00a0nouveaux aiguillages, 1\u00a0modifié", "99+\u00a0nouveaux aiguillages"}} {
		f := signedIn(t)
		f.Text = InLanguage(lang)
		for i, n := range []News{{New: 1}, {Changed: 2}, {New: 3, Changed: 1}, {New: store.FiguresMost}} {
			n.Poll, n.Show = "/referrals/news?since=1.2", "/referrals?folder=new"
			html := render(t, NewsBar(f, n))
			for _, want := range []string{">" + wants[i] + "<", `hx-trigger="every 20s"`, `hx-get="/referrals/news?since=1.2"`, `href="/referrals?folder=new"`} {
				if !strings.Contains(html, want) {
					t.Errorf("%s lacks %s: %s", lang, want, html)
				}
			}
		}
		if html := render(t, newsRegion(f, &News{Poll: "/x"})); strings.Contains(html, "notice") || !strings.Contains(html, `aria-live="polite"`) || !strings.Contains(html, "hx-get") {
			t.Errorf("nothing is news: %s", html)
		}
	}
}

func TestReviewedIsForWhoMayPressIt(t *testing.T) {
	f := signedIn(t)
	f.Person.ID = "me"
	r := store.Referral{ID: "r1", Version: 7, NeedsReview: true}
	const button = `action="/referrals/r1/reviewed"`
	if html := render(t, reviewBar(f, ReferralDetail{Referral: r, CanManage: true})); !strings.Contains(html, button) || !strings.Contains(html, `name="version" value="7"`) ||
		!strings.Contains(html, English.Lists.ReviewWhy) {
		t.Error(html)
	}
	r.ReviewBy = "me"
	if html := render(t, reviewBar(f, ReferralDetail{Referral: r})); strings.Contains(html, button) || !strings.Contains(html, English.Lists.ReviewAsked) {
		t.Error(html)
	}
	if html := render(t, reviewBar(f, ReferralDetail{CanManage: true})); html != "" {
		t.Error(html)
	}
}
