package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Backups make themselves, every night. The newest of each of the last days, weeks and months that have
// one stay; by the files that there are and not by their age, so that neither a machine that was off for
// long nor a clock that jumps makes the last good one go.

const (
	// NoBackups, as the folder, turns nightly backups off.
	NoBackups   = "off"
	backupsName = "backups" // in the data folder

	keepDays   = 7
	keepWeeks  = 4
	keepMonths = 6
	// keepLeast stay when others go for want of room.
	keepLeast = 3

	nightHour, nightMinute = 2, 30     // of the clinic's zone
	retryBackup            = time.Hour // after a failure
	tryBackupEvery         = 30 * 24 * time.Hour
	backupStamp            = "2006-01-02T150405Z"
	backupPrefix           = "breakwater-"
	backupSuffix           = ".age"
)

var (
	errNoBackup  = errors.New("there is no backup to try")
	errRecipient = errors.New("no recipient of age")
)

// backupFolder is where nightly backups go; "" for nowhere.
func (s *Store) backupFolder() string {
	switch s.opts.BackupDir {
	case "":
		return filepath.Join(s.opts.Dir, backupsName)
	case NoBackups:
		return ""
	}
	return s.opts.BackupDir
}

// BackupIfDue makes the nightly backup if it is due: at night by the clinic's zone, once after the
// machine was off then, and again an hour after a failure. It removes what the retention rule does not
// keep, and once a month tries to restore the newest. It reports whether it did anything.
func (s *Store) BackupIfDue(ctx context.Context, zone *time.Location) (did bool, err error) {
	dir := s.backupFolder()
	if dir == "" || s.Damage() != nil {
		return false, nil
	}
	if did, err = s.backUpAtNight(ctx, dir, zone); err != nil {
		return did, err
	}
	tried, err := s.tryIfDue(ctx, dir)
	return did || tried, err
}

// isDue reports whether what was last done well at good, and last tried at tried, is due.
func (s *Store) isDue(ctx context.Context, good, tried, since time.Time) (bool, error) {
	var made int64
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(min(created_at), 0) FROM keys`).Scan(&made); err != nil {
		return false, fmt.Errorf("read when the database was made: %w", err)
	}
	now := s.opts.Now()
	return good.Before(since) && fromMillis(made).Before(since) && now.Sub(tried) >= retryBackup, nil
}

// lastNight is when the night's work last began.
func lastNight(now time.Time, zone *time.Location) time.Time {
	now = now.In(zone)
	at := time.Date(now.Year(), now.Month(), now.Day(), nightHour, nightMinute, 0, 0, zone)
	if at.After(now) {
		at = time.Date(now.Year(), now.Month(), now.Day()-1, nightHour, nightMinute, 0, 0, zone)
	}
	return at
}

func (s *Store) backUpAtNight(ctx context.Context, dir string, zone *time.Location) (bool, error) {
	good, err := s.lastRecord(ctx, `kind = 'nightly' AND fault = ''`)
	if err != nil {
		return false, err
	}
	last, err := s.lastRecord(ctx, `kind = 'nightly'`)
	if err != nil {
		return false, err
	}
	if there, err := exists(filepath.Join(dir, good.File)); err == nil && !there {
		good = BackupRecord{} // somebody took it away
	}
	if due, err := s.isDue(ctx, good.At, last.At, lastNight(s.opts.Now(), zone)); err != nil || !due {
		return false, err
	}
	made, err := s.nightly(ctx, dir, zone)
	return true, s.keepNoted(ctx, SystemActor(), BackupNightly, made, err)
}

func (s *Store) nightly(ctx context.Context, dir string, zone *time.Location) (made BackupMade, err error) {
	now := s.opts.Now()
	made = BackupMade{At: now, File: filepath.Join(dir, backupPrefix+now.UTC().Format(backupStamp)+backupSuffix)}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return made, fmt.Errorf("make the folder for backups: %w", err)
	}
	removed, err := s.makeRoom(ctx, dir)
	if err != nil {
		return made, err
	}
	if made, err = s.backup(ctx, BackupTo{File: made.File}); err != nil {
		return made, err
	}
	if made.Holds.Damaged() == 0 { // else an older one may be the last that is whole
		more, err := prune(dir, zone)
		if removed += more; err != nil {
			return made, err
		}
	}
	made.removed = removed
	return made, nil
}

// tryIfDue tries once a month to restore the newest backup.
func (s *Store) tryIfDue(ctx context.Context, dir string) (bool, error) {
	good, err := s.lastRecord(ctx, `kind = 'trial' AND fault = '' AND damaged = 0`)
	if err != nil {
		return false, err
	}
	last, err := s.lastRecord(ctx, `kind = 'trial'`)
	if err != nil {
		return false, err
	}
	if s.opts.Now().Sub(good.At) < tryBackupEvery || s.opts.Now().Sub(last.At) < 24*time.Hour {
		return false, nil
	}
	if made, err := s.lastRecord(ctx, `kind = 'nightly' AND fault = ''`); err != nil || made.At.IsZero() {
		return false, err // there is nothing to try yet
	}
	made, err := s.try(ctx, dir)
	return true, errors.Join(err, s.noteBackup(ctx, SystemActor(), BackupTrial, made, err))
}

func (s *Store) try(ctx context.Context, dir string) (made BackupMade, err error) {
	made = BackupMade{At: s.opts.Now()}
	unlock, err := s.lockBackups(ctx)
	if err != nil {
		return made, err
	}
	defer unlock()
	if err := removeTrials(s.opts.Dir); err != nil {
		return made, err
	}
	list, err := nightlyBackups(dir)
	if err != nil {
		return made, err
	}
	if len(list) == 0 {
		return made, errNoBackup
	}
	made.File = filepath.Join(dir, list[0].name)
	made.Holds, err = TryRestore(ctx, RestoreFrom{File: made.File, Dir: s.opts.Dir, MasterKey: s.opts.MasterKey, Now: s.opts.Now, Disk: s.opts.Disk})
	if errors.Is(err, ErrNotWhole) {
		err = nil // how much is in the record
	}
	return made, err
}

// removeTrials removes what trials left that were broken off.
func removeTrials(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, trialPrefix+"*"))
	for _, path := range left {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// isOfFolder reports whether an error says that a folder cannot be reached or written.
func isOfFolder(err error) bool {
	for _, is := range []error{fs.ErrNotExist, fs.ErrPermission, syscall.EROFS, syscall.ENOTDIR, syscall.EIO, syscall.ESTALE, syscall.ENODEV, syscall.ENXIO, syscall.EHOSTDOWN} {
		if errors.Is(err, is) {
			return true
		}
	}
	return false
}
