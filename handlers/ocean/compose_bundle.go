package ocean

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

const (
	headerProfile = "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-MessageHeader|1.0.1"
	referralURL   = "http://ehealthontario.ca/fhir/StructureDefinition/ext-referral-identifier"
	eventSystem   = "https://ehealthontario.ca/fhir/CodeSystem/message-event-code"
	// referenceSystem is for a message that names none itself.
	referenceSystem = "https://ocean.cognisantmd.com/svc/fhir/v1/NamingSystem/" + systemReference
)

// isParty reports whether a resource is repeated with the ServiceRequest. Documents, forms and
// earlier decisions are Ocean's already.
func isParty(typ string) bool {
	switch typ {
	case "Patient", "RelatedPerson", "PractitionerRole", "Practitioner", "Organization", "Location", "HealthcareService":
		return true
	}
	return false
}

// repeat finds what is repeated of Ocean's message: the ServiceRequest, the parties of the message,
// and whom they refer to, directly or by others.
func (c *composer) repeat() {
	seen := map[int]bool{}
	add := func(i int, ok bool) {
		if ok && !seen[i] {
			seen[i] = true
			c.repeated = append(c.repeated, i)
		}
	}
	add(c.about.request, true)
	add(c.patientEntry())
	add(c.roleEntry())
	for next := 0; next < len(c.repeated); next++ {
		r := c.entries[c.repeated[next]].resource
		for i := r.i; i < r.value().next; i++ {
			if n := (node{r.t, i}); isReference(n) {
				to, ok := c.resolveEntry(n)
				add(to, ok && isParty(c.entries[to].typ))
			}
		}
	}
}

// isReference reports whether a value looks like a Reference.
func isReference(n node) bool {
	return n.kind() == kindObject && (n.get("reference").kind() == kindString || n.get("identifier").kind() == kindObject)
}

// entryWith returns the entry that a resource is; one contained in another is none.
func (c *composer) entryWith(resource node) (int, bool) {
	if !resource.ok() {
		return 0, false
	}
	i := c.entryOf(resource)
	return i, c.entries[i].resource == resource
}

// patientEntry returns the entry of the referral's Patient.
func (c *composer) patientEntry() (int, bool) { return c.entryWith(c.patientOf(c.about)) }

// roleEntry returns the entry of our own PractitionerRole.
func (c *composer) roleEntry() (int, bool) { return c.entryWith(c.to.role.resource) }

// refer refers to an entry as the message itself would.
func (c *composer) refer(i int) fhir {
	e := c.entries[i]
	id := e.resource.str("id")
	switch {
	case uuid.Validate(e.fullURL) == nil:
		return fhir{"reference": "urn:uuid:" + trimURN(e.fullURL)}
	case e.fullURL != "":
		return fhir{"reference": e.fullURL}
	case id != "":
		return fhir{"reference": e.typ + "/" + id}
	}
	if c.named[i] == "" {
		c.named[i] = "urn:uuid:" + uuid.NewString()
	}
	return fhir{"reference": c.named[i]}
}

// bytes returns a part of Ocean's message as it was written. Nobody can be sent invalid UTF-8.
func (c *composer) bytes(n node) json.RawMessage {
	if n.t.valid {
		return n.raw()
	}
	return bytes.ToValidUTF8(n.raw(), []byte("\uFFFD"))
}

// security returns the labels of Ocean's message, for what we add to it: what is about test data
// must stay test data.
func (c *composer) security() []any {
	var labels []any
	for s := range c.header.obj("meta").list("security") {
		labels = append(labels, c.bytes(s))
	}
	if c.isTest() && !isTest(c.header) {
		labels = append(labels, fhir{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"})
	}
	return labels
}

// referenceSystem returns the naming system of the referral reference, with the host in it that
// Ocean wrote.
func (c *composer) referenceSystem() string {
	for x := range c.header.list("extension") {
		if id := x.obj("valueIdentifier"); system(id) == systemReference {
			return id.str("system")
		}
	}
	for id := range c.request().list("identifier") {
		if system(id) == systemReference {
			return id.str("system")
		}
	}
	return referenceSystem
}

// writeHeader writes the MessageHeader. Where Ocean's message came from is where ours goes.
func (c *composer) writeHeader(event, focus string) fhir {
	meta := fhir{"profile": []string{headerProfile}}
	if security := c.security(); len(security) > 0 {
		meta["security"] = security
	}
	from := c.header.obj("source")
	destination := fhir{"name": cmp.Or(from.str("name"), "Ocean")}
	if endpoint := from.str("endpoint"); endpoint != "" {
		destination["endpoint"] = endpoint
	}
	h := fhir{
		"resourceType": "MessageHeader", "id": c.id, "meta": meta,
		"extension":   []fhir{{"url": referralURL, "valueIdentifier": fhir{"system": c.referenceSystem(), "value": c.ref}}},
		"eventCoding": fhir{"system": eventSystem, "code": event, "display": event},
		"destination": []fhir{destination},
		"source":      fhir{"name": cmp.Or(c.to.name, "Breakwater"), "software": "Breakwater", "endpoint": c.source},
		"focus":       []fhir{{"reference": focus}},
	}
	if role, ok := c.roleEntry(); ok {
		h["sender"] = c.refer(role)
	}
	return h
}

// write writes the bundle: the header, what is new, and what is repeated. It is put together by
// hand, because an encoder would write the repeated resources anew.
func (c *composer) write(event string, own fhir) ([]byte, error) {
	id, _ := own["id"].(string)
	focus := "urn:uuid:" + id
	meta := fhir{"lastUpdated": c.instant(c.at)}
	if security := c.security(); len(security) > 0 {
		meta["security"] = security
	}
	var w bundleWriter
	w.text(`{"resourceType":"Bundle","id":`)
	w.json(uuid.NewString())
	w.text(`,"meta":`)
	w.json(meta)
	w.text(`,"type":"message","timestamp":`)
	w.json(c.instant(c.at))
	w.text(`,"entry":[{"fullUrl":`)
	w.json("urn:uuid:" + c.id)
	w.text(`,"resource":`)
	w.json(c.writeHeader(event, focus))
	w.text(`},{"fullUrl":`)
	w.json(focus)
	w.text(`,"resource":`)
	w.json(own)
	for _, i := range c.repeated {
		w.text(`},{`)
		if url := cmp.Or(c.entries[i].fullURL, c.named[i]); url != "" {
			w.text(`"fullUrl":`)
			w.json(strings.ToValidUTF8(url, "\uFFFD"))
			w.text(`,`)
		}
		w.text(`"resource":`)
		w.Write(c.bytes(c.entries[i].resource))
	}
	w.text(`}]}`)
	return w.Bytes(), w.err
}

// bundleWriter collects a bundle and the first error.
type bundleWriter struct {
	bytes.Buffer
	err error
}

func (w *bundleWriter) text(s string) { w.WriteString(s) }

// json writes a value, its HTML as it is.
func (w *bundleWriter) json(v any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		w.err = fmt.Errorf("write a message for Ocean: %w", err)
		return
	}
	w.Truncate(w.Len() - 1) // the line feed that it adds
}
