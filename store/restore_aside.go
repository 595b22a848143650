package store

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// A restored database may take the place of another: of the empty one that a new installation begins
// with, or of a damaged one. That one is not deleted, but put aside with all that belongs to it.

// ErrInUse says that a process has the database open, and goes on writing to it wherever it is moved.
var ErrInUse = errors.New("the database is in use")

// asidePrefix begins the names of folders in which there is what was replaced.
const asidePrefix = "replaced-"

// ofDatabase reports whether a name in the data folder is one of the database's files.
// Litestream's own begin with a dot.
func ofDatabase(name string) bool {
	return strings.HasPrefix(name, FileName) || strings.HasPrefix(name, "."+FileName) || name == damageFile
}

// notInUse returns [ErrInUse] where another process has the database open. Each such process keeps a
// shared lock on one byte of the log's index, also where the database is too damaged to be read.
func notInUse(dir string) (err error) {
	const shmDMS = 128 // SQLite's "dead man's switch", behind the eight locks of the log (os_unix.c)
	shm, err := os.OpenFile(filepath.Join(dir, FileName+"-shm"), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nobody has the log open
	}
	if err != nil {
		return fmt.Errorf("see whether the database is in use: %w", err)
	}
	defer func() { err = errors.Join(err, shm.Close()) }()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: shmDMS, Len: 1}
	switch err := syscall.FcntlFlock(shm.Fd(), syscall.F_GETLK, &lock); {
	case err != nil:
		return fmt.Errorf("see whether the database is in use: %w", err)
	case lock.Type != syscall.F_UNLCK:
		return fmt.Errorf("%w by process %d: stop it first; Breakwater itself with systemctl stop breakwater", ErrInUse, lock.Pid)
	}
	return nil
}

// putAside moves files of the data folder into a folder of their own in it, the database first: what is
// left after a power cut then is no database, and the next try puts it aside as well.
func (f *RestoreFrom) putAside(before []string) (aside string, err error) {
	if len(before) == 0 {
		return "", nil
	}
	aside = filepath.Join(f.Dir, asidePrefix+f.Now().UTC().Format(backupStamp))
	if err := os.Mkdir(aside, 0o700); err != nil {
		return "", err
	}
	if err := giveToOwner(aside); err != nil {
		return "", err
	}
	slices.SortFunc(before, func(a, b string) int { return cmp.Compare(len(a), len(b)) }) // breakwater.db is the shortest
	for _, name := range before {
		if err := os.Rename(filepath.Join(f.Dir, name), filepath.Join(aside, name)); err != nil {
			return aside, err
		}
	}
	return aside, errors.Join(syncFolder(aside), syncFolder(f.Dir))
}
