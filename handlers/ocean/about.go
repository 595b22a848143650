package ocean

import (
	"slices"
	"strings"
)

const (
	// maxUpdates bounds how many referrals one message is taken to be about; more are odd. Ocean was
	// only seen to name one. Each of them may repeat what is large in the bundle.
	maxUpdates = 20
	// maxTies bounds how many references from one resource to its referrals are followed.
	maxTies = 32
)

// referral is one referral that a message is about, with what of the bundle belongs to it.
type referral struct {
	ref     string
	request int // the ServiceRequest's entry; -1 when the bundle lacks it

	tasks, appointments, communications, documents, questionnaires []int
}

// referrals returns the referrals that the message is about: the one that the header's referral
// reference names, or what stands for it, and every further ServiceRequest in focus with a
// reference of its own. Other ServiceRequests are only links.
func (b *bundle) referrals() []*referral {
	var all []*referral
	if ref := b.headerRef(); ref != "" {
		all = append(all, &referral{ref: ref, request: b.requestFor(ref)})
	} else if r := b.unnamed(); r != nil {
		all = append(all, r)
	}
	for _, i := range b.focus {
		if b.entries[i].typ != "ServiceRequest" || len(b.refs[i]) == 0 || b.among(all, i) {
			continue
		}
		all = append(all, &referral{ref: b.refs[i][0], request: i})
	}
	return all
}

// among reports whether a ServiceRequest is one of the referrals, by itself or by its reference.
func (b *bundle) among(all []*referral, request int) bool {
	return slices.ContainsFunc(all, func(r *referral) bool {
		return r.request == request || b.hasRef(request, r.ref)
	})
}

// headerRef returns the referral reference in the MessageHeader: in ext-referral-identifier
// (MessageHeader profile 1.0.1) or ext-id-message-header (1.0.0).
func (b *bundle) headerRef() string {
	if ref := extension(b.header, "ext-referral-identifier"); ref != "" {
		return ref
	}
	return extension(b.header, "ext-id-message-header")
}

// hasRef reports whether a ServiceRequest carries a referral reference. UUIDs may differ by case.
func (b *bundle) hasRef(request int, ref string) bool {
	return slices.ContainsFunc(b.refs[request], func(own string) bool { return strings.EqualFold(own, ref) })
}

// requestFor returns the ServiceRequest of a referral reference, or -1: one that carries it, the
// focused before others; else one whose id it is, as Ocean does; else, if it carries no other
// reference, the focused one, the one that the focus is based on, or the only one.
func (b *bundle) requestFor(ref string) int {
	for _, i := range slices.Concat(b.focus, b.requests) {
		if b.entries[i].typ == "ServiceRequest" && b.hasRef(i, ref) {
			return i
		}
	}
	if i, ok := b.byKey[refKey{"ServiceRequest", normalID(ref)}]; ok && b.isUnclaimed(i) {
		return i
	}
	for _, i := range b.nearFocus() {
		if b.isUnclaimed(i) {
			return i
		}
	}
	return -1
}

// isUnclaimed reports whether an entry is a ServiceRequest without a reference of its own.
func (b *bundle) isUnclaimed(i int) bool {
	return b.entries[i].typ == "ServiceRequest" && len(b.refs[i]) == 0
}

// nearFocus returns the ServiceRequests that the message may be about, the likeliest first: those
// in focus; those that a Task, Appointment or Communication in focus belongs to; the only one.
func (b *bundle) nearFocus() []int {
	var near []int
	for _, i := range b.focus {
		if b.entries[i].typ == "ServiceRequest" {
			near = append(near, i)
		}
	}
	for _, i := range b.focus {
		if b.entries[i].typ != "ServiceRequest" {
			near = append(near, b.ties(b.entries[i].resource).requests...)
		}
	}
	if len(b.requests) == 1 {
		near = append(near, b.requests[0])
	}
	return near
}

// unnamed returns the referral of a message whose header has no reference: that of the likeliest
// ServiceRequest, else the one that other resources carry. nil when none is found.
func (b *bundle) unnamed() *referral {
	for _, i := range b.nearFocus() {
		if len(b.refs[i]) > 0 {
			return &referral{ref: b.refs[i][0], request: i}
		}
	}
	if ref := b.anyRef(); ref != "" {
		return &referral{ref: ref, request: b.requestFor(ref)}
	}
	return nil
}

// anyRef returns the referral reference that a resource other than a ServiceRequest carries, the
// focused before others. Where those others disagree there is none: a message filed under the
// wrong referral does more harm than one that a person has to look at.
func (b *bundle) anyRef() string {
	for _, i := range b.focus {
		if ref := identifier(b.entries[i].resource, systemReference); ref != "" {
			return ref
		}
	}
	found := ""
	for _, e := range b.entries {
		if e.typ == "ServiceRequest" {
			continue
		}
		for ref := range identifiers(e.resource, systemReference) {
			if found != "" && !strings.EqualFold(found, ref) {
				return ""
			}
			found = ref
		}
	}
	return found
}
