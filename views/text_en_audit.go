package views

import (
	"fmt"
	"strings"

	"breakwater/store"
)

var auditEN = AuditText{
	Title:        "Settings > Audit log",
	Lead:         "Who did what, and when. Nobody can change it without a trace.",
	Filters:      "Filter",
	Actor:        "Person",
	AnyActor:     "Everybody",
	Action:       "What",
	AnyAction:    "Everything",
	From:         "From (YYYY-MM-DD)",
	Until:        "Until (YYYY-MM-DD)",
	AllOf:        func(kind string) string { return kind + ": all" },
	Show:         "Show",
	ShowAll:      "Show everything",
	DateWrong:    func(s string) string { return "Enter a date as YYYY-MM-DD. You typed " + s + "." },
	Verify:       "Verify Now",
	NeverTitle:   "The audit log was never verified here",
	NeverText:    "Verifying reads it from the first entry and finds whether any was changed or taken away.",
	WholeTitle:   func(n int) string { return "The audit log is whole: " + count(n, "entry", "entries") },
	TouchedTitle: func(n int) string { return fmt.Sprintf("The audit log was touched. The first bad entry is %d", n) },
	TouchedText: "Somebody changed the database by other means than Breakwater, or it is damaged. Keep the data folder as " +
		"it is, and tell your privacy officer.",
	CheckedBy:    func(who string) string { return "Checked by " + who },
	ExportTitle:  "Export",
	ExportWhy:    "All of the log, or some days, or what is about one referral (by its reference) or patient (by health card number, which is not kept). The export is noted in the log.",
	Format:       "Format",
	CSV:          "CSV, for a spreadsheet",
	NDJSON:       "NDJSON, for programs",
	FHIR:         "FHIR AuditEvent",
	Export:       "Export",
	List:         "Entries, newest first",
	EmptyTitle:   "Nothing fits this filter",
	EmptyText:    "Choose other dates, another person or another action.",
	NothingTitle: "Nothing here yet",
	NothingText:  "What people do from now on appears here.",
	Times: func(n int, since string) string {
		return fmt.Sprintf("%d times since %s", n, since)
	},
	Number:      "Entry",
	Time:        "Time",
	Address:     "Network address",
	ActorCode:   "Who, as recorded",
	ActionCode:  "Action, as recorded",
	ObjectCode:  "Of what, as recorded",
	Details:     "Details, as recorded",
	Kinds:       auditKindsEN,
	Actions:     auditActionsEN,
	Steps:       auditStepsEN,
	System:      "Breakwater",
	SetupLink:   "Holder of the first-run link",
	Anonymous:   "Somebody not signed in",
	CommandLine: func(user string) string { return user + ", at the command line" },
	Browser:     "the browser's",
	BySystem:    "as the computer is set",
	Light:       "light",
	Dark:        "dark",
	NoAddress:   "none",

	SetupLinkMade:    "A first-run link was made",
	SetupCompleted:   func(who string) string { return who + " became the first administrator" },
	UserAdded:        func(who string) string { return who + " was added" },
	UserDisabled:     func(who string) string { return who + " was disabled" },
	UserEnabled:      func(who string) string { return who + " was enabled" },
	PasswordReset:    func(who string) string { return who + " was given a new password" },
	LinkMade:         func(who string) string { return "A one-time link was made for " + who },
	LinkUsed:         func(who string) string { return who + " chose a password with a one-time link" },
	PasswordChanged:  "Own password changed",
	SignedIn:         "Signed in",
	SignedOut:        "Signed out",
	SignInFailed:     func(who string) string { return "Signing in failed for " + who },
	SignInUnknown:    "Signing in failed: nobody has that email",
	RolesGiven:       func(who string, roles []string) string { return who + " was given the " + roleListEN(roles) },
	RolesTaken:       func(who string, roles []string) string { return who + " lost the " + roleListEN(roles) },
	PermissionsGiven: func(who string, p []string) string { return who + " was granted " + listEN(p) },
	PermissionsTaken: func(who string, p []string) string { return who + " is no longer granted " + listEN(p) },
	NameChanged:      func(from, to string) string { return changedEN("Own name", from, to) },
	LanguageChanged:  func(from, to string) string { return changedEN("Own language", from, to) },
	ThemeChanged:     func(from, to string) string { return changedEN("Own colours", from, to) },
	AccessDenied: func(route, permission string) string {
		return "Opening “" + route + "” was refused: it needs " + permission
	},
	DeniedMore:    deniedMoreEN,
	SiteNumber:    func(from, to string) string { return changedEN("Site Number", from, to) },
	Host:          func(from, to string) string { return changedEN("Ocean host", from, to) },
	ClientID:      func(from, to string) string { return changedEN("Client ID", from, to) },
	SecretSet:     "Secret set",
	SecretRemoved: "Secret removed",
	KeyGenerated:  "A new inbound key was generated",
	KeySaved:      "The new inbound key was saved and counts",
	KeyRetired:    "The older inbound key was retired",
	KeysShown:     "The inbound keys were shown",
	OceanWorks:    func(host string) string { return "The connection was tested with " + host + ": it works" },
	OceanFails: func(host, fault string) string {
		return "The connection was tested with " + host + ". It failed: " + fault
	},
	TypedOnly: "What was typed was tested, before it was saved",
	SelfTested: func(proven, tries int) string {
		return fmt.Sprintf("The self-test ran: %d of %s went as they should", proven, count(tries, "try", "tries"))
	},
	StepTicked: func(step string) string { return "The step “" + step + "” of the set-up was ticked as done" },
	StepUnticked: func(step string) string {
		return "The step “" + step + "” of the set-up is no longer ticked as done"
	},
	MissedExported: func(n int) string {
		return "The list of missed messages was exported: " + count(n, "reference", "references")
	},
	DocumentOpened:  "Opened a document of a referral",
	DocumentRetried: "A document of a referral is tried again",
	DocumentsRetried: func(n int) string {
		return count(n, "document", "documents") + " not fetched until then: all tried again"
	},
	RoleAdded:   func(role string) string { return "The role “" + role + "” was made" },
	RoleRemoved: func(role string) string { return "The role “" + role + "” was removed" },
	RoleRenamed: func(from, to string) string { return "The role “" + from + "” was renamed “" + to + "”" },
	RoleGrants:  func(role string, p []string) string { return "The role “" + role + "” grants " + listEN(p) },
	RoleNoLonger: func(role string, p []string) string {
		return "The role “" + role + "” no longer grants " + listEN(p)
	},
	Verified: func(n int) string { return "The audit log was verified and is whole: " + count(n, "entry", "entries") },
	Touched: func(n int) string {
		return fmt.Sprintf("The audit log was found touched: entry %d is the first bad one", n)
	},
	Outside:       outsideEN,
	HeldBack:      heldBackEN,
	WrongKeys:     wrongKeysEN,
	RetiredKeys:   retiredKeysEN,
	FromAddresses: fromAddressesEN,
	Factors:       auditFactorsEN,
}

