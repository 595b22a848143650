package views

var teamEN = TeamText{
	Title:       "Working on it",
	AssignedTo:  "Assigned to",
	Nobody:      "Nobody",
	Assign:      "Assign",
	AssignMe:    "Assign to me",
	NowWith:     func(who string) string { return "Now assigned to " + who + "." },
	NowNobody:   "Now assigned to nobody.",
	Disabled:    func(who string) string { return who + " (disabled)" },
	CannotOpen:  func(who string) string { return who + " (may not view referrals)" },
	PersonWrong: "Choose somebody who has an active account and may view referrals.",

	ReviewTitle:   "Ask somebody to review it",
	ReviewBy:      "Who should review it",
	ReviewChoose:  "Choose a person",
	AskReview:     "Ask for Review",
	ReviewAsked:   "Asked to review it",
	ReviewMissing: "Choose who should review it.",

	NotesTitle:  "Internal notes",
	NotesOnly:   "Only for this clinic. Never sent to Ocean.",
	NotesList:   "Notes, newest last",
	NoNotes:     "No notes yet.",
	NoteLabel:   "New note",
	ToNotes:     "Internal note",
	AddNote:     "Add Note",
	NoteMissing: "Write the note first.",
	NoteLong: func(n int) string {
		return "Shorten the note to " + count(n, "character", "characters") + " or fewer."
	},

	Changed:     "This referral has changed since you opened it.",
	ShowChanged: "Show",
	StaleTitle:  "This referral changed meanwhile, so nothing was saved",
	StaleText:   "Below it stands as it is now. What you chose is still there: press the button again if it is still right.",
	StaleAgain:  "Below it stands as it is now. Press the button again if it is still right.",
	StaleOcean:  "A message came from Ocean",

	OpenedLink:   "Who opened this referral",
	OpenedTitle:  "Who opened this referral",
	OpenedLead:   "Each time that somebody saw the patient's information here. Opening it again within 5 minutes counts once.",
	OpenedList:   "Times opened, newest first",
	Who:          "Who",
	What:         "What",
	When:         "When",
	Where:        "Network address",
	OpenedBack:   "Back to the referral",
	OpenedAll:    "Back to the audit log",
	OpenedEmpty:  "Nobody opened it yet",
	OpenedNobody: "Opening the referral or a document of it appears here.",
	About:        "Referral",
	Patient:      "Patient",
	Query:        "Searched for",
	Sealed:       "sealed; for people who may view referrals",
	NumberEnds:   func(digits string) string { return "health number ends in " + digits },

	SaidOpened:      "Opened a referral",
	SaidDownloaded:  "Downloaded a document of a referral",
	SaidNoted:       "Added an internal note to a referral",
	SaidAssigned:    func(who string) string { return "Assigned a referral to " + who },
	SaidReviewAsked: func(who string) string { return "Asked " + who + " to review a referral" },
	SaidUnassigned:  "Assigned a referral to nobody",
	SaidSearched: func(n int, terms []string) string {
		if len(terms) == 0 {
			return "Searched for a referral: " + count(n, "found", "found")
		}
		return "Searched for a referral by " + listEN(terms) + ": " + count(n, "found", "found")
	},
	Terms: map[string]string{
		"name": "name", "birth_date": "birth date", "health_number": "health number", "reference": "reference", "number": "another number",
	},
}
