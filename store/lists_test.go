package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// listed is a referral as the tests of lists make it, beside the rows of the table.
type listed struct {
	ReferralRow
	service string
}

// manyListed fills a store with referrals of every kind, straight into the table.
func manyListed(t testing.TB, s *Store, n int) (all []listed) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, uint64(n)))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.update(context.Background(), func(t *tx) error {
		for _, id := range []string{"ada", "bo"} {
			if err := t.exec(`INSERT INTO users (id, email, email_key, name, password_hash, created_at) VALUES (?1, ?1, ?1, ?1, '', 0)`, id); err != nil {
				return err
			}
		}
		for i := range n {
			r := listed{ReferralRow: ReferralRow{ID: fmt.Sprint("r", i), Folder: Folders()[random.IntN(10)],
				Direction:  []Direction{DirectionReceived, DirectionSent, DirectionUnknown}[random.IntN(3)],
				ReceivedAt: monday.AddDate(0, 0, i/20-i/130*3), Urgent: random.IntN(4) == 0, NeedsReview: random.IntN(3) == 0,
				Assignee: []string{"", "ada", "bo"}[random.IntN(3)], ReviewBy: []string{"", "", "ada"}[random.IntN(3)]}, service: []string{"", "Cardiology", "Podiatry"}[random.IntN(3)]}
			r.FolderSince = r.ReceivedAt.AddDate(0, 0, random.IntN(9)) // many share a moment
			sealed, err := t.store.sealSummary(r.ID, summary{Ref: r.ID, Service: r.service})
			if err != nil {
				return err
			}
			key, err := t.service(r.service)
			if err != nil {
				return err
			}
			if err := t.exec(`INSERT INTO referrals (id, ref, direction, folder, test, received_at, summary, folder_since, urgent, needs_review, assignee, review_by, service)
				VALUES (?1, CAST(?1 AS BLOB), ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, nullif(?9, ''), nullif(?10, ''), ?11)`, r.ID, string(r.Direction), string(r.Folder),
				r.ReceivedAt.UnixMilli(), sealed, r.FolderSince.UnixMilli(), r.Urgent, r.NeedsReview, r.Assignee, r.ReviewBy, key); err != nil {
				return err
			}
			if err := t.onDay(referralDays, int64(i+1), r.ReceivedAt.UnixMilli()); err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	}))
	return all
}

// filters are all that people can combine.
func filters(s *Store) (list []ReferralFilter) {
	for _, direction := range []Direction{"", DirectionReceived, DirectionSent} {
		for _, where := range []ReferralFilter{{}, {Folder: FolderNew}, {Folder: FolderDeclined}, {NeedsReview: true}, {Overdue: monday.AddDate(0, 0, 12)}} {
			for _, who := range []ReferralFilter{{}, {Assignee: "ada"}, {ReviewBy: "ada"}, {Service: fmt.Sprintf("%x", s.serviceKey("cardiology"))},
				{From: monday.AddDate(0, 0, 3), Until: monday.AddDate(0, 0, 9)}} {
				for _, urgent := range []bool{false, true} {
					f := where
					f.Direction, f.Assignee, f.ReviewBy, f.Service, f.From, f.Until, f.UrgentFirst = direction, who.Assignee, who.ReviewBy, who.Service, who.From, who.Until, urgent
					list = append(list, f)
				}
			}
		}
	}
	return list
}

// fits says of one referral what the filter says of all.
func (f ReferralFilter) fits(s *Store, r listed) bool {
	return (f.Direction == "" || side(r.Direction) == string(f.Direction)) && (f.Folder == "" || r.Folder == f.Folder) && (!f.NeedsReview || r.NeedsReview) &&
		(f.Overdue.IsZero() || r.Folder.Open() && r.FolderSince.Before(f.Overdue)) && (f.Assignee == "" || r.Assignee == f.Assignee) &&
		(f.ReviewBy == "" || r.ReviewBy == f.ReviewBy) && (f.Service == "" || r.service != "" && f.Service == fmt.Sprintf("%x", s.serviceKey(r.service))) &&
		(f.From.IsZero() || !r.ReceivedAt.Before(f.From)) && (f.Until.IsZero() || r.ReceivedAt.Before(f.Until))
}

