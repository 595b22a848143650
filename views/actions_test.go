package views

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"breakwater/store"

	"github.com/a-h/templ"
)

var allActs = []Act{ActAccept, ActDecline, ActBook, ActConfirm, ActUnbook, ActMessage, ActComplete, ActReopen}

// sentUpdates is one update in each state, the oldest first.
func sentUpdates(f Frame) []store.Sent {
	task := func(status, reason string) store.Update {
		return store.Update{Task: &store.Task{Status: status, Reason: reason}}
	}
	booking := store.Update{Appointment: &store.Appointment{Start: f.Now}}
	return []store.Sent{
		{ID: "1", Kind: store.OutStatus, State: store.OutConfirmed, At: f.Now, Update: task("accepted", "")},
		{ID: "2", Kind: store.OutAppointment, State: store.OutDropped, At: f.Now, Update: booking},
		{ID: "3", Kind: store.OutStatus, State: store.OutRefused, At: f.Now, By: hostile, Said: hostile, Fault: store.FaultForbidden, Update: task("rejected", hostile)},
		{ID: "4", Kind: store.OutAppointment, State: store.OutRefused, At: f.Now, Fault: store.FaultConnect, Update: store.Update{Appointment: &store.Appointment{}}},
		{ID: "5", Kind: store.OutMessage, State: store.OutWaiting, At: f.Now, Fault: store.FaultSlow, DueAt: f.Now,
			Update: store.Update{Communications: []store.Communication{{Text: strings.Repeat(hostile, 50)}}}},
		{ID: "6", Kind: store.OutMessage, State: store.OutSent, At: f.Now, Update: store.Update{Communications: []store.Communication{{Text: "Which knee?"}}}},
	}
}

func actingOn(f Frame) ReferralDetail {
	r := hostileReferral(f.Now)
	r.Outbox, r.OceanFolder, r.Folder = sentUpdates(f), store.FolderNew, store.FolderBookedConfirmed
	return ReferralDetail{Referral: r, CanManage: true, Acts: Acts{Offered: allActs, NoCredentials: true}}
}

func TestTheBarSaysWhatCanBeDone(t *testing.T) {
	for _, text := range []*Text{&English, &French} {
		f := signedIn(t)
		f.Text = text
		d := actingOn(f)
		page := render(t, actsBar(f, d))
		for _, act := range allActs {
			if !strings.Contains(page, `href="/referrals/x/`+string(act)+`"`) {
				t.Errorf("%s is not offered", act)
			}
		}
		for _, want := range []string{text.Actions.Rebook, text.Actions.CredentialsTitle, text.Actions.CredentialsAsk} {
			if !strings.Contains(page, templ.EscapeString(want)) {
				t.Errorf("the bar lacks %q", want)
			}
		}
		for why, words := range text.Actions.Hindered {
			d.Acts = Acts{Hindered: why, CanSetUp: true}
			page := render(t, actsBar(f, d))
			if !strings.Contains(page, templ.EscapeString(words)) || strings.Contains(page, "button") {
				t.Errorf("%s: %s", why, page)
			}
			if strings.Contains(page, "/settings/referral/ocean") != (why == HinderedSite) {
				t.Errorf("%s leads to the settings, or does not", why)
			}
		}
		d.CanManage = false
		if page := render(t, actsBar(f, d)); page != "" {
			t.Errorf("who may only view sees %s", page)
		}
	}
}

func TestThePortalIsTheFirstButtonOnlyWhereNothingElseIs(t *testing.T) {
	d := actingOn(signedIn(t))
	if d.oceanButton() != "button" {
		t.Error("two buttons are first")
	}
	d.Acts.Offered = nil
	if d.oceanButton() != "button primary" {
		t.Error("none is first")
	}
}

