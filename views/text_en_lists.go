package views

import "fmt"

var listsEN = ListsText{
	Folders:          "Folders",
	Places:           "What to do",
	OfReceived:       "Received:",
	EveryFolder:      "All folders",
	NeedsReview:      "Needs Review",
	Overdue:          "Overdue",
	Mine:             "Assigned to me",
	ToReview:         "For my review",
	Oldest:           func(days int) string { return "oldest " + count(days, "day", "days") },
	DaysIn:           func(days int, folder string) string { return count(days, "day", "days") + " in " + folder },
	AssignedTo:       func(who string) string { return "Assigned to " + who },
	Somebody:         "somebody who is here no more",
	EmptyTitle:       "No referrals here",
	EmptyText:        "None fits this folder and what the filter asks for.",
	ShowSide:         "Show all folders",
	ReviewEmptyTitle: "Nothing needs review",
	ReviewEmptyText:  "When a reply or a change comes in from Ocean, the referral appears here until somebody presses Reviewed.",
	LateEmptyTitle:   "Nothing is overdue",
	LateEmptyText: func(days int) string {
		return "No referral has waited " + count(days, "day", "days") + " or longer in an open folder."
	},
	Filter:      "Filter and sort",
	Service:     "Service",
	AnyService:  "All services",
	Person:      "Assigned to",
	Anybody:     "Anybody",
	Myself:      "Me",
	From:        "From (YYYY-MM-DD)",
	Until:       "Until (YYYY-MM-DD)",
	UrgentFirst: "Urgent first",
	Show:        "Show",
	Clear:       "Clear filter",

	New:     func(n int) string { return newsEN(n, "new referral", "new referrals") },
	Changed: func(n int) string { return newsEN(n, "referral changed", "referrals changed") },
	NewAndChanged: func(arrived, changed int) string {
		return newsEN(arrived, "new referral", "new referrals") + ", " + newsEN(changed, "changed", "changed")
	},
	ShowNews: "Show",

	Latest:      func(what string) string { return "Latest: " + what },
	ReviewWhy:   "Something came in or changed since somebody last pressed Reviewed.",
	ReviewAsked: "A colleague asked you to look at this referral.",
	Reviewed:    "Reviewed",

	ClinicTitle:  "Settings > Clinic",
	ClinicLead:   "What this clinic has agreed on for its work.",
	OverdueTitle: "Overdue referrals",
	OverdueWhy:   "A referral that waits longer stands under Overdue, and is marked in every list.",
	OverdueDays:  "Days until a referral is overdue",
	OverdueHint:  "1 to 90. Counted while it is in New, Pending Booking, Awaiting Reply or Awaiting Response.",
	OverdueWrong: func(typed string) string {
		if typed == "" {
			return "Enter a number of days from 1 to 90."
		}
		return fmt.Sprintf("Enter a number of days from 1 to 90. You typed %s.", typed)
	},
	SaveClinic:     "Save Clinic Settings",
	ClinicSaved:    "The clinic's settings are saved.",
	OverdueChanged: func(from, to string) string { return changedEN("Days until a referral is overdue", from, to) },
}

// newsEN counts news, which nobody counts beyond what fits a glance.
func newsEN(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return bounded(n) + " " + many
}