func TestEveryListIsWholeAndInOrder(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	all := manyListed(t, s, 400)
	for _, f := range filters(s) {
		var want []listed
		for _, r := range slices.Backward(all) {
			if f.fits(s, r) {
				want = append(want, r)
			}
		}
		if f.byAge() {
			slices.Reverse(want)
			slices.SortStableFunc(want, func(a, b listed) int { return a.FolderSince.Compare(b.FolderSince) })
		} else if f.UrgentFirst {
			slices.SortStableFunc(want, func(a, b listed) int {
				switch {
				case a.Urgent == b.Urgent:
					return 0
				case a.Urgent:
					return -1
				}
				return 1
			})
		}
		for _, limit := range []int{7, 50, 1000} {
			var got []string
			at := f
			for {
				rows, next, err := s.Referrals(context.Background(), at, limit)
				if err != nil {
					t.Fatalf("%+v: %v", f, err)
				}
				for _, r := range rows {
					got = append(got, r.ID)
				}
				if at.Before = ParseCursor(next.String()); next == (Cursor{}) {
					break
				}
			}
			ids := make([]string, 0, len(want))
			for _, r := range want {
				ids = append(ids, r.ID)
			}
			if !slices.Equal(got, ids) && len(got)+len(ids) > 0 {
				t.Fatalf("%+v by %d: %d rows, want %d:\n%v\n%v", f, limit, len(got), len(ids), got, ids)
			}
		}
	}
}

func TestAWrongCursorStartsTheList(t *testing.T) {
	for _, text := range []string{"", "x", "1", "1.", ".1", "1.0", "0.-1", "1.2.3", "1e3.4", "99999999999999999999.1", "0.99999999999999999999"} {
		if c := ParseCursor(text); c != (Cursor{}) {
			t.Errorf("%q is %v", text, c)
		}
	}
}

// plan is how SQLite would run a query.
func plan(t testing.TB, s *Store, query string, args []any) (steps []string) {
	t.Helper()
	rows, err := s.read.Query(`EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}

// TestNoListReadsTheWholeTable asks SQLite itself. What it merges or sorts are a page of each part; what
// waits too long is sorted by age for one person or one service alone.
func TestNoListReadsTheWholeTable(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	manyListed(t, s, 50)
	check := func(what, query string, args []any, sorted bool) {
		t.Helper()
		steps := plan(t, s, query, args)
		for i, step := range steps {
			if !sorted && strings.Contains(step, "TEMP B-TREE") && strings.HasPrefix(steps[i-1], "SEARCH referrals") && !strings.HasSuffix(steps[i-1], "(rowid=?)") {
				t.Errorf("%s: a part is sorted:\n%s", what, strings.Join(steps, "\n"))
			}
			if strings.HasPrefix(step, "SCAN ") && (strings.Contains(step, "referrals") || strings.Contains(step, "messages") || strings.Contains(step, "counters")) {
				t.Errorf("%s: %s", what, step)
			}
		}
	}
	for _, f := range filters(s) {
		for _, before := range []Cursor{{}, {1, 20}, {0, 20}} {
			f.Before = before
			query, args := f.query(50)
			check(fmt.Sprintf("%+v", f), `SELECT `+rowColumns+` FROM `+query, args, f.byAge() && (f.Assignee != "" || f.ReviewBy != "" || f.Service != ""))
		}
		query, args := f.newsQuery(ListMark{10, 0})
		check(fmt.Sprintf("news of %+v", f), query, args, false)
	}
	for _, direction := range []Direction{"", DirectionReceived, DirectionSent} {
		query, args := figuresQuery(direction, "ada", monday)
		check("figures of "+string(direction), query, args, false)
	}
}

func TestFiguresAreThoseOfTheRows(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	all := manyListed(t, s, 400)
	overdue := monday.AddDate(0, 0, 3)
	for _, direction := range []Direction{"", DirectionReceived, DirectionSent} {
		f, err := s.Figures(context.Background(), direction, "ada", overdue)
		if err != nil {
			t.Fatal(err)
		}
		late, asked, oldest := 0, 0, map[Folder]time.Time{}
		for _, r := range all {
			if direction != "" && side(r.Direction) != string(direction) {
				continue
			}
			if r.ReviewBy == "ada" {
				asked++
			}
			if r.Folder.Open() {
				if r.FolderSince.Before(overdue) {
					late++
				}
				if at := oldest[r.Folder]; at.IsZero() || r.FolderSince.Before(at) {
					oldest[r.Folder] = r.FolderSince
				}
			}
		}
		if f.Overdue != late || f.ToReview != min(asked, FiguresMost) || fmt.Sprint(f.Oldest) != fmt.Sprint(oldest) {
			t.Errorf("%q: %d overdue of %d, %d asked of %d, oldest %v, want %v", direction, f.Overdue, late, f.ToReview, asked, f.Oldest, oldest)
		}
	}
	if f, err := s.Figures(context.Background(), "", "nobody", monday.AddDate(1, 0, 0)); err != nil || f.Overdue != FiguresMost || f.ToReview != 0 {
		t.Errorf("%+v, %v", f, err)
	}
}
