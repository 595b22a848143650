package views

import "breakwater/store"

var permissionsEN = map[store.Permission]Explained{
	store.ReferralSettings: {"Referral Settings", "Connect the clinic with Ocean: Site Number, credentials, keys."},
	store.ViewReferrals:    {"View Referrals", "Read referrals with all that was sent."},
	store.ManageReferrals:  {"Manage Referrals", "Accept, decline, book, message and complete referrals."},
	store.ViewRawMessages:  {"View Raw Messages", "Read Ocean's messages exactly as they came."},
	store.EditUsers:        {"Edit Other Users", "Add people, disable them and set what they may do."},
	store.EditRoles:        {"Edit Roles", "Set what each role may do."},
	store.ViewAuditLog:     {"View Audit Log", "See who did what, and when."},
	store.SystemSettings:   {"System Settings", "Set up Breakwater itself."},
}

var rolesEN = map[string]string{
	store.RoleAdministrator:  "Administrator",
	store.RoleFrontDesk:      "Front desk",
	store.RolePrivacyOfficer: "Privacy officer",
}

var directionsEN = map[store.Direction]string{
	store.DirectionReceived: "Received",
	store.DirectionSent:     "Sent",
	store.DirectionUnknown:  "Received or sent: not known",
}

// The folders are called as in Ocean's portal.
var foldersEN = map[store.Folder]string{
	store.FolderNew:               "New",
	store.FolderPendingBooking:    "Pending Booking",
	store.FolderBookedUnconfirmed: "Booked Unconfirmed",
	store.FolderBookedConfirmed:   "Booked Confirmed",
	store.FolderAwaitingReply:     "Awaiting Reply",
	store.FolderAwaitingResponse:  "Awaiting Response",
	store.FolderDeclined:          "Declined",
	store.FolderCompleted:         "Completed",
	store.FolderCancelled:         "Cancelled",
	store.FolderForwarded:         "Forwarded",
}

var prioritiesEN = map[string]string{"routine": "Routine", "urgent": "Urgent", "asap": "As soon as possible", "stat": "STAT"}

var gendersEN = map[string]string{"male": "Male", "female": "Female", "other": "Other", "unknown": "Unknown"}

var contactsEN = map[string]string{
	"phone":        "Phone",
	"phone/home":   "Home phone",
	"phone/work":   "Work phone",
	"phone/mobile": "Mobile phone",
	"phone/temp":   "Temporary phone",
	"phone/old":    "Old phone",
	"fax":          "Fax",
	"email":        "Email",
	"pager":        "Pager",
	"sms":          "Text messages",
	"url":          "Web",
	"other":        "Other contact",
}

var addressUsesEN = map[string]string{
	"home":    "Home address",
	"work":    "Work address",
	"temp":    "Temporary address",
	"old":     "Old address",
	"billing": "Billing address",
	"":        "Address",
}

var eventsEN = map[string]string{
	"add-service-request":               "New referral",
	"notify-add-service-request":        "Told of a referral elsewhere",
	"notify-update-service-request":     "Updated",
	"revoke-service-request":            "Cancelled by the sender",
	"send-communication":                "Message",
	"send-communication-from-requester": "Message from the referrer",
	"send-communication-from-provider":  "Message from the clinic",
	"add-communication":                 "Message",
	"notify-data-correction":            "Data corrected",
	"notify-add-process-request":        "Status set",
	"notify-update-process-request":     "Status changed",
	"notify-update-status":              "Status changed",
	"notify-add-appointment":            "Appointment booked",
	"notify-update-appointment":         "Appointment changed",
}

var linkKindsEN = map[store.LinkKind]string{
	store.LinkReplaces:   "Takes the place of",
	store.LinkReplacedBy: "Replaced by",
	store.LinkBasedOn:    "Split off from",
}

var fileTypesEN = map[string]string{
	"application/pdf":          "PDF",
	"application/rtf":          "Text document",
	"application/octet-stream": "Unknown kind of file",
	"audio/mpeg":               "Sound (MP3)",
	"video/mp4":                "Video (MP4)",
	"application/msword":       "Word document",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
	"image/jpeg": "Picture (JPEG)",
	"image/png":  "Picture (PNG)",
	"image/tiff": "Scan (TIFF)",
	"text/html":  "Web page",
	"text/plain": "Text",
}

var problemsEN = ProblemsText{
	Title: "Delivery problems",
	Lead: "Ocean delivered these messages, and Breakwater kept every one. Something in each is unusual, so a " +
		"person should look.",
	EmptyTitle:     "No delivery problems",
	EmptyText:      "Everything that Ocean delivered was understood, and no document waits for a person.",
	OpenReferral:   "Open the referral",
	OpenReferralOf: func(received string) string { return "Open the referral of the message received " + received },
	NoReferral:     "Not tied to a referral here.",
	MessageID:      "Message",
	EventCode:      "Event as sent",
	Received:       "Received",
	Deliveries:     "Times delivered",
	List:           "Messages to look at",
	UnknownTitle:   "Something in this message is unusual",
	UnknownDo:      "Compare the referral with Ocean's portal. If it looks wrong, tell whoever runs Breakwater.",
}

var problemKindsEN = map[store.Problem]Explained{
	store.ProblemUnknownEvent: {"Ocean sent a kind of message that Breakwater does not know",
		"It is kept whole. Open the referral in Ocean to see what changed."},
	store.ProblemInvalidUTF8: {"Some letters were damaged before the message came",
		"They show as �. Compare names and notes with Ocean before you rely on them."},
	store.ProblemNoReference: {"The message does not say which referral it is about",
		"It cannot be tied to one. Look in Ocean's portal for a referral that came at this time and is missing here."},
	store.ProblemNoPatient: {"A new referral came without a patient",
		"Open it in Ocean and see who it is for. If Ocean has no patient either, ask the referrer."},
	store.ProblemNoRecipient: {"The message does not say which clinic it is for",
		"The referral stands with the received ones. Open it in Ocean and see who was asked."},
	store.ProblemOddResource: {"Part of the message had an unexpected shape and was passed over",
		"The rest is shown. Compare the referral with Ocean's portal for what may be missing."},
	store.ProblemContentChanged: {"Ocean repeated a message, with other content than before",
		"Both are kept. Compare the referral with Ocean's portal and go by what stands there."},
}
