package store

import (
	"maps"
	"slices"
	"time"
)

// history is what happened to a referral, oldest first: a line for every message, with what it
// changed, and one for everything that the clinic told Ocean. A message that only says what the
// clinic told it has no line of its own: it stands with that update as what confirmed it. The same
// messages and updates make the same history in whatever order they came.
func history(messages []heard, own []Sent) []HistoryEntry {
	told := slices.Clone(messages)
	inOrder(told)
	acts := make([]act, 0, len(told)+len(own))
	for _, m := range told {
		acts = append(acts, act{heard: m, shown: m.at()})
	}
	ocean := tell(slices.Clone(told)).Folder
	for i := range own {
		acts = append(acts, ownAct(own, i, told, ocean))
	}
	slices.SortStableFunc(acts, func(a, b act) int { return earlier(a.heard, b.heard) })
	n := narrator{echoed: map[int64][]int{}}
	for _, a := range acts {
		if a.sent == nil {
			n.message(a)
		} else {
			n.update(a)
		}
	}
	slices.SortStableFunc(n.lines, func(a, b line) int { return a.shown.Compare(b.shown) })
	entries := make([]HistoryEntry, len(n.lines))
	for i, l := range n.lines {
		entries[i] = l.HistoryEntry
	}
	return entries
}

// act is a message, or an update of the clinic's own, where it counts in the telling.
type act struct {
	heard
	shown  time.Time // where its line stands
	sent   *Sent     // nil for a message
	counts bool      // the update made a difference, or still does
	echo   *heard    // the message that confirmed the update
}

// ownAct places an update: right before the message that confirmed it, whatever clocks say; after
// all messages while it stands without one; else when it was told, as something that came to
// nothing.
func ownAct(own []Sent, i int, told []heard, ocean Folder) act {
	o := own[i]
	a := act{sent: &o, shown: o.At, counts: o.State == OutConfirmed || !o.idle(ocean) && o.standing(withoutEchoes(told, own[:i]))}
	a.heard = heard{Update: o.Update, receivedAt: o.At, tie: []byte(o.ID), own: true}
	a.HeaderID, a.SentAt = "", o.At
	at := slices.IndexFunc(told, func(m heard) bool {
		return o.State == OutConfirmed && !m.receivedAt.Before(o.At) && o.saidBy(m.alone())
	})
	switch {
	case at >= 0:
		a.echo, a.SentAt = &told[at], told[at].at().Add(time.Duration(i-len(own)))
		if told[at].at().Before(a.shown) {
			a.shown = told[at].at()
		}
	case a.counts && o.State != OutConfirmed:
		a.SentAt = lastOf(told).Add(time.Duration(i + 1))
	}
	if len(told) > 0 && !a.SentAt.After(told[0].at()) { // nobody answers what has not come
		a.SentAt = told[0].at().Add(time.Duration(i + 1))
		a.shown = a.SentAt
	}
	return a
}

// alone is what a message says by itself, as far as updates can be confirmed by it.
func (h heard) alone() Referral {
	r := Referral{Communications: h.Communications}
	take(&r.Task, h.Task)
	if h.Appointment != nil {
		r.Appointment = h.Appointment.settled()
	}
	return r
}

// line is an entry with where it stands.
type line struct {
	HistoryEntry
	shown time.Time
}

// narrator tells a referral and notes what changes on the way.
type narrator struct {
	tale
	lines  []line
	known  bool            // a message was told
	spoken []Communication // of the clinic's own, which Ocean has not said yet
	echoed map[int64][]int // the lines of the updates that a message confirms, by its row
}

func (n *narrator) message(a act) {
	changes := n.differences(a.heard)
	confirms := n.echoed[a.seq]
	for _, i := range confirms {
		n.lines[i].MessageID, n.lines[i].Deliveries, n.lines[i].Folder = a.id, a.deliveries, n.Folder
	}
	// Ocean may make a document anew with every message: that is no news by itself.
	if len(confirms) > 0 && len(a.problems) == 0 && !slices.ContainsFunc(changes, func(c Change) bool { return c.Kind != ChangeNewer }) {
		return
	}
	if len(changes) == 0 {
		changes = []Change{{Kind: ChangeNothing}}
	}
	n.lines = append(n.lines, line{HistoryEntry{MessageID: a.id, Event: a.Event, SentAt: a.SentAt, ReceivedAt: a.receivedAt,
		Deliveries: a.deliveries, Folder: n.Folder, Problems: a.problems, Seen: a.seen, Changes: changes}, a.shown})
}

