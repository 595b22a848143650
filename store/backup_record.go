package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"breakwater/store/seal"
)

// BackupKind is what kind of backup, or whether it is a trial of one.
type BackupKind string

// The kinds.
const (
	BackupNightly BackupKind = "nightly"
	BackupManual  BackupKind = "manual" // by the command line
	BackupTrial   BackupKind = "trial"  // restored, and thrown away again
)

// BackupFault says why there is no backup, or why one could not be restored.
type BackupFault string

// The reasons.
const (
	BackupFull    BackupFault = "disk"    // no room
	BackupFolder  BackupFault = "folder"  // the folder cannot be reached or written
	BackupBusy    BackupFault = "busy"    // somebody else makes one, or the database is locked
	BackupDamage  BackupFault = "damage"  // the database, or the backup, is damaged
	BackupKey     BackupFault = "key"     // the master key does not fit
	BackupBroken  BackupFault = "broken"  // Breakwater was stopped
	BackupMissing BackupFault = "missing" // there is no backup to try
	BackupOther   BackupFault = "other"   // whatever the log says
)

// BackupFaults are all of them, for tables that must be whole.
var BackupFaults = []BackupFault{BackupFull, BackupFolder, BackupBusy, BackupDamage, BackupKey, BackupBroken, BackupMissing, BackupOther}

// BackupRecord is what became of a backup, or of a trial.
type BackupRecord struct {
	Kind    BackupKind
	At      time.Time // when it began; zero for none at all
	Ended   time.Time
	File    string // its name, without its folder
	Bytes   int64
	Damaged int64       // things in it that are not whole
	Fault   BackupFault // "" where all went well
}

// Good reports whether there is such a backup, and everything in it is whole.
func (r BackupRecord) Good() bool { return !r.At.IsZero() && r.Fault == "" && r.Damaged == 0 }

// Useless reports whether it is a trial that shows that its backup cannot be restored: one that was broken
// off, or had no room, says nothing of that.
func (r BackupRecord) Useless() bool {
	switch r.Fault {
	case BackupBroken, BackupMissing, BackupBusy, BackupFull:
		return false
	}
	return r.Kind == BackupTrial && !r.At.IsZero() && !r.Good()
}

// BackupState is what is known of the backups.
type BackupState struct {
	Folder string       // of the nightly ones; "" where there are none
	Good   BackupRecord // the newest one that is whole, nightly or not
	Last   BackupRecord // the newest, whatever became of it
	Trial  BackupRecord // the last time that one was tried
}

// LastBackup is what is known of the backups.
func (s *Store) LastBackup(ctx context.Context) (b BackupState, err error) {
	b.Folder = s.backupFolder()
	for where, to := range map[string]*BackupRecord{`kind <> 'trial' AND fault = '' AND damaged = 0`: &b.Good,
		`kind <> 'trial'`: &b.Last, `kind = 'trial'`: &b.Trial} {
		if *to, err = s.lastRecord(ctx, where); err != nil {
			return b, err
		}
	}
	return b, nil
}

// lastRecord is the newest that fits. One of the future was made while the clock was wrong, and says
// nothing.
func (s *Store) lastRecord(ctx context.Context, where string) (r BackupRecord, err error) {
	var at, ended int64
	err = notFound(s.read.QueryRowContext(ctx, `SELECT kind, at, ended_at, file, bytes, damaged, fault FROM backups WHERE at <= ? AND `+where+` ORDER BY at DESC, id DESC LIMIT 1`,
		s.now()).Scan(&r.Kind, &at, &ended, &r.File, &r.Bytes, &r.Damaged, &r.Fault))
	if errors.Is(err, ErrNotFound) {
		return BackupRecord{}, nil
	}
	if err != nil {
		return BackupRecord{}, fmt.Errorf("read what became of the backups: %w", err)
	}
	r.At, r.Ended = fromMillis(at), fromMillis(ended)
	return r, nil
}

// recordsKept is how long records of backups are kept.
const recordsKept = 400 * 24 * time.Hour

// noteBackup notes what became of a backup, and tells the audit log. That the nightly one fails again
// for the same reason is no news.
func (s *Store) noteBackup(ctx context.Context, a Actor, kind BackupKind, made BackupMade, failed error) error {
	r := BackupRecord{Kind: kind, At: made.At, File: filepath.Base(made.File), Bytes: made.Bytes, Damaged: made.Holds.Damaged(), Fault: faultOf(failed)}
	last, err := s.lastRecord(ctx, `kind = '`+string(kind)+`'`)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // what was broken off is noted too
	err = s.update(ctx, func(t *tx) error {
		if err := t.exec(`INSERT INTO backups (kind, at, ended_at, file, bytes, damaged, fault) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			string(kind), r.At.UnixMilli(), t.now, r.File, r.Bytes, r.Damaged, string(r.Fault)); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM backups WHERE at < ?`, t.now-recordsKept.Milliseconds()); err != nil {
			return err
		}
		action, fields := r.told(made.removed)
		if kind == BackupNightly && r.Fault != "" && r.Fault == last.Fault {
			return nil
		}
		return t.audit(a, action, r.File, fields)
	})
	if err != nil {
		return fmt.Errorf("note what became of the backup: %w", err)
	}
	return nil
}

func (r BackupRecord) told(removed int) (Action, map[string]any) {
	fields := map[string]any{"damaged": r.Damaged}
	switch {
	case r.Kind == BackupTrial:
		fields["fault"] = r.Fault
		return ActionBackupTried, fields
	case r.Fault != "":
		return ActionBackupFailed, map[string]any{"nightly": r.Kind == BackupNightly, "fault": r.Fault}
	}
	fields["nightly"], fields["bytes"], fields["removed"] = r.Kind == BackupNightly, r.Bytes, removed
	return ActionBackupMade, fields
}

func faultOf(err error) BackupFault {
	for _, c := range []struct {
		is    error
		fault BackupFault
	}{{ErrDiskFull, BackupFull}, {ErrBackupBusy, BackupBusy}, {ErrBusy, BackupBusy}, {ErrDamaged, BackupDamage},
		{errNoBackup, BackupMissing}, {seal.ErrWrongMaster, BackupKey}, {ErrNoReader, BackupKey},
		{errUseless, BackupDamage}, {context.Canceled, BackupBroken}} {
		if errors.Is(err, c.is) {
			return c.fault
		}
	}
	if isOfFolder(err) {
		return BackupFolder
	}
	if err != nil {
		return BackupOther
	}
	return ""
}
