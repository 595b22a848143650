package handlers

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func (s *site) export(format string) string {
	s.t.Helper()
	var out bytes.Buffer
	s.must(ExportAudit(s.t.Context(), s.store, AuditExport{Format: format, BaseURL: baseURL, Site: "4321"}, &out))
	return out.String()
}

// eventful is a site whose audit log has a bit of everything, with names that a spreadsheet would
// calculate.
func eventful(t testing.TB) *site {
	s := newSite(t)
	for _, email := range []string{"=1+1@clinic.example", "+1@clinic.example", "-1@clinic.example", "'x@clinic.example", "ada@clinic.example"} {
		v := s.person(email)
		v.post("/account", "name", "=HYPERLINK(\"http://evil.example\")\n,x", "theme", "")
		v.get("/referrals").wants(t, 403)
		v.post("/login", "email", email, "password", "wrong").wants(t, 401)
		v.post("/logout")
		s.clock.Turn(time.Minute + time.Millisecond)
	}
	return s
}

func TestTheAuditLogAsCSV(t *testing.T) {
	s := eventful(t)
	rows, err := csv.NewReader(strings.NewReader(s.export("csv"))).ReadAll()
	s.must(err)
	entries := s.audit()
	if len(rows) != len(entries)+1 || strings.Join(rows[0], " ") != "seq at actor actor_name address action object details" {
		t.Fatalf("%d rows of %d entries, %v", len(rows), len(entries), rows[0])
	}
	for i, e := range entries {
		row := rows[i+1]
		want := []string{strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), e.Actor, e.ActorName, e.Address, string(e.Action), e.Object, e.Details}
		for j, value := range row {
			if value != "" && strings.Contains("=+-@\t\r\n", value[:1]) {
				t.Errorf("a spreadsheet calculates %q", value)
			}
			if value != want[j] && value != "'"+want[j] {
				t.Errorf("%q is %q", want[j], value)
			}
		}
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a": "a", "1": "1", "{}": "{}", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"'a": "''a", "''": "'''", "a=1": "a=1", " =1": " =1", "é": "é",
	} {
		if got := cell(text); got != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}

func TestTheAuditLogAsNDJSON(t *testing.T) {
	s := eventful(t)
	entries := s.audit()
	lines := strings.Split(strings.TrimSuffix(s.export("ndjson"), "\n"), "\n")
	if len(lines) != len(entries) {
		t.Fatalf("%d lines of %d entries", len(lines), len(entries))
	}
	for i, e := range entries {
		var l struct {
			Seq        int64
			At         time.Time
			Actor      string
			Actor_Name string
			Address    string
			Action     store.Action
			Object     string
			Details    json.RawMessage
		}
		dec := json.NewDecoder(strings.NewReader(lines[i]))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if l.Seq != e.Seq || !l.At.Equal(e.At) || l.Actor != e.Actor || l.Actor_Name != e.ActorName || l.Address != e.Address ||
			l.Action != e.Action || l.Object != e.Object || string(l.Details) != e.Details && e.Details == strings.ToValidUTF8(e.Details, "") && !sameJSON(l.Details, e.Details) {
			t.Errorf("%+v is %s", e, lines[i])
		}
	}
}

func sameJSON(a json.RawMessage, b string) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, []byte(b)) == nil && x.String() == y.String()
}

func TestALogThatWasTouchedStillComesOut(t *testing.T) {
	s := eventful(t)
	conn := s.sql()
	triggers, err := conn.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	s.must(err)
	var names []string // the log's own guards
	for triggers.Next() {
		var name string
		s.must(triggers.Scan(&name))
		names = append(names, name)
	}
	s.must(triggers.Close())
	for _, name := range names {
		s.exec(conn, `DROP TRIGGER `+name)
	}
	s.exec(conn, `UPDATE audit_entries SET details = '{"half', object = char(10) || '=1+1' || char(0) WHERE seq = 2`)
	entries := len(s.audit())
	if rows, err := csv.NewReader(strings.NewReader(s.export("csv"))).ReadAll(); err != nil || len(rows) != entries+1 {
		t.Errorf("csv: %v, %d rows", err, len(rows))
	}
	if text := s.export("ndjson"); strings.Count(text, "\n") != entries {
		t.Error("ndjson: lines are missing")
	}
	if !json.Valid([]byte(s.export("fhir"))) {
		t.Error("fhir: no JSON")
	}
	if text := s.export("fhir-ndjson"); strings.Count(text, "\n") != entries {
		t.Error("fhir-ndjson: lines are missing")
	}
}

func TestExportSaysWhatWentWrong(t *testing.T) {
	s := newSite(t)
	for _, format := range []string{"", "xml", "CSV"} {
		if err := ExportAudit(t.Context(), s.store, AuditExport{Format: format}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "csv, ndjson, fhir") {
			t.Errorf("%q: %v", format, err)
		}
	}
	for range 200 {
		s.must(s.store.RecordExport(t.Context(), storetest.Admin, "csv", store.AuditFilter{}))
	}
	for _, f := range auditFormats {
		format := f.name
		if err := ExportAudit(t.Context(), s.store, AuditExport{Format: format}, fullDisk{}); !errors.Is(err, errFullDisk) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

var errFullDisk = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFullDisk }
