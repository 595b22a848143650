package ocean

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// tied is what a resource says of the referrals that it belongs to.
type tied struct {
	requests []int    // entries of ServiceRequests
	ids      []string // ids of what the bundle lacks, in lower case
}

// ties follows a resource's basedOn, Task.focus and DocumentReference.context.related to its
// ServiceRequests, also by way of a Task or an Appointment.
func (b *bundle) ties(resource node) tied {
	var found tied
	budget := maxTies
	b.follow(resource, &found, &budget, true)
	return found
}

func (b *bundle) follow(resource node, found *tied, budget *int, further bool) {
	related := resource.obj("context").get("related")
	for _, refs := range []node{resource.get("basedOn"), resource.get("focus"), related} {
		for ref := range refs.elems() {
			if *budget--; *budget < 0 {
				resource.setOdd()
				return
			}
			i, ok := b.resolveEntry(ref)
			switch {
			case !ok:
				found.ids = append(found.ids, normalID(referredID(ref)))
			case b.entries[i].typ == "ServiceRequest":
				found.requests = append(found.requests, i)
			case further:
				b.follow(b.entries[i].resource, found, budget, false)
			}
		}
	}
}

// referredID returns the id that a Reference names.
func referredID(ref node) string {
	text := refText(ref)
	if _, id, ok := typeAndID(text); ok {
		return id
	}
	return trimURN(text)
}

// sharer deals a bundle's resources out to the referrals that it is about.
type sharer struct {
	*bundle
	all       []*referral
	byRef     map[string]*referral
	byRequest map[int]*referral
	supports  map[int][]int // ServiceRequests by what their supportingInfo names
}

// share gives every resource of a changing kind to the referrals that it belongs to.
func (b *bundle) share(all []*referral) {
	if len(all) == 0 {
		return
	}
	s := sharer{b, all, make(map[string]*referral), make(map[int]*referral), make(map[int][]int)}
	for _, r := range all {
		s.byRef[strings.ToLower(r.ref)] = r
		if r.request >= 0 {
			s.byRequest[r.request] = r
		}
	}
	for _, request := range b.requests {
		for ref := range b.entries[request].resource.get("supportingInfo").elems() {
			if i, ok := b.resolveEntry(ref); ok {
				s.supports[i] = append(s.supports[i], request)
			}
		}
	}
	for i, e := range b.entries {
		s.deal(i, e)
	}
}

func (s *sharer) deal(i int, e entry) {
	switch e.typ {
	case "Task":
		for _, r := range s.owners(i, e) {
			r.tasks = append(r.tasks, i)
		}
	case "Appointment":
		for _, r := range s.owners(i, e) {
			r.appointments = append(r.appointments, i)
		}
	case "Communication":
		for _, r := range s.owners(i, e) {
			r.communications = append(r.communications, i)
		}
	case "DocumentReference":
		for _, r := range s.docOwners(i, e) {
			r.documents = append(r.documents, i)
		}
	case "QuestionnaireResponse":
		for _, r := range s.docOwners(i, e) {
			r.questionnaires = append(r.questionnaires, i)
		}
	}
}

// docOwners is owners for documents and forms: where the message is about one referral they are
// all its own, whatever they say. Ocean sent them along to be read with it, and a document too many
// does less harm than one too few.
func (s *sharer) docOwners(i int, e entry) []*referral {
	if len(s.all) == 1 {
		return s.all
	}
	return s.owners(i, e)
}

// owners returns the referrals that a resource belongs to, by its own reference, by what it is
// based on, and by supportingInfo. One that names none belongs to the first, and so does a focus
// that names strangers. Any other that names strangers belongs to them alone: their decision or
// booking must not move this referral.
func (s *sharer) owners(i int, e entry) []*referral {
	var found []*referral
	add := func(r *referral) {
		if r != nil && !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	named := false
	for ref := range identifiers(e.resource, systemReference) {
		named = true
		add(s.byRef[strings.ToLower(ref)])
	}
	ties := s.ties(e.resource)
	requests := slices.Concat(ties.requests, s.supports[i])
	for _, request := range requests {
		add(s.byRequest[request])
	}
	for _, id := range ties.ids {
		add(s.byRef[id]) // in Ocean's traffic a ServiceRequest's id is its referral reference
		named = named || uuid.Validate(id) == nil
	}
	named = named || len(requests) > 0
	if len(found) == 0 && (!named || s.focused(i)) {
		return s.all[:1]
	}
	return found
}
