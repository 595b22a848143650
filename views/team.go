package views

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"breakwater/store"
)

// Team is who works on a referral together, and what they tell each other.
type Team struct {
	Everybody []store.User
	Remarks   []store.Remark
	Assignee  string            // as chosen, else as it is
	Reviewer  string            // as chosen
	Remark    string            // as typed
	Errors    map[string]string // assignee, person, text
	Stale     *Change           // nothing was saved, since this came between; nil if so
	Log       bool              // the reader may see who opened it
}

// Change is what last changed a referral.
type Change struct {
	Line  *AuditLine // by somebody here; nil where it was a message of Ocean's
	Field string     // what was being chosen: assignee, person; "" for nothing
}

// OpenedPage is who opened one referral.
type OpenedPage struct {
	ID      string
	Patient *store.Name // for whoever may view referrals; nil else, and where it is here no more
	Here    bool        // the reader may open the referral
	Lines   []AuditLine
	Older   string // address of the next page; "" when there is none
}

// selectable lists who may be chosen, by name, and whoever is chosen now.
func (t Team) selectable(chosen string) []store.User {
	var list []store.User
	for _, u := range t.Everybody {
		if u.Can(store.ViewReferrals) || u.ID == chosen {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b store.User) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Email, b.Email))
	})
	return list
}

// colleague names somebody, and why nobody could choose them any more. Whoever is not known is said
// by their id.
func (f Frame) colleague(t Team, id string) string {
	for _, u := range t.Everybody {
		if u.ID != id {
			continue
		}
		name := orElse(u.Name, u.Email)
		if slices.ContainsFunc(t.Everybody, func(o store.User) bool { return o.ID != id && o.Name == u.Name }) {
			name = name + " (" + u.Email + ")" // two of a name
		}
		switch {
		case u.Disabled:
			return f.Text.Team.Disabled(name)
		case !u.Can(store.ViewReferrals):
			return f.Text.Team.CannotOpen(name)
		}
		return name
	}
	return id
}

// assignedTo says who works on it.
func (f Frame) assignedTo(d ReferralDetail) string {
	if d.Referral.Assignee == "" {
		return f.Text.Team.Nobody
	}
	return f.colleague(d.Team, d.Referral.Assignee)
}

// nowWith says who works on it where something else is chosen.
func (f Frame) nowWith(d ReferralDetail) string {
	switch d.Referral.Assignee {
	case d.Team.Assignee:
		return ""
	case "":
		return f.Text.Team.NowNobody
	}
	return f.Text.Team.NowWith(f.colleague(d.Team, d.Referral.Assignee))
}

// staleText says what became of what was chosen, where something was.
func (f Frame) staleText(c Change) string {
	if c.Field == "" {
		return f.Text.Team.StaleAgain
	}
	return f.Text.Team.StaleText
}

// remarkBy names who wrote a note: by the name they have now, else as they were known then.
func (f Frame) remarkBy(t Team, n store.Remark) string {
	kind, id, _ := strings.Cut(n.ByID, ":")
	if kind == "user" && slices.ContainsFunc(t.Everybody, func(u store.User) bool { return u.ID == id }) {
		return f.colleague(t, id)
	}
	return f.actor(AuditLine{AuditEntry: store.AuditEntry{Actor: n.ByID, ActorName: n.By}})
}

// changedAddress is where an open page asks whether it still shows the referral as it is.
func (d ReferralDetail) changedAddress() string {
	return d.address() + "/changed?version=" + number(d.Referral.Version) + "&notes=" + strconv.Itoa(len(d.Team.Remarks))
}

// self reports whether the reader works on it.
func (f Frame) self(d ReferralDetail) bool {
	return f.Person != nil && d.Referral.Assignee == f.Person.ID
}

// mayTake reports whether the reader may take the referral on.
func (f Frame) mayTake(d ReferralDetail) bool {
	return !f.self(d) && f.Person.Can(store.ViewReferrals)
}

// referral tells of what was done with one referral, or of a search for some.
func (s auditSpeaker) referral() []string {
	w := s.text.Team
	switch s.line.Action {
	case store.ActionReferralOpened:
		return []string{w.SaidOpened}
	case store.ActionReferralPurged:
		return []string{s.text.System.Audit.Purged}
	case store.ActionReferralTold:
		return s.toldOcean()
	case store.ActionNoted:
		return []string{w.SaidNoted}
	case store.ActionAssigned:
		if s.To == "" {
			return []string{w.SaidUnassigned}
		}
		return []string{w.SaidAssigned(s.personNamed(s.To))}
	case store.ActionReviewAsked:
		if s.Person != "" {
			return []string{w.SaidReviewAsked(s.personNamed(s.Person))}
		}
	case store.ActionSearched:
		if s.Found != nil {
			var terms []string
			for _, t := range s.Terms {
				terms = append(terms, lookup(w.Terms, t))
			}
			return []string{w.SaidSearched(*s.Found, terms)}
		}
	}
	return nil
}

// personNamed is a person as colleagues know them, by their id.
func (s auditSpeaker) personNamed(id string) string { return orElse(s.line.Names[id], id) }

// about are the referrals that an entry is about.
func (l AuditLine) about() []string {
	var d auditDetails
	switch noun := actionNoun(l.Action); {
	case (noun == "referral" || noun == "document") && l.AuditEntry.Object != "":
		return []string{l.AuditEntry.Object}
	case noun == "message" && json.Unmarshal([]byte(l.Details), &d) == nil:
		return d.Referrals
	}
	return nil
}

// holds reports whether an entry's details have something under one of these names.
func (l AuditLine) holds(names ...string) bool {
	var all map[string]json.RawMessage
	if l.Details == "" || json.Unmarshal([]byte(l.Details), &all) != nil {
		return false
	}
	return slices.ContainsFunc(names, func(n string) bool { return all[n] != nil })
}

// sealedPatients is whose information was seen, for readers who may know.
func (f Frame) sealedPatients(l AuditLine) string {
	if l.Sealed == nil || len(l.Sealed.Patients) == 0 {
		return f.Text.Team.Sealed
	}
	var all []string
	for _, who := range l.Sealed.Patients {
		all = append(all, f.identity(who))
	}
	return strings.Join(all, "; ")
}

func (f Frame) identity(who store.Identity) string {
	parts := []string{orElse(listName(who.Name), f.Text.Referral.NameMissing)}
	if who.BirthDate != "" {
		parts = append(parts, who.BirthDate)
	}
	if who.NumberEnds != "" {
		parts = append(parts, f.Text.Team.NumberEnds(who.NumberEnds))
	}
	return strings.Join(parts, " · ")
}

// sealedQuery is what was searched for, for readers who may know.
func (f Frame) sealedQuery(l AuditLine) string {
	if l.Sealed == nil {
		return f.Text.Team.Sealed
	}
	return l.Sealed.Query
}
