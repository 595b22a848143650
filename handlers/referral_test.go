package handlers

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// hostile is a value that tries everything, and says where it stood.
func hostile(where string) string {
	return where + `-canary"'><script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">`
}

var (
	attributeValue = regexp.MustCompile(`"[^"]*"`)
	anyElement     = regexp.MustCompile(`<[a-zA-Z][^>]*>`)
	reference      = regexp.MustCompile(` (?:href|src|action|hx-get|hx-post)="([^"]*)"`)
)

// wantsHarmless checks that nothing of a page acts but what is ours.
func wantsHarmless(t testing.TB, a answer) {
	t.Helper()
	for _, element := range anyElement.FindAllString(attributeValue.ReplaceAllString(a.body, `""`), -1) {
		low := strings.ToLower(element)
		if strings.HasPrefix(low, "<script") && !strings.Contains(low, " src=") || strings.HasPrefix(low, "<img") ||
			strings.HasPrefix(low, "<iframe") || strings.HasPrefix(low, "<style") || regexp.MustCompile(`\s(on\w+|style)=`).MatchString(low) {
			t.Errorf("the page holds %s", element)
		}
	}
	for _, m := range reference.FindAllStringSubmatch(a.body, -1) {
		if to := m[1]; !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "https://ocean.cognisantmd.com/ocean/portal.html?") || strings.HasPrefix(to, "//") {
			t.Errorf("the page leads to %q", to)
		}
	}
	if n := strings.Count(a.body, "<script"); n != strings.Count(a.body, "<script src=\"/static/") {
		t.Errorf("%d scripts", n)
	}
}

func (s *site) openReferral(v *visitor) answer {
	s.t.Helper()
	return v.get(links(v.get("/referrals"))[0]).wants(s.t, 200)
}

func TestAReferralShowsAllThatWasSentAndNothingOfItActs(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	start := time.Date(2026, 7, 1, 14, 30, 0, 0, time.UTC)
	m := oceantest.Message{
		Patient: oceantest.Patient{Family: hostile("family"), Given: hostile("given"), HealthNumber: hostile("health"), Version: hostile("version"),
			ChartNumber: hostile("chart"), BirthDate: "1970-01-02", Phone: hostile("phone"), Email: hostile("email")},
		Referrer: hostile("referrer"), Destination: hostile("destination"), Priority: hostile("priority"), Specialty: hostile("specialty"),
		Reason: hostile("reason"), Ref: hostile("reference"), Replaces: "7b1c0f5e-0000-4000-8000-00000000beef", Event: "notify-update-service-request",
		Task:           &oceantest.Task{Status: "accepted", Reason: hostile("taskreason"), Code: hostile("taskcode")},
		Appointment:    &oceantest.Appointment{Start: start, Type: hostile("kind"), Instruction: hostile("instruction"), Confirmed: true},
		Communications: []oceantest.Communication{{Text: "talk-canary<script>alert(1)</script><b>bold</b>"}},
		Questions:      [][2]string{{hostile("question"), hostile("answer")}, {"", "=HYPERLINK(\"http://evil.example\")"}, {"open-canary?<u>x", ""}},
		Documents:      []oceantest.Document{{Title: hostile("title"), ContentType: hostile("type"), URL: "javascript:alert(1)//url-canary"}},
		NoteHTML:       `note-canary <b>bold</b><br><u>under</u><script>alert(1)</script><font color=red onclick=alert(1)>font</font><a href="javascript:alert(1)">link</a><img src=x onerror=alert(1)>&nbsp;<iframe src="//evil.example"></iframe><style>*{}</style>`,
	}
	s.receive(m)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	list, found := v.get("/referrals"), v.post("/referrals/search", "q", "given-canary")
	page := s.openReferral(v)
	for _, a := range []answer{list, found, page} {
		wantsHarmless(t, a)
	}
	for _, where := range []string{"family", "given", "version", "chart", "phone", "email", "referrer", "specialty", "reason",
		"taskreason", "taskcode", "kind", "instruction", "answer", "title", "priority"} {
		page.shows(t, html.EscapeString(hostile(where)))
	}
	page.shows(t, "destination-canary", "reference-canary", "question-canary", "7b1c0f5e-0000-4000-8000-00000000beef", "1970-01-02", "56 years old", "2026-07-01 14:30", "Confirmed",
		"note-canary <b>bold</b><br><u>under</u>", "talk-canary<b>bold</b>", "=HYPERLINK", "open-canary?<u>x</u>", "Family Physician",
		"416-555-0102", "Booked Confirmed", "Not a valid Ontario number", "healthcanary")
	page.hides(t, "url-canary", "evil.example/", "<font", "<iframe", "<style")
}

func TestASparseReferralSaysWhatIsMissing(t *testing.T) {
	s := newSite(t)
	const none = oceantest.None
	s.receive(oceantest.Message{Legacy: true, TestData: true, Category: none, Specialty: none, NoteHTML: none, Referrer: none, Priority: none,
		Destination: none, Patient: oceantest.Patient{Family: none, Given: none, HealthNumber: none, BirthDate: none, Gender: none, Phone: none}})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	a := s.openReferral(v).shows(t, "Name not given", "TEST", "The sender gave no reason in words")
	if n := strings.Count(a.body, "not given"); n < 8 {
		t.Errorf("%d things are not given", n)
	}
	wantsHarmless(t, a)
}

func TestTheHistoryTellsEveryMessage(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	first := oceantest.Message{Ref: "a-reference", HeaderID: "first"}
	s.receive(first)
	s.receive(first)
	s.receive(first)
	booked := oceantest.Message{Ref: "a-reference", Event: "notify-update-service-request", SentAt: time.Date(2026, 1, 16, 10, 0, 0, 0, time.UTC),
		Appointment: &oceantest.Appointment{Start: time.Date(2026, 2, 1, 10, 0, 0, 0, time.UTC)}}
	s.receive(booked)
	odd := oceantest.Message{Ref: "a-reference", Event: "something-new", SentAt: time.Date(2026, 1, 17, 10, 0, 0, 0, time.UTC)}
	s.receive(odd)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	s.openReferral(v).shows(t, "repeated 2 times", "New referral", "Booked Unconfirmed", "Not confirmed yet", "An unknown kind of message", "2026-02-01 10:00")
}

func TestAReferralOpensInOceansPortal(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{Ref: `a "ref"/?#&<x>`})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	s.openReferral(v).hides(t, "Open in Ocean") // before the Site Number is known
	s.siteNumber()
	const path = `/ocean/portal.html?siteNum=1234#/referrals/a%20%22ref%22%2F%3F%23&amp;%3Cx%3E/edit" target="_blank" rel="noopener noreferrer"`
	s.openReferral(v).shows(t, "Open in Ocean", `href="https://ocean.cognisantmd.com`+path)
	host := "https://test.cognisantmd.com/"
	s.must(s.store.SaveOceanSettings(t.Context(), storetest.Admin, store.OceanChange{Host: &host}))
	s.openReferral(v).shows(t, `href="https://test.cognisantmd.com`+path)
}
