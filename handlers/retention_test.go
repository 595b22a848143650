package handlers

import (
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// TestRetentionIsPreviewedConfirmedAndDone by the watch.
func TestRetentionIsPreviewedConfirmedAndDone(t *testing.T) {
	w := newWatched(t)
	w.siteNumber()
	w.deliver(oceantest.Bundle(oceantest.Message{SiteNumber: "1234", Ref: "closed", HeaderID: "1", SentAt: w.clock.Now(), Task: &oceantest.Task{Status: "completed"}})).wants(t, 200)
	w.deliver(oceantest.Bundle(oceantest.Message{SiteNumber: "1234", Ref: "open", HeaderID: "2", SentAt: w.clock.Now()})).wants(t, 200)
	w.pass(40 * 24 * time.Hour)
	ada := w.person("ada@example.org", store.SystemSettings)
	ada.get("/settings/clinic").shows(t, `href="/settings/clinic/retention"`)
	ada.get(retentionPath).wants(t, 200).shows(t, "Open referrals, however old", "At least 30. 0 keeps them for ever.", `value="0"`)
	ada.post(retentionPath, "closed", "3", "test", "soon", "unmatched", "0").wants(t, 422).shows(t, "You typed 3.", "You typed soon.", `value="soon"`)
	page := ada.post(retentionPath, "closed", "30", "test", "0", "unmatched", "0").wants(t, 200)
	page.shows(t, "Kept for 30 days. Goes now: 1 referral, 1 message, 0 documents.", "cannot be brought back", `action="/settings/clinic/retention/confirm"`)
	if list, err := w.store.Retention(t.Context()); err != nil || list[0].Days != 0 {
		t.Fatalf("a preview has set something: %+v, %v", list, err)
	}
	ada.post(retentionPath+"/confirm", "closed", "30", "test", "0", "unmatched", "0", "password", storetest.Password).leadsTo(t, retentionPath+"?saved=1")
	ada.get(retentionPath+"?saved=1").wants(t, 200).shows(t, "What is older goes within the hour", `value="30"`)
	w.must(w.Retain(t.Context()))
	if st := w.status(); st.Referrals != 1 || st.Messages != 1 {
		t.Errorf("%+v", st)
	}
	ada.get(retentionPath).wants(t, 200).shows(t, "Last done")
	for _, path := range []string{retentionPath, retentionPath + "/confirm"} {
		w.person(strings.ReplaceAll(path[10:], "/", "")+"@example.org", store.ReferralSettings, store.ManageReferrals).post(path, "closed", "30", "test", "0", "unmatched", "0").wants(t, 403)
	}
}

// TestAYearInACupboardRemovesNothing until somebody, or the machine, says that the clock is right.
func TestAYearInACupboardRemovesNothing(t *testing.T) {
	w := newWatched(t)
	w.siteNumber()
	w.deliver(oceantest.Bundle(oceantest.Message{SiteNumber: "1234", SentAt: w.clock.Now(), Task: &oceantest.Task{Status: "completed"}})).wants(t, 200)
	w.must(w.store.SaveRetention(t.Context(), storetest.Admin, map[store.RetentionClass]int{store.RetainClosed: 60}))
	w.must(w.Retain(t.Context())) // before the clock was looked at
	w.pass(10 * time.Minute)
	w.clock.Turn(365 * 24 * time.Hour)
	w.Watch = w.watch()
	w.pass(time.Minute)
	w.must(w.Retain(t.Context()))
	if st := w.status(); st.Referrals != 1 {
		t.Fatal("it is gone")
	}
	w.person("ada@example.org", store.SystemSettings).get(retentionPath).shows(t, "Nothing is removed at the moment")
	w.synced = true
	w.pass(time.Minute)
	w.must(w.Retain(t.Context()))
	if st := w.status(); st.Referrals != 0 {
		t.Error("the clock is kept right, and it is still there")
	}
}
