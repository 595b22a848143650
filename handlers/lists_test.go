package handlers

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

var (
	newsPoll   = regexp.MustCompile(`hx-get="(/referrals/news\?[^"]*)"`)
	serviceKey = regexp.MustCompile(`<option value="([0-9a-f]+)"[^>]*>([^<]*)</option>`)
	listLinks  = regexp.MustCompile(`(?:href|action)="([^"]*)"`)
)

// poll is where a list asks for news.
func (a answer) poll(t testing.TB) string {
	t.Helper()
	m := newsPoll.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("it asks for no news:\n%.3000s", a.body)
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

// changes is a message, at some time, that tells of another status of a patient's referral.
func (s *site) changes(ref, family, status string) {
	s.t.Helper()
	s.clock.Turn(time.Minute)
	s.receive(oceantest.Message{Ref: ref, Event: "notify-update-service-request", Patient: oceantest.Patient{Family: family}, Task: &oceantest.Task{Status: status},
		SentAt: s.clock.Now()})
}

func TestFoldersAndFiltersInTheAddress(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{Ref: "old", Patient: oceantest.Patient{Family: "Waiting"}, Specialty: "Podiatry"})
	s.clock.Turn(15 * 24 * time.Hour)
	s.receive(oceantest.Message{Ref: "new", Patient: oceantest.Patient{Family: "Fresh"}, Specialty: "Cardiology", Priority: "urgent"})
	s.clock.Turn(time.Minute)
	s.receive(oceantest.Message{Ref: "done", Patient: oceantest.Patient{Family: "Settled"}, Specialty: "Cardiology"})
	s.changes("done", "Settled", "completed")
	s.receive(oceantest.Message{Ref: "sent", Patient: oceantest.Patient{Family: "Outgoing"}, SiteNumber: "9999", Specialty: "Cardiology"})
	v := s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	ada := s.user("ada@clinic.example")
	s.assign("Fresh", ada.ID)
	all := []string{"Waiting, ", "Fresh, ", "Settled, ", "Outgoing, "}
	page := v.get("/referrals?direction=received").wants(t, 200).shows(t, "oldest 15 days", "15 days in New", "Assigned to "+ada.Name)
	keys := map[string]string{}
	for _, m := range serviceKey.FindAllStringSubmatch(page.body, -1) {
		keys[m[2]] = m[1]
	}
	today := s.clock.Now().Format(time.DateOnly)
	for address, want := range map[string]string{
		"": "0123", "direction=received": "012", "direction=sent": "3", "direction=received&folder=new": "01", "folder=new": "01", "folder=awaiting_response": "3",
		"folder=completed": "2", "folder=declined": "", "folder=needs_review": "2", "folder=overdue": "0", "direction=sent&folder=overdue": "",
		"assignee=me": "1", "assignee=" + ada.ID: "1", "assignee=nobody": "0123", "review=me": "", "service=" + keys["Cardiology"]: "123",
		"service=" + keys["Podiatry"] + "&direction=sent": "", "service=Cardiology": "0123", "from=" + today: "123", "until=" + today: "0123", "until=2026-06-02": "0",
		"from=" + today + "&folder=new&sort=urgent": "1", "from=x": "0123", "folder=canary": "0123", "sort=urgent": "0123", "before=canary": "0123",
	} {
		a := v.get("/referrals?"+address).wants(t, 200).hides(t, "canary")
		for i, name := range all {
			if is := strings.Contains(listOfRows.FindString(a.body), name); is != strings.Contains(want, fmt.Sprint(i)) {
				t.Errorf("%s: %s is listed: %v", address, name, is)
			}
		}
	}
	v.get("/referrals?from=x&direction=received").shows(t, "Enter a date as YYYY-MM-DD", `aria-invalid="true"`)
	for _, m := range listLinks.FindAllStringSubmatch(v.get("/referrals?direction=received&service="+keys["Cardiology"]).body, -1) {
		for _, never := range []string{"Cardiology", "Waiting", "Fresh"} {
			if strings.Contains(m[1], never) {
				t.Errorf("an address has %q: %s", never, m[1])
			}
		}
	}
}

// user is the person with that e-mail address.
func (s *site) user(email string) store.User {
	s.t.Helper()
	people, err := s.store.Users(s.t.Context())
	s.must(err)
	for _, u := range people {
		if u.Email == email {
			return u
		}
	}
	s.t.Fatalf("there is no %s", email)
	return store.User{}
}

// found is the referral of the only patient of that name.
func (s *site) found(family string) *store.Referral {
	s.t.Helper()
	rows, err := s.store.SearchReferrals(s.t.Context(), family, 2)
	s.must(err)
	if len(rows) != 1 {
		s.t.Fatalf("%d are called %s", len(rows), family)
	}
	r, err := s.store.Referral(s.t.Context(), rows[0].ID)
	s.must(err)
	return r
}

func (s *site) assign(family, person string) {
	s.t.Helper()
	r := s.found(family)
	s.must(s.store.Assign(s.t.Context(), storetest.Admin, r.ID, r.Version, person))
}

