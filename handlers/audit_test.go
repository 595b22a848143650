package handlers

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

func TestTheAuditPageTellsFiltersAndPages(t *testing.T) {
	s := newSite(t)
	s.person("ada@clinic.example", store.ViewAuditLog)
	other := s.person("bob@clinic.example", store.ReferralSettings)
	other.post(oceanPath, "site_number", "4321")
	s.clock.Turn(24 * time.Hour)
	v, other := s.signIn("ada@clinic.example"), s.signIn("bob@clinic.example")
	other.post(oceanPath, "site_number", "5678")
	refused := 0
	for _, r := range guarded("x") { // of each page a few times, which are entries of their own
		if p := r.access.permission; r.method == get && !r.access.quiet && p != "" && p != store.ReferralSettings && refused < 30 {
			other.get(r.target).wants(t, 403)
			other.get(r.target).wants(t, 403)
			refused += 2
		}
	}
	if refused < 30 {
		t.Fatalf("only %d refusals", refused)
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
	for format, kind := range map[string]string{"csv": "text/csv", "ndjson": "application/x-ndjson", "fhir": "application/fhir+json", "fhir-ndjson": "application/fhir+ndjson"} {
		a := v.post(auditPath+"/export", "format", format).wants(t, 200).shows(t, "session.signed_in")
		if got := a.Header().Get("Content-Type"); !strings.HasPrefix(got, kind) || !strings.Contains(a.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v", format, a.Header())
		}
	}
	v.post(auditPath+"/export", "format", "xml").leadsTo(t, auditPath)
	if n := len(s.audit()); n != 9 { // and the check, and four exports
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

// exported are the numbers of the entries in an export as NDJSON.
func exported(t testing.TB, text string) (seqs []int64) {
	t.Helper()
	for line := range strings.Lines(text) {
		var l struct{ Seq int64 }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		seqs = append(seqs, l.Seq)
	}
	return seqs
}

func TestExportingAPartOfTheLog(t *testing.T) {
	toronto, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkplace(t)
	w.config.Zone = toronto
	w.handler, err = New(w.config)
	w.must(err)
	id := strings.TrimPrefix(w.at, "/referrals/")
	w.receive(oceantest.Message{Patient: oceantest.Patient{Family: "Other", HealthNumber: oceantest.HealthNumber(8)}})
	w.ada.get(w.at).wants(t, 200)
	w.clock.Turn(14 * time.Hour) // 2026-06-01 23:00 in Toronto, the next day in UTC
	w.bo = w.signIn("bo@clinic.example")
	w.bo.get(w.at).wants(t, 200)
	w.clock.Turn(2 * time.Hour) // 2026-06-02 01:00
	officer := w.person("officer@clinic.example", store.ViewAuditLog)
	both := w.person("both@clinic.example", store.ViewAuditLog, store.ViewReferrals)
	all := w.audit()
	fits := func(is func(store.AuditEntry) bool) (seqs []int64) {
		for _, e := range all {
			if is(e) {
				seqs = append(seqs, e.Seq)
			}
		}
		return seqs
	}
	evening := time.Date(2026, 6, 2, 0, 0, 0, 0, toronto)
	r, err := w.store.Referral(t.Context(), id)
	w.must(err)
	for name, c := range map[string]struct {
		by      *visitor
		form    []string
		want    []int64
		details string
	}{
		"until a day":   {officer, []string{"export_until", "2026-06-01"}, fits(func(e store.AuditEntry) bool { return e.At.Before(evening) }), `{"until":"2026-06-02T00:00:00-04:00"}`},
		"by id":         {officer, []string{"export_about", id}, fits(func(e store.AuditEntry) bool { return e.Object == id }), `{"referrals":["` + id + `"]}`},
		"by reference":  {officer, []string{"export_about", " " + strings.ToUpper(r.Ref)}, fits(func(e store.AuditEntry) bool { return e.Object == id }), `{"referrals":["` + id + `"]}`},
		"by the number": {both, []string{"export_about", oceantest.HealthNumber(7)}, fits(func(e store.AuditEntry) bool { return e.Object == id }), `{"referrals":["` + id + `"]}`},
		"both": {officer, []string{"export_about", id, "export_from", "2026-06-02", "export_until", "2026-06-02"},
			fits(func(e store.AuditEntry) bool { return e.Object == id && !e.At.Before(evening) }), `{"from":"2026-06-02T00:00:00-04:00","referrals":["` + id + `"],"until":"2026-06-03T00:00:00-04:00"}`},
		"one that is here no more": {officer, []string{"export_about", "01890000-0000-7000-8000-000000000000"}, nil, `{"referrals":["01890000-0000-7000-8000-000000000000"]}`},
	} {
		a := c.by.post(auditPath+"/export", append(c.form, "format", "ndjson")...).wants(t, 200)
		if got := exported(t, a.body); !slices.Equal(got, c.want) {
			t.Errorf("%s: entries %v, want %v", name, got, c.want)
		}
		told := w.audited(store.ActionAuditExported)
		if last := told[len(told)-1]; last.Object != "ndjson" || last.Details != c.details {
			t.Errorf("%s: audited as %s %s, want %s", name, last.Object, last.Details, c.details)
		}
	}
	if n := len(fits(func(e store.AuditEntry) bool { return e.Object == id })); n != 2 {
		t.Fatalf("%d entries about the referral: the test proves little", n)
	}
	before := len(w.audit())
	t8n := w.text().Audit.Outside
	for _, c := range []struct {
		by          *visitor
		field, text string
		says        string
	}{
		{officer, "export_from", "yesterday", w.text().Audit.DateWrong("yesterday")},
		{officer, "export_until", "2026-02-30", w.text().Audit.DateWrong("2026-02-30")},
		{officer, "export_about", "Canaryname", t8n.AboutWrong("Canaryname")},
		{officer, "export_about", "1931-07-09", t8n.AboutWrong("1931-07-09")},
		{officer, "export_about", oceantest.HealthNumber(7), t8n.AboutSecret},
		{both, "export_about", oceantest.HealthNumber(9), t8n.AboutNobody},
	} {
		a := c.by.post(auditPath+"/export", "format", "csv", c.field, c.text).wants(t, 422).shows(t, c.says, `value="`+c.text+`"`)
		if a.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s %s: sends a file", c.field, c.text)
		}
	}
	if n := len(w.audit()); n != before {
		t.Errorf("%d entries of exports that never were", n-before)
	}
	officer.get(w.at+"/opened").shows(t, `href="/settings/audit?about=`+id+`#export"`)
	officer.get(auditPath+"?about="+id+"&from=2026-06-01").shows(t, `value="`+id+`"`)
}

// TestWhatIsNotInTheLogIsNotShown breaks the log and asks for all that shows a patient, a secret, or
// the log itself.
func TestWhatIsNotInTheLogIsNotShown(t *testing.T) {
	s := newSimulated(t)
	address, all := s.refer(inline("Letter", "%PDF-1.4\ncanary letter"))
	values, err := s.store.GenerateKey(t.Context(), storetest.Admin)
	s.must(err)
	v := s.person("ada@clinic.example", store.Permissions()...)
	v.get(oceanPath).wants(t, 200)
	s.exec(s.sql(), `CREATE TRIGGER no_entries BEFORE INSERT ON audit_entries BEGIN SELECT raise(ABORT, 'no entries'); END`)
	page := v.get("/referrals").wants(t, 200) // a list is not logged: see SECURITY.md
	patient := regexp.MustCompile(`>([^<>]+, [^<>]+)</a>`).FindStringSubmatch(page.body)
	if patient == nil {
		t.Fatalf("the list names nobody:\n%s", page.body)
	}
	for name, a := range map[string]answer{
		"referral":         v.get(address),
		"its part":         v.get(address, htmxHeader, "true"),
		"document":         v.get(address + "/documents/" + all[0].ID),
		"document, a file": v.get(address + "/documents/" + all[0].ID + "?download=1"),
		"raw message":      v.get("/messages/" + s.messageID()),
		"search":           v.post("/referrals/search", "q", strings.Split(patient[1], ",")[0]),
		"keys":             v.post(oceanPath+"/show-key", "password", storetest.Password),
		"export":           v.post(auditPath+"/export", "format", "csv"),
		"missed":           v.post(missedPath),
	} {
		if a.Code < 500 && a.Code != 303 {
			t.Errorf("%s: %d", name, a.Code)
		}
		if a.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s: sends a file", name)
		}
		a.hides(t, patient[1], "canary letter", "%PDF", values, "session.signed_in")
	}
	v.get(oceanPath).hides(t, values)
}
