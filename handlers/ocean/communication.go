package ocean

import (
	"strings"
	"time"

	"breakwater/store"
)

// communications reads a referral's Communications in their order.
func (b *bundle) communications(r *referral, to receiver) []store.Communication {
	var all []store.Communication
	for _, i := range r.communications {
		c := b.entries[i].resource
		said := store.Communication{
			ID:           communicationID(b.entries[i]),
			Text:         payloadText(c),
			Sender:       b.person(c.get("sender")),
			FromReceiver: b.fromReceiver(i, len(r.communications) == 1, to),
			SentAt:       firstTime(c, "sent", "received"),
		}
		if said.ID == "" {
			said.ID = contentID(said)
		}
		all = append(all, said)
	}
	return all
}

// contentID returns what identifies a Communication that nothing else does: later messages repeat
// it, and it must not be shown twice.
func contentID(c store.Communication) string {
	return known(c.SentAt.UTC().Format(time.RFC3339Nano), c.Sender, c.Text)
}

// communicationID returns what identifies a Communication: an identifier that is not the
// referral's, else its id, else its fullUrl; "" when it has none of them.
func communicationID(e entry) string {
	for id := range e.resource.list("identifier") {
		if v := id.str("value"); v != "" && !strings.EqualFold(system(id), systemReference) {
			return v
		}
	}
	if id := e.resource.str("id"); id != "" {
		return id
	}
	return trimURN(e.fullURL)
}

// payloadText joins the texts of a Communication's payload with newlines.
func payloadText(c node) string {
	var texts []string
	for p := range c.list("payload") {
		if s := p.text("contentString"); strings.TrimSpace(s) != "" {
			texts = append(texts, s)
		}
	}
	return strings.Join(texts, "\n")
}

// fromReceiver reports whether the receiving clinic wrote a Communication. The event tells it of
// the one in focus (or the only one, where none is in focus); of any other the sender tells it,
// being the receiver's role, or its practitioner or organization, or somebody at its site.
func (b *bundle) fromReceiver(i int, only bool, to receiver) bool {
	if b.focused(i) || only && !b.focusHas("Communication") {
		switch b.event {
		case EventFromProvider:
			return true
		case EventFromRequester:
			return false
		}
	}
	ref := b.entries[i].resource.get("sender")
	sender := b.resolve(ref).resource
	if !sender.ok() {
		return false
	}
	if sender == to.role.resource || sender == to.practitioner || sender == to.organization {
		return true
	}
	return to.site != "" && b.site(ref) == to.site
}
