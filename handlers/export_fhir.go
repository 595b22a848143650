package handlers

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"breakwater/store"
)

// Entries as FHIR R4's AuditEvent, in the shape of IHE's Basic Audit Log Patterns (BALP 1.1.4): each
// has the profile of what was done, with the patient where it is known whose information it was. The
// patient is named as the one of a referral; who that is stays sealed, as in every export.

// object is one of JSON.
type object = map[string]any

func exportBundle(ctx context.Context, s *store.Store, e AuditExport, w io.Writer) error {
	if _, err := io.WriteString(w, `{"resourceType":"Bundle","type":"collection","entry":[`); err != nil {
		return err
	}
	separator := "\n"
	err := eachEvent(ctx, s, e, func(event object) error {
		text, err := json.Marshal(object{"resource": event})
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

func exportEvents(ctx context.Context, s *store.Store, e AuditExport, w io.Writer) error {
	enc := json.NewEncoder(w)
	return eachEvent(ctx, s, e, func(event object) error { return enc.Encode(event) })
}

func eachEvent(ctx context.Context, s *store.Store, e AuditExport, each func(object) error) error {
	return s.AuditEntriesOf(ctx, e.Filter, func(entry store.AuditEntry) error {
		for _, event := range auditEvents(entry, e) {
			if err := each(event); err != nil {
				return err
			}
		}
		return nil
	})
}

// told is an entry on its way to FHIR.
type told struct {
	store.AuditEntry
	AuditExport
	kind auditKind
	more toldDetails
}

// toldDetails are what an entry's details say to FHIR.
type toldDetails struct {
	Permission store.Permission `json:"permission"`
	Document   string           `json:"document"`
	Referrals  []string         `json:"referrals"`
	Terms      []string         `json:"terms"`
	Query      string           `json:"query"` // sealed, base64
}

// auditEvents is an entry as AuditEvents: one, or where it is about several patients one for each,
// since a profile has room for one.
func auditEvents(entry store.AuditEntry, e AuditExport) []object {
	t := told{AuditEntry: entry, AuditExport: e, kind: kindOf(entry.Action)}
	if json.Unmarshal([]byte(entry.Details), &t.more) != nil { // a log that was touched must still come out
		t.more = toldDetails{}
	}
	patients := t.patients()
	if len(patients) == 0 {
		return []object{t.event("", "")}
	}
	var events []object
	for i, referral := range patients {
		suffix := ""
		if i > 0 {
			suffix = "-" + strconv.Itoa(i+1)
		}
		events = append(events, t.event(suffix, referral))
	}
	return events
}

// patients are the referrals whose patient an entry is about.
func (t told) patients() []string {
	switch noun, _, _ := strings.Cut(string(t.Action), "."); {
	case noun == "message":
		return t.more.Referrals
	case (noun == "referral" || noun == "document") && t.Object != "":
		return []string{t.Object}
	}
	return nil
}

func (t told) event(suffix, referral string) object {
	event := object{
		"resourceType": "AuditEvent",
		"id":           fmt.Sprint("entry-", t.Seq, suffix),
		"type":         t.kind.typ,
		"subtype":      []any{t.kind.subtype, coding(t.BaseURL+"/settings/audit", string(t.Action), "")},
		"action":       t.kind.action,
		"recorded":     t.At.Format(time.RFC3339Nano),
		"outcome":      t.kind.outcome,
		"agent":        []any{t.client(), t.server(), t.user()},
		"source":       t.source(),
		"entity":       t.entities(referral),
	}
	if t.kind.profile != "" && t.kind.outcome == outcomeSuccess {
		name := t.kind.profile
		if referral != "" {
			name = "Patient" + name
		}
		event["meta"] = object{"profile": []any{balp + name}}
	}
	return event
}

// client is where it was done from.
func (t told) client() object {
	address, kind := cmp.Or(t.Address, "localhost"), "1" // a machine's name
	if t.Address != "" {
		kind = "2" // an IP address
	}
	return object{"type": concept(t.kind.client), "who": object{"display": address}, "requestor": false,
		"network": object{"address": address, "type": kind}}
}

// server is Breakwater.
func (t told) server() object {
	return object{"type": concept(t.kind.server), "who": t.observer(), "requestor": false,
		"network": object{"address": t.BaseURL, "type": "5"}} // a URI
}

// user is who did it, in what role, and what allowed it.
func (t told) user() object {
	kind, id, _ := strings.Cut(t.Actor, ":")
	role := coding(roleTypes, "humanuser", "human user")
	if kind == "system" {
		role = coding(dicom, "110150", "Application")
	}
	user := object{"type": concept(t.kind.user), "role": []any{concept(role)}, "requestor": true,
		"who": object{"identifier": object{"system": t.BaseURL, "value": cmp.Or(t.Actor, "unknown")}}}
	if kind == "user" { // whose id is no name
		id = ""
	}
	if name := cmp.Or(t.ActorName, id); name != "" {
		user["name"] = name
	}
	if p := cmp.Or(t.more.Permission, permissionFor(t.Action)); p != "" && kind == "user" {
		user["policy"] = []any{t.BaseURL + "/settings/roles#" + string(p)}
	}
	return user
}

func (t told) observer() object {
	return object{"identifier": object{"value": t.BaseURL}, "display": "Breakwater"}
}

func (t told) source() object {
	source := object{"observer": t.observer(), "type": []any{coding(sourceTypes, "4", "Application Server")}}
	if t.Site != "" {
		source["site"] = t.Site
	}
	return source
}

// entities are what it was done to, whose information that is, and the entry itself, for comparing
// with the log.
func (t told) entities(referral string) []any {
	list := []any{t.data()}
	if referral != "" {
		list = append(list, object{"type": coding(entityTypes, "1", "Person"), "role": coding(objectRoles, "1", "Patient"),
			"what": object{"type": "Patient", "identifier": object{"system": t.BaseURL + "/referrals", "value": referral}, "display": "The patient of this referral"}})
	}
	detail := []any{object{"type": "action", "valueString": string(t.Action)}}
	for _, d := range [][2]string{{"object", t.Object}, {"details", t.Details}} {
		if d[1] != "" {
			detail = append(detail, object{"type": d[0], "valueString": d[1]})
		}
	}
	return append(list, object{"type": coding(entityTypes, "4", "Other"), "role": coding(objectRoles, "13", "Security Resource"),
		"what": object{"identifier": object{"system": t.BaseURL + "/settings/audit", "value": strconv.FormatInt(t.Seq, 10)}}, "detail": detail})
}

// data is what it was done to. Of a search it is what was typed, still sealed.
func (t told) data() object {
	data := object{"type": coding(entityTypes, "2", "System Object"), "role": coding(objectRoles, "4", "Domain Resource")}
	if t.kind.profile == "Query" {
		data["role"] = coding(objectRoles, "24", "Query")
		data["query"] = cmp.Or(t.more.Query, "IA==") // base64Binary is never empty
		data["description"] = "What was typed, sealed. Kinds of terms: " + cmp.Or(strings.Join(t.more.Terms, ", "), "none known")
		return data
	}
	noun, _, _ := strings.Cut(string(t.Action), ".")
	what := object{"identifier": object{"system": t.BaseURL, "value": cmp.Or(t.Object, noun)}}
	switch noun {
	case "referral":
		what = object{"type": "ServiceRequest", "identifier": object{"system": t.BaseURL + "/referrals", "value": cmp.Or(t.Object, "all")}}
	case "document":
		what = object{"type": "DocumentReference", "identifier": object{"system": t.BaseURL + "/documents", "value": cmp.Or(t.more.Document, t.Object, "all")}}
	case "message":
		what = object{"type": "Bundle", "identifier": object{"system": t.BaseURL + "/messages", "value": cmp.Or(t.Object, "all")}}
	}
	data["what"] = what
	return data
}

func coding(system, code, display string) object {
	c := object{"system": system, "code": code}
	if display != "" {
		c["display"] = display
	}
	return c
}

func concept(c object) object { return object{"coding": []any{c}} }
