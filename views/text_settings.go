package views

import "breakwater/store"

// OceanText is the page Settings > Referral > Ocean, in the words of the CHR's help article.
type OceanText struct {
	Title, Lead  string // levels of the title stand apart by " > "
	Save         string
	Saved        string
	DroppedTitle string // the changed host took the secret along
	DroppedText  string

	ErrorsTitle, ErrorsText       string
	ConflictsTitle, ConflictsText string
	Conflict                      func(theirs, yours string) string // either may be empty
	SecretConflict                func(who string) string
	SecretAgain                   string // typed, and not sent back with the form

	SiteNumber, SiteNumberHint string

	Inbound, InboundWhy                  string
	NoKeyTitle, NoKeyText                string
	Generate                             string
	GenerateFirst, GenerateNext          string // hints beside the button
	GenerateAgain, GenerateTwo           string
	Key, KeyHidden, KeyShow              string
	KeyDraft, KeyValid, KeyOlder         string // chips
	KeyDraftText                         string
	KeyCopyNow, KeyOlderText             string
	KeyMade, KeyBy, KeyUsed, KeyNotUsed  string
	KeyUsesNew, KeyUsesOld, KeyUsesBoth  func(last string) string
	KeyUsesNewText                       string
	RefusedTitle, RefusedText, RefusedAt string
	Retire, RetireOf                     string // on the link; for screen readers, starts with the same
	ShowTitle, ShowWhy, ShowButton       string
	InOcean, InOceanText, InOceanGo      string
	RequestURL, HeaderName, Payload      string
	PayloadValue, Method                 string
	MethodValue                          string
	CopyScheme                           func(scheme string) string // on the button
	CopySchemeOf                         func(scheme string) string // for screen readers; starts with the same
	OAuth, OAuthWhy, OAuthGo             string
	ClientID, Secret                     string
	SecretHintNew, SecretHintKeep        string
	SecretSaved, SecretMissing           string
	SecretSetBy                          func(who string) string
	SecretRemove, SecretRemoveOf         string // on the link; for screen readers, starts with the same
	Test, TestHint                       string
	TestAccepted, TestTyped              string
	TestHost, TestBy                     func(name string) string
	TestUnsaved, LastTest, TestNever     string
	Host, HostWhy, HostDrops             string
	HostProduction, HostTest             string
	HostOther, HostOtherHint             string
	HostAddress                          string
	SiteNumberWrong, HostWrong           func(typed string) string
	TooLong                              func(most int) string
	KeyGone                              string // another was generated meanwhile
	TwoKeys                              string
}

// ConfirmText is what is asked before something that cannot be undone or wants the password.
type ConfirmText struct {
	Password, PasswordHint         string
	PasswordMissing, PasswordWrong string
	Back                           string
	RetireKey, RemoveSecret        Asked
	Disable, Enable, Link          func(name string) Asked
	ResetFactors                   func(name string) Asked
	RemoveRole                     func(name string) Asked
	RequireFactor, NoFactor        func(role string) Asked
}

// Asked is a question of a confirm page: what will happen, and the button that does it.
type Asked struct{ Title, Text, Button string }

// PeopleText is Settings > People and a person's page.
type PeopleText struct {
	Title, Lead, Add                    string
	List                                string // name of the table, for screen readers
	Name, Email, Roles, Also, State     string
	You, NoRoles, NoExtra               string
	Active, Disabled, Invited           string
	AloneTitle, AloneText               string
	LinkTitle                           func(email string) string
	LinkText, Link                      string
	NewTitle, NewLead, Back             string
	WhoTitle, WhoWhy                    string
	NameHint, EmailHint                 string
	RolesTitle, RolesWhy                string
	Grants, GrantsNothing               string
	RoleBeyond                          string // a role grants what the reader does not hold
	PermissionsTitle, PermissionsWhy    string
	FromRole                            func(role string) string // chip
	Individual                          string                   // chip
	ByRole                              string                   // why it cannot be unticked
	NotHeld                             string                   // why it cannot be ticked
	SaveTitle, SaveWhy, Save            string
	Saved                               string
	SelfTitle, SelfText                 string
	BeyondTitle, BeyondText             string
	AccessTitle, AccessWhy              string
	MakeLink, MakeLinkText, NewLinkText string
	Disable, DisableText                string
	Enable, EnableText                  string
	ResetFactors, ResetFactorsText      string
	HasFactor, FactorDue                string // chips
	Beyond, LastAdmin, RoleGone         string // errors
}

