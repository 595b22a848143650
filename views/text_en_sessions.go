package views

import "fmt"

var sessionsEN = SessionsText{
	IdleTitle: "Signing out by itself",
	IdleWhy:   "Somebody may walk up to a screen that nobody is at. Who does nothing is signed out; after 12 hours everybody is.",
	IdleLabel: "Minutes without use until somebody is signed out",
	IdleHint:  "5 to 60. It counts at once, for everybody who is signed in.",
	IdleWrong: func(typed string) string {
		if typed == "" {
			return "Enter a number of minutes from 5 to 60."
		}
		return fmt.Sprintf("Enter a number of minutes from 5 to 60. You typed %s.", typed)
	},
	IdleChanged: func(from, to string) string {
		return changedEN("Minutes without use until somebody is signed out", from, to)
	},
	Title:      "Where you are signed in",
	Why:        "A session that you do not know: sign it out, then change your password.",
	TheirTitle: "Where this person is signed in",
	TheirWhy:   "A session that is signed out ends with its next click. Nothing that was saved is lost.",
	None:       "Nowhere at the moment.",
	Device:     func(browser, system string) string { return browser + " on " + system },

	UnknownDevice:  "Unknown device",
	UnknownBrowser: "Unknown browser",
	This:           "This one",
	Started:        "Signed in",
	Used:           "Last used",
	EndOf:          func(device, address string) string { return "Sign out " + device + ", " + address },
	OthersText:     "Ends every session but this one.",
	AllText:        "Ends every session of this person.",
	EndOthers:      "Sign out everywhere else",
	EndAll:         "Sign out everywhere",
	Ended:          "Signed out there. It counts from the next click on.",

	ProofTitle:    "Confirm that it is you",
	ProofWhy:      "What you are about to do is sensitive, so your password is asked for again. It goes on from here with what you entered, and nothing asks again for 5 minutes.",
	ProofButton:   "Confirm and go on",
	SecretHint:    "Enter it again: secrets are not carried from page to page.",
	SecretMissing: "Enter it again, or go back to leave it as it was.",
	SecretAgain:   "Secret field",

	WarnTitle: "Are you still there?",
	WarnText: func(clock string) string {
		return "Nothing was done here for a while, so you will be signed out at " + clock + ". What you typed stays on this page."
	},
	LastTitle: "Your session ends soon",
	LastText: func(clock string) string {
		return "At " + clock + " you will have been signed in for 12 hours, which is the longest. Save what you are working on and sign in again."
	},
	Stay:         "Stay signed in",
	Close:        "Go on",
	OverTitle:    "You are signed out",
	OverText:     "Sign in again to go on. What you typed on this page is kept for you.",
	SignInAgain:  "Sign in again",
	KeptText:     "What you typed is kept: you find it again once you have signed in.",
	ResumeTitle:  "What you typed is still here",
	ResumeLead:   "Your session ended before it was sent. Look it over, then send it or throw it away. It is kept for 30 minutes, for you alone.",
	HeldForm:     "A form",
	HeldFile:     "File",
	HeldFileHint: "Files are not kept. Choose it again if one was to go along.",
	Send:         "Send now",
	OpenPage:     "Open the page",
	Discard:      "Throw away",

	SaidEnded: func(n int, whose string) string {
		if n == 1 {
			return "One session of " + whose + " was ended"
		}
		return fmt.Sprintf("%d sessions of %s were ended", n, whose)
	},
	SaidClockBack: func(n int) string {
		if n == 1 {
			return "The clock of this machine went back: the one open session was ended"
		}
		return fmt.Sprintf("The clock of this machine went back: all %d open sessions were ended", n)
	},
	SaidProven:      "Confirmed who they are with their password",
	SaidProvenBy:    func(by string) string { return "Confirmed who they are: " + by },
	SaidProofFailed: "A wrong password was given to confirm who they are",
}
