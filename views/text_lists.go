package views

// ListsText is what the list of referrals says of folders, ages, filters and arrivals, the bar
// above a referral that needs review, and the page Settings > Clinic.
type ListsText struct {
	Folders                              string // name of the rows of folders, for screen readers
	Places                               string // likewise
	OfReceived                           string // before the folders, where both sides are shown
	EveryFolder, NeedsReview, Overdue    string
	Mine, ToReview                       string
	Oldest                               func(days int) string
	DaysIn                               func(days int, folder string) string // of a row that is overdue
	AssignedTo                           func(who string) string
	Somebody                             string // who is here no more
	EmptyTitle, EmptyText, ShowSide      string
	ReviewEmptyTitle, ReviewEmptyText    string
	LateEmptyTitle                       string
	LateEmptyText                        func(days int) string
	Filter                               string // summary of the fold
	Service, AnyService, Person, Anybody string
	Myself                               string
	From, Until                          string
	UrgentFirst                          string
	Show, Clear                          string

	New, Changed  func(n int) string
	NewAndChanged func(arrived, changed int) string
	ShowNews      string

	ReviewWhy, ReviewAsked string
	Latest                 func(what string) string // what Ocean told last
	Reviewed               string                   // the button

	ClinicTitle, ClinicLead  string
	OverdueTitle, OverdueWhy string
	OverdueDays, OverdueHint string
	OverdueWrong             func(typed string) string
	SaveClinic, ClinicSaved  string
	OverdueChanged           func(from, to string) string // in the audit log
}
