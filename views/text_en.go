package views

import (
	"fmt"
	"strconv"
)

// English is the catalogue in English. The clinic's own words for Ocean's things are used as they
// stand in Ocean's portal and in its help.
var English = Text{
	Product: "Breakwater",

	Common: CommonText{
		NotGiven:  "not given",
		Test:      "TEST",
		TestLong:  "Test health data, not a real patient",
		Copy:      "Copy",
		CopyWhat:  func(what string) string { return "Copy " + what },
		Copied:    "Copied",
		NewTab:    "(opens in a new tab)",
		ShowOlder: "Show older",
		Details:   "Details for support",
		Problem:   "Problem:",
		Waiting:   "Needs a person:",
		Info:      "Good to know:",
		Done:      "Done:",
		TitleOf:   func(page string) string { return page + " · Breakwater" },
	},

	Time: TimeText{
		JustNow:    "just now",
		MinutesAgo: func(n int) string { return count(n, "minute", "minutes") + " ago" },
		HoursAgo:   func(n int) string { return count(n, "hour", "hours") + " ago" },
		DaysAgo:    func(n int) string { return count(n, "day", "days") + " ago" },
		AgeDays:    func(n int) string { return count(n, "day", "days") + " old" },
		AgeMonths:  func(n int) string { return count(n, "month", "months") + " old" },
		AgeYears:   func(n int) string { return count(n, "year", "years") + " old" },
	},

	Layout: LayoutText{
		SkipToContent: "Skip to content",
		Menu:          "Menu",
		AccountOf:     func(name string) string { return "Account of " + name },
		SignOut:       "Sign out",
		OfflineTitle:  "Breakwater cannot be reached",
		OfflineText:   "Check the network of this computer, then try again. Nothing was changed.",
		Rehearsal:     "Rehearsal",
		RehearsalText: "A simulated Ocean and invented patients; everything is thrown away at the end.",
		RehearsalOf:   func(title string) string { return "Rehearsal: " + title },
	},

	Menu: MenuText{
		Referrals: "Referrals",
		Problems:  "Delivery problems",
		Settings:  "Settings",
		Ocean:     "Referral: Ocean",
		SetUp:     "Set up",
		Users:     "People",
		Roles:     "Roles",
		Clinic:    "Clinic",
		System:    "System",
		Audit:     "Audit log",
		Account:   "Account",
	},

	Strength: strengthEN,

	Login: LoginText{
		Title:    "Sign in",
		Lead:     "Ocean eReferrals for this clinic.",
		Email:    "Email",
		Password: "Password",
		Button:   "Sign in",
		Wrong:    "This email and password do not match. Check both and try again.",
		TooMany: func(n int) string {
			return "Too many tries. Wait " + count(n, "minute", "minutes") + ", then try again."
		},
		Expired:      "Your session has ended. Sign in to go on.",
		NoUsersTitle: "Nobody can sign in yet",
		NoUsersText: "The first administrator is made with the first-run link. Breakwater prints it when it " +
			"starts; the command breakwater setup-link prints a new one.",
		Passkey:      "Sign in with a passkey",
		PasskeyWrong: "This passkey lets nobody in here. Use another way.",
		PasskeyLate:  "That took too long. Try again.",
	},

	Setup: SetupText{
		Title:        "Make the first administrator",
		Lead:         "Breakwater has no users yet. This person can do everything, and can add the others.",
		Name:         "Name",
		NameHint:     "As colleagues know you. It stands in the audit log.",
		Email:        "Email",
		EmailHint:    "You sign in with it.",
		Password:     "Password",
		PasswordHint: "15 characters or more. Several words make a good one.",
		Button:       "Make Administrator",
		DeadTitle:    "This link no longer works",
		DeadText: "A first-run link works once, and for 24 hours. The command breakwater " +
			"setup-link prints a new one.",
		DoneTitle: "Breakwater is already set up",
		DoneText:  "The first administrator exists. Sign in, or ask that person for an account.",
	},

	Account: AccountText{
		Title:                "Account",
		Lead:                 "Your name, how Breakwater looks to you, and your password.",
		ProfileTitle:         "You",
		ProfileWhy:           "Colleagues see the name, and the audit log keeps it.",
		Name:                 "Name",
		Email:                "Email",
		EmailHint:            "You sign in with it.",
		Theme:                "Colours",
		ThemeSystem:          "As this computer is set",
		ThemeLight:           "Light",
		ThemeDark:            "Dark",
		Language:             "Language",
		LanguageBrowser:      "As this browser asks for",
		LanguageEnglish:      "English",
		LanguageFrench:       "Français",
		SaveProfile:          "Save Account",
		ProfileSaved:         "Your account is saved.",
		PasswordTitle:        "Password",
		PasswordWhy:          "Changing it signs you out everywhere else.",
		CurrentPassword:      "Current password",
		NewPassword:          "New password",
		NewPasswordHint:      "15 characters or more. Several words make a good one.",
		NewPasswordHintShort: "8 characters or more, since you have a second step. Several words make a good one.",
		ChangePassword:       "Change Password",
		PasswordSaved:        "Your password is changed.",
		PasswordSavedDetail:  "You stay signed in here and are signed out everywhere else.",
		RightsTitle:          "What you may do",
		RightsWhy:            "Ask an administrator if something is missing.",
		NoRights:             "Nothing yet. An administrator can give you permissions.",
	},

	Errors: ErrorText{
		EmailMissing:    "Enter an email address.",
		EmailInvalid:    func(s string) string { return "Enter an email address such as name@clinic.ca. You typed " + s + "." },
		EmailTaken:      func(s string) string { return s + " already has an account. Enter another email address." },
		PasswordMissing: "Enter a password.",
		PasswordShort:   func(n int) string { return fmt.Sprintf("Enter a password of %d characters or more.", n) },
		PasswordLong:    func(n int) string { return fmt.Sprintf("Enter a password of at most %d characters.", n) },
		PasswordCommon:  "This password is among the first that others would guess. Enter another one.",
		PasswordOwn:     "This password is little more than your name, the clinic’s or Breakwater’s. Enter another one.",
		CurrentWrong:    "This is not your current password. Enter it again.",
		ThemeUnknown:    "Choose one of the three.",
		LanguageUnknown: "Choose one of the three.",
	},

	Failure: failuresEN,

	Referrals: referralsEN,
	Referral:  referralEN,
	Problems:  problemsEN,
	Ocean:     oceanEN,
	Confirm:   confirmEN,
	Step:      stepEN,
	Factors:   factorsEN,
	People:    peopleEN,
	RolePages: rolePagesEN,
	Welcome:   welcomeEN,
	Audit:     auditEN,
	Health:    healthEN,
	Steps:     stepsEN,
	SelfTest:  selfTestEN,
	Missed:    missedEN,
	Documents: documentsEN,
	Lists:     listsEN,
	Team:      teamEN,
	Keeping:   keepingEN,
	Sessions:  sessionsEN,
	History:   historyEN,
	Actions:   actionsEN,
	Damage:    damageEN,
	System:    systemEN,
	Notices:   noticesEN,
	Retention: retentionEN,

	Permissions:  permissionsEN,
	Roles:        rolesEN,
	Directions:   directionsEN,
	Folders:      foldersEN,
	Priorities:   prioritiesEN,
	Genders:      gendersEN,
	Contacts:     contactsEN,
	AddressUses:  addressUsesEN,
	Events:       eventsEN,
	ProblemKinds: problemKindsEN,
	LinkKinds:    linkKindsEN,
	FileTypes:    fileTypesEN,
	Faults:       faultsEN,
	Refusals:     refusalsEN,
	Mistakes:     mistakesEN,
}

