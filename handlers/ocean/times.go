package ocean

import (
	"strings"
	"time"
)

// The forms of FHIR's date, dateTime and instant (FHIR R4, Data Types), and those that senders
// write instead: without seconds, with a blank for the T, an offset without colon or none at all.
var timeLayouts = []string{
	time.RFC3339, // also reads fractions of a second
	"2006-01-02",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01",
	"2006",
}

// parseTime reads a FHIR date or dateTime of any precision as the instant at which it begins, in
// UTC; one without an offset is taken as UTC. What cannot be read gives the zero time, and so do
// instants outside the years 1 to 9999, which time.Time cannot write as JSON.
func parseTime(s string) time.Time {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	for _, layout := range timeLayouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		return bounded(t.UTC())
	}
	return time.Time{}
}

// bounded returns the zero time for one that JSON cannot carry.
func bounded(t time.Time) time.Time {
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// time returns the member of that name as a time. One that is there but cannot be read is odd.
func (n node) time(name string) time.Time {
	s := n.str(name)
	t := parseTime(s)
	if s != "" && t.IsZero() {
		n.setOdd()
	}
	return t
}

// firstTime returns the first of the members that is a time.
func firstTime(n node, names ...string) time.Time {
	for _, name := range names {
		if t := n.time(name); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// date returns the member of that name as YYYY, YYYY-MM or YYYY-MM-DD, leaving out a time of day.
func (n node) date(name string) string {
	s := n.str(name)
	day, _, _ := strings.Cut(s, "T")
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if _, err := time.Parse(layout, day); err == nil {
			return day
		}
	}
	if s != "" {
		n.setOdd()
	}
	return ""
}
