package views

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"time"

	"breakwater/store"
)

const (
	// shownLines is how many lines of a history are open; older ones are folded away.
	shownLines = 50
	// shownChanges is how many changes of one message are open.
	shownChanges = 12
	// longest is how many characters of a text stand in a history.
	longest = 200
	// lateAfter is what a delivery usually takes at the very most.
	lateAfter = 5 * time.Minute
)

// late reports whether a message came so long after its own time that it is worth saying.
func late(e store.HistoryEntry) bool {
	return e.Own == nil && !e.SentAt.IsZero() && e.ReceivedAt.Sub(e.SentAt) >= lateAfter
}

// newestFirst splits a history into what is open, the newest first, and what is folded away.
func newestFirst(history []store.HistoryEntry) (open, folded []store.HistoryEntry) {
	lines := slices.Clone(history)
	slices.Reverse(lines)
	n := min(len(lines), shownLines)
	return lines[:n], lines[n:]
}

// move is the change of folder of an entry; nil where it stayed.
func move(e store.HistoryEntry) *store.Change {
	for _, c := range e.Changes {
		if c.Kind == store.ChangeFolder {
			return &c
		}
	}
	return nil
}

// stated are the changes of an entry that are said in words of their own, apart from its folder's.
func stated(e store.HistoryEntry) []store.Change {
	return slices.DeleteFunc(slices.Clone(e.Changes), func(c store.Change) bool { return c.Kind == store.ChangeFolder })
}

// latest is the newest message of Ocean's that told something; nil where none did after the first.
func (d ReferralDetail) latest() *store.HistoryEntry {
	for _, e := range slices.Backward(d.Referral.History) {
		if e.Own == nil && len(e.Changes) > 0 && e.Changes[0].Kind != store.ChangeNothing {
			return &e
		}
	}
	return nil
}

// headline says what an entry is mostly about, and rest what else it changed.
func (f Frame) headline(d ReferralDetail, e store.HistoryEntry) (headline string, rest []store.Change) {
	changes := stated(e)
	if _, known := f.Text.Events[e.Event]; !known && e.Own == nil {
		if e.Event == "" {
			return f.Text.Event(""), changes
		}
		return f.Text.History.Unknown(cutText(e.Event)), changes
	}
	if len(changes) == 0 {
		return f.Text.Event(e.Event), nil
	}
	return f.change(d, changes[0]), changes[1:]
}

// quote is the first words of the message that an entry is mostly about, "" for any other.
func quote(e store.HistoryEntry) string {
	if changes := stated(e); len(changes) > 0 && changes[0].Kind == store.ChangeMessage {
		return plain(changes[0].To)
	}
	return ""
}

// change says one change in plain words.
func (f Frame) change(d ReferralDetail, c store.Change) string {
	w := f.Text.History
	switch c.Kind {
	case store.ChangeAccepted, store.ChangeReopened, store.ChangeDeclined, store.ChangeCompleted:
		if c.To != "" {
			return w.Because(w.Kinds[c.Kind], cutText(c.To))
		}
	case store.ChangeForwarded:
		return w.Forwarded(cutText(c.To))
	case store.ChangeReturned:
		return w.Returned(cutText(c.To))
	case store.ChangeMessage:
		return f.wrote(d, c)
	case store.ChangeDocument:
		return w.Document(orElse(cutText(c.To), f.Text.Documents.Untitled))
	case store.ChangeNewer:
		return w.NewerDocument(orElse(cutText(c.To), f.Text.Documents.Untitled))
	case store.ChangeForms:
		return w.Forms(c.Count)
	case store.ChangeLink:
		return w.Link(lookup(f.Text.LinkKinds, store.LinkKind(c.Field)), cutText(c.To))
	case store.ChangeBooked, store.ChangeRebooked, store.ChangeConfirmed, store.ChangeDoubted, store.ChangeUnbooked:
		return f.booked(c)
	case store.ChangeVisit, store.ChangePatient, store.ChangeRequest, store.ChangeReferrer, store.ChangeReason, store.ChangeStatus,
		store.ChangeRecipient, store.ChangeDirection:
		return f.changedField(c)
	}
	return orElse(w.Kinds[c.Kind], string(c.Kind))
}

