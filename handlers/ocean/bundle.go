package ocean

import (
	"fmt"
	"slices"
	"strings"

	"breakwater/store"
)

// bundle is a message bundle with its resources indexed, so that references resolve.
type bundle struct {
	root    node
	header  node // the MessageHeader
	event   string
	entries []entry // those with a resource, the MessageHeader included, in order

	byKey       map[refKey]int          // entries by type and id, and by id alone
	contained   map[containedKey]entry  // contained resources by their container and id
	byValue     map[string]int          // entries by identifier, built when first needed
	focus       []int                   // entries that MessageHeader.focus names, in order
	onlyPatient int                     // the only Patient's entry; -1 when there is none or several
	requests    []int                   // the ServiceRequests' entries
	refs        map[int][]string        // the ServiceRequests' own referral references
	people      map[node]store.Name     // names of those who write, by their resource
	parties     map[node]store.Party    // roles with what belongs to them, by resource
	patients    map[node]*store.Patient // by resource
}

// entry is one resource of the bundle.
type entry struct {
	fullURL  string
	typ      string // resourceType
	resource node
}

// refKey is what a reference boils down to. Type is "" where the reference does not tell it.
type refKey struct{ typ, id string }

type containedKey struct {
	entry int
	id    string
}

// openBundle checks that a tree is a message bundle and indexes it. Its errors are [ErrNotMessage].
func openBundle(root node) (*bundle, error) {
	if root.kind() != kindObject || root.str("resourceType") != "Bundle" {
		return nil, fmt.Errorf("%w: not a Bundle", ErrNotMessage)
	}
	if root.str("type") != "message" {
		return nil, fmt.Errorf("%w: Bundle.type is not message", ErrNotMessage)
	}
	b := &bundle{
		root:        root,
		onlyPatient: -1,
		refs:        make(map[int][]string),
		people:      make(map[node]store.Name),
		parties:     make(map[node]store.Party),
		patients:    make(map[node]*store.Patient),
	}
	b.readEntries()
	if !b.startsWithHeader() {
		return nil, fmt.Errorf("%w: the first entry is not a MessageHeader", ErrNotMessage)
	}
	b.header = b.entries[0].resource
	b.event = b.id(headerEvent(b.header))
	b.index()
	b.readFocus()
	return b, nil
}

// readEntries collects the entries that hold a resource; any other is odd.
func (b *bundle) readEntries() {
	for e := range b.root.get("entry").elems() {
		r := e.get("resource")
		typ := ""
		if r.kind() == kindObject && r.get("resourceType").kind() == kindString {
			typ = r.str("resourceType")
		}
		if typ == "" {
			e.setOdd()
			continue
		}
		b.entries = append(b.entries, entry{fullURL: e.str("fullUrl"), typ: typ, resource: r})
	}
}

// startsWithHeader reports whether the very first entry is a MessageHeader.
func (b *bundle) startsWithHeader() bool {
	for e := range b.root.get("entry").elems() {
		return len(b.entries) > 0 && b.entries[0].typ == "MessageHeader" && b.entries[0].resource == e.get("resource")
	}
	return false
}

// index makes every entry findable by its fullUrl and its id, with and without its type. The
// fullUrl goes before the id, and the earlier entry before the later.
func (b *bundle) index() {
	b.byKey = make(map[refKey]int, 4*len(b.entries))
	b.contained = make(map[containedKey]entry)
	for i, e := range b.entries {
		if e.fullURL != "" {
			b.indexURL(i, e)
		}
	}
	patients := 0
	for i, e := range b.entries {
		if id := normalID(e.resource.str("id")); id != "" {
			b.add(refKey{e.typ, id}, i)
			b.add(refKey{"", id}, i)
		}
		b.indexContained(i, e.resource)
		switch e.typ {
		case "Patient":
			patients++
			b.onlyPatient = i
		case "ServiceRequest":
			b.requests = append(b.requests, i)
			b.refs[i] = slices.Collect(identifiers(e.resource, systemReference))
		}
	}
	if patients != 1 {
		b.onlyPatient = -1
	}
}

func (b *bundle) indexURL(i int, e entry) {
	id := normalID(e.fullURL)
	b.add(refKey{"", id}, i)
	if typ, last, ok := typeAndID(e.fullURL); ok {
		b.add(refKey{typ, normalID(last)}, i)
		return
	}
	b.add(refKey{e.typ, id}, i)
}

func (b *bundle) indexContained(owner int, resource node) {
	for c := range resource.list("contained") {
		key := containedKey{owner, strings.TrimPrefix(c.str("id"), "#")}
		if _, taken := b.contained[key]; !taken {
			b.contained[key] = entry{typ: c.str("resourceType"), resource: c}
		}
	}
}

func (b *bundle) add(key refKey, i int) {
	if _, taken := b.byKey[key]; !taken {
		b.byKey[key] = i
	}
}

// readFocus resolves MessageHeader.focus. A focus that leads nowhere is passed over.
func (b *bundle) readFocus() {
	for ref := range b.header.get("focus").elems() {
		if len(b.focus) == maxUpdates {
			ref.setOdd()
			return
		}
		if i, ok := b.resolveEntry(ref); ok && !b.focused(i) {
			b.focus = append(b.focus, i)
		}
	}
}

// focused reports whether MessageHeader.focus names an entry.
func (b *bundle) focused(i int) bool { return slices.Contains(b.focus, i) }

// focusHas reports whether a focus is of a type.
func (b *bundle) focusHas(typ string) bool {
	return slices.ContainsFunc(b.focus, func(i int) bool { return b.entries[i].typ == typ })
}

// headerID returns what identifies the message: MessageHeader.id, else its entry's fullUrl, else
// "". Ocean writes the same UUID in both, in the fullUrl without urn:uuid:.
func (b *bundle) headerID() string {
	if id := b.header.str("id"); id != "" {
		return b.id(id)
	}
	return b.id(trimURN(b.entries[0].fullURL))
}
