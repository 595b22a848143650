package ocean

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"unicode/utf8"

	"breakwater/store"
)

// The bounds of what one message can say of one referral, far above anything seen in Ocean's
// traffic, so that no bundle, hostile or broken, holds up the store's writer. They cost no content:
// the raw bundle is kept whole with the message, and a message that meets a bound is flagged as
// odd, so that a person looks at it.
const (
	maxCommunications = 1_000
	maxDocuments      = 1_000
	maxLinks          = 1_000
	maxQuestionnaires = 200
	maxItems          = 5_000  // of all questionnaires
	maxAnswers        = 10_000 // of all items
	maxReasons        = 1_000
	maxNotes          = 1_000
	maxFew            = 50 // a person's names, phone numbers and addresses, and the parts of each

	maxText  = 256 << 10 // bytes of one text
	maxTexts = 4 << 20   // bytes of all texts of one update
	maxID    = 512       // bytes of what is compared rather than read
	maxURL   = 2 << 10

	// dots stand for what was cut away. Their own bytes are set aside, for as many texts as there
	// can be when all else is used up.
	dots    = "…"
	forDots = 256 << 10
)

// bounds takes an update down to what the store accepts. It changes nothing in place, because the
// updates of a message share what is the same in all of them.
type bounds struct {
	left int // bytes that the texts to come may have
	cuts int // how often something was cut
}

// bound returns an update within the bounds, and whether anything was cut. What identifies comes
// first, since it must stay whole; the forms, which are the longest, come last.
func bound(u store.Update) (within store.Update, cut bool) {
	b := bounds{left: maxTexts - forDots}
	u.Ref = b.id(u.Ref, maxID)
	u.HeaderID = b.id(u.HeaderID, maxID)
	u.Event = b.id(u.Event, maxID)
	u.ReceiverSite = b.id(u.ReceiverSite, maxID)
	u.Listing = b.id(u.Listing, maxID)
	u.Links = each(&b, u.Links, maxLinks, b.link)
	u.Communications = each(&b, b.latest(u.Communications), maxCommunications, b.communicationIDs)
	u.Documents = each(&b, u.Documents, maxDocuments, b.documentIDs)

	u.Patient = whole(&b, u.Patient, b.patient)
	u.Referrer = whole(&b, u.Referrer, b.party)
	u.Recipient = whole(&b, u.Recipient, b.party)
	u.Request = whole(&b, u.Request, b.request)
	u.Task = whole(&b, u.Task, b.task)
	u.Appointment = whole(&b, u.Appointment, b.appointment)
	u.Documents = each(&b, u.Documents, maxDocuments, b.document)
	u.Communications = each(&b, u.Communications, maxCommunications, b.communication)
	u.Questionnaires = b.questionnaires(u.Questionnaires)
	return u, b.cuts > 0
}

// text cuts a text that is too long, or for which too little is left.
func (b *bounds) text(s string) string {
	if len(s) <= min(maxText, b.left) {
		b.left -= len(s)
		return s
	}
	b.cuts++
	s = shorten(s, min(maxText, b.left+len(dots)))
	b.left -= len(s) - len(dots)
	return s
}

// shorten cuts a text to a length, with dots at its end.
func shorten(s string, length int) string {
	end := length - len(dots)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + dots
}

// id bounds what is compared rather than read. One that is too long is known by its digest: two
// that differ only where they were cut must not become one.
func (b *bounds) id(s string, most int) string {
	if len(s) > most {
		b.cuts++
		s = known(s)
	}
	b.left -= len(s)
	return s
}

// id is [bounds.id] for what is said of the message itself.
func (b *bundle) id(s string) string {
	if len(s) <= maxID {
		return s
	}
	b.root.setOdd()
	return known(s)
}

// known returns a name of fixed length by which a long or composite one is known.
func known(parts ...string) string {
	hash := sha256.New()
	for _, s := range parts {
		sum := sha256.Sum256([]byte(s))
		hash.Write(sum[:])
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil))
}

// each bounds the length of a list and every element of it. A list that needs no cut comes back as
// it is, any other as a copy.
func each[T any](b *bounds, all []T, most int, bound func(T) T) []T {
	own := false
	if len(all) > most {
		b.cuts++
		all, own = slices.Clone(all[:most]), true
	}
	for i, e := range all {
		before := b.cuts
		if e = bound(e); b.cuts == before {
			continue
		}
		if !own {
			all, own = slices.Clone(all), true
		}
		all[i] = e
	}
	return all
}

// whole bounds what a pointer leads to, as a copy where anything is cut.
func whole[T any](b *bounds, p *T, bound func(T) T) *T {
	if p == nil {
		return nil
	}
	before := b.cuts
	if v := bound(*p); b.cuts > before {
		return &v
	}
	return p
}

