package views

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

// everyChange is one change of every kind, and of every field of those that have some.
func everyChange(text string) (all []store.Change) {
	at := time.Date(2026, 7, 14, 13, 30, 0, 0, time.UTC)
	for _, kind := range store.ChangeKinds() {
		c := store.Change{Kind: kind, From: text, To: text, Was: at, Is: at.AddDate(0, 0, 7), Count: 3}
		fields := []string{""}
		for name := range English.History.Fields {
			if of, field, _ := strings.Cut(name, "/"); of == string(kind) {
				fields = append(fields, field)
			}
		}
		switch kind {
		case store.ChangeMessage:
			fields = append(fields, store.FieldReceiver, store.FieldRequester)
		case store.ChangeBooked, store.ChangeRebooked:
			fields = append(fields, store.FieldConfirmed)
		case store.ChangePatient:
			fields = append(fields, "deceased")
		case store.ChangeLink:
			fields = append(fields, string(store.LinkReplaces), string(store.LinkReplacedBy), string(store.LinkBasedOn))
		}
		for _, field := range fields {
			c.Field = field
			all = append(all, c)
			for _, side := range []store.Change{{From: text}, {To: text}, {}} {
				half := c
				half.From, half.To = side.From, side.To
				all = append(all, half)
			}
			never := c
			never.Was = time.Time{}
			all = append(all, never)
		}
	}
	return all
}

func TestEveryChangeHasWords(t *testing.T) {
	f := at(t)
	for lang, text := range map[string]*Text{"en": &English, "fr": &French} {
		f.Text = text
		for _, c := range everyChange("Exemple") {
			if c.Kind == store.ChangePatient && c.Field == "" || c.Kind == store.ChangeRequest && c.Field == "" ||
				c.Kind == store.ChangeReferrer && c.Field == "" || c.Kind == store.ChangeVisit && c.Field == "" || c.Kind == store.ChangeFolder ||
				c.Kind == store.ChangeLink && (c.Field == "" || c.To == "") {
				continue
			}
			said := f.change(ReferralDetail{}, c)
			if said == "" || said == string(c.Kind) || said == c.Field || hole.MatchString(said) || strings.Contains(said, "_") {
				t.Errorf("%s: %+v says %q", lang, c, said)
			}
		}
	}
}

func TestChangesReadPlainly(t *testing.T) {
	f := at(t)
	at := time.Date(2026, 7, 14, 13, 30, 0, 0, time.UTC)
	for want, c := range map[string]store.Change{
		"Declined: the waiting list is full":                                          {Kind: store.ChangeDeclined, To: "the waiting list\nis full"},
		"Sex changed from “Female” to “Other”":                                        {Kind: store.ChangePatient, Field: "gender", From: "female", To: "other"},
		"Priority changed from “Routine” to “STAT”":                                   {Kind: store.ChangeRequest, Field: "priority", From: "routine", To: "stat"},
		"Health card number taken out: 9876543217 AB":                                 {Kind: store.ChangePatient, Field: "health_number", From: "9876543217 AB"},
		"Note on the reason added: bold & more":                                       {Kind: store.ChangeRequest, Field: "notes", To: "<b>bold</b> &amp;<br>more<script>alert(1)</script>"},
		"Forms changed: 1 answer differs":                                             {Kind: store.ChangeForms, Count: 1},
		"Appointment moved from " + f.exact(at) + " to " + f.exact(at.Add(time.Hour)): {Kind: store.ChangeRebooked, Was: at, Is: at.Add(time.Hour)},
		"Booking removed":            {Kind: store.ChangeUnbooked},
		"Split off from referral r2": {Kind: store.ChangeLink, Field: "based_on", To: "r2"},
		"Message from the referrer":  {Kind: store.ChangeMessage, Field: store.FieldRequester, To: "x"},
		"Message from this clinic":   {Kind: store.ChangeMessage, Field: store.FieldReceiver, To: "x"},
		"Deceased":                   {Kind: store.ChangePatient, Field: "deceased", From: "false", To: "true"},
	} {
		if got := f.change(ReferralDetail{}, c); got != want {
			t.Errorf("%+v says %q, want %q", c, got, want)
		}
	}
	if got := []rune(f.change(ReferralDetail{}, store.Change{Kind: store.ChangeDocument, To: strings.Repeat("é ", 5000)})); len(got) > longest+30 {
		t.Errorf("%d letters", len(got))
	}
}

func historyOf(n int) (history []store.HistoryEntry) {
	for i := range n {
		at := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
		history = append(history, store.HistoryEntry{MessageID: fmt.Sprint("m", i), Event: "notify-update-service-request", SentAt: at, ReceivedAt: at,
			Deliveries: 1, Folder: store.FolderNew, Changes: []store.Change{{Kind: store.ChangeDocument, To: fmt.Sprint("number-", i, ".")}}})
	}
	return history
}

func TestALongHistoryIsFolded(t *testing.T) {
	f := at(t)
	open, folded := newestFirst(historyOf(2000))
	if len(open) != shownLines || len(folded) != 1950 || open[0].MessageID != "m1999" || folded[0].MessageID != "m1949" {
		t.Errorf("%d open, %d folded", len(open), len(folded))
	}
	html := render(t, historyCard(f, ReferralDetail{Referral: store.Referral{History: historyOf(2000)}}))
	before, after, ok := strings.Cut(html, "Show 1950 older lines")
	if !ok || strings.Count(before, "<li") != shownLines || strings.Count(after, "<li") != 1950 || strings.Contains(html, "/messages/") {
		t.Errorf("%d lines are open", strings.Count(before, "<li"))
	}
	many := store.HistoryEntry{Event: "notify-update-service-request"}
	for i := range 40 {
		many.Changes = append(many.Changes, store.Change{Kind: store.ChangeDocument, To: fmt.Sprint("number-", i, ".")})
	}
	before, after, _ = strings.Cut(render(t, historyItem(f, ReferralDetail{}, many)), English.History.More)
	if strings.Count(before, "number-") != shownChanges+1 || strings.Count(after, "number-") != 40-shownChanges-1 {
		t.Errorf("%d changes are open", strings.Count(before, "number-"))
	}
}

