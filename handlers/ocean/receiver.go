package ocean

import (
	"iter"

	"breakwater/store"
)

// receiver is who a message is destined for.
type receiver struct {
	name                       string // destination.name: how Ocean's directory calls the clinic or listing
	ref                        node   // the Reference to its PractitionerRole
	role                       entry  // what that leads to, if anything
	practitioner, organization node   // those of the role

	site    string // Ocean site number
	listing string // reference of the directory listing
}

// receiver reads MessageHeader.destination. Of several destinations the first with a site number
// counts, else the first whose receiver is in the bundle, else the first.
func (b *bundle) receiver() receiver {
	var best receiver
	rank := -1
	for d := range few(b.header.list("destination")) {
		r := receiver{name: d.str("name"), ref: d.get("receiver")}
		b.identify(&r)
		score := 0
		if r.role.resource.ok() {
			score = 1
		}
		if r.site != "" {
			score = 2
		}
		if score > rank {
			best, rank = r, score
		}
	}
	return best
}

// identify finds a receiver's role, site and listing. A logical reference may name the site itself.
func (b *bundle) identify(r *receiver) {
	r.role = b.resolve(r.ref)
	if r.role.resource.ok() {
		parts := b.parts(r.role)
		r.practitioner, r.organization = parts.practitioner, parts.organization
		r.site = b.site(r.ref)
		r.listing = identifier(r.role.resource, systemListing)
	}
	if r.ref.kind() != kindObject {
		return
	}
	if r.site == "" {
		r.site = identifier(r.ref, systemSite)
	}
	if r.listing == "" {
		r.listing = identifier(r.ref, systemListing)
	}
}

// few yields no more than maxTies: what is followed for each of them may be large.
func few(nodes iter.Seq[node]) iter.Seq[node] {
	return func(yield func(node) bool) {
		budget := maxTies
		for n := range nodes {
			if budget--; budget < 0 || !yield(n) {
				return
			}
		}
	}
}

// missing reports whether the destination leaves open who receives.
func (r receiver) missing() bool { return !r.role.resource.ok() && r.site == "" }

// receiverOf returns who receives a referral: the message's destination, else the first of the
// ServiceRequest's performers that is in the bundle, under the destination's name.
func (b *bundle) receiverOf(to receiver, request node) receiver {
	if !to.missing() {
		return to
	}
	for ref := range few(request.get("performer").elems()) {
		r := receiver{name: to.name, ref: ref}
		if b.identify(&r); !r.missing() {
			return r
		}
	}
	return to
}

// recipient reads the receiver as a party, under the destination's name if there is one: in Ocean's
// traffic the role has no organization, and the destination's name is that of the clinic.
func (b *bundle) recipient(to receiver) *store.Party {
	p := b.party(to.ref)
	if p == nil {
		p = new(store.Party)
	}
	if p.Site == "" {
		p.Site = to.site
	}
	if to.name != "" {
		p.Organization = to.name
	}
	if isEmpty(*p) {
		return nil
	}
	return p
}

// referrer reads who asks: the ServiceRequest's requester, else the message's sender or author.
func (b *bundle) referrer(request node) *store.Party {
	for _, ref := range []node{request.get("requester"), b.header.get("sender"), b.header.get("author")} {
		if p := b.party(ref); p != nil {
			return p
		}
	}
	return nil
}

// patientOf returns the Patient that a referral is about: the one that its ServiceRequest names,
// else that of its Task, Appointment or Communication, else the only one in the bundle.
func (b *bundle) patientOf(r *referral) node {
	var refs []node
	if r.request >= 0 {
		refs = append(refs, b.entries[r.request].resource.get("subject"))
	}
	for _, parts := range [][]int{r.tasks, r.communications} {
		if len(parts) > 0 {
			last := b.entries[parts[len(parts)-1]].resource
			refs = append(refs, last.get("for"), last.get("subject"))
		}
	}
	for _, ref := range refs {
		if e := b.resolve(ref); e.typ == "Patient" {
			return e.resource
		}
	}
	if b.onlyPatient >= 0 {
		return b.entries[b.onlyPatient].resource
	}
	return node{}
}
