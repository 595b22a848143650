package views

import "fmt"

var referralsEN = ReferralsText{
	Title:       "Referrals",
	Tabs:        "Which referrals",
	TabAll:      "All",
	TabReceived: "Received",
	TabSent:     "Sent",

	Search:       "Find a referral",
	SearchHint:   "Start of a name of the patient or referrer (3 letters or more), health card or chart number, birth date or referral reference",
	SearchButton: "Find",
	Found: func(n int, more bool) string {
		if more {
			return fmt.Sprintf("The newest %d that were found", n)
		}
		return count(n, "referral", "referrals") + " found"
	},

	List:           "Referrals",
	Patient:        "Patient",
	Service:        "Service",
	Referrer:       "Referrer",
	Recipient:      "Recipient",
	EitherWay:      "Referrer or recipient",
	SentTo:         func(who string) string { return "Sent to " + who },
	Folder:         "Folder",
	Received:       "Received",
	NameMissing:    "Name not given",
	Born:           func(date string) string { return "Born " + date },
	BirthMissing:   "Birth date not given",
	ServiceMissing: "Service not given",
	PartyMissing:   "Name not given",
	Consult:        "eConsult",

	ProblemsTitle: func(n int) string {
		if n == 1 {
			return "1 message or document from Ocean needs a look"
		}
		return fmt.Sprintf("%d messages or documents from Ocean need a look", n)
	},
	ProblemsText:   "Every message was kept. What is unusual, or could not be fetched, needs a person to decide.",
	ProblemsAction: "Show delivery problems",
	SiteTitle:      "The Site Number is missing",
	SiteText:       "Until it is entered, Breakwater cannot tell received referrals from sent ones.",
	SiteAction:     "Enter the Site Number",
	SiteAsk:        "Ask somebody who has the permission Referral Settings to enter it.",

	NothingTitle:   "No referrals yet",
	NothingText:    "They appear here as soon as Ocean delivers the first one.",
	NothingSetUp:   "First, finish connecting the clinic with Ocean: Settings > Referral > Ocean.",
	NothingAction:  "Finish Ocean Settings",
	NothingAsk:     "Ask somebody who has the permission Referral Settings to finish connecting the clinic with Ocean.",
	NothingOcean:   "If you expect one, check in Ocean under Menu > Admin > Integrations that it sends to this clinic's address.",
	NothingShowSet: "Show Ocean Settings",

	NotFoundTitle:     func(query string) string { return "Nothing found for “" + query + "”" },
	NotFoundText:      "Names are found by how a word starts, from 3 letters on. Health card and chart numbers, birth dates (YYYY-MM-DD) and references must be complete.",
	NoneReceivedTitle: "No received referrals",
	NoneReceivedText:  "All that are here were sent by this clinic.",
	NoneSentTitle:     "No sent referrals",
	NoneSentText:      "Copies of referrals that this clinic sends appear here if Ocean's integration allows it: “Allow a copy of the referral to be sent to this endpoint”.",
	ShowAll:           "Show all referrals",
}

var referralEN = ReferralText{
	Title:     "Referral",
	Back:      "Referrals",
	OpenOcean: "Open in Ocean",

	Patient:               "Patient",
	OtherNames:            "Other names",
	HealthNumber:          "Health card number",
	VersionCode:           "version code",
	HealthNumberInvalid:   "Not a valid Ontario number. Compare it with the card.",
	HealthNumberElsewhere: "Not an Ontario number",
	BirthDate:             "Birth date",
	Sex:                   "Sex",
	Phone:                 "Phone",
	Address:               "Address",
	ChartNumber:           "Sender's chart number",
	Language:              "Language",
	Deceased:              "Deceased",
	NameMissing:           "Name not given",

	Reason:        "Reason for referral",
	ReasonCodes:   "Reasons",
	ReasonMissing: "The sender gave no reason in words.",

	Request:    "Request",
	Service:    "Service",
	Priority:   "Priority",
	Authored:   "Written",
	AskedOf:    "Sent to",
	Reference:  "Referral reference",
	StatusNote: "Note on the status",
	Received:   "Received",
	Updated:    "Last message",

	Referrer:     "Referrer",
	Name:         "Name",
	Role:         "Role",
	Organization: "Organization",
	Fax:          "Fax",
	Email:        "Email",
	Licence:      "Licence number",
	Billing:      "Billing number",
	SiteNumber:   "Site Number",

	Appointment:       "Appointment",
	AppointmentStart:  "Starts",
	AppointmentEnd:    "Ends",
	AppointmentType:   "Kind of visit",
	AppointmentNote:   "For the patient",
	AppointmentStatus: "Patient",
	Confirmed:         "Confirmed",
	Unconfirmed:       "Not confirmed yet",

	Forms:      "Forms",
	FormName:   func(n int) string { return fmt.Sprintf("Form %d", n) },
	Unanswered: func(n int) string { return count(n, "question", "questions") + " without an answer" },
	NoQuestion: "Question not given",
	NoAnswers:  "No question of this form was answered.",

	Messages:     "Messages",
	FromUs:       "This clinic",
	FromReceiver: "Receiving clinic",
	FromReferrer: "Referrer",
	MessageEmpty: "This message has no text.",

	History:  "History",
	CameHere: func(when string) string { return "came here " + when },
	Repeated: func(n int) string {
		if n == 1 {
			return "repeated once"
		}
		return fmt.Sprintf("repeated %d times", n)
	},
	UnknownEvent: func(code string) string {
		if code == "" {
			return "A message that names no event"
		}
		return "An unknown kind of message"
	},

	Links: "Linked referrals",

	DetailID:     "Number in Breakwater",
	DetailTask:   "Status as sent",
	DetailEvent:  "Last event as sent",
	DetailCode:   "Kind of request as sent",
	DetailStatus: "Request status as sent",
}
