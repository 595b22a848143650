package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"breakwater/handlers/ocean/oceantest"
)

// wire stands between a machine and its Ocean, and can cut the power at one step of a call.
type wire struct {
	ocean *simulation
	next  atomic.Pointer[powerCut] // nil lets everything through
}

// powerCut is of one run of the machine: the test goes on to the next run while the call that was cut unwinds.
type powerCut struct {
	step int
	proc *os.Process
	gone <-chan struct{}
}

// cutAt has the machine's present run end at a step.
func (w *wire) cutAt(m *machine, step int) { w.next.Store(&powerCut{step, m.proc.Process, m.gone}) }

// The steps of an update, in their order.
const (
	atToken     = iota + 1 // Ocean is asked for a token
	atArrival              // the update is there, and Ocean has not read it
	atDone                 // Ocean has done what it says, and has not answered
	atHalf                 // half of the answer is out
	atAnswer               // all of it is, and nobody here has noted it for sure
	afterAnswer            // none: nothing is cut
)

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	next := w.next.Load()
	if next == nil {
		w.ocean.ServeHTTP(rw, r)
		return
	}
	step, token, update := next.step, r.URL.Path == tokenPath, strings.HasSuffix(r.URL.Path, "/$process-messages")
	cut := func() {
		w.next.Store(nil)
		_ = next.proc.Kill()
		<-next.gone
		panic(http.ErrAbortHandler)
	}
	if token && step == atToken || update && step == atArrival {
		cut()
	}
	if !update || step < atDone || step > atAnswer {
		w.ocean.ServeHTTP(rw, r)
		return
	}
	answer := httptest.NewRecorder()
	w.ocean.ServeHTTP(answer, r)
	if step == atDone {
		cut()
	}
	body := answer.Body.Bytes()
	if step == atHalf {
		rw.Header().Set("Content-Length", fmt.Sprint(2*len(body)))
	}
	rw.WriteHeader(answer.Code)
	_, _ = rw.Write(body)
	_ = http.NewResponseController(rw).Flush()
	cut()
}

// accepts accepts the newest referral, as somebody at the front desk does, and returns its address.
func (m *machine) accepts(front *http.Client) string {
	m.t.Helper()
	_, list := m.page(front, "/referrals")
	id := regexp.MustCompile(`/referrals/[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(list)
	_, form := m.page(front, id+"/accept")
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(form)
	if version == nil {
		m.t.Fatalf("no form at %s/accept:\n%s", id, form)
	}
	front.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer func() { front.CheckRedirect = nil }()
	res, err := front.PostForm(m.url(id+"/accept"), url.Values{"version": version[1:]})
	if err != nil || res.StatusCode != 303 {
		m.t.Fatalf("accepting: %+v, %v", res, err)
	}
	res.Body.Close()
	return id
}

// TestKilledAtEveryStepOceanHearsOnce kills the server, as a power cut does, at every step between the
// commit of a decision and Ocean's answer to it. Ocean carries out each once, and says so.
func TestKilledAtEveryStepOceanHearsOnce(t *testing.T) {
	m := newMachine(t)
	t.Setenv("BREAKWATER_OCEAN_ALLOW_LOOPBACK", "1")
	w := new(wire)
	srv := httptest.NewUnstartedServer(w)
	w.ocean = &simulation{host: "http://" + srv.Listener.Addr().String()}
	w.ocean.Ocean = oceantest.New(oceantest.Options{Self: w.ocean.host, Clinic: m.url("/public/ocean/fhir_bundles")})
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(srv.CloseClientConnections)
	m.connect(w.ocean)
	m.must(password, "user", "add", "front@example.org", "--role", "front_desk", "--password-stdin")
	m.serve()
	front := m.signIn("front@example.org")
	var told []string
	for step := atToken; step <= afterAnswer; step++ {
		w.ocean.ExpireTokens()
		w.ocean.do(t, oceantest.ActNew)
		m.fetched()
		if step == atToken { // the one in hand was used for the documents
			m.kill()
			m.serve()
		}
		w.cutAt(m, step)
		told = append(told, m.accepts(front))
		if step < afterAnswer {
			<-m.gone
			m.serve()
		}
		m.until("the update sent", func() bool { return m.status()["outbox_pending"].(float64) == 0 })
		w.ocean.Deliver(context.Background()) // the echo
		if applied := w.ocean.Applied(); len(applied) != len(told) {
			t.Errorf("step %d: %d updates carried out, want %d", step, len(applied), len(told))
		}
	}
	for id, n := range w.ocean.Applied() {
		if n != 1 {
			t.Errorf("update %s was carried out %d times", id, n)
		}
	}
	for i, id := range told {
		if _, page := m.page(front, id); !strings.Contains(page, "Confirmed by Ocean") || strings.Contains(page, "Waiting to be sent") {
			t.Errorf("step %d: the referral does not say that Ocean has it", i+1)
		}
	}
	for _, r := range w.ocean.Referrals() {
		if r.State != "Pending Booking" {
			t.Errorf("in the portal %s is %s", r.Patient, r.State)
		}
	}
	if st := m.status(); st["outbox_failed"].(float64) != 0 || st["needs_attention"].(float64) != 0 {
		t.Errorf("%+v", st)
	}
	m.must("", "audit", "verify")
}
