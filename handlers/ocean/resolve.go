package ocean

import (
	"sort"
	"strings"
)

// Ocean's bundles refer in several ways, and the two sides need not agree: newer messages (profile
// 1.0.1) by urn:uuid:, except that the MessageHeader's own fullUrl is a bare UUID; older ones
// (1.0.0) by Type/id without any fullUrl. FHIR R4 (References) adds absolute URLs, contained
// resources and logical references. A reference that leads nowhere is tolerated everywhere.

// trimURN returns an id or URL without urn:uuid: or urn:oid:.
func trimURN(s string) string {
	s = strings.TrimSpace(s)
	for _, prefix := range []string{"urn:uuid:", "urn:oid:"} {
		if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return s[len(prefix):]
		}
	}
	return s
}

// normalID returns an id or URL in the form in which it is compared. UUIDs are written in upper
// and lower case, and nobody tells two resources apart by case alone.
func normalID(s string) string { return strings.ToLower(trimURN(s)) }

// typeAndID splits a reference that ends in Type/id, with or without a host before it and a
// version after it.
func typeAndID(ref string) (typ, id string, ok bool) {
	if i := strings.Index(ref, "/_history/"); i >= 0 {
		ref = ref[:i]
	}
	rest, id, ok := cutLast(ref)
	if !ok || id == "" {
		return "", "", false
	}
	if _, last, ok := cutLast(rest); ok {
		rest = last
	}
	return rest, trimURN(id), rest != ""
}

// cutLast cuts around the last slash.
func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// refText returns what a Reference says: its reference, or itself where it is a mere string.
func refText(ref node) string {
	switch ref.kind() {
	case kindString:
		return strings.TrimSpace(ref.string())
	case kindObject:
		return ref.str("reference")
	case kindArray:
		for e := range ref.elems() {
			return refText(e)
		}
	}
	return ""
}

// resolve returns the resource that a Reference leads to; one without a node when it leads nowhere.
func (b *bundle) resolve(ref node) entry {
	if text := refText(ref); strings.HasPrefix(text, "#") {
		owner := b.entryOf(ref)
		if text == "#" {
			return b.entries[owner]
		}
		return b.contained[containedKey{owner, text[1:]}]
	}
	if i, ok := b.resolveEntry(ref); ok {
		return b.entries[i]
	}
	return entry{}
}

// resolveEntry returns the entry that a Reference leads to.
func (b *bundle) resolveEntry(ref node) (int, bool) {
	if !ref.ok() {
		return 0, false
	}
	text := refText(ref)
	if typ, id, ok := typeAndID(text); ok {
		if i, ok := b.byKey[refKey{typ, normalID(id)}]; ok {
			return i, true
		}
	}
	if text != "" && text[0] != '#' {
		if i, ok := b.byKey[refKey{"", normalID(text)}]; ok {
			return i, true
		}
	}
	return b.resolveLogical(ref)
}

// resolveLogical follows a Reference's identifier to the first entry that carries it, of the
// reference's type if it names one.
func (b *bundle) resolveLogical(ref node) (int, bool) {
	if ref.kind() != kindObject || ref.get("identifier").kind() != kindObject {
		return 0, false
	}
	key := logicalKey(ref.get("identifier"))
	if key == "" {
		return 0, false
	}
	if b.byValue == nil {
		b.indexIdentifiers()
	}
	i, ok := b.byValue[ref.str("type")+key]
	return i, ok
}

// indexIdentifiers makes the entries findable by their identifiers, with and without their type.
func (b *bundle) indexIdentifiers() {
	b.byValue = make(map[string]int)
	for i, e := range b.entries {
		for id := range e.resource.list("identifier") {
			key := logicalKey(id)
			if key == "" {
				continue
			}
			for _, k := range []string{key, e.typ + key} {
				if _, taken := b.byValue[k]; !taken {
					b.byValue[k] = i
				}
			}
		}
	}
}

// logicalKey is what an Identifier is compared by; "" when it has no value.
func logicalKey(id node) string {
	value := id.str("value")
	if value == "" {
		return ""
	}
	return "\x00" + strings.ToLower(system(id)) + "\x00" + strings.ToLower(value)
}

// entryOf returns the entry inside which a node stands. Entries are in the order of their nodes.
func (b *bundle) entryOf(n node) int {
	after := sort.Search(len(b.entries), func(i int) bool { return b.entries[i].resource.i > n.i })
	return max(after-1, 0)
}

// refType returns the resource type that a Reference names, resolvable or not.
func (b *bundle) refType(ref node) string {
	if e := b.resolve(ref); e.resource.ok() {
		return e.typ
	}
	if ref.kind() == kindObject {
		if t := ref.str("type"); t != "" {
			return lastPart(t)
		}
	}
	if typ, _, ok := typeAndID(refText(ref)); ok {
		return typ
	}
	return ""
}
