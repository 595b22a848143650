package views

import (
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

// staffed is a referral with people around it: one who may be chosen, two who no longer may.
func staffed(f Frame) ReferralDetail {
	all := []store.Permission{store.ViewReferrals, store.ManageReferrals}
	return ReferralDetail{Referral: store.Referral{ID: "x", Version: 7, Folder: store.FolderNew, UpdatedAt: f.Now}, CanManage: true,
		Team: Team{Errors: map[string]string{}, Everybody: []store.User{
			{ID: "ada", Name: "Ada", Email: "ada@clinic.example", Effective: all}, {ID: "bo", Name: "Bo", Email: "bo@clinic.example", Effective: all, Disabled: true},
			{ID: "cy", Name: "Cy", Email: "cy@clinic.example"}, {ID: "dee", Name: "Dee", Email: "dee@clinic.example", Effective: all},
			{ID: "dee2", Name: "Dee", Email: "dee2@clinic.example", Effective: all}}}}
}

// teamPages are those of working together, filled with hostile text.
func teamPages(t *testing.T, f Frame) map[string]string {
	d := staffed(f)
	d.Referral = hostileReferral(f.Now)
	d.Referral.Assignee, d.Referral.ReviewBy, d.Referral.NeedsReview = hostile, hostile, true
	line := AuditLine{AuditEntry: store.AuditEntry{At: f.Now, Actor: hostile, ActorName: hostile, Address: hostile, Object: "x",
		Action: store.ActionAssigned, Details: `{"to":"<script>","patient":"AA=="}`}, Who: hostile}
	d.Team = Team{Everybody: []store.User{{ID: hostile, Name: hostile, Email: hostile}}, Assignee: hostile, Reviewer: hostile, Remark: hostile,
		Errors: map[string]string{"assignee": hostile, "person": hostile, "text": hostile}, Stale: &Change{Line: &line, Field: "person"}, Log: true,
		Remarks: []store.Remark{{ID: "n", At: f.Now, ByID: hostile, By: hostile, Text: hostile}}}
	return map[string]string{
		"team":   render(t, ReferralPage(f, d)),
		"opened": render(t, Opened(f, OpenedPage{ID: "x", Here: true, Patient: &store.Name{Family: "Patientname", Given: []string{hostile}}, Lines: []AuditLine{line}, Older: "/x"})),
	}
}

func TestTeamOffersWhoMayOpenReferrals(t *testing.T) {
	for _, f := range inBoth(t) {
		f.Person = &store.User{ID: "ada", Name: "Ada", Effective: []store.Permission{store.ViewReferrals}}
		w, d := f.Text.Team, staffed(f)
		wants(t, render(t, teamCard(f, d)), `value="ada"`, `value="dee"`, "Dee (dee2@clinic.example)", `value="7"`, w.AssignMe, "-value=\"bo\"", "-value=\"cy\"", "-"+w.OpenedLink, "-"+w.ReviewAsked)
		d.Referral.Assignee, d.Team.Assignee = "bo", "bo"
		d.Referral.ReviewBy, d.Referral.NeedsReview, d.Team.Log = "cy", true, true
		wants(t, render(t, teamCard(f, d)), `value="bo" selected`, w.Disabled("Bo"), w.CannotOpen("Cy"), `href="/referrals/x/opened"`, w.ReviewAsked, "-"+w.NowNobody)
		d.Team.Assignee = "dee" // chosen in vain
		wants(t, render(t, teamCard(f, d)), `value="dee" selected`, w.NowWith(w.Disabled("Bo")), `aria-describedby="assignee-theirs"`)
		d.Referral.Assignee, d.CanManage = "ada", false
		wants(t, render(t, teamCard(f, d)), ">Ada<", "-<form", "-<select")
		d.CanManage = true
		wants(t, render(t, teamCard(f, d)), "-"+w.AssignMe)
	}
}

func TestNotesNeverLookLikeMessages(t *testing.T) {
	for _, f := range inBoth(t) {
		d := staffed(f)
		d.Team.Remarks = []store.Remark{{ID: "1", At: f.Now, ByID: "user:bo", By: "bo@clinic.example", Text: "one\ntwo <b>"}, {ID: "2", At: f.Now, ByID: "cli:root", Text: "three"}}
		html := render(t, remarksCard(f, d))
		wants(t, html, `class="card own"`, "one\ntwo &lt;b&gt;", f.Text.Team.Disabled("Bo"), f.Text.Audit.CommandLine("root"), `action="/referrals/x/notes"`, `name="text"`)
		if n := strings.Count(html, f.Text.Team.NotesOnly); n != 2 {
			t.Errorf("said %d times that they stay here", n)
		}
		d.Team.Remark, d.Team.Errors["text"], d.CanManage = "typed <i>", "E-TEXT", true
		wants(t, render(t, remarksCard(f, d)), ">typed &lt;i&gt;</textarea>", "E-TEXT", `aria-invalid="true"`, `aria-describedby="note-only note-error"`)
		d.CanManage = false
		wants(t, render(t, remarksCard(f, d)), "one", "-<form")
	}
}

func TestStaleSaysWhatCameBetween(t *testing.T) {
	for _, f := range inBoth(t) {
		d := staffed(f)
		wants(t, render(t, staleNotice(f, d)), "-role")
		d.Team.Stale = &Change{Field: "assignee"}
		wants(t, render(t, staleNotice(f, d)), `role="alert"`, f.Text.Team.StaleText, f.Text.Team.StaleOcean)
		d.Team.Stale.Line = &AuditLine{AuditEntry: store.AuditEntry{At: f.Now.Add(-time.Hour), Action: store.ActionAssigned, Details: `{"from":"","to":"bo"}`},
			Who: "Ada (ada@clinic.example)", Names: map[string]string{"bo": "Bo"}}
		wants(t, render(t, staleNotice(f, d)), f.Text.Team.SaidAssigned("Bo"), "Ada (ada@clinic.example)", "-"+f.Text.Team.StaleOcean)
		d.Team.Stale = &Change{}
		wants(t, render(t, staleNotice(f, d)), f.Text.Team.StaleAgain, "-"+f.Text.Team.StaleText)
	}
}

func TestChangedIsToldWithoutMovingAnything(t *testing.T) {
	for _, f := range inBoth(t) {
		wants(t, render(t, changeWatch(f, staffed(f))), `hx-get="/referrals/x/changed?version=7&amp;notes=0"`, `hx-trigger="every 20s"`, `aria-live="polite"`)
		wants(t, render(t, ReferralChanged(f, "x")), f.Text.Team.Changed, `href="/referrals/x"`, "-hx-")
	}
}

func TestOpenedShowsThePatientOnlyToWhoMayKnow(t *testing.T) {
	for _, f := range inBoth(t) {
		f.Person = &store.User{ID: "ada", Name: "Ada"}
		line := AuditLine{AuditEntry: store.AuditEntry{At: f.Now, Action: store.ActionDocumentOpened, Object: "x", Address: "192.0.2.1", Details: `{"download":true,"patient":"AA=="}`}, Who: "Ada"}
		wants(t, render(t, Opened(f, OpenedPage{ID: "x"})), f.Text.Team.OpenedEmpty, "-href=\"/referrals/x\"")
		wants(t, render(t, Opened(f, OpenedPage{ID: "x", Here: true, Patient: &store.Name{Family: "Canary"}, Lines: []AuditLine{line}, Older: "/referrals/x/opened?before=1"})),
			"Canary", f.Text.Team.SaidDownloaded, "192.0.2.1", `href="/referrals/x"`, `href="/referrals/x/opened?before=1"`)
		wants(t, render(t, auditAbout(f, line)), f.Text.Team.Sealed, `href="/referrals/x/opened"`)
		line.Sealed = &store.Sealed{Patients: []store.Identity{{Name: store.Name{Family: "Canary"}, BirthDate: "1931-07-09", NumberEnds: "3217"}}}
		wants(t, render(t, auditAbout(f, line)), "Canary", "1931-07-09", f.Text.Team.NumberEnds("3217"), "-"+f.Text.Team.Sealed)
		search := AuditLine{AuditEntry: store.AuditEntry{Action: store.ActionSearched, Details: `{"query":"AA=="}`}}
		wants(t, render(t, auditAbout(f, search)), f.Text.Team.Sealed, "-href")
	}
}

func TestAuditTellsOfTeams(t *testing.T) {
	names := map[string]string{"bo": "Bo"}
	for _, c := range []struct {
		action  store.Action
		details string
		want    string
	}{
		{store.ActionReferralOpened, `{"patient":"AA=="}`, "Opened a referral"},
		{store.ActionDocumentOpened, `{"document":"a","download":true}`, "Downloaded a document of a referral"},
		{store.ActionAssigned, `{"from":"","to":"bo"}`, "Assigned a referral to Bo"},
		{store.ActionAssigned, `{"from":"bo","to":""}`, "Assigned a referral to nobody"},
		{store.ActionReviewAsked, `{"person":"gone"}`, "Asked gone to review a referral"},
		{store.ActionNoted, `{"note":"n"}`, "Added an internal note to a referral"},
		{store.ActionSearched, `{"terms":["birth_date","name"],"found":1}`, "Searched for a referral by birth date and name: 1 found"},
		{store.ActionSearched, "not JSON", "Referrals searched"},
	} {
		line := AuditLine{AuditEntry: store.AuditEntry{Action: c.action, Details: c.details, Object: "x"}, Names: names}
		if got := strings.Join(auditSentences(&English, nil, line), "|"); got != c.want {
			t.Errorf("%s %s: %s", c.action, c.details, got)
		}
	}
}
