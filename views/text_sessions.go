package views

// SessionsText is what is said of sessions: how long they last, where somebody is signed in, and the
// proof that sensitive things want.
type SessionsText struct {
	IdleTitle, IdleWhy  string // in Settings > Clinic
	IdleLabel, IdleHint string
	IdleWrong           func(typed string) string
	IdleChanged         func(from, to string) string // in the audit log

	Title, Why           string // the card in Account
	TheirTitle, TheirWhy string // the card on somebody else's page
	None                 string // of somebody else
	Device               func(browser, system string) string
	UnknownDevice        string
	UnknownBrowser       string                              // of a system that is known
	This                 string                              // the session that asks
	Started, Used        string                              // before a time
	EndOf                func(device, address string) string // for screen readers
	OthersText, AllText  string
	EndOthers, EndAll    string // the buttons
	Ended                string

	ProofTitle, ProofWhy, ProofButton string
	SecretHint, SecretMissing         string
	SecretAgain                       string // label of a secret that has no other

	WarnTitle      string
	WarnText       func(clock string) string // when it ends without use
	LastTitle      string
	LastText       func(clock string) string // when it ends however much it is used
	Stay, Close    string                    // buttons
	OverTitle      string
	OverText       string
	SignInAgain    string
	KeptText       string // on the page that signs in
	ResumeTitle    string
	ResumeLead     string
	HeldForm       string // title of a form that has no other
	HeldFile       string
	HeldFileHint   string
	Send, OpenPage string
	Discard        string

	SaidEnded       func(n int, whose string) string
	SaidClockBack   func(n int) string
	SaidProven      string
	SaidProvenBy    func(by string) string // by something that has no sentence of its own
	SaidProofFailed string
}