var failuresEN = FailureText{
	ByStatus: map[int]Explained{
		400: {"This request could not be read", "Go back, reload the page and try again."},
		401: {"You are signed out", "Sign in again to go on. Nothing was changed."},
		403: {"You may not open this", "Your permissions do not include it, or the form came from another site. " +
			"If you need it for your work, ask an administrator."},
		404: {"There is nothing here", "The address may be mistyped, or what it named is gone."},
		405: {"This cannot be done here", "Go back, reload the page and try again."},
		409: {"It changed meanwhile", "Somebody else was faster, or Ocean was. Nothing was done. Go back and look at it as it is now."},
		413: {"That was too large", "Send less at once. Nothing was changed."},
		421: {"This is not Breakwater’s address", "Go on at the address below. If it is not the one that the clinic uses, whoever runs " +
			"Breakwater sets it as BREAKWATER_BASE_URL."},
		429: {"Too many tries", "Wait a few minutes, then try again."},
		500: {"Breakwater could not do this", "Nothing was changed. Try again; if it happens twice, tell whoever " +
			"runs Breakwater."},
		503: {"Breakwater is busy or short of space", "Nothing was changed. Try again in a minute; if it stays so, " +
			"tell whoever runs Breakwater."},
	},
	Plain: func(address string) string {
		return "Nothing is taken over plain HTTP, and nothing was read. Use " + address + "."
	},
	Other:     Explained{"This did not work", "Nothing was changed. Go back and try again."},
	Back:      "Back to the first page",
	SignIn:    "Sign in",
	Reference: "Reference for support",
	DiskFull: Explained{"The disk is full", "Nothing was changed, and nothing more is kept until there is room. Tell whoever " +
		"looks after the machine that runs Breakwater; what is here can still be read."},
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
