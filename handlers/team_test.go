package handlers

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// workplace is a site with a referral of a patient whose name stands nowhere else, and two who work
// on it.
type workplace struct {
	*site
	at      string // address of the referral
	ada, bo *visitor
}

func newWorkplace(t *testing.T) *workplace {
	t.Helper()
	w := &workplace{site: newSite(t)}
	w.siteNumber()
	w.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Canaryname", Given: "Élise", HealthNumber: oceantest.HealthNumber(7), BirthDate: "1931-07-09"}})
	w.ada = w.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	w.bo = w.person("bo@clinic.example", store.ViewReferrals, store.ManageReferrals)
	w.at = links(w.ada.get("/referrals"))[0]
	return w
}

var hiddenVersion = regexp.MustCompile(`name="version" value="([0-9]+)"`)

// version is what stands in every form of a referral's page.
func (a answer) version(t testing.TB) string {
	t.Helper()
	all := hiddenVersion.FindAllStringSubmatch(a.body, -1)
	if len(all) == 0 {
		t.Fatalf("no form carries a version:\n%.3000s", a.body)
	}
	for _, m := range all {
		if m[1] != all[0][1] {
			t.Errorf("versions %s and %s on one page", all[0][1], m[1])
		}
	}
	return all[0][1]
}

// chosen reports whether that value is the one selected in a page.
func (a answer) chosen(value string) bool {
	return strings.Contains(a.body, `value="`+value+`" selected`)
}

func TestAssigningAndAskingForReview(t *testing.T) {
	w := newWorkplace(t)
	page := w.ada.get(w.at).wants(t, 200).shows(t, w.text().Team.AssignMe, w.text().Team.NotesOnly)
	w.ada.post(w.at+"/assign", "assignee", w.id("bo@clinic.example"), "version", page.version(t)).leadsTo(t, w.at+"#team")
	page = w.ada.get(w.at).wants(t, 200)
	if !page.chosen(w.id("bo@clinic.example")) {
		t.Error("the page does not say who works on it")
	}
	w.bo.get(w.at).hides(t, w.text().Team.AssignMe) // it is his
	w.ada.post(w.at+"/ask-review", "person", w.id("ada@clinic.example"), "version", page.version(t)).leadsTo(t, w.at+"#team")
	page = w.ada.get(w.at).shows(t, w.text().Team.ReviewAsked)
	w.ada.post(w.at+"/ask-review", "person", "", "version", page.version(t)).wants(t, 422).shows(t, w.text().Team.ReviewMissing)
	w.ada.post(w.at+"/assign", "assignee", "nobody-known", "version", page.version(t)).wants(t, 422).shows(t, w.text().Team.PersonWrong)
	w.ada.post(w.at+"/assign", "assignee", "", "version", page.version(t)).leadsTo(t, w.at+"#team")
	w.ada.post("/referrals/nothing/assign", "assignee", "", "version", "1").wants(t, 404)
}

func TestTheSecondOfTwoOverwritesNothing(t *testing.T) {
	w := newWorkplace(t)
	ada, bo := w.id("ada@clinic.example"), w.id("bo@clinic.example")
	seen := w.ada.get(w.at).version(t)
	w.bo.post(w.at+"/assign", "assignee", bo, "version", seen).leadsTo(t, w.at+"#team")
	late := w.ada.post(w.at+"/assign", "assignee", ada, "version", seen).wants(t, 409)
	late.shows(t, html.EscapeString(w.text().Team.StaleTitle), "bo (bo@clinic.example)", html.EscapeString(w.text().Team.SaidAssigned("bo")), html.EscapeString(w.text().Team.NowWith("bo")))
	if !late.chosen(ada) || late.chosen(bo) {
		t.Error("what she chose is not chosen any more")
	}
	if r, err := w.store.Referral(t.Context(), strings.TrimPrefix(w.at, "/referrals/")); err != nil || r.Assignee != bo {
		t.Errorf("%v, %v", r, err)
	}
	w.ada.post(w.at+"/assign", "assignee", ada, "version", late.version(t)).leadsTo(t, w.at+"#team") // she means it
	for _, version := range []string{"", "x", "-1", seen} {
		w.bo.post(w.at+"/ask-review", "person", bo, "version", version).wants(t, 409)
	}
	w.bo.post(w.at+"/notes", "text", "a note needs no version").leadsTo(t, w.at+"#notes")
}