// latest keeps the messages that were sent last, in their order: a conversation only ever grows,
// and what was said at its beginning was told before.
func (b *bounds) latest(all []store.Communication) []store.Communication {
	if len(all) <= maxCommunications {
		return all
	}
	b.cuts++
	places := make([]int, len(all))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(i, j int) int { return all[i].SentAt.Compare(all[j].SentAt) })
	places = places[len(places)-maxCommunications:]
	slices.Sort(places)
	kept := make([]store.Communication, 0, maxCommunications)
	for _, i := range places {
		kept = append(kept, all[i])
	}
	return kept
}

func (b *bounds) link(l store.Link) store.Link {
	l.Ref = b.id(l.Ref, maxID)
	return l
}

func (b *bounds) communicationIDs(c store.Communication) store.Communication {
	c.ID = b.id(c.ID, maxID)
	return c
}

func (b *bounds) communication(c store.Communication) store.Communication {
	c.Sender, c.Text = b.text(c.Sender), b.text(c.Text)
	return c
}

func (b *bounds) documentIDs(d store.Document) store.Document {
	d.URL, d.Digest = b.id(d.URL, maxURL), b.id(d.Digest, maxID)
	return d
}

func (b *bounds) document(d store.Document) store.Document {
	d.Title, d.ContentType = b.text(d.Title), b.text(d.ContentType)
	return d
}

func (b *bounds) patient(p store.Patient) store.Patient {
	p.Name = b.name(p.Name)
	p.OtherNames = each(b, p.OtherNames, maxFew, b.name)
	p.HealthNumber = whole(b, p.HealthNumber, b.healthNumber)
	p.ChartNumber, p.BirthDate = b.text(p.ChartNumber), b.text(p.BirthDate)
	p.Gender, p.Language = b.text(p.Gender), b.text(p.Language)
	p.Telecom = each(b, p.Telecom, maxFew, b.contactPoint)
	p.Addresses = each(b, p.Addresses, maxFew, b.address)
	return p
}

func (b *bounds) name(n store.Name) store.Name {
	n.Family, n.Text = b.text(n.Family), b.text(n.Text)
	n.Given = each(b, n.Given, maxFew, b.text)
	n.Prefix = each(b, n.Prefix, maxFew, b.text)
	return n
}

func (b *bounds) healthNumber(h store.HealthNumber) store.HealthNumber {
	h.Value, h.Version, h.System = b.text(h.Value), b.text(h.Version), b.text(h.System)
	return h
}

func (b *bounds) contactPoint(c store.ContactPoint) store.ContactPoint {
	c.System, c.Value, c.Use = b.text(c.System), b.text(c.Value), b.text(c.Use)
	return c
}

func (b *bounds) address(a store.Address) store.Address {
	a.Lines = each(b, a.Lines, maxFew, b.text)
	a.Use, a.City, a.State = b.text(a.Use), b.text(a.City), b.text(a.State)
	a.PostalCode, a.Country = b.text(a.PostalCode), b.text(a.Country)
	return a
}

func (b *bounds) party(p store.Party) store.Party {
	p.Name = b.name(p.Name)
	p.Role, p.Organization = b.text(p.Role), b.text(p.Organization)
	p.Licence, p.Billing, p.Site = b.text(p.Licence), b.text(p.Billing), b.text(p.Site)
	p.Telecom = each(b, p.Telecom, maxFew, b.contactPoint)
	p.Addresses = each(b, p.Addresses, maxFew, b.address)
	return p
}

func (b *bounds) request(r store.Request) store.Request {
	r.Service, r.Priority, r.Status = b.text(r.Service), b.text(r.Priority), b.text(r.Status)
	r.Reasons = each(b, r.Reasons, maxReasons, b.text)
	r.Notes = each(b, r.Notes, maxNotes, b.note)
	return r
}

func (b *bounds) note(n store.Note) store.Note {
	n.Author, n.HTML = b.text(n.Author), b.text(n.HTML)
	return n
}

func (b *bounds) task(t store.Task) store.Task {
	t.Status, t.Code, t.Reason = b.text(t.Status), b.text(t.Code), b.text(t.Reason)
	return t
}

func (b *bounds) appointment(a store.Appointment) store.Appointment {
	a.Status, a.Type, a.Instruction = b.text(a.Status), b.text(a.Type), b.text(a.Instruction)
	return a
}

// questionnaires bounds the forms, and their items and answers all told.
func (b *bounds) questionnaires(all []store.Questionnaire) []store.Questionnaire {
	items, answers := maxItems, maxAnswers
	return each(b, all, maxQuestionnaires, func(q store.Questionnaire) store.Questionnaire {
		q.Form = b.text(q.Form)
		q.Items = each(b, q.Items, items, func(i store.Item) store.Item {
			i.Text = b.text(i.Text)
			i.Answers = each(b, i.Answers, answers, b.text)
			answers -= len(i.Answers)
			return i
		})
		items -= len(q.Items)
		return q
	})
}
