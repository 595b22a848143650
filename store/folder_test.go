package store

import (
	"fmt"
	"testing"
	"time"
)

// The rows of the folders' table (Ontario eReferral IG v0.11.1), told message by message.

var (
	monday  = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	booking = time.Date(2026, 7, 14, 13, 30, 0, 0, time.UTC)
)

// part is something that a message says.
type part func(*heard)

func all(parts ...part) part {
	return func(h *heard) {
		for _, p := range parts {
			p(h)
		}
	}
}

func nothing(*heard) {}

func task(status string) part {
	return func(h *heard) { h.Task = &Task{Status: status, Code: "process-request"} }
}

func booked(start time.Time) part {
	return func(h *heard) { h.Appointment = &Appointment{Status: "booked", Start: start} }
}

func confirmed(start time.Time) part {
	return func(h *heard) { h.Appointment = &Appointment{Status: "booked", Start: start, Confirmed: true} }
}

func unbooked(h *heard) { h.Appointment = &Appointment{Status: "proposed"} }

func revoked(h *heard) { h.Revoked = true }

func asNew(h *heard) { h.Event = "add-service-request" }

func event(name string) part { return func(h *heard) { h.Event = name } }

func ours(is bool) part { return func(h *heard) { h.ours = &is } }

// says adds a communication; n numbers them in time.
func says(n int, fromReceiver bool) part {
	return func(h *heard) {
		h.Communications = append(h.Communications, Communication{ID: fmt.Sprint("c", n), Text: "Example",
			FromReceiver: fromReceiver, SentAt: monday.Add(time.Duration(n) * time.Second)})
	}
}

type step struct {
	says part
	want Folder
}

// telling makes the messages of the steps, a minute apart, destined here unless they say otherwise.
func telling(steps []step, mine bool) []heard {
	var list []heard
	for i, st := range steps {
		h := heard{ours: &mine, deliveries: 1}
		h.Ref, h.HeaderID = "r", fmt.Sprint("m", i)
		h.SentAt = monday.Add(time.Duration(i) * time.Minute)
		h.receivedAt = h.SentAt.Add(time.Hour)
		h.Event = "notify-update-service-request"
		if i == 0 {
			asNew(&h)
		}
		st.says(&h)
		list = append(list, h)
	}
	return list
}

type story struct {
	name  string
	steps []step
}

func checkStories(t *testing.T, mine bool, stories []story) {
	t.Helper()
	for _, c := range stories {
		messages := telling(c.steps, mine)
		r := tell(messages)
		r.History = history(messages, nil)
		if len(r.History) != len(c.steps) {
			t.Fatalf("%s: %d messages in the history, want %d", c.name, len(r.History), len(c.steps))
		}
		for i, st := range c.steps {
			if r.History[i].Folder != st.want {
				t.Errorf("%s: after message %d in %s, want %s", c.name, i+1, r.History[i].Folder, st.want)
			}
		}
		if last := c.steps[len(c.steps)-1].want; r.Folder != last {
			t.Errorf("%s: in %s, want %s", c.name, r.Folder, last)
		}
	}
}

func TestTaskStatusDecidesTheFolderOfAReceivedReferral(t *testing.T) {
	var stories []story
	for status, want := range map[string]Folder{
		"": FolderNew, "requested": FolderNew, "received": FolderNew, "entered-in-error": FolderNew,
		"accepted": FolderPendingBooking, "in-progress": FolderPendingBooking, "on-hold": FolderPendingBooking, "ready": FolderPendingBooking,
		"rejected": FolderDeclined, "cancelled": FolderDeclined, "completed": FolderCompleted,
	} {
		stories = append(stories,
			story{"first message, Task " + status, []step{{task(status), want}}},
			story{"second message, Task " + status, []step{{nothing, FolderNew}, {task(status), want}}},
			story{"Task not repeated: " + status, []step{{task(status), want}, {nothing, want}}},
			story{"any event with Task " + status, []step{{nothing, FolderNew}, {all(task(status), event("notify-data-correction")), want}}})
	}
	checkStories(t, true, stories)
}

func TestOpenReferralGoesBackOnlyByItsTask(t *testing.T) {
	checkStories(t, true, []story{
		{"accepted, then requested", []step{{task("accepted"), FolderPendingBooking}, {task("requested"), FolderNew}}},
		{"accepted, then a Task not known", []step{{task("accepted"), FolderPendingBooking}, {task("entered-in-error"), FolderPendingBooking}}},
	})
}

func TestAppointmentDecidesTheFolder(t *testing.T) {
	later := booking.AddDate(0, 0, 7)
	checkStories(t, true, []story{
		{"booked at once", []step{{booked(booking), FolderBookedUnconfirmed}}},
		{"booked, then confirmed", []step{{task("accepted"), FolderPendingBooking}, {booked(booking), FolderBookedUnconfirmed},
			{confirmed(booking), FolderBookedConfirmed}, {nothing, FolderBookedConfirmed}}},
		{"confirmed, moved to a day not yet confirmed", []step{{confirmed(booking), FolderBookedConfirmed}, {booked(later), FolderBookedUnconfirmed}}},
		{"booking removed", []step{{nothing, FolderNew}, {confirmed(booking), FolderBookedConfirmed}, {unbooked, FolderPendingBooking},
			{nothing, FolderPendingBooking}}},
		{"removed before we saw it booked", []step{{nothing, FolderNew}, {unbooked, FolderPendingBooking}}},
		{"removed and booked anew at the same time", []step{{booked(booking), FolderBookedUnconfirmed}, {unbooked, FolderPendingBooking},
			{booked(booking), FolderBookedUnconfirmed}}},
		{"accepted by the patient without a date is no booking", []step{{func(h *heard) {
			h.Appointment = &Appointment{Status: "proposed", Confirmed: true}
		}, FolderPendingBooking}}},
		{"an event that speaks of a booking, without one", []step{{nothing, FolderNew}, {event("notify-add-appointment"), FolderNew}}},
		{"a Task repeated beside a booking", []step{{all(task("accepted"), booked(booking)), FolderBookedUnconfirmed},
			{all(task("in-progress"), booked(booking)), FolderBookedUnconfirmed}}},
		{"completed after the visit", []step{{confirmed(booking), FolderBookedConfirmed}, {all(task("completed"), confirmed(booking)), FolderCompleted}}},
	})
}

