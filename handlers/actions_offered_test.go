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

// buttons are the actions that a page leads to.
func (w *worker) buttons() (acts []string) {
	w.t.Helper()
	page := w.get(w.at("")).wants(w.t, 200)
	for _, m := range regexp.MustCompile(`href="/referrals/[^/"]+/([a-z]+)"`).FindAllStringSubmatch(page.body, -1) {
		if _, ok := map[string]bool{"accept": true, "decline": true, "book": true, "confirm": true, "unbook": true, "message": true, "complete": true, "reopen": true}[m[1]]; ok {
			acts = append(acts, m[1])
		}
	}
	return acts
}

func TestEachFolderHasItsButtons(t *testing.T) {
	start := time.Date(2026, 7, 1, 14, 30, 0, 0, time.UTC)
	asked := []oceantest.Communication{{Text: "Which knee?", FromReceiver: true}}
	for name, c := range map[string]struct {
		m    oceantest.Message
		want string
	}{
		"new":              {oceantest.Message{}, "accept decline book message"},
		"pending":          {oceantest.Message{Task: &oceantest.Task{Status: "accepted"}}, "book message decline complete"},
		"unconfirmed":      {oceantest.Message{Appointment: &oceantest.Appointment{Start: start}}, "confirm book unbook message complete decline"},
		"confirmed":        {oceantest.Message{Appointment: &oceantest.Appointment{Start: start, Confirmed: true}}, "complete book unbook message"},
		"asked":            {oceantest.Message{Communications: asked}, "accept decline book message"},
		"accepted, asked":  {oceantest.Message{Task: &oceantest.Task{Status: "accepted"}, Communications: asked}, "book message decline complete"},
		"eConsult":         {oceantest.Message{Task: &oceantest.Task{Status: "requested", Code: "process-request-consult"}}, "accept decline message book"},
		"eConsult, taken":  {oceantest.Message{Task: &oceantest.Task{Status: "accepted", Code: "process-request-consult"}}, "message decline complete book"},
		"declined":         {oceantest.Message{Task: &oceantest.Task{Status: "rejected"}}, "reopen message"},
		"completed":        {oceantest.Message{Task: &oceantest.Task{Status: "completed"}}, "reopen message"},
		"receiver unnamed": {oceantest.Message{SiteNumber: oceantest.None}, "accept decline book message"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newSite(t).worker(c.m)
			if got := strings.Join(w.buttons(), " "); got != c.want {
				t.Errorf("%s: buttons %q, want %q", w.referral().Folder, got, c.want)
			}
			for act := range strings.FieldsSeq(c.want) {
				w.get(w.at("/"+act)).wants(t, 200).shows(t, "<button", "Example, Ada", hearsOf(act))
			}
			for _, act := range []string{"accept", "confirm", "reopen"} {
				if !strings.Contains(" "+c.want+" ", " "+act+" ") {
					w.get(w.at("/"+act)).wants(t, 409).shows(t, "This cannot be done now", "That is not done in the folder")
					w.post(w.at("/"+act), "version", fmt.Sprint(w.referral().Version)).wants(t, 409).hides(t, `name="version"`)
				}
			}
			if n := len(w.referral().Outbox); n != 0 {
				t.Errorf("%d updates", n)
			}
		})
	}
}

// hearsOf is what an action's page says of who is emailed.
func hearsOf(act string) string {
	return map[string]string{"accept": "normally emails nobody", "complete": "normally emails nobody", "reopen": "normally emails nobody",
		"message": "All stakeholders", "confirm": "may email as for a booking", "unbook": "may email as for a booking"}[act]
}

func TestWhatIsNotOursHasNoButtons(t *testing.T) {
	for name, c := range map[string]struct {
		messages []oceantest.Message
		why      string
	}{
		"sent":      {[]oceantest.Message{{SiteNumber: "9999"}}, "only the receiver decides"},
		"forwarded": {[]oceantest.Message{{Ref: "r"}, {Ref: "r", SiteNumber: "9999", SentAt: storetest.NewClock().Now(), Event: "notify-update-service-request"}}, "It was forwarded to another site"},
		"cancelled": {[]oceantest.Message{{Ref: "r"}, {Ref: "r", SentAt: storetest.NewClock().Now(), Event: "revoke-service-request", Status: "revoked"}}, "The sender cancelled it"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			w := s.worker(c.messages[0])
			for _, m := range c.messages[1:] {
				s.receive(m)
			}
			w.wantsNothingToDo(c.why)
		})
	}
}

func TestWithoutASiteNumberNobodyDecides(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{})
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	w := &worker{s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals), rows[0].ID}
	w.wantsNothingToDo("Without the Site Number nobody can tell")
	w.get(w.at("")).shows(t, "Ask somebody who has the permission Referral Settings to enter it.")
	w.siteNumber()
	w.act("accept").leadsTo(t, w.at(""))
}

// wantsNothingToDo checks that no action is offered or done, and that the reason is said.
func (w *worker) wantsNothingToDo(why string) {
	w.t.Helper()
	if got := w.buttons(); len(got) > 0 {
		w.t.Errorf("buttons %v", got)
	}
	w.get(w.at("")).shows(w.t, why)
	w.get(w.at("/message")).wants(w.t, 409).shows(w.t, why).hides(w.t, `name="version"`)
	for _, act := range []string{"accept", "decline", "book", "confirm", "unbook", "message", "complete", "reopen"} {
		w.post(w.at("/"+act), "version", fmt.Sprint(w.referral().Version), "text", "x", "reason", "x").wants(w.t, 409).shows(w.t, why)
	}
	if n := len(w.referral().Outbox); n != 0 {
		w.t.Errorf("%d updates", n)
	}
}

func TestWhoOnlyViewsSeesNoButtons(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{})
	w.act("decline", "reason", "Not our region")
	viewer := &worker{s.person("bo@clinic.example", store.ViewReferrals), w.id}
	if got := viewer.buttons(); len(got) > 0 {
		t.Errorf("buttons %v", got)
	}
	viewer.get(w.at("")).shows(t, "Updates to Ocean", "Declined: Not our region", "Waiting to be sent")
	viewer.post(w.at("/reopen"), "version", fmt.Sprint(w.referral().Version)).wants(t, 403)
	viewer.post(w.at("/updates/"+w.referral().Outbox[0].ID+"/drop")).wants(t, 403)
	manager := &worker{s.person("cy@clinic.example", store.ManageReferrals), w.id}
	manager.get(w.at("/reopen")).wants(t, 404).hides(t, "Ada")
	manager.post(w.at("/reopen"), "version", fmt.Sprint(w.referral().Version)).wants(t, 404)
	w.stands(store.FolderDeclined, 1)
}
