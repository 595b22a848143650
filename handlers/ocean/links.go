package ocean

import (
	"slices"

	"breakwater/store"
)

// linker finds the ties between ServiceRequests, whichever side of them carries the tie: Ocean's
// documents and its Autorouter disagree who of a forwarded pair says replaces.
type linker struct {
	*bundle
	from map[int][]tie // by the entry that others point to
}

type tie struct {
	kind store.LinkKind
	from int
}

func (b *bundle) newLinker() *linker {
	l := &linker{b, make(map[int][]tie)}
	for _, i := range b.requests {
		request := b.entries[i].resource
		l.note(request.get("replaces"), i, store.LinkReplacedBy)
		l.note(request.get("basedOn"), i, store.LinkBasedOn)
	}
	return l
}

func (l *linker) note(refs node, from int, kind store.LinkKind) {
	for ref := range refs.elems() {
		if to, ok := l.resolveEntry(ref); ok && to != from {
			l.from[to] = append(l.from[to], tie{kind, from})
		}
	}
}

// links returns a referral's ties to others, without repeats. A tie by basedOn reads the same from
// both sides: store has one kind for it, which says that a split ties the two.
func (l *linker) links(r *referral) []store.Link {
	if r.request < 0 {
		return nil
	}
	var links []store.Link
	seen := make(map[store.Link]bool)
	add := func(kind store.LinkKind, ref string) {
		link := store.Link{Kind: kind, Ref: ref}
		if ref == "" || ref == r.ref || seen[link] {
			return
		}
		seen[link] = true
		links = append(links, link)
	}
	request := l.entries[r.request].resource
	for ref := range request.get("replaces").elems() {
		add(store.LinkReplaces, l.linkedRef(ref))
	}
	for ref := range request.get("basedOn").elems() {
		add(store.LinkBasedOn, l.linkedRef(ref))
	}
	for _, t := range l.from[r.request] {
		add(t.kind, l.requestRef(t.from))
	}
	return slices.Clip(links)
}

// linkedRef returns the referral reference of the ServiceRequest that a Reference leads to, in the
// bundle or not; "" for what is no referral.
func (l *linker) linkedRef(ref node) string {
	if i, ok := l.resolveEntry(ref); ok {
		return l.requestRef(i)
	}
	if typ := l.refType(ref); typ != "" && typ != "ServiceRequest" {
		return ""
	}
	if ref.kind() == kindObject && system(ref.obj("identifier")) == systemReference {
		return ref.obj("identifier").str("value")
	}
	return onlyUUID(referredID(ref))
}

// requestRef returns a ServiceRequest's referral reference: its own, else its id if that is a
// UUID, since in Ocean's traffic the two are the same.
func (l *linker) requestRef(i int) string {
	e := l.entries[i]
	switch {
	case e.typ != "ServiceRequest":
		return ""
	case len(l.refs[i]) > 0:
		return l.refs[i][0]
	}
	if id := onlyUUID(e.resource.str("id")); id != "" {
		return id
	}
	if _, id, ok := typeAndID(e.fullURL); ok {
		return onlyUUID(id)
	}
	return onlyUUID(trimURN(e.fullURL))
}

// onlyUUID returns s if it has the form of a UUID, else "".
func onlyUUID(s string) string {
	if len(s) != 36 {
		return ""
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if dash != (c == '-') || !dash && !hex {
			return ""
		}
	}
	return s
}