func TestAHistoryLineSaysWhoAndWhen(t *testing.T) {
	f := at(t)
	now := f.Now
	for lang, text := range map[string]*Text{"en": &English, "fr": &French} {
		f.Text = text
		own := store.HistoryEntry{SentAt: now.Add(-time.Hour), ReceivedAt: now.Add(-time.Hour), MessageID: "echo", Folder: store.FolderPendingBooking,
			Own:     &store.Sent{State: store.OutConfirmed, By: "ada@clinic.example", ConfirmedAt: now.Add(-50 * time.Minute)},
			Changes: []store.Change{{Kind: store.ChangeAccepted}, {Kind: store.ChangeFolder, From: "new", To: "pending_booking"}}}
		html := render(t, historyItem(f, ReferralDetail{CanSeeRaw: true}, own))
		for _, want := range []string{text.History.Kinds[store.ChangeAccepted], "ada@clinic.example", text.History.ConfirmedAt(f.exact(own.Own.ConfirmedAt)),
			`href="/messages/echo"`, text.Folder("new"), text.Folder("pending_booking"), text.Actions.Confirmed} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: lacks %q:\n%s", lang, want, html)
			}
		}
		odd := store.HistoryEntry{Event: "something-<new>", ReceivedAt: now, Changes: []store.Change{{Kind: store.ChangeNothing}}, Deliveries: 3,
			Problems: []store.Problem{store.ProblemUnknownEvent}, Seen: true}
		html = render(t, historyItem(f, ReferralDetail{}, odd))
		for _, want := range []string{"something-&lt;new&gt;", text.History.Kinds[store.ChangeNothing], text.Referral.Repeated(2), text.History.Seen,
			text.Problem(store.ProblemUnknownEvent).Title} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: lacks %q:\n%s", lang, want, html)
			}
		}
		if strings.Contains(html, "/messages/") {
			t.Errorf("%s: a raw message is offered to who may not see it", lang)
		}
		talk := store.HistoryEntry{Event: "add-communication", ReceivedAt: now, Changes: []store.Change{{Kind: store.ChangeMessage, Field: store.FieldRequester,
			From: "Grace", To: "<b>See</b> the <script>alert(1)</script>ECG"}}}
		if html = render(t, historyItem(f, ReferralDetail{}, talk)); !strings.Contains(html, `<a href="#messages">See the ECG</a>`) {
			t.Errorf("%s: %s", lang, html)
		}
	}
}

func TestNothingOfAChangeActs(t *testing.T) {
	f := at(t)
	for _, c := range everyChange(hostile) {
		html := render(t, historyItem(f, ReferralDetail{}, store.HistoryEntry{Event: hostile, ReceivedAt: f.Now, Changes: []store.Change{c, c}}))
		for _, never := range []string{"<script", "<img", "onerror=\""} {
			if strings.Contains(html, never) {
				t.Errorf("%+v: %s", c, html)
			}
		}
	}
}

func TestWhatOceanDidNotTakeWaitsForAPerson(t *testing.T) {
	f := signedIn(t)
	list := ProblemList{CanManage: true, CanSeeRaw: true, Updates: []store.FailedUpdate{{ReferralID: "r", Sent: store.Sent{ID: "u", State: store.OutRefused,
		By: "ada@clinic.example", At: f.Now, Said: hostile, Update: store.Update{Task: &store.Task{Status: "accepted"}}}}},
		Rows: []store.ProblemRow{{MessageID: "m", Event: "x", Problems: []store.Problem{store.ProblemUnknownEvent}, ReceivedAt: f.Now, Deliveries: 1},
			{MessageID: "n", Event: "x", Problems: []store.Problem{store.ProblemUnknownEvent}, ReceivedAt: f.Now, Deliveries: 1}}}
	for lang, text := range map[string]*Text{"en": &English, "fr": &French} {
		f.Text = text
		html := render(t, Problems(f, list))
		for _, want := range []string{text.History.UpdatesTitle, `action="/referrals/r/updates/u/retry"`, `href="/referrals/r/updates/u/drop?from=problems"`,
			`href="/referrals/r"`, `action="/referrals/problems/again"`, `action="/referrals/problems/seen"`, `name="message" value="m"`, `href="/messages/m"`,
			text.History.AgainAll, "ada@clinic.example"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: lacks %q", lang, want)
			}
		}
		if strings.Contains(html, "<script>alert") {
			t.Errorf("%s: Ocean's words act", lang)
		}
	}
	f.Text = &English
	list.CanManage, list.CanSeeRaw = false, false
	if html := render(t, Problems(f, list)); strings.Contains(html, "<form method=\"post\" action=\"/referrals/") || strings.Contains(html, "/messages/") {
		t.Error("who may only look is offered more")
	}
	for want, again := range map[string]Again{
		"None of them has a problem any more.": {Done: 3}, "1 of them still needs a look.": {Done: 3, Left: 1}, `name="before" value="7"`: {Done: 500, Left: 2, Next: 7},
	} {
		if html := render(t, Problems(f, ProblemList{CanManage: true, Again: &again})); !strings.Contains(html, want) {
			t.Errorf("%+v does not say %q", again, want)
		}
	}
}
