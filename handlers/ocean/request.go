package ocean

import (
	"strings"

	"breakwater/store"
)

// request reads a ServiceRequest; nil when the bundle has none for the referral.
func (b *bundle) request(sr node, to receiver) *store.Request {
	if !sr.ok() {
		return nil
	}
	r := &store.Request{
		Service:    b.service(sr, to),
		Priority:   sr.str("priority"),
		Status:     sr.str("status"),
		AuthoredOn: sr.time("authoredOn"),
	}
	for c := range sr.list("reasonCode") {
		if s := readable(c); s != "" {
			r.Reasons = append(r.Reasons, s)
		}
	}
	for n := range sr.list("note") {
		if note, ok := b.note(n); ok {
			r.Notes = append(r.Notes, note)
		}
	}
	return r
}

// note reads an Annotation. Ocean writes its text in HTML, which is kept as it came.
func (b *bundle) note(n node) (note store.Note, ok bool) {
	note = store.Note{HTML: n.text("text"), Author: n.str("authorString"), Time: n.time("time")}
	if note.Author == "" {
		note.Author = b.person(n.get("authorReference"))
	}
	return note, strings.TrimSpace(note.HTML) != ""
}

// generic holds what says nothing about the service asked for. MISCELLANEOUS was seen in Ocean's
// traffic, where the specialty then named the service; the others are of the same kind.
var generic = map[string]bool{
	"miscellaneous": true, "misc": true, "other": true, "unknown": true, "unspecified": true,
}

func isGeneric(s string) bool { return generic[strings.ToLower(strings.Trim(s, " ."))] }

// service returns the readable name of the service asked for: the category, unless it is generic;
// else the specialty of the role asked, the order's detail or code, or the destination's name; and
// if all these are generic or missing, the first that said anything.
func (b *bundle) service(sr node, to receiver) string {
	fallback := ""
	for _, s := range b.serviceNames(sr, to) {
		if s != "" && !isGeneric(s) {
			return s
		}
		if fallback == "" {
			fallback = s
		}
	}
	return fallback
}

func (b *bundle) serviceNames(sr node, to receiver) []string {
	candidates := conceptNames(nil, sr, "category")
	for ref := range few(sr.get("performer").elems()) {
		candidates = conceptNames(candidates, b.resolve(ref).resource, "specialty")
	}
	candidates = conceptNames(candidates, to.role.resource, "specialty")
	candidates = conceptNames(candidates, sr, "orderDetail")
	candidates = conceptNames(candidates, sr, "code")
	return append(candidates, to.name)
}

// conceptNames appends what the CodeableConcepts in a member say: the text before the display,
// except for a specialty, which Ocean was only seen to name by its display.
func conceptNames(all []string, resource node, member string) []string {
	for c := range resource.list(member) {
		text, shown := c.str("text"), display(c)
		if member == "specialty" {
			text, shown = shown, text
		}
		all = append(all, text, shown)
	}
	return all
}
