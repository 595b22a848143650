package ocean_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// survives checks that our own reader makes of a composed message what its Update says.
func survives(t testing.TB, raw []byte, about string, say ocean.Say) {
	t.Helper()
	out, err := ocean.Compose(raw, about, publicURL, sent, say)
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	if !utf8.Valid(out.Bundle) || !json.Valid(out.Bundle) {
		t.Fatalf("not JSON: %q", out.Bundle)
	}
	m := parse(t, out.Bundle)
	if len(m.Updates) != 1 || m.HeaderID != out.ID {
		t.Fatalf("%d updates of %s", len(m.Updates), out.Bundle)
	}
	got, want := m.Updates[0], out.Update
	if !strings.EqualFold(want.Ref, about) {
		t.Errorf("it is about %q, not %q", want.Ref, about)
	}
	pick := func(u store.Update) store.Update {
		return store.Update{Ref: u.Ref, Event: u.Event, Rank: u.Rank, SentAt: u.SentAt, HeaderID: u.HeaderID, Task: u.Task, Appointment: u.Appointment, Communications: u.Communications}
	}
	equal(t, "read again", pick(got), pick(want))
	if t.Failed() {
		t.Fatalf("from %s\nto %s", raw, out.Bundle)
	}
}

// anyMessage is a message of Ocean's of some kind, with the references that can be told about.
func anyMessage(r *rand.Rand) (oceantest.Message, []string) {
	coin := func() bool { return r.IntN(2) == 0 }
	word := func() string {
		return []string{"", "-", "x", "Zoë <b>&amp;</b>", "line\nline", "\u202eevil\u2028", strings.Repeat("long ", 200)}[r.IntN(7)]
	}
	m := oceantest.Message{Ref: ref, Legacy: coin(), TestData: coin(), NoPatient: r.IntN(6) == 0, Destination: word(), Referrer: word(), Reason: word(),
		NoteHTML: word(), Specialty: word(), Host: []string{"", "https://staging.cognisantmd.com"}[r.IntN(2)]}
	events := []string{"", ocean.EventUpdate, ocean.EventUpdateProcess, ocean.EventUpdateAppointment, ocean.EventFromProvider, ocean.EventFromRequester, ocean.EventRevoke, "odd"}
	m.Event = events[r.IntN(len(events))]
	refs := []string{ref}
	if coin() {
		m.Task = &oceantest.Task{Status: "requested", Reason: word(), Code: []string{"", "process-request-consult", "other"}[r.IntN(3)]}
	}
	if coin() {
		m.Appointment = &oceantest.Appointment{Start: []time.Time{{}, noon}[r.IntN(2)], Confirmed: coin()}
	}
	for i := range r.IntN(3) {
		m.Communications = append(m.Communications, oceantest.Communication{ID: []string{"", fmt.Sprint("c", i)}[r.IntN(2)], Text: word(), FromReceiver: coin()})
	}
	for i := range r.IntN(3) {
		other := oceantest.Request{Ref: []string{ref2, ref3}[i], Focus: coin()}
		switch r.IntN(3) {
		case 0:
			other.Replaces = ref
		case 1:
			m.Replaces = other.Ref
		default:
			other.BasedOn = ref
		}
		m.Others, refs = append(m.Others, other), append(refs, other.Ref)
		style := "urn:uuid:"
		if m.Legacy {
			style = "ServiceRequest/"
		}
		if coin() { // its decision is not ours
			m.Extra = append(m.Extra, obj{"resourceType": "Task", "id": fmt.Sprint("task-of-", other.Ref), "status": "rejected", "basedOn": []any{to(style + other.Ref)},
				"lastModified": "2031-01-01", "code": obj{"coding": []any{obj{"code": "another's"}}}})
		}
	}
	return m, refs
}

func anySay(r *rand.Rand) ocean.Say {
	words := []string{"Yes", "Zoë\r\nand \u0000 others <script>", "  \ttab\x1b[31m \u2028 ", "\xff\xfe bad", strings.Repeat("𝒳", 5_000)}
	text := words[r.IntN(len(words))]
	start := may7.Add(time.Duration(r.Int64N(int64(1000 * time.Hour))))
	return []ocean.Say{accepted, removed, written,
		{Task: &store.Task{Status: "rejected", Reason: text, Code: text}},
		{Communication: &store.Communication{Text: text}},
		{Communication: &store.Communication{Text: text}, Attachment: &ocean.Attachment{Title: text, Data: []byte("%PDF-1.4 " + text)}},
		{Appointment: &store.Appointment{Start: start, Confirmed: r.IntN(2) == 0, Instruction: text}},
		{Appointment: &store.Appointment{Start: start, End: start.Add(time.Duration(1 + r.Int64N(int64(3*time.Hour))))}},
	}[r.IntN(8)]
}

