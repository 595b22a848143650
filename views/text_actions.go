package views

import "breakwater/store"

// ActionsText is what a person can do with a referral, and what becomes of it.
type ActionsText struct {
	Bar           string         // name of the row of buttons, for screen readers
	Names         map[Act]string // the buttons, as Ocean's portal and the clinic call them
	Rebook        string
	Pages         map[Act]Explained // title of the page, and its button
	Rebooking     Explained
	Hindered      map[Hindrance]string
	CancelledText string // what to do elsewhere
	SiteEnter     string
	SiteAsk       string

	CredentialsTitle, CredentialsText, CredentialsEnter, CredentialsAsk string

	Hears     map[Act]Explained // who is normally emailed, and what else to know before
	HearsNote string

	Reason, ReasonHint, Note, NoteHint    string
	Date, DateHint, Time, TimeHint        string
	Minutes, MinutesHint                  string
	TypeHint, InstructionHint             string
	PatientConfirmed, PatientConfirmedWhy string
	Text, TextHint                        string
	PDF, PDFHint, PDFAgain                string
	Present                               string // the booking so far
	Back                                  string

	ReasonMissing, TextMissing string
	TooLong                    func(most int) string
	DateMissing, TimeMissing   string
	DateWrong, TimeWrong       func(typed string) string
	DatePast, DateFar          func(day string) string
	TimeNever                  func(clock, day string) string // the clocks go forward over it
	MinutesWrong               func(most int, typed string) string
	PDFLarge                   func(megabytes int) string
	PDFWrong                   string

	ChangedTitle, ChangedText   string
	ChangedClosed               string // and it cannot be done any more
	SameTitle                   string
	SameText                    func(what, when, who string) string
	HinderedTitle               string
	FailedTitle, FailedText     string
	Now                         func(folder string) string
	NowBooked                   func(folder, when string) string
	ReplacesTitle, ReplacesText string

	Told                     string            // title of the list of updates
	Statuses                 map[string]string // of a Task
	Booked, BookedConfirmed  func(when string) string
	Unbooked, Message        string
	With                     func(what, wrote string) string
	Waiting, Sent, Confirmed string // how far an update is
	Refused, NotSent         string
	Dropped, Behind          string
	OceanSaid                func(words string) string
	Retry, Edit, Drop        string
	RetryOf, EditOf, DropOf  func(what string) string // tells them apart for screen readers
	SendAnyway               string                   // of one that is held because the sender cancelled
	SendAnywayOf             func(what string) string
	Faults                   map[store.Fault]Explained // why an update is not with Ocean, and what to do
	OceanHas                 func(folder string) string
	DropAsked                func(what string) Asked
	SaidTold                 map[string]string // of the audit log, by what was told
}

// UpdateFault says why an update is not with Ocean, and what to do.
func (t *Text) UpdateFault(code store.Fault) Explained { return explain(t.Actions.Faults, code) }
