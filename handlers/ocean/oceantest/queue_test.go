package oceantest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

func TestDelivery(t *testing.T) {
	w := newWorld(t)
	w.do(oceantest.ActNew)
	d := w.Deliveries()[0]
	if d.State != oceantest.Delivered || d.Status != 200 || d.Tries != 1 || d.Event != "add-service-request" || !d.NextTry.IsZero() {
		t.Errorf("%+v", d)
	}
	h := w.clinic.heads[0]
	if h.Get("Referral-Integration-API-Key") != "the-key" || h.Get("Content-Type") != "application/fhir+json;charset=UTF-8" {
		t.Errorf("headers %v", h)
	}
	w.SetIntegration(w.clinic.URL, "another")
	w.do(oceantest.ActNew)
	if got := w.clinic.heads[1].Get("Referral-Integration-API-Key"); got != "another" {
		t.Errorf("key %q", got)
	}
}

// Ocean tries several times in the first hour, then hourly for 96 hours.
func TestRetries(t *testing.T) {
	w := newWorld(t)
	w.clinic.answers(503)
	w.do(oceantest.ActNew)
	start := w.clock.now()
	var tried []time.Duration
	for minute := 1; minute <= 98*60; minute++ {
		w.clock.forward(time.Minute)
		before := w.Deliveries()[0].Tries
		if d := w.deliveries()[0]; d.Tries > before {
			tried = append(tried, d.LastTry.Sub(start))
		}
	}
	want := []time.Duration{5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
	for hour := 1; hour <= 96; hour++ {
		want = append(want, time.Duration(hour)*time.Hour)
	}
	if len(tried) != len(want) {
		t.Fatalf("%d tries after the first, want %d", len(tried), len(want))
	}
	for i := range want {
		if tried[i] != want[i] {
			t.Errorf("try %d after %v, want %v", i+2, tried[i], want[i])
		}
	}
	if d := w.Deliveries()[0]; d.State != oceantest.Abandoned || d.Status != 503 || d.Said != "Do this." || !d.NextTry.IsZero() {
		t.Errorf("in the end %+v", d)
	}
}

func TestRetrySucceeds(t *testing.T) {
	for _, status := range []int{401, 422, 500, 302, 307} {
		w := newWorld(t)
		w.clinic.answers(status)
		w.do(oceantest.ActNew)
		if d := w.Deliveries()[0]; d.State != oceantest.Waiting || d.Status != status || d.NextTry.Sub(d.FirstTry) != 5*time.Minute {
			t.Errorf("after %d: %+v", status, d)
		}
		w.clinic.answers(201)
		if d := w.deliveries()[0]; d.Tries != 1 {
			t.Error("tried again before it was due")
		}
		w.Skip(5 * time.Minute)
		if d := w.deliveries()[0]; d.State != oceantest.Delivered || d.Tries != 2 {
			t.Errorf("after %d and a retry: %+v", status, d)
		}
		if got := len(w.clinic.received()); got != 2 {
			t.Errorf("%d calls: a redirect was followed", got)
		}
	}
}

func TestNoAnswer(t *testing.T) {
	w := newWorld(t)
	w.clinic.Close()
	w.do(oceantest.ActNew)
	if d := w.Deliveries()[0]; d.Tries != 1 || d.Status != 0 || !strings.HasPrefix(d.Said, "No answer: ") {
		t.Errorf("%+v", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.Skip(5 * time.Minute)
	if w.Deliver(ctx); w.Deliveries()[0].Tries != 1 {
		t.Error("giving up counted as a try")
	}
}

func TestRun(t *testing.T) {
	w := newWorld(t)
	w.clinic.answers(500)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx, 3600) }()
	d := w.Send(ctx, oceantest.Message{})
	for ; d.Tries < 2 && ctx.Err() == nil; d = w.Deliveries()[0] {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	<-done
	if d.Tries < 2 {
		t.Errorf("an hour each second brought %d tries", d.Tries)
	}
}

func TestSend(t *testing.T) {
	w := newWorld(t)
	d := w.Send(t.Context(), oceantest.Message{Ref: "r", HeaderID: "h", Communications: []oceantest.Communication{{ID: "c", Text: "Hello"}}})
	if d.State != oceantest.Delivered || d.MessageID != "h" || d.Ref != "r" || d.SentAt.IsZero() {
		t.Errorf("%+v", d)
	}
	if got := w.clinic.last(t); !got.test || got.problems > 0 || got.site != "1234" {
		t.Errorf("%+v", got)
	}
	w.Send(t.Context(), oceantest.Message{Ref: "r", Event: "notify-update-service-request", Task: &oceantest.Task{Status: "accepted"}})
	if r := w.Referrals(); len(r) != 1 || r[0].State != "Pending Booking" || len(r[0].Communications) != 1 {
		t.Errorf("%+v", r)
	}
}

// What the portal's set-up keeps back is told apart from what waits.
func TestUnset(t *testing.T) {
	w := newWorld(t, func(o *oceantest.Options) { o.Unset = true })
	if w.do(oceantest.ActNew); w.Deliveries()[0].State != oceantest.NotSent || len(w.Credentials()) != 0 {
		t.Errorf("%+v", w.Deliveries()[0])
	}
	w.press("/admin/integrations", "name", "CHR Integration", "url", strings.TrimPrefix(w.clinic.URL, "http://")+"/public/ocean/fhir_bundles",
		"header", "Referral-Integration-API-Key", "key", "k").wants(t, 303)
	w.do(oceantest.ActNew)
	w.do(oceantest.ActSentCopy)
	w.press("/admin/directory-listings", "external_id", "cardiology").wants(t, 303)
	w.do(oceantest.ActNew)
	d := w.deliveries()
	if d[1].State != oceantest.NotSent || d[2].State != oceantest.NotSent || d[3].State != oceantest.Waiting || d[3].Tries != 0 {
		t.Errorf("%+v", d)
	}
	w.press("/admin/features", "on", "1").wants(t, 303)
	if d := w.deliveries(); d[3].State != oceantest.Delivered || d[1].State != oceantest.NotSent {
		t.Errorf("%+v", d)
	}
	if n := w.Resend(t.Context(), nil, true); n != 4 || len(w.clinic.received()) != 1+3 {
		t.Errorf("%d sent again, %d arrived", n, len(w.clinic.received()))
	}
}
