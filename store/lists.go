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

	within span // where the rows of these dates are
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
	switch {
	case f.Assignee != "":
		return whole.by(`INDEXED BY referrals_assignee`, sides).in(f.folders()).byUrgency(f)
	case f.ReviewBy != "":
		return f.narrow(whole.by(`INDEXED BY referrals_review_by`, sides), nil)
	case f.byAge() && f.Service == "":
		return whole.by(`INDEXED BY referrals_age`, sides).in(openFolders)
	case f.NeedsReview:
		return f.narrow(whole.by(`INDEXED BY referrals_review`, sides), nil)
	case f.Service != "":
		return whole.by(`INDEXED BY referrals_service`, sides).in(f.folders()).byUrgency(f)
	case f.Folder != "" || f.UrgentFirst:
		return whole.by(`INDEXED BY referrals_urgent`, sides).in(f.folders()).byUrgency(f)
	case f.Direction != "":
		return whole.by(`INDEXED BY referrals_sent`, sides)
	}
	return whole.by(`NOT INDEXED`, nil)
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

// folders are those that the list can show.
func (f ReferralFilter) folders() []Folder {
	switch {
	case f.Folder != "":
		return []Folder{f.Folder}
	case !f.Overdue.IsZero():
		return openFolders
	}
	return Folders()
}

// parts are branches of one list.
type parts []branch

// by reads a part by an index, split by sides; nil does not split it.
func (b branch) by(index string, sides []int) parts {
	b.index = index
	if sides == nil {
		return parts{b}
	}
	return split(parts{b}, isSent, sides)
}

// in splits parts by folders.
func (p parts) in(folders []Folder) parts {
	return split(p, `folder = ?`, folders)
}

// byUrgency splits parts into the urgent and the others, since their index does, where the list's order
// does not do it already.
func (p parts) byUrgency(f ReferralFilter) parts {
	if f.UrgentFirst {
		return p
	}
	return split(p, `urgent = ?`, []int{1, 0})
}

// split makes of each part one for each value.
func split[T any](p parts, condition string, values []T) (all parts) {
	for _, part := range p {
		for _, v := range values {
			all = append(all, part.and(condition, v))
		}
	}
	return all
}

// narrow leaves to parts what their index does not: a side, where there is one alone, and a folder.
func (f ReferralFilter) narrow(parts parts, sides []int) parts {
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
	if f.within.from > 0 {
		b = b.and(`seq >= ?`, f.within.from)
	}
	return b
}

// ordered are the parts from the cursor on, with the column that leads their order.
func (f ReferralFilter) ordered() (list parts, lead, order string) {
	most, at := f.within.end(), f.Before
	if at.seq <= 0 {
		at = Cursor{math.MaxInt64, math.MaxInt64}
		if f.byAge() {
			at = Cursor{math.MinInt64, 0}
		}
	}
	below := min(at.seq, most)
	for _, b := range f.branches() {
		b = f.rest(b)
		switch {
		case f.byAge():
			list = append(list, b.and(`(folder_since, seq) > (?, ?)`, at.lead, at.seq).and(`seq < ?`, most))
		case f.UrgentFirst && at.lead >= 1:
			list = append(list, b.and(`urgent = 1`).and(`seq < ?`, below), b.and(`urgent = 0`).and(`seq < ?`, most))
		case f.UrgentFirst:
			list = append(list, b.and(`urgent = 0`).and(`seq < ?`, below))
		default:
			list = append(list, b.and(`seq < ?`, below))
		}
	}
	switch {
	case f.byAge():
		return list, `folder_since`, `lead, seq`
	case f.UrgentFirst:
		return list, `urgent`, `lead DESC, seq DESC`
	}
	return list, `0`, `lead DESC, seq DESC`
}

// query is what follows the columns of a list, at most limit rows of it.
func (f ReferralFilter) query(limit int) (string, []any) {
	list, lead, order := f.ordered()
	var text strings.Builder
	var args []any
	inner := strings.ReplaceAll(order, "lead", lead)
	if lead != `folder_since` { // within a part nothing else leads, so that the index has the order
		inner = `seq DESC`
	}
	for i, p := range list {
		if i > 0 {
			text.WriteString(` UNION ALL `)
		}
		fmt.Fprintf(&text, `SELECT * FROM (SELECT seq, %s AS lead FROM referrals %s WHERE %s ORDER BY %s LIMIT ?)`, lead, p.index, strings.Join(p.where, ` AND `), inner)
		args = append(append(args, p.args...), limit)
	}
	return fmt.Sprintf(`(SELECT seq AS at, lead FROM (%s) ORDER BY %s LIMIT ?) CROSS JOIN referrals ON seq = at ORDER BY %s`,
		text.String(), order, order), append(args, limit)
}
