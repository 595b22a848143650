package views

// SessionsText is what is said of sessions: how long they last, where somebody is signed in, and the
// proof that sensitive things want.
type SessionsText struct {
	IdleTitle, IdleWhy  string // in Settings > Clinic
	IdleLabel, IdleHint string
	IdleWrong           func(typed string) string
	IdleChanged         func(from, to string) string // in the audit log
	SaidEnded           func(n int, whose string) string
	SaidClockBack       func(n int) string
	SaidProven          string
	SaidProvenBy        func(by string) string // by something that has no sentence of its own
	SaidProofFailed     string
}
