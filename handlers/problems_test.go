package handlers

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/google/uuid"
)

var messageField = regexp.MustCompile(`name="message" value="([0-9a-f-]{36})"`)

func (s *site) attention() int {
	s.t.Helper()
	n, err := s.store.NeedsAttention(s.t.Context())
	s.must(err)
	return int(n)
}

// misread makes messages look as if a parser of before had understood little of them.
func (s *site) misread(messages ...oceantest.Message) {
	s.t.Helper()
	for i, m := range messages {
		if m.Ref == "" {
			m.Ref = uuid.NewString()
		}
		parsed, err := ocean.Parse(m.JSON())
		s.must(err)
		parsed.Problems, parsed.Updates = []store.Problem{store.ProblemNoReference}, nil
		_, err = s.store.Receive(s.t.Context(), parsed)
		s.must(err)
		messages[i] = m
	}
}

func TestProcessingAgainUnderstandsWhatWasMisread(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.misread(oceantest.Message{Patient: oceantest.Patient{Family: "One"}}, oceantest.Message{Patient: oceantest.Patient{Family: "Two"}},
		oceantest.Message{Event: "something-new", Patient: oceantest.Patient{Family: "Three"}})
	v := s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	page := v.get("/referrals/problems").wants(t, 200).shows(t, "Process all again", "Process again", "Mark as seen").hides(t, "/messages/")
	ids := messageField.FindAllStringSubmatch(page.body, -1)
	if len(ids) != 6 || s.attention() != 3 { // two buttons each
		t.Fatalf("%d buttons, %d wait", len(ids), s.attention())
	}
	v.post("/referrals/problems/again", "message", ids[5][1]).leadsTo(t, "/referrals/problems?again=1&left=0")
	v.get("/referrals").shows(t, "One, Ada").hides(t, "Two, Ada")
	v.get("/referrals/problems?again=1&left=0").shows(t, "1 message was processed again", "None of them has a problem any more.")
	for range 2 { // whoever presses twice
		a := v.post("/referrals/problems/again").wants(t, 303)
		v.get(a.Header().Get("Location")).wants(t, 200).shows(t, "1 of them still needs a look.", "does not know").hides(t, "does not say which referral")
		v.get("/referrals").shows(t, "One, Ada", "Two, Ada", "Three, Ada")
		if n := s.attention(); n != 1 {
			t.Errorf("%d wait", n)
		}
	}
	if n := len(s.audited(store.ActionReprocessed)); n != 1+2+1 {
		t.Errorf("%d entries", n)
	}
	v.post("/referrals/problems/again", "message", "x").wants(t, 404)
	v.get("/referrals/problems?again=x&left=-1&next=<script>").wants(t, 200).hides(t, "processed again", "<script>")
}

func TestManyAreProcessedInParts(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	for i := range listPage + 3 {
		s.misread(oceantest.Message{Patient: oceantest.Patient{Family: fmt.Sprint("Number", i)}})
	}
	v := s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	v.post("/referrals/problems/again").leadsTo(t, fmt.Sprintf("/referrals/problems?again=%d&left=0", listPage+3))
	if n := s.attention(); n != 0 {
		t.Errorf("%d wait", n)
	}
	v.post("/referrals/problems/again").leadsTo(t, "/referrals/problems")
}

func TestWhatWasSeenStaysInTheHistory(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{Event: "something-new"})
	id := s.messageID()
	v := s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	for range 2 {
		v.post("/referrals/problems/seen", "message", id).leadsTo(t, "/referrals/problems")
	}
	v.get("/referrals/problems").shows(t, "No delivery problems")
	s.openReferral(v).shows(t, "marked as seen", "something-new", "does not know")
	if n := len(s.audited(store.ActionMessageSeen)); n != 1 || s.attention() != 0 {
		t.Errorf("%d entries, %d wait", n, s.attention())
	}
	v.post("/referrals/problems/seen", "message", "x").wants(t, 404)
}

func TestProblemsAreForWhoMayManage(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{Event: "something-new"})
	id := s.messageID()
	reader := s.person("ada@clinic.example", store.ViewReferrals)
	reader.get("/referrals/problems").wants(t, 200).hides(t, "Process again", "Mark as seen", "/messages/")
	for _, path := range []string{"/referrals/problems/again", "/referrals/problems/seen"} {
		reader.post(path, "message", id).wants(t, 403)
	}
	s.person("bo@clinic.example", store.ViewReferrals, store.ViewRawMessages).get("/referrals/problems").shows(t, `href="/messages/`+id+`"`)
}

func TestUpdatesThatOceanRefusedAreDeliveryProblems(t *testing.T) {
	s := newSite(t)
	s.siteNumber()
	s.receive(oceantest.Message{})
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	r, err := s.store.Referral(t.Context(), rows[0].ID)
	s.must(err)
	out := store.Outgoing{ID: uuid.NewString(), Kind: store.OutStatus, Bundle: []byte("{}"),
		Update: store.Update{Ref: r.Ref, SentAt: s.clock.Now(), Task: &store.Task{Status: "rejected", Reason: "the list is full"}}}
	s.must(s.store.Tell(t.Context(), storetest.Admin, r.ID, r.Version, out))
	s.clock.Turn(time.Minute)
	due, err := s.store.DueOutbox(t.Context(), 5)
	s.must(err)
	if len(due) != 1 {
		t.Fatalf("%d due", len(due))
	}
	s.must(s.store.RefuseOutbox(t.Context(), due[0].ID, store.FaultForbidden, `not <b>allowed</b>`))
	v := s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	page := v.get("/referrals/problems").wants(t, 200).shows(t, "Updates that are not in Ocean", "the list is full", "not &lt;b&gt;allowed",
		"/referrals/"+r.ID+"/updates/"+out.ID+"/retry", `href="/referrals/`+r.ID+`"`)
	wantsHarmless(t, page)
	v.get("/referrals/"+r.ID).shows(t, "Declined: the list is full")
	v.get("/referrals/problems", "Accept-Language", "fr").shows(t, "Mises à jour qui ne sont pas dans Ocean")
	if strings.Contains(v.post("/referrals/"+r.ID+"/updates/"+out.ID+"/retry", "from", "problems").leadsTo(t, "/referrals/problems").body, "full") {
		t.Error("the answer tells")
	}
	v.get("/referrals/problems").shows(t, "No delivery problems")
}
