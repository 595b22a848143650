package ocean_test

import (
	"fmt"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func TestHeaderID(t *testing.T) {
	fullURL := func(url string) func(doc) {
		return func(d doc) {
			delete(d.first("MessageHeader"), "id")
			d.entries()[0].(obj)["fullUrl"] = url
		}
	}
	for _, tt := range []struct {
		name   string
		change func(doc)
		want   string
	}{
		{"id", set("MessageHeader", "id", " The-ID\u0000 "), "The-ID"},
		{"number", set("MessageHeader", "id", 12), "12"},
		{"bare fullUrl", fullURL("7F14"), "7F14"},
		{"urn fullUrl", fullURL("urn:uuid:7F14"), "7F14"},
		{"URN fullUrl", fullURL("URN:UUID:7F14"), "7F14"},
	} {
		m := parse(t, edit(t, oceantest.Message{}, tt.change))
		equal(t, tt.name, m.HeaderID, tt.want)
		equal(t, tt.name, m.Updates[0].HeaderID, tt.want)
	}
	m := parse(t, edit(t, oceantest.Message{}, fullURL("urn:uuid:")))
	if len(m.HeaderID) != 64 {
		t.Errorf("without any id: %q, want a digest", m.HeaderID)
	}
}

func TestSentAt(t *testing.T) {
	drop := func(d doc) { delete(d.root, "timestamp") }
	bare := func(d doc) { drop(d); delete(d.root, "meta") }
	authored := set("ServiceRequest", "authoredOn", "2026-01-04")
	for _, tt := range []struct {
		name   string
		change []func(doc)
		want   string
	}{
		{"timestamp", nil, "2026-03-04T12:00:00Z"},
		{"bundle's meta", []func(doc){drop, func(d doc) { d.root["meta"] = obj{"lastUpdated": "2026-01-02T03:04:05.5-05:00"} }}, "2026-01-02T08:04:05.5Z"},
		{"header's meta", []func(doc){bare, set("MessageHeader", "meta", obj{"lastUpdated": "2026-01-03"})}, "2026-01-03T00:00:00Z"},
		{"request", []func(doc){bare, authored}, "2026-01-04T00:00:00Z"},
		{"request without reference", []func(doc){bare, authored, set("ServiceRequest", "identifier", nil), set("MessageHeader", "extension", nil)}, "2026-01-04T00:00:00Z"},
		{"nothing", []func(doc){bare, set("ServiceRequest", "authoredOn", nil)}, "0001-01-01T00:00:00Z"},
	} {
		m := parse(t, edit(t, oceantest.Message{SentAt: noon}, tt.change...))
		equal(t, tt.name, m.SentAt, at(t, tt.want))
		if len(m.Updates) > 0 {
			equal(t, tt.name, m.Updates[0].SentAt, m.SentAt)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2026": "2026-01-01T00:00:00Z", "2026-07": "2026-07-01T00:00:00Z", "2026-07-08": "2026-07-08T00:00:00Z",
		"2026-07-08T09:10:11-04:00": "2026-07-08T13:10:11Z", "2026-07-08T09:10:11.123456789Z": "2026-07-08T09:10:11.123456789Z",
		"2026-07-08T09:10:11": "2026-07-08T09:10:11Z", "2026-07-08T09:10Z": "2026-07-08T09:10:00Z", "2026-07-08T09:10": "2026-07-08T09:10:00Z",
		" 2026-07-08 09:10:11Z ": "2026-07-08T09:10:11Z", "2026-07-08t09:10:11z": "2026-07-08T09:10:11Z",
		"2026-07-08T09:10:11.5-0400": "2026-07-08T13:10:11.5Z",
		"yesterday":                  "", "2026-13-01": "", "2026-02-30": "", "9999-12-31T23:59:59-05:00": "", "0000-01-01": "",
	} {
		m := parse(t, edit(t, oceantest.Message{}, set("ServiceRequest", "authoredOn", text)))
		var moment time.Time
		var problems []store.Problem
		if want != "" {
			moment = at(t, want)
		} else {
			problems = []store.Problem{store.ProblemOddResource}
		}
		equal(t, text, m.Updates[0].Request.AuthoredOn, moment)
		equal(t, text, m.Problems, problems)
	}
}

func TestEvents(t *testing.T) {
	order := [][]string{
		{"add-service-request", "notify-add-service-request"},
		{"", "something-new", "ADD-SERVICE-REQUEST"},
		{"notify-update-service-request", "notify-data-correction"},
		{"notify-add-process-request", "notify-update-process-request", "notify-update-status"},
		{"notify-add-appointment", "notify-update-appointment"},
		{"send-communication", "send-communication-from-requester", "send-communication-from-provider", "add-communication"},
		{"revoke-service-request"},
	}
	for rank, events := range order {
		for _, event := range events {
			if known := rank != 1; ocean.Known(event) != known {
				t.Errorf("Known(%q) = %v", event, !known)
			}
			u := update(t, edit(t, oceantest.Message{}, set("MessageHeader", "eventCoding", obj{"code": event})))
			if u.Rank != rank || u.Event != event || u.Revoked != (event == "revoke-service-request") {
				t.Errorf("%q: rank %d, event %q, revoked %v", event, u.Rank, u.Event, u.Revoked)
			}
		}
	}
	for field, value := range map[string]any{
		"eventUri": "https://ehealthontario.ca/fhir/message-events/revoke-service-request",
		"event":    obj{"code": "revoke-service-request"},
	} {
		u := update(t, edit(t, oceantest.Message{}, set("MessageHeader", "eventCoding", nil), set("MessageHeader", field, value)))
		equal(t, field, u.Event, "revoke-service-request")
	}
	if u := update(t, edit(t, oceantest.Message{Event: ocean.EventUpdate, Status: "revoked"})); !u.Revoked {
		t.Error("a revoked ServiceRequest is not revoked")
	}
}

// refs returns the references that a body is about.
func refs(t *testing.T, body []byte) []string {
	var all []string
	for _, u := range parse(t, body).Updates {
		all = append(all, u.Ref)
	}
	return all
}

func TestReferrals(t *testing.T) {
	noHeader := set("MessageHeader", "extension", nil)
	noOwn := set("ServiceRequest", "identifier", nil)
	noFocus := set("MessageHeader", "focus", nil)
	others := []oceantest.Request{{Ref: ref2}, {Ref: ref3, Focus: true}}
	taskOf := func(request string) func(doc) {
		return func(d doc) {
			add("urn:uuid:t1", obj{"resourceType": "Task", "basedOn": list{to("urn:uuid:" + request)}})(d)
			d.first("MessageHeader")["focus"] = list{to("urn:uuid:t1")}
		}
	}
	document := func(ref string) func(doc) {
		return add("", obj{"resourceType": "DocumentReference", "identifier": reference(ref)})
	}
	header := func(x obj) func(doc) { return set("MessageHeader", "extension", list{obj{"url": "other"}, x}) }
	for _, tt := range []struct {
		name   string
		m      oceantest.Message
		change []func(doc)
		want   []string
	}{
		{"1.0.1", oceantest.Message{}, nil, []string{ref}},
		{"1.0.0", oceantest.Message{Legacy: true}, nil, []string{ref}},
		{"spaces and case", oceantest.Message{}, []func(doc){header(obj{"url": "x/ext-referral-identifier", "valueIdentifier": obj{"value": " AbC "}}), noOwn}, []string{"AbC"}},
		{"header's case", oceantest.Message{}, []func(doc){header(obj{"url": "ext-id-message-header%7C1.0", "valueString": "AAAAAAAA-0000-4000-8000-000000000001"})}, []string{"AAAAAAAA-0000-4000-8000-000000000001"}},
		{"not in the header", oceantest.Message{}, []func(doc){noHeader}, []string{ref}},
		{"only in the header", oceantest.Message{}, []func(doc){noOwn}, []string{ref}},
		{"second focus", oceantest.Message{Others: others}, nil, []string{ref, ref3}},
		{"no focus, one request", oceantest.Message{}, []func(doc){noHeader, noFocus}, []string{ref}},
		{"no focus, three requests", oceantest.Message{Others: others}, []func(doc){noHeader, noFocus}, nil},
		{"focus on a task", oceantest.Message{Others: others}, []func(doc){noHeader, taskOf(ref2)}, []string{ref2}},
		{"dangling focus", oceantest.Message{}, []func(doc){noHeader, set("MessageHeader", "focus", list{to("urn:uuid:nowhere")})}, []string{ref}},
		{"in a document", oceantest.Message{}, []func(doc){noHeader, noOwn, document(ref2)}, []string{ref2}},
		{"documents disagree", oceantest.Message{}, []func(doc){noHeader, noOwn, document(ref2), document(ref3)}, nil},
		{"nowhere", oceantest.Message{}, []func(doc){noHeader, noOwn}, nil},
		{"no request", oceantest.Message{}, []func(doc){remove("ServiceRequest")}, []string{ref}},
		{"identifier without value", oceantest.Message{}, []func(doc){noHeader, set("ServiceRequest", "identifier", list{obj{"system": names + "id-ereferral-reference"}, reference(ref2)[0]})}, []string{ref2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := edit(t, tt.m, tt.change...)
			equal(t, "references", refs(t, body), tt.want)
			m := parse(t, body)
			if has := contains(m.Problems, store.ProblemNoReference); has != (tt.want == nil) {
				t.Errorf("problems %v", m.Problems)
			}
			if len(tt.want) == 1 && tt.name != "no request" && m.Updates[0].Request == nil {
				t.Error("the ServiceRequest was not found")
			}
		})
	}
}

func TestManyFoci(t *testing.T) {
	var m oceantest.Message
	for i := range 30 {
		m.Others = append(m.Others, oceantest.Request{Ref: fmt.Sprintf("ref-%02d", i), Focus: true})
	}
	parsed := parse(t, edit(t, m))
	if len(parsed.Updates) != 20 || !contains(parsed.Problems, store.ProblemOddResource) {
		t.Errorf("%d updates, problems %v", len(parsed.Updates), parsed.Problems)
	}
}

func TestLinks(t *testing.T) {
	dangling := "dddddddd-0000-4000-8000-00000000000D"
	for _, tt := range []struct {
		name   string
		m      oceantest.Message
		change []func(doc)
		want   []store.Link
	}{
		{"we replace", oceantest.Message{Replaces: ref2, Others: []oceantest.Request{{Ref: ref2}}}, nil, []store.Link{{Kind: store.LinkReplaces, Ref: ref2}}},
		{"we are replaced", oceantest.Message{Others: []oceantest.Request{{Ref: ref2, Replaces: ref}}}, nil, []store.Link{{Kind: store.LinkReplacedBy, Ref: ref2}}},
		{"we are split off", oceantest.Message{BasedOn: ref2, Others: []oceantest.Request{{Ref: ref2}}}, nil, []store.Link{{Kind: store.LinkBasedOn, Ref: ref2}}},
		{"split off from us", oceantest.Message{Others: []oceantest.Request{{Ref: ref2, BasedOn: ref}}}, nil, []store.Link{{Kind: store.LinkBasedOn, Ref: ref2}}},
		{"not in the bundle", oceantest.Message{Replaces: dangling}, nil, []store.Link{{Kind: store.LinkReplaces, Ref: dangling}}},
		{"by Type/id", oceantest.Message{Legacy: true, Replaces: ref2, Others: []oceantest.Request{{Ref: ref2}}}, nil, []store.Link{{Kind: store.LinkReplaces, Ref: ref2}}},
		{"logical", oceantest.Message{}, []func(doc){set("ServiceRequest", "replaces", list{obj{"identifier": reference("Some-Ref")[0]}})}, []store.Link{{Kind: store.LinkReplaces, Ref: "Some-Ref"}}},
		{"a care plan", oceantest.Message{}, []func(doc){set("ServiceRequest", "basedOn", list{to("CarePlan/" + ref2)})}, nil},
		{"without reference, by its fullUrl", oceantest.Message{Replaces: ref2, Others: []oceantest.Request{{Ref: ref2}}}, []func(doc){func(d doc) { delete(d.all("ServiceRequest")[1], "identifier") }}, []store.Link{{Kind: store.LinkReplaces, Ref: ref2}}},
		{"without reference, by its id", oceantest.Message{Legacy: true, Replaces: ref2, Others: []oceantest.Request{{Ref: ref2}}}, []func(doc){func(d doc) { delete(d.all("ServiceRequest")[1], "identifier") }}, []store.Link{{Kind: store.LinkReplaces, Ref: ref2}}},
		{"an id that is no reference", oceantest.Message{Replaces: "sr-12"}, nil, nil},
		{"itself", oceantest.Message{Replaces: ref}, nil, nil},
		{"untied", oceantest.Message{Others: []oceantest.Request{{Ref: ref2}}}, nil, nil},
	} {
		u := update(t, edit(t, tt.m, tt.change...))
		equal(t, tt.name, u.Links, tt.want)
	}
}

func contains(all []store.Problem, p store.Problem) bool {
	for _, q := range all {
		if p == q {
			return true
		}
	}
	return false
}
