package handlers

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// refuse has Ocean refuse what waits for it first.
func (w *worker) refuse(said string) string {
	w.t.Helper()
	due, err := w.store.DueOutbox(w.t.Context(), 1)
	w.must(err)
	w.must(w.store.RefuseOutbox(w.t.Context(), due[0].ID, store.FaultForbidden, said))
	return due[0].ID
}

func TestAReferralTellsWhatBecameOfIt(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{Ref: "r"})
	page := func() answer { return w.get(w.at("")).wants(t, 200) }
	page().hides(t, "Updates to Ocean")
	w.act("accept")
	page().shows(t, "Updates to Ocean", "Accepted", "Waiting to be sent", "Nothing can be told to Ocean until its OAuth credentials are saved",
		"Ask somebody who has the permission Referral Settings to save them").hides(t, "Ocean still has it")
	id := w.referral().Outbox[0].ID
	s.must(s.store.PostponeOutbox(t.Context(), id, store.FaultConnect, 0))
	page().shows(t, "Ocean could not be reached", "Next try in a moment")
	s.must(s.store.OutboxSent(t.Context(), id))
	page().shows(t, ">Sent", "Ocean still has it under New.").hides(t, "Waiting to be sent")
	s.clock.Turn(time.Minute)
	s.receive(oceantest.Message{Ref: "r", Event: "notify-update-service-request", SentAt: s.clock.Now(), Task: &oceantest.Task{Status: "accepted"}})
	page().shows(t, "Confirmed by Ocean").hides(t, "Ocean still has it")
}

func TestWhatOceanRefusedWaitsForAPerson(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{})
	w.act("decline", "reason", "Not our region").leadsTo(t, w.at(""))
	id := w.refuse(hostile("said"))
	w.stands(store.FolderNew, 1)
	a := w.get(w.at("")).shows(t, "Declined: Not our region", "Refused by Ocean", "Ocean says: said-canary", w.at("/decline?from="+id), "Try again", "Drop")
	wantsHarmless(t, a)

	w.post(w.at("/updates/"+id+"/retry"), "from", "problems").leadsTo(t, "/referrals/problems")
	w.stands(store.FolderDeclined, 1)
	w.refuse("")
	w.post(w.at("/updates/"+id+"/retry")).leadsTo(t, w.at(""))
	w.get(w.at("/updates/"+id+"/drop")).leadsTo(t, w.at("")) // it waits for Ocean, not for a person
	w.refuse("")

	w.get(w.at("/updates/"+id+"/drop?from=problems")).wants(t, 200).shows(t, "Not our region", `name="from" value="problems"`, `href="/referrals/problems"`)
	w.post(w.at("/updates/"+id+"/drop"), "from", "https://evil.example").leadsTo(t, w.at(""))
	w.post(w.at("/updates/"+id+"/drop")).leadsTo(t, w.at("")) // twice is no harm
	w.get(w.at("")).shows(t, "Dropped")
	w.get(w.at("/updates/01890000-0000-7000-8000-000000000000/drop")).wants(t, 404)
	w.post("/referrals/01890000-0000-7000-8000-000000000000/updates/"+id+"/drop").wants(t, 404)
	retried, dropped := 0, 0
	for _, e := range s.audit() {
		switch e.Action {
		case store.ActionUpdateRetried:
			retried++
		case store.ActionUpdateDropped:
			dropped++
		}
	}
	if retried != 2 || dropped != 1 {
		t.Errorf("audited: %d tried again, %d dropped", retried, dropped)
	}
}

func TestARefusedUpdateIsEdited(t *testing.T) {
	w := newSite(t).worker(oceantest.Message{})
	w.act("book", "date", "2026-06-05", "time", "10:30", "minutes", "45", "type", "First visit", "instruction", "Bring all", "confirmed", "1")
	id := w.refuse("No such thing.")
	w.act("message", "text", "Which knee?")
	w.get(w.at("")).shows(t, "It is sent once the one before it")
	a := w.get(w.at("/book?from="+id)).wants(t, 200).shows(t, `value="2026-06-05"`, `value="10:30"`, `value="45"`, `value="First visit"`, "Bring all", " checked",
		`name="from" value="`+id+`"`, "takes the place of")
	form := []string{"version", a.seen(t), "from", id, "date", "2026-06-08", "time", "10:30"}
	w.post(w.at("/book"), append(form[:4:4], "date", "never")...).wants(t, 422).shows(t, `name="from" value="`+id+`"`)
	w.post(w.at("/book"), form...).leadsTo(t, w.at(""))
	r := w.stands(store.FolderBookedUnconfirmed, 3)
	if r.Outbox[0].State != store.OutDropped || r.Outbox[1].State != store.OutWaiting || r.Outbox[2].State != store.OutWaiting {
		t.Errorf("%+v", r.Outbox)
	}
	w.told() // in order, and not held up
	for _, from := range []string{id, "canary", ""} {
		w.get(w.at("/book?from="+from)).wants(t, 200).hides(t, `name="from"`, "canary")
	}
}

