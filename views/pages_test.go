package views

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/store"

	"github.com/a-h/templ"
)

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>`

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func signedIn(t *testing.T) Frame {
	f := at(t)
	f.Theme, f.Path = "dark", "/referrals"
	f.Person = &store.User{Email: "a@clinic.example", Name: hostile, Effective: []store.Permission{store.ViewReferrals}}
	f.Menu = []MenuItem{{Href: "/referrals", Label: "Referrals", Icon: "inbox", Current: true}}
	return f
}

// wholePages are pages filled with hostile text wherever text can come from people or outside.
func wholePages(t *testing.T) map[string]string {
	f := signedIn(t)
	out := f
	out.Person = nil
	pages := map[string]string{
		"login": render(t, Login(out, LoginForm{Email: hostile, Problem: hostile})),
		"setup": render(t, Setup(out, SetupForm{Token: hostile, Name: hostile, Email: hostile, Errors: map[string]string{"name": hostile}})),
		"referrals": render(t, Referrals(f, ReferralList{Rows: []store.ReferralRow{hostileRow(f.Now)}, Query: hostile, Searched: true,
			Older: "/referrals?before=x", Problems: 2, SiteNumberMissing: true})),
		"list": render(t, Referrals(f, hostileList(f))),
		"referral": render(t, ReferralPage(f, ReferralDetail{Referral: hostileReferral(f.Now), OceanURL: "javascript:alert(1)",
			Documents: hostileDocuments(f.Now), CanManage: true})),
		"document": render(t, ReferralPage(f, ReferralDetail{Referral: hostileReferral(f.Now), Documents: hostileDocuments(f.Now),
			Open: &OpenDocument{DocumentLine: hostileDocuments(f.Now)[0], Address: "javascript:alert(1)"}})),
		"problems": render(t, Problems(f, ProblemList{Rows: []store.ProblemRow{{MessageID: hostile, Event: hostile, ReferralID: "x",
			Problems: []store.Problem{store.ProblemNoPatient, hostile}, ReceivedAt: f.Now, Deliveries: 3}},
			Documents: []store.FailedAttachment{{Attachment: store.Attachment{ID: "a", Fault: hostile}, ReferralID: "x", Since: f.Now}}})),
		"account": render(t, Account(f, AccountForm{Name: hostile, Errors: map[string]string{"theme": hostile}, Saved: "password"})),
		"failure": render(t, Failure(f, FailureView{Status: 500, Reference: hostile})),
	}
	maps.Copy(pages, teamPages(t, f))
	maps.Copy(pages, settingsPages(t, f))
	return pages
}

func hostileRow(now time.Time) store.ReferralRow {
	return store.ReferralRow{ID: "x", Folder: hostile, Test: true, ReceivedAt: now, Patient: store.Name{Family: hostile},
		BirthDate: hostile, Service: hostile, Priority: hostile, Referrer: store.Name{Text: hostile}, ReferrerOrganization: hostile}
}

// hostileDocuments are one for each state, and one of which nothing is known.
func hostileDocuments(now time.Time) []DocumentLine {
	d := store.Document{Title: hostile, ContentType: hostile, URL: "javascript:alert(1)", Created: now}
	lines := []DocumentLine{}
	for _, state := range []store.AttachmentState{store.AttachmentKept, store.AttachmentWaiting, store.AttachmentFailed, store.AttachmentForeign} {
		lines = append(lines, DocumentLine{d, &store.Attachment{ID: "a", State: state, Fault: hostile, QueuedAt: now, DueAt: now, KeptAt: now, Type: hostile}})
	}
	return append(lines, DocumentLine{Document: d})
}

func hostileReferral(now time.Time) store.Referral {
	name := store.Name{Family: "Patientname", Given: []string{hostile}}
	party := store.Party{Name: name, Role: hostile, Organization: hostile, Licence: hostile, Billing: hostile, Site: hostile,
		Telecom:   []store.ContactPoint{{System: hostile, Value: hostile}},
		Addresses: []store.Address{{Use: hostile, Lines: []string{hostile}, City: hostile}}}
	return store.Referral{
		ID: "x", Ref: hostile, Direction: hostile, Folder: hostile, ReceivedAt: now, UpdatedAt: now,
		Patient: store.Patient{Name: name, OtherNames: []store.Name{name}, HealthNumber: &store.HealthNumber{Value: hostile, Version: hostile},
			ChartNumber: hostile, BirthDate: hostile, Gender: hostile, Telecom: party.Telecom, Addresses: party.Addresses, Language: hostile},
		Request: store.Request{Service: hostile, Priority: hostile, Status: hostile, Reasons: []string{hostile},
			Notes: []store.Note{{HTML: hostile + "<div", Author: hostile, Time: now}}},
		Referrer: party, Recipient: party, Task: store.Task{Status: hostile, Code: hostile, Reason: hostile},
		Appointment:    store.Appointment{Start: now, Type: hostile, Instruction: hostile},
		Questionnaires: []store.Questionnaire{{Form: hostile, Items: []store.Item{{Text: hostile, Answers: []string{hostile}}, {Text: hostile}}}},
		Documents:      []store.Document{{Title: hostile, ContentType: hostile, URL: "javascript:alert(1)"}},
		Communications: []store.Communication{{Text: hostile, Sender: hostile}},
		Links:          []store.Link{{Kind: hostile, Ref: hostile}},
		History:        []store.HistoryEntry{{Event: hostile, SentAt: now, ReceivedAt: now, Deliveries: 2, Folder: hostile, Problems: []store.Problem{hostile}}},
	}
}

var (
	scriptTag  = regexp.MustCompile(`<script[^>]*>`)
	ownScript  = regexp.MustCompile(`^<script src="/static/[a-z.]+\.[0-9a-f]{12}\.js" defer>$`)
	quoted     = regexp.MustCompile(`"[^"]*"`)
	handlerAtt = regexp.MustCompile(`<[a-z][^<>]*\son[a-z]+=`)
	titleTag   = regexp.MustCompile(`<title>([^<]*)</title>`)
)

