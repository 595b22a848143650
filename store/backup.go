package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// A backup is a copy of the database, encrypted with age. It is taken while everything goes on: SQLite
// copies what is committed at one moment to a file beside the database, in which everything is sealed as
// it was; the copy is checked as a restore would check it, encrypted beside its final name, read back,
// and only then moved there. The master key is not in it. See [Restore] for the way back.

// Why there is no backup.
var (
	ErrBackupThere = errors.New("there is a file of that name already")
	ErrBackupBusy  = errors.New("another backup is being made or tried")
)

const (
	copyName       = FileName + ".backup"      // the copy that is encrypted
	backupLockName = FileName + ".backup.lock" // locked by whoever makes it
	unfinishedName = ".unfinished"             // behind the name of a backup that is not whole yet
)

// BackupTo says where a backup goes, and who can open it.
type BackupTo struct {
	File      string // must not be there
	Recipient string // of age ("age1..."); "" is whoever has the master key
}

// BackupMade is a backup that was made.
type BackupMade struct {
	File  string
	At    time.Time // the state that it holds
	Bytes int64
	Holds Report

	removed int // older ones, for this one
}

// Backup makes a backup, consistent while everything goes on, and reads it back. It takes room for the
// database beside it and in the target's folder, and refuses where that would go below the floor. It
// returns [ErrBackupThere], [ErrDiskFull] and [ErrForbidden] without System Settings. What is damaged
// already is in the backup too, and said in its report.
func (s *Store) Backup(ctx context.Context, a Actor, to BackupTo) (BackupMade, error) {
	if err := s.update(ctx, func(t *tx) error { return t.require(a, SystemSettings) }); err != nil {
		return BackupMade{}, err
	}
	made, err := s.backup(ctx, to)
	if errors.Is(err, ErrBackupThere) || errors.Is(err, errRecipient) {
		return made, err // a slip of whoever typed it says nothing of the backups
	}
	return made, s.keepNoted(ctx, a, BackupManual, made, err)
}

// keepNoted notes what became of a backup. One that cannot be noted in the audit log does not stay.
func (s *Store) keepNoted(ctx context.Context, a Actor, kind BackupKind, made BackupMade, failed error) error {
	unnoted := s.noteBackup(ctx, a, kind, made, failed)
	if unnoted != nil && failed == nil {
		unnoted = errors.Join(unnoted, removeIfThere(made.File))
	}
	return errors.Join(failed, unnoted)
}

func (s *Store) backup(ctx context.Context, to BackupTo) (made BackupMade, err error) {
	made = BackupMade{File: to.File, At: s.opts.Now()}
	unlock, err := s.lockBackups(ctx)
	if err != nil {
		return made, err
	}
	defer unlock()
	if err := s.mayBackUp(ctx, to.File); err != nil {
		return made, err
	}
	who, err := s.readersOf(ctx, to.Recipient)
	if err != nil {
		return made, err
	}
	plain := filepath.Join(s.opts.Dir, copyName)
	defer func() { err = errors.Join(err, removeIfThere(plain)) }()
	if err := s.copyTo(ctx, plain); err != nil {
		return made, err
	}
	if made.Holds, err = examine(ctx, plain, s.unwrap); err != nil {
		return made, fmt.Errorf("check the copy: %w", err)
	}
	made.Bytes, err = encryptInto(ctx, plain, to.File, who)
	return made, err
}

// lockBackups keeps others from making or trying a backup at the same time, in this folder. It waits
// for a while, and returns [ErrBackupBusy] after that.
func (s *Store) lockBackups(ctx context.Context) (unlock func(), err error) {
	lock, err := openLock(filepath.Join(s.opts.Dir, backupLockName))
	if err != nil {
		return nil, err
	}
	for range 50 {
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), lock.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrBackupBusy
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return func() { lock.Close() }, nil
}

// mayBackUp returns why no backup of that name can be made now, or nil.
func (s *Store) mayBackUp(ctx context.Context, file string) error {
	if there, err := exists(file); err != nil || there {
		if err == nil {
			err = fmt.Errorf("%w: %s; name another, or remove it", ErrBackupThere, file)
		}
		return err
	}
	size, err := s.size(ctx)
	if err != nil {
		return err
	}
	return s.roomForBackup(filepath.Dir(file), size)
}

// size is how many bytes the database takes, without what is free in it.
func (s *Store) size(ctx context.Context) (n uint64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).Scan(&n)
	if err != nil {
		err = fmt.Errorf("read how large the database is: %w", s.Suspect(err))
	}
	return n, err
}

// roomForBackup returns [ErrDiskFull] where the copy and the backup would not leave the floor on the
// data folder's disk, or do not fit on the other.
func (s *Store) roomForBackup(dir string, size uint64) error {
	here, there, same := size+s.opts.MinFree, size+size/100+(1<<20), sameDisk(s.opts.Dir, dir) // age adds 0.03 %
	if same {
		here += there
	}
	for _, d := range []struct {
		dir   string
		needs uint64
	}{{s.opts.Dir, here}, {dir, there}} {
		disk, err := s.opts.Disk(d.dir)
		if err != nil {
			return err
		}
		if disk.Free < d.needs {
			return fmt.Errorf("%w: the backup needs %d MiB free for %s, there are %d", ErrDiskFull, d.needs>>20+1, d.dir, disk.Free>>20)
		}
		if same {
			break
		}
	}
	return nil
}

// sameDisk reports whether two folders are on the same file system.
func sameDisk(a, b string) bool {
	var one, other syscall.Stat_t
	return syscall.Stat(a, &one) == nil && syscall.Stat(b, &other) == nil && one.Dev == other.Dev
}

// copyTo copies the database as it is at one moment, without holding up whoever writes.
func (s *Store) copyTo(ctx context.Context, path string) error {
	if err := removeIfThere(path); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	db, err := openDB(filepath.Join(s.opts.Dir, FileName), "", 1)
	if err != nil {
		return err
	}
	err = vacuumInto(ctx, db, path)
	return errors.Join(asStoreError(s.Suspect(err)), db.Close())
}

// removeIfThere removes a file, if there is one.
func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// digest is of the bytes of a copy.
type digest [sha256.Size]byte
