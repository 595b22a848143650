package views

import "fmt"

var stepsEN = StepsText{
	Title:    "Settings > Referral > Set up",
	Lead:     "In the order of the help article. What is written as Menu > Admin is in Ocean’s portal.",
	Progress: func(done, all int) string { return fmt.Sprintf("%d of %d proven or done", done, all) },

	Proven:       "Proven",
	Told:         "You told us",
	NotYet:       "Not yet",
	Saved:        "Saved",
	SavedText:    "Saved here. Nothing has come yet that proves it right.",
	Failing:      "Failing",
	Next:         "Next",
	ToldBy:       func(who string) string { return "Ticked by " + who },
	FailingSince: func(since string) string { return "It was proven before, and has been failing since " + since + "." },
	Done:         "I have done this",
	Undo:         "Not done yet",
	DoneOf:       func(step string) string { return "I have done this: " + step },
	UndoOf:       func(step string) string { return "Not done yet: " + step },

	SignUpGo:      "Open the form of the eHealth Centre of Excellence",
	PortalGo:      "Open Ocean’s portal",
	ListingsGo:    "Open Directory Listings in Ocean",
	SiteGo:        "Go to Site Number",
	KeyGo:         "Go to Inbound Authentication",
	KeyShowGo:     "Show it",
	OAuthGo:       "Go to Ocean OAuth Credentials",
	Type:          "Integration type",
	Name:          "A name, such as",
	ServiceID:     "External Service ID, such as",
	ServiceIDHint: "The same for every listing: the name of the integration.",
	KeyReady:      "Saved here.",
	KeyMissing:    "Not saved here yet: the step before makes it.",
	Listings:      "Listings that referrals came for",
	Bound:         "Bound: referrals arrive",

	By: map[string]StepText{
		StepSignUp: {
			Title: "Sign up for eReferral",
			Why: "The eHealth Centre of Excellence (eCE) runs eReferral for the Ontario eServices Program and assists throughout. " +
				"It is whom to call when a step does not work; for the portal itself, call Ocean’s support.",
			Do: "Fill in the eReferral form of the eCE.\n" +
				"Press `Sign up here` at the bottom of Ocean’s sign-in window.\n" +
				"Keep Ocean’s Getting Started guide at hand; it leads through the account.",
			Proof: "This clinic’s site in Ocean sends messages",
		},
		StepAccount: {
			Title: "Create the account and the site",
			Why:   "Your clinic chooses a shared encryption key here. Breakwater never asks for it.",
			Do: "Create your user account in Ocean.\n" +
				"Create the clinic’s site.\n" +
				"Copy the shared encryption key and store it safely, where the clinic finds it again: nobody can restore it.",
			Proof: "This clinic’s site in Ocean sends messages",
		},
		StepSite: {
			Title: "Enter the Site Number",
			Why:   "It tells the referrals that this clinic receives from those that it sends.",
			Do: "Copy the Site Number from `Menu > Admin > Site Account`.\n" +
				"Enter it here, and press Save Ocean Settings.",
			Proof: "A referral to this Site Number arrived",
		},
		StepCloudConnect: {
			Title: "Turn on Cloud Connect",
			Why:   "Ocean keeps referrals encrypted. Cloud Connect opens them for the integration; without it, nothing is sent.",
			Do: "Tick `Enable Ocean Cloud Connect` under `Menu > Admin > Site Features`.\n" +
				"Press `Go to Cloud Connect`. It asks to sign in again, as a Site Admin with two-factor authentication.\n" +
				"Press `Store my encryption key`, enter the shared encryption key, and press `Save`. `Menu > Admin > Encryption` shows the key.",
			Proof: "Ocean called with a key from here, and only Cloud Connect does that",
		},
		StepKey: {
			Title: "Generate the key",
			Why:   "Ocean shows it with every referral that it delivers.",
			Do: "Press Generate under Inbound Authentication.\n" +
				"Press Save Ocean Settings: the key counts from then on.",
			Proof: "A message arrived with a key that is saved here",
		},
		StepIntegration: {
			Title: "Register the integration",
			Why:   "It tells Ocean where this clinic receives its referrals.",
			Do: "Open `Menu > Admin > Integrations > Register an Integration`.\n" +
				"Enter what stands below.\n" +
				"If this clinic sends referrals too, tick what the last step asks for.\n" +
				"Press `Save`.",
			Proof: "A message arrived with the right key",
		},
		StepListings: {
			Title: "Bind every directory listing",
			Why:   "Referrals are sent to a listing. One that is not bound sends nothing here, and nobody is told.",
			Do: "Open each listing under `Menu > Admin > Directory Listings`.\n" +
				"Choose the integration under `Advanced/Enablement`.\n" +
				"Enter the same `External Service ID` in each, and save it.",
			Proof: "A referral to this clinic arrived",
		},
		StepCredentials: {
			Title: "Make OAuth credentials",
			Why:   "With these, Breakwater fetches documents from Ocean.",
			Do: "Open `Menu > Admin > Manage Credentials > Manage OAuth Credentials`; it is in the section Integrations.\n" +
				"Enter a name and press `Add New Credential`. It asks for the shared encryption key.\n" +
				"Copy the Client ID and the Secret here, and press Save Ocean Settings. No refresh of the browser is needed.\n" +
				"Press Test Connection.",
			Proof: "Ocean accepts the credentials",
		},
		StepCopies: {
			Title: "Get copies of sent referrals",
			Why:   "So that what this clinic sends stands beside what it receives.",
			Do: "Open the integration under `Menu > Admin > Integrations`.\n" +
				"Tick `Allow a copy of the referral to be sent to this endpoint when a new referral is sent from this site`.\n" +
				"Press `Save`.",
			Proof: "A copy of a sent referral arrived",
		},
	},
}

