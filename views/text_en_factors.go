package views

import (
	"fmt"

	"breakwater/store"
)

var stepEN = SecondStepText{
	Title:         "Second step",
	Lead:          "Your password is right. Show that it is you.",
	UsePasskey:    "Use your passkey",
	Code:          "Code",
	CodeHint:      "The 6 digits that your authenticator app shows now.",
	Go:            "Sign in with this code",
	Lost:          "Use a recovery code instead",
	Recovery:      "Recovery code",
	RecoveryHint:  "One of the ten that you kept, such as 7k2m-0qrs-9vhd-4xyz. Each works once.",
	GoRecovery:    "Sign in with this recovery code",
	Nothing:       "If you have none of these any more, an administrator can remove your second steps.",
	Again:         "Begin again",
	PasskeyWrong:  "This passkey was not taken. Try again, or use another way.",
	CodeWrong:     "This code is not the one of now, or it was used already. Wait for the next one, then enter it.",
	RecoveryWrong: "This is none of your recovery codes that are left. Check it and try again.",
	Over:          "This sign-in took too long, or there were too many wrong tries. Begin again.",
}

var factorsEN = FactorsText{
	Title:        "Second step",
	Lead:         "What Breakwater asks for besides your password when you sign in.",
	Why:          "Somebody who learns your password cannot sign in without it.",
	Yours:        "Yours",
	None:         "Nothing yet. Your password alone lets you in.",
	ByRole:       "Your role requires a second step, so the last one cannot be removed.",
	AddedOn:      func(date string) string { return "Added " + date },
	LastUsed:     "Last used",
	NotUsed:      "Not used yet",
	Rename:       "Rename",
	Remove:       "Remove",
	RenameNamed:  func(name string) string { return "Rename " + name },
	RemoveNamed:  func(name string) string { return "Remove " + name },
	Added:        "Your second step is added. It is asked for from the next sign-in on.",
	Renamed:      "The passkey is renamed.",
	Removed:      "It is removed.",
	DueTitle:     "Your role requires a second step",
	DueText:      "Add one to go on. It takes a minute.",
	ShortTitle:   "Your password is too short to stand alone",
	ShortText:    "Add a second step, or choose a longer password, to go on.",
	LongerTitle:  "A longer password instead",
	LongerWhy:    func(n int) string { return fmt.Sprintf("Without a second step it needs %d characters or more.", n) },
	LastRequired: "Your role requires a second step. Add another one, then remove this one.",
	LastShort: func(n int) string {
		return fmt.Sprintf("Your password is too short to stand alone. Choose one of %d characters or more in Account, then remove this.", n)
	},

	AddPasskey:     "Add Passkey",
	MakePasskey:    "Make Passkey",
	PasskeyWhy:     "A passkey is a key that stays on your device and cannot be guessed or given away to a false site.",
	PasskeyDo1:     "Your browser asks where to keep it: on this computer, on your phone, or on a security key.",
	PasskeyDo2:     "Afterwards it is a second step, or signs you in by itself, without the password.",
	PasskeyNumber:  func(n int) string { return fmt.Sprintf("Passkey %d", n) },
	Name:           "Name",
	NameHint:       "So that you know it again, such as Work laptop.",
	RenameTitle:    "Rename a passkey",
	SaveName:       "Save Name",
	PasskeyNotMade: "The device made no passkey that Breakwater can use. Try again, or use another device.",
	PasskeyLate:    "That took too long. Make the passkey again.",
	PasskeyKnown:   "This device already has a passkey of yours.",
	PasskeyMany: func(n int) string {
		return fmt.Sprintf("You have %d passkeys, which is the most there can be. Remove one first.", n)
	},
	SuspectTitle: "This passkey may have been copied, and is no longer taken",
	SuspectText:  "Its counter went back. Remove it, add a new one, and tell your privacy officer.",
	AskRemovePasskey: func(name string) Asked {
		return Asked{"Remove the passkey " + name, "You cannot sign in with it any more. Remove it from the device as well.", "Remove Passkey"}
	},
	NoPasskeysTitle: "Passkeys do not work at this address",
	NoPasskeysText:  "They need HTTPS and a name in the address, or localhost. An authenticator app works everywhere.",
	OrCode:          "Or a code of your authenticator app",
	NoScript:        "Passkeys need JavaScript, which is off in this browser. Everything else works without it.",
	NoBrowser:       "This browser has no passkeys; a newer one has. Everything else works in this one.",
	CancelledTitle:  "Nothing came from the device",
	CancelledText:   "It was cancelled, or took too long. Press the button again, or use another way.",

	App:           "Authenticator app",
	AddApp:        "Add Authenticator App",
	AppInstead:    "Use an authenticator app instead",
	AppWhy:        "An app on your phone shows a new code every 30 seconds, also without a network.",
	AppDo1:        "Have an authenticator app on your phone; any will do, such as the one that your clinic uses already.",
	AppDo2:        "Show the QR code here and scan it with the app. It stays for 10 minutes.",
	ShowQR:        "Show QR Code",
	Scan:          "Scan this with the app:",
	QR:            "QR code for the authenticator app. The same secret stands below as text.",
	Type:          "Or type this secret into the app",
	TypeHint:      "Time-based, 6 digits, 30 seconds, SHA-1.",
	Secret:        "Secret",
	FirstCode:     "Code",
	FirstCodeHint: "The 6 digits that the app shows now.",
	ConfirmApp:    "Confirm Code",
	CodeMissing:   "Enter the 6 digits that the app shows.",
	CodeWrong:     "This is not the code of now. Check that the phone's clock is right, then enter the next one.",
	SecretOld:     "That QR code is too old. Show a new one.",
	Replace:       "Replace",
	ReplaceOf:     "Replace Authenticator App",
	AskRemoveApp:  Asked{"Remove the authenticator app", "Its codes stop working at once. Delete the entry in the app as well.", "Remove App"},

	Codes:     "Recovery codes",
	CodesLeft: func(n int) string { return count(n, "code", "codes") + " left" },
	FewTitle: func(n int) string {
		if n == 0 {
			return "No recovery code is left"
		}
		return "Only " + count(n, "recovery code is", "recovery codes are") + " left"
	},
	FewText:    "Make new ones before you need them.",
	RenewCodes: "Make new codes",
	AskRenew:   Asked{"Make new recovery codes", "You get ten new ones. Those you have stop working at once.", "Make New Codes"},
	CodesTitle: "Keep these recovery codes",
	CodesWhy:   "Each signs you in once if you lose your device. They are shown only now: print them, or keep them with your passwords.",
	CodesKept:  "I have kept them",
	RecoveredTitle: func(n int) string {
		if n == 0 {
			return "You signed in with your last recovery code"
		}
		return "You signed in with a recovery code. " + count(n, "code is", "codes are") + " left"
	},
	RecoveredText: "If you lost a device, remove it here and add another.",
}

