package store

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// differ gathers what differs between a referral before a message and after it.
type differ struct {
	before, after *tale
	changes       []Change
}

func (d *differ) add(c Change) { d.changes = append(d.changes, c) }

// code adds a change of a code, if there is one.
func (d *differ) code(kind ChangeKind, from, to string) {
	if from != to {
		d.add(Change{Kind: kind, From: from, To: to})
	}
}

// field adds a change of a text, if there is one.
func (d *differ) field(kind ChangeKind, field, from, to string) {
	if from, to = strings.TrimSpace(from), strings.TrimSpace(to); from != to {
		d.add(Change{Kind: kind, Field: field, From: short(from), To: short(to)})
	}
}

// list adds what went from a list, and what came to it.
func (d *differ) list(kind ChangeKind, field, between string, from, to []string) {
	without := func(list, others []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) }), between)
	}
	d.field(kind, field, without(from, to), without(to, from))
}

// short cuts a text that is too long for a history.
func short(text string) string {
	if len(text) <= maxChange {
		return text
	}
	end := maxChange
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

func (d *differ) decision() {
	was, is := d.before.decision, d.after.decision
	reason := short(d.after.Task.Reason)
	switch {
	case was == is:
		d.status()
	case is == cancelled:
		d.add(Change{Kind: ChangeCancelled})
	case is == declined:
		d.add(Change{Kind: ChangeDeclined, To: reason})
	case is == completed:
		d.add(Change{Kind: ChangeCompleted, To: reason})
	case is == accepted && was.closed():
		d.add(Change{Kind: ChangeReopened, To: reason})
	case is == accepted:
		d.add(Change{Kind: ChangeAccepted, To: reason})
	default:
		d.add(Change{Kind: ChangeUndecided})
	}
}

// status is of a Task that decides nothing anew.
func (d *differ) status() {
	from, to := d.before.Task, d.after.Task
	if from.Status != "" && to.Status != "" {
		d.code(ChangeStatus, short(from.Status), short(to.Status))
	}
	d.field(ChangeReason, "", from.Reason, to.Reason)
}

func (d *differ) receiver() {
	from, to := party(d.before.Recipient), party(d.after.Recipient)
	switch was, is := d.before.Folder == FolderForwarded, d.after.Folder == FolderForwarded; {
	case is && !was:
		d.add(Change{Kind: ChangeForwarded, From: from, To: to})
	case was && !is:
		d.add(Change{Kind: ChangeReturned, From: from, To: to})
	default:
		d.field(ChangeRecipient, "", from, to)
	}
}

func (d *differ) booking() {
	from, to := d.before.Appointment, d.after.Appointment
	c := Change{Was: from.Start, Is: to.Start}
	if to.Confirmed {
		c.Field = FieldConfirmed
	}
	switch {
	case from.Start.IsZero() && to.Start.IsZero():
		if from.Status != "" || to.Status == "" {
			return
		}
		c.Kind, c.Field = ChangeUnbooked, ""
	case from.Start.IsZero():
		c.Kind = ChangeBooked
	case to.Start.IsZero():
		c.Kind, c.Field = ChangeUnbooked, ""
	case !from.Start.Equal(to.Start):
		c.Kind = ChangeRebooked
	case to.Confirmed && !from.Confirmed:
		c.Kind, c.Field = ChangeConfirmed, ""
	case from.Confirmed && !to.Confirmed:
		c.Kind = ChangeDoubted
	}
	if c.Kind != "" {
		d.add(c)
	}
	if !from.Start.IsZero() && !to.Start.IsZero() {
		d.field(ChangeVisit, "type", from.Type, to.Type)
		d.field(ChangeVisit, "instruction", from.Instruction, to.Instruction)
		if c.Kind != ChangeRebooked && !from.End.Equal(to.End) {
			d.add(Change{Kind: ChangeVisit, Field: "end", Was: from.End, Is: to.End})
		}
	}
}

func (d *differ) request() {
	from, to := d.before.Request, d.after.Request
	d.field(ChangeRequest, "service", from.Service, to.Service)
	d.field(ChangeRequest, "priority", from.Priority, to.Priority)
	d.list(ChangeRequest, "reasons", ", ", from.Reasons, to.Reasons)
	texts := func(notes []Note) (list []string) {
		for _, n := range notes {
			list = append(list, n.HTML)
		}
		return list
	}
	d.list(ChangeRequest, "notes", "\n", texts(from.Notes), texts(to.Notes))
}

// forms counts the answers that differ. A form says of no question which it is but by its words, so
// equal ones are told apart by their number.
func (d *differ) forms() {
	type question struct {
		form, text string
		n          int
	}
	answers := func(forms []Questionnaire) map[question]string {
		all := map[question]string{}
		for _, f := range forms {
			times := map[string]int{}
			for _, item := range f.Items {
				times[item.Text]++
				if len(item.Answers) > 0 {
					all[question{f.Form, item.Text, times[item.Text]}] = strings.Join(item.Answers, "\n")
				}
			}
		}
		return all
	}
	from, to := answers(d.before.Questionnaires), answers(d.after.Questionnaires)
	n := 0
	for q, a := range to {
		if was, there := from[q]; !there || was != a {
			n++
		}
		delete(from, q)
	}
	if n += len(from); n > 0 {
		d.add(Change{Kind: ChangeForms, Count: n})
	}
}

// told is what an update tells Ocean, whatever was known before.
func (o Sent) told() []Change {
	var d differ
	d.before, d.after = &tale{}, &tale{}
	u := o.Update
	if u.Task != nil {
		d.after.decision = d.after.next(u)
		if d.after.Task = *u.Task; d.after.decision == undecided {
			d.code(ChangeStatus, "", u.Task.Status)
		}
	}
	if u.Appointment != nil {
		d.after.Appointment = u.Appointment.settled()
		d.after.Appointment.Status = cmp.Or(u.Appointment.Status, "proposed")
	}
	d.decision()
	d.booking()
	for _, c := range u.Communications {
		d.add(Change{Kind: ChangeMessage, Field: FieldReceiver, From: short(c.Sender), To: short(c.Text)})
	}
	if len(d.changes) == 0 {
		d.add(Change{Kind: ChangeNothing})
	}
	return d.changes
}
