package ocean_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// office is a clinic that answers: Ocean's messages come to it, and its updates go there by a wire
// that tests can cut.
type office struct {
	*clinic
	sender *ocean.Sender
	log    *strings.Builder

	quiet   sync.RWMutex // held by calls, which may go on when the caller is gone, while they read the clock
	mu      sync.Mutex
	cut     func(w http.ResponseWriter, r *http.Request) bool // reports whether it has answered a call itself
	deaf    bool                                              // nothing of Ocean's comes in
	arrived []string                                          // ids of updates in the order of their first arrival at Ocean
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{clinic: newClinic(t), log: new(strings.Builder)}
	route := httptest.NewServer(http.HandlerFunc(o.hear))
	wire := httptest.NewServer(http.HandlerFunc(o.carry))
	t.Cleanup(wire.Close)
	t.Cleanup(route.Close)
	o.ocean.SetIntegration(route.URL, "key")
	o.save(wire.URL, "simulated-client", "simulated-secret")
	site := "1234"
	o.must(o.SaveOceanSettings(context.Background(), storetest.Admin, store.OceanChange{SiteNumber: &site}))
	o.restart()
	return o
}

// restart makes another sender, as a new process would.
func (o *office) restart() {
	o.sender = ocean.NewSender(o.Store, true, o.clock.Now, slog.New(slog.NewTextHandler(o.log, nil)))
}

// hear is the public route.
func (o *office) hear(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	o.mu.Lock()
	deaf := o.deaf
	o.mu.Unlock()
	if err != nil || deaf {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	m, err := ocean.Parse(body)
	if err == nil {
		_, err = o.Receive(r.Context(), m)
	}
	if err != nil {
		o.t.Error(err)
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// carry is the wire to Ocean.
func (o *office) carry(w http.ResponseWriter, r *http.Request) {
	o.quiet.RLock()
	defer o.quiet.RUnlock()
	o.mu.Lock()
	cut := o.cut
	o.mu.Unlock()
	if cut == nil || !cut(w, r) {
		o.ocean.ServeHTTP(w, r)
	}
}

func (o *office) setCut(cut func(w http.ResponseWriter, r *http.Request) bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cut = cut
}

// referred has somebody referred to the clinic, and returns the referral.
func (o *office) referred(a oceantest.Action) *store.Referral {
	o.t.Helper()
	d, err := o.ocean.Do(context.Background(), a, "")
	o.must(err)
	return o.find(d.Ref)
}

// find returns a referral by Ocean's reference.
func (o *office) find(ref string) *store.Referral {
	o.t.Helper()
	rows, _, err := o.Referrals(context.Background(), store.ReferralFilter{}, 100)
	o.must(err)
	for _, row := range rows {
		r, err := o.Referral(context.Background(), row.ID)
		o.must(err)
		if r.Ref == ref {
			return r
		}
	}
	o.t.Fatalf("no referral %s", ref)
	return nil
}

// tell tells Ocean of a referral as it is now, and returns the update's id.
func (o *office) tell(ref string, say ocean.Say) string {
	o.t.Helper()
	ctx := context.Background()
	r := o.find(ref)
	raw, err := o.LatestBundle(ctx, r.ID)
	o.must(err)
	out, err := ocean.Compose(raw, r.Ref, publicURL, o.clock.Now(), say)
	o.must(err)
	o.must(o.Tell(ctx, storetest.Admin, r.ID, r.Version, out))
	return out.ID
}

// send sends what is due until nothing more is.
func (o *office) send() {
	o.t.Helper()
	for range 50 {
		done, err := o.sender.Step(context.Background())
		o.must(err)
		if done == 0 {
			return
		}
	}
	o.t.Fatal("there is no end to it")
}

// turn turns the clock on when no call is under way.
func (o *office) turn(d time.Duration) {
	o.quiet.Lock()
	defer o.quiet.Unlock()
	o.clock.Turn(d)
}

// pass lets time pass, a minute at a time, and sends what comes due.
func (o *office) pass(d time.Duration) {
	o.t.Helper()
	for ; d > 0; d -= time.Minute {
		o.turn(time.Minute)
		o.send()
	}
}

// echo has Ocean deliver what it has queued.
func (o *office) echo() { o.ocean.Deliver(context.Background()) }

// states fails the test unless a referral's updates are in these states, in their order.
func (o *office) states(ref string, want ...store.OutState) *store.Referral {
	o.t.Helper()
	r := o.find(ref)
	var got []store.OutState
	for _, s := range r.Outbox {
		got = append(got, s.State)
	}
	equal(o.t, "states", got, want)
	return r
}

// applied fails the test unless Ocean carried out these updates, each once.
func (o *office) applied(ids ...string) {
	o.t.Helper()
	want := map[string]int{}
	for _, id := range ids {
		want[id] = 1
	}
	equal(o.t, "carried out", o.ocean.Applied(), want)
}

// asked counts the calls for tokens and the updates that came to Ocean.
func (o *office) asked() (tokens, updates int) {
	for _, call := range o.ocean.Calls() {
		switch {
		case strings.HasSuffix(call.Path, "/oauth2/token"):
			tokens++
		case strings.HasSuffix(call.Path, "/$process-messages"):
			updates++
		}
	}
	return tokens, updates
}

func (o *office) access() store.OceanAccess {
	o.t.Helper()
	access, err := o.OceanAccess(context.Background())
	o.must(err)
	return access
}

// outOfReach does something while Ocean cannot reach the clinic.
func (o *office) outOfReach(do func()) {
	o.mu.Lock()
	o.deaf = true
	o.mu.Unlock()
	do()
	o.mu.Lock()
	o.deaf = false
	o.mu.Unlock()
}
