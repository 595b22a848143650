package handlers

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/store"
)

// AuditExport says what of the audit log is exported, and how.
type AuditExport struct {
	Format  string // csv, ndjson, fhir or fhir-ndjson
	Filter  store.AuditFilter
	BaseURL string // of the console: its names for people and referrals are within it
	Site    string // the clinic's Site Number, "" for none yet
}

// auditFormat is one format of an export.
type auditFormat struct {
	name, media, ending string
	write               func(context.Context, *store.Store, AuditExport, io.Writer) error
}

// auditFormats are csv, ndjson (one JSON object a line), fhir (an R4 Bundle of AuditEvents) and
// fhir-ndjson (one AuditEvent a line).
var auditFormats = []auditFormat{
	{"csv", "text/csv; charset=utf-8", "csv", exportCSV},
	{"ndjson", "application/x-ndjson", "ndjson", exportLines},
	{"fhir", "application/fhir+json", "json", exportBundle},
	{"fhir-ndjson", "application/fhir+ndjson", "fhir.ndjson", exportEvents},
}

// ExportAudit writes the audit log, or a part of it, oldest entry first. It needs no more memory for
// a longer log. The caller has noted the export in the log.
func ExportAudit(ctx context.Context, s *store.Store, e AuditExport, to io.Writer) error {
	i := slices.IndexFunc(auditFormats, func(f auditFormat) bool { return f.name == e.Format })
	if i < 0 {
		return fmt.Errorf("there is no format %q: use csv, ndjson, fhir or fhir-ndjson", e.Format)
	}
	w := bufio.NewWriterSize(to, 32<<10)
	if err := auditFormats[i].write(ctx, s, e, w); err != nil {
		return err
	}
	return w.Flush()
}

func exportLines(ctx context.Context, s *store.Store, e AuditExport, w io.Writer) error {
	enc := json.NewEncoder(w)
	return s.AuditEntriesOf(ctx, e.Filter, func(e store.AuditEntry) error { return enc.Encode(lineOf(e)) })
}

// auditLine is an entry as NDJSON has it.
type auditLine struct {
	Seq       int64           `json:"seq"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"`
	ActorName string          `json:"actor_name,omitempty"`
	Address   string          `json:"address,omitempty"`
	Action    store.Action    `json:"action"`
	Object    string          `json:"object,omitempty"`
	Details   json.RawMessage `json:"details,omitempty"`
}

func lineOf(e store.AuditEntry) auditLine {
	l := auditLine{e.Seq, e.At, e.Actor, e.ActorName, e.Address, e.Action, e.Object, nil}
	if json.Valid([]byte(e.Details)) { // a log that was touched must still come out
		l.Details = json.RawMessage(e.Details)
	}
	return l
}

func exportCSV(ctx context.Context, s *store.Store, e AuditExport, to io.Writer) error {
	w := csv.NewWriter(to)
	w.Write([]string{"seq", "at", "actor", "actor_name", "address", "action", "object", "details"})
	err := s.AuditEntriesOf(ctx, e.Filter, func(e store.AuditEntry) error {
		row := []string{strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), e.Actor, e.ActorName, e.Address,
			string(e.Action), e.Object, e.Details}
		for i := range row {
			row[i] = cell(row[i])
		}
		return w.Write(row)
	})
	w.Flush()
	if err != nil {
		return err
	}
	return w.Error()
}

// cell keeps a spreadsheet from taking a text for a formula (OWASP, CSV Injection).
func cell(text string) string {
	if strings.HasPrefix(text, "'") || strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r\n") {
		return "'" + text
	}
	return text
}