func TestQuestionsWaitForAReply(t *testing.T) {
	checkStories(t, true, []story{
		{"asked and answered", []step{{nothing, FolderNew}, {says(1, true), FolderAwaitingReply}, {nothing, FolderAwaitingReply},
			{all(says(1, true), says(2, false)), FolderNew}}},
		{"asked when accepted already", []step{{task("accepted"), FolderPendingBooking}, {says(1, true), FolderAwaitingReply},
			{all(task("accepted"), says(1, true)), FolderAwaitingReply}, {says(2, false), FolderPendingBooking}}},
		{"the referrer writes unasked", []step{{nothing, FolderNew}, {says(1, false), FolderNew}}},
		{"question and answer in one message", []step{{nothing, FolderNew}, {all(says(2, false), says(1, true)), FolderNew}}},
		{"answer and question in one message", []step{{nothing, FolderNew}, {all(says(2, true), says(1, false)), FolderAwaitingReply}}},
		{"asked, then accepted without an answer", []step{{nothing, FolderNew}, {says(1, true), FolderAwaitingReply}, {task("accepted"), FolderPendingBooking},
			{all(task("accepted"), says(1, true)), FolderPendingBooking}}},
		{"asked, then booked, then unbooked", []step{{task("accepted"), FolderPendingBooking}, {says(1, true), FolderAwaitingReply},
			{booked(booking), FolderBookedUnconfirmed}, {unbooked, FolderPendingBooking}}},
		{"asked of one that is declined", []step{{task("rejected"), FolderDeclined}, {says(1, true), FolderDeclined}}},
		{"asked of one that was cancelled", []step{{revoked, FolderCancelled}, {says(1, true), FolderCancelled}}},
	})
}

func TestCopyOfASentReferralStartsAwaitingResponse(t *testing.T) {
	checkStories(t, false, []story{
		{"sent", []step{{nothing, FolderAwaitingResponse}, {task("requested"), FolderAwaitingResponse}, {task("accepted"), FolderPendingBooking},
			{booked(booking), FolderBookedUnconfirmed}, {confirmed(booking), FolderBookedConfirmed}, {unbooked, FolderPendingBooking},
			{task("completed"), FolderCompleted}}},
		{"the receiver asks us", []step{{task("accepted"), FolderPendingBooking}, {says(1, true), FolderAwaitingResponse}, {says(2, false), FolderPendingBooking}}},
		{"we write to the receiver", []step{{nothing, FolderAwaitingResponse}, {says(1, false), FolderAwaitingResponse}}},
		{"declined", []step{{nothing, FolderAwaitingResponse}, {task("rejected"), FolderDeclined}}},
		{"we cancel it", []step{{nothing, FolderAwaitingResponse}, {revoked, FolderCancelled}}},
		{"sent on to another site is not forwarded by us", []step{{nothing, FolderAwaitingResponse}, {ours(false), FolderAwaitingResponse}}},
	})
	for _, mine := range []bool{true, false} {
		want := DirectionSent
		if mine {
			want = DirectionReceived
		}
		if r := tell(telling([]step{{nothing, ""}}, mine)); r.Direction != want {
			t.Errorf("destined here %v: %s", mine, r.Direction)
		}
	}
}

func TestReferralDestinedElsewhereWasForwarded(t *testing.T) {
	unknown := func(h *heard) { h.ours = nil }
	stories := []story{
		{"forwarded", []step{{nothing, FolderNew}, {ours(false), FolderForwarded}, {all(unknown, task("accepted")), FolderForwarded}}},
		{"forwarded while booked", []step{{booked(booking), FolderBookedUnconfirmed}, {ours(false), FolderForwarded}}},
		{"forwarded and sent back", []step{{nothing, FolderNew}, {ours(false), FolderForwarded}, {nothing, FolderNew}}},
		{"receiver never named", []step{{unknown, FolderNew}, {all(unknown, task("accepted")), FolderPendingBooking}}},
	}
	checkStories(t, true, stories)
	for i, want := range []Direction{DirectionReceived, DirectionReceived, DirectionReceived, DirectionUnknown} {
		if r := tell(telling(stories[i].steps, true)); r.Direction != want {
			t.Errorf("%s: %s, want %s", stories[i].name, r.Direction, want)
		}
	}
	copied := telling([]step{{ours(false), ""}, {ours(true), ""}}, true)
	if r := tell(copied); r.Direction != DirectionReceived || r.Folder != FolderNew {
		t.Errorf("a copy of one sent that was forwarded to us: %s, %s", r.Direction, r.Folder)
	}
}
