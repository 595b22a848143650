package views

import (
	"fmt"

	"breakwater/store"
)

var retentionEN = RetentionText{
	Title:      "Settings > Clinic > Retention",
	Lead:       "How long Breakwater keeps what is over. Until you set something here, it keeps everything.",
	Link:       "Retention",
	LinkWhy:    "How long what is over is kept.",
	Saved:      "It is saved. What is older goes within the hour, and from then on daily.",
	DoubtTitle: "Nothing is removed at the moment",
	DoubtText:  "The clock of the machine is not believed. Settings > System says why.",
	LawTitle:   "Ask whoever answers for the clinic’s records",
	LawText:    "In Ontario medical records must be kept for many years. Remove here only what your EMR has.",
	Classes: map[store.RetentionClass]Explained{
		store.RetainClosed:    {"Closed referrals", "Declined, completed, cancelled and forwarded ones, with their messages, documents, notes and updates."},
		store.RetainTest:      {"Closed test referrals", "Likewise, of those marked as test data in Ocean. The shorter of the two times counts."},
		store.RetainUnmatched: {"Messages about no referral", "Messages that Breakwater could not match with a referral, once nobody has to look at them any more."},
	},
	Days: "Days to keep them",
	Hint: func(least int) string { return fmt.Sprintf("At least %d. 0 keeps them for ever.", least) },
	Wrong: func(typed string, least int) string {
		return fmt.Sprintf("Enter 0, or a whole number of days from %d to 36500. You typed %s.", least, typed)
	},
	Ran:        "Last done",
	Preview:    "Show what would go",
	NeverTitle: "What always stays",
	Never: "Open referrals, however old.\n" +
		"What was not sent to Ocean yet, or was refused; documents that wait or failed; what is marked for review.\n" +
		"Delivery problems that nobody has marked as seen.\n" +
		"Documents and messages that another referral has too.\n" +
		"The audit log: who saw what stays, also of what is removed.\n" +
		"Backups that were made before, until they are too old themselves.",
	ConfirmTitle: "Set how long things are kept?",
	ConfirmText:  "What is removed cannot be brought back. Its place on the disk is overwritten.",
	Confirm:      "Set and remove",
	ForEver:      "Kept for ever.",
	For:          func(days int) string { return "Kept for " + count(days, "day", "days") + "." },
	Goes: func(referrals, messages, documents int) string {
		return "Goes now: " + count(referrals, "referral", "referrals") + ", " + count(messages, "message", "messages") + ", " + count(documents, "document", "documents") + "."
	},
}
