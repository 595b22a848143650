package store

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Folders lists every folder in the order in which a clinic works through them, the closed ones last.
func Folders() []Folder {
	return []Folder{FolderNew, FolderPendingBooking, FolderAwaitingReply, FolderAwaitingResponse, FolderBookedUnconfirmed,
		FolderBookedConfirmed, FolderCompleted, FolderDeclined, FolderCancelled, FolderForwarded}
}

// Open reports whether a referral in the folder waits on somebody, and so can be overdue.
func (f Folder) Open() bool { return slices.Contains(openFolders, f) }

// Closed reports whether nothing more is to be done in the folder.
func (f Folder) Closed() bool { return slices.Contains(Folders()[6:], f) }

var openFolders = []Folder{FolderNew, FolderPendingBooking, FolderAwaitingReply, FolderAwaitingResponse}

// ReferralFilter says which referrals a list shows, and in which order: newest first, but those that
// wait too long by how long they wait. Its zero value is all of them.
type ReferralFilter struct {
	Direction   Direction // "" for all; those of unknown direction stand with the received
	Folder      Folder
	NeedsReview bool
	Overdue     time.Time // in an open folder since before then
	Assignee    string    // a person's id
	ReviewBy    string    // a person's id
	Service     string    // a [Service]'s key
	From, Until time.Time // of the first message; Until is the first moment that is too late
	UrgentFirst bool
	Before      Cursor // that [Store.Referrals] returned; zero starts the list
}

// Cursor is where a list goes on: after the row with these values. The zero value is its start.
type Cursor struct{ lead, seq int64 }

// String writes a cursor for an address. That of the start is "".
func (c Cursor) String() string {
	if c == (Cursor{}) {
		return ""
	}
	return strconv.FormatInt(c.lead, 10) + "." + strconv.FormatInt(c.seq, 10)
}

// ParseCursor reads what [Cursor.String] wrote. Anything else starts a list.
func ParseCursor(text string) Cursor {
	lead, seq, _ := strings.Cut(text, ".")
	l, err := strconv.ParseInt(lead, 10, 64)
	n, err2 := strconv.ParseInt(seq, 10, 64)
	if err != nil || err2 != nil || n <= 0 {
		return Cursor{}
	}
	return Cursor{l, n}
}

// A branch reads one part of a list by one index, which holds it in the list's order. SQLite
// merges them, so that no list is ever sorted as a whole.
type branch struct {
	index string // how the table is read
	where []string
	args  []any
}

func (b branch) and(condition string, args ...any) branch {
	return branch{b.index, append(slices.Clip(b.where), condition), append(slices.Clip(b.args), args...)}
}

const isSent = `(direction = 'sent') = ?`

// branches are the parts of the list, each by the index that leaves the least to look through.
func (f ReferralFilter) branches() []branch {
	whole, sides := branch{}, f.sides()
	perFolder := `INDEXED BY referrals_folder`
	if f.UrgentFirst {
		perFolder = `INDEXED BY referrals_urgent`
	}
	switch {
	case f.byAge():
		return whole.by(`INDEXED BY referrals_age`, sides, openFolders)
	case f.Assignee != "":
		return f.narrow(whole.by(`INDEXED BY referrals_assignee`, nil, nil), sides)
	case f.ReviewBy != "":
		return f.narrow(whole.by(`INDEXED BY referrals_review_by`, nil, nil), sides)
	case f.NeedsReview:
		return f.narrow(whole.by(`INDEXED BY referrals_review`, sides, nil), nil)
	case f.Folder != "":
		return whole.by(perFolder, sides, []Folder{f.Folder})
	case !f.Overdue.IsZero():
		return whole.by(perFolder, sides, openFolders)
	case f.Service != "":
		return f.narrow(whole.by(`INDEXED BY referrals_service`, nil, nil), sides)
	case f.UrgentFirst:
		return whole.by(perFolder, sides, Folders())
	case f.Direction != "":
		return whole.by(`INDEXED BY referrals_sent`, sides, nil)
	}
	return whole.by(`NOT INDEXED`, nil, nil)
}

// sides are the values of isSent that the list shows.
func (f ReferralFilter) sides() []int {
	switch f.Direction {
	case "":
		return []int{0, 1}
	case DirectionSent:
		return []int{1}
	}
	return []int{0}
}

// byAge reports whether the list stands in the order of how long its referrals wait.
func (f ReferralFilter) byAge() bool { return !f.Overdue.IsZero() && !f.UrgentFirst }

