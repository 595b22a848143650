package ocean

import (
	"strings"
	"time"

	"breakwater/store"
)

// fill reads what the message says of each referral that it is about, and its own time.
func (b *bundle) fill(m *store.Message) {
	all := b.referrals()
	if len(all) > maxUpdates {
		all = all[:maxUpdates]
		b.root.setOdd()
	}
	b.share(all)
	to, links := b.receiver(), b.newLinker()
	m.SentAt = b.sentAt(all)
	for _, r := range all {
		u := b.update(r, to)
		u.HeaderID, u.SentAt = m.HeaderID, m.SentAt
		u.Links = links.links(r)
		u, cut := bound(u)
		if cut {
			b.root.setOdd()
		}
		m.Updates = append(m.Updates, u)
	}
}

// update reads one referral.
func (b *bundle) update(r *referral, to receiver) store.Update {
	var sr node
	if r.request >= 0 {
		sr = b.entries[r.request].resource
	}
	to = b.receiverOf(to, sr)
	p := b.patientOf(r)
	return store.Update{
		Ref:            r.ref,
		Event:          b.event,
		Rank:           Rank(b.event),
		Test:           isTest(b.root) || isTest(b.header) || isTest(sr) || isTest(p),
		ReceiverSite:   to.site,
		Listing:        to.listing,
		Revoked:        b.event == EventRevoke || strings.EqualFold(sr.str("status"), "revoked"),
		Patient:        b.patient(p),
		Request:        b.request(sr, to),
		Referrer:       b.referrer(sr),
		Recipient:      b.recipient(to),
		Task:           b.task(r),
		Appointment:    b.appointment(r),
		Questionnaires: b.questionnaires(r),
		Documents:      b.documents(r),
		Communications: b.communications(r, to),
	}
}

func (b *bundle) questionnaires(r *referral) []store.Questionnaire {
	var all []store.Questionnaire
	for _, i := range r.questionnaires {
		if q, ok := questionnaire(b.entries[i].resource); ok {
			all = append(all, q)
		}
	}
	return all
}

// sentAt returns the message's own time: Bundle.timestamp, else when the Bundle or the
// MessageHeader was last updated, else when the first ServiceRequest that it is about was written,
// else zero.
func (b *bundle) sentAt(all []*referral) time.Time {
	if t := b.root.time("timestamp"); !t.IsZero() {
		return t
	}
	if t := b.root.obj("meta").time("lastUpdated"); !t.IsZero() {
		return t
	}
	if t := b.header.obj("meta").time("lastUpdated"); !t.IsZero() {
		return t
	}
	about := b.nearFocus()
	if len(all) > 0 && all[0].request >= 0 {
		about = []int{all[0].request}
	}
	for _, i := range about {
		return b.entries[i].resource.time("authoredOn")
	}
	return time.Time{}
}
