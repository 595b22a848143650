package store

import (
	"fmt"
	"testing"
	"time"
)

// update is something the clinic told Ocean a minute after the second message.
func update(state OutState, what part) Sent {
	var h heard
	what(&h)
	o := Sent{ID: "o", State: state, Update: h.Update, At: monday.Add(time.Minute + time.Hour + time.Second), By: "ada"}
	if state == OutSent || state == OutConfirmed {
		o.SentAt = o.At.Add(time.Second)
	}
	return o
}

func TestOwnUpdatesStandInTheHistory(t *testing.T) {
	asked := func(h *heard) {
		h.Communications = []Communication{{ID: "ours", Text: "When?", FromReceiver: true, SentAt: monday.Add(2 * time.Hour)}}
	}
	echoed := func(h *heard) {
		h.Communications = []Communication{{ID: "theirs", Text: "When? ", FromReceiver: true, SentAt: monday.Add(2 * time.Hour)}}
	}
	for _, c := range []struct {
		name  string
		state OutState
		what  part
		then  part
		want  []string // lines after the first two
	}{
		{"waiting", OutWaiting, task("accepted"), nothing, []string{"own accepted; folder new>pending_booking", "nothing"}},
		{"confirmed by its echo", OutConfirmed, task("accepted"), task("accepted"), []string{"own accepted; folder new>pending_booking"}},
		{"echo with more", OutConfirmed, task("accepted"), all(task("accepted"), booked(booking)),
			[]string{"own accepted; folder new>pending_booking", "booked; folder pending_booking>booked_unconfirmed"}},
		{"a message confirmed under another id", OutConfirmed, asked, echoed, []string{"own message receiver >When?; folder new>awaiting_reply"}},
		{"refused", OutRefused, task("accepted"), nothing, []string{"own accepted", "nothing"}},
		{"dropped", OutDropped, booked(booking), nothing, []string{"own booked", "nothing"}},
		{"sent, and Ocean says otherwise", OutSent, task("accepted"), task("rejected"), []string{"own accepted", "declined; folder new>declined"}},
		{"told again", OutRefused, task("requested"), nothing, []string{"own status >requested", "nothing"}},
	} {
		for _, skew := range []time.Duration{0, 3 * time.Hour} { // Ocean's clock goes behind: its echo seems older than what it echoes
			messages := telling([]step{{nothing, ""}, {nothing, ""}, {c.then, ""}}, true)
			o := update(c.state, c.what)
			messages[2].receivedAt = o.At.Add(time.Minute)
			if skew == 0 {
				messages[2].SentAt = o.At.Add(time.Minute)
			} else if c.state != OutConfirmed {
				continue
			}
			lines := history(messages, []Sent{o})
			var got []string
			for _, l := range lines[2:] {
				s := kinds(l.Changes)
				if l.Own != nil {
					s = "own " + s
				}
				got = append(got, s)
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%s, skew %s: %q\nwant %q", c.name, skew, got, c.want)
			}
		}
	}
}

func TestAnEchoStandsWithWhatItConfirms(t *testing.T) {
	messages := telling([]step{{nothing, ""}, {nothing, ""}, {task("accepted"), ""}}, true)
	o := update(OutConfirmed, task("accepted"))
	messages[2].receivedAt, messages[2].SentAt, messages[2].id = o.At.Add(time.Minute), o.At.Add(time.Minute), "echo"
	messages[2].seq = 7
	lines := history(messages, []Sent{o})
	if len(lines) != 3 || lines[2].Own == nil || lines[2].MessageID != "echo" {
		t.Fatalf("%+v", lines)
	}
	messages[2].problems = []Problem{ProblemOddResource}
	if lines = history(messages, []Sent{o}); len(lines) != 4 {
		t.Errorf("an echo that a person should look at is hidden: %+v", lines)
	}
}

func TestALongHistoryIsToldInLinearTime(t *testing.T) {
	var steps []step
	for i := range 2000 {
		steps = append(steps, step{func(h *heard) {
			for n := range min(i, 200) {
				says(n, n%2 == 0)(h)
			}
		}, ""})
	}
	messages := telling(steps, true)
	start := time.Now()
	if n := len(history(messages, []Sent{update(OutSent, task("accepted")), update(OutRefused, task("accepted"))})); n != 2002 {
		t.Errorf("%d lines", n)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestADocumentMadeAnewIsNoNewsBesideAnEcho(t *testing.T) {
	letter := func(made time.Time) part {
		return func(h *heard) {
			h.Documents = []Document{{Title: "Letter", URL: "https://ocean.example/1", Created: made}}
		}
	}
	messages := telling([]step{{letter(monday), ""}, {letter(monday), ""}, {all(task("accepted"), letter(monday.Add(time.Hour))), ""}}, true)
	o := update(OutConfirmed, task("accepted"))
	messages[2].receivedAt, messages[2].SentAt, messages[2].seq = o.At.Add(time.Minute), o.At.Add(time.Minute), 7
	if lines := history(messages, []Sent{o}); len(lines) != 3 || lines[2].Own == nil {
		t.Errorf("%+v", lines)
	}
}
