package handlers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

var (
	rowLink    = regexp.MustCompile(`href="(/referrals/[0-9a-f-]{36})"`)
	olderLink  = regexp.MustCompile(`<a class="button" href="(/[^"]*before=[^"]*)"`)
	titleOf    = regexp.MustCompile(`<title>([^<]*)</title>`)
	listOfRows = regexp.MustCompile(`(?s)<tbody id="rows">.*</tbody>`)
)

func links(a answer) (list []string) {
	for _, m := range rowLink.FindAllStringSubmatch(listOfRows.FindString(a.body), -1) {
		list = append(list, m[1])
	}
	return list
}

// older is the address of the list's next page, "" at its end.
func (a answer) older() string {
	if m := olderLink.FindStringSubmatch(a.body); m != nil {
		return strings.ReplaceAll(m[1], "&amp;", "&")
	}
	return ""
}

func TestAnEmptyListSaysWhatComesNext(t *testing.T) {
	s := newSite(t)
	reader := s.person("ada@clinic.example", store.ViewReferrals)
	admin := s.person("bo@clinic.example", store.ViewReferrals, store.ReferralSettings)
	reader.get("/referrals").wants(t, 200).shows(t, "No referrals yet", "Ask somebody").hides(t, "/settings/", `id="rows"`)
	admin.get("/referrals").wants(t, 200).shows(t, "No referrals yet", "Settings &gt; Referral &gt; Ocean")
	s.siteNumber()
	reader.get("/referrals").wants(t, 200).shows(t, "No referrals yet", "Menu &gt; Admin &gt; Integrations")
	s.receive(oceantest.Message{})
	reader.get("/referrals?direction=sent").wants(t, 200).shows(t, "No sent referrals").hides(t, "Example, Ada")
	reader.get("/referrals?direction=received").wants(t, 200).shows(t, "Example, Ada")
	reader.get("/referrals?direction=canary").wants(t, 200).shows(t, "Example, Ada").hides(t, "canary")
}

func TestReferralsAreListedByDirection(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Received"}, Priority: "urgent", TestData: true})
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Sent"}, SiteNumber: "9999", Destination: "Harbour Clinic"})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	v.get("/referrals").shows(t, "Received, Ada", "Sent, Ada", "Sent to Harbour Clinic", "Urgent", "TEST", "Born 1970-01-02", "Cardiology")
	v.get("/referrals?direction=received").shows(t, "Received, Ada", "Grace Sample", "New").hides(t, "Sent, Ada")
	v.get("/referrals?direction=sent").shows(t, "Sent, Ada", "Harbour Clinic", "Awaiting Response").hides(t, "Received, Ada")
}

func TestTheListGoesOnPageByPage(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	const all = 2*listPage + 3
	for i := range all {
		s.receive(oceantest.Message{Patient: oceantest.Patient{Family: fmt.Sprintf("Number%03d", i)}})
		s.clock.Turn(time.Second)
	}
	v := s.person("ada@clinic.example", store.ViewReferrals)
	for _, htmx := range []string{"false", "true"} {
		var seen []string
		pages := 0
		for at := "/referrals?direction=received"; at != ""; pages++ {
			a := v.get(at, htmxHeader, htmx).wants(t, 200)
			if (htmx == "true") == strings.Contains(a.body, "<html") {
				t.Errorf("%s, htmx %s: the wrong part of the page", at, htmx)
			}
			if pages == 0 {
				a.shows(t, fmt.Sprintf("Number%03d", all-1)).hides(t, "Number000")
			}
			seen = append(seen, links(a)...)
			if at = a.older(); at != "" && !strings.Contains(at, "direction=received") {
				t.Errorf("the next page forgets the filter: %s", at)
			}
		}
		if slices.Sort(seen); pages != 3 || len(seen) != all || len(slices.Compact(seen)) != all {
			t.Errorf("htmx %s: %d rows on %d pages", htmx, len(seen), pages)
		}
	}
	for _, cursor := range []string{"x", "-1", "0", "", "99999999999999999999", "1e3", "%00"} {
		if a := v.get("/referrals?before="+cursor).wants(t, 200); len(links(a)) != listPage {
			t.Errorf("before=%s: %d rows", cursor, len(links(a)))
		}
	}
}

