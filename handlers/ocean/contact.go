package ocean

import (
	"slices"
	"strings"

	"breakwater/store"
)

// contactPoints returns a resource's phone numbers and the like in their order, without those that
// have no value.
func contactPoints(resource node) []store.ContactPoint {
	var all []store.ContactPoint
	for c := range resource.list("telecom") {
		p := store.ContactPoint{System: c.str("system"), Value: c.str("value"), Use: c.str("use")}
		if p.Value != "" {
			all = append(all, p)
		}
	}
	return all
}

// postalAddresses returns a resource's addresses in their order. Ocean sends some that hold nothing
// but their use; they are dropped. Location.address is one object, the others' a list.
func postalAddresses(resource node) []store.Address {
	var all []store.Address
	for n := range resource.list("address") {
		a := store.Address{
			Use:        n.str("use"),
			Lines:      n.strs("line"),
			City:       n.str("city"),
			State:      n.str("state"),
			PostalCode: n.str("postalCode"),
			Country:    n.str("country"),
		}
		if text := n.str("text"); text != "" && isBlank(a) {
			a.Lines = []string{text}
		}
		if !isBlank(a) {
			all = append(all, a)
		}
	}
	return all
}

// isBlank reports whether an address says nothing, but for its use. None of its lines is empty.
func isBlank(a store.Address) bool {
	return len(a.Lines) == 0 && a.City == "" && a.State == "" && a.PostalCode == "" && a.Country == ""
}

// addressText returns all that an address says, but for its use.
func addressText(a store.Address) string {
	parts := append(slices.Clone(a.Lines), a.City, a.State, a.PostalCode, a.Country)
	return strings.TrimSpace(strings.Join(parts, "\n"))
}

// merged collects the contacts of the resources that make up a party, without repeats: Ocean gives
// the same phone numbers for the role, its practitioner and its location.
type merged struct {
	telecom   []store.ContactPoint
	addresses []store.Address
	seen      map[string]bool
}

func (m *merged) from(resource node) {
	for _, p := range contactPoints(resource) {
		if m.isNew(p.System + " " + p.Value) {
			m.telecom = append(m.telecom, p)
		}
	}
	for _, a := range postalAddresses(resource) {
		if m.isNew(addressText(a)) {
			m.addresses = append(m.addresses, a)
		}
	}
}

// isNew reports whether something was not said before, in whatever spelling.
func (m *merged) isNew(s string) bool {
	key := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '(', ')', '.':
			return -1
		}
		return r
	}, strings.ToLower(s))
	if m.seen == nil {
		m.seen = make(map[string]bool)
	}
	known := m.seen[key]
	m.seen[key] = true
	return !known
}
