package store

import (
	"slices"
	"testing"
	"time"
)

func TestOnlyAcceptedReopensAClosedReferral(t *testing.T) {
	var stories []story
	for name, closing := range map[string]struct {
		by   part
		left Folder
	}{
		"declined":  {task("rejected"), FolderDeclined},
		"cancelled": {task("cancelled"), FolderDeclined},
		"completed": {task("completed"), FolderCompleted},
		"revoked":   {revoked, FolderCancelled},
	} {
		for _, status := range []string{"requested", "received", "in-progress", "on-hold", "ready", "", "entered-in-error"} {
			stories = append(stories, story{name + ", then Task " + status,
				[]step{{task("accepted"), FolderPendingBooking}, {closing.by, closing.left}, {task(status), closing.left}}})
		}
		stories = append(stories,
			story{name + ", then a booking", []step{{closing.by, closing.left}, {booked(booking), closing.left}}},
			story{name + ", then a message", []step{{closing.by, closing.left}, {says(1, false), closing.left}}},
			story{name + ", then nothing new", []step{{closing.by, closing.left}, {nothing, closing.left}}},
			story{name + ", then accepted", []step{{closing.by, closing.left}, {task("accepted"), FolderPendingBooking}, {nothing, FolderPendingBooking}}},
			story{name + " once more", []step{{closing.by, closing.left}, {task("accepted"), FolderPendingBooking}, {closing.by, closing.left}}})
	}
	checkStories(t, true, stories)
}

func TestReopeningDoesNotBringBackTheOldBooking(t *testing.T) {
	later := booking.AddDate(0, 0, 7)
	checkStories(t, true, []story{
		{"the old one is repeated", []step{{booked(booking), FolderBookedUnconfirmed}, {all(task("rejected"), booked(booking)), FolderDeclined},
			{all(task("accepted"), booked(booking)), FolderPendingBooking}, {all(task("accepted"), booked(booking)), FolderPendingBooking},
			{all(task("accepted"), booked(later)), FolderBookedUnconfirmed}}},
		{"a new one comes with it", []step{{booked(booking), FolderBookedUnconfirmed}, {task("rejected"), FolderDeclined},
			{all(task("accepted"), confirmed(later)), FolderBookedConfirmed}}},
	})
}

func TestResendAsNewNeverMovesBack(t *testing.T) {
	resend := func(parts ...part) part { return all(append(parts, asNew)...) }
	checkStories(t, true, []story{
		{"of an accepted one", []step{{task("accepted"), FolderPendingBooking}, {resend(), FolderPendingBooking}, {resend(task("requested")), FolderPendingBooking}}},
		{"of a booked one", []step{{all(task("accepted"), confirmed(booking)), FolderBookedConfirmed}, {resend(task("requested")), FolderBookedConfirmed}}},
		{"of a declined one", []step{{task("rejected"), FolderDeclined}, {resend(task("requested")), FolderDeclined}, {resend(task("accepted")), FolderDeclined}}},
		{"of a completed one", []step{{task("completed"), FolderCompleted}, {resend(task("accepted")), FolderCompleted}, {resend(task("rejected")), FolderCompleted}}},
		{"of a cancelled one", []step{{revoked, FolderCancelled}, {resend(task("accepted")), FolderCancelled}, {resend(task("completed")), FolderCancelled}}},
		{"of a forwarded one", []step{{nothing, FolderNew}, {ours(false), FolderForwarded}, {resend(ours(false), task("requested")), FolderForwarded}}},
		{"moves forward", []step{{nothing, FolderNew}, {resend(task("accepted")), FolderPendingBooking}, {resend(task("completed")), FolderCompleted}}},
		{"is an ordinary message when it comes first", []step{{task("accepted"), FolderPendingBooking}, {task("requested"), FolderNew}}},
		{"an update does move back", []step{{task("accepted"), FolderPendingBooking}, {task("requested"), FolderNew}}},
	})
}

func TestEConsultCodeIsKept(t *testing.T) {
	consult := func(status string) part {
		return func(h *heard) { h.Task = &Task{Status: status, Code: "process-request-consult"} }
	}
	r := tell(telling([]step{{consult("requested"), ""}, {nothing, ""}, {booked(booking), ""}}, true))
	if r.Task.Code != "process-request-consult" || r.Task.Status != "requested" {
		t.Errorf("after messages without a Task: %+v", r.Task)
	}
	r = tell(telling([]step{{consult("requested"), ""}, {task("accepted"), ""}}, true))
	if r.Task.Code != "process-request" || r.Folder != FolderPendingBooking {
		t.Errorf("accepted as eConsult, Ocean's code process-request: %+v in %s", r.Task, r.Folder)
	}
}

