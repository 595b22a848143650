package ocean

import (
	"slices"
	"strings"

	"breakwater/store"
)

// party reads who a Reference leads to: a PractitionerRole together with its Practitioner,
// Organization and Locations, or one of these by itself. Where it leads nowhere, its display is
// taken as the name. nil when nothing is known.
func (b *bundle) party(ref node) *store.Party {
	e := b.resolve(ref)
	p := b.role(e)
	if isEmpty(p) {
		if name := referenceDisplay(ref); name != "" {
			return &store.Party{Name: store.Name{Text: name}}
		}
		return nil
	}
	return &p
}

// roleParts are the resources that make up a party; any may be missing.
type roleParts struct {
	role, practitioner, organization node
	locations                        []node
}

func (b *bundle) parts(e entry) roleParts {
	switch e.typ {
	case "PractitionerRole":
		parts := roleParts{
			role:         e.resource,
			practitioner: b.resolve(e.resource.get("practitioner")).resource,
			organization: b.resolve(e.resource.get("organization")).resource,
		}
		for ref := range few(e.resource.get("location").elems()) {
			if l := b.resolve(ref).resource; l.ok() && !slices.Contains(parts.locations, l) {
				parts.locations = append(parts.locations, l)
			}
		}
		return parts
	case "Organization", "HealthcareService":
		return roleParts{organization: e.resource}
	case "Location":
		return roleParts{locations: []node{e.resource}}
	}
	return roleParts{practitioner: e.resource} // also a Patient or RelatedPerson, who may refer too
}

// role is readRole, once for each resource: many references may lead to one.
func (b *bundle) role(e entry) store.Party {
	p, known := b.parties[e.resource]
	if !known {
		p = b.readRole(e)
		b.parties[e.resource] = p
	}
	return p
}

// readRole merges a party's resources. The role's own phone numbers come first, since they are
// those of the place where the practitioner acts in this role.
func (b *bundle) readRole(e entry) store.Party {
	parts := b.parts(e)
	everything := append([]node{parts.role, parts.practitioner}, parts.locations...)
	everything = append(everything, parts.organization)
	var p store.Party
	var contacts merged
	for _, part := range everything {
		contacts.from(part)
		if p.Licence == "" {
			p.Licence = licence(part)
		}
		if p.Billing == "" {
			p.Billing = identifier(part, systemBilling)
		}
		if p.Site == "" {
			p.Site = identifier(part, systemSite)
		}
	}
	p.Telecom, p.Addresses = contacts.telecom, contacts.addresses
	p.Role = roleName(parts.role)
	p.Name = b.partyName(parts)
	p.Organization = organizationName(parts)
	return p
}

func (b *bundle) partyName(parts roleParts) store.Name {
	name, _ := names(parts.practitioner)
	if fullName(name) == "" {
		name.Text = referenceDisplay(parts.role.get("practitioner"))
	}
	return name
}

func organizationName(parts roleParts) string {
	if s := parts.organization.str("name"); s != "" {
		return s
	}
	if s := referenceDisplay(parts.role.get("organization")); s != "" {
		return s
	}
	for _, l := range parts.locations {
		if s := l.str("name"); s != "" {
			return s
		}
	}
	return ""
}

// roleName returns what a practitioner acts as. Ocean codes the same role in two systems with one
// display; it is said once.
func roleName(role node) string {
	var said []string
	for c := range role.list("code") {
		s := readable(c)
		same := func(t string) bool { return strings.EqualFold(s, t) }
		if s != "" && len(said) < maxTies && !slices.ContainsFunc(said, same) {
			said = append(said, s)
		}
	}
	return strings.Join(said, ", ")
}

// licence returns a college licence number, by its type (HL7 table 0203: MD, LN, RN) or by a system
// such as ca-on-license-physician.
func licence(part node) string {
	for id := range part.list("identifier") {
		sys := strings.ToLower(system(id))
		named := strings.Contains(sys, "license") || strings.Contains(sys, "licence")
		if v := id.str("value"); v != "" && (named || hasCode(id.get("type"), "MD", "LN", "RN")) {
			return v
		}
	}
	return ""
}

// person returns the readable name of who a Reference leads to: a person's, else an organization's,
// else the reference's display.
func (b *bundle) person(ref node) string {
	e := b.resolve(ref)
	if !e.resource.ok() {
		return referenceDisplay(ref)
	}
	name, known := b.people[e.resource]
	if !known {
		parts := b.parts(e)
		if name = b.partyName(parts); fullName(name) == "" {
			name.Text = organizationName(parts)
		}
		b.people[e.resource] = name
	}
	if s := fullName(name); s != "" {
		return s
	}
	return referenceDisplay(ref)
}

// site returns the site number of who a Reference leads to.
func (b *bundle) site(ref node) string {
	e := b.resolve(ref)
	if !e.resource.ok() {
		return ""
	}
	return b.role(e).Site
}

// referenceDisplay returns the name that a Reference gives by itself.
func referenceDisplay(ref node) string {
	if ref.kind() != kindObject {
		return ""
	}
	return ref.str("display")
}

func isEmpty(p store.Party) bool {
	return fullName(p.Name) == "" && p.Role == "" && p.Organization == "" && p.Licence == "" &&
		p.Billing == "" && p.Site == "" && len(p.Telecom) == 0 && len(p.Addresses) == 0
}
