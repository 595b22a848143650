package handlers

import (
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// TestBelowTheFloorReadingGoesOnAndReceivingComesBack by itself: what is refused leaves nothing, who reads is
// noted, and a person is told once of each.
func TestBelowTheFloorReadingGoesOnAndReceivingComesBack(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	w.deliver(oceantest.Bundle(oceantest.Message{Ref: "kept"})).wantsKept(t)
	rows, _, err := w.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	w.must(err)
	page := "/referrals/" + rows[0].ID
	for round := range 2 {
		w.free = floor - 1
		during := oceantest.Bundle(oceantest.Message{Ref: "during", HeaderID: "during"})
		for range 3 {
			a := w.deliver(during)
			if a.wantsRefusal(t, 503); a.outcome(t).Code != "no-store" || a.Header().Get("Retry-After") == "" {
				t.Errorf("%+v", a.outcome(t))
			}
		}
		if st := w.status(); st.Messages != int64(1+round) || st.Referrals != 1 {
			t.Errorf("below the floor: %+v", st)
		}
		w.visitor().get("/readyz").wants(t, 503).shows(t, "disk")
		ada := w.person([]string{"ada@clinic.example", "bo@clinic.example"}[round], store.ViewReferrals)
		before := len(w.audited(store.ActionReferralOpened))
		ada.get(page).wants(t, 200)
		if noted := len(w.audited(store.ActionReferralOpened)) - before; noted != 1 {
			t.Errorf("somebody saw a referral, and %d entries say so", noted)
		}
		w.pass(10 * time.Minute)
		w.wants("below the floor", 2*round+1, store.IncidentDisk)
		w.free = 10 << 30
		w.clock.Turn(2 * time.Second) // what /readyz says holds for a moment
		w.visitor().get("/readyz").wants(t, 200)
		w.deliver(oceantest.Bundle(oceantest.Message{Ref: "kept", HeaderID: strings.Repeat("x", round+1)})).wants(t, 200)
		w.pass(20 * time.Minute)
		w.wants("with room again", 2*round+2)
	}
}