func TestNothingFromOutsideRuns(t *testing.T) {
	for name, html := range wholePages(t) {
		for _, tag := range scriptTag.FindAllString(html, -1) {
			if !ownScript.MatchString(tag) {
				t.Errorf("%s has %s", name, tag)
			}
		}
		for _, never := range []string{"<img", "javascript:", " style=", "<style"} {
			if strings.Contains(html, never) {
				t.Errorf("%s has %s", name, never)
			}
		}
		if m := handlerAtt.FindString(quoted.ReplaceAllString(html, `""`)); m != "" {
			t.Errorf("%s has %s", name, m)
		}
	}
}

func TestTitlesNameNobody(t *testing.T) {
	for name, html := range wholePages(t) {
		m := titleTag.FindStringSubmatch(html)
		if m == nil || !strings.HasSuffix(m[1], " · Breakwater") || strings.Contains(m[1], "Patientname") || strings.Contains(m[1], "script") {
			t.Errorf("%s is titled %q", name, m)
		}
	}
}

func TestPagesStandOnTheirOwn(t *testing.T) {
	for name, html := range wholePages(t) {
		for _, want := range []string{`<html lang="en"`, `data-theme="dark"`, "<main", "<h1", `aria-live="polite"`, `name="viewport"`, "htmx-config"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
}

func TestFormsWorkWithoutScript(t *testing.T) {
	pages := wholePages(t)
	for name, wants := range map[string][]string{
		"login":     {`action="/login"`, `name="email"`, `name="password"`, `autocomplete="username"`, `autocomplete="current-password"`, "<button"},
		"setup":     {`action="/setup"`, `name="token"`, `name="name"`, `name="email"`, `name="password"`, `aria-invalid="true"`, `id="name-error"`},
		"referrals": {`action="/referrals/search"`, `name="q"`, `href="/referrals?before=x"`, `action="/logout"`},
		"account":   {`action="/account"`, `action="/account/password"`, `name="theme"`, `name="current_password"`, `name="new_password"`},
	} {
		for _, want := range wants {
			if !strings.Contains(pages[name], want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
	if strings.Contains(pages["login"], `type="password" value`) {
		t.Error("a password is sent back")
	}
}

func TestHealthNumberIsCopiedWithoutSpaces(t *testing.T) {
	html := render(t, healthNumber(at(t), &store.HealthNumber{Value: "9876543217", Version: "AB", Ontario: true}))
	for _, want := range []string{"<span>9876</span><span>543</span><span>217</span>", `data-copy="9876543217"`, English.Referral.HealthNumberInvalid} {
		if !strings.Contains(html, want) {
			t.Errorf("lacks %s: %s", want, html)
		}
	}
}

func TestEmptyLists(t *testing.T) {
	f := signedIn(t)
	r := English.Referrals
	for want, list := range map[string]ReferralList{
		r.NothingAction:        {NothingYet: true, SiteNumberMissing: true, CanSetUp: true},
		r.NothingAsk:           {NothingYet: true, SiteNumberMissing: true},
		r.NothingOcean:         {NothingYet: true},
		r.NoneReceivedTitle:    {ListQuery: ListQuery{Direction: "received"}},
		r.NoneSentTitle:        {ListQuery: ListQuery{Direction: "sent"}},
		r.NotFoundTitle("abc"): {Searched: true, Query: "abc"},
		r.SiteAsk:              {SiteNumberMissing: true},
		r.ProblemsTitle(1):     {Problems: 1},
	} {
		if html := render(t, Referrals(f, list)); !strings.Contains(html, templ.EscapeString(want)) {
			t.Errorf("%+v does not say %q", list, want)
		}
	}
}

func TestFragmentsAreNoPages(t *testing.T) {
	f := signedIn(t)
	rows := render(t, ReferralRows(f, ReferralList{Rows: []store.ReferralRow{hostileRow(f.Now)}}))
	failure := render(t, FailureFragment(f, FailureView{Status: 429}))
	if strings.Contains(rows+failure, "<html") || !strings.Contains(rows, `id="rows"`) || !strings.Contains(failure, English.Failure.ByStatus[429].Title) {
		t.Errorf("fragments: %s %s", rows, failure)
	}
}

func TestSignedOutFailureOffersSignIn(t *testing.T) {
	f := at(t)
	html := render(t, Failure(f, FailureView{Status: 401}))
	if !strings.Contains(html, `href="/login"`) || strings.Contains(html, "/logout") {
		t.Error(html)
	}
}
