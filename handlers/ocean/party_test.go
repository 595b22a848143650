package ocean_test

import (
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

// Every way in which a reference may be written must lead from the ServiceRequest to its requester.
func TestReferences(t *testing.T) {
	const id = "0A1B2C3D-0009-4E5F-8A9B-0C1D2E3F4A5B"
	grace := obj{"resourceType": "Practitioner", "name": list{obj{"family": "Found"}}}
	with := func(field string, value any) obj {
		r := obj{field: value}
		for k, v := range grace {
			r[k] = v
		}
		return r
	}
	licence := obj{"system": "https://one.example/NamingSystem/licence", "value": "L-1"}
	otherHost := obj{"system": "https://two.example/NamingSystem/licence", "value": "l-1"}
	for _, tt := range []struct {
		name, fullURL string
		resource      obj
		ref           any
		want          string
	}{
		{"urn both", "urn:uuid:" + id, grace, to("urn:uuid:" + id), "Found"},
		{"bare fullUrl", id, grace, to("urn:uuid:" + id), "Found"},
		{"bare reference", "urn:uuid:" + id, grace, to(id), "Found"},
		{"other case", "urn:uuid:" + id, grace, to("URN:UUID:0a1b2c3d-0009-4e5f-8a9b-0c1d2e3f4a5b"), "Found"},
		{"Type/id", "", with("id", "g1"), to("Practitioner/g1"), "Found"},
		{"Type/id to urn", "urn:uuid:" + id, grace, to("Practitioner/" + id), "Found"},
		{"urn to id", "", with("id", id), to("urn:uuid:" + id), "Found"},
		{"absolute", "https://ocean.example/fhir/Practitioner/g1", grace, to("https://ocean.example/fhir/Practitioner/g1"), "Found"},
		{"absolute to id", "", with("id", "g1"), to("https://other.example/fhir/Practitioner/g1"), "Found"},
		{"Type/id to absolute", "https://ocean.example/fhir/Practitioner/g1", grace, to("Practitioner/g1"), "Found"},
		{"versioned", "", with("id", "g1"), to("Practitioner/g1/_history/2"), "Found"},
		{"logical", "", with("identifier", list{obj{"system": "x"}, licence}), obj{"identifier": otherHost}, "Found"},
		{"logical with type", "", with("identifier", list{licence}), obj{"type": "Practitioner", "identifier": licence}, "Found"},
		{"a mere string", "", with("id", "g1"), "Practitioner/g1", "Found"},
		{"in an array", "", with("id", "g1"), list{to("Practitioner/g1")}, "Found"},
		{"other type", "", with("id", "g1"), to("Organization/g1"), "Sample"},
		{"nowhere", "", grace, to("urn:uuid:" + id), "Sample"},
		{"logical of another type", "", with("identifier", list{licence}), obj{"type": "Patient", "identifier": licence}, "Sample"},
		{"only display", "", grace, obj{"display": "Dr. Display"}, "Dr. Display"},
		{"number", "", grace, 7, "Sample"},
	} {
		u := update(t, edit(t, oceantest.Message{}, add(tt.fullURL, tt.resource), set("ServiceRequest", "requester", tt.ref)))
		equal(t, tt.name, u.Referrer.Name.Family+u.Referrer.Name.Text, tt.want)
	}
	contained := list{obj{"resourceType": "PractitionerRole", "id": "r", "practitioner": to("#p")}, with("id", "p")}
	u := update(t, edit(t, oceantest.Message{}, set("ServiceRequest", "contained", contained), set("ServiceRequest", "requester", to("#r"))))
	equal(t, "contained, twice", u.Referrer.Name.Family, "Found")
}

func TestReferrer(t *testing.T) {
	phone := func(v string) obj { return obj{"system": "phone", "value": v} }
	role := obj{
		"resourceType": "PractitionerRole", "practitioner": to("urn:uuid:p"), "organization": to("urn:uuid:o"),
		"location": list{to("urn:uuid:nowhere"), to("urn:uuid:l")}, "telecom": list{phone("1"), phone("2")},
		"code": list{obj{"text": "Midwife"}, obj{"coding": list{obj{"display": "midwife"}}}, obj{"text": "Teacher"}},
	}
	parts := []func(doc){
		add("urn:uuid:r", role),
		add("urn:uuid:p", obj{"resourceType": "Practitioner", "telecom": list{phone("2"), phone("3")}, "identifier": list{
			obj{"type": obj{"coding": list{obj{"code": "LN"}}}}, obj{"type": obj{"coding": list{obj{"code": "LN"}}}, "value": "M-77"}}}),
		add("urn:uuid:o", obj{"resourceType": "Organization", "name": "Example Midwives", "telecom": list{phone("5")}}),
		add("urn:uuid:l", obj{"resourceType": "Location", "name": "North office", "telecom": list{phone("4"), phone("1")}}),
	}
	merged := &store.Party{
		Role: "Midwife, Teacher", Organization: "Example Midwives", Licence: "M-77",
		Telecom: []store.ContactPoint{{System: "phone", Value: "1"}, {System: "phone", Value: "2"}, {System: "phone", Value: "3"}, {System: "phone", Value: "4"}, {System: "phone", Value: "5"}},
	}
	requester := func(ref any) func(doc) { return set("ServiceRequest", "requester", ref) }
	for _, tt := range []struct {
		name   string
		change func(doc)
		want   *store.Party
	}{
		{"merged, without a name", requester(to("urn:uuid:r")), merged},
		{"an organization", requester(to("urn:uuid:o")), &store.Party{Organization: "Example Midwives", Telecom: []store.ContactPoint{{System: "phone", Value: "5"}}}},
		{"a location", requester(to("urn:uuid:l")), &store.Party{Organization: "North office", Telecom: []store.ContactPoint{{System: "phone", Value: "4"}, {System: "phone", Value: "1"}}}},
		{"the sender", func(d doc) { requester(nil)(d); d.first("MessageHeader")["sender"] = to("urn:uuid:r") }, merged},
		{"the author", func(d doc) {
			requester(nil)(d)
			d.first("MessageHeader")["sender"] = nil
			d.first("MessageHeader")["author"] = to("urn:uuid:r")
		}, merged},
		{"nobody", func(d doc) { requester(nil)(d); delete(d.first("MessageHeader"), "sender") }, nil},
	} {
		u := update(t, edit(t, oceantest.Message{}, append(parts, tt.change)...))
		equal(t, tt.name, u.Referrer, tt.want)
	}
}

func TestRecipient(t *testing.T) {
	other := add("urn:uuid:other", obj{"resourceType": "PractitionerRole", "identifier": list{
		obj{"system": "http://localhost:8080/svc/fhir/v1/NamingSystem/id-site-number", "value": " 77777 "},
		obj{"system": "http://localhost:8080/svc/fhir/v1/NamingSystem/id-referral-target-reference", "value": "other2"}}})
	performer := set("ServiceRequest", "performer", list{to("urn:uuid:other")})
	destination := func(d obj) func(doc) { return set("MessageHeader", "destination", list{d}) }
	for _, tt := range []struct {
		name                        string
		change                      []func(doc)
		site, listing, organization string
	}{
		{"receiver", []func(doc){other, performer}, "1234", "example_listing1001", "Example Clinic"},
		{"another host", []func(doc){other, destination(obj{"receiver": to("urn:uuid:other")})}, "77777", "other2", ""},
		{"no receiver", []func(doc){other, performer, destination(obj{"name": "Named"})}, "77777", "other2", "Named"},
		{"dangling receiver", []func(doc){other, performer, destination(obj{"receiver": to("urn:uuid:gone")})}, "77777", "other2", ""},
		{"no destination", []func(doc){other, performer, set("MessageHeader", "destination", nil)}, "77777", "other2", ""},
		{"second destination", []func(doc){set("MessageHeader", "destination", list{obj{"name": "First"}, obj{"name": "Second", "receiver": to("urn:uuid:other")}}), other}, "77777", "other2", "Second"},
		{"site in the reference", []func(doc){destination(obj{"receiver": obj{"identifier": obj{"system": names + "id-site-number", "value": "88888"}}})}, "88888", "", ""},
		{"receiver without site", []func(doc){other, performer, func(d doc) { d.first("PractitionerRole")["identifier"] = nil }}, "", "", "Example Clinic"},
		{"nobody", []func(doc){set("MessageHeader", "destination", nil), set("ServiceRequest", "performer", nil)}, "", "", ""},
	} {
		m := parse(t, edit(t, oceantest.Message{}, tt.change...))
		u := m.Updates[0]
		if u.ReceiverSite != tt.site || u.Listing != tt.listing {
			t.Errorf("%s: site %q, listing %q", tt.name, u.ReceiverSite, u.Listing)
		}
		if u.Recipient != nil {
			equal(t, tt.name, *u.Recipient, store.Party{Site: tt.site, Organization: tt.organization})
		} else if tt.name != "nobody" {
			t.Errorf("%s: no recipient", tt.name)
		}
		equal(t, tt.name, contains(m.Problems, store.ProblemNoRecipient), tt.site == "")
	}
}
