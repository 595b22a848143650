package views

import (
	"slices"
	"strings"
	"time"

	"breakwater/store"
)

// SessionList is where somebody is signed in, with ways to end that.
type SessionList struct {
	Sessions []store.OpenSession
	Action   string // address that the forms post to, with session (an id), or with others or all
	Own      bool   // it is the reader's own
	Ended    bool   // some were just ended
}

func (f Frame) sessionsTitle(l SessionList) string {
	if l.Own {
		return f.Text.Sessions.Title
	}
	return f.Text.Sessions.TheirTitle
}

func (f Frame) sessionsWhy(l SessionList) string {
	if l.Own {
		return f.Text.Sessions.Why
	}
	return f.Text.Sessions.TheirWhy
}

// proofWhy says why a form asks for the password, if it does.
func (f Frame) proofWhy() string {
	if f.AskPassword {
		return f.Text.People.SaveWhy
	}
	return ""
}

// others reports whether there are more sessions than the one that asks.
func (l SessionList) others() bool {
	for _, s := range l.Sessions {
		if !s.Own {
			return true
		}
	}
	return false
}

// device calls a session by the browser and the system, as far as they are known.
func (f Frame) device(s store.OpenSession) string {
	t := f.Text.Sessions
	if s.Browser == "" && s.System == "" {
		return t.UnknownDevice
	}
	if s.System == "" {
		return s.Browser
	}
	return t.Device(orElse(s.Browser, t.UnknownBrowser), s.System)
}

// Carried is a field of a form that goes along with another.
type Carried struct {
	Name   string
	Values []string
}

// ProofForm asks for the person's own password and then carries on with what they asked for.
type ProofForm struct {
	Action  string            // address that it posts to
	Carried []Carried         // what was posted there, but for secrets
	Again   []string          // names of secrets that are to be typed again
	Back    string            // address of the way back
	Errors  map[string]string // password, proof_passkey, proof_app, and the names in Again

	Passkey, App bool // the person has one that works here
}

// Held is a form that somebody posted, or was still filling in, when their session ended.
type Held struct {
	ID     string
	Action string // address that it is for
	Back   string // address of the page that it stood on
	Fields []Carried
	Files  []string // names of fields whose files are not kept
}

// SessionLeft is what an open page knows of the session.
type SessionLeft struct {
	Left  time.Duration // until it ends unless it is used
	Again bool          // the page can be asked for again, and is none that answers a form
}

// WarnBefore is how long before its end an open page says that the session ends.
const WarnBefore = 2 * time.Minute

// heldLabels are what the fields are called that people type into, by name; what has none goes along
// unseen. Role and permission are ticked, and stand as text.
func (t *Text) heldLabels(action string) map[string]string {
	labels := map[string]string{
		"text": t.Actions.Text, "note": t.Actions.Note, "reason": t.Actions.Reason, "instruction": t.Referral.AppointmentNote,
		"type": t.Referral.AppointmentType, "date": t.Actions.Date, "time": t.Actions.Time, "minutes": t.Actions.Minutes,
		"name": t.People.Name, "email": t.People.Email, "site_number": t.Ocean.SiteNumber, "client_id": t.Ocean.ClientID,
		"overdue_days": t.Lists.OverdueDays, "idle_minutes": t.Sessions.IdleLabel, "q": t.Referrals.Search,
		"role": t.People.Roles, "permission": t.RolePages.Permissions,
	}
	if strings.HasSuffix(action, "/notes") {
		labels["text"] = t.Team.NoteLabel
	}
	return labels
}

// Typed reports whether there is something in the form that somebody typed or ticked; a button that
// was pressed is soon pressed again.
func (t *Text) Typed(h Held) bool {
	labels := t.heldLabels(h.Action)
	return len(h.Files) > 0 || slices.ContainsFunc(h.Fields, func(c Carried) bool {
		return labels[c.Name] != "" && slices.ContainsFunc(c.Values, func(v string) bool { return strings.TrimSpace(v) != "" })
	})
}

// heldField is a text that somebody typed, or what they ticked.
type heldField struct {
	id, name, label, value string
	long, ticked           bool
}

// typed are the fields that somebody may want to see and change before they send the form.
func (f Frame) typed(h Held) []heldField {
	labels := f.Text.heldLabels(h.Action)
	var list []heldField
	for _, c := range h.Fields {
		t := heldField{id: h.ID + "-" + c.Name, name: c.Name, label: labels[c.Name], value: c.Values[0]}
		switch c.Name {
		case "text", "note", "reason", "instruction":
			t.long = true
		case "role", "permission":
			t.ticked, t.value = true, f.ticked(c)
		}
		if t.label != "" && t.value != "" {
			list = append(list, t)
		}
	}
	return list
}

// ticked names the roles or permissions that were ticked.
func (f Frame) ticked(c Carried) string {
	var names []string
	for _, v := range c.Values {
		if c.Name == "permission" {
			v = f.Text.Permission(store.Permission(v)).Title
		} else {
			v = lookup(f.Text.Roles, v)
		}
		names = append(names, v)
	}
	return strings.Join(names, ", ")
}

// unseen are the fields that go along as they are.
func (f Frame) unseen(h Held) []Carried {
	shown := map[string]bool{}
	for _, t := range f.typed(h) {
		shown[t.name] = !t.ticked
	}
	return slices.DeleteFunc(slices.Clone(h.Fields), func(c Carried) bool { return shown[c.Name] })
}

// heldTitle says what a form was for, as far as that is known.
func (f Frame) heldTitle(h Held) string {
	last := h.Action[strings.LastIndex(h.Action, "/")+1:]
	if words, is := f.Text.Actions.Pages[Act(last)]; is {
		return words.Title
	}
	switch {
	case last == "notes":
		return f.Text.Team.NotesTitle
	case last == "search":
		return f.Text.Referrals.Search
	case h.Action == "/settings/referral/ocean":
		return f.Text.Ocean.Title
	case h.Action == "/settings/clinic":
		return f.Text.Lists.ClinicTitle
	case strings.HasPrefix(h.Action, "/settings/users"):
		return f.Text.People.Title
	case strings.HasPrefix(h.Action, "/settings/roles"):
		return f.Text.RolePages.Title
	case strings.HasPrefix(h.Action, "/account"):
		return f.Text.Account.Title
	}
	return f.Text.Sessions.HeldForm
}

// secretLabel is what a secret is called that is to be typed again.
func (f Frame) secretLabel(name string) string {
	if name == "client_secret" {
		return f.Text.Ocean.Secret
	}
	return f.Text.Sessions.SecretAgain
}
