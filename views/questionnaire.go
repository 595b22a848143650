package views

import (
	"strings"

	"breakwater/store"
)

// formLines is a questionnaire laid out for reading: what was answered with the headings above
// it, and apart from that what was left without an answer.
type formLines struct {
	Shown      []formLine
	Unanswered []store.Item
}

// formLine is a heading, or a question with its answers.
type formLine struct {
	store.Item
	Heading bool
}

// layOut sorts the items of a questionnaire. A form says nowhere which of its lines without an
// answer are headings; one is taken for a heading when the next line stands deeper, or when its
// text is set in bold or underlined. Headings over nothing stand with the unanswered questions:
// one of them may be a question after all.
func layOut(items []store.Item) formLines {
	var lines formLines
	var pending []formLine // headings that wait for an answered question below them
	for i, item := range items {
		switch {
		case len(item.Answers) > 0:
			lines.Shown = append(append(lines.Shown, pending...), formLine{Item: item})
			pending = nil
		case strings.TrimSpace(item.Text) == "":
		case isHeading(items, i):
			for len(pending) > 0 && pending[len(pending)-1].Depth >= item.Depth {
				lines.Unanswered = append(lines.Unanswered, pending[len(pending)-1].Item)
				pending = pending[:len(pending)-1]
			}
			pending = append(pending, formLine{Item: item, Heading: true})
		default:
			lines.Unanswered = append(lines.Unanswered, item)
		}
	}
	for _, heading := range pending {
		lines.Unanswered = append(lines.Unanswered, heading.Item)
	}
	return lines
}

func isHeading(items []store.Item, i int) bool {
	if i+1 < len(items) && items[i+1].Depth > items[i].Depth {
		return true
	}
	text := Sanitize(items[i].Text)
	return strings.HasPrefix(text, "<b>") || strings.HasPrefix(text, "<u>") || strings.HasPrefix(text, "<p><b>")
}

// indent is the class that sets a line in; forms nest deeper than a screen is wide.
func (l formLine) indent() string {
	return [...]string{"depth-0", "depth-1", "depth-2", "depth-3"}[max(0, min(l.Depth, 3))]
}
