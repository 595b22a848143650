package ocean

import (
	"strings"

	"breakwater/store"
)

// telecom collects phone numbers and the like without repeats, in their order.
type telecom struct {
	points []store.ContactPoint
	seen   map[string]bool
}

// from adds a resource's contact points; those without a value are dropped.
func (t *telecom) from(resource node) *telecom {
	for c := range resource.list("telecom") {
		p := store.ContactPoint{System: c.str("system"), Value: c.str("value"), Use: c.str("use")}
		key := p.System + " " + spelling(p.Value)
		if p.Value == "" || t.seen[key] {
			continue
		}
		if t.seen == nil {
			t.seen = make(map[string]bool)
		}
		t.seen[key] = true
		t.points = append(t.points, p)
	}
	return t
}

// spelling reduces a phone number or address to what two spellings of it have in common.
func spelling(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -().", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// addresses collects postal addresses without repeats, in their order.
type addresses struct {
	all  []store.Address
	seen map[string]bool
}

// from adds a resource's addresses. Ocean sends some that hold nothing but their use; they are
// dropped. Location.address is one object, the others' a list.
func (a *addresses) from(resource node) *addresses {
	for n := range resource.list("address") {
		address := store.Address{
			Use:        n.str("use"),
			Lines:      n.strs("line"),
			City:       n.str("city"),
			State:      n.str("state"),
			PostalCode: n.str("postalCode"),
			Country:    n.str("country"),
		}
		rest := []string{address.City, address.State, address.PostalCode, address.Country}
		if text := n.str("text"); text != "" && len(address.Lines) == 0 && strings.Join(rest, "") == "" {
			address.Lines = []string{text}
		}
		key := spelling(strings.Join(append(rest, address.Lines...), "\n"))
		if strings.TrimSpace(key) == "" || a.seen[key] {
			continue
		}
		if a.seen == nil {
			a.seen = make(map[string]bool)
		}
		a.seen[key] = true
		a.all = append(a.all, address)
	}
	return a
}
