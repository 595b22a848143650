package store

import (
	"cmp"
	"strconv"
	"strings"
)

func (d *differ) patient() {
	from, to := d.before.Patient, d.after.Patient
	const kind = ChangePatient
	d.field(kind, "name", spoken(from.Name), spoken(to.Name))
	d.list(kind, "other_names", "; ", mapped(from.OtherNames, spoken), mapped(to.OtherNames, spoken))
	d.field(kind, "health_number", from.HealthNumber.text(), to.HealthNumber.text())
	d.field(kind, "birth_date", from.BirthDate, to.BirthDate)
	d.field(kind, "gender", from.Gender, to.Gender)
	if from.Deceased != to.Deceased {
		d.field(kind, "deceased", strconv.FormatBool(from.Deceased), strconv.FormatBool(to.Deceased))
	}
	d.list(kind, "contact", ", ", mapped(from.Telecom, reach), mapped(to.Telecom, reach))
	d.list(kind, "address", "; ", mapped(from.Addresses, envelope), mapped(to.Addresses, envelope))
	d.field(kind, "chart_number", from.ChartNumber, to.ChartNumber)
	d.field(kind, "language", from.Language, to.Language)
}

func (d *differ) referrer() {
	from, to := d.before.Referrer, d.after.Referrer
	const kind = ChangeReferrer
	d.field(kind, "name", spoken(from.Name), spoken(to.Name))
	d.field(kind, "organization", from.Organization, to.Organization)
	d.field(kind, "role", from.Role, to.Role)
	d.list(kind, "contact", ", ", mapped(from.Telecom, reach), mapped(to.Telecom, reach))
	d.list(kind, "address", "; ", mapped(from.Addresses, envelope), mapped(to.Addresses, envelope))
	numbers := func(p Party) string { return spaced(p.Licence, p.Billing, p.Site) }
	d.field(kind, "numbers", numbers(from), numbers(to))
}

// party is what somebody is called: the person, else the organization.
func party(p Party) string { return short(cmp.Or(spoken(p.Name), p.Organization)) }

// spoken is a name as it is spoken.
func spoken(n Name) string {
	if n.Family == "" && len(n.Given) == 0 {
		return spaced(n.Text)
	}
	return spaced(spaced(n.Prefix...), spaced(n.Given...), n.Family)
}

func (n *HealthNumber) text() string {
	if n == nil {
		return ""
	}
	return spaced(n.Value, n.Version)
}

func reach(c ContactPoint) string { return spaced(c.Value) }

func envelope(a Address) string {
	lines := append(append([]string{}, a.Lines...), spaced(a.City, a.State, a.PostalCode), a.Country)
	kept := lines[:0]
	for _, l := range lines {
		if l = spaced(l); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, ", ")
}

// spaced joins texts by one space each.
func spaced(texts ...string) string {
	return strings.Join(strings.Fields(strings.Join(texts, " ")), " ")
}

func mapped[T any](list []T, text func(T) string) []string {
	var texts []string
	for _, e := range list {
		if s := text(e); s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}
