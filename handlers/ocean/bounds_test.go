package ocean

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"breakwater/store"
)

// filled returns an update in which every text is s and every list has n elements.
func filled(s string, n int) store.Update {
	var u store.Update
	fill(reflect.ValueOf(&u).Elem(), s, n)
	return u
}

func fill(v reflect.Value, s string, n int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), s, n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(v.Index(i), s, n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), s, n)
			}
		}
	}
}

// texts returns every text in a value; a link's kind is not one.
func texts(v reflect.Value) (all []string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			all = append(all, v.String())
		}
	case reflect.Pointer:
		if !v.IsNil() {
			all = texts(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				all = append(all, texts(v.Field(i))...)
			}
		}
	}
	return all
}

// checkBounds holds an update to what bound promises, in every field that there is.
func checkBounds(t *testing.T, u store.Update) {
	t.Helper()
	total := 0
	for _, s := range texts(reflect.ValueOf(u)) {
		total += len(s)
		if len(s) > maxText || !utf8.ValidString(s) {
			t.Errorf("a text of %d bytes, valid %v", len(s), utf8.ValidString(s))
		}
	}
	if total > maxTexts {
		t.Errorf("%d bytes of text", total)
	}
	items, answers := 0, 0
	for _, q := range u.Questionnaires {
		items += len(q.Items)
		for _, i := range q.Items {
			answers += len(i.Answers)
		}
	}
	got := []int{len(u.Communications), len(u.Documents), len(u.Links), len(u.Questionnaires), items, answers}
	for i, most := range []int{maxCommunications, maxDocuments, maxLinks, maxQuestionnaires, maxItems, maxAnswers} {
		if got[i] > most {
			t.Errorf("lists of %v, the %d. of which may have %d", got, i+1, most)
		}
	}
}

// Whatever field an update has or gets one day is bounded, and what updates share is not changed.
func TestBoundEveryField(t *testing.T) {
	for name, u := range map[string]store.Update{
		"long texts":      filled(strings.Repeat("é", maxText), 2),
		"longish texts":   filled(strings.Repeat("a", maxText/16), 6),
		"many texts":      filled("abc", 60),
		"longest lists":   long(2_000, strings.Repeat("x", 600)),
		"lists, no texts": long(20_000, ""),
	} {
		before := texts(reflect.ValueOf(u))
		got, cut := bound(u)
		if checkBounds(t, got); !cut || t.Failed() {
			t.Errorf("%s: cut %v", name, cut)
		}
		if !slices.Equal(texts(reflect.ValueOf(u)), before) {
			t.Errorf("%s: changed in place", name)
		}
	}
}

// long returns an update whose lists all have n elements, with texts of s.
func long(n int, s string) store.Update {
	u := filled(s, 1)
	u.Communications = slices.Repeat(u.Communications, n)
	u.Documents = slices.Repeat(u.Documents, n)
	u.Links = slices.Repeat(u.Links, n)
	u.Questionnaires = slices.Repeat(u.Questionnaires, n)
	u.Questionnaires[0].Items = slices.Repeat(u.Questionnaires[0].Items, n)
	u.Questionnaires[0].Items[0].Answers = slices.Repeat([]string{s}, n)
	u.Request.Notes = slices.Repeat(u.Request.Notes, n)
	u.Request.Reasons = slices.Repeat(u.Request.Reasons, n)
	u.Patient.Telecom = slices.Repeat(u.Patient.Telecom, n)
	u.Patient.OtherNames = slices.Repeat(u.Patient.OtherNames, n)
	u.Referrer.Addresses = slices.Repeat(u.Referrer.Addresses, n)
	return u
}

func TestBoundCounts(t *testing.T) {
	form := func(items, answers int) store.Questionnaire {
		i := store.Item{Text: "q", Answers: slices.Repeat([]string{"a"}, answers)}
		return store.Questionnaire{Form: "f", Items: slices.Repeat([]store.Item{i}, items)}
	}
	for _, tt := range []struct {
		name string
		u    store.Update
		cut  bool
	}{
		{"nothing", store.Update{}, false},
		{"communications", store.Update{Communications: make([]store.Communication, 1_000)}, false},
		{"too many communications", store.Update{Communications: make([]store.Communication, 1_001)}, true},
		{"documents", store.Update{Documents: make([]store.Document, 1_000)}, false},
		{"too many documents", store.Update{Documents: make([]store.Document, 1_001)}, true},
		{"links", store.Update{Links: make([]store.Link, 1_000)}, false},
		{"too many links", store.Update{Links: make([]store.Link, 1_001)}, true},
		{"forms", store.Update{Questionnaires: make([]store.Questionnaire, 200)}, false},
		{"too many forms", store.Update{Questionnaires: make([]store.Questionnaire, 201)}, true},
		{"items", store.Update{Questionnaires: []store.Questionnaire{form(2_500, 1), form(2_500, 3)}}, false},
		{"too many items", store.Update{Questionnaires: []store.Questionnaire{form(2_500, 0), form(2_501, 0)}}, true},
		{"too many answers", store.Update{Questionnaires: []store.Questionnaire{form(1, 10_001)}}, true},
		{"notes", store.Update{Request: &store.Request{Notes: make([]store.Note, 1_000)}}, false},
		{"too many notes", store.Update{Request: &store.Request{Notes: make([]store.Note, 1_001)}}, true},
		{"too many numbers", store.Update{Patient: &store.Patient{Telecom: make([]store.ContactPoint, 51)}}, true},
		{"an id", store.Update{Ref: strings.Repeat("a", 512)}, false},
		{"too long an id", store.Update{Ref: strings.Repeat("a", 513)}, true},
		{"a URL", store.Update{Documents: []store.Document{{URL: strings.Repeat("a", 2_048)}}}, false},
	} {
		got, cut := bound(tt.u)
		checkBounds(t, got)
		if cut != tt.cut || !cut && !reflect.DeepEqual(got, tt.u) {
			t.Errorf("%s: cut is %v", tt.name, cut)
		}
	}
}