var selfTestEN = SelfTestText{
	Title:     "Settings > Referral > Self-test",
	Lead:      "Sends messages to this clinic’s own public address, as Ocean would.",
	WhatTitle: "What it does",
	What: "It comes in through the public address, so firewall and reverse proxy are tested too.\n" +
		"It uses throw-away keys, which count for nothing else.\n" +
		"It delivers an invented referral and removes it again.\n" +
		"The audit log keeps that it ran.",
	Run:          "Run Self-Test",
	Results:      "What it found",
	WholeTitle:   "Everything is as it should be",
	WholeText:    "A message of Ocean’s can come in here, and nothing else.",
	WrongTitle:   func(n int) string { return count(n, "thing needs", "things need") + " a person" },
	WrongText:    "Each says below what to do. Run it again afterwards.",
	UntriedTitle: "Not everything could be tried from here",
	UntriedText:  "That does not mean that something is wrong. A message from Ocean proves the rest.",
	Answer:       func(status int) string { return fmt.Sprintf("Answer: HTTP %d", status) },
	Tries: map[SelfTestTry]Explained{
		TryNoKey:     {"A message without a key", "It was refused: nobody gets in without one."},
		TryWrongKey:  {"A message with a wrong key", "It was refused: guessing leads nowhere."},
		TryRetired:   {"A message with a retired key", "It was refused: a key that was retired opens nothing."},
		TryGood:      {"A message with a valid key", "It was taken in: the way from outside is open, and the key comes through."},
		TryDuplicate: {"The same message again", "It was noticed: what Ocean repeats is kept once."},
		TryMalformed: {"A message that is broken", "It was refused with a reason that Ocean passes on."},
		TryLarge:     {"A message of 10 MB", "It was taken in: nothing on the way cuts large ones off."},
		TryTooLarge:  {"A message of more than 25 MB", "It was refused: nobody can fill the disk with one."},
	},
	Outcomes: map[SelfTestOutcome]Explained{
		OutcomeProven: {"Proven", "As it should be."},
		OutcomeUnreachable: {"Could not be tried from here", "This machine cannot reach the address itself. That does not mean that " +
			"Ocean cannot: many networks let nobody reach their public address from inside."},
		OutcomeCertificate: {"Could not be tried from here", "This machine does not trust the certificate of the address. If Ocean " +
			"shows a warning too, install the whole chain of the certificate."},
		OutcomeElsewhere: {"Somebody else answers", "What answers at this address is not Breakwater. Check BREAKWATER_BASE_URL, and " +
			"where the reverse proxy sends /public/ocean/fhir_bundles."},
		OutcomeStripped: {"Key removed on the way", "Your reverse proxy removes the header Referral-Integration-API-Key. Let it pass " +
			"all headers on, unchanged."},
		OutcomeLimited: {"Too small a limit", "Your reverse proxy limits the size of messages. Allow 25 MB (nginx: " +
			"client_max_body_size 25m)."},
		OutcomeRefused: {"Another answer", "Breakwater answered otherwise than it should. It may be short of space or busy: look at " +
			"its log, then run this again."},
		OutcomeLetIn: {"Let in", "What should be refused was let in. Take the address off the internet until whoever runs Breakwater " +
			"has looked at it."},
	},
	LetInLarge:   "A message of any size gets through. Limit it in the reverse proxy to 25 MB, and tell whoever runs Breakwater.",
	LetInRetired: "A retired key still opens. Take the address off the internet until whoever runs Breakwater has looked at it.",
}

var missedEN = MissedText{
	BackTitle: "Are they back?",
	BackWhy:   "Once Ocean has sent them again, nobody need be reminded.",
	Back:      "They Are Back",

	Title:        "Settings > Referral > Missed messages",
	Lead:         "Ocean repeats a message for 96 hours. What could not be delivered in that time has to be sent again by hand.",
	NothingTitle: "Nothing to repair",
	NothingText:  "Ocean repeats by itself whatever it could not deliver.",
	Window:       "First sent by Ocean",
	Between:      func(from, until string) string { return "Between " + from + " and " + until },
	KnownTitle:   "Referrals known to be among them",
	KnownText:    func(n int) string { return count(n, "referral", "referrals") },
	UnknownTitle: "Which referrals is not known here",
	UnknownText:  "Ocean’s report of that time names them. It holds no patient’s name.",
	Download:     "Download CSV for Bulk Actions",
	More:         "The file holds the latest 1,000, which is what Ocean takes at once. Once they are here, come back for the rest.",
	RepeatsTitle: "Ocean still repeats these",
	BulkTitle:    "Send them again",
	BulkDo: "Open `Menu > Admin > Integrations > Bulk Actions`.\n" +
		"Choose the CSV: up to 1,000 references, one on each line, without a heading.\n" +
		"Choose `as new` for referrals that are not in Breakwater, or `as updated` for those that are. To send one that is here already does no harm.",
	ExportTitle: "Find out which",
	ExportDo: "Open `Menu > Admin > Reports`, and look for `Export Referral Analytic Data`.\n" +
		"Choose the days of the time above, and press `Export Referrals`.\n" +
		"Keep only the column of referral references, without its heading, and save it as CSV.",
}
