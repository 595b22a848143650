package views

// ReferralsText is the list of referrals.
type ReferralsText struct {
	Title                          string
	Tabs                           string // name of the row of tabs, for screen readers
	TabAll, TabReceived, TabSent   string
	Search, SearchHint             string
	SearchButton                   string
	Found                          func(n int, more bool) string
	ShowAll                        string
	List                           string // name of the table, for screen readers
	Patient, Service               string
	Referrer, Recipient, EitherWay string
	SentTo                         func(who string) string
	Folder, Received               string
	NameMissing                    string
	Born                           func(date string) string
	BirthMissing                   string
	ServiceMissing, PartyMissing   string
	Consult                        string // the badge

	ProblemsTitle                            func(n int) string
	ProblemsText, ProblemsAction             string
	SiteTitle, SiteText, SiteAction, SiteAsk string
	NothingTitle, NothingText                string
	NothingSetUp, NothingAction, NothingAsk  string // before set-up is finished
	NothingOcean, NothingShowSet             string // after it
	NotFoundTitle                            func(query string) string
	NotFoundText                             string
	NoneReceivedTitle, NoneReceivedText      string
	NoneSentTitle, NoneSentText              string
}

// ReferralText is the page of one referral.
type ReferralText struct {
	Title     string // never a name: titles stay in the browser's history
	Back      string
	OpenOcean string

	Patient, OtherNames, HealthNumber, VersionCode string
	HealthNumberInvalid, HealthNumberElsewhere     string
	BirthDate, Sex, Phone, Address, ChartNumber    string
	Language, Deceased, NameMissing                string

	Reason, ReasonCodes, ReasonMissing string

	Request, Service, Priority, Authored, AskedOf string
	Reference, StatusNote, Received, Updated      string

	Referrer, Name, Role, Organization string
	Fax, Email                         string
	Licence, Billing, SiteNumber       string

	Appointment, AppointmentStart, AppointmentEnd       string
	AppointmentType, AppointmentNote, AppointmentStatus string
	Confirmed, Unconfirmed                              string

	Forms                 string
	FormName              func(n int) string // of a form that has none
	Unanswered            func(n int) string
	NoQuestion, NoAnswers string

	Messages, MessageEmpty             string
	FromUs, FromReceiver, FromReferrer string

	History      string
	CameHere     func(when string) string
	Repeated     func(n int) string
	UnknownEvent func(code string) string // code may be empty

	Links string

	DetailID, DetailEvent, DetailTask, DetailCode, DetailStatus string
}
