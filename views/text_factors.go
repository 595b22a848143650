package views

import "breakwater/store"

// SecondStepText is the page of the second step of signing in.
type SecondStepText struct {
	Title, Lead             string
	UsePasskey              string
	Code, CodeHint, Go      string
	Lost                    string // the fold with the recovery code
	Recovery, RecoveryHint  string
	GoRecovery              string
	Nothing, Again          string // what is left to do; the link to begin anew
	PasskeyWrong, CodeWrong string
	RecoveryWrong           string
	Over                    string // too late, or too many wrong ones
}

// FactorsText is a person's own second steps: the list, and the pages that add, rename and remove.
type FactorsText struct {
	Title, Lead, Why, None string
	Yours                  string // title of the list on its own page
	ByRole                 string // why the last must stay
	AddedOn                func(date string) string
	LastUsed               string // before a time near now
	NotUsed                string
	Rename, Remove         string
	RenameNamed            func(name string) string // for screen readers; starts with Rename
	RemoveNamed            func(name string) string // likewise
	Added, Renamed         string
	Removed                string
	DueTitle, DueText      string // a role requires one
	ShortTitle, ShortText  string // the password is too short to stand alone
	LongerTitle            string
	LongerWhy              func(least int) string
	LastRequired           string // errors of removing the last one
	LastShort              func(least int) string

	AddPasskey, MakePasskey         string
	PasskeyWhy                      string
	PasskeyDo1, PasskeyDo2          string
	PasskeyNumber                   func(n int) string // the name to begin with
	Name, NameHint                  string
	RenameTitle, SaveName           string
	PasskeyNotMade, PasskeyLate     string // errors
	PasskeyKnown                    string
	PasskeyMany                     func(most int) string
	SuspectTitle, SuspectText       string // its counter went back
	AskRemovePasskey                func(name string) Asked
	NoPasskeysTitle, NoPasskeysText string // at this address
	OrCode                          string // of the page that asks for the password or for this
	NoScript, NoBrowser             string // no JavaScript; a browser that is too old
	CancelledTitle, CancelledText   string

	App, AddApp, AppInstead  string
	AppWhy, AppDo1, AppDo2   string
	ShowQR, Scan, QR         string // the button, what to do, the picture for screen readers
	Type, TypeHint, Secret   string
	FirstCode, FirstCodeHint string
	ConfirmApp               string
	CodeMissing, CodeWrong   string // errors
	SecretOld                string
	Replace, ReplaceOf       string // on the link; for screen readers, starts with the same
	AskRemoveApp             Asked

	Codes                string
	CodesLeft            func(n int) string
	FewTitle             func(n int) string
	FewText              string
	RenewCodes           string
	AskRenew             Asked
	CodesTitle, CodesWhy string
	CodesKept            string
	RecoveredTitle       func(left int) string // signed in with one
	RecoveredText        string
}

// AuditFactorsText is what the audit log tells of second steps.
type AuditFactorsText struct {
	SignedInBy                         func(way string) string
	FactorWays                         map[store.Factor]string
	FactorAsked                        string
	FactorFailed                       func(who, way string) string // who is "" where nobody knows
	PasskeyAdded, PasskeyRemoved       func(name string) string
	PasskeyRenamed                     func(from, to string) string
	PasskeySuspected                   func(who string) string
	AppAdded, AppRemoved, CodesRenewed string
	NotProvenBy                        func(way string) string
	FactorsReset                       func(who string) string
	RoleRequires, RoleRequiresNot      func(role string) string
}