func TestWhatWasToldIsSaid(t *testing.T) {
	for _, text := range []*Text{&English, &French} {
		f := signedIn(t)
		f.Text = text
		w := text.Actions
		page := render(t, toldCard(f, actingOn(f)))
		for _, want := range []string{w.Waiting, w.Sent, w.Dropped, w.Refused, w.NotSent, w.Behind, w.Unbooked, w.OceanSaid(hostile),
			w.With(w.Statuses["rejected"], hostile), w.With(w.Message, "Which knee?"), w.RetryOf(w.Unbooked),
			`href="/referrals/x/decline?from=3"`, `action="/referrals/x/updates/4/retry"`, `href="/referrals/x/updates/4/drop"`} {
			if !strings.Contains(html.UnescapeString(page), want) {
				t.Errorf("the card lacks %q: %s", want, page)
			}
		}
		if strings.Contains(page, w.Confirmed) || strings.Contains(page, "?from=4") || strings.Contains(page, "<img") || strings.Contains(page, "<script") {
			t.Errorf("the card has too much: %s", page)
		}
		d := actingOn(f)
		d.Referral.Outbox = nil
		if page := render(t, toldCard(f, d)); !strings.Contains(page, w.OceanHas(text.Folder(store.FolderNew))) {
			t.Errorf("it does not say where Ocean has it: %s", page)
		}
		d.Referral.OceanFolder = d.Referral.Folder
		if page := render(t, toldCard(f, d)); page != "" {
			t.Errorf("there is nothing to say: %s", page)
		}
	}
}

func TestLinesAreBrief(t *testing.T) {
	for text, want := range map[string]string{
		" two\n\nlines ":             "two lines",
		strings.Repeat("é", 80):      strings.Repeat("é", 80),
		strings.Repeat("é", 81):      strings.Repeat("é", 80) + "…",
		strings.Repeat("seven ", 40): strings.TrimSpace(strings.Repeat("seven ", 40)[:80]) + "…",
	} {
		if got := brief(text); got != want {
			t.Errorf("brief(%q) = %q", text, got)
		}
	}
}

// actForms are all forms, as they are found, and with all that can be wrong.
func actForms(f Frame) map[string]ActForm {
	forms := map[string]ActForm{}
	same := sentUpdates(f)[2]
	for _, act := range allActs {
		a := ActForm{Act: act, Referral: hostileReferral(f.Now), Typed: ActFields{Reason: hostile, Date: hostile, Time: hostile, Minutes: hostile,
			Type: hostile, Instruction: hostile, Text: hostile, PDF: true}, From: "3"}
		forms[string(act)] = a
		a.Changed = true
		a.Errors = map[string]string{}
		for _, field := range []string{"reason", "note", "date", "time", "minutes", "type", "instruction", "text", "pdf"} {
			a.Errors[field] = hostile
		}
		forms[string(act)+" wrong"] = a
		a.Same = &same
		forms[string(act)+" again"] = a
		a.Same, a.Hindered = nil, HinderedCancelled
		forms[string(act)+" hindered"] = a
		a.Failed = true
		forms[string(act)+" failed"] = a
	}
	return forms
}

func TestActionsPagesAreWhole(t *testing.T) {
	for _, text := range []*Text{&English, &French} {
		f := signedIn(t)
		f.Text = text
		for name, a := range actForms(f) {
			page := render(t, ActPage(f, a))
			for _, never := range []string{"<img", "javascript:", " style=", "<style", "onerror=alert(2)>\""} {
				if strings.Contains(page, never) {
					t.Errorf("%s has %s", name, never)
				}
			}
			if m := titleTag.FindStringSubmatch(page); m == nil || strings.Contains(m[1], "Patientname") || !strings.HasPrefix(m[1], html.EscapeString(f.actWords(a).Title)) {
				t.Errorf("%s is titled %q", name, m)
			}
			form := strings.Contains(page, `name="version"`)
			if form == (a.Hindered != "" || a.Same != nil) {
				t.Errorf("%s has a form: %v", name, form)
			}
			if form && (!strings.Contains(page, `method="post" action="/referrals/x/`+string(a.Act)+`"`) || !strings.Contains(page, templ.EscapeString(text.Actions.Hears[a.Act].Title))) {
				t.Errorf("%s: its form lacks something", name)
			}
		}
	}
}

