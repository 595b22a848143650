package views

import "breakwater/store"

// HistoryText is the history of a referral in plain words, raw messages, and what can be done about
// delivery problems.
type HistoryText struct {
	Kinds map[store.ChangeKind]string // those that need no more words

	Because                   func(what, why string) string
	Forwarded, Returned       func(to string) string // to may be empty
	Booked, BookedConfirmed   func(when string) string
	Rebooked, RebookedDone    func(from, to string) string // Done: confirmed by the patient
	Confirmed, Doubted        func(when string) string
	UnbookedFrom              func(when string) string
	MessageFrom               func(who string) string
	FromUs, FromReceiver      string
	FromReferrer              string
	Document, NewerDocument   func(title string) string
	Forms                     func(n int) string
	Link                      func(what, ref string) string
	Given, Removed            func(what, value string) string
	Touched                   func(what string) string // in a way that a line does not show
	Changed                   func(what, from, to string) string
	Moved                     func(from, to string) string
	Fields                    map[string]string // by kind/field
	DeceasedNot               string
	Unknown                   func(code string) string
	ConfirmedAt               func(when string) string
	Seen, More                string
	Older                     func(n int) string
	Print                     string
	Printed                   func(when string) string
	HealthCard                func(number string) string // on paper
	Raw, RawTitle, RawLead    string
	RawOf                     func(when string) string // tells the links apart for screen readers
	RawText, RawDamaged       string
	RawCutTitle, RawCutText   func(size string) string
	BackToReferral            string
	Again, AgainAll, MarkSeen string
	AgainOf, MarkSeenOf       func(when string) string
	AgainDone                 func(n int) string
	AgainLeft                 func(n int) string // still have a problem
	AgainMore, AgainGoOn      string
	UpdatesTitle, UpdatesLead string
	OpenReferralOf            func(what string) string
}
