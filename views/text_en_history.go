package views

import (
	"fmt"

	"breakwater/store"
)

var historyEN = HistoryText{
	Kinds: changeKindsEN,
	Because: func(what, why string) string {
		return what + ": " + why
	},
	Forwarded: func(to string) string {
		if to == "" {
			return "Forwarded to another site"
		}
		return "Forwarded to " + to
	},
	Returned: func(to string) string {
		if to == "" {
			return "Forwarded back to this clinic"
		}
		return "Forwarded back to this clinic: " + to
	},
	Booked:          func(when string) string { return "Appointment booked for " + when },
	BookedConfirmed: func(when string) string { return "Appointment booked for " + when + ", confirmed by the patient" },
	Rebooked:        func(from, to string) string { return "Appointment moved from " + from + " to " + to },
	RebookedDone: func(from, to string) string {
		return "Appointment moved from " + from + " to " + to + ", confirmed by the patient"
	},
	Confirmed:     func(when string) string { return "Appointment of " + when + " confirmed by the patient" },
	Doubted:       func(when string) string { return "Appointment of " + when + " no longer confirmed by the patient" },
	UnbookedFrom:  func(when string) string { return "Booking of " + when + " removed" },
	MessageFrom:   func(who string) string { return "Message from " + who },
	FromUs:        "Message from this clinic",
	FromReceiver:  "Message from the receiving clinic",
	FromReferrer:  "Message from the referrer",
	Document:      func(title string) string { return "Document added: " + title },
	NewerDocument: func(title string) string { return "Newer version of a document: " + title },
	Forms:         func(n int) string { return "Forms changed: " + count(n, "answer differs", "answers differ") },
	Link:          func(what, ref string) string { return what + " referral " + ref },
	Given:         func(what, value string) string { return what + " added: " + value },
	Touched:       func(what string) string { return what + " changed" },
	Removed:       func(what, value string) string { return what + " taken out: " + value },
	Changed: func(what, from, to string) string {
		return what + " changed from “" + from + "” to “" + to + "”"
	},
	Moved:       func(from, to string) string { return "Moved from " + from + " to " + to },
	Fields:      changeFieldsEN,
	DeceasedNot: "Patient no longer marked as deceased",
	Unknown:     func(code string) string { return "An unknown kind of message: " + code },
	ConfirmedAt: func(when string) string { return "confirmed by Ocean " + when },
	Seen:        "marked as seen",
	More:        "More changes in this message",
	Older:       func(n int) string { return "Show " + count(n, "older line", "older lines") },
	HealthCard:  func(number string) string { return "Health card " + number },
	Print:       "Print",
	Printed:     func(when string) string { return "eReferral, as known " + when },

	Raw:      "Raw message",
	RawOf:    func(when string) string { return "Raw message of " + when },
	RawTitle: "Raw message",
	RawLead:  "Exactly what Ocean sent, set out in lines. Opening it was noted in the audit log.",
	RawText:  "The message as JSON",
	RawDamaged: "Some letters were damaged before the message came. They show as � here; the download has the bytes " +
		"as they came.",
	RawCutTitle: func(size string) string { return "Only the beginning of " + size + " is shown" },
	RawCutText:  func(size string) string { return "The download has all " + size + "." },

	BackToReferral: "Referral",
	Again:          "Process again",
	AgainOf:        func(when string) string { return "Process again: the message received " + when },
	AgainAll:       "Process all again",
	MarkSeen:       "Mark as seen",
	MarkSeenOf:     func(when string) string { return "Mark as seen: the message received " + when },
	AgainDone:      func(n int) string { return count(n, "message was", "messages were") + " processed again" },
	AgainLeft: func(n int) string {
		switch n {
		case 0:
			return "None of them has a problem any more."
		case 1:
			return "1 of them still needs a look."
		}
		return fmt.Sprintf("%d of them still need a look.", n)
	},
	AgainMore: "There are more that were not processed yet.",
	AgainGoOn: "Process the next ones again",

	UpdatesTitle:   "Updates that are not in Ocean",
	UpdatesLead:    "What the clinic decided stands here, but Ocean does not have it. Try again, change it on the referral, or drop it.",
	OpenReferralOf: func(what string) string { return "Open the referral of the update: " + what },
}

var changeKindsEN = map[store.ChangeKind]string{
	store.ChangeFirst:     "New referral",
	store.ChangeResent:    "Sent again as new",
	store.ChangeAccepted:  "Accepted",
	store.ChangeReopened:  "Reopened",
	store.ChangeDeclined:  "Declined",
	store.ChangeCompleted: "Completed",
	store.ChangeCancelled: "Cancelled by the sender",
	store.ChangeUndecided: "No longer accepted",
	store.ChangeUnbooked:  "Booking removed",
	store.ChangeMessage:   "Message",
	store.ChangeDocument:  "Document added",
	store.ChangeNewer:     "Newer version of a document",
	store.ChangeNothing:   "Repeated what was known",
	store.ChangeReason:    "Note on the status",
	store.ChangeStatus:    "Status as sent",
	store.ChangeRecipient: "Recipient",
	store.ChangeDirection: "Direction",
}

var changeFieldsEN = map[string]string{
	"visit/type":            "Kind of visit",
	"visit/instruction":     "Instruction for the patient",
	"visit/end":             "End of the appointment",
	"patient/name":          "Patient’s name",
	"patient/other_names":   "Patient’s other names",
	"patient/health_number": "Health card number",
	"patient/birth_date":    "Birth date",
	"patient/gender":        "Sex",
	"patient/contact":       "Patient’s phone or email",
	"patient/address":       "Patient’s address",
	"patient/chart_number":  "Sender’s chart number",
	"patient/language":      "Patient’s language",
	"request/service":       "Service",
	"request/priority":      "Priority",
	"request/reasons":       "Reason",
	"request/notes":         "Note on the reason",
	"referrer/name":         "Referrer",
	"referrer/organization": "Referrer’s organization",
	"referrer/role":         "Referrer’s role",
	"referrer/contact":      "Referrer’s phone, fax or email",
	"referrer/address":      "Referrer’s address",
	"referrer/numbers":      "Referrer’s numbers",
}