func TestASearchFindsAndTellsNoAddress(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	ref := "7b1c0f5e-0000-4000-8000-00000000abcd"
	s.receive(oceantest.Message{Ref: ref, Patient: oceantest.Patient{Family: "Ümlaut-Québec", Given: "Zoë", HealthNumber: oceantest.HealthNumber(77), BirthDate: "1999-12-31"}})
	s.receive(oceantest.Message{})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	number := oceantest.HealthNumber(77)
	for q, found := range map[string]int{
		"Ümlaut-Québec": 1, "umlaut": 1, "UML": 1, "québ": 1, "zoe uml": 1, "zoe example": 0, "um": 0, "mlaut": 0,
		number: 1, number[:4] + " " + number[4:7] + "-" + number[7:]: 1, number[:9]: 0,
		"1999-12-31": 1, "1999-12-30": 0, ref: 1, ref[:35]: 0, "nobody": 0, "": 0, "   ": 0, "%": 0, "_": 0, "*": 0,
		"' OR 1=1 --": 0, "<script>alert(1)</script>": 0, strings.Repeat("x ", 5000): 0, "\x00": 0, "\xff\xfe": 0, "ada exam": 1,
	} {
		for _, htmx := range []string{"false", "true"} {
			a := v.do(post, "/referrals/search", fields("q", q), htmxHeader, htmx).wants(t, 200)
			if got := links(a); len(got) != found {
				t.Errorf("%.50q finds %d", q, len(got))
			} else if found == 1 {
				v.get(got[0]).wants(t, 200)
			}
			if (htmx == "true") == strings.Contains(a.body, "<html") {
				t.Errorf("%.50q: the wrong part of the page", q)
			}
			if len(a.Header()["Location"]) != 0 || a.Header().Get("Hx-Push-Url") != "" || a.Header().Get("Hx-Redirect") != "" {
				t.Errorf("%.50q: %v", q, a.Header())
			}
			a.hides(t, "<script>alert", "q=")
		}
	}
	v.post("/referrals/search", "q", "<canary>").shows(t, `value="&lt;canary&gt;"`, "Nothing found for")
	v.get("/referrals/search?q=canary").leadsTo(t, "/referrals") // who reloads
	s.visitor().post("/referrals/search", "q", "canary").leadsTo(t, "/login")
	s.person("bo@clinic.example").post("/referrals/search", "q", "canary").wants(t, 403).hides(t, "canary")
}

func TestTitlesNameNoPatient(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Canary", Given: "Canary"}})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	list := v.get("/referrals").shows(t, "Canary")
	for target, a := range map[string]answer{
		"list": list, "detail": v.get(links(list)[0]).shows(t, "Canary"), "found": v.post("/referrals/search", "q", "canary"),
		"problems": v.get("/referrals/problems"), "unknown": v.get("/referrals/canary"), "account": v.get("/account"),
	} {
		m := titleOf.FindStringSubmatch(a.body)
		if m == nil || strings.Contains(strings.ToLower(m[1]), "canary") || !strings.HasSuffix(m[1], " · Breakwater") {
			t.Errorf("%s: title %q", target, m)
		}
	}
}

func TestUnknownReferralsAreNotFound(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	own := links(v.get("/referrals"))[0]
	for _, path := range []string{"/referrals/x", "/referrals/01890000-0000-7000-8000-000000000000", own + "x", own[:40],
		"/referrals/" + strings.ToUpper(own[11:]), own + "/", own + "%20", "/referrals/'", "/referrals/%2e%2e%2faccount", "/referrals/" + strings.Repeat("x", 5000)} {
		v.get(path).wants(t, 404)
		v.get(path, htmxHeader, "true").wants(t, 404).hides(t, "<html")
	}
	v.get(own).wants(t, 200)
}

func TestDeliveryProblemsWaitForAPerson(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	v.get("/referrals/problems").wants(t, 200).hides(t, "<li class=\"card\"")
	hostile := `"><script>alert(1)</script>`
	s.receive(oceantest.Message{Event: hostile, Ref: oceantest.None})
	for range listPage {
		s.receive(oceantest.Message{Event: "something-new"})
	}
	v.get("/referrals").wants(t, 200).shows(t, "51 messages or documents from Ocean need a look", `href="/referrals/problems"`)
	first := v.get("/referrals/problems").wants(t, 200).shows(t, "something-new", "Example, Ada").hides(t, "alert(1)")
	if n := strings.Count(first.body, `href="/referrals/0`); n != listPage {
		t.Errorf("%d link to their referral", n)
	}
	second := v.get(first.older()).wants(t, 200).shows(t, "&lt;script&gt;alert(1)").hides(t, "<script>alert", "something-new", "Example, Ada")
	if second.older() != "" {
		t.Error("there is a third page")
	}
}
