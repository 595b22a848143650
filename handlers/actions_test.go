package handlers

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// worker is somebody at work on one referral.
type worker struct {
	*visitor
	id string
}

// worker signs somebody in who may manage referrals; the site has received the message alone.
func (s *site) worker(m oceantest.Message) *worker {
	s.t.Helper()
	s.siteNumber()
	s.receive(m)
	rows, _, err := s.store.Referrals(s.t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	return &worker{s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals), rows[0].ID}
}

func (w *worker) at(path string) string { return "/referrals/" + w.id + path }

func (w *worker) referral() *store.Referral {
	w.t.Helper()
	r, err := w.store.Referral(w.t.Context(), w.id)
	w.must(err)
	return r
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// seen is the version that a form carries.
func (a answer) seen(t testing.TB) string {
	t.Helper()
	m := versionField.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("there is no form: %.3000s", a.body)
	}
	return m[1]
}

// act opens an action's form and posts it with what is typed.
func (w *worker) act(act string, typed ...string) answer {
	w.t.Helper()
	page := w.get(w.at("/"+act)).wants(w.t, 200)
	return w.post(w.at("/"+act), append(typed, "version", page.seen(w.t))...)
}

// told is the newest update, and what [ocean.Parse] reads in its message. All before it are sent.
func (w *worker) told() (store.Sent, store.Update) {
	w.t.Helper()
	for {
		due, err := w.store.DueOutbox(w.t.Context(), 10)
		w.must(err)
		if len(due) != 1 {
			w.t.Fatalf("%d updates are due", len(due))
		}
		box := w.referral().Outbox
		if newest := box[len(box)-1]; newest.ID == due[0].ID {
			m, err := ocean.Parse(due[0].Bundle)
			w.must(err)
			if m.HeaderID != newest.ID || len(m.Updates) != 1 || !bytes.Contains(m.Raw, []byte(baseURL+bundlesPath)) {
				w.t.Fatalf("the message of update %s: %+v", newest.ID, m)
			}
			return newest, m.Updates[0]
		}
		w.must(w.store.OutboxSent(w.t.Context(), due[0].ID))
	}
}

func (w *worker) stands(folder store.Folder, updates int) *store.Referral {
	w.t.Helper()
	r := w.referral()
	if r.Folder != folder || len(r.Outbox) != updates {
		w.t.Fatalf("it stands in %s with %d updates; want %s and %d", r.Folder, len(r.Outbox), folder, updates)
	}
	return r
}

func TestWhatIsDecidedReachesTheOutbox(t *testing.T) {
	w := newSite(t).worker(oceantest.Message{Task: &oceantest.Task{Status: "requested", Code: "process-request-consult"}})
	step := func(folder store.Folder, act string, typed ...string) store.Update {
		t.Helper()
		before := len(w.referral().Outbox)
		w.act(act, typed...).leadsTo(t, w.at(""))
		w.stands(folder, before+1)
		o, u := w.told()
		if o.State != store.OutWaiting || o.By == "" {
			t.Errorf("%+v", o)
		}
		return u
	}
	task := func(u store.Update, status, reason string) {
		t.Helper()
		if u.Task == nil || u.Task.Status != status || u.Task.Reason != reason || u.Task.Code != "process-request-consult" {
			t.Errorf("told: %+v", u.Task)
		}
	}
	booked := func(u store.Update, start time.Time, minutes int, confirmed bool) {
		t.Helper()
		a := u.Appointment
		if a == nil || !a.Start.Equal(start) || a.Confirmed != confirmed || minutes > 0 && a.End.Sub(a.Start) != time.Duration(minutes)*time.Minute {
			t.Errorf("told: %+v", a)
		}
	}
	at := time.Date(2026, 6, 5, 10, 30, 0, 0, time.UTC)
	task(step(store.FolderDeclined, "decline", "reason", "  Not our\r\nregion "), "rejected", "Not our\nregion")
	task(step(store.FolderPendingBooking, "reopen", "note", "After all"), "accepted", "After all")
	u := step(store.FolderBookedUnconfirmed, "book", "date", "2026-06-05", "time", "10:30", "minutes", "45", "type", "First visit", "instruction", "Bring <b>all</b>")
	booked(u, at, 45, false)
	if u.Appointment.Type != "First visit" || u.Appointment.Instruction != "Bring <b>all</b>" {
		t.Errorf("told: %+v", u.Appointment)
	}
	booked(step(store.FolderBookedConfirmed, "confirm"), at, 45, true)
	booked(step(store.FolderBookedConfirmed, "book", "date", "2026-06-08", "time", "9:00", "confirmed", "1"), at.Add(70*time.Hour+30*time.Minute), 30, true)
	booked(step(store.FolderPendingBooking, "unbook"), time.Time{}, 0, false)
	u = step(store.FolderAwaitingReply, "message", "text", "Which knee?")
	if len(u.Communications) != 1 || u.Communications[0].Text != "Which knee?" || !u.Communications[0].FromReceiver {
		t.Errorf("told: %+v", u.Communications)
	}
	task(step(store.FolderCompleted, "complete"), "completed", "")
	entries := w.audit()
	for i, want := range []string{`"status":"completed"`, `"kind":"message"`, `"booked":false`, `"booked":true`} {
		e := entries[len(entries)-1-i]
		if e.Action != store.ActionReferralTold || e.Object != w.id || !strings.Contains(e.Details, want) || strings.Contains(e.Details, "knee") {
			t.Errorf("audited: %+v", e)
		}
	}
}

