package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// What is over may be removed once it is old enough: the clinic says of which class, and after how many
// days. What waits for Ocean or for a person stays however old it is, and so does the audit log.

// RetentionClass is a kind of things that are over, for which the clinic can say how long they are kept.
type RetentionClass string

// What can be kept for a time.
const (
	RetainClosed    RetentionClass = "closed"    // referrals in a closed folder, with all that belongs to them alone
	RetainTest      RetentionClass = "test"      // likewise, of those marked as test data
	RetainUnmatched RetentionClass = "unmatched" // messages that are about no referral
)

// RetentionClasses are all of them, in the order of the page.
var RetentionClasses = []RetentionClass{RetainClosed, RetainTest, RetainUnmatched}

// Least is the smallest number of days: longer than Ocean repeats a message, which would otherwise come
// back.
func (c RetentionClass) Least() int {
	if c == RetainTest {
		return 7
	}
	return 30
}

// RetentionMost is the largest number of days.
const RetentionMost = 36500

// closedFolders are those of referrals that are over.
var closedFolders = []Folder{FolderDeclined, FolderCompleted, FolderCancelled, FolderForwarded}

// Retention is how long a class is kept.
type Retention struct {
	Class RetentionClass
	Days  int // 0: for ever
	SetAt time.Time
	SetBy string    // as people know who it was
	RanAt time.Time // when what is older was last removed, to the end; zero for never
}

// before is what something must be older than to be removed now.
func (r Retention) before(now int64) int64 {
	return now - int64(r.Days)*(24*time.Hour).Milliseconds()
}

// RetentionTotals count what is removed for its age.
type RetentionTotals struct {
	Referrals int `json:"referrals"`
	Messages  int `json:"messages"`
	Documents int `json:"documents"`
}

// ReasonRetention is the reason of a *[FieldError] for days out of bounds; its field is the class.
const ReasonRetention Reason = "retention"

// Retention reads how long each class is kept, in the order of [RetentionClasses].
func (s *Store) Retention(ctx context.Context) ([]Retention, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT class, days, set_at, set_by, ran_at FROM retention`)
	if err != nil {
		return nil, fmt.Errorf("read how long things are kept: %w", err)
	}
	defer rows.Close()
	list := make([]Retention, len(RetentionClasses))
	for rows.Next() {
		var r Retention
		var set, ran int64
		if err := rows.Scan(&r.Class, &r.Days, &set, &r.SetBy, &ran); err != nil {
			return nil, fmt.Errorf("read how long things are kept: %w", err)
		}
		r.SetAt, r.RanAt = fromMillis(set), fromMillis(ran)
		if i := slices.Index(RetentionClasses, r.Class); i >= 0 {
			list[i] = r
		}
	}
	return list, rows.Err()
}

// CheckRetention returns a *[FieldError] for days that cannot be.
func CheckRetention(class RetentionClass, days int) error {
	if days != 0 && (days < class.Least() || days > RetentionMost) {
		return &FieldError{string(class), ReasonRetention, fmt.Sprintf("enter 0, or a number of days from %d to %d", class.Least(), RetentionMost)}
	}
	return nil
}

// SaveRetention sets for how many days the named classes are kept. Those that are set anew are looked
// through from then on. It returns a *[FieldError] for days that cannot be, and [ErrForbidden] without
// System Settings.
func (s *Store) SaveRetention(ctx context.Context, a Actor, days map[RetentionClass]int) error {
	for _, class := range RetentionClasses {
		if err := CheckRetention(class, days[class]); err != nil {
			return err
		}
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, SystemSettings); err != nil {
			return err
		}
		for _, class := range RetentionClasses {
			to, named := days[class]
			var was int
			if err := t.get(`SELECT days FROM retention WHERE class = ?`, []any{string(class)}, &was); err != nil {
				return fmt.Errorf("read how long things are kept: %w", err)
			}
			if !named || was == to {
				continue
			}
			if err := t.exec(`UPDATE retention SET days = ?, set_at = ?, set_by = ?, ran_at = 0 WHERE class = ?`, to, t.now, a.label(), string(class)); err != nil {
				return fmt.Errorf("save how long things are kept: %w", err)
			}
			if err := t.audit(a, ActionRetentionSet, string(class), map[string]any{"days": change{strconv.Itoa(was), strconv.Itoa(to)}}); err != nil {
				return err
			}
		}
		return nil
	})
}
