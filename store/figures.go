package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// FiguresMost is where figures that no counter keeps end: so many, or more.
const FiguresMost = 100

// Figures say how much there is to do.
type Figures struct {
	Folders     map[Folder]int
	Oldest      map[Folder]time.Time // of open folders: since when the oldest is there; zero for none
	NeedsReview int
	Overdue     int // at most FiguresMost
	ToReview    int // what the person was asked to review, at most FiguresMost
}

// Figures reads the figures of a side, "" for both, and of the person with the id me. Overdue is
// since when a referral must be in its open folder. Folders come from counters, so that no list
// however long is counted.
func (s *Store) Figures(ctx context.Context, side Direction, me string, overdue time.Time) (Figures, error) {
	query, args := figuresQuery(side, me, overdue)
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return Figures{}, fmt.Errorf("read figures: %w", err)
	}
	defer rows.Close()
	f := Figures{Folders: map[Folder]int{}, Oldest: map[Folder]time.Time{}}
	for rows.Next() {
		var kind, folder string
		var value int64
		if err := rows.Scan(&kind, &folder, &value); err != nil {
			return Figures{}, fmt.Errorf("read figures: %w", err)
		}
		switch kind {
		case "folder":
			f.Folders[Folder(folder)] += int(value)
		case "oldest":
			if at := fromMillis(value); f.Oldest[Folder(folder)].IsZero() || at.Before(f.Oldest[Folder(folder)]) {
				f.Oldest[Folder(folder)] = at
			}
		case "review":
			f.NeedsReview += int(value)
		case "overdue":
			f.Overdue = min(f.Overdue+int(value), FiguresMost)
		case "asked":
			f.ToReview = min(f.ToReview+int(value), FiguresMost)
		}
	}
	return f, rows.Err()
}

// figuresQuery reads all figures in one statement, so that they are of one moment.
func figuresQuery(side Direction, me string, overdue time.Time) (string, []any) {
	sides := map[Direction]int{DirectionReceived: 0, DirectionSent: 1}
	if side != "" {
		sides = map[Direction]int{side: sides[side]}
	}
	var parts []string
	var args []any
	add := func(part string, values ...any) { parts, args = append(parts, part), append(args, values...) }
	for name, number := range sides {
		for _, folder := range Folders() {
			add(`SELECT 'folder', ?, value FROM counters WHERE name = ?`, string(folder), folderCounter(name, folder))
		}
		add(`SELECT 'review', '', value FROM counters WHERE name = ?`, reviewCounter(name))
		for _, folder := range openFolders {
			add(`SELECT * FROM (SELECT 'oldest', ?, folder_since FROM referrals INDEXED BY referrals_age WHERE (direction = 'sent') = ? AND folder = ? ORDER BY folder_since LIMIT 1)`,
				string(folder), number, string(folder))
			add(`SELECT 'overdue', '', count(*) FROM (SELECT 1 FROM referrals INDEXED BY referrals_age WHERE (direction = 'sent') = ? AND folder = ? AND folder_since < ? LIMIT ?)`,
				number, string(folder), overdue.UnixMilli(), FiguresMost)
		}
		add(`SELECT 'asked', '', count(*) FROM (SELECT 1 FROM referrals INDEXED BY referrals_review_by WHERE review_by = ? AND (direction = 'sent') = ? LIMIT ?)`,
			me, number, FiguresMost)
	}
	return strings.Join(parts, ` UNION ALL `), args
}
