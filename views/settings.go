package views

import (
	"time"

	"breakwater/store"
)

// OceanForm is Settings > Referral > Ocean. Errors are keyed by field name: site_number, host,
// client_id, client_secret, key (generating or retiring one), password (showing the keys).
type OceanForm struct {
	Seen       store.OceanSettings // as saved when the page was made; goes back with the form
	SiteNumber string              // as typed, else as saved
	ClientID   string              // as typed, else as saved
	Host       string              // as chosen: an origin, or "other"
	HostOther  string              // as typed
	Keys       []store.InboundKey  // one not yet saved, if any, then those that count, newest first
	Values     map[string]string   // values of the keys that this person may see now, by id
	Request    string              // the Request URL without a scheme, as Ocean's article writes it
	RequestURL string              // the Request URL whole
	HeaderName string
	Errors     map[string]string
	Conflicts  []Conflict
	Saved      bool // just saved
	Dropped    bool // and the changed host took the saved secret along
	// SecretTyped: a secret was typed and not saved. It is not sent back, so the page asks for it
	// again.
	SecretTyped bool
	Health      Health
	Test        *ConnectionTest // just pressed; nil if not
}

// Conflict is a value that somebody else saved meanwhile.
type Conflict struct {
	Field         string // as the form names it
	Theirs, Yours string // for client_secret: Theirs is who set it, Yours is empty
}

// ConfirmForm is a page that stands before what cannot be undone, or what wants the password.
type ConfirmForm struct {
	Title, Text  string
	Action       string // address that the form posts to
	Button       string
	Cancel       string // address of the way back
	AskPassword  bool
	Error        string // under the password
	Harm         bool   // the button takes something away
	HiddenValues map[string]string
}

// PeopleList is Settings > People.
type PeopleList struct {
	People []store.User
	Roles  []store.Role
}

// OneTimeLink is a link with which somebody chooses a password.
type OneTimeLink struct {
	URL   string
	Email string
}

// PersonForm is one person's page, or the page that adds one (User.ID is ""). Errors are keyed by
// field name: name, email, rights, password.
type PersonForm struct {
	User       store.User // as saved; for a new person as typed
	Roles      []store.Role
	Role       map[string]bool           // as ticked
	Permission map[store.Permission]bool // as ticked, beside what roles grant
	Errors     map[string]string
	Saved      bool
	Link       *OneTimeLink
	Self       bool        // it is the reader's own page
	Beyond     bool        // the person may do what the reader may not: nothing can be changed here
	Sessions   SessionList // of somebody whom the reader may change
}

// RolesPage is Settings > Roles: all of them.
type RolesPage struct {
	Roles []store.Role
	Saved bool
}

// RoleForm is one role's page, or the page that adds one (Code is ""). Errors: name, rights.
type RoleForm struct {
	Role       store.Role
	Name       string                    // as typed
	Permission map[store.Permission]bool // as ticked
	Errors     map[string]string
}

// WelcomeForm is where somebody with a one-time link chooses a password. Errors: password.
type WelcomeForm struct {
	Token, Name, Email string
	Least              int // characters that their password needs
	Errors             map[string]string
}

// AuditPage is Settings > Audit log.
type AuditPage struct {
	Lines  []AuditLine
	Older  string // address of the next page; "" when there is none
	Filter AuditQuery
	Actors []AuditActor // for the filter, by name
	Roles  []store.Role // entries name roles by their codes
	Check  store.AuditCheck
	Export AuditExportForm
	// Outlets are the ways by which the log's newest entry is noted outside of the database.
	Outlets []store.AuditOutlet
}

// AuditExportForm is what of the log to export, as typed: dates as in [AuditQuery].
type AuditExportForm struct {
	Format, From, Until, About string
	Errors                     map[string]string // export_from, export_until, export_about
}

// AuditQuery is the filter as typed: dates are YYYY-MM-DD of the clinic's zone, or empty.
type AuditQuery struct {
	Actor, Action, From, Until string
	Errors                     map[string]string // from, until
}

// AuditActor is one who ever acted.
type AuditActor struct {
	Code string // as store.AuditEntry.Actor
	Name string // as colleagues know them
}

// AuditLine is an entry, or several in a row that say the same.
type AuditLine struct {
	store.AuditEntry
	Who    string    // as colleagues know them
	Object string    // name of what it was done to, where the entry has only its id
	Count  int       // how many in a row say this; 1 for one
	Since  time.Time // of the oldest of them

	Names  map[string]string // of people, by id, for those in the details
	Sealed *store.Sealed     // nil where the reader may not know
}