func TestTheAuditLogSaysWhatOceanWasTold(t *testing.T) {
	for details, want := range map[string]string{
		`{"update":"u","kind":"status","status":"rejected"}`:                   "Told Ocean: declined",
		`{"update":"u","kind":"message"}`:                                      "Told Ocean: a message to the referrer",
		`{"update":"u","kind":"appointment","booked":true,"confirmed":false}`:  "Told Ocean: booked",
		`{"update":"u","kind":"appointment","booked":true,"confirmed":true}`:   "Told Ocean: booked, confirmed by the patient",
		`{"update":"u","kind":"appointment","booked":false,"confirmed":false}`: "Told Ocean: booking removed",
		`{"update":"u","kind":"status","status":"odd"}`:                        English.Audit.Actions[store.ActionReferralTold],
		``: English.Audit.Actions[store.ActionReferralTold],
	} {
		line := AuditLine{AuditEntry: store.AuditEntry{At: time.Now(), Action: store.ActionReferralTold, Object: "r", Details: details}}
		if got := auditSentences(&English, nil, line); fmt.Sprint(got) != fmt.Sprint([]string{want}) {
			t.Errorf("%s: %q, want %q", details, got, want)
		}
	}
}

// TestEveryFaultOfAnUpdateHasWordsOfItsOwn: what is said of documents would send the front desk the
// wrong way.
func TestEveryFaultOfAnUpdateHasWordsOfItsOwn(t *testing.T) {
	for _, f := range inBoth(t) {
		if len(f.Text.Actions.Faults) != len(store.UpdateFaults) {
			t.Errorf("%s: words for %d faults, want %d", f.Lang, len(f.Text.Actions.Faults), len(store.UpdateFaults))
		}
		for _, code := range store.UpdateFaults {
			said := f.Text.UpdateFault(code)
			if said.Title == "" || said.Text == "" || said == f.Text.Fault(code) {
				t.Errorf("%s: %s has no words of its own: %+v", f.Lang, code, said)
			}
			o := store.Sent{ID: "1", Kind: store.OutStatus, State: store.OutRefused, Fault: code, At: f.Now, Update: store.Update{Task: &store.Task{Status: "accepted"}}}
			d := ReferralDetail{Referral: store.Referral{ID: "x", Outbox: []store.Sent{o}}, CanManage: true}
			card := render(t, toldCard(f, d))
			says(t, card, said.Title, said.Text)
			if held := strings.Contains(card, f.Text.Actions.SendAnyway); held != (code == store.FaultCancelled) {
				t.Errorf("%s: %s offers to send it all the same: %v", f.Lang, code, held)
			}
			says(t, render(t, failedUpdate(f, store.FailedUpdate{Sent: o, ReferralID: "x"}, ProblemList{CanManage: true})), said.Title, said.Text)
			o.State, o.DueAt = store.OutWaiting, f.Now.Add(time.Minute)
			d.Referral.Outbox = []store.Sent{o}
			says(t, render(t, toldCard(f, d)), said.Title)
		}
	}
}

