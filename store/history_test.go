package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// randomOwn are updates of the clinic's own, of all states, some of which messages confirm.
func randomOwn(rng *rand.Rand) (own []Sent) {
	for i := range rng.IntN(4) {
		o := Sent{ID: fmt.Sprint("o", i), At: monday.Add(time.Duration(rng.IntN(8)) * time.Minute), By: "ada",
			State: pick(rng, OutWaiting, OutSent, OutConfirmed, OutConfirmed, OutRefused, OutDropped)}
		if o.State == OutSent || o.State == OutConfirmed {
			o.SentAt = o.At.Add(time.Second)
		}
		switch rng.IntN(3) {
		case 0:
			o.Kind, o.Update.Task = OutStatus, &Task{Status: pick(rng, "accepted", "rejected", "completed"), Code: "process-request"}
		case 1:
			o.Kind, o.Update.Appointment = OutAppointment, &Appointment{Status: "booked", Start: booking}
		case 2:
			o.Kind = OutMessage
			o.Update.Communications = []Communication{{ID: fmt.Sprint("own", i), Text: fmt.Sprint("said in ", rng.IntN(8)), FromReceiver: true, SentAt: o.At}}
		}
		own = append(own, o)
	}
	return own
}

func TestAnyOrderOfArrivalMakesTheSameHistory(t *testing.T) {
	for n := range uint64(3000) {
		rng := rand.New(rand.NewPCG(orderSeed+3, n))
		messages, own := randomMessages(rng), randomOwn(rng)
		want := history(messages, own)
		for range 4 {
			if got := history(shuffled(rng, messages), own); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, %d: in another order\n%+v\nwant\n%+v", orderSeed+3, n, got, want)
			}
		}
		if at, folders := len(messages)-1, history(messages, nil); folders[at].Folder != tell(slices.Clone(messages)).Folder {
			t.Fatalf("seed %d, %d: the history ends in %s", orderSeed+3, n, folders[at].Folder)
		}
	}
}

// What is dropped from a history and comes later stands where it would have stood.
func TestOneDroppedAndComeLaterMakesTheSameHistory(t *testing.T) {
	for n := range uint64(1000) {
		rng := rand.New(rand.NewPCG(orderSeed+4, n))
		messages := randomMessages(rng)
		drop := rng.IntN(len(messages))
		without := slices.Delete(slices.Clone(messages), drop, drop+1)
		if len(without) > 0 && len(history(without, nil)) != len(without) {
			t.Fatalf("seed %d, %d: %d lines of %d messages", orderSeed+4, n, len(history(without, nil)), len(without))
		}
		if got, want := history(append(without, messages[drop]), nil), history(messages, nil); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, %d: come later\n%+v\nwant\n%+v", orderSeed+4, n, got, want)
		}
	}
}

func TestEveryLineSaysSomething(t *testing.T) {
	for n := range uint64(2000) {
		rng := rand.New(rand.NewPCG(orderSeed+5, n))
		messages, own := randomMessages(rng), randomOwn(rng)
		lines := history(messages, own)
		told := 0
		for i, l := range lines {
			if len(l.Changes) == 0 || l.Folder == "" {
				t.Fatalf("seed %d, %d: line %d says nothing: %+v", orderSeed+5, n, i, l)
			}
			if l.Own != nil {
				told++
			}
			for _, c := range l.Changes {
				if !slices.Contains(ChangeKinds(), c.Kind) {
					t.Fatalf("an unlisted kind %q", c.Kind)
				}
			}
		}
		if told != len(own) || len(lines) > len(own)+len(messages) {
			t.Fatalf("seed %d, %d: %d lines of %d messages and %d updates", orderSeed+5, n, len(lines), len(messages), len(own))
		}
	}
}

