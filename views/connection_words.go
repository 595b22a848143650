package views

import (
	"strings"
	"time"

	"breakwater/store"

	"github.com/a-h/templ"
)

// clock writes a time of today as its hour alone, which is how people think of it, and any other
// with its date.
func (f Frame) clock(t time.Time) string {
	if f.date(t) == f.date(f.Now) {
		return f.in(t).Format("15:04")
	}
	return f.exact(t)
}

// span says a length of time in its two largest units, such as 2 days 3 hours.
func (f Frame) span(d time.Duration) string {
	const day = 24 * time.Hour
	words := f.Text.Health
	hours, minutes := int(d%day/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case d >= day && hours > 0:
		return words.Days(int(d/day)) + " " + words.Hours(hours)
	case d >= day:
		return words.Days(int(d / day))
	case d >= time.Hour && minutes > 0:
		return words.Hours(hours) + " " + words.Minutes(minutes)
	case d >= time.Hour:
		return words.Hours(hours)
	}
	return words.Minutes(max(minutes, 0))
}

// nothingYet reports whether there is nothing to tell of the connection.
func (h Health) nothingYet() bool {
	return !h.Message.Ever() && !h.Token.Ever() && h.Test == nil && len(h.Refusals) == 0 && h.Gap == nil &&
		h.Pending == 0 && h.Failed == 0 && h.CredentialsRefused.IsZero()
}

// refusedLast reports whether the latest refused call came after the latest message, so that what
// was wrong with it may still be wrong. Where a gap goes on, its notice says so already.
func (h Health) refusedLast() bool {
	gap := h.Gap != nil && h.Gap.Until.IsZero()
	return !gap && len(h.Refusals) > 0 && h.Refusals[0].Last.After(h.Message.Last)
}

// gapText tells why nothing could be delivered, what to do, and how long Ocean goes on trying.
func (f Frame) gapText(g store.Gap) string {
	why := f.Text.Refusal(g.Reason)
	told := why.Title + ". "
	switch {
	case !g.LostUntil(f.Now).IsZero() && !g.Until.IsZero():
		return why.Title + "."
	case !g.LostUntil(f.Now).IsZero():
		return told + why.Text
	case !g.Until.IsZero():
		return told + f.Text.Health.GapCatchUp
	}
	due := g.RetriedUntil()
	return told + why.Text + " " + f.Text.Health.GapDue(f.exact(due), f.span(due.Sub(f.Now)))
}

// gapTitle says since when, or from when to when, nothing could be delivered.
func (f Frame) gapTitle(g store.Gap) string {
	if g.Until.IsZero() {
		return f.Text.Health.GapTitle(f.clock(g.Since))
	}
	if f.date(g.Since) != f.date(g.Until) {
		return f.Text.Health.GapOver(f.exact(g.Since), f.exact(g.Until))
	}
	return f.Text.Health.GapOver(f.clock(g.Since), f.in(g.Until).Format("15:04"))
}

// gapKind keeps red for what goes on: a gap that is over and lost nothing is only good to know.
func gapKind(g store.Gap) NoticeKind {
	if g.Until.IsZero() {
		return NoticeProblem
	}
	return NoticeInfo
}

// marked makes a text of the catalogue HTML: what is between backquotes is what people look for in
// Ocean's portal, and stands out. It is done by hand, since a template would put spaces around it.
func marked(text string) string {
	var html strings.Builder
	for i, part := range strings.Split(text, "`") {
		if part = templ.EscapeString(part); i%2 == 1 {
			part = "<b>" + part + "</b>"
		}
		html.WriteString(part)
	}
	return html.String()
}
