package handlers

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"breakwater/store"
)

// ExportAudit writes the whole audit log, oldest entry first: format is csv, ndjson (one JSON
// object a line) or fhir (an R4 Bundle of AuditEvents).
func ExportAudit(ctx context.Context, s *store.Store, format string, to io.Writer) error {
	w := bufio.NewWriter(to)
	var err error
	switch format {
	case "csv":
		err = exportCSV(ctx, s, w)
	case "ndjson":
		enc := json.NewEncoder(w)
		err = s.AuditEntries(ctx, func(e store.AuditEntry) error { return enc.Encode(lineOf(e)) })
	case "fhir":
		err = exportFHIR(ctx, s, w)
	default:
		err = fmt.Errorf("there is no format %q: use csv, ndjson or fhir", format)
	}
	if err != nil {
		return err
	}
	return w.Flush()
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

func exportCSV(ctx context.Context, s *store.Store, to io.Writer) error {
	w := csv.NewWriter(to)
	w.Write([]string{"seq", "at", "actor", "actor_name", "address", "action", "object", "details"})
	err := s.AuditEntries(ctx, func(e store.AuditEntry) error {
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

// exportFHIR writes entry after entry, so that a long log needs no memory.
func exportFHIR(ctx context.Context, s *store.Store, w io.Writer) error {
	if _, err := io.WriteString(w, `{"resourceType":"Bundle","type":"collection","entry":[`); err != nil {
		return err
	}
	separator := "\n"
	err := s.AuditEntries(ctx, func(e store.AuditEntry) error {
		text, err := json.Marshal(map[string]any{"resource": auditEvent(e)})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s%s", separator, text)
		separator = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n]}\n")
	return err
}

// auditEvent is an entry as FHIR R4's AuditEvent. Its agent is who did it, its entity what it was
// done to; the entry's number is kept as an identifier of the entity, for comparing with the log.
func auditEvent(e store.AuditEntry) map[string]any {
	coding := func(system, code string) map[string]any { return map[string]any{"system": system, "code": code} }
	outcome := "0"
	if e.Action == store.ActionSignInFailed || e.Action == store.ActionFactorFailed || e.Action == store.ActionAccessDenied || e.Action == store.ActionProofFailed {
		outcome = "4" // minor failure
	}
	agent := map[string]any{"who": map[string]any{"identifier": map[string]any{"value": e.Actor}}, "requestor": true}
	if e.ActorName != "" {
		agent["name"] = e.ActorName
	}
	if e.Address != "" {
		agent["network"] = map[string]any{"address": e.Address, "type": "2"} // an IP address
	}
	detail := []map[string]any{{"type": "seq", "valueString": strconv.FormatInt(e.Seq, 10)}}
	if e.Details != "" {
		detail = append(detail, map[string]any{"type": "details", "valueString": e.Details})
	}
	entity := map[string]any{"detail": detail}
	if e.Object != "" {
		entity["what"] = map[string]any{"identifier": map[string]any{"value": e.Object}}
	}
	return map[string]any{
		"resourceType": "AuditEvent",
		"type":         coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest"),
		"subtype":      []any{map[string]any{"display": string(e.Action)}},
		"recorded":     e.At.Format(time.RFC3339Nano),
		"outcome":      outcome,
		"agent":        []any{agent},
		"source":       map[string]any{"observer": map[string]any{"display": "Breakwater"}},
		"entity":       []any{entity},
	}
}
