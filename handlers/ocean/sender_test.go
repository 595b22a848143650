package ocean_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

func TestUpdatesReachOceanAndAreConfirmed(t *testing.T) {
	reopened := ocean.Say{Task: &store.Task{Status: "accepted", Reason: "Again"}}
	confirmed := ocean.Say{Appointment: &store.Appointment{Start: may7, End: may7.Add(20 * time.Minute), Confirmed: true, Type: "Visit", Instruction: "Fast."}}
	o := newOffice(t)
	ref := o.referred(oceantest.ActEConsult).Ref
	var ids []string
	var states []store.OutState
	for _, c := range []struct {
		say    ocean.Say
		folder store.Folder
		portal string
	}{
		{accepted, store.FolderPendingBooking, "Pending Booking"},
		{booked, store.FolderBookedUnconfirmed, "Booked Unconfirmed"},
		{confirmed, store.FolderBookedConfirmed, "Booked Confirmed"},
		{removed, store.FolderPendingBooking, "Pending Booking"},
		{rejected, store.FolderDeclined, "Declined"},
		{reopened, store.FolderPendingBooking, "Pending Booking"},
		{written, store.FolderAwaitingReply, "Pending Booking"},
		{ocean.Say{Task: &store.Task{Status: "completed"}}, store.FolderCompleted, "Completed"},
	} {
		o.turn(time.Minute)
		ids = append(ids, o.tell(ref, c.say))
		o.states(ref, append(states, store.OutWaiting)...)
		o.send()
		o.states(ref, append(states, store.OutSent)...)
		o.turn(time.Second)
		o.echo()
		states = append(states, store.OutConfirmed)
		r := o.states(ref, states...)
		if r.Folder != c.folder || r.OceanFolder != c.folder || r.NeedsReview {
			t.Errorf("after %+v: %s, by Ocean's word %s; needs review: %v", c.say, r.Folder, r.OceanFolder, r.NeedsReview)
		}
		o.applied(ids...)
		if s := o.ocean.Referrals()[0]; s.State != c.portal || s.TaskCode != "process-request-consult" {
			t.Errorf("in the portal: %+v, want %s", s, c.portal)
		}
	}
	if n := len(o.find(ref).Communications); n != 1 {
		t.Errorf("the message stands %d times in the conversation", n)
	}
}

func TestUpdatesComeThroughOutages(t *testing.T) {
	for name, faults := range map[string]oceantest.Faults{"outage": {Outage: true}, "tokens refused": {RefuseTokens: true}} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			ref := o.referred(oceantest.ActNew).Ref
			o.ocean.SetFaults(faults)
			first, second := o.tell(ref, accepted), o.tell(ref, booked)
			o.send()
			o.pass(2 * time.Minute)
			o.states(ref, store.OutWaiting, store.OutWaiting)
			o.restart()
			o.ocean.SetFaults(oceantest.Faults{})
			o.pass(15 * time.Minute)
			o.echo()
			o.states(ref, store.OutConfirmed, store.OutConfirmed)
			o.applied(first, second)
		})
	}
}

func TestWhatOceanAsksOfOneUpdateHoldsForAll(t *testing.T) {
	o := newOffice(t)
	var refs []string
	for range 5 {
		refs = append(refs, o.referred(oceantest.ActNew).Ref)
	}
	calls := 0
	o.setCut(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/token") {
			return false
		}
		calls++
		w.Header().Set("Retry-After", "1200")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	var ids []string
	for _, ref := range refs {
		ids = append(ids, o.tell(ref, accepted))
	}
	o.send()
	o.pass(19 * time.Minute)
	if calls != 1 {
		t.Errorf("%d calls although Ocean asked to be left alone", calls)
	}
	o.setCut(nil)
	o.pass(20 * time.Minute)
	o.applied(ids...)
}

