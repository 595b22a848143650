package handlers_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostileParts are what the fixture has none of: a decision, a booking, messages of both sides, an
// organization, a document inside the bundle, and extensions of several kinds.
const hostileParts = `[
{"fullUrl": "urn:uuid:t1", "resource": {"resourceType": "Task", "status": "accepted", "intent": "order", "lastModified": "2026-02-03T09:36:00-05:00",
  "code": {"coding": [{"system": "s", "code": "process-request", "display": "Process"}], "text": "Process"}, "statusReason": {"text": "why"}, "description": "d",
  "note": [{"text": "n"}], "basedOn": [{"reference": "urn:uuid:0a1b2c3d-0009-4e5f-8a9b-0c1d2e3f4a5b", "display": "d"}]}},
{"fullUrl": "urn:uuid:a1", "resource": {"resourceType": "Appointment", "status": "booked", "start": "2026-03-03T09:30:00-05:00", "end": "2026-03-03T10:00:00-05:00",
  "created": "2026-02-03T09:36:00-05:00", "appointmentType": {"text": "First visit", "coding": [{"display": "First"}]}, "description": "d", "comment": "c",
  "patientInstruction": "Bring", "participant": [{"actor": {"reference": "urn:uuid:0a1b2c3d-0002-4e5f-8a9b-0c1d2e3f4a5b", "display": "Ada"}, "status": "tentative"}],
  "basedOn": [{"reference": "urn:uuid:0a1b2c3d-0009-4e5f-8a9b-0c1d2e3f4a5b"}]}},
{"fullUrl": "urn:uuid:c1", "resource": {"resourceType": "Communication", "id": "c1", "status": "completed", "sent": "2026-02-03T09:37:00-05:00",
  "sender": {"reference": "urn:uuid:0a1b2c3d-0004-4e5f-8a9b-0c1d2e3f4a5b", "display": "Grace"}, "payload": [{"contentString": "one"}, {"contentString": "two"}],
  "topic": {"text": "t"}, "note": [{"text": "n"}], "basedOn": [{"reference": "urn:uuid:0a1b2c3d-0009-4e5f-8a9b-0c1d2e3f4a5b"}]}},
{"fullUrl": "urn:uuid:c2", "resource": {"resourceType": "Communication", "id": "c2", "status": "completed", "sent": "2026-02-03T09:38:00-05:00",
  "sender": {"display": "Somebody"}, "payload": [{"contentString": "three"}], "basedOn": [{"reference": "urn:uuid:0a1b2c3d-0009-4e5f-8a9b-0c1d2e3f4a5b"}]}},
{"fullUrl": "urn:uuid:o1", "resource": {"resourceType": "Organization", "name": "Sample Practice", "alias": ["SP"], "identifier": [{"system": "s", "value": "v"}],
  "telecom": [{"system": "phone", "value": "1"}], "address": [{"line": ["1 Dock St"], "city": "Midland", "state": "ON", "postalCode": "L4R", "country": "CA", "text": "t"}]}},
{"fullUrl": "urn:uuid:d1", "resource": {"resourceType": "DocumentReference", "status": "current", "description": "d", "date": "2026-02-03T09:35:32-05:00",
  "content": [{"attachment": {"contentType": "application/pdf", "title": "Inside.pdf", "creation": "2026-02-03T09:35:32-05:00", "data": "JVBERi0xLjQKJUVPRgo="}}]}}
]`

// hostileExtensions stand on the patient.
const hostileExtensions = `[{"url": "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-health-card-version-code", "valueString": "XK"},
 {"url": "u", "valueString": "s"}, {"url": "u", "valueCodeableConcept": {"text": "t", "coding": [{"display": "d"}]}}, {"url": "u", "extension": [{"url": "v", "valueString": "s"}]}]`

