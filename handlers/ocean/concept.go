package ocean

import (
	"iter"
	"strings"
)

// readable returns what a person reads in a CodeableConcept: its text, else the first display of
// a coding; "" when it has neither.
func readable(concept node) string {
	if s := concept.str("text"); s != "" {
		return s
	}
	return display(concept)
}

// display returns the first display of a CodeableConcept's codings.
func display(concept node) string {
	for c := range concept.list("coding") {
		if s := c.str("display"); s != "" {
			return s
		}
	}
	return ""
}

// code returns the first code of a CodeableConcept's codings.
func code(concept node) string {
	for c := range concept.list("coding") {
		if s := c.str("code"); s != "" {
			return s
		}
	}
	return ""
}

// hasCode reports whether a CodeableConcept carries one of the codes, in whatever system.
func hasCode(concept node, codes ...string) bool {
	for c := range concept.list("coding") {
		have := c.str("code")
		for _, want := range codes {
			if strings.EqualFold(have, want) {
				return true
			}
		}
	}
	return false
}

// The naming systems that matter, without what stands before them: Ocean writes its own host
// there, which differs between production, test and staging, so only the last part is compared.
const (
	systemReference = "id-ereferral-reference"
	systemSite      = "id-site-number"
	systemListing   = "id-referral-target-reference"
	systemForm      = "id-form-reference"
	systemOntario   = "ca-on-patient-hcn"
	systemBilling   = "ca-on-ohip-billing-id"
)

// lastPart returns what follows the last slash of a URL, without a version after | (which Ocean
// sometimes writes %7C).
func lastPart(url string) string {
	for _, bar := range []string{"|", "%7C", "%7c"} {
		url, _, _ = strings.Cut(url, bar)
	}
	url = strings.TrimRight(url, "/")
	return url[strings.LastIndexByte(url, '/')+1:]
}

// system returns the last part of an Identifier's system.
func system(identifier node) string { return lastPart(identifier.str("system")) }

// identifiers yields the values of a resource's identifiers in a naming system. Some identifiers
// in Ocean's traffic have no value; they are passed over.
func identifiers(resource node, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range resource.list("identifier") {
			if !strings.EqualFold(system(id), name) {
				continue
			}
			if v := id.str("value"); v != "" && !yield(v) {
				return
			}
		}
	}
}

// identifier returns the first of the values that identifiers yields.
func identifier(resource node, name string) string {
	for v := range identifiers(resource, name) {
		return v
	}
	return ""
}

// extension returns the value of a resource's extension whose URL ends in name, as text.
func extension(resource node, name string) string {
	for x := range resource.list("extension") {
		if !strings.EqualFold(lastPart(x.str("url")), name) {
			continue
		}
		if s := strings.TrimSpace(valueText(x)); s != "" {
			return s
		}
	}
	return ""
}

// valueText returns an element's value[x] as text, whatever its type is: "" when it has none.
func valueText(n node) string {
	for name, v := range n.fields() {
		if x := name.string(); strings.HasPrefix(x, "value") && x != "value" {
			if s := anyText(v); s != "" {
				return s
			}
		}
	}
	return ""
}

// anyText renders the value of a value[x] by its shape, which tells the data types apart well
// enough: a primitive as it stands, a Quantity with its unit, and of a Coding, CodeableConcept,
// Reference, Identifier or Attachment the part that a person reads.
func anyText(v node) string {
	if v.kind() == kindArray {
		v.setOdd()
		return ""
	}
	if v.kind() != kindObject {
		return v.string()
	}
	if s := firstText(v, "display", "title", "text"); s != "" {
		return s
	}
	if s := v.str("value"); s != "" { // Quantity, Identifier
		unit := firstText(v, "unit")
		if unit == "" && v.get("system").kind() != kindNone && v.get("value").kind() == kindNumber {
			unit = v.str("code")
		}
		return strings.TrimSpace(v.str("comparator") + s + " " + unit)
	}
	if s := display(v); s != "" {
		return s
	}
	return firstText(v, "code", "url", "reference")
}

// firstText returns the first of the members that says something.
func firstText(n node, names ...string) string {
	for _, name := range names {
		if s := n.str(name); s != "" {
			return s
		}
	}
	return ""
}

// isTest reports whether a resource's meta.security marks it as test health data.
func isTest(resource node) bool {
	for c := range resource.obj("meta").list("security") {
		if strings.EqualFold(c.str("code"), "HTEST") {
			return true
		}
	}
	return false
}
