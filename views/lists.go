package views

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"breakwater/store"
)

// ReferralList is the list of referrals, or what a search found.
type ReferralList struct {
	ListQuery
	Rows              []store.ReferralRow
	Older             string // address of the next page; "" when there is none
	Figures           store.Figures
	People            []store.User
	Services          []store.Service
	OverdueDays       int    // how long a referral may be in an open folder
	News              *News  // asks for what comes; nil asks for nothing
	Query             string // what was searched for; never in an address
	Searched          bool   // the rows are what a search found
	More              bool   // it found more than it shows
	Problems          int    // messages that wait on the page Delivery problems
	SiteNumberMissing bool   // set-up is not finished
	CanSetUp          bool   // the person may finish it
	NothingYet        bool   // no referral was ever received or sent
}

// ListQuery is what the address of a list says: nothing of a patient.
type ListQuery struct {
	Direction   string            // "" for all, "received", "sent"
	Folder      string            // a folder's code, [InNeedsReview] or [InOverdue]
	Assignee    string            // a person's id, or [Me]
	Review      string            // [Me]: what the reader was asked to review
	Service     string            // key of a service
	From, Until string            // as typed
	Sort        string            // "urgent"
	Errors      map[string]string // from, until
}

// What stands in addresses instead of a folder or a person.
const (
	InNeedsReview = "needs_review"
	InOverdue     = "overdue"
	Me            = "me"
	SortUrgent    = "urgent"
)