// wholeBundle is the fixture with everything that a bundle may hold.
func wholeBundle(t testing.TB) map[string]any {
	t.Helper()
	raw, err := os.ReadFile("ocean/testdata/add-service-request.json")
	if err != nil {
		t.Fatal(err)
	}
	var b map[string]any
	var parts, extensions []any
	for text, into := range map[string]any{string(raw): &b, hostileParts: &parts, hostileExtensions: &extensions} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	b["entry"] = append(b["entry"].([]any), parts...)
	of := func(i int) map[string]any { return b["entry"].([]any)[i].(map[string]any)["resource"].(map[string]any) }
	patient, role, request := of(1), of(3), of(8)
	patient["extension"] = extensions
	official := patient["name"].([]any)[1].(map[string]any)
	official["prefix"], official["suffix"] = []any{"Dr."}, []any{"Jr."}
	role["organization"] = map[string]any{"reference": "urn:uuid:o1", "display": "Sample Practice"}
	request["reasonCode"] = append(request["reasonCode"].([]any), map[string]any{"coding": []any{map[string]any{"code": "c", "display": "d"}}})
	request["orderDetail"] = []any{map[string]any{"text": "Order"}}
	request["note"].([]any)[0].(map[string]any)["authorString"] = "Author"
	request["supportingInfo"] = append(request["supportingInfo"].([]any), map[string]any{"reference": "urn:uuid:d1", "display": "Inside"})
	return b
}

// textLeaf is a string in a bundle that a hostile one can take the place of.
type textLeaf struct {
	path string
	code bool // a code or a time, which keeps its meaning in most bundles
	put  func(string)
}

// bones hold a bundle together: without them it would be no message about a referral of this clinic.
func bones(path, key string) bool {
	switch key {
	case "resourceType", "reference", "fullUrl", "data":
		return true
	case "system", "url", "type", "code", "status":
		return path == ".type" || strings.HasPrefix(path, ".entry[0].") || strings.Contains(path, ".entry[2].resource.identifier") || strings.HasPrefix(path, ".entry[8].resource.identifier")
	}
	return strings.HasPrefix(path, ".meta") || strings.Contains(path, ".meta.") || path == ".timestamp" || path == siteLeaf
}

const (
	siteLeaf = ".entry[2].resource.identifier[1].value"
	refLeaf  = ".entry[8].resource.identifier[0].value"
	refAgain = ".entry[0].resource.extension[0].valueIdentifier.value"
	idLeaf   = ".entry[0].resource.id"
)

var codes = []string{"system", "url", "use", "type", "status", "code", "gender", "priority", "birthDate", "intent", "mode", "contentType", "linkId", "date",
	"creation", "authoredOn", "time", "sent", "start", "end", "created", "lastModified"}

// leavesOf are the strings of a bundle but its bones, in an order that is always the same.
func leavesOf(v any, path string, put func(string)) (all []textLeaf) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, leavesOf(v[key], path+"."+key, func(s string) { v[key] = s })...)
		}
	case []any:
		for i := range v {
			all = append(all, leavesOf(v[i], fmt.Sprintf("%s[%d]", path, i), func(s string) { v[i] = s })...)
		}
	case string:
		key := path[strings.LastIndexByte(path, '.')+1:]
		if !bones(path, key) {
			code := slices.Contains(codes, key) && !strings.Contains(path, "attachment.url")
			all = append(all, textLeaf{path, code, put})
		}
	}
	return all
}

// hostileBundle is one message about the n-th referral, the first or the second, with a hostile string
// in each of its texts, and in every fourth referral in each of its codes and times. Over all
// referrals every string comes to every text. It returns which string came where.
func hostileBundle(t testing.TB, n, which int, at time.Time) (body []byte, put map[string]int) {
	t.Helper()
	all, b := hostileStrings(), wholeBundle(t)
	put = map[string]int{}
	for i, leaf := range leavesOf(b, "", nil) {
		s := (n + 7*i + 100*which) % len(all)
		switch {
		case leaf.code && n%4 != 3:
			continue
		case leaf.path == refLeaf, leaf.path == refAgain:
			s = n
			leaf.put(fmt.Sprintf("%s ref %d", all[n], n))
		case leaf.path == idLeaf:
			leaf.put(fmt.Sprintf("%s id %d %d", all[s], n, which))
		default:
			leaf.put(all[s])
		}
		if !leaf.code {
			put[leaf.path] = s
		}
	}
	b["timestamp"] = at.Add(time.Duration(which) * time.Minute).Format(time.RFC3339)
	event := []string{"add-service-request", "notify-update-service-request"}[which]
	if n%20 == 19 && which == 1 {
		event = all[n] // an event that nobody knows
	}
	header := b["entry"].([]any)[0].(map[string]any)["resource"].(map[string]any)
	header["eventCoding"].(map[string]any)["code"] = event
	body, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return body, put
}
