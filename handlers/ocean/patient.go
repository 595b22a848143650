package ocean

import (
	"strings"

	"breakwater/store"
)

// patient reads a Patient resource; nil when there is none. Referrals in one message share it.
func (b *bundle) patient(p node) *store.Patient {
	if !p.ok() {
		return nil
	}
	if b.patients[p] == nil {
		b.patients[p] = readPatient(p)
	}
	return b.patients[p]
}

func readPatient(p node) *store.Patient {
	name, others := names(p)
	return &store.Patient{
		Name:         name,
		OtherNames:   others,
		HealthNumber: healthNumber(p),
		ChartNumber:  chartNumber(p),
		BirthDate:    p.date("birthDate"),
		Gender:       p.str("gender"),
		Deceased:     p.str("deceasedBoolean") == "true" || p.str("deceasedDateTime") != "",
		Telecom:      contactPoints(p),
		Addresses:    postalAddresses(p),
		Language:     language(p),
	}
}

// names returns the name to call a person by, and the others in their order: the official one, else
// the first that is not out of use (FHIR R4, HumanName.use), else the first.
func names(person node) (best store.Name, others []store.Name) {
	var all []store.Name
	chosen, rank := 0, -1
	for n := range person.list("name") {
		name, ok := humanName(n)
		if !ok {
			continue
		}
		if r := nameRank(n.str("use")); r > rank {
			chosen, rank = len(all), r
		}
		all = append(all, name)
	}
	for i, name := range all {
		if i == chosen {
			best = name
		} else {
			others = append(others, name)
		}
	}
	return best, others
}

func nameRank(use string) int {
	switch use {
	case "official":
		return 2
	case "old", "maiden", "temp", "nickname", "anonymous":
		return 0
	}
	return 1
}

// humanName reads a HumanName; ok is false when nothing is in it.
func humanName(n node) (name store.Name, ok bool) {
	name = store.Name{
		Family: n.str("family"),
		Given:  n.strs("given"),
		Prefix: n.strs("prefix"),
		Text:   n.str("text"),
	}
	return name, name.Family != "" || len(name.Given) > 0 || name.Text != ""
}

// fullName writes a name in one line, as its text does if it has one.
func fullName(n store.Name) string {
	if n.Text != "" {
		return n.Text
	}
	parts := append([]string{}, n.Prefix...)
	parts = append(parts, n.Given...)
	if n.Family != "" {
		parts = append(parts, n.Family)
	}
	return strings.Join(parts, " ")
}

// unspaced takes out how people space the digits of a number.
var unspaced = strings.NewReplacer(" ", "", "-", "")

// healthNumber returns a patient's health card number: Ontario's if there is one, else the first.
// A number out of use counts only when there is no other.
func healthNumber(p node) *store.HealthNumber {
	var best *store.HealthNumber
	rank := -1
	for id := range p.list("identifier") {
		sys := strings.ToLower(system(id))
		if !hasCode(id.get("type"), "JHN") && !strings.HasSuffix(sys, "-patient-hcn") && sys != "jhn" {
			continue
		}
		number := unspaced.Replace(id.str("value"))
		if number == "" {
			continue
		}
		h := &store.HealthNumber{Value: number, System: id.str("system"), Ontario: sys == systemOntario}
		h.Version = extension(id, "ext-id-health-card-version-code")
		h.Valid = (h.Ontario || sys == "" || sys == "jhn") && validOntario(number)
		r := 0
		if h.Ontario {
			r = 1
		}
		if id.str("use") != "old" {
			r += 2
		}
		if r > rank {
			best, rank = h, r
		}
	}
	if best != nil && best.Version == "" {
		best.Version = extension(p, "ext-id-health-card-version-code")
	}
	return best
}

// validOntario reports whether a number is one that Ontario may have issued: 10 digits of which
// the last is a check digit by the mod-10 (Luhn) algorithm (Ontario Ministry of Health, Health
// Card Validation Reference Manual).
func validOntario(number string) bool {
	if len(number) != 10 {
		return false
	}
	sum := 0
	for i, c := range []byte(number) {
		if c < '0' || c > '9' {
			return false
		}
		d := int(c - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// chartNumber returns the patient's number in the sender's EMR.
func chartNumber(p node) string {
	for id := range p.list("identifier") {
		if v := id.str("value"); v != "" && hasCode(id.get("type"), "MR") {
			return v
		}
	}
	return ""
}

// language returns the language that the patient prefers, else the first given. Ontario's two
// official languages are spelled out where only their code came.
func language(p node) string {
	found := ""
	for c := range p.list("communication") {
		s := readable(c.obj("language"))
		if s == "" {
			s = languageName(code(c.obj("language")))
		}
		if s != "" && c.str("preferred") == "true" {
			return s
		}
		if found == "" {
			found = s
		}
	}
	return found
}

func languageName(code string) string {
	switch base, _, _ := strings.Cut(strings.ToLower(code), "-"); base {
	case "en", "eng":
		return "English"
	case "fr", "fra", "fre":
		return "French"
	}
	return code
}
