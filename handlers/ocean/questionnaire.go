package ocean

import (
	"slices"
	"strings"

	"breakwater/store"
)

// questionnaire reads a QuestionnaireResponse; ok is false when it says nothing.
func questionnaire(response node) (q store.Questionnaire, ok bool) {
	q.Form = identifier(response, systemForm)
	if q.Form == "" {
		q.Form = lastPart(response.str("questionnaire"))
	}
	for id := range response.list("identifier") {
		if q.Form == "" && system(id) != systemReference {
			q.Form = id.str("value")
		}
	}
	var f form
	f.read(response.get("item"), 0)
	q.Items = f.items
	return q, q.Form != "" || len(q.Items) > 0
}

// form gathers the lines of a form. The answers of all items stand in one list, of which each item has
// its part: most have one answer.
type form struct {
	items   []store.Item
	answers []string
}

// read appends the items in a list of them, each followed by those inside it. Ocean sends every line
// of a form, most of them without text or answer; a line that says nothing, and holds none that
// does, is dropped.
func (f *form) read(list node, depth int) {
	f.grow(list)
	for n := range list.objects() {
		text, answer, inside := line(n)
		item := store.Item{Text: text.string(), Answers: f.answersIn(answer), Depth: depth}
		before := len(f.items)
		f.items = append(f.items, item)
		f.read(inside, depth+1)
		for a := range answer.objects() {
			f.read(a.get("item"), depth+1)
		}
		silent := strings.TrimSpace(item.Text) == "" && len(item.Answers) == 0
		if silent && len(f.items) == before+1 {
			f.items = f.items[:before]
		}
	}
}

// grow makes room for a list of items with an answer each, as far as they can be stored.
func (f *form) grow(list node) {
	n := 0
	for range list.objects() {
		if n++; n == maxItems {
			break
		}
	}
	f.items, f.answers = slices.Grow(f.items, n), slices.Grow(f.answers, n)
}

// line returns the members of an item that are read, in one walk over all of them.
func line(item node) (text, answer, inside node) {
	for name, v := range item.fields() {
		switch {
		case name.is("text"):
			text = v
		case name.is("answer"):
			answer = v
		case name.is("item"):
			inside = v
		}
	}
	return text, answer, inside
}

// answersIn returns what the answers to an item say, nil when that is nothing.
func (f *form) answersIn(answer node) []string {
	before := len(f.answers)
	for a := range answer.objects() {
		if s := valueText(a); strings.TrimSpace(s) != "" {
			f.answers = append(f.answers, s)
		}
	}
	if len(f.answers) == before {
		return nil
	}
	return slices.Clip(f.answers[before:])
}
