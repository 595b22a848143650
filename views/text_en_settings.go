package views

import "fmt"

var oceanEN = OceanText{
	Title:        "Settings > Referral > Ocean",
	Lead:         "In the order of the help article. Save after any section; the others may stay empty until you come to them.",
	Save:         "Save Ocean Settings",
	Saved:        "Saved. No refresh needed.",
	DroppedTitle: "The saved Secret was removed",
	DroppedText:  "It belonged to the Ocean host that was used before. Enter the Secret of the new host, then save.",

	ErrorsTitle:    "Not saved yet",
	ErrorsText:     "Something below needs another look. What you typed is still there.",
	ConflictsTitle: "Somebody else saved these settings meanwhile",
	ConflictsText:  "Nothing of yours is saved yet. Both values stand at each field; saving again keeps yours.",
	Conflict: func(theirs, yours string) string {
		switch {
		case theirs == "":
			return "Somebody else emptied this meanwhile; you typed " + yours + ". Saving again keeps yours."
		case yours == "":
			return "Somebody else saved " + theirs + " meanwhile; you emptied the field. Saving again keeps it empty."
		}
		return "Somebody else saved " + theirs + " meanwhile; you typed " + yours + ". Saving again keeps yours."
	},
	SecretConflict: func(who string) string {
		if who == "" {
			return "Somebody else removed the Secret meanwhile. Enter yours again to save it."
		}
		return who + " saved a Secret meanwhile. Enter yours again to replace it, or leave the field blank to keep theirs."
	},
	SecretAgain: "Enter the Secret again: a Secret is never sent back to the browser.",

	SiteNumber:     "Site Number",
	SiteNumberHint: "4 to 7 digits. In Ocean: Menu > Admin > Site Account.",

	Inbound:       "Inbound Authentication",
	InboundWhy:    "Ocean shows this key with every referral that it delivers. Without it, nothing is taken in.",
	NoKeyTitle:    "No key yet",
	NoKeyText:     "Generate one, save, and enter it in Ocean. It counts from saving on.",
	Generate:      "Generate",
	GenerateFirst: "Makes a key of 256 bits.",
	GenerateNext:  "Makes a new key. The present one stays valid until you retire it.",
	GenerateAgain: "Makes another new key in place of the unsaved one.",
	GenerateTwo:   "Two keys are valid, so that Ocean is never locked out while you change it. To generate another, first retire the older one.",
	Key:           "Key",
	KeyHidden:     "The key is hidden.",
	KeyShow:       "Show it with your password",
	KeyDraft:      "Not saved yet",
	KeyValid:      "Valid",
	KeyOlder:      "Valid, older",
	KeyDraftText:  "It counts from Save Ocean Settings on. Until then it waits here, even if you sign out in between.",
	KeyCopyNow:    "Copy it into Ocean now. It is hidden after 10 minutes, and can be shown again.",
	KeyOlderText:  "Once Ocean uses the newer key, retire this one.",
	KeyMade:       "Generated",
	KeyBy:         "By",
	KeyUsed:       "Last used",
	KeyNotUsed:    "Ocean has not used this key yet.",
	KeyUsesNew:    func(last string) string { return "Ocean uses the new key, last at " + last },
	KeyUsesOld: func(last string) string {
		return "Ocean still uses this key, last at " + last + ". Copy the newer one into Ocean, then retire this one."
	},
	KeyUsesBoth: func(last string) string {
		return "Ocean uses both keys, this one last at " + last + ". Look for a second integration in Ocean that still has it."
	},
	KeyUsesNewText: "Retire this one: nothing depends on it any more.",
	RefusedTitle:   "Ocean already uses the new key: press Save",
	RefusedText:    "Its call was refused, because the key does not count before it is saved.",
	RefusedAt:      "Refused",
	Retire:         "Retire",
	RetireOf:       "Retire the older key",
	ShowTitle:      "Show the key again",
	ShowWhy:        "Valid keys then stand above for 10 minutes. The audit log notes it.",
	ShowButton:     "Show Key",
	InOcean:        "To enter in Ocean",
	InOceanText:    "Menu > Admin > Integrations > Register an Integration",
	InOceanGo:      "Open Integrations in Ocean",
	RequestURL:     "Request URL",
	HeaderName:     "Header Name",
	Payload:        "Payload type",
	PayloadValue:   "FHIR v0.11.1",
	Method:         "Authentication",
	MethodValue:    "API Key Authentication",
	CopyScheme:     func(scheme string) string { return "Copy with " + scheme },
	CopySchemeOf:   func(scheme string) string { return "Copy with " + scheme + ": Request URL" },

	OAuth:          "Ocean OAuth Credentials",
	OAuthWhy:       "With these, Breakwater signs in to Ocean for this clinic. In Ocean: Menu > Admin > Manage Credentials > Manage OAuth Credentials.",
	OAuthGo:        "Open Credentials in Ocean",
	ClientID:       "Client ID",
	Secret:         "Secret",
	SecretHintNew:  "Not shown again once it is saved.",
	SecretHintKeep: "Leave it blank to keep the saved one. What you enter replaces it.",
	SecretSaved:    "Saved",
	SecretMissing:  "No Secret is saved",
	SecretSetBy:    func(who string) string { return "Set by " + who },
	SecretRemove:   "Remove",
	SecretRemoveOf: "Remove the Secret",
	Test:           "Test Connection",
	TestHint:       "Tests what stands here. A host that is not saved yet needs its Secret typed in.",
	TestAccepted:   "Ocean accepts these credentials",
	TestTyped:      "Tested what you typed. Save it to use it.",
	TestHost:       func(name string) string { return "Tested with " + name },
	TestBy:         func(name string) string { return "by " + name },
	TestUnsaved:    "Tested what you typed. It is not saved.",
	LastTest:       "Last test of what is saved",
	TestNever:      "Never",

	Host:            "Ocean host",
	HostWhy:         "Production, unless Ocean's support told you otherwise.",
	HostDrops:       "Changing the host removes the saved Secret: it goes only where it was meant for.",
	HostProduction:  "Production (ocean.cognisantmd.com)",
	HostTest:        "Test (test.cognisantmd.com)",
	HostOther:       "Other",
	HostAddress:     "Address of the other host",
	HostOtherHint:   "https:// and a name, such as https://ocean.example.ca. Used when Other is chosen.",
	SiteNumberWrong: func(s string) string { return "Enter the Site Number as 4 to 7 digits. You typed " + s + "." },
	HostWrong: func(s string) string {
		if s == "" {
			return "Enter the address of the other host, such as https://ocean.example.ca."
		}
		return "Enter the Ocean host as https:// and a name, without a path. You typed " + s + "."
	},
	TooLong: func(n int) string {
		return fmt.Sprintf("This is longer than %d characters or has line breaks in it. Copy it from Ocean again.", n)
	},
	KeyGone: "Somebody generated another key meanwhile, so this one will never count. Copy the key that is shown now into Ocean, then save.",
	TwoKeys: "Two keys are valid already. Retire the older one first.",
}

