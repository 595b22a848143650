package views

import "breakwater/store"

// Text is every word on the screen in one language. A string with numbers or names in it is a
// function, so that each language orders its words and forms its plurals as it must. A test
// checks that no field is left empty and that no template says a word of its own.
//
// Maps are keyed by the codes of the store and of Ocean. Codes may come from outside, so pages
// read the maps through the methods of this type, which fall back to something sensible.
type Text struct {
	Product string

	Common    CommonText
	Time      TimeText
	Layout    LayoutText
	Menu      MenuText
	Errors    ErrorText
	Login     LoginText
	Strength  StrengthText
	Setup     SetupText
	Account   AccountText
	Failure   FailureText
	Referrals ReferralsText
	Referral  ReferralText
	Problems  ProblemsText
	Ocean     OceanText
	Confirm   ConfirmText
	People    PeopleText
	RolePages RolesText
	Welcome   WelcomeText
	Audit     AuditText
	Health    HealthText
	Steps     StepsText
	SelfTest  SelfTestText
	Missed    MissedText
	Documents DocumentsText
	Lists     ListsText
	History   HistoryText
	Actions   ActionsText
	Team      TeamText
	Step      SecondStepText
	Factors   FactorsText
	Keeping   KeepingText
	Damage    DamageText
	System    SystemText
	Notices   NoticesText
	Retention RetentionText
	Sessions  SessionsText

	Permissions  map[store.Permission]Explained
	Roles        map[string]string
	Directions   map[store.Direction]string
	Folders      map[store.Folder]string
	Priorities   map[string]string // routine, urgent, asap, stat
	Genders      map[string]string // male, female, other, unknown
	Contacts     map[string]string // system, or system/use: phone, phone/home
	AddressUses  map[string]string
	Events       map[string]string
	ProblemKinds map[store.Problem]Explained
	LinkKinds    map[store.LinkKind]string
	FileTypes    map[string]string // by MIME type
	Faults       map[store.Fault]Explained
	Refusals     map[store.RefusalReason]Explained
	Mistakes     map[Mistake]Explained
}

// Explained is a name or a finding, and what follows from it.
type Explained struct{ Title, Text string }

// CommonText is what several pages say.
type CommonText struct {
	NotGiven  string
	Test      string // the badge
	TestLong  string // what the badge means
	Copy      string
	CopyWhat  func(what string) string
	Copied    string
	NewTab    string // for screen readers, after a link that opens one
	ShowOlder string
	Details   string
	Problem   string // for screen readers, before a notice of this kind
	Waiting   string
	Info      string
	Done      string
	TitleOf   func(page string) string // of the browser's tab
}

// TimeText is how times near now are said. Far ones are written as dates.
type TimeText struct {
	JustNow    string
	MinutesAgo func(n int) string
	HoursAgo   func(n int) string
	DaysAgo    func(n int) string
	AgeDays    func(n int) string
	AgeMonths  func(n int) string
	AgeYears   func(n int) string
}

// LayoutText is the frame around every page.
type LayoutText struct {
	SkipToContent string
	Menu          string
	AccountOf     func(name string) string
	SignOut       string
	OfflineTitle  string // the request did not reach the server
	OfflineText   string
	Rehearsal     string // of the bar above every page, where nothing is real
	RehearsalText string
	RehearsalOf   func(title string) string // of the browser's tab
}

// MenuText names the entries of the menu and its groups.
type MenuText struct {
	Referrals, Problems                 string
	Settings                            string // group
	Ocean, Users, Roles, Audit, Account string
	SetUp                               string // Settings > Referral > Set up
	Clinic, System                      string
}

// LoginText is the page that signs people in.
type LoginText struct {
	Title, Lead, Email, Password, Button string
	Wrong                                string // which of the two is not said, on purpose
	TooMany                              func(minutes int) string
	Expired                              string
	NoUsersTitle, NoUsersText            string
	Passkey                              string // the button
	PasskeyWrong, PasskeyLate            string
}