func TestAcceptingKeepsTheNote(t *testing.T) {
	w := newSite(t).worker(oceantest.Message{})
	w.act("accept", "note", "First free date").leadsTo(t, w.at(""))
	w.stands(store.FolderPendingBooking, 1)
	if _, u := w.told(); u.Task.Status != "accepted" || u.Task.Reason != "First free date" || u.Task.Code != "process-request" {
		t.Errorf("told: %+v", u.Task)
	}
}

func TestSomebodyElseWasFaster(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{Ref: "r"})
	version := w.get(w.at("/decline")).seen(t)
	w.act("book", "date", "2026-06-05", "time", "10:30")
	a := w.post(w.at("/decline"), "version", version, "reason", "Typed in vain").wants(t, 409).
		shows(t, "The referral changed meanwhile", "Typed in vain", "Booked Unconfirmed", "booked 2026-06-05 10:30")
	w.stands(store.FolderBookedUnconfirmed, 1)
	w.post(w.at("/decline"), "version", a.seen(t), "reason", "Typed in vain").leadsTo(t, w.at(""))
	w.stands(store.FolderDeclined, 2)

	version = w.get(w.at("/reopen")).seen(t)
	for _, o := range w.referral().Outbox {
		s.must(s.store.OutboxSent(t.Context(), o.ID))
	}
	s.clock.Turn(time.Minute)
	s.receive(oceantest.Message{Ref: "r", Event: "revoke-service-request", Status: "revoked", SentAt: s.clock.Now()})
	w.post(w.at("/reopen"), "version", version).wants(t, 409).shows(t, "The sender cancelled it").hides(t, `name="version"`)
	w.post(w.at("/decline"), "reason", "No version at all").wants(t, 409)
	if n := len(w.referral().Outbox); n != 2 {
		t.Errorf("%d updates", n)
	}
}

func TestPressingTwiceTellsOnce(t *testing.T) {
	for act, typed := range map[string][]string{
		"accept":  {"note", "Soon"},
		"decline": {"reason", "Not our region"},
		"book":    {"date", "2026-06-05", "time", "10:30", "minutes", "20"},
		"message": {"text", "Which knee?"},
	} {
		w := newSite(t).worker(oceantest.Message{})
		form := append(typed, "version", w.get(w.at("/"+act)).seen(t))
		w.post(w.at("/"+act), form...).leadsTo(t, w.at(""))
		w.post(w.at("/"+act), form...).wants(t, 409).shows(t, "It was sent already", "Nothing was sent twice").hides(t, "changed meanwhile", `name="version"`)
		if n := len(w.referral().Outbox); n != 1 {
			t.Errorf("%s: %d updates", act, n)
		}
	}
}
