package views

import (
	"fmt"

	"breakwater/store"
)

var outsideEN = OutsideText{
	Lost: func(entry int, outlet string) string {
		return fmt.Sprintf("The audit log is shorter than it was: entry %d, which was noted in %s, is not in it", entry, outlet)
	},
	LostText: "Somebody removed its newest entries, or put an older copy of the database in its place. If a backup was restored, that is why. " +
		"Otherwise keep the data folder as it is, and tell your privacy officer.",
	Fails: func(outlet string) string { return "The audit log’s newest entry cannot be noted in " + outlet },
	Since: "since",
	Noted: func(outlet string) string { return "Newest entry noted in " + outlet },
	Outlets: map[string]string{
		"log": "Breakwater’s log", "file": "the file for it", "syslog": "the log of another computer",
	},
	Faults: map[store.OutletFault]string{
		store.OutletMissing:     "The folder of the file is not there. Mount its disk again.",
		store.OutletDenied:      "Breakwater may not write the file. Give its user the right to.",
		store.OutletFull:        "The disk of the file is full. Make room on it.",
		store.OutletUnreachable: "The other computer cannot be reached. Look whether it runs and takes logs at that address.",
		store.OutletCertificate: "The other computer does not prove that it is the right one. Look at its certificate and at BREAKWATER_AUDIT_HEAD_CA_FILE.",
		store.OutletSlow:        "No answer came in time. Look whether the disk or the other computer hangs.",
		store.OutletOther:       "Breakwater’s log says why.",
	},
	About: "Referral or patient",
	AboutWrong: func(typed string) string {
		return "Enter a referral reference or a health card number. You typed " + typed + "."
	},
	AboutSecret: "A health card number is only for people who hold View Referrals. Enter a referral reference instead.",
	AboutNobody: "No referral of a patient with this health card number is here.",
	FHIRLines:   "FHIR AuditEvent, one per line",
	ExportOne:   "Export what the log says of it",
	Exported: func(format, from, until string, referrals int) string {
		text := "The audit log was exported as " + format
		switch {
		case from != "" && until != "":
			text += ", from " + from + " to " + until
		case from != "":
			text += ", from " + from
		case until != "":
			text += ", until " + until
		}
		if referrals >= 0 {
			text += ", of " + count(referrals, "referral", "referrals")
		}
		return text
	},
}