func TestNotesStayInTheClinic(t *testing.T) {
	w := newWorkplace(t)
	note := "Ring the daughter.\n<script>alert(1)</script> & \"quote\""
	w.ada.post(w.at+"/notes", "text", note).leadsTo(t, w.at+"#notes")
	w.clock.Turn(time.Minute)
	w.bo.post(w.at+"/notes", "text", "Done, she comes on Friday.").leadsTo(t, w.at+"#notes")
	page := w.bo.get(w.at).wants(t, 200).shows(t, html.EscapeString(note), w.text().Team.NotesOnly).hides(t, "<script>alert")
	if strings.Index(page.body, "Ring the daughter") > strings.Index(page.body, "Done, she comes") {
		t.Error("the newest does not stand last")
	}
	w.bo.post(w.at+"/notes", "text", " \r\n ").wants(t, 422).shows(t, w.text().Team.NoteMissing)
	long := strings.Repeat("界", store.MaxRemark)
	w.bo.post(w.at+"/notes", "text", long+"x").wants(t, 422).shows(t, long+"x", html.EscapeString(w.text().Team.NoteLong(store.MaxRemark)))
	w.bo.post(w.at+"/notes", "text", long).leadsTo(t, w.at+"#notes")
	w.person("looks@clinic.example", store.ViewReferrals).get(w.at).shows(t, "Ring the daughter").hides(t, `action="`+w.at+`/notes"`, `action="`+w.at+`/assign"`)
	for _, e := range w.audit() {
		if strings.Contains(e.Details, "daughter") {
			t.Errorf("the audit log repeats a note: %s", e.Details)
		}
	}
	if strings.Contains(w.log.String(), "daughter") {
		t.Error("the log repeats a note")
	}
}

func TestWhoIsDisabledKeepsWhatTheyHad(t *testing.T) {
	w := newWorkplace(t)
	bo := w.id("bo@clinic.example")
	w.ada.post(w.at+"/assign", "assignee", bo, "version", w.ada.get(w.at).version(t)).leadsTo(t, w.at+"#team")
	w.must(w.store.SetUserDisabled(t.Context(), store.CLIActor("test"), "bo@clinic.example", true))
	page := w.ada.get(w.at).shows(t, w.text().Team.Disabled("bo"))
	w.ada.post(w.at+"/assign", "assignee", bo, "version", page.version(t)).leadsTo(t, w.at+"#team")
	w.ada.post(w.at+"/assign", "assignee", "", "version", page.version(t)).leadsTo(t, w.at+"#team")
	w.ada.get(w.at).hides(t, w.text().Team.Disabled("bo"))
}

func TestAnOpenPageLearnsOfChangesAndKeepsNobodySignedIn(t *testing.T) {
	w := newWorkplace(t)
	page := w.ada.get(w.at)
	watch := html.UnescapeString(regexp.MustCompile(`hx-get="([^"]*/changed[^"]*)"`).FindStringSubmatch(page.body)[1])
	if a := w.ada.get(watch, htmxHeader, "true").wants(t, 204); a.body != "" {
		t.Errorf("%q", a.body)
	}
	w.bo.post(w.at+"/notes", "text", "a note").wants(t, 303)
	w.ada.get(watch, htmxHeader, "true").wants(t, 200).shows(t, w.text().Team.Changed, `href="`+w.at+`"`).hides(t, "<html", "Canaryname", "a note")
	version := w.at + "/changed?version=" + page.version(t)
	w.ada.get(version, htmxHeader, "true").wants(t, 204) // a note makes nothing stale
	w.bo.post(w.at+"/assign", "assignee", w.id("bo@clinic.example"), "version", page.version(t)).wants(t, 303)
	w.ada.get(version, htmxHeader, "true").wants(t, 200)
	w.ada.get("/referrals/nothing/changed?version=1", htmxHeader, "true").wants(t, 404)

	before := len(w.audit())
	for range 14 * 3 { // every 20 seconds for 14 minutes
		w.clock.Turn(20 * time.Second)
		w.ada.get(version, htmxHeader, "true").wants(t, 200)
	}
	w.clock.Turn(time.Minute)
	if a := w.ada.get(version, htmxHeader, "true").wants(t, 401); a.Header().Get("Hx-Redirect") != "/login" {
		t.Error("the page of a session that is over stays on the screen")
	}
	out := w.person("out@clinic.example")
	for range 3 {
		out.get(version, htmxHeader, "true").wants(t, 403)
	}
	if n := len(w.audit()) - before; n != 2 { // added, signed in
		t.Errorf("asking by itself made %d entries", n)
	}
}

