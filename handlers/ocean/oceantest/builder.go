package oceantest

import (
	"strconv"

	"github.com/google/uuid"
)

// fhir is a resource or an element, or a part of one.
type fhir = map[string]any

type builder struct {
	Message
	entries []any
	foci    map[string][]fhir // references by type, of what the event may focus on
}

// id returns the UUID of one of the referral's resources, always the same for the same name.
func (b *builder) id(name string) string { return resourceID(b.Ref, name) }

func resourceID(ref, name string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(ref+"/"+name)).String()
}

// refer returns a Reference in the message's style.
func (b *builder) refer(typ, id string) fhir {
	if b.Legacy {
		return fhir{"reference": typ + "/" + id}
	}
	return fhir{"reference": "urn:uuid:" + id}
}

// add appends a resource, with neither empty fields nor those that are None.
func (b *builder) add(typ, id string, r fhir) fhir {
	for k, v := range r {
		if v == "" || v == None || v == nil {
			delete(r, k)
		}
	}
	profile := "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-" + typ
	r["resourceType"], r["meta"] = typ, fhir{"profile": []string{profile + "|1.0.1"}}
	e := fhir{"resource": r, "fullUrl": "urn:uuid:" + id}
	switch {
	case b.Legacy:
		r["id"], r["meta"] = id, fhir{"profile": []string{profile + "%7C1.0.0"}}
		delete(e, "fullUrl")
	case typ == "MessageHeader":
		r["id"], e["fullUrl"] = id, id
	}
	b.mark(r["meta"].(fhir))
	b.entries = append(b.entries, e)
	return b.refer(typ, id)
}

func (b *builder) mark(meta fhir) {
	if b.TestData {
		meta["security"] = []fhir{{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}}
	}
}

// identifiers pairs naming systems of Ocean's with values, leaving out those that are None.
func (b *builder) identifiers(pairs ...string) []fhir {
	all := []fhir{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != None && pairs[i+1] != "" {
			all = append(all, fhir{"system": b.Host + "/svc/fhir/v1/NamingSystem/" + pairs[i], "value": pairs[i+1]})
		}
	}
	return all
}

func (b *builder) header() fhir {
	h := fhir{
		"eventCoding": fhir{"system": "https://ehealthontario.ca/fhir/CodeSystem/message-event-code", "code": b.Event},
		"destination": []fhir{{"name": b.Destination, "receiver": b.refer("PractitionerRole", b.id("receiver"))}},
		"sender":      b.refer("PractitionerRole", b.id("requester")),
		"source":      fhir{"name": "Ocean", "endpoint": b.Host + "/svc/fhir/v1/$process-messages"},
	}
	const extensions = "http://ehealthontario.ca/fhir/StructureDefinition/"
	if b.Ref != None && b.Legacy {
		h["extension"] = []fhir{{"url": extensions + "ext-id-message-header", "valueString": b.Ref}}
	} else if b.Ref != None {
		id := b.identifiers("id-ereferral-reference", b.Ref)[0]
		h["extension"] = []fhir{{"url": extensions + "ext-referral-identifier", "valueIdentifier": id}}
	}
	b.add("MessageHeader", b.HeaderID, h)
	return h
}

func (b *builder) parties() {
	if p := b.Patient; !b.NoPatient {
		const v2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
		number := func(code, system, value string) fhir {
			id := fhir{"type": fhir{"coding": []fhir{{"system": v2, "code": code}}}, "system": system}
			if value != None && value != "" {
				id["value"] = value
			}
			return id
		}
		card := number("JHN", "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-patient-hcn", p.HealthNumber)
		if p.Version != "" {
			card["extension"] = []fhir{{"url": "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-health-card-version-code", "valueString": p.Version}}
		}
		chart := number("MR", b.Host+"/svc/fhir/v1/NamingSystem/id-external-patient-reference", p.ChartNumber)
		b.add("Patient", b.id("patient"), fhir{"identifier": []fhir{card, chart}, "name": name(p.Family, p.Given),
			"birthDate": p.BirthDate, "gender": p.Gender, "telecom": telecom(p.Phone, p.Email)})
	}
	b.add("PractitionerRole", b.id("receiver"), fhir{"specialty": concept(b.Specialty),
		"identifier": b.identifiers("id-referral-target-reference", b.Listing, "id-site-number", b.SiteNumber)})
	grace := b.add("Practitioner", b.id("practitioner"), fhir{"name": name(b.Referrer, "Grace")})
	b.add("PractitionerRole", b.id("requester"), fhir{"practitioner": grace,
		"code": concept("Family Physician"), "telecom": telecom("416-555-0102", "grace@clinic.example")})
}

func (b *builder) requests() {
	b.foci = map[string][]fhir{}
	documents := []fhir{}
	for i := range b.Documents {
		documents = append(documents, b.refer("DocumentReference", b.id("document"+strconv.Itoa(i))))
	}
	main := fhir{"supportingInfo": documents, "priority": b.Priority, "category": concept(b.Category),
		"requester": b.refer("PractitionerRole", b.id("requester")), "reasonCode": concept(b.Reason),
		"performer": []fhir{b.refer("PractitionerRole", b.id("receiver"))}}
	if b.NoteHTML != None {
		main["note"] = []fhir{{"authorReference": b.refer("Practitioner", b.id("practitioner")), "time": b.or(b.Authored), "text": b.NoteHTML}}
	}
	b.request(main, Request{Ref: b.Ref, Replaces: b.Replaces, BasedOn: b.BasedOn, Focus: true})
	for _, other := range b.Others {
		b.request(fhir{}, other)
	}
}

// request adds a ServiceRequest. Its id is its referral reference, as Ocean has it.
func (b *builder) request(r fhir, about Request) {
	r["identifier"] = b.identifiers("id-ereferral-reference", about.Ref)
	r["status"], r["intent"], r["authoredOn"] = b.Status, "proposal", b.or(b.Authored)
	r["subject"] = b.refer("Patient", b.id("patient"))
	for field, ref := range map[string]string{"replaces": about.Replaces, "basedOn": about.BasedOn} {
		if ref != "" {
			r[field] = []fhir{b.refer("ServiceRequest", ref)}
		}
	}
	ref := b.add("ServiceRequest", b.requestID(about.Ref), r)
	if about.Focus {
		b.foci["ServiceRequest"] = append(b.foci["ServiceRequest"], ref)
	}
}

func (b *builder) requestID(ref string) string {
	if ref == None {
		return b.id("request")
	}
	return ref
}