// RolesText is Settings > Roles and a role's page.
type RolesText struct {
	Title, Lead, Make                string
	List                             string // name of the table, for screen readers
	Name, Permissions, People        string
	CountPeople                      func(n int) string
	Everything, Nothing              string
	Saved                            string
	NewTitle, NewLead, Back          string
	NameTitle, NameHint              string
	PermissionsTitle, PermissionsWhy string
	InUse                            func(n int) string // what a change means for who has it
	FixedTitle, FixedText            string
	SaveTitle, Save                  string
	RemoveTitle, Remove, RemoveText  string
	Factor                           string // chip: it requires a second step
	FactorOn, FactorOff              string
	RequireFactor, NoFactor          string
	RemoveNot                        func(n int) string // people still have it
	NameMissing, NameTaken           string             // errors
	NameLong                         func(most int) string
	Beyond, Fixed                    string
}

// WelcomeText is where somebody with a one-time link chooses a password.
type WelcomeText struct {
	Title                  string
	Lead                   func(name, email string) string
	Password, PasswordHint string
	Button                 string
	DeadTitle, DeadText    string
}

// AuditText is Settings > Audit log. Its sentences tell of one entry each; who did it and when
// stand beside them.
type AuditText struct {
	Title, Lead                               string
	Filters, Actor, AnyActor                  string
	Action, AnyAction, From, Until            string
	AllOf                                     func(kind string) string
	Show, ShowAll                             string
	DateWrong                                 func(typed string) string
	Verify                                    string
	NeverTitle, NeverText                     string
	WholeTitle                                func(entries int) string
	TouchedTitle                              func(first int) string
	TouchedText                               string
	CheckedBy                                 func(who string) string
	ExportTitle, ExportWhy                    string
	Format, CSV, NDJSON, FHIR, Export         string
	List                                      string // name of the list, for screen readers
	EmptyTitle, EmptyText                     string
	NothingTitle, NothingText                 string
	Times                                     func(n int, since string) string
	Number, Address, ActorCode, ActionCode    string
	ObjectCode, Details, Time                 string
	Kinds                                     map[string]string       // by the noun of an action
	Actions                                   map[store.Action]string // for the filter
	Steps                                     map[string]string       // short names of the set-up's steps
	System, SetupLink, Anonymous              string                  // who acts without an account
	CommandLine                               func(user string) string
	Browser, Light, Dark, BySystem, NoAddress string

	SetupLinkMade                                       string
	SetupCompleted, UserAdded, UserDisabled             func(who string) string
	UserEnabled, PasswordReset, LinkMade, LinkUsed      func(who string) string
	PasswordChanged, SignedIn, SignedOut, SignInUnknown string
	SignInFailed                                        func(who string) string
	RolesGiven, RolesTaken                              func(who string, roles []string) string
	PermissionsGiven, PermissionsTaken                  func(who string, permissions []string) string
	NameChanged, LanguageChanged, ThemeChanged          func(from, to string) string
	AccessDenied                                        func(route, permission string) string
	DeniedMore                                          func(n int, first, last string) string // in one entry
	SiteNumber, Host, ClientID                          func(from, to string) string           // either may be empty
	SecretSet, SecretRemoved                            string
	KeyGenerated, KeySaved, KeyRetired, KeysShown       string
	OceanWorks                                          func(host string) string
	OceanFails                                          func(host, fault string) string
	TypedOnly                                           string // after one of these two: it was not saved
	SelfTested                                          func(proven, tries int) string
	StepTicked, StepUnticked                            func(step string) string
	MissedExported                                      func(references int) string
	DocumentOpened, DocumentRetried                     string
	DocumentsRetried                                    func(n int) string
	RoleAdded, RoleRemoved                              func(role string) string
	RoleRenamed                                         func(from, to string) string
	RoleGrants, RoleNoLonger                            func(role string, permissions []string) string
	Verified, Touched                                   func(n int) string
	Outside                                             OutsideText
	HeldBack                                            func(what string, n int) string
	WrongKeys, RetiredKeys, FromAddresses               func(n int) string

	Factors AuditFactorsText
}