// SetupText is the page that makes the first administrator.
type SetupText struct {
	Title, Lead            string
	Name, NameHint         string
	Email, EmailHint       string
	Password, PasswordHint string
	Button                 string
	DeadTitle, DeadText    string // the first-run link is wrong or too old
	DoneTitle, DoneText    string // there is an administrator already
}

// AccountText is the person's own page.
type AccountText struct {
	Title, Lead                                        string
	ProfileTitle, ProfileWhy                           string
	Name, Email, EmailHint                             string
	Theme, ThemeSystem, ThemeLight, ThemeDark          string
	Language, LanguageBrowser                          string
	LanguageEnglish, LanguageFrench                    string
	SaveProfile, ProfileSaved                          string
	PasswordTitle, PasswordWhy                         string
	CurrentPassword, NewPassword, NewPasswordHint      string
	NewPasswordHintShort                               string // beside a second step
	ChangePassword, PasswordSaved, PasswordSavedDetail string
	RightsTitle, RightsWhy, NoRights                   string
}

// ErrorText is what stands under a field that cannot be saved as it is.
type ErrorText struct {
	EmailMissing    string
	EmailInvalid    func(typed string) string
	EmailTaken      func(typed string) string
	PasswordMissing string
	PasswordShort   func(least int) string
	PasswordLong    func(most int) string
	PasswordCommon  string
	PasswordOwn     string
	CurrentWrong    string
	ThemeUnknown    string
	LanguageUnknown string
}

// FailureText is the page that stands in for one that could not be shown.
type FailureText struct {
	ByStatus  map[int]Explained
	Plain     func(address string) string // where something was sent over plain HTTP
	Other     Explained
	Back      string
	SignIn    string
	Reference string
	DiskFull  Explained
}

// ProblemsText is the page Delivery problems.
type ProblemsText struct {
	Title, Lead             string
	EmptyTitle, EmptyText   string
	OpenReferral            string
	OpenReferralOf          func(received string) string // tells the links apart for screen readers
	NoReferral              string
	MessageID, EventCode    string
	Received, Deliveries    string
	UnknownTitle, UnknownDo string
	List                    string // heading of the list
}

// Folder names a folder as Ocean's portal does.
func (t *Text) Folder(f store.Folder) string { return lookup(t.Folders, f) }

// Direction says whether a referral was received or sent.
func (t *Text) Direction(d store.Direction) string { return lookup(t.Directions, d) }

// Event says in plain words what an Ocean message is about.
func (t *Text) Event(code string) string {
	if s, ok := t.Events[code]; ok {
		return s
	}
	return t.Referral.UnknownEvent(code)
}

// Problem explains why a message needs a person: what it means, and what to do.
func (t *Text) Problem(p store.Problem) Explained {
	if e, ok := t.ProblemKinds[p]; ok {
		return e
	}
	return Explained{t.Problems.UnknownTitle, t.Problems.UnknownDo}
}

// Permission names a right and says what it lets a person do.
func (t *Text) Permission(p store.Permission) Explained {
	if e, ok := t.Permissions[p]; ok {
		return e
	}
	return Explained{Title: string(p)}
}

// Contact names a kind of contact, such as Home phone.
func (t *Text) Contact(c store.ContactPoint) string {
	if s, ok := t.Contacts[c.System+"/"+c.Use]; ok {
		return s
	}
	if s, ok := t.Contacts[c.System]; ok {
		return s
	}
	return t.Contacts["other"]
}

// Status returns the words for a status of HTTP. The way on is /login for 401 and / for the rest.
func (t *Text) Status(status int) FailureView {
	e, ok := t.Failure.ByStatus[status]
	if !ok {
		e = t.Failure.Other
	}
	v := FailureView{Status: status, Title: e.Title, Text: e.Text, Action: t.Failure.Back, ActionHref: "/"}
	if status == 401 {
		v.Action, v.ActionHref = t.Failure.SignIn, "/login"
	}
	return v
}

// lookup falls back to the code itself: an unknown word from outside is better than none.
func lookup[K ~string](words map[K]string, code K) string {
	if s, ok := words[code]; ok {
		return s
	}
	return string(code)
}