func TestTheLastUpdatesAreShown(t *testing.T) {
	w := newSite(t).worker(oceantest.Message{})
	for _, text := range []string{"one", "two", "three", "four", "five", "six", "seven"} {
		w.act("message", "text", text+" "+strings.Repeat("word ", 100)).leadsTo(t, w.at(""))
		if text != "one" {
			w.told()
		}
	}
	due, err := w.store.DueOutbox(t.Context(), 1)
	w.must(err)
	w.must(w.store.OutboxSent(t.Context(), due[0].ID))
	body := w.get(w.at("")).shows(t, "Message: seven word", "Message: three word", "…").hides(t, "Message: two", "Message: one").body
	if strings.Index(body, "Message: seven") > strings.Index(body, "Message: six") {
		t.Error("the newest is not first")
	}
}

func TestActionsSpeakFrench(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{})
	french := []string{"Accept-Language", "fr-CA"}
	w.get(w.at(""), french...).shows(t, "Accepter", "Refuser", "Fixer un rendez-vous")
	w.get(w.at("/decline"), french...).shows(t, "Refuser l’aiguillage", "Normalement, Ocean envoie un courriel")
	version := w.get(w.at("/decline")).seen(t)
	w.do(post, w.at("/decline"), fields("version", version), french...).wants(t, 422).shows(t, "Saisissez un motif.")
	w.do(post, w.at("/decline"), fields("version", version, "reason", "Hors région"), french...).wants(t, 303)
	w.do(post, w.at("/decline"), fields("version", version, "reason", "Hors région"), french...).wants(t, 409).shows(t, "C’est déjà transmis")
	w.get(w.at(""), french...).shows(t, "Mises à jour pour Ocean", "Refusé\u00a0: Hors région", "En attente d’envoi")
}

func TestCredentialsAreAskedForWhereTheyCanBeSaved(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{})
	admin := s.person("bo@clinic.example", store.Permissions()...)
	admin.get(w.at("")).shows(t, "Save the credentials", `href="/settings/referral/ocean"`)
	id, secret := "client", "secret"
	s.must(s.store.SaveOceanSettings(t.Context(), storetest.Admin, store.OceanChange{ClientID: &id, ClientSecret: &secret}))
	admin.get(w.at("")).hides(t, "Nothing can be told to Ocean")
}

func TestAMessageThatCannotBeAnswered(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{Ref: "r"})
	var bundle map[string]any
	s.must(json.Unmarshal(oceantest.Message{Ref: "r", SentAt: s.clock.Now(), Event: "notify-update-service-request"}.JSON(), &bundle))
	bundle["entry"] = slices.DeleteFunc(bundle["entry"].([]any), func(e any) bool {
		return e.(map[string]any)["resource"].(map[string]any)["resourceType"] == "ServiceRequest"
	})
	body, err := json.Marshal(bundle)
	s.must(err)
	s.deliver(body).wants(t, 200)
	w.act("decline", "reason", "Typed and kept").wants(t, 409).shows(t, "Nothing could be sent", "Typed and kept")
	w.stands(store.FolderNew, 0)
}

// TestAnOpenPageLearnsWhatBecameOfAnUpdate: by states alone, without an entry in the audit log, and for
// nobody who may not see referrals.
func TestAnOpenPageLearnsWhatBecameOfAnUpdate(t *testing.T) {
	s := newSite(t)
	w := s.worker(oceantest.Message{Ref: "r"})
	w.act("decline", "reason", "canary of a reason")
	ask := func() string {
		t.Helper()
		page := w.get(w.at("")).wants(t, 200)
		_, rest, _ := strings.Cut(page.body, `hx-get="`+w.at("/told"))
		address, _, found := strings.Cut(rest, `"`)
		if !found {
			t.Fatalf("the page does not ask:\n%.3000s", page.body)
		}
		return w.at("/told") + address
	}
	address := ask()
	before := len(s.audit())
	w.get(address, htmxHeader, "true").wants(t, 204)
	s.must(s.store.OutboxSent(t.Context(), w.referral().Outbox[0].ID))
	w.get(address, htmxHeader, "true").wants(t, 200).shows(t, "Sent", "Ocean still has it under New.", `hx-swap-oob="true"`).hides(t, "canary", "Example")
	s.clock.Turn(time.Minute)
	s.receive(oceantest.Message{Ref: "r", Event: "notify-update-service-request", SentAt: s.clock.Now(), Task: &oceantest.Task{Status: "rejected", Reason: "canary of a reason"}})
	w.get(address, htmxHeader, "true").wants(t, 200).shows(t, "Confirmed by Ocean").hides(t, "Ocean still has it", "hx-get")
	if n := len(s.audit()); n != before {
		t.Errorf("%d entries more", n-before)
	}
	w.get("/referrals/nothing/told").wants(t, 404)
	s.person("clerk@clinic.example", store.ManageReferrals).get(address).wants(t, 403)
}
