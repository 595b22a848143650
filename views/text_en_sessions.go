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