// TestAnOpenPageIsToldHowFarThingsAre: what is on its way is asked about, and the answer holds states
// alone, no word of what was said.
func TestAnOpenPageIsToldHowFarThingsAre(t *testing.T) {
	for _, f := range inBoth(t) {
		d := actingOn(f)
		card := render(t, toldCard(f, d))
		if !strings.Contains(card, `hx-get="/referrals/x/told?said=`+d.said()+`"`) || !d.Says(d.said()) || d.Says("") {
			t.Errorf("%s: it does not ask: %s", f.Lang, card)
		}
		now := render(t, ToldNow(f, d))
		for _, o := range d.toldLately() {
			_, _, words := f.outChip(o)
			says(t, now, words)
			for _, id := range []string{"state-" + o.ID, "line-" + o.ID} {
				if !strings.Contains(now, `id="`+id+`" hx-swap-oob="true"`) {
					t.Errorf("%s: nothing for %s", f.Lang, id)
				}
			}
		}
		if !strings.Contains(card, `id="state-6"`) || strings.Contains(card, "hx-swap-oob") {
			t.Errorf("%s: the card's own states: %s", f.Lang, card)
		}
		for _, word := range []string{"Which knee", "Hostile", "script"} {
			if strings.Contains(now, word) {
				t.Errorf("%s: the answer holds %q", f.Lang, word)
			}
		}
		for i := range d.Referral.Outbox {
			d.Referral.Outbox[i].At = f.Now.Add(-2 * watchFor)
		}
		if strings.Contains(render(t, toldCard(f, d)), "hx-get") {
			t.Errorf("%s: it asks for ever", f.Lang)
		}
	}
}

func TestACancellationIsNoSmallPrint(t *testing.T) {
	for _, f := range inBoth(t) {
		d := actingOn(f)
		d.Acts = Acts{Hindered: HinderedCancelled}
		bar := render(t, actsBar(f, d))
		says(t, bar, f.Text.Actions.Hindered[HinderedCancelled], f.Text.Actions.CancelledText)
		if !strings.Contains(bar, "notice waiting") {
			t.Error(bar)
		}
	}
}

// TestTheReviewBarSaysWhatCame: not only that something did.
func TestTheReviewBarSaysWhatCame(t *testing.T) {
	for _, f := range inBoth(t) {
		d := actingOn(f)
		d.Referral.NeedsReview = true
		d.Referral.History = []store.HistoryEntry{
			{Event: "add-service-request", Changes: []store.Change{{Kind: store.ChangeFirst}}},
			{Event: "notify-update-service-request", Changes: []store.Change{{Kind: store.ChangeCancelled}}},
			{Event: "notify-update-service-request", Changes: []store.Change{{Kind: store.ChangeNothing}}},
			{Own: &d.Referral.Outbox[0], Changes: []store.Change{{Kind: store.ChangeAccepted}}},
		}
		says(t, render(t, reviewBar(f, d)), f.Text.Lists.Latest(f.Text.History.Kinds[store.ChangeCancelled]))
	}
}

func TestEConsultsAreMarked(t *testing.T) {
	for _, f := range inBoth(t) {
		d := actingOn(f)
		d.Referral.Task.Code = "process-request-consult"
		says(t, render(t, referralHead(f, d)), f.Text.Referrals.Consult)
		list := someList(f)
		list.Rows[0].Consult = true
		if n := strings.Count(render(t, ReferralRows(f, list)), templ.EscapeString(f.Text.Referrals.Consult)); n != 1 {
			t.Errorf("%s: %d rows are marked", f.Lang, n)
		}
	}
}

// TestProblemsSayWhose: nobody should have to open each to learn whom it is about.
func TestProblemsSayWhose(t *testing.T) {
	f := signedIn(t)
	o := sentUpdates(f)[2]
	list := ProblemList{Updates: []store.FailedUpdate{{Sent: o, ReferralID: "u"}}, Documents: []store.FailedAttachment{{ReferralID: "d"}},
		Rows:  []store.ProblemRow{{ReferralID: "m", Problems: []store.Problem{store.ProblemOddResource}}, {Problems: []store.Problem{store.ProblemNoReference}}},
		Names: map[string]store.Name{"u": {Family: "Okonkwo"}, "d": {Family: "Tremblay"}, "m": {}}}
	says(t, render(t, Problems(f, list)), "Okonkwo", "Tremblay", f.Text.Referral.NameMissing)
	if got := list.Referrals(); len(got) != 4 {
		t.Errorf("%q", got)
	}
}
