package views

import "breakwater/store"

// HealthText is how the connection with Ocean does.
type HealthText struct {
	Title, NothingYet    string
	Message, NoMessage   string
	Refused, NoRefusal   string
	RefusedCalls         func(n int) string
	Token, NoToken       string
	Waiting, NoneWaiting string
	WaitingFor           func(n int, age string) string // how many, and the age of the oldest
	Failed               string
	FailedCount          func(n int) string
	Days, Hours, Minutes func(n int) string // a length of time
	CredentialsTitle     func(since string) string
	CredentialsText      string
	GapTitle             func(since string) string
	GapOver              func(from, until string) string
	GapDue               func(until, left string) string
	GapCatchUp           string
	LostTitle            func(from, until string) string
	LostText, Repair     string
	SelfTest             string
}

// StepsText is Settings > Referral > Set up.
type StepsText struct {
	Title, Lead                          string // levels of the title stand apart by " > "
	Progress                             func(done, all int) string
	Proven, Told, NotYet, Failing, Next  string // chips
	Saved, SavedText                     string // a chip, and that nothing proves it yet
	ToldBy                               func(who string) string
	FailingSince                         func(since string) string
	Done, Undo                           string
	DoneOf, UndoOf                       func(step string) string // for screen readers; start with the same
	SignUpGo, PortalGo, ListingsGo       string                   // links out
	SiteGo, KeyGo, KeyShowGo, OAuthGo    string                   // links into the settings
	Type, Name, ServiceID, ServiceIDHint string
	KeyReady, KeyMissing                 string
	Listings, Bound                      string
	By                                   map[string]StepText
}

// StepText is one step: what it is for, what to do, and what proves that it is done. Do has one
// instruction on each line; what stands in Ocean's portal is between backquotes.
type StepText struct{ Title, Why, Do, Proof string }

// SelfTestText is Settings > Referral > Self-test.
type SelfTestText struct {
	Title, Lead              string
	WhatTitle, What          string // one thing on each line
	Run                      string
	Results                  string
	WholeTitle               string
	WholeText                string
	WrongTitle               func(n int) string
	WrongText                string
	UntriedTitle             string
	UntriedText              string
	Answer                   func(status int) string
	Tries                    map[SelfTestTry]Explained     // what was tried, and what it proves
	Outcomes                 map[SelfTestOutcome]Explained // in a word or two, and the remedy
	LetInLarge, LetInRetired string                        // instead of the outcome's, for a body too large and for a retired key
}

// MissedText is how to repair a gap.
type MissedText struct {
	BackTitle, BackWhy, Back  string // that what was missed is here again
	Title, Lead               string
	NothingTitle, NothingText string
	Window, KnownTitle        string
	Between                   func(from, until string) string
	KnownText                 func(n int) string
	UnknownTitle, UnknownText string
	Download                  string
	More, RepeatsTitle        string
	BulkTitle                 string
	BulkDo, ExportDo          string // one instruction on each line
	ExportTitle               string
}

// Fault says why a call to Ocean failed, and what to do.
func (t *Text) Fault(code store.Fault) Explained { return explain(t.Faults, code) }

// Refusal says why a call of Ocean's was refused, and what to do.
func (t *Text) Refusal(code store.RefusalReason) Explained { return explain(t.Refusals, code) }

// Mistake names a common mistake of the set-up, and says what to do.
func (t *Text) Mistake(code Mistake) Explained { return explain(t.Mistakes, code) }

// explain falls back to the code itself, which support can make something of.
func explain[K ~string](words map[K]Explained, code K) Explained {
	if e, ok := words[code]; ok {
		return e
	}
	return Explained{Title: string(code)}
}