func (n *narrator) update(a act) {
	e := HistoryEntry{SentAt: a.sent.At, ReceivedAt: a.sent.At, Own: a.sent}
	if a.counts {
		e.Changes = n.differences(a.heard)
		n.spoken = append(n.spoken, a.Communications...)
	} else {
		e.Changes = slices.DeleteFunc(n.aside().differences(a.heard), func(c Change) bool { return c.Kind == ChangeFolder })
	}
	if !slices.ContainsFunc(e.Changes, func(c Change) bool { return c.Kind != ChangeFolder }) {
		e.Changes = append(a.sent.told(), e.Changes...)
	}
	e.Folder = n.Folder
	if a.echo != nil {
		n.echoed[a.echo.seq] = append(n.echoed[a.echo.seq], len(n.lines))
	}
	n.lines = append(n.lines, line{e, a.shown})
}

// aside is a copy of what was told so far, to try something on.
func (n *narrator) aside() *narrator {
	other := &narrator{tale: n.tale, known: n.known}
	other.communications.list = slices.Clone(n.communications.list)
	other.communications.at = maps.Clone(n.communications.at)
	return other
}

// differences tells a message, or an update, and returns what it changed.
func (n *narrator) differences(h heard) []Change {
	added := n.added(h)
	before := n.tale
	n.hearing(h, n.known || h.own)
	first := !n.known && !h.own
	n.known = n.known || !h.own
	d := differ{before: &before, after: &n.tale}
	switch {
	case first:
		d.add(Change{Kind: ChangeFirst, To: string(n.Folder)})
	case h.Event == "add-service-request":
		d.add(Change{Kind: ChangeResent})
	}
	d.decision()
	if !first {
		d.receiver()
	}
	d.booking()
	for _, c := range added {
		if c.Kind != ChangeNewer && (!first || c.Kind != ChangeDocument) {
			d.add(c)
		}
	}
	if !first {
		d.patient()
		d.request()
		d.referrer()
		d.forms()
		d.changes = append(d.changes, slices.DeleteFunc(added, func(c Change) bool { return c.Kind != ChangeNewer })...)
		d.code(ChangeDirection, string(before.Direction), string(n.Direction))
		d.code(ChangeFolder, string(before.Folder), string(n.Folder))
	}
	return d.changes
}

// added is what a message brings besides facts: messages, documents and links that are not known
// yet. It must be asked before the message is told.
func (n *narrator) added(h heard) (changes []Change) {
	said := map[Communication]bool{}
	for _, c := range h.Communications {
		key := c.known()
		if _, known := n.communications.at[key]; known || said[key] || !h.own && n.echoes(c) {
			continue
		}
		said[key] = true
		side := FieldRequester
		if c.FromReceiver {
			side = FieldReceiver
		}
		changes = append(changes, Change{Kind: ChangeMessage, Field: side, From: short(c.Sender), To: short(c.Text)})
	}
	shown := map[string]bool{}
	for _, d := range h.Documents {
		i, known := n.documents.at[d.known()]
		kind := ChangeDocument
		if known {
			kind = ChangeNewer
		}
		if shown[d.known()] || known && !d.Created.After(n.documents.list[i].Created) {
			continue
		}
		shown[d.known()] = true
		changes = append(changes, Change{Kind: kind, To: short(d.Title)})
	}
	tied := map[Link]bool{}
	for _, l := range h.Links {
		if _, known := n.links.at[l]; !known && !tied[l] {
			tied[l] = true
			changes = append(changes, Change{Kind: ChangeLink, Field: string(l.Kind), To: short(l.Ref)})
		}
	}
	return changes
}

// echoes reports whether Ocean says what the clinic itself told it, under an id of Ocean's own.
func (n *narrator) echoes(c Communication) bool {
	i := slices.IndexFunc(n.spoken, func(o Communication) bool { return c.FromReceiver && sameText(o.Text, c.Text) })
	if i < 0 {
		return false
	}
	n.spoken = slices.Delete(n.spoken, i, i+1)
	return true
}