// Address is where the list is, at path, with more to say as name, value, ...
func (q ListQuery) Address(path string, more ...string) string {
	values := url.Values{}
	for i, value := range []string{q.Direction, q.Folder, q.Assignee, q.Review, q.Service, q.From, q.Until, q.Sort} {
		more = append(more, []string{"direction", "folder", "assignee", "review", "service", "from", "until", "sort"}[i], value)
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			values.Set(more[i], more[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// in is the same list in another folder; what the row of folders offers excludes each other.
func (q ListQuery) in(folder string) ListQuery {
	if q.Assignee == Me {
		q.Assignee = ""
	}
	q.Folder, q.Review = folder, ""
	return q
}

// on is the same list on another side. Folders differ there.
func (q ListQuery) on(direction string) ListQuery {
	q.Direction = direction
	if q.Folder != InNeedsReview && q.Folder != InOverdue {
		q.Folder = ""
	}
	return q
}

// filtered reports whether the form leaves something out, or orders it.
func (q ListQuery) filtered() bool {
	return q.Service != "" || q.Assignee != "" && q.Assignee != Me || q.From != "" || q.Until != "" || q.Sort != ""
}

// all is the same side without any filter.
func (q ListQuery) all() ListQuery { return ListQuery{Direction: q.Direction} }

// Whole reports whether the list leaves nothing out.
func (q ListQuery) Whole() bool { return !q.filtered() && q.place() == "" && q.Direction == "" }

// place is which entry of the row of folders the list is at: "" for all of them.
func (q ListQuery) place() string {
	switch {
	case q.Folder != "":
		return q.Folder
	case q.Review != "":
		return "review"
	case q.Assignee == Me:
		return Me
	}
	return ""
}

// folderLink is one entry of the row of folders.
type folderLink struct {
	Label, Href string
	Count       string // "" for none
	Age         string // of the oldest; "" where it does not matter
	Late        bool   // that age is overdue
	Current     bool
	Closed      bool // nothing is to be done there any more
}

// places are the entries that hold for both sides.
func (f Frame) places(list ReferralList) []folderLink {
	words, q := f.Text.Lists, list.ListQuery
	mine, asked := q.in(""), q.in("")
	mine.Assignee, asked.Review = Me, Me
	links := []folderLink{
		{Label: words.EveryFolder, Href: q.in("").Address("/referrals"), Current: q.place() == ""},
		{Label: words.NeedsReview, Href: q.in(InNeedsReview).Address("/referrals"), Count: strconv.Itoa(list.Figures.NeedsReview), Current: q.place() == InNeedsReview},
		{Label: words.Overdue, Href: q.in(InOverdue).Address("/referrals"), Count: bounded(list.Figures.Overdue), Current: q.place() == InOverdue},
		{Label: words.Mine, Href: mine.Address("/referrals"), Current: q.place() == Me},
		{Label: words.ToReview, Href: asked.Address("/referrals"), Count: bounded(list.Figures.ToReview), Current: q.place() == "review"},
	}
	return links
}

// bounded writes a figure that is counted up to a bound.
func bounded(n int) string {
	if n >= store.FiguresMost {
		return strconv.Itoa(store.FiguresMost-1) + "+"
	}
	return strconv.Itoa(n)
}

// folders are those of the side, in the portal's words, and any other that has something in it.
func (f Frame) folders(list ReferralList) []folderLink {
	var links []folderLink
	q := list.ListQuery
	q.Direction = orElse(q.Direction, string(store.DirectionReceived))
	for _, folder := range store.Folders() {
		n := list.Figures.Folders[folder]
		if n == 0 && slices.Contains(elsewhere[q.Direction], folder) {
			continue
		}
		link := folderLink{Label: f.Text.Folder(folder), Href: q.in(string(folder)).Address("/referrals"), Count: strconv.Itoa(n),
			Current: list.place() == string(folder), Closed: folder.Closed()}
		if days := f.days(list.Figures.Oldest[folder]); days > 0 {
			link.Age, link.Late = f.Text.Lists.Oldest(days), days >= list.OverdueDays
		}
		links = append(links, link)
	}
	return links
}

// elsewhere are the folders that a side does not have in the portal.
var elsewhere = map[string][]store.Folder{
	"received": {store.FolderAwaitingResponse},
	"sent":     {store.FolderNew, store.FolderAwaitingReply, store.FolderForwarded},
}

// days is how many whole days ago something was; 0 for what never was.
func (f Frame) days(since time.Time) int {
	if since.IsZero() {
		return 0
	}
	return max(0, int(f.Now.Sub(since)/(24*time.Hour)))
}

// overdue is how many days a referral has been in its folder, 0 where that is not too long.
func (list ReferralList) overdue(f Frame, r store.ReferralRow) int {
	if days := f.days(r.FolderSince); r.Folder.Open() && list.OverdueDays > 0 && days >= list.OverdueDays {
		return days
	}
	return 0
}

// who names a person by id; "" for somebody who is not known.
func (list ReferralList) who(id string) string {
	for _, u := range list.People {
		if u.ID == id {
			return orElse(u.Name, u.Email)
		}
	}
	return ""
}

// News is what came since a list was shown.
type News struct {
	New, Changed int
	Poll         string // asks again
	Show         string // the list anew
}

// said is the news in words; "" for none.
func (n News) said(f Frame) string {
	switch words := f.Text.Lists; {
	case n.New > 0 && n.Changed > 0:
		return words.NewAndChanged(n.New, n.Changed)
	case n.New > 0:
		return words.New(n.New)
	case n.Changed > 0:
		return words.Changed(n.Changed)
	}
	return ""
}

// ClinicForm is Settings > Clinic. Errors: overdue_days, idle_minutes.
type ClinicForm struct {
	OverdueDays string // as typed, else as saved
	IdleMinutes string // likewise
	Errors      map[string]string
	Saved       bool
}

// clinic tells of an entry about the clinic's settings.
func (s auditSpeaker) clinic() []string {
	var said []string
	if c := s.OverdueDays; c != nil {
		said = append(said, s.text.Lists.OverdueChanged(c.From, c.To))
	}
	if c := s.IdleMinutes; c != nil {
		said = append(said, s.text.Sessions.IdleChanged(c.From, c.To))
	}
	return said
}
