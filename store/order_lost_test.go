package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// saga makes the messages of a referral as Ocean does: each thing that happens is added to all that
// went before, and every message carries all of it. Steps says what happened in each.
func saga(rng *rand.Rand) (messages []heard, steps []string) {
	var u Update
	mine := true
	u.Ref, u.ReceiverSite, u.Patient = "r", "4321", &Patient{BirthDate: "1951-03-02"}
	for i := range 2 + rng.IntN(7) {
		at := monday.Add(time.Duration(i) * time.Minute)
		step := pick(rng, "accept", "book", "book", "confirm", "unbook", "ask", "answer", "detail", "document", "reject", "complete", "revoke")
		if i == 0 {
			step = "new"
		}
		u.happen(step, i, at)
		m := u
		m.HeaderID, m.SentAt, m.Event = fmt.Sprint("m", i), at, "notify-update-service-request"
		if i == 0 {
			m.Event = "add-service-request"
		}
		messages = append(messages, heard{Update: m, ours: &mine, receivedAt: at.Add(time.Second), deliveries: 1, tie: []byte(m.HeaderID), seq: int64(i + 1)})
		steps = append(steps, step)
	}
	return messages, steps
}

// happen adds what happens to all that was said before. Nothing that was said is changed in place:
// earlier messages share it.
func (u *Update) happen(step string, i int, at time.Time) {
	decide := func(status string) { u.Task = &Task{Status: status, Code: "process-request", Modified: at} }
	say := func(receiver bool) {
		u.Communications = append(slices.Clone(u.Communications), Communication{ID: fmt.Sprint("c", i), Text: "Example", FromReceiver: receiver, SentAt: at})
	}
	switch step {
	case "accept":
		decide("accepted")
	case "reject":
		decide("rejected")
	case "complete":
		decide("completed")
	case "revoke":
		u.Revoked = true
	case "book":
		u.Appointment = &Appointment{Status: "booked", Start: booking.AddDate(0, 0, i), Created: at}
	case "confirm":
		if a := u.Appointment; a != nil && !a.Start.IsZero() {
			u.Appointment = &Appointment{Status: "booked", Start: a.Start, Confirmed: true, Created: at}
		}
	case "unbook":
		u.Appointment = &Appointment{Status: "proposed", Created: at}
	case "ask":
		say(true)
	case "answer":
		say(false)
	case "detail":
		u.Patient = &Patient{BirthDate: fmt.Sprint("19", 50+i, "-03-02")}
	case "document":
		u.Documents = append(slices.Clone(u.Documents), Document{Title: fmt.Sprint(i), URL: fmt.Sprint("https://ocean.example/", i)})
	}
}

// reopened reports whether a referral was closed and accepted again while a booking stood in its
// messages. That it was ever closed is in the lost message alone, and with it that the booking ended.
func reopened(messages []heard, steps []string) bool {
	closed := false
	for i, step := range steps {
		switch step {
		case "reject", "complete", "revoke":
			closed = true
		case "accept":
			if a := messages[i].Appointment; closed && a != nil && !a.Start.IsZero() {
				return true
			}
		}
	}
	return false
}

// TestAnyOneMessageMayBeLost: since each of Ocean's messages carries all that went before, the others
// tell the same referral without any one of them but the newest, in whatever order they come.
func TestAnyOneMessageMayBeLost(t *testing.T) {
	lost, told := 0, 0
	for n := range uint64(4000) {
		rng := rand.New(rand.NewPCG(orderSeed+3, n))
		messages, steps := saga(rng)
		if reopened(messages, steps) {
			continue
		}
		told++
		want := tell(slices.Clone(messages))
		for i := range messages[:len(messages)-1] {
			got := tell(shuffled(rng, slices.Delete(slices.Clone(messages), i, i+1)))
			got.ReceivedAt = want.ReceivedAt // of the first that came
			if lost++; !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %d: %v, without the %s that is number %d\n%+v\nwant\n%+v", orderSeed+3, n, steps, steps[i], i+1, got, want)
			}
		}
	}
	if told < 3000 || lost < 10_000 {
		t.Errorf("only %d messages of %d referrals were lost", lost, told)
	}
}
