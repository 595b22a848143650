package views

import "fmt"

var documentsEN = DocumentsText{
	Title:     "Documents",
	Why:       "Breakwater fetches them from Ocean and keeps them here.",
	Untitled:  "Untitled document",
	Kilobytes: func(n string) string { return n + " KB" },
	Megabytes: func(n string) string { return n + " MB" },

	OnItsWay:   "On its way",
	NotFetched: "Not fetched",
	Foreign:    "Not fetched: foreign host",
	OpenNow:    "Open now",
	AskedFor:   "First asked for",
	NextSoon:   "Next try in a moment",
	NextIn: func(n int, clock string) string {
		return fmt.Sprintf("Next try in %s (%s)", count(n, "minute", "minutes"), clock)
	},
	NextAt: func(when string) string { return "Next try " + when },
	ForeignWhy: func(host string) string {
		if host == "" {
			return "Its link leads to another place than Ocean, so Breakwater never asks for it."
		}
		return "Its link leads to " + host + ", which is not Ocean, so Breakwater never asks for it."
	},
	OlderWaiting: "This is an older version. The newer one is on its way.",
	OlderMissing: "This is an older version. The newer one is not here.",
	UnknownHint:  "Open it only if you expected it.",
	OtherType:    func(came, said string) string { return "It came as “" + came + "”, said to be “" + said + "”." },

	OpenBeside:   "Open beside",
	OpenBesideOf: func(title string) string { return "Open beside: " + title },
	NewTab:       "Open in new tab",
	NewTabOf:     func(title string) string { return "Open in new tab: " + title },
	Download:     "Download",
	DownloadOf:   func(title string) string { return "Download: " + title },
	Retry:        "Try again",
	RetryOf:      func(title string) string { return "Try again: " + title },
	Close:        "Close",

	FailedTitle: "Documents not fetched",
	FailedLead:  "Breakwater could not fetch these from Ocean, so they cannot be read here yet.",
	FirstFailed: "First failed",
	Tries: func(n int) string {
		if n == 1 {
			return "tried once"
		}
		return fmt.Sprintf("tried %d times", n)
	},
	RetrySince:        func(when string) string { return "Try again: the document that first failed " + when },
	OpenReferralSince: func(when string) string { return "Open the referral of the document that first failed " + when },
	RetryAll:          "Try all again",
	FaultCode:         "Cause, as recorded",
}
