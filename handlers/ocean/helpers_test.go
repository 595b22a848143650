package ocean_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// obj and list shorten FHIR written in tests.
type (
	obj  = map[string]any
	list = []any
)

const (
	ref   = "aaaaaaaa-0000-4000-8000-000000000001"
	ref2  = "bbbbbbbb-0000-4000-8000-000000000002"
	ref3  = "cccccccc-0000-4000-8000-000000000003"
	names = "https://test.cognisantmd.com/svc/fhir/v1/NamingSystem/"
	exts  = "http://ehealthontario.ca/fhir/StructureDefinition/"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// doc is a bundle taken apart, so that a test can spoil it.
type doc struct{ root obj }

// edit returns a message's JSON after changes.
func edit(t testing.TB, m oceantest.Message, changes ...func(doc)) []byte {
	t.Helper()
	if m.Ref == "" {
		m.Ref = ref
	}
	if m.HeaderID == "" {
		m.HeaderID = "header-1"
	}
	var d doc
	if err := json.Unmarshal(m.JSON(), &d.root); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		change(d)
	}
	body, err := json.Marshal(d.root)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func (d doc) entries() list { return d.root["entry"].(list) }

// all returns the resources of a type.
func (d doc) all(typ string) []obj {
	var found []obj
	for _, e := range d.entries() {
		if r, ok := e.(obj)["resource"].(obj); ok && r["resourceType"] == typ {
			found = append(found, r)
		}
	}
	return found
}

// first returns the first resource of a type.
func (d doc) first(typ string) obj { return d.all(typ)[0] }

// set returns a change of one field of the first resource of a type; nil removes the field.
func set(typ, field string, value any) func(doc) {
	return func(d doc) {
		if value == nil {
			delete(d.first(typ), field)
		} else {
			d.first(typ)[field] = value
		}
	}
}

// remove returns a change that takes away every entry with a resource of a type.
func remove(typ string) func(doc) {
	return func(d doc) {
		var rest list
		for _, e := range d.entries() {
			if e.(obj)["resource"].(obj)["resourceType"] != typ {
				rest = append(rest, e)
			}
		}
		d.root["entry"] = rest
	}
}

// add returns a change that appends an entry.
func add(fullURL string, resource obj) func(doc) {
	return func(d doc) {
		d.root["entry"] = append(d.entries(), obj{"fullUrl": fullURL, "resource": resource})
	}
}

func to(reference string) obj { return obj{"reference": reference} }

func reference(value string) list {
	return list{obj{"system": names + "id-ereferral-reference", "value": value}}
}

// update parses a body that is about exactly one referral.
func update(t testing.TB, body []byte) store.Update {
	t.Helper()
	m := parse(t, body)
	if len(m.Updates) != 1 {
		t.Fatalf("%d updates, want 1", len(m.Updates))
	}
	return m.Updates[0]
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if reflect.DeepEqual(got, want) {
		return
	}
	g, _ := json.MarshalIndent(got, "", " ")
	w, _ := json.MarshalIndent(want, "", " ")
	t.Errorf("%s:\n got %s\nwant %s", what, g, w)
}
