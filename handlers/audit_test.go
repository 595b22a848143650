package handlers

import (
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

func TestTheAuditPageTellsFiltersAndPages(t *testing.T) {
	s := newSite(t)
	s.person("ada@clinic.example", store.ViewAuditLog)
	other := s.person("bob@clinic.example", store.ReferralSettings)
	other.post(oceanPath, "site_number", "4321")
	s.clock.Turn(24 * time.Hour)
	v, other := s.signIn("ada@clinic.example"), s.signIn("bob@clinic.example")
	other.post(oceanPath, "site_number", "5678")
	for range 30 {
		other.get(auditPath).wants(t, 403)
	}
	changed, first := s.text().Audit.SiteNumber("4321", "5678"), s.text().Audit.SiteNumber("", "4321")
	v.get(auditPath).wants(t, 200).shows(t, changed, first, "30")
	v.get(auditPath+"?action=ocean").shows(t, changed, first).hides(t, s.text().Audit.AccessDenied("", ""))
	v.get(auditPath+"?actor=user:"+s.id("ada@clinic.example")).hides(t, changed)
	today := s.clock.Now().In(s.config.Zone).Format(time.DateOnly)
	v.get(auditPath+"?from="+today).shows(t, changed).hides(t, first)
	v.get(auditPath+"?until="+s.clock.Now().Add(-24*time.Hour).In(s.config.Zone).Format(time.DateOnly)).shows(t, first).hides(t, changed)
	v.get(auditPath+"?from=yesterday").wants(t, 200).shows(t, s.text().Audit.DateWrong("yesterday"))
}

func TestTheAuditPageNeverSkipsAnEntry(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ViewAuditLog, store.ReferralSettings)
	for i := range auditEntries + 20 {
		v.post(oceanPath, "client_id", "client-"+strings.Repeat("i", i+1)+"-end")
	}
	page := v.get(auditPath).wants(t, 200)
	rest := v.get(older(auditPath, s.audit()[len(s.audit())-auditEntries].Seq)).wants(t, 200)
	for i := range auditEntries + 20 {
		id := "-" + strings.Repeat("i", i+1) + "-end"
		if !strings.Contains(page.Body.String()+rest.Body.String(), id) {
			t.Errorf("the change to client%s stands on no page", id)
		}
	}
}

func TestVerifyingAndExportingFromTheAuditPage(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ViewAuditLog)
	v.get(auditPath).shows(t, s.text().Audit.NeverTitle)
	v.post(auditPath+"/verify").leadsTo(t, auditPath)
	v.get(auditPath).hides(t, s.text().Audit.NeverTitle).shows(t, s.text().Audit.WholeTitle(4)) // the key generated and saved, the person added and signed in
	for format, kind := range map[string]string{"csv": "text/csv", "ndjson": "application/x-ndjson", "fhir": "application/fhir+json"} {
		a := v.post(auditPath+"/export", "format", format).wants(t, 200).shows(t, "session.signed_in")
		if got := a.Header().Get("Content-Type"); !strings.HasPrefix(got, kind) || !strings.Contains(a.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v", format, a.Header())
		}
	}
	v.post(auditPath+"/export", "format", "xml").leadsTo(t, auditPath)
	if n := len(s.audit()); n != 8 { // and the check, and three exports
		t.Errorf("%d entries", n)
	}
}

func TestTheAuditPageSaysWhenTheLogWasTouched(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ViewAuditLog)
	db := s.sql()
	s.exec(db, `DROP TRIGGER audit_entries_no_update`)
	s.exec(db, `UPDATE audit_entries SET actor = 'cli:eve' WHERE seq = 2`)
	v.post(auditPath+"/verify").leadsTo(t, auditPath)
	v.get(auditPath).shows(t, s.text().Audit.TouchedTitle(2))
	if _, err := s.store.VerifyAudit(t.Context(), ""); err == nil {
		t.Error("verifies")
	}
}