var confirmEN = ConfirmText{
	Password:        "Your password",
	PasswordHint:    "The one that you sign in with.",
	PasswordMissing: "Enter your password.",
	PasswordWrong:   "This is not your password. Enter it again.",
	Back:            "Back",
	RetireKey: Asked{"Retire the older key", "It stops working at once. If Ocean still uses it, referrals " +
		"are refused until the newer key is entered in Ocean.", "Retire Older Key"},
	RemoveSecret: Asked{"Remove the Secret", "Breakwater can no longer sign in to Ocean for this clinic until " +
		"a new Secret is entered. Referrals still come in.", "Remove Secret"},
	Disable: func(name string) Asked {
		return Asked{"Disable " + name, "This person is signed out at once and cannot sign in. Nothing is lost, and " +
			"Enable gives everything back.", "Disable"}
	},
	Enable: func(name string) Asked {
		return Asked{"Enable " + name, "This person can sign in again, with the same password and permissions as before.", "Enable"}
	},
	Link: func(name string) Asked {
		return Asked{"Make a one-time link for " + name, "It lets this person choose a new password. The present " +
			"one stops working at once, and the person is signed out everywhere.", "Make One-Time Link"}
	},
	ResetFactors: func(name string) Asked {
		return Asked{"Remove the second steps of " + name, "Their passkeys, app and recovery codes stop working at once, and they are signed out " +
			"everywhere. Make sure first that it is this person who asks for it.", "Remove Second Steps"}
	},
	RequireFactor: func(role string) Asked {
		return Asked{"Require a second step of the role " + role, "Whoever has this role and has no second step yet can do nothing but add one, from the " +
			"next thing they do.", "Require Second Step"}
	},
	NoFactor: func(role string) Asked {
		return Asked{"No longer require a second step of the role " + role, "These people can then remove theirs, and a stolen password is enough to get in.",
			"No Longer Require"}
	},
	RemoveRole: func(name string) Asked {
		return Asked{"Remove the role " + name, "Nobody has it, so nobody loses anything. The audit log keeps what it was.", "Remove Role"}
	},
}

var welcomeEN = WelcomeText{
	Title:        "Choose your password",
	Lead:         func(name, email string) string { return "For " + name + ", who signs in as " + email + "." },
	Password:     "Password",
	PasswordHint: "15 characters or more. Several words make a good one.",
	Button:       "Save Password and Sign In",
	DeadTitle:    "This link no longer works",
	DeadText:     "A one-time link works once, for 24 hours. Ask whoever gave it to you for a new one.",
}
