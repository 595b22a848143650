package views

// TeamText is working on referrals together: assignments, notes, reviews, and who opened what.
type TeamText struct {
	Title, AssignedTo, Nobody string
	Assign, AssignMe          string
	NowWith                   func(who string) string // beside the choice of somebody who was refused
	NowNobody                 string
	Disabled, CannotOpen      func(who string) string // of somebody whom nobody could choose any more
	PersonWrong               string

	ReviewTitle, ReviewBy, ReviewChoose string
	AskReview, ReviewAsked              string
	ReviewMissing                       string

	NotesTitle, NotesOnly, NotesList, NoNotes string
	NoteLabel, AddNote, ToNotes               string
	NoteMissing                               string
	NoteLong                                  func(most int) string

	Changed, ShowChanged      string // while the page is open
	StaleTitle, StaleText     string // what was posted was not done
	StaleAgain                string // instead of StaleText, where nothing was chosen
	StaleOcean                string // a message was what changed it
	OpenedLink, OpenedTitle   string
	OpenedLead, OpenedList    string
	Who, What, When, Where    string // columns
	OpenedBack, OpenedAll     string // ways on
	OpenedEmpty, OpenedNobody string
	About                     string // label of the way to this page, in the audit log
	Patient, Query, Sealed    string // of an entry; sealed for whoever may not see referrals
	NumberEnds                func(digits string) string

	// Sentences of the audit log.
	SaidOpened, SaidDownloaded, SaidNoted string
	SaidAssigned, SaidReviewAsked         func(who string) string
	SaidUnassigned                        string
	SaidSearched                          func(found int, terms []string) string
	Terms                                 map[string]string // that people search by
}
