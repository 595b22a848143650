package views

import "breakwater/store"

var systemEN = SystemText{
	Title:       "Settings > System",
	Lead:        "Whether Breakwater is well, and what to do where it is not.",
	AllFine:     "All is well",
	SomeTitle:   func(n int) string { return count(n, "thing needs", "things need") + " a person" },
	ChecksTitle: "Checks",
	VersionOf:   "Version",
	Levels:      map[Level]string{LevelFine: "Fine", LevelOptional: "Optional", LevelWarning: "To do", LevelFault: "Wrong"},
	ClockRight:  "The clock is right",
	ClockSaved:  "The clock is taken for right.",

	IncidentsTitle: "What was wrong lately",
	NoneYet:        "Nothing yet.",
	GoesOn:         "Goes on",
	Over:           "Over",
	FromTo:         func(from, until string) string { return "From " + from + " to " + until },
	Since:          func(when string) string { return "Since " + when },
	See:            "What to do",

	Checks:    checksEN,
	Found:     foundEN,
	Incidents: incidentsEN,
	UselessBackup: Explained{"A backup could not be restored when that was tried at {tried}", "Make another one with breakwater backup FILE, and try it with breakwater restore --check FILE. " +
		"The newest nightly one is tried again every day until it works."},
	NoCertificate: Explained{"Breakwater has no certificate that it can use", "Browsers and Ocean are turned away. Settings > System and Breakwater’s log say what is wrong with it."},
	MailFaults:    mailFaultsEN,
	Mail:          noticeMailEN,
	Audit: SystemAuditText{
		Whole:       "The database had been found damaged; a thorough check found it whole",
		Replaced:    "The database had been found damaged; another took its place",
		ClockJumped: func(from, to string) string { return "The clock jumped from " + from + " to " + to },
		ClockBehind: func(from, to string) string {
			return "At the start the clock stood at " + to + ", though it had shown " + from
		},
		ClockConfirmed: "The clock was said to be right",
		IncidentOpened: func(what string) string { return "Something needs a person: " + what },
		IncidentClosed: func(what string) string { return "Over: " + what },
		Kinds: map[store.IncidentKind]string{
			store.IncidentMessages: "no messages for long", store.IncidentDelivery: "Ocean can deliver nothing", store.IncidentCredentials: "credentials refused",
			store.IncidentDisk: "disk filling up", store.IncidentBackup: "backup old", store.IncidentCertificate: "certificate expires",
			store.IncidentAudit: "audit log touched", store.IncidentOutlet: "audit log not noted outside", store.IncidentClock: "clock not believed", store.IncidentMail: "e-mail does not go out",
			store.IncidentDatabase: "database damaged",
		},
		Notices: changedEN,
		Settings: map[string]string{"quiet_hours": "Hours without a message", "work_hours": "Working hours", "mail_host": "Mail server",
			"mail_user": "User at the mail server", "mail_from": "Sender of notices", "mail_to": "Recipients of notices", "mail_language": "Language of notices"},
		Classes:     map[store.RetentionClass]string{store.RetainClosed: "closed referrals", store.RetainTest: "closed test referrals", store.RetainUnmatched: "messages about no referral"},
		KeptFor:     func(what string, days int) string { return count(days, "day", "days") + " are set for keeping " + what },
		KeptForEver: func(what string) string { return "Kept for ever from now on: " + what },
		Ran: func(what string, referrals, messages, documents int) string {
			return "Removed for their age, of " + what + ": " + count(referrals, "referral", "referrals") + ", " + count(messages, "message", "messages") + ", " + count(documents, "document", "documents")
		},
		Purged:       "A referral was removed for its age, with its messages and documents",
		PasswordSet:  "Password for the mail server set",
		PasswordGone: "Password for the mail server removed",
		MailWorks:    "A test message went out",
		MailFails:    func(why string) string { return "A test message did not go out: " + why },
	},
}

var damageEN = DamageText{
	Title: "Breakwater’s database is damaged",
	Since: func(when string) string { return "Found at " + when },
	Lead: "So that nothing gets worse, Breakwater writes nothing into it any more. It receives no referrals and shows no patients, " +
		"since nobody’s looking at them could be noted. Ocean repeats each message for 96 hours: what it could not deliver comes by itself " +
		"once Breakwater runs again.",
	StepsTitle: "What to do, on the machine that runs Breakwater",
	Do: "Stop Breakwater: `systemctl stop breakwater`.\n" +
		"Look at the disk: `dmesg` names errors of reading and writing. A disk that has any must be replaced first, and the master key put back.\n" +
		"Restore the newest backup that is good: `breakwater restore --replace FILE`. It checks the backup before it changes anything, and keeps the damaged database in a folder beside it.\n" +
		"Start Breakwater: `systemctl start breakwater`. `breakwater doctor` says whether all is well.",
	After:  "What came between the backup and the damage is still in Ocean. Ocean can send it again: Settings > Referral > Ocean leads there.",
	Banner: "Nothing is received, and no patient is shown, until a backup is restored. Tell whoever looks after the machine that runs Breakwater.",
}
