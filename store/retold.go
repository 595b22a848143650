package store

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// retold is the referral that Ocean's messages and the clinic's own updates make together. What the
// clinic told Ocean counts from the moment when it was told, until a message says the same, or
// Ocean refuses it, or says something else afterwards.
func retold(messages []heard, own []Sent) Referral {
	ocean := tell(slices.Clone(messages))
	all := slices.Clone(messages)
	end := lastOf(messages)
	for i, o := range own {
		if !o.idle(ocean.Folder) && o.standing(withoutEchoes(messages, own[:i])) {
			h := heard{Update: o.Update, receivedAt: o.At, tie: []byte(o.ID), own: true}
			// After all messages, whatever the clocks of Ocean and of this machine say.
			h.SentAt = end.Add(time.Duration(i+1) * time.Nanosecond)
			all = append(all, h)
		}
	}
	r := tell(all)
	r.OceanFolder, r.Outbox = ocean.Folder, own
	return r
}

// lastOf is the own time of the newest message.
func lastOf(messages []heard) (last time.Time) {
	for _, m := range messages {
		if at := m.at(); at.After(last) {
			last = at
		}
	}
	return last
}

// standing reports whether an update counts though no message of Ocean's says it. Once Ocean took it,
// the next message that is newer than what was known then tells how things stand.
func (o Sent) standing(messages []heard) bool {
	if !o.pending() {
		return false
	}
	if o.State == OutWaiting {
		return true
	}
	var before time.Time
	for _, m := range messages {
		if at := m.at(); !m.receivedAt.After(o.SentAt) && at.After(before) {
			before = at
		}
	}
	return !slices.ContainsFunc(messages, func(m heard) bool { return m.receivedAt.After(o.SentAt) && m.at().After(before) })
}

// idle reports whether an update leads nowhere, since the sender cancelled the referral: that is shown
// at once, whatever is still on its way. Only Ocean's word opens it again.
func (o Sent) idle(ocean Folder) bool { return ocean == FolderCancelled && o.Kind != OutMessage }

// withoutEchoes leaves out the messages that confirmed some updates: Ocean may have written them
// before it knew of an update that was told after those, and then they say nothing about it.
func withoutEchoes(messages []heard, confirmed []Sent) []heard {
	return slices.DeleteFunc(slices.Clone(messages), func(m heard) bool {
		return slices.ContainsFunc(confirmed, func(e Sent) bool { return e.State == OutConfirmed && e.ConfirmedAt.Equal(m.receivedAt) })
	})
}

// confirm notes which of the clinic's updates Ocean's messages now say themselves, and returns their
// ids.
func (t *tx) confirm(ocean Referral, own []Sent) (just []string, err error) {
	later := map[OutKind]bool{} // of which kinds something told later is confirmed
	for i := range slices.Backward(own) {
		o := &own[i]
		overtaken := o.State == OutSent && o.Kind != OutMessage && later[o.Kind] // its echo may still come, or never
		later[o.Kind] = later[o.Kind] || o.State == OutConfirmed
		if !o.pending() && !o.held() || !overtaken && !o.saidBy(ocean) {
			continue
		}
		if o.State != OutSent && o.Tries == 0 && !o.namedBy(ocean) {
			continue // it was never sent: Ocean said the same before, and may say else by then
		}
		if err := t.countMoved(o.State, OutConfirmed); err != nil {
			return nil, err
		}
		if err := t.exec(`UPDATE outbox SET state = 'confirmed', confirmed_at = ?, fault = '' WHERE id = ?`, t.now, o.ID); err != nil {
			return nil, err
		}
		o.State, o.ConfirmedAt, o.Fault = OutConfirmed, fromMillis(t.now), ""
		later[o.Kind] = true
		just = append(just, o.ID)
	}
	return just, nil
}

// saidBy reports whether Ocean's messages say what the update says.
func (o Sent) saidBy(r Referral) bool {
	switch {
	case o.Update.Task != nil:
		return r.Task.Status == o.Update.Task.Status && sameText(r.Task.Reason, o.Update.Task.Reason)
	case o.Update.Appointment != nil:
		a, b := r.Appointment, *o.Update.Appointment
		return a.Status != "" && a.Start.Equal(b.Start) && a.Confirmed == b.Confirmed &&
			agree(a.Type, b.Type) && agree(a.Instruction, b.Instruction)
	}
	for _, told := range o.Update.Communications {
		if !slices.ContainsFunc(r.Communications, func(c Communication) bool {
			return c.ID == told.ID || c.FromReceiver && sameText(c.Text, told.Text) && !c.SentAt.Before(o.At.Add(-time.Hour))
		}) {
			return false
		}
	}
	return len(o.Update.Communications) > 0
}

// namedBy reports whether Ocean's messages repeat the very messages of an update, by their ids: then
// Ocean has them, whatever became of its answer. The same words may be another message's.
func (o Sent) namedBy(r Referral) bool {
	for _, told := range o.Update.Communications {
		if !slices.ContainsFunc(r.Communications, func(c Communication) bool { return c.ID == told.ID }) {
			return false
		}
	}
	return len(o.Update.Communications) > 0
}

// agree reports whether what Ocean says of a booking is not something else than what it was told: it
// need not say everything.
func agree(a, b string) bool { return a == "" || b == "" || sameText(a, b) }

// sameText compares texts that may have travelled through other systems.
func sameText(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// isNews reports whether a message told something that was not known, so that somebody should look:
// an echo of what the clinic did, or a repetition, does not. Confirmed are the updates that this
// very message confirmed.
func isNews(messages []heard, own []Sent, confirmed []string, message int64, now Referral) bool {
	before := slices.DeleteFunc(slices.Clone(messages), func(m heard) bool { return m.seq == message })
	if len(before) == 0 || len(before) == len(messages) {
		return false
	}
	counted := slices.Clone(own)
	for i := range counted {
		if slices.Contains(confirmed, counted[i].ID) {
			counted[i].State = OutWaiting
		}
	}
	return !bytes.Equal(essence(retold(before, counted)), essence(now))
}

// essence is what a person would call a change: all but times of messages and the identity of what
// only travelled through Ocean.
func essence(r Referral) []byte {
	r.Task.Modified = time.Time{}
	documents := slices.Clone(r.Documents)
	for i := range documents {
		documents[i].Created = time.Time{}
	}
	said := make([]string, len(r.Communications))
	for i, c := range r.Communications {
		said[i] = strings.Join(strings.Fields(c.Text), " ")
	}
	appointment := r.Appointment
	appointment.Status, appointment.End, appointment.Created = "", time.Time{}, time.Time{}
	if !appointment.Start.IsZero() {
		appointment.Start = appointment.Start.UTC()
	}
	text, err := json.Marshal([]any{r.Folder, r.Direction, r.Patient, r.Request.Priority, r.Request.Reasons, r.Request.Notes, r.Request.Service,
		r.Referrer, r.Task.Status, r.Task.Reason, appointment, r.Questionnaires, documents, said, r.Links})
	if err != nil {
		return nil // maps and texts alone: it cannot fail
	}
	return text
}
