package views

import (
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

// at is a frame at noon in Toronto on a day after the clocks went back.
func at(t *testing.T) Frame {
	t.Helper()
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	return Frame{Text: &English, Lang: "en", Zone: zone, Now: time.Date(2025, 11, 23, 12, 0, 0, 0, zone)}
}

func TestRelative(t *testing.T) {
	f := at(t)
	for ago, want := range map[time.Duration]string{
		-2 * time.Hour:                "2025-11-23 14:00",
		-30 * time.Second:             "just now",
		0:                             "just now",
		59 * time.Second:              "just now",
		time.Minute:                   "1 minute ago",
		12*time.Minute + time.Second:  "12 minutes ago",
		time.Hour:                     "1 hour ago",
		23*time.Hour + 59*time.Minute: "23 hours ago",
		24 * time.Hour:                "1 day ago",
		6 * 24 * time.Hour:            "6 days ago",
		7 * 24 * time.Hour:            "2025-11-16",
		30 * 24 * time.Hour:           "2025-10-24",
	} {
		if got := f.relative(f.Now.Add(-ago)); got != want {
			t.Errorf("relative(%s ago) = %q, want %q", ago, got, want)
		}
	}
}

func TestTimesAreInTheClinicsZone(t *testing.T) {
	f := at(t)
	late := time.Date(2025, 7, 1, 3, 30, 0, 0, time.UTC)
	if got := f.exact(late); got != "2025-06-30 23:30" {
		t.Errorf("exact = %q", got)
	}
	f.Zone = nil
	if got := f.exact(late); got != "2025-07-01 03:30" {
		t.Errorf("exact without a zone = %q", got)
	}
}

func TestAge(t *testing.T) {
	f := at(t)
	for birth, want := range map[string]string{
		"2025-11-23": "0 days old", "2025-11-22": "1 day old", "2025-10-24": "30 days old", "2025-10-23": "1 month old",
		"2023-11-24": "23 months old", "2023-11-23": "2 years old", "1958-11-23": "67 years old",
		"1958-11-24": "66 years old", "2024-02-29": "20 months old",
		"2025-11-24": "", "1958": "", "1958-03": "", "": "", "1958-02-30": "", "unknown": "",
	} {
		if got := f.age(birth); got != want {
			t.Errorf("age(%s) = %q, want %q", birth, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct {
		name       store.Name
		list, full string
	}{
		{store.Name{Family: "Roy", Given: []string{"Anne", "Marie"}, Prefix: []string{"Dr."}}, "Roy, Anne Marie", "Dr. Anne Marie Roy"},
		{store.Name{Family: "Roy"}, "Roy", "Roy"},
		{store.Name{Given: []string{" Anne "}}, "Anne", "Anne"},
		{store.Name{Text: " Clinic Staff "}, "Clinic Staff", "Clinic Staff"},
		{store.Name{Prefix: []string{"Dr."}}, "", ""},
		{store.Name{}, "", ""},
	} {
		if got := listName(c.name); got != c.list {
			t.Errorf("listName(%+v) = %q, want %q", c.name, got, c.list)
		}
		if got := fullName(c.name); got != c.full {
			t.Errorf("fullName(%+v) = %q, want %q", c.name, got, c.full)
		}
	}
	if got := partyName(store.Party{Organization: "Lakeshore"}); got != "Lakeshore" {
		t.Errorf("partyName = %q", got)
	}
}

func TestGroups(t *testing.T) {
	for number, want := range map[string]string{
		"9876543217": "9876|543|217", "12345": "12345", "98765432AB": "98765432AB", "": "", "9876 543 2": "9876 543 2",
	} {
		if got := strings.Join(groups(number), "|"); got != want {
			t.Errorf("groups(%s) = %s, want %s", number, got, want)
		}
	}
}

func TestAddressLines(t *testing.T) {
	got := addressLines(store.Address{Lines: []string{"1204, rue Saint-Joseph", " "}, City: "Orléans", State: "ON",
		PostalCode: "K1C 1T4", Country: "CA"})
	if want := []string{"1204, rue Saint-Joseph", "Orléans ON K1C 1T4"}; !slices.Equal(got, want) {
		t.Errorf("addressLines = %q, want %q", got, want)
	}
	if got := addressLines(store.Address{Country: "France"}); !slices.Equal(got, []string{"France"}) {
		t.Errorf("addressLines = %q", got)
	}
}

func TestContactsOf(t *testing.T) {
	all := []store.ContactPoint{{System: "phone", Value: "1"}, {System: "fax", Value: " "}, {System: "pager", Value: "2"},
		{System: "", Value: "3"}, {System: "phone", Value: "4"}}
	for system, want := range map[string]int{"phone": 2, "fax": 0, "email": 0, "other": 2} {
		if got := contactsOf(all, system); len(got) != want {
			t.Errorf("contactsOf(%s) = %v, want %d", system, got, want)
		}
	}
}

func TestLayOut(t *testing.T) {
	lines := layOut([]store.Item{
		{Text: "Symptoms"}, {Text: "Pain", Depth: 1, Answers: []string{"yes"}}, {Text: "Syncope", Depth: 1},
		{Text: "Tests"}, {Text: "ECG", Depth: 1},
		{Text: "<b>Consent</b>"}, {Text: "Email", Answers: []string{"no"}}, {Text: " "}, {Depth: 9, Answers: []string{"x"}},
	})
	var shown, open []string
	for _, l := range lines.Shown {
		shown = append(shown, l.Text)
	}
	for _, l := range lines.Unanswered {
		open = append(open, l.Text)
	}
	if want := []string{"Symptoms", "Pain", "<b>Consent</b>", "Email", ""}; !slices.Equal(shown, want) {
		t.Errorf("shown %q, want %q", shown, want)
	}
	if want := []string{"Syncope", "ECG", "Tests"}; !slices.Equal(open, want) {
		t.Errorf("unanswered %q, want %q", open, want)
	}
	if got := lines.Shown[4].indent(); got != "depth-3" {
		t.Errorf("indent = %s", got)
	}
}
