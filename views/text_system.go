package views

import "breakwater/store"

// SystemText is Settings > System, and all else that is about Breakwater itself. In Found and Incidents
// the names between braces stand for figures.
type SystemText struct {
	Title, Lead             string // levels of the title stand apart by " > "
	AllFine                 string
	SomeTitle               func(n int) string
	ChecksTitle, VersionOf  string
	Levels                  map[Level]string // chips
	Checks                  map[CheckID]string
	Found                   map[string]Explained // by Finding.Code
	ClockRight, ClockSaved  string               // a button, and that it was pressed
	IncidentsTitle, NoneYet string
	GoesOn, Over            string // chips
	FromTo                  func(from, until string) string
	Since                   func(when string) string
	Incidents               map[store.IncidentKind]Explained
	NoCertificate           Explained // instead, where it cannot be used at all
	UselessBackup           Explained // instead, where one could not be restored
	MailFaults              map[store.MailFault]Explained
	See                     string // on a notice: to the page
	Audit                   SystemAuditText
	Mail                    NoticeMailText
}

// NoticeMailText is what e-mails say around an incident.
type NoticeMailText struct {
	Subject, OverSubject func(host, what string) string
	Since                func(when string) string
	OverText             func(what, from, until string) string
	More                 func(link string) string
	Foot                 string
	TestSubject          func(host string) string
	TestText             string
}

// SystemAuditText tells of entries of the audit log about Breakwater itself.
type SystemAuditText struct {
	Whole, Replaced           string // the database was damaged, and is not any more
	ClockJumped, ClockBehind  func(from, to string) string
	ClockConfirmed            string
	IncidentOpened            func(what string) string
	IncidentClosed            func(what string) string
	Kinds                     map[store.IncidentKind]string      // in a few words
	Notices                   func(what, from, to string) string // either may be empty
	Settings                  map[string]string                  // what is set, by its name in the details
	PasswordSet, PasswordGone string
	Classes                   map[store.RetentionClass]string // what is kept for a time, in a few words
	KeptFor                   func(what string, days int) string
	KeptForEver               func(what string) string
	Ran                       func(what string, referrals, messages, documents int) string
	Purged                    string
	MailWorks                 string
	MailFails                 func(why string) string
}

// DamageText is what stands in for every page while the database is damaged.
type DamageText struct {
	Title      string
	Since      func(when string) string
	Lead       string
	StepsTitle string
	Do         string // one instruction on each line
	After      string // what to do once it runs again
	Banner     string // on the pages that still open
}

// Damaged says that the database is damaged, where a whole page has no room.
func (t *Text) Damaged(status int) FailureView {
	return FailureView{Status: status, Title: t.Damage.Title, Text: t.Damage.Banner, Action: t.Failure.Back, ActionHref: "/"}
}

// DiskFull says that nothing more is kept for want of room.
func (t *Text) DiskFull(status int) FailureView {
	e := t.Failure.DiskFull
	return FailureView{Status: status, Title: e.Title, Text: e.Text, Action: t.Failure.Back, ActionHref: "/"}
}