func TestUrgentOnesStandFirstPageAfterPage(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	const all = 2*listPage + 10
	for i := range all {
		m := oceantest.Message{Patient: oceantest.Patient{Family: fmt.Sprintf("Number%03d", i)}}
		if i%2 == 0 {
			m.Priority = "urgent"
		}
		s.receive(m)
	}
	v := s.person("ada@clinic.example", store.ViewReferrals)
	var names []string
	for at := "/referrals?direction=received&sort=urgent"; at != ""; {
		a := v.get(at).wants(t, 200)
		names = append(names, regexp.MustCompile(`Number[0-9]{3}`).FindAllString(listOfRows.FindString(a.body), -1)...)
		at = a.older()
	}
	if len(names) != all || names[0] != fmt.Sprintf("Number%03d", all-2) || names[all/2] != fmt.Sprintf("Number%03d", all-1) || names[all-1] != "Number001" {
		t.Errorf("%d: %v", len(names), names)
	}
}

func TestNewsComeWithoutReloading(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{Ref: "r1", Patient: oceantest.Patient{Family: "Canary"}})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	received, sent := v.get("/referrals?direction=received").poll(t), v.get("/referrals?direction=sent").poll(t)
	v.get(received, htmxHeader, "true").wants(t, 204)
	s.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Canary"}, Specialty: "Canary"})
	s.changes("r1", "Canary", "accepted")
	a := v.get(received, htmxHeader, "true").wants(t, 200).shows(t, "1 new referral, 1 changed", `href="/referrals?direction=received"`).hides(t, "Canary", "<html", "<tr")
	if body := v.get(a.poll(t), htmxHeader, "true").wants(t, 204).body; body != "" { // said already
		t.Error(body)
	}
	v.get(sent, htmxHeader, "true").wants(t, 204)
	s.receive(oceantest.Message{})
	v.get(a.poll(t), htmxHeader, "true").wants(t, 200).shows(t, "2 new referrals, 1 changed")
	for _, since := range []string{"", "x", "1", "-1.1", "canary.canary"} {
		v.get("/referrals/news?since="+since).wants(t, 204)
	}
	if strings.Contains(v.get("/referrals?before=0.2").body, "/referrals/news") || strings.Contains(v.post("/referrals/search", "q", "canary").body, "/referrals/news") {
		t.Error("an older page or an answer to a search asks for news")
	}
}

func TestAnOpenListKeepsNoSessionAlive(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{})
	v := s.person("ada@clinic.example", store.ViewReferrals)
	poll := v.get("/referrals").poll(t)
	for range 16 {
		s.clock.Turn(time.Minute)
		v.get(poll, htmxHeader, "true")
	}
	if a := v.get(poll, htmxHeader, "true").wants(t, 401); a.Header().Get("HX-Redirect") != "/login" {
		t.Error("the list of somebody who went away stays on the screen")
	}
	v.get("/referrals").leadsTo(t, "/login")
}

func TestReviewedClearsOnlyWhatWasSeen(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{Ref: "r1", Patient: oceantest.Patient{Family: "Harbour"}})
	s.changes("r1", "Harbour", "accepted")
	r := s.found("Harbour")
	path := "/referrals/" + r.ID
	v, reader := s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals), s.person("bo@clinic.example", store.ViewReferrals)
	reader.get(path).shows(t, "Needs Review").hides(t, path+"/reviewed")
	reader.post(path+"/reviewed", "version", fmt.Sprint(r.Version)).wants(t, 403)
	v.get(path).shows(t, `action="`+path+`/reviewed"`, fmt.Sprintf(`name="version" value="%d"`, r.Version))
	s.changes("r1", "Harbour", "completed")
	for _, version := range []string{fmt.Sprint(r.Version), "", "x"} {
		v.post(path+"/reviewed", "version", version).wants(t, 409).shows(t, `role="alert"`, `action="`+path+`/reviewed"`)
	}
	if !s.found("Harbour").NeedsReview {
		t.Error("what came meanwhile counts as reviewed")
	}
	v.post(path+"/reviewed", "version", fmt.Sprint(s.found("Harbour").Version)).leadsTo(t, path)
	v.get(path).hides(t, path+"/reviewed")
	v.post(path+"/reviewed", "version", "1").leadsTo(t, path) // somebody was faster
	v.post("/referrals/01890000-0000-7000-8000-000000000000/reviewed", "version", "1").wants(t, 404)
}

func TestTheClinicsSettings(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.SystemSettings)
	v.get("/settings/clinic").wants(t, 200).shows(t, `name="overdue_days"`, `value="14"`)
	for _, typed := range []string{"", "0", "91", "x", "1.5", "-3", "<canary>", "99999999999999999999"} {
		a := v.post("/settings/clinic", "overdue_days", typed).wants(t, 422).shows(t, "Enter a number of days from 1 to 90", `id="overdue_days-error"`).hides(t, "<canary>")
		if typed != "" && typed != "<canary>" {
			a.shows(t, `value="`+typed+`"`)
		}
	}
	v.post("/settings/clinic", "overdue_days", " 30 ").leadsTo(t, "/settings/clinic?saved=1")
	v.get("/settings/clinic?saved=1").shows(t, `value="30"`, "settings are saved")
	entries := s.audit()
	if e := entries[len(entries)-1]; e.Action != store.ActionClinicChanged || !strings.Contains(e.Details, `"from":"14"`) {
		t.Errorf("audited %+v", e)
	}
	s.person("cy@clinic.example", store.ViewAuditLog).get("/settings/audit").shows(t, "Days until a referral is overdue changed from 14 to 30")
}