func TestComposedSurvivesOurOwnReader(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1_500 {
		m, refs := anyMessage(r)
		survives(t, m.JSON(), refs[r.IntN(len(refs))], anySay(r))
	}
}

// TestComposedOfDecisionsOfOthers checks that a split referral's Task gives no code to its source.
func TestComposedOfDecisionsOfOthers(t *testing.T) {
	m := oceantest.Message{Ref: ref, Others: []oceantest.Request{{Ref: ref2, BasedOn: ref}}, Task: &oceantest.Task{Status: "requested", Code: "mine"},
		Extra: []map[string]any{{"resourceType": "Task", "id": "t2", "status": "rejected", "basedOn": []any{to("urn:uuid:" + ref2)},
			"lastModified": "2031-01-01", "code": obj{"coding": []any{obj{"code": "other's"}}}}}}
	for about, code := range map[string]string{ref: "mine", ref2: "other's"} {
		out, d := compose(t, m.JSON(), about, accepted)
		equal(t, about, out.Update.Task.Code, code)
		equal(t, "its request", d.first("ServiceRequest")["identifier"].(list)[0].(obj)["value"], about)
		if n := len(d.all("ServiceRequest")); n != 1 {
			t.Errorf("%d ServiceRequests", n)
		}
	}
}

func TestComposedOfOddMessages(t *testing.T) {
	usual := oceantest.Message{Ref: ref, Task: &oceantest.Task{Status: "received"}}
	bare := func(d doc) { // neither fullUrl nor id
		for _, e := range d.entries() {
			delete(e.(obj), "fullUrl")
			delete(e.(obj)["resource"].(obj), "id")
		}
		d.first("ServiceRequest")["subject"] = obj{}
	}
	odd := map[string][]byte{
		"real shape":      fixture(t),
		"bare":            edit(t, usual, bare),
		"no reference":    edit(t, usual, set("ServiceRequest", "identifier", nil)),
		"no source":       edit(t, usual, set("MessageHeader", "source", nil)),
		"no destination":  edit(t, usual, set("MessageHeader", "destination", nil)),
		"no performer":    edit(t, usual, set("MessageHeader", "destination", nil), set("ServiceRequest", "performer", nil)),
		"odd code":        edit(t, usual, set("Task", "code", "x"), set("Task", "extension", "y")),
		"absolute":        edit(t, usual, func(d doc) { d.entries()[1].(obj)["fullUrl"] = "https://x.example/fhir/Patient/1" }),
		"contained":       edit(t, usual, set("ServiceRequest", "contained", list{obj{"resourceType": "Patient", "id": "p"}}), set("ServiceRequest", "subject", to("#p"))),
		"broken encoding": slices.Concat(edit(t, oceantest.Message{Ref: ref, Referrer: "CANARY"})),
	}
	odd["broken encoding"] = []byte(strings.ReplaceAll(string(odd["broken encoding"]), "CANARY", "L\xe9vesque"))
	for name, raw := range odd {
		about := ref
		if name == "real shape" {
			about = parse(t, raw).Updates[0].Ref
		}
		for i, say := range []ocean.Say{accepted, booked, removed, written} {
			t.Run(fmt.Sprint(name, i), func(t *testing.T) { survives(t, raw, about, say) })
		}
	}
}

// FuzzCompose checks that whatever can be read can be answered, in a message that can be read.
func FuzzCompose(f *testing.F) {
	f.Add(fixture(f), "yes")
	f.Add(edit(f, oceantest.Message{Ref: ref, Task: &oceantest.Task{Status: "received"}}), "a\x00b")
	f.Fuzz(func(t *testing.T, raw []byte, text string) {
		m, err := ocean.Parse(raw)
		if err != nil || len(m.Updates) == 0 {
			return
		}
		out, err := ocean.Compose(raw, m.Updates[0].Ref, publicURL, sent, ocean.Say{Task: &store.Task{Status: "rejected", Reason: text}})
		if err != nil {
			return
		}
		again, err := ocean.Parse(out.Bundle)
		if err != nil || len(again.Updates) != 1 {
			t.Fatalf("%d updates, %v", len(again.Updates), err)
		}
		if got := again.Updates[0].Task; got == nil || got.Status != "rejected" || got.Reason != out.Update.Task.Reason {
			t.Fatalf("%+v", got)
		}
	})
}
