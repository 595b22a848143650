package ocean_test

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// updateID returns the MessageHeader.id of a message on the wire.
func updateID(t *testing.T, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "" // broken off
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	var b struct {
		Entry []struct{ Resource struct{ ID string } }
	}
	if err := json.Unmarshal(body, &b); err != nil {
		t.Error(err)
	}
	return b.Entry[0].Resource.ID
}

// killer cuts the wire at one step of a call, and kills the sender there.
func (o *office) killer(step int, kill func()) {
	o.setCut(func(w http.ResponseWriter, r *http.Request) bool {
		token := strings.HasSuffix(r.URL.Path, "/token")
		if token && step > 1 {
			return false
		}
		id := ""
		if !token {
			id = updateID(o.t, r)
		}
		if step <= 2 { // Ocean never gets it: the call for a token, in the first two, or the update
			kill()
			panic(http.ErrAbortHandler)
		}
		o.mu.Lock()
		if id != "" && !slices.Contains(o.arrived, id) {
			o.arrived = append(o.arrived, id)
		}
		o.mu.Unlock()
		answer := httptest.NewRecorder()
		o.ocean.ServeHTTP(answer, r)
		switch step {
		case 3: // Ocean has it, and the answer never comes
			kill()
			panic(http.ErrAbortHandler)
		case 4: // half of it does
			w.Header().Set("Content-Length", "5000")
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
			w.(http.Flusher).Flush()
			kill()
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
		if step == 5 { // the answer is on its way
			kill()
		}
		return true
	})
}

// lostAnswer does what a process does that is killed between Ocean's answer and noting it.
func (o *office) lostAnswer() {
	o.t.Helper()
	due, err := o.DueOutbox(context.Background(), 1)
	o.must(err)
	client := ocean.NewClient(o.access(), true)
	defer client.Close()
	for _, w := range due {
		o.must(client.Send(context.Background(), w.Bundle))
	}
}

// TestASenderThatIsKilledLosesAndRepeatsNothing kills senders at every step from the token to the
// note that Ocean has an update, in any order, with echoes in between.
func TestASenderThatIsKilledLosesAndRepeatsNothing(t *testing.T) {
	o := newOffice(t)
	r := rand.New(rand.NewPCG(7, 7))
	var refs, all []string
	byRef := map[string][]string{}
	for range 6 {
		refs = append(refs, o.referred(oceantest.ActNew).Ref)
	}
	for _, say := range []ocean.Say{accepted, booked, written, removed} {
		for _, ref := range refs {
			id := o.tell(ref, say)
			all, byRef[ref] = append(all, id), append(byRef[ref], id)
		}
	}
	for round := range 60 {
		o.restart()
		ctx, kill := context.WithCancel(context.Background())
		switch step := round % 9; step {
		case 6: // anywhere
			o.killer(9, nil)
			time.AfterFunc(time.Duration(r.Int64N(int64(5*time.Millisecond))), kill)
		case 7:
			o.killer(9, nil)
			o.lostAnswer()
			kill()
		case 8:
			o.echo()
			kill()
		default:
			o.killer(step, kill)
		}
		_, _ = o.sender.Step(ctx)
		kill()
		if round%5 == 4 {
			o.turn(time.Second)
		}
	}
	o.killer(9, nil)
	o.restart()
	o.pass(time.Hour)
	o.applied(all...)
	o.echo()
	for _, ref := range refs {
		got := o.states(ref, store.OutConfirmed, store.OutConfirmed, store.OutConfirmed, store.OutConfirmed)
		if got.NeedsReview || got.Folder != store.FolderPendingBooking && got.Folder != store.FolderAwaitingReply || got.Folder != got.OceanFolder {
			t.Errorf("%s, by Ocean's word %s, needs review: %v", got.Folder, got.OceanFolder, got.NeedsReview)
		}
		var order []string
		for _, id := range o.arrived {
			if slices.Contains(byRef[ref], id) {
				order = append(order, id)
			}
		}
		equal(t, "order", order, byRef[ref])
	}
	if st, err := o.Status(context.Background()); err != nil || st.OutboxPending != 0 || st.OutboxFailed != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	if n := len(o.ocean.Deliveries()); n != len(refs)+len(all) {
		t.Errorf("%d messages of Ocean's, want the %d referrals and one echo for each of %d updates", n, len(refs), len(all))
	}
	for _, s := range o.ocean.Referrals() {
		if len(s.Communications) != 1 {
			t.Errorf("the referrer has %d messages", len(s.Communications))
		}
	}
}