func TestBoundTexts(t *testing.T) {
	full := strings.Repeat("a", maxText)
	for _, tt := range []struct{ name, in, want string }{
		{"short", "é", "é"},
		{"as long as may be", full, full},
		{"too long", full + "b", full[3:] + "…"},
		{"cut inside a letter", full[:maxText-4] + "éééé", full[:maxText-4] + "…"},
		{"cut between letters", full[:maxText-5] + "éééé", full[:maxText-5] + "é…"},
	} {
		u, cut := bound(store.Update{Appointment: &store.Appointment{Instruction: tt.in}})
		if got := u.Appointment.Instruction; got != tt.want || cut != (tt.in != tt.want) {
			t.Errorf("%s: %d bytes, ending in %q, cut is %v", tt.name, len(got), got[max(0, len(got)-8):], cut)
		}
	}
}

// What identifies something still does when it was cut, and has its room however long the texts.
func TestBoundIDs(t *testing.T) {
	start := strings.Repeat("a", 600)
	text := strings.Repeat("b", maxText)
	said := slices.Repeat([]store.Communication{{Text: text}}, 40)
	for i := range said {
		said[i].ID = start + fmt.Sprint(i)
	}
	u, _ := bound(store.Update{Ref: start + "x", Communications: said, Links: []store.Link{{Ref: start + "x"}, {Ref: start + "y"}}})
	checkBounds(t, u)
	seen := map[string]bool{}
	for _, c := range u.Communications {
		seen[c.ID] = true
	}
	if len(seen) != 40 || u.Communications[39].Text != "…" || u.Links[0].Ref != u.Ref || u.Links[1].Ref == u.Ref {
		t.Errorf("%d ids, the last text %.9q, links %v of %v", len(seen), u.Communications[39].Text, u.Links, u.Ref)
	}
}

func TestBoundKeepsTheLatest(t *testing.T) {
	all := make([]store.Communication, 1_500)
	for i := range all {
		all[i] = store.Communication{ID: fmt.Sprint(i), SentAt: time.Unix(int64(1_500-i), 0)} // newest first
	}
	u, _ := bound(store.Update{Communications: all})
	if c := u.Communications; len(c) != 1_000 || c[0].ID != "0" || c[999].ID != "999" {
		t.Errorf("%d, from %s to %s", len(c), c[0].ID, c[len(c)-1].ID)
	}
}

// A whole message over the bounds is flagged, and its bytes are kept as they came.
func TestParseBounds(t *testing.T) {
	type m = map[string]any
	entries := []any{m{"resource": m{"resourceType": "MessageHeader", "id": "h", "eventCoding": m{"code": EventAdd},
		"destination": []any{m{"receiver": m{"identifier": m{"system": "x/id-site-number", "value": "7"}}}},
		"sender":      m{"display": strings.Repeat("s", maxText+1)},
		"extension":   []any{m{"url": "x/ext-referral-identifier", "valueString": "r"}}}},
		m{"resource": m{"resourceType": "Patient", "name": []any{m{"family": "Example"}}}}}
	for i := range 3_000 {
		entries = append(entries, m{"resource": m{"resourceType": "Communication", "id": fmt.Sprint(i),
			"sender": m{"display": "a"}, "payload": []any{m{"contentString": strings.Repeat("b", 5_000)}}}})
	}
	body, err := json.Marshal(m{"resourceType": "Bundle", "type": "message", "entry": entries})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(body)
	if err != nil || len(got.Updates) != 1 {
		t.Fatalf("%d updates, %v", len(got.Updates), err)
	}
	checkBounds(t, got.Updates[0])
	if !slices.Equal(got.Problems, []store.Problem{store.ProblemOddResource}) || !bytes.Equal(got.Raw, body) {
		t.Errorf("problems %v", got.Problems)
	}
	if u := got.Updates[0]; u.Patient.Name.Family != "Example" || !strings.HasSuffix(u.Referrer.Name.Text, "…") {
		t.Errorf("patient %v", u.Patient)
	}

	long := bytes.Replace(body, []byte(`"id":"h"`), []byte(`"id":"`+strings.Repeat("h", 600)+`"`), 1)
	if got, err := Parse(long); err != nil || len(got.HeaderID) != 71 || got.Updates[0].HeaderID != got.HeaderID {
		t.Errorf("header id %q, %v", got.HeaderID, err)
	}
}