func TestSeeingIsInTheLogOrDoesNotHappen(t *testing.T) {
	w := newWorkplace(t)
	opened := func() int { return len(w.audited(store.ActionReferralOpened)) }
	w.ada.get(w.at).wants(t, 200)
	w.ada.get(w.at).wants(t, 200)
	if opened() != 1 {
		t.Errorf("%d entries", opened())
	}
	w.ada.post("/referrals/search", "q", "canaryname").wants(t, 200).shows(t, "Canaryname")
	w.ada.post("/referrals/search", "q", " ").wants(t, 200)
	found := w.audited(store.ActionSearched)
	if len(found) != 1 || !strings.Contains(found[0].Details, `"found":1`) || strings.Contains(strings.ToLower(found[0].Details), "canary") {
		t.Errorf("%+v", found)
	}
	w.exec(w.sql(), `CREATE TRIGGER no_entries BEFORE INSERT ON audit_entries BEGIN SELECT raise(ABORT, 'no entries'); END`)
	w.ada.post("/referrals/search", "q", "canaryname").hides(t, "Canaryname", "1931-07-09").wants(t, 500)
	w.bo.get(w.at).hides(t, "Canaryname", "1931-07-09").wants(t, 500)
	w.bo.post(w.at+"/notes", "text", "a note").wants(t, 500)
}

func TestWhoOpenedAReferral(t *testing.T) {
	w := newWorkplace(t)
	id := strings.TrimPrefix(w.at, "/referrals/")
	w.ada.get(w.at).wants(t, 200).hides(t, w.at+"/opened")
	for range 60 {
		w.clock.Turn(5 * time.Minute)
		w.bo.get(w.at)
	}
	w.bo.post(w.at+"/notes", "text", "no sight")
	officer := w.person("officer@clinic.example", store.ViewAuditLog)
	page := officer.get(w.at+"/opened").wants(t, 200).shows(t, id, "bo (bo@clinic.example)", "192.0.2.1").hides(t, "Canaryname", w.text().Team.SaidNoted, `href="`+w.at+`"`)
	if n := strings.Count(page.body, w.text().Team.SaidOpened); n != listPage {
		t.Errorf("%d entries on a page", n)
	}
	officer.get(page.older()).wants(t, 200).shows(t, "ada (ada@clinic.example)")
	officer.get(w.at).wants(t, 403)
	both := w.person("both@clinic.example", store.ViewAuditLog, store.ViewReferrals)
	both.get(w.at+"/opened").shows(t, "Canaryname, Élise", `href="`+w.at+`"`)
	both.get(w.at).shows(t, `href="`+w.at+`/opened"`)
	w.ada = w.signIn("ada@clinic.example") // it took five hours
	w.ada.get(w.at+"/opened").wants(t, 403)
	officer.get("/referrals/01890000-0000-7000-8000-000000000000/opened").wants(t, 404)
	officer.get("/referrals/canary/opened").wants(t, 404)

	w.ada.post("/referrals/search", "q", "canaryname")
	officer.get(auditPath).wants(t, 200).shows(t, `href="`+w.at+`/opened"`, w.text().Team.Sealed).hides(t, "Canaryname", "1931-07-09", "canaryname")
	both.get(auditPath).wants(t, 200).shows(t, "Canaryname, Élise", "1931-07-09", w.text().Team.NumberEnds(oceantest.HealthNumber(7)[6:]), ">canaryname<")
	if _, err := w.store.VerifyAudit(t.Context(), ""); err != nil {
		t.Error(err)
	}
}

func TestDownloadsAreToldFromOpenings(t *testing.T) {
	s := newSimulated(t)
	address, all := s.refer(inline("Letter", "%PDF-1.4\nletter"), inline("Sound", "ID3\x04\x00\x00\x00\x00\x00\x00sound"))
	v := s.person("ada@clinic.example", store.ViewReferrals, store.ViewAuditLog)
	for i, target := range []string{all[0].ID, all[0].ID + "?download=1", all[1].ID} {
		v.get(address+"/documents/"+target).wants(t, 200)
		entries := s.audited(store.ActionDocumentOpened)
		e := entries[len(entries)-1]
		if want := `"download":` + strconv.FormatBool(i > 0); !strings.Contains(e.Details, want) || !strings.Contains(e.Details, `"type":"`) {
			t.Errorf("%s: %s", target, e.Details)
		}
		if who := s.store.OpenSealed(e).Patients; len(who) != 1 {
			t.Errorf("%s: whose is not said", target)
		}
	}
	v.get(address+"/opened").shows(t, s.text().Audit.DocumentOpened, s.text().Team.SaidDownloaded)
}