func TestOlderMessageThatComesLateUndoesNothing(t *testing.T) {
	steps := []step{
		{all(task("requested"), func(h *heard) { h.Patient = &Patient{Name: Name{Family: "Old"}} }), FolderNew},
		{task("accepted"), FolderPendingBooking},
		{booked(booking), FolderBookedUnconfirmed},
		{all(confirmed(booking), func(h *heard) { h.Patient = &Patient{Name: Name{Family: "Newer"}} }), FolderBookedConfirmed},
		{all(task("completed"), confirmed(booking)), FolderCompleted},
	}
	for late := range steps[:4] {
		messages := telling(steps, true)
		m := messages[late]
		messages = append(slices.Delete(messages, late, late+1), m) // comes last, is told in its place
		messages[len(messages)-1].receivedAt = monday.AddDate(0, 0, 3)
		r := tell(messages)
		r.History = history(messages, nil)
		if r.Folder != FolderCompleted || r.Task.Status != "completed" || !r.Appointment.Confirmed || r.Patient.Name.Family != "Newer" {
			t.Errorf("message %d comes last: %s, %+v, %+v", late+1, r.Folder, r.Task, r.Patient.Name)
		}
		if !r.UpdatedAt.Equal(monday.AddDate(0, 0, 3)) || !r.SentAt.Equal(monday.Add(4*time.Minute)) {
			t.Errorf("message %d comes last: updated %s, sent %s", late+1, r.UpdatedAt, r.SentAt)
		}
		for i, st := range steps {
			if r.History[i].Folder != st.want {
				t.Errorf("message %d comes last: history %d says %s, want %s", late+1, i+1, r.History[i].Folder, st.want)
			}
		}
	}
}

func TestAbsenceNeverMeansRemoval(t *testing.T) {
	whole := func(h *heard) {
		h.Patient = &Patient{Name: Name{Family: "Example"}, BirthDate: "1985-12-10"}
		h.Request = &Request{Service: "Cardiology"}
		h.Referrer, h.Recipient = &Party{Organization: "Sender"}, &Party{Organization: "Receiver"}
		h.Questionnaires = []Questionnaire{{Form: "f"}}
		h.Documents = []Document{{Title: "one", URL: "https://ocean.example/1"}, {Title: "inline", Inline: true, Digest: "d"}}
		h.Links = []Link{{LinkReplaces, "r0"}}
		h.Test = true
	}
	more := func(h *heard) {
		h.Documents = []Document{{Title: "one, corrected", URL: "https://ocean.example/1"}, {Title: "two", URL: "https://ocean.example/2"}}
		h.Links = []Link{{LinkReplaces, "r0"}, {LinkBasedOn, "r0"}}
	}
	r := tell(telling([]step{{all(whole, says(1, false)), ""}, {nothing, ""}, {all(more, says(1, false), says(2, false)), ""}}, true))
	if r.Patient.BirthDate != "1985-12-10" || r.Request.Service != "Cardiology" || r.Referrer.Organization != "Sender" ||
		r.Recipient.Organization != "Receiver" || len(r.Questionnaires) != 1 || !r.Test {
		t.Errorf("%+v", r)
	}
	if len(r.Documents) != 3 || r.Documents[0].Title != "one, corrected" || len(r.Links) != 2 || len(r.Communications) != 2 {
		t.Errorf("repeated parts: %+v, %+v, %+v", r.Documents, r.Links, r.Communications)
	}
}

// TestARepeatedTaskDecidesNothingAnew: the sender cancels, and later messages still carry the Task
// that was accepted before.
func TestARepeatedTaskDecidesNothingAnew(t *testing.T) {
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	told := func(day int, event string, revoked bool, task *Task) heard {
		return heard{Update: Update{Ref: "r", Event: event, HeaderID: event + at.AddDate(0, 0, day).String(), SentAt: at.AddDate(0, 0, day), Revoked: revoked, Task: task}, receivedAt: at}
	}
	accepted := &Task{Status: "accepted", Modified: at}
	story := []heard{told(0, "add-service-request", false, nil), told(1, "notify-update-service-request", false, accepted),
		told(2, "revoke-service-request", true, accepted), told(3, "notify-update-service-request", false, accepted)}
	if got := tell(story).Folder; got != FolderCancelled {
		t.Errorf("a repeated Task moved the referral to %s", got)
	}
	again := &Task{Status: "accepted", Modified: at.AddDate(0, 0, 4)}
	if got := tell(append(story, told(4, "notify-update-service-request", false, again))).Folder; got != FolderPendingBooking {
		t.Errorf("accepting anew left the referral in %s", got)
	}
}
