package oceantest_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
)

func newRequest(t *testing.T, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	return req
}

// Each button is pressed on the page, and makes Ocean say what it should.
func TestButtons(t *testing.T) {
	for action, c := range map[oceantest.Action]struct {
		event, state string
		check        func(update) bool
	}{
		oceantest.ActNew:      {"add-service-request", "New", func(u update) bool { return u.documents > 0 }},
		oceantest.ActEConsult: {"add-service-request", "New", func(u update) bool { return u.code == "process-request-consult" }},
		oceantest.ActSentCopy: {"add-service-request", "Awaiting Response", func(u update) bool { return u.site == "98765" }},
		oceantest.ActUpdate:   {"notify-update-service-request", "New", func(u update) bool { return u.documents == 4 }},
		oceantest.ActCancel:   {"revoke-service-request", "Cancelled", func(u update) bool { return u.revoked }},
		oceantest.ActMessage:  {"send-communication-from-requester", "New", func(u update) bool { return u.said == 1 }},
		oceantest.ActBook:     {"notify-update-service-request", "Booked Unconfirmed", func(u update) bool { return u.appointment }},
		oceantest.ActConfirm:  {"notify-update-service-request", "Booked Confirmed", func(u update) bool { return u.appointment }},
		oceantest.ActForward:  {"notify-update-service-request", "Forwarded", func(u update) bool { return u.site == "98765" }},
		oceantest.ActLate:     {"notify-update-service-request", "New", func(u update) bool { return true }},
	} {
		t.Run(string(action), func(t *testing.T) {
			w := newWorld(t)
			first := w.do(oceantest.ActNew)
			sent := w.clinic.last(t).sent
			a := w.press("/act/"+string(action), "ref", first.Ref, "lang", "fr").wants(t, 303)
			if got := a.header.Get("Location"); got != "/?lang=fr#referrals" {
				t.Errorf("Location %q", got)
			}
			got := w.clinic.last(t)
			if got.event != c.event || !c.check(got) || !got.test || got.problems > 0 {
				t.Errorf("%+v", got)
			}
			if older := got.sent.Before(sent); older != (action == oceantest.ActLate) || got.sent.Equal(sent) {
				t.Errorf("sent at %v, the one before at %v", got.sent, sent)
			}
			all := w.Referrals()
			if s := all[len(all)-1].State; s != c.state {
				t.Errorf("state %q, want %q", s, c.state)
			}
		})
	}
}

func TestEverythingAccumulates(t *testing.T) {
	w := newWorld(t)
	w.do(oceantest.ActNew)
	for _, a := range []oceantest.Action{oceantest.ActMessage, oceantest.ActBook, oceantest.ActUpdate, oceantest.ActMessage, oceantest.ActForward} {
		w.do(a)
	}
	if got := w.clinic.last(t); got.said != 2 || !got.appointment || got.status != "accepted" || got.documents != 4 || got.problems > 0 {
		t.Errorf("%+v", got)
	}
	if _, err := w.Do(t.Context(), oceantest.ActForward, ""); !errors.Is(err, oceantest.ErrElsewhere) {
		t.Errorf("forwarded twice: %v", err)
	}
}

func TestDuplicate(t *testing.T) {
	w := newWorld(t)
	w.do(oceantest.ActNew)
	w.do(oceantest.ActUpdate)
	w.press("/act/duplicate").wants(t, 303)
	got, d := w.clinic.received(), w.Deliveries()
	if len(got) != 3 || string(got[2]) != string(got[1]) || d[2].MessageID != d[1].MessageID {
		t.Errorf("%d messages", len(got))
	}
}

func TestBurst(t *testing.T) {
	w := newWorld(t)
	w.press("/act/burst").wants(t, 303)
	ids := map[string]bool{}
	for _, body := range w.clinic.received() {
		m, err := ocean.Parse(body)
		if err != nil || len(m.Problems) > 0 || !m.Test || !m.Updates[0].Patient.HealthNumber.Valid {
			t.Fatalf("%v %v", err, m.Problems)
		}
		ids[m.HeaderID+m.Updates[0].Ref] = true
	}
	if len(ids) != 200 || len(w.Referrals()) != 200 {
		t.Errorf("%d messages", len(ids))
	}
}

// The hostile referral must arrive, and must bring nobody to call a stranger.
func TestHostile(t *testing.T) {
	strangers := newClinic(t)
	w := newWorld(t, func(o *oceantest.Options) { o.Elsewhere = strangers.URL })
	w.press("/act/hostile").wants(t, 303)
	got := w.clinic.received()
	m, err := ocean.Parse(got[0])
	if err != nil || !m.Test {
		t.Fatal(err)
	}
	if len(got[0]) > 25<<20 || strings.Count(string(got[0]), `"DocumentReference"`) != 10_000 {
		t.Errorf("%d bytes", len(got[0]))
	}
	page := string(w.ask("GET", "/", "").wants(t, 200).body)
	if strings.Contains(page, "<script") || strings.Contains(page, "<img") {
		t.Error("the page runs what the referral says")
	}
	if n := len(strangers.received()); n > 0 {
		t.Errorf("%d calls to strangers", n)
	}
}

func TestDoRefuses(t *testing.T) {
	w := newWorld(t)
	for action, want := range map[oceantest.Action]error{oceantest.ActUpdate: oceantest.ErrNoReferral, oceantest.ActDuplicate: oceantest.ErrNoReferral, "dance": oceantest.ErrUnknownAction} {
		if _, err := w.Do(t.Context(), action, ""); !errors.Is(err, want) {
			t.Errorf("%s: %v", action, err)
		}
	}
	w.press("/act/dance").wants(t, 404)
	if got := w.press("/act/update").wants(t, 303).header.Get("Location"); got != "/?notice=no_referral#referrals" {
		t.Errorf("Location %q", got)
	}
}
