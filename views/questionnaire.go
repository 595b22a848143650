package views

import (
	"strings"

	"breakwater/store"
)

// formLines is a questionnaire laid out for reading: what was answered with the headings above
// it, and apart from that what was left without an answer.
type formLines struct {
	Shown      []formLine
	Unanswered []formLine
}

// formLine is a heading, or a question with its answers.
type formLine struct {
	store.Item
	HTML    string // its text, sanitized
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
		line := formLine{Item: item, HTML: Sanitize(item.Text)}
		switch {
		case len(item.Answers) > 0:
			lines.Shown = append(append(lines.Shown, pending...), line)
			pending = nil
		case strings.TrimSpace(item.Text) == "":
		case isHeading(line, items[i+1:]):
			line.Heading = true
			for len(pending) > 0 && pending[len(pending)-1].Depth >= item.Depth {
				lines.Unanswered = append(lines.Unanswered, pending[len(pending)-1])
				pending = pending[:len(pending)-1]
			}
			pending = append(pending, line)
		default:
			lines.Unanswered = append(lines.Unanswered, line)
		}
	}
	lines.Unanswered = append(lines.Unanswered, pending...)
	return lines
}

// isHeading reports whether a line without an answer is a heading, by the look of it and by what
// follows.
func isHeading(line formLine, rest []store.Item) bool {
	if len(rest) > 0 && rest[0].Depth > line.Depth {
		return true
	}
	return strings.HasPrefix(line.HTML, "<b>") || strings.HasPrefix(line.HTML, "<u>") || strings.HasPrefix(line.HTML, "<p><b>")
}

// indent is the class that sets a line in; forms nest deeper than a screen is wide.
func (l formLine) indent() string {
	return [...]string{"depth-0", "depth-1", "depth-2", "depth-3"}[max(0, min(l.Depth, 3))]
}