// by splits a part by sides and folders; nil does not split it.
func (b branch) by(index string, sides []int, folders []Folder) []branch {
	b.index = index
	parts := []branch{b}
	if sides != nil {
		parts = nil
		for _, side := range sides {
			parts = append(parts, b.and(isSent, side))
		}
	}
	if folders == nil {
		return parts
	}
	var all []branch
	for _, p := range parts {
		for _, folder := range folders {
			all = append(all, p.and(`folder = ?`, string(folder)))
		}
	}
	return all
}

// narrow leaves to parts what their index does not: a side, where there is one alone, and a folder.
func (f ReferralFilter) narrow(parts []branch, sides []int) []branch {
	for i := range parts {
		if len(sides) == 1 {
			parts[i] = parts[i].and(isSent, sides[0])
		}
		if f.Folder != "" {
			parts[i] = parts[i].and(`folder = ?`, string(f.Folder))
		}
		if !f.Overdue.IsZero() {
			parts[i] = parts[i].and(`folder IN ('new', 'pending_booking', 'awaiting_reply', 'awaiting_response')`)
		}
	}
	return parts
}

// rest adds what holds for every part alike.
func (f ReferralFilter) rest(b branch) branch {
	if f.NeedsReview {
		b = b.and(`needs_review = 1`)
	}
	if !f.Overdue.IsZero() {
		b = b.and(`folder_since < ?`, f.Overdue.UnixMilli())
	}
	if f.Assignee != "" {
		b = b.and(`assignee = ?`, f.Assignee)
	}
	if f.ReviewBy != "" {
		b = b.and(`review_by = ?`, f.ReviewBy)
	}
	if f.Service != "" {
		key, err := hex.DecodeString(f.Service)
		if err != nil || len(key) == 0 {
			key = []byte{} // no service has it
		}
		b = b.and(`service = ?`, key)
	}
	if !f.From.IsZero() {
		b = b.and(`received_at >= ?`, f.From.UnixMilli())
	}
	if !f.Until.IsZero() {
		b = b.and(`received_at < ?`, f.Until.UnixMilli())
	}
	return b
}

// ordered are the parts from the cursor on, with the column that leads their order.
func (f ReferralFilter) ordered() (parts []branch, lead, order string) {
	at := f.Before
	if at.seq <= 0 {
		at = Cursor{math.MaxInt64, math.MaxInt64}
		if f.byAge() {
			at = Cursor{math.MinInt64, 0}
		}
	}
	for _, b := range f.branches() {
		b = f.rest(b)
		switch {
		case f.byAge():
			parts = append(parts, b.and(`(folder_since, seq) > (?, ?)`, at.lead, at.seq))
		case f.UrgentFirst && at.lead >= 1:
			parts = append(parts, b.and(`urgent = 1`).and(`seq < ?`, at.seq), b.and(`urgent = 0`).and(`seq < ?`, int64(math.MaxInt64)))
		case f.UrgentFirst:
			parts = append(parts, b.and(`urgent = 0`).and(`seq < ?`, at.seq))
		default:
			parts = append(parts, b.and(`seq < ?`, at.seq))
		}
	}
	switch {
	case f.byAge():
		return parts, `folder_since`, `lead, seq`
	case f.UrgentFirst:
		return parts, `urgent`, `lead DESC, seq DESC`
	}
	return parts, `0`, `lead DESC, seq DESC`
}

// query is what follows the columns of a list, at most limit rows of it.
func (f ReferralFilter) query(limit int) (string, []any) {
	parts, lead, order := f.ordered()
	var text strings.Builder
	var args []any
	inner := strings.ReplaceAll(order, "lead", lead)
	if lead != `folder_since` { // within a part nothing else leads, so that the index has the order
		inner = `seq DESC`
	}
	for i, p := range parts {
		if i > 0 {
			text.WriteString(` UNION ALL `)
		}
		fmt.Fprintf(&text, `SELECT * FROM (SELECT seq, %s AS lead FROM referrals %s WHERE %s ORDER BY %s LIMIT ?)`, lead, p.index, strings.Join(p.where, ` AND `), inner)
		args = append(append(args, p.args...), limit)
	}
	return fmt.Sprintf(`(SELECT seq AS at, lead FROM (%s) ORDER BY %s LIMIT ?) CROSS JOIN referrals ON seq = at ORDER BY %s`,
		text.String(), order, order), append(args, limit)
}