func TestARefusedUpdateHoldsBackWhatFollows(t *testing.T) {
	for _, retry := range []bool{true, false} {
		o := newOffice(t)
		ref, other := o.referred(oceantest.ActNew).Ref, o.referred(oceantest.ActNew).Ref
		o.setCut(func(w http.ResponseWriter, r *http.Request) bool {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			if !strings.Contains(string(body), `"rejected"`) {
				return false
			}
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"resourceType":"OperationOutcome","issue":[{"diagnostics":"CANARY is not allowed."}]}`)
			return true
		})
		first, second, third := o.tell(ref, rejected), o.tell(ref, written), o.tell(other, accepted)
		o.send()
		o.pass(2 * time.Hour)
		r := o.states(ref, store.OutRefused, store.OutWaiting)
		if u := r.Outbox[0]; u.Said != "CANARY is not allowed." || u.Fault != store.FaultContent || u.Tries != 1 {
			t.Errorf("%+v", u)
		}
		o.applied(third) // another referral's
		o.setCut(nil)
		if retry {
			o.must(o.RetryOutbox(context.Background(), storetest.Admin, r.ID, first))
			o.send()
			o.states(ref, store.OutSent, store.OutSent)
			o.applied(first, second, third)
		} else {
			o.must(o.DropOutbox(context.Background(), storetest.Admin, r.ID, first))
			o.send()
			o.states(ref, store.OutDropped, store.OutSent)
			o.applied(second, third)
		}
		if strings.Contains(o.log.String(), "CANARY") || o.log.Len() == 0 {
			t.Errorf("log: %s", o.log)
		}
	}
}

func TestRefusalsOfTheSimulatorKeepItsWords(t *testing.T) {
	o := newOffice(t)
	ref := o.referred(oceantest.ActNew).Ref
	o.tell(ref, accepted)
	_, err := o.ocean.Do(context.Background(), oceantest.ActForward, ref) // meanwhile
	o.must(err)
	o.send()
	r := o.states(ref, store.OutRefused)
	if u := r.Outbox[0]; u.Fault != store.FaultForbidden || !strings.Contains(u.Said, "RMS Target") || r.Folder != store.FolderForwarded {
		t.Errorf("%s: %+v", r.Folder, u)
	}
}

func TestRefusedCredentialsStopTheSending(t *testing.T) {
	o := newOffice(t)
	o.ocean.SetFaults(oceantest.Faults{RefuseCredentials: true})
	var ids []string
	for range 8 {
		ids = append(ids, o.tell(o.referred(oceantest.ActNew).Ref, accepted))
	}
	o.send()
	o.pass(30 * time.Minute)
	if tokens, updates := o.asked(); tokens != 1 || updates != 0 {
		t.Errorf("%d times asked for a token, %d updates; want 1 and none", tokens, updates)
	}
	o.pass(3 * time.Hour)
	if tokens, _ := o.asked(); tokens < 3 || tokens > 5 {
		t.Errorf("%d tries in three hours, want about one an hour", tokens)
	}
	o.ocean.SetFaults(oceantest.Faults{})
	o.pass(time.Hour)
	o.applied(ids...)
	known, err := o.Connection(context.Background())
	if err != nil || !known.CredentialsRefused.IsZero() || !known.Token.Ever() {
		t.Errorf("%+v, %v", known, err)
	}
}

func TestLostAnswersAreNoSecondUpdate(t *testing.T) {
	o := newOffice(t)
	ref := o.referred(oceantest.ActNew).Ref
	o.ocean.SetFaults(oceantest.Faults{LoseAnswers: true})
	id := o.tell(ref, written)
	o.send()
	o.pass(5 * time.Minute)
	o.states(ref, store.OutWaiting)
	if _, updates := o.asked(); updates < 3 {
		t.Errorf("sent %d times", updates)
	}
	o.ocean.SetFaults(oceantest.Faults{})
	o.pass(15 * time.Minute)
	o.states(ref, store.OutSent)
	o.echo()
	o.states(ref, store.OutConfirmed)
	o.applied(id)
	if said := o.ocean.Referrals()[0].Communications; len(said) != 1 {
		t.Errorf("the referrer has it %d times", len(said))
	}
	if d := o.ocean.Deliveries(); len(d) != 2 {
		t.Errorf("%d messages of Ocean's, want the referral and one echo", len(d))
	}
}
