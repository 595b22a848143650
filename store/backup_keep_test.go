package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func toronto(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// nights makes names of backups at those times, newest first.
func nights(at ...time.Time) (list []nightlyBackup) {
	for _, t := range at {
		list = append(list, nightlyBackup{t.UTC().Format(backupStamp), t})
	}
	slices.SortFunc(list, func(a, b nightlyBackup) int { return b.at.Compare(a.at) })
	return list
}

// TestWhichBackupsStay makes one a night for years, prunes after each, and looks at what is there: 7
// days, the 4 newest weeks and the 6 newest months, the newest of each.
func TestWhichBackupsStay(t *testing.T) {
	zone := toronto(t)
	var list []nightlyBackup
	begin := time.Date(2026, 1, 1, 2, 30, 0, 0, zone)
	for day := range 3 * 365 {
		now := begin.AddDate(0, 0, day)
		list = append(nights(now), list...)
		stay := staying(list, zone)
		list = slices.DeleteFunc(list, func(b nightlyBackup) bool { return !stay[b.name] })
		if list[0].at != now {
			t.Fatalf("day %d: the newest is gone", day)
		}
		for back := range min(keepDays, day+1) {
			if want := begin.AddDate(0, 0, day-back); !slices.ContainsFunc(list, func(b nightlyBackup) bool { return b.at.Equal(want) }) {
				t.Fatalf("day %d: the one of %d days before is gone", day, back)
			}
		}
		if most := keepDays + keepWeeks + keepMonths; len(list) > most {
			t.Fatalf("day %d: %d backups", day, len(list))
		}
	}
	oldest := list[len(list)-1].at
	if age := begin.AddDate(0, 0, 3*365-1).Sub(oldest).Hours() / 24; age < 120 || age > 190 {
		t.Errorf("the oldest of %d is %.0f days old", len(list), age)
	}
	if len(list) < 14 {
		t.Errorf("only %d stay", len(list))
	}
}

// TestACalendarThatJumpsRemovesNothingTooMuch: after years in a cupboard, or with a wrong clock, what is
// there stays.
func TestACalendarThatJumpsRemovesNothingTooMuch(t *testing.T) {
	zone := toronto(t)
	base := time.Date(2026, 6, 1, 2, 30, 0, 0, zone)
	for name, list := range map[string][]nightlyBackup{
		"one, and the next ten years later":   nights(base, base.AddDate(10, 0, 0)),
		"three of a week, and one of 2036":    nights(base, base.AddDate(0, 0, 1), base.AddDate(0, 0, 2), base.AddDate(10, 0, 0)),
		"the same day twice, an hour between": nights(base, base.Add(24*time.Hour), base.Add(25*time.Hour)),
	} {
		stay := staying(list, zone)
		if !stay[list[0].name] || len(stay) < len(list)-1 {
			t.Errorf("%s: %d of %d stay", name, len(stay), len(list))
		}
	}
	// Whatever there is: the newest stays, a second time changes nothing, and never fewer than a day's.
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var at []time.Time
		for range random.IntN(40) + 1 {
			at = append(at, base.Add(time.Duration(random.Int64N(int64(3*365*24*time.Hour)))))
		}
		list := nights(at...)
		stay := staying(list, zone)
		left := slices.DeleteFunc(slices.Clone(list), func(b nightlyBackup) bool { return !stay[b.name] })
		if !stay[list[0].name] || len(staying(left, zone)) != len(left) || len(left) < min(len(list), 3) {
			t.Fatalf("of %d stay %d", len(list), len(left))
		}
	}
}

func TestLastNight(t *testing.T) {
	zone := toronto(t)
	for _, c := range []struct{ now, want string }{
		{"2026-06-01 02:29", "2026-05-31 02:30"},
		{"2026-06-01 02:30", "2026-06-01 02:30"},
		{"2026-06-01 23:59", "2026-06-01 02:30"},
		{"2026-01-01 00:00", "2025-12-31 02:30"},
		{"2026-03-08 12:00", "2026-03-08 01:30"}, // 02:30 is skipped that night
		{"2026-11-01 12:00", "2026-11-01 02:30"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := lastNight(now.UTC(), zone).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("at %s: %s, want %s", c.now, got, c.want)
		}
	}
}

// TestOnlyItsOwnFilesAreRemoved puts others beside them.
func TestOnlyItsOwnFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	others := []string{"breakwater-old.age", "breakwater-2026-06-01T063000Z.age.txt", "breakwater-2026-06-01.age", "letter.pdf",
		"xbreakwater-2026-06-01T063000Z.age", "breakwater-2026-06-01T063000Z.age.copy"}
	for _, name := range others {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "breakwater-2020-01-01T000000Z.age"), 0o700); err != nil {
		t.Fatal(err)
	}
	base := time.Date(2020, 6, 1, 6, 30, 0, 0, time.UTC)
	for i := range 60 {
		if err := os.WriteFile(filepath.Join(dir, backupPrefix+base.AddDate(0, 0, i).Format(backupStamp)+backupSuffix), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, backupPrefix+base.Format(backupStamp)+backupSuffix+unfinishedName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	removed, err := prune(dir, time.UTC)
	if err != nil || removed < 40 {
		t.Errorf("%d, %v", removed, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := 60 - removed + len(others) + 1; len(entries) != want {
		t.Errorf("%d files are left, want %d", len(entries), want)
	}
	for _, name := range others {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
}

// TestEveryFaultHasItsWord: what can go wrong is told apart, and nothing is told as nothing.
func TestEveryFaultHasItsWord(t *testing.T) {
	for err, want := range map[error]BackupFault{
		fmt.Errorf("x: %w", ErrDiskFull): BackupFull, fmt.Errorf("x: %w", os.ErrPermission): BackupFolder, ErrBusy: BackupBusy,
		fmt.Errorf("x: %w", errUseless): BackupDamage, fmt.Errorf("x"): BackupOther, nil: "", errNoBackup: BackupMissing, ErrNoReader: BackupKey,
	} {
		if got := faultOf(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
	for _, f := range BackupFaults {
		if f == "" || strings.ToLower(string(f)) != string(f) {
			t.Errorf("%q", f)
		}
	}
}
