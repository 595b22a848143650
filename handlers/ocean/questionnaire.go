package ocean

import (
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
	q.Items = items(nil, response, 0)
	return q, q.Form != "" || len(q.Items) > 0
}

// items appends the items in an element, each followed by those inside it. Ocean sends every line
// of a form, most of them without text or answer; a line that says nothing, and holds none that
// does, is dropped.
func items(all []store.Item, parent node, depth int) []store.Item {
	for n := range parent.list("item") {
		item := store.Item{Text: n.text("text"), Depth: depth}
		for a := range n.list("answer") {
			if s := valueText(a); strings.TrimSpace(s) != "" {
				item.Answers = append(item.Answers, s)
			}
		}
		before := len(all)
		all = items(append(all, item), n, depth+1)
		for a := range n.list("answer") {
			all = items(all, a, depth+1)
		}
		silent := strings.TrimSpace(item.Text) == "" && len(item.Answers) == 0
		if silent && len(all) == before+1 {
			all = all[:before]
		}
	}
	return all
}