var auditKindsEN = map[string]string{
	"setup": "Set-up", "user": "People", "session": "Sign-in", "access": "Access", "ocean": "Ocean", "role": "Roles", "audit": "Audit log",
	"document": "Documents", "referral": "Referrals", "message": "Messages", "clinic": "Clinic", "system": "System", "key": "Data keys", "backup": "Backups",
	"factor": "Second step",
}

var auditStepsEN = map[string]string{
	StepSignUp: "Sign up with Ocean", StepAccount: "Account and site", StepSite: "Site Number",
	StepCloudConnect: "Turn on Ocean Cloud Connect", StepKey: "Inbound Authentication key",
	StepIntegration: "Integration in Ocean", StepListings: "Listings", StepCredentials: "OAuth credentials",
	StepCopies: "Copies of sent referrals",
}

var auditActionsEN = map[store.Action]string{
	store.ActionSetupLinkMade:   "First-run link made",
	store.ActionSetupCompleted:  "First administrator made",
	store.ActionUserAdded:       "Person added",
	store.ActionUserChanged:     "Permissions of a person changed",
	store.ActionUserDisabled:    "Person disabled",
	store.ActionUserEnabled:     "Person enabled",
	store.ActionLinkMade:        "One-time link made",
	store.ActionLinkUsed:        "One-time link used",
	store.ActionPasswordReset:   "Password reset",
	store.ActionPasswordChanged: "Own password changed",
	store.ActionProfileChanged:  "Own account changed",
	store.ActionSignedIn:        "Signed in",
	store.ActionSignInFailed:    "Signing in failed",
	store.ActionSignedOut:       "Signed out",
	store.ActionSessionsEnded:   "Sessions ended",
	store.ActionClockBack:       "Clock went back",
	store.ActionProven:          "Password confirmed",
	store.ActionProofFailed:     "Password not confirmed",
	store.ActionAccessDenied:    "Access refused",
	store.ActionSettingsChanged: "Ocean settings changed",
	store.ActionKeyGenerated:    "Inbound key generated",
	store.ActionKeySaved:        "Inbound key saved",
	store.ActionKeyRetired:      "Inbound key retired",
	store.ActionKeysShown:       "Inbound keys shown",
	store.ActionKeysRefused:     "Wrong keys shown",
	store.ActionRoleAdded:       "Role made",
	store.ActionRoleChanged:     "Role changed",
	store.ActionRoleRemoved:     "Role removed",
	store.ActionAuditVerified:   "Verified",
	store.ActionAuditTouched:    "Found touched",
	store.ActionAuditExported:   "Exported",
	store.ActionHeldBack:        "Too often for entries",
	store.ActionOceanTested:     "Connection tested",
	store.ActionSelfTestBegun:   "Self-test begun",
	store.ActionSelfTested:      "Self-test run",
	store.ActionStepTicked:      "Step of the set-up ticked",
	store.ActionStepUnticked:    "Step of the set-up no longer ticked",
	store.ActionMissedExported:  "Missed messages exported",
	store.ActionGapRepaired:     "Missed messages said to be back",
	store.ActionDocumentOpened:  "Document opened",
	store.ActionDocumentRetried: "Document tried again",
	store.ActionReferralOpened:  "Referral opened",
	store.ActionSearched:        "Referrals searched",
	store.ActionAssigned:        "Referral assigned",
	store.ActionReviewAsked:     "Review asked for",
	store.ActionNoted:           "Internal note added",
	store.ActionReferralTold:    "Ocean told of a referral",
	store.ActionUpdateRetried:   "Update for Ocean tried again",
	store.ActionUpdateDropped:   "Update for Ocean given up",
	store.ActionReviewed:        "Referral reviewed",
	store.ActionClinicChanged:   "Settings of the clinic changed",
	store.ActionRawShown:        "Raw message shown",
	store.ActionReprocessed:     "Message processed again",
	store.ActionClockJumped:     "Clock jumped",
	store.ActionClockBehind:     "Clock stood back at the start",
	store.ActionClockConfirmed:  "Clock said to be right",
	store.ActionIncidentOpened:  "Something needs a person",
	store.ActionIncidentClosed:  "No person is needed any more",
	store.ActionNoticesChanged:  "Notices set up",
	store.ActionMailTested:      "Notices by email tested",
	store.ActionRetentionSet:    "How long things are kept changed",
	store.ActionRetentionRan:    "Things removed for their age",
	store.ActionReferralPurged:  "Referral removed for its age",
	store.ActionDatabaseMended:  "Damaged database mended",
	store.ActionMessageSeen:     "Problem of a message looked at",
	store.ActionRotationStarted: "Change of the data key begun",
	store.ActionRotationEnded:   "Change of the data key ended",
	store.ActionMasterReplaced:  "Master key replaced",
	store.ActionBackupMade:      "Backup made",
	store.ActionBackupFailed:    "Backup failed",
	store.ActionBackupTried:     "Restoring tried",
	store.ActionRestored:        "Backup restored",
	store.ActionUpgraded:        "Database brought up to date",

	store.ActionFactorAsked:      "Second step asked for",
	store.ActionFactorFailed:     "Second step failed",
	store.ActionPasskeyAdded:     "Passkey added",
	store.ActionPasskeyRenamed:   "Passkey renamed",
	store.ActionPasskeyRemoved:   "Passkey removed",
	store.ActionPasskeySuspected: "Passkey suspected of being a copy",
	store.ActionAppAdded:         "Authenticator app added",
	store.ActionAppRemoved:       "Authenticator app removed",
	store.ActionCodesRenewed:     "Recovery codes made anew",
	store.ActionFactorsReset:     "Second steps of a person removed",
}

// changedEN says how a setting changed; it may have been empty before, or be so now.
func changedEN(what, from, to string) string {
	switch {
	case from == "":
		return what + " set to " + to
	case to == "":
		return what + " removed; it was " + from
	}
	return what + " changed from " + from + " to " + to
}

// listEN writes a list as it is spoken: a, b and c.
func listEN(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func roleListEN(roles []string) string {
	if len(roles) == 1 {
		return "role “" + roles[0] + "”"
	}
	return "roles “" + strings.Join(roles, "”, “") + "”"
}
