package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// nightlyBackup is a file that a night left.
type nightlyBackup struct {
	name string
	at   time.Time
}

// nightlyBackups are those of a folder, newest first. Files of other names are nobody's business.
func nightlyBackups(dir string) (list []nightlyBackup, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look into the folder for backups: %w", err)
	}
	for _, e := range entries {
		stamp, is := strings.CutPrefix(e.Name(), backupPrefix)
		stamp, ends := strings.CutSuffix(stamp, backupSuffix)
		if at, err := time.Parse(backupStamp, stamp); err == nil && is && ends && e.Type().IsRegular() {
			list = append(list, nightlyBackup{e.Name(), at})
		}
		if is && strings.HasSuffix(e.Name(), backupSuffix+unfinishedName) { // of a night in which the power failed
			if err := removeIfThere(filepath.Join(dir, e.Name())); err != nil {
				return nil, fmt.Errorf("remove an unfinished backup: %w", err)
			}
		}
	}
	slices.SortFunc(list, func(a, b nightlyBackup) int { return b.at.Compare(a.at) })
	return list, nil
}

// staying says which backups stay: the newest of each of the newest days, weeks and months. They come
// newest first.
func staying(list []nightlyBackup, zone *time.Location) map[string]bool {
	stay := map[string]bool{}
	for _, rule := range []struct {
		most int
		of   func(time.Time) string
	}{
		{keepDays, func(t time.Time) string { return t.Format("2006-01-02") }},
		{keepWeeks, func(t time.Time) string { year, week := t.ISOWeek(); return fmt.Sprint(year, week) }},
		{keepMonths, func(t time.Time) string { return t.Format("2006-01") }},
	} {
		seen := map[string]bool{}
		for _, b := range list {
			if of := rule.of(b.at.In(zone)); !seen[of] && len(seen) < rule.most {
				seen[of], stay[b.name] = true, true
			}
		}
	}
	return stay
}

// prune removes what the rule does not keep.
func prune(dir string, zone *time.Location) (removed int, err error) {
	list, err := nightlyBackups(dir)
	if err != nil {
		return 0, err
	}
	stay := staying(list, zone)
	for _, b := range list {
		if stay[b.name] {
			continue
		}
		if err := removeIfThere(filepath.Join(dir, b.name)); err != nil {
			return removed, fmt.Errorf("remove an old backup: %w", err)
		}
		removed++
	}
	return removed, nil
}

// makeRoom removes the oldest backups while there is no room for the next, all but the newest few.
func (s *Store) makeRoom(ctx context.Context, dir string) (removed int, err error) {
	size, err := s.size(ctx)
	if err != nil {
		return 0, err
	}
	for {
		short := s.roomForBackup(dir, size)
		if !errors.Is(short, ErrDiskFull) {
			return removed, short
		}
		list, err := nightlyBackups(dir)
		if err != nil {
			return removed, err
		}
		if len(list) <= keepLeast {
			return removed, short
		}
		if err := removeIfThere(filepath.Join(dir, list[len(list)-1].name)); err != nil {
			return removed, fmt.Errorf("remove an old backup: %w", err)
		}
		removed++
	}
}