var auditFactorsEN = AuditFactorsText{
	SignedInBy:  func(way string) string { return "Signed in by " + way },
	FactorWays:  factorWaysEN,
	FactorAsked: "The password was right; the second step was asked for",
	FactorFailed: func(who, way string) string {
		if who == "" {
			return "Signing in failed by " + way + ", which is nobody’s"
		}
		return "The second step failed for " + who + ", by " + way
	},
	PasskeyAdded:   func(name string) string { return "Own passkey “" + name + "” added" },
	PasskeyRemoved: func(name string) string { return "Own passkey “" + name + "” removed" },
	PasskeyRenamed: func(from, to string) string { return "Own passkey “" + from + "” renamed “" + to + "”" },
	PasskeySuspected: func(who string) string {
		return "A passkey of " + who + " may have been copied, and is no longer taken"
	},
	AppAdded:        "Own authenticator app added",
	AppRemoved:      "Own authenticator app removed",
	CodesRenewed:    "New recovery codes made",
	NotProvenBy:     func(way string) string { return "Confirming by " + way + " failed" },
	FactorsReset:    func(who string) string { return "The second steps of " + who + " were removed" },
	RoleRequires:    func(role string) string { return "The role “" + role + "” requires a second step" },
	RoleRequiresNot: func(role string) string { return "The role “" + role + "” no longer requires a second step" },
}

var factorWaysEN = map[store.Factor]string{
	store.FactorPasskey: "a passkey", store.FactorApp: "a code of an authenticator app",
	store.FactorRecovery: "a recovery code", store.FactorAlone: "a passkey as the only step",
}