// kinds writes the changes of a line.
func kinds(changes []Change) string {
	var list []string
	for _, c := range changes {
		s := string(c.Kind)
		for _, more := range []string{c.Field, c.From + ">" + c.To} {
			if more != "" && more != ">" {
				s += " " + more
			}
		}
		if c.Count > 0 {
			s += fmt.Sprint(" ", c.Count)
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}

func about(change func(*Patient)) part {
	return func(h *heard) {
		p := Patient{Name: Name{Family: "Example", Given: []string{"Ada"}}, BirthDate: "1985-12-10",
			HealthNumber: &HealthNumber{Value: "9876543217", Version: "AB"}, Telecom: []ContactPoint{{System: "phone", Value: "416-555-0101"}},
			Addresses: []Address{{Lines: []string{"1 Main St"}, City: "Ottawa"}}}
		change(&p)
		h.Patient = &p
	}
}

func asked(change func(*Request)) part {
	return func(h *heard) {
		r := Request{Service: "Cardiology", Priority: "routine", Reasons: []string{"Pain"}, Notes: []Note{{HTML: "<b>old</b>"}}}
		change(&r)
		h.Request = &r
	}
}

func answers(list ...string) part {
	return func(h *heard) {
		q := Questionnaire{Form: "f"}
		for _, a := range list {
			q.Items = append(q.Items, Item{Text: "same?", Answers: []string{a}})
		}
		h.Questionnaires = []Questionnaire{q}
	}
}

func TestAMessageSaysWhatItChanged(t *testing.T) {
	later := booking.AddDate(0, 0, 7)
	same := about(func(*Patient) {})
	document := func(title string, made time.Time) part {
		return func(h *heard) {
			h.Documents = append(h.Documents, Document{Title: title, URL: "https://ocean.example/1", Created: made})
		}
	}
	reason := func(status, why string) part {
		return func(h *heard) { h.Task = &Task{Status: status, Reason: why} }
	}
	to := func(name string, mine bool) part {
		return func(h *heard) { h.ours, h.Recipient = &mine, &Party{Organization: name} }
	}
	for _, c := range []struct {
		first, then part
		want        string
	}{
		{nothing, nothing, "nothing"},
		{nothing, asNew, "resent"},
		{nothing, task("accepted"), "accepted; folder new>pending_booking"},
		{task("accepted"), task("on-hold"), "status accepted>on-hold"},
		{task("accepted"), task("requested"), "undecided; folder pending_booking>new"},
		{task("accepted"), reason("rejected", "full"), "declined >full; folder pending_booking>declined"},
		{reason("rejected", "full"), reason("rejected", "gone"), "reason full>gone"},
		{task("completed"), task("accepted"), "reopened; folder completed>pending_booking"},
		{nothing, task("completed"), "completed; folder new>completed"},
		{nothing, revoked, "cancelled; folder new>cancelled"},
		{nothing, booked(booking), "booked; folder new>booked_unconfirmed"},
		{booked(booking), confirmed(booking), "confirmed; folder booked_unconfirmed>booked_confirmed"},
		{confirmed(booking), booked(booking), "doubted; folder booked_confirmed>booked_unconfirmed"},
		{booked(booking), confirmed(later), "rebooked confirmed; folder booked_unconfirmed>booked_confirmed"},
		{booked(booking), unbooked, "unbooked; folder booked_unconfirmed>pending_booking"},
		{nothing, says(1, true), "message receiver >Example; folder new>awaiting_reply"},
		{says(1, false), all(says(1, false), says(2, false)), "message requester >Example"},
		{nothing, document("Letter", monday), "document >Letter"},
		{document("Letter", monday), document("Letter", monday), "nothing"},
		{document("Letter", monday), document("Letter", later), "newer >Letter"},
		{same, same, "nothing"},
		{same, about(func(p *Patient) { p.Name.Given = []string{"Eda"}; p.BirthDate = "1985-12-11" }),
			"patient name Ada Example>Eda Example; patient birth_date 1985-12-10>1985-12-11"},
		{same, about(func(p *Patient) { p.HealthNumber = nil; p.Telecom[0].Value = "416-555-0199" }),
			"patient health_number 9876543217 AB>; patient contact 416-555-0101>416-555-0199"},
		{same, about(func(p *Patient) { p.Addresses[0].Lines = nil; p.Deceased = true }),
			"patient deceased false>true; patient address 1 Main St, Ottawa>Ottawa"},
		{asked(func(*Request) {}), asked(func(r *Request) { r.Priority = "urgent"; r.Reasons = append(r.Reasons, "Fever") }),
			"request priority routine>urgent; request reasons >Fever"},
		{asked(func(*Request) {}), asked(func(r *Request) { r.Notes = append(r.Notes, Note{HTML: "<i>new</i>"}); r.Service = "ECG" }),
			"request service Cardiology>ECG; request notes ><i>new</i>"},
		{answers("yes", "no"), answers("yes", "yes", "more"), "forms 2"},
		{nothing, func(h *heard) { h.Referrer = &Party{Name: Name{Family: "Sample"}, Organization: "North"} },
			"referrer name >Sample; referrer organization >North"},
		{to("North", true), to("South", false), "forwarded North>South; folder new>forwarded"},
		{nothing, func(h *heard) { h.Links = []Link{{LinkReplaces, "r2"}, {LinkReplaces, "r2"}} }, "link replaces >r2"},
		{func(h *heard) { h.ours = nil }, nothing, "direction unknown>received"},
	} {
		lines := history(telling([]step{{c.first, ""}, {c.then, ""}}, true), nil)
		if got := kinds(lines[1].Changes); got != c.want {
			t.Errorf("%s\nwant\n%s", got, c.want)
		}
		if lines[0].Changes[0].Kind != ChangeFirst {
			t.Errorf("the first line says %s", kinds(lines[0].Changes))
		}
	}
}
