package ocean_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// TestUpdatesDoNotWaitForDocuments has a courier send while the fetching of a letter hangs.
func TestUpdatesDoNotWaitForDocuments(t *testing.T) {
	o := newOffice(t)
	hanging, let := make(chan struct{}), make(chan struct{})
	var once sync.Once
	o.setCut(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			once.Do(func() { close(hanging) })
			<-let
		}
		return false
	})
	host := o.access().Host
	ref := o.referred(oceantest.ActNew).Ref
	m := oceantest.Message{Host: host, Documents: []oceantest.Document{letter}}
	parsed, err := ocean.Parse(m.JSON())
	o.must(err)
	_, err = o.Receive(context.Background(), parsed)
	o.must(err)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var running sync.WaitGroup
	defer running.Wait()
	defer close(let)
	defer stop()
	running.Go(func() {
		ocean.NewCourier(o.Store, true, o.clock.Now, slog.New(slog.NewTextHandler(io.Discard, nil))).Run(ctx)
	})
	<-hanging
	id := o.tell(ref, accepted)
	for began := time.Now(); o.ocean.Applied()[id] == 0; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 4*time.Second { // less than the courier's own look
			t.Fatal("the update waits")
		}
	}
	if tokens, _ := o.asked(); tokens != 1 {
		t.Errorf("%d tokens; one is enough for both", tokens)
	}
}

// TestEchoesOutOfOrder has the echo of the first of two decisions come after that of the second.
func TestEchoesOutOfOrder(t *testing.T) {
	o := newOffice(t)
	ref := o.referred(oceantest.ActNew).Ref
	o.tell(ref, accepted)
	o.send()
	o.outOfReach(func() { o.echo() })
	o.turn(time.Second)
	o.tell(ref, ocean.Say{Task: &store.Task{Status: "completed"}})
	o.send()
	o.turn(time.Second)
	o.echo() // the second alone: the first is tried again later
	o.ocean.Skip(time.Hour)
	o.echo()
	r := o.states(ref, store.OutConfirmed, store.OutConfirmed)
	if r.NeedsReview || r.Folder != store.FolderCompleted || r.OceanFolder != r.Folder {
		t.Errorf("%s, by Ocean's word %s, needs review: %v", r.Folder, r.OceanFolder, r.NeedsReview)
	}
}

// TestTheSameWordsTwiceAreTwoMessages has somebody write the same once more, as in "any news?".
func TestTheSameWordsTwiceAreTwoMessages(t *testing.T) {
	o := newOffice(t)
	ref := o.referred(oceantest.ActNew).Ref
	var ids []string
	for range 2 {
		ids = append(ids, o.tell(ref, written))
		o.send()
		o.turn(time.Minute)
		o.echo()
	}
	o.states(ref, store.OutConfirmed, store.OutConfirmed)
	o.applied(ids...)
}

// TestOnlyTheInstructionsOfABookingChange has a booking told again with other words.
func TestOnlyTheInstructionsOfABookingChange(t *testing.T) {
	o := newOffice(t)
	ref := o.referred(oceantest.ActNew).Ref
	again := *booked.Appointment
	again.Instruction = "Fast."
	o.tell(ref, booked)
	o.send()
	o.turn(time.Minute)
	o.echo()
	o.tell(ref, ocean.Say{Appointment: &again})
	o.send()
	if r := o.states(ref, store.OutConfirmed, store.OutSent); r.Appointment.Instruction != "Fast." {
		t.Errorf("before Ocean says it: %+v", r.Appointment)
	}
	o.turn(time.Minute)
	o.echo()
	if r := o.states(ref, store.OutConfirmed, store.OutConfirmed); r.Appointment.Instruction != "Fast." || r.NeedsReview {
		t.Errorf("%+v, needs review: %v", r.Appointment, r.NeedsReview)
	}
}