func (f Frame) booked(c store.Change) string {
	w, confirmed := f.Text.History, c.Field == store.FieldConfirmed
	switch {
	case c.Kind == store.ChangeBooked && confirmed:
		return w.BookedConfirmed(f.exact(c.Is))
	case c.Kind == store.ChangeBooked:
		return w.Booked(f.exact(c.Is))
	case c.Kind == store.ChangeRebooked && confirmed:
		return w.RebookedDone(f.exact(c.Was), f.exact(c.Is))
	case c.Kind == store.ChangeRebooked:
		return w.Rebooked(f.exact(c.Was), f.exact(c.Is))
	case c.Kind == store.ChangeConfirmed:
		return w.Confirmed(f.exact(c.Is))
	case c.Kind == store.ChangeDoubted:
		return w.Doubted(f.exact(c.Is))
	case c.Was.IsZero():
		return w.Kinds[c.Kind]
	}
	return w.UnbookedFrom(f.exact(c.Was))
}

// wrote says who wrote a message.
func (f Frame) wrote(d ReferralDetail, c store.Change) string {
	w, m := f.Text.History, store.Communication{FromReceiver: c.Field == store.FieldReceiver}
	switch {
	case c.From != "":
		return w.MessageFrom(cutText(c.From))
	case ours(d.Referral.Direction, m):
		return w.FromUs
	case m.FromReceiver:
		return w.FromReceiver
	}
	return w.FromReferrer
}

// changedField says from what to what something changed.
func (f Frame) changedField(c store.Change) string {
	w := f.Text.History
	what := orElse(w.Fields[string(c.Kind)+"/"+c.Field], orElse(w.Kinds[c.Kind], c.Field))
	from, to := f.value(c, c.From), f.value(c, c.To)
	switch {
	case c.Kind == store.ChangePatient && c.Field == "deceased" && c.To == "true":
		return f.Text.Referral.Deceased
	case c.Kind == store.ChangePatient && c.Field == "deceased":
		return w.DeceasedNot
	case c.Field == "end" && !c.Was.IsZero() && !c.Is.IsZero():
		return w.Changed(what, f.exact(c.Was), f.exact(c.Is))
	case c.Field == "end" && !c.Is.IsZero():
		return w.Given(what, f.exact(c.Is))
	case c.Field == "end":
		return w.Removed(what, f.exact(c.Was))
	case from == to:
		return w.Touched(what)
	case from == "":
		return w.Given(what, to)
	case to == "":
		return w.Removed(what, from)
	}
	return w.Changed(what, from, to)
}

// value is a value of a change as people read it.
func (f Frame) value(c store.Change, code string) string {
	switch string(c.Kind) + "/" + c.Field {
	case "request/notes":
		return plain(code)
	case "request/priority":
		return lookup(f.Text.Priorities, cutText(code))
	case "patient/gender":
		return lookup(f.Text.Genders, cutText(code))
	case "direction/":
		return f.Text.Direction(store.Direction(code))
	}
	return cutText(code)
}

// cutText sets a text on one line and cuts it to what a line holds.
func cutText(text string) string {
	runes := []rune(joinWords([]string{text}))
	if len(runes) <= longest {
		return string(runes)
	}
	return strings.TrimRight(string(runes[:longest]), " ") + "…"
}

// inlineTag and anyTag find the tags that [Sanitize] leaves: those within a line, and all.
var inlineTag, anyTag = regexp.MustCompile(`</?[biu]>`), regexp.MustCompile(`<[^>]*>`)

// plain is the first words of HTML from outside, without any tag.
func plain(text string) string {
	text = inlineTag.ReplaceAllString(Sanitize(text), "")
	return cutText(html.UnescapeString(anyTag.ReplaceAllString(text, " ")))
}
