package views

import (
	"strings"
	"time"

	"breakwater/store"
)

// Dates and times read YYYY-MM-DD and 24 hours in every language, Canada's standard (CAN/CSA-Z234.4).
const (
	dateLayout  = "2006-01-02"
	exactLayout = "2006-01-02 15:04"
)

func (f Frame) in(t time.Time) time.Time {
	if f.Zone == nil {
		return t.UTC()
	}
	return t.In(f.Zone)
}

// exact writes a time in the clinic's zone, to the minute.
func (f Frame) exact(t time.Time) string { return f.in(t).Format(exactLayout) }

// Exact writes a time in full, where no page does.
func (f Frame) Exact(t time.Time) string { return f.exact(t) }

// date writes a day in the clinic's zone.
func (f Frame) date(t time.Time) string { return f.in(t).Format(dateLayout) }

// relative says a time as people do near now, and as a date from a week on. A time slightly in
// the future comes from clocks that differ and is said as now.
func (f Frame) relative(t time.Time) string {
	ago := f.Now.Sub(t)
	switch {
	case ago < -time.Minute:
		return f.exact(t)
	case ago < time.Minute:
		return f.Text.Time.JustNow
	case ago < time.Hour:
		return f.Text.Time.MinutesAgo(int(ago / time.Minute))
	case ago < 24*time.Hour:
		return f.Text.Time.HoursAgo(int(ago / time.Hour))
	case ago < 7*24*time.Hour:
		return f.Text.Time.DaysAgo(int(ago / (24 * time.Hour)))
	}
	return f.date(t)
}

// age says how old somebody is: in days up to a month, in months up to two years, then in years.
// It is empty for a birth date that is incomplete, wrong or in the future.
func (f Frame) age(birth string) string {
	b, err := time.Parse(dateLayout, birth)
	if err != nil {
		return ""
	}
	y, m, d := f.in(f.Now).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if b.After(today) {
		return ""
	}
	months := (y-b.Year())*12 + int(m) - int(b.Month())
	if d < b.Day() {
		months--
	}
	switch {
	case months < 1:
		return f.Text.Time.AgeDays(int(today.Sub(b).Hours() / 24))
	case months < 24:
		return f.Text.Time.AgeMonths(months)
	}
	return f.Text.Time.AgeYears(months / 12)
}

// listName puts the family name first, as lists of patients are read. It is empty for no name.
func listName(n store.Name) string {
	given := joinWords(n.Given)
	family := strings.TrimSpace(n.Family)
	switch {
	case family != "" && given != "":
		return family + ", " + given
	case family != "" || given != "":
		return family + given
	}
	return strings.TrimSpace(n.Text)
}

// fullName writes a name as it is spoken, with its prefix. It is empty for no name.
func fullName(n store.Name) string {
	if n.Family == "" && len(n.Given) == 0 {
		return strings.TrimSpace(n.Text)
	}
	return joinWords(append(append(append([]string{}, n.Prefix...), n.Given...), n.Family))
}

// partyName is what a list calls a referrer or recipient: the person, else the organization.
func partyName(p store.Party) string {
	if s := fullName(p.Name); s != "" {
		return s
	}
	return p.Organization
}

func joinWords(words []string) string {
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// groups splits a number of ten digits 4-3-3, as Ontario prints it on the card. The page sets the
// groups apart by style alone, so that copying takes no spaces along. Others stay whole.
func groups(number string) []string {
	if len(number) != 10 || strings.Trim(number, "0123456789") != "" {
		return []string{number}
	}
	return []string{number[:4], number[4:7], number[7:]}
}

// addressLines writes an address the way an envelope has it.
func addressLines(a store.Address) []string {
	lines := make([]string, 0, len(a.Lines)+2)
	for _, line := range a.Lines {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if city := joinWords([]string{a.City, a.State, a.PostalCode}); city != "" {
		lines = append(lines, city)
	}
	if a.Country != "" && !strings.EqualFold(a.Country, "CA") && !strings.EqualFold(a.Country, "CAN") &&
		!strings.EqualFold(a.Country, "Canada") {
		lines = append(lines, a.Country)
	}
	return lines
}

// contactsOf returns the contacts of one system that have a value. The system "other" stands for
// all that have no rows of their own, so that none is left out.
func contactsOf(all []store.ContactPoint, system string) []store.ContactPoint {
	var some []store.ContactPoint
	for _, c := range all {
		own := c.System == "phone" || c.System == "fax" || c.System == "email"
		if strings.TrimSpace(c.Value) != "" && (c.System == system || system == "other" && !own) {
			some = append(some, c)
		}
	}
	return some
}

// rfc3339 writes a time for machines.
func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
