package views

// DocumentsText is about documents: in a referral, and those that a person should look at.
type DocumentsText struct {
	Title, Why, Untitled string
	Kilobytes, Megabytes func(n string) string // n has a decimal point where it has a fraction

	OnItsWay, NotFetched, Foreign string // what became of one
	OpenNow                       string // it is the one on the screen
	AskedFor                      string // before a time near now
	NextSoon                      string
	NextIn                        func(minutes int, clock string) string
	NextAt                        func(when string) string
	ForeignWhy                    func(host string) string // host may be empty
	OlderWaiting, OlderMissing    string                   // an older version is here
	UnknownHint                   string                   // its kind is not known
	OtherType                     func(came, said string) string

	OpenBeside, NewTab, Download, Retry         string
	OpenBesideOf, NewTabOf, DownloadOf, RetryOf func(title string) string // tells them apart for screen readers
	Close                                       string

	FailedTitle, FailedLead string // on Delivery problems, where nothing names a patient
	FirstFailed             string // before a time near now
	Tries                   func(n int) string
	RetrySince              func(when string) string // tells the buttons apart for screen readers
	OpenReferralSince       func(when string) string
	RetryAll                string
	FaultCode               string
}
