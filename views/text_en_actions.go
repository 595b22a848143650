package views

import "fmt"

// bookingHearsEN is what Ocean tells people of a decision that concerns the patient.
const bookingHearsEN = "Ocean normally emails the referrer, and the patient where the referral has an address and consent"

var actionsEN = ActionsText{
	Bar: "What can be done",
	Names: map[Act]string{ActAccept: "Accept", ActDecline: "Decline", ActBook: "Book", ActConfirm: "Confirm", ActUnbook: "Remove booking",
		ActMessage: "Message", ActComplete: "Complete", ActReopen: "Reopen"},
	Rebook: "Rebook",
	Pages: map[Act]Explained{
		ActAccept:   {"Accept referral", "Accept referral"},
		ActDecline:  {"Decline referral", "Decline referral"},
		ActBook:     {"Book appointment", "Book appointment"},
		ActConfirm:  {"Confirm appointment", "Confirm appointment"},
		ActUnbook:   {"Remove booking", "Remove booking"},
		ActMessage:  {"Message the referrer", "Send message"},
		ActComplete: {"Complete referral", "Complete referral"},
		ActReopen:   {"Reopen referral", "Reopen referral"},
	},
	Rebooking: Explained{"Rebook appointment", "Rebook appointment"},
	Hindered: map[Hindrance]string{
		HinderedSent:      "This clinic sent it; only the receiver decides.",
		HinderedForwarded: "It was forwarded to another site, which decides now.",
		HinderedCancelled: "The sender cancelled it.",
		HinderedSite:      "Without the Site Number nobody can tell whether this clinic received it or sent it.",
		HinderedFolder:    "That is not done in the folder where the referral stands.",
	},
	CancelledText: "Nothing more is to be done with it here. If the patient has an appointment in your EMR, cancel it there too.",
	SiteEnter:     "Enter the Site Number",
	SiteAsk:       "Ask somebody who has the permission Referral Settings to enter it.",

	CredentialsTitle: "Nothing can be told to Ocean until its OAuth credentials are saved",
	CredentialsText:  "What you do here is kept, and sent then.",
	CredentialsEnter: "Save the credentials",
	CredentialsAsk:   "Ask somebody who has the permission Referral Settings to save them.",

	Hears: map[Act]Explained{
		ActAccept:   {"Ocean normally emails nobody", "The sender sees in Ocean that the referral was accepted."},
		ActDecline:  {bookingHearsEN, "The reason goes to Ocean with the decision."},
		ActBook:     {bookingHearsEN, "The time and what is for the patient go to Ocean."},
		ActConfirm:  {"Ocean may email as for a booking", "For a booking: the referrer, and the patient where the referral has an address and consent."},
		ActUnbook:   {"Ocean may email as for a booking", "For a booking: the referrer, and the patient where the referral has an address and consent."},
		ActMessage:  {"All stakeholders of the referral can see the message", "Ocean normally emails the referrer, and never the patient."},
		ActComplete: {"Ocean normally emails nobody", "The sender sees in Ocean that the referral is completed."},
		ActReopen:   {"Ocean normally emails nobody", "The referral goes back to Pending Booking, in Ocean too."},
	},
	HearsNote: "The integration’s settings in Ocean’s portal can change whom it emails.",

	Reason:              "Reason",
	ReasonHint:          "The sender reads it. At most 2,000 characters.",
	Note:                "Note (optional)",
	NoteHint:            "Goes to Ocean with the status. At most 2,000 characters.",
	Date:                "Date",
	DateHint:            "Of the visit",
	Time:                "Time",
	TimeHint:            "At the clinic",
	Minutes:             "Minutes",
	MinutesHint:         "How long it takes",
	TypeHint:            "Optional, such as First visit.",
	InstructionHint:     "Optional: what to bring, where to go.",
	PatientConfirmed:    "The patient has confirmed",
	PatientConfirmedWhy: "Tick it only for this very time. Otherwise the booking counts as not confirmed yet.",
	Text:                "Message",
	TextHint:            "At most 20,000 characters.",
	PDF:                 "PDF (optional)",
	PDFHint:             "At most 10 MB.",
	PDFAgain:            "Choose the PDF again, if there was one: browsers do not keep files.",
	Present:             "Booked now",
	Back:                "Back to the referral",

	ReasonMissing: "Enter a reason. The sender has to know why.",
	TextMissing:   "Enter a message.",
	TooLong:       func(most int) string { return fmt.Sprintf("Shorten it to at most %d characters.", most) },
	DateMissing:   "Enter the date.",
	TimeMissing:   "Enter the time.",
	DateWrong:     func(typed string) string { return "Enter the date as YYYY-MM-DD. You typed " + typed + "." },
	TimeWrong: func(typed string) string {
		return "Enter the time as hours and minutes, such as 14:30. You typed " + typed + "."
	},
	DatePast: func(day string) string { return day + " is past. Enter a day from today on." },
	DateFar:  func(day string) string { return day + " is more than five years away. Check the year." },
	TimeNever: func(clock, day string) string {
		return "The clocks go forward on " + day + ", so there is no " + clock + ". Enter another time."
	},
	MinutesWrong: func(most int, typed string) string {
		return fmt.Sprintf("Enter minutes from 1 to %d. You typed %s.", most, typed)
	},
	PDFLarge: func(megabytes int) string { return fmt.Sprintf("Choose a file of at most %d MB.", megabytes) },
	PDFWrong: "This file is not a PDF, whatever its name says. Choose another.",

	ChangedTitle:  "The referral changed meanwhile",
	ChangedText:   "Nothing was sent. What you typed is still here: look at it again, then press the button.",
	ChangedClosed: "Nothing was sent, and what you wanted to do is not done where the referral stands now.",
	SameTitle:     "It was sent already",
	SameText: func(what, when, who string) string {
		if who == "" {
			return what + " (" + when + "). Nothing was sent twice."
		}
		return what + " (" + when + ", by " + who + "). Nothing was sent twice."
	},
	HinderedTitle: "This cannot be done now",
	FailedTitle:   "Nothing could be sent",
	FailedText:    "Ocean’s last message about this referral is not one that can be answered from here. Open the referral in Ocean, and do it there.",
	Now:           func(folder string) string { return "It stands under " + folder + " now." },
	NowBooked:     func(folder, when string) string { return "It stands under " + folder + " now, booked " + when + "." },
	ReplacesTitle: "This takes the place of what Ocean did not take",
	ReplacesText:  "When you send it, the earlier one is dropped.",

	Told: "Updates to Ocean",
	Statuses: map[string]string{"accepted": "Accepted", "rejected": "Declined", "completed": "Completed", "requested": "New", "received": "Received",
		"in-progress": "In progress", "on-hold": "On hold", "ready": "Ready", "cancelled": "Cancelled"},
	Booked:          func(when string) string { return "Booked " + when },
	BookedConfirmed: func(when string) string { return "Booked " + when + ", confirmed by the patient" },
	Unbooked:        "Booking removed",
	Message:         "Message",
	With:            func(what, wrote string) string { return what + ": " + wrote },
	Waiting:         "Waiting to be sent",
	Sent:            "Sent",
	Confirmed:       "Confirmed by Ocean",
	Refused:         "Refused by Ocean",
	NotSent:         "Not sent",
	Dropped:         "Dropped",
	Behind:          "It is sent once the one before it that Ocean did not take is sent or dropped.",
	OceanSaid:       func(words string) string { return "Ocean says: " + words },
	Retry:           "Try again",
	RetryOf:         func(what string) string { return "Try again: " + what },
	Edit:            "Edit",
	EditOf:          func(what string) string { return "Edit: " + what },
	Drop:            "Drop",
	DropOf:          func(what string) string { return "Drop: " + what },
	SendAnyway:      "Send all the same",
	SendAnywayOf:    func(what string) string { return "Send all the same: " + what },
	Faults:          updateFaultsEN,
	OceanHas:        func(folder string) string { return "Ocean still has it under " + folder + "." },
	DropAsked: func(what string) Asked {
		return Asked{"Drop what Ocean did not take", "“" + what + "” is given up. Ocean never hears of it, and here the referral is again what Ocean says.", "Drop update"}
	},
	SaidTold: map[string]string{"accepted": "Told Ocean: accepted", "rejected": "Told Ocean: declined", "completed": "Told Ocean: completed",
		"booked": "Told Ocean: booked", "confirmed": "Told Ocean: booked, confirmed by the patient", "unbooked": "Told Ocean: booking removed",
		"message": "Told Ocean: a message to the referrer"},
}
