package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"breakwater/store/seal"

	"filippo.io/age"
)

// restoringName is the database on its way into place. Nothing but a finished one has its final name.
const restoringName = FileName + ".restoring"

// RestoreFrom says what is restored, and where to.
type RestoreFrom struct {
	File      string           // the backup
	Identity  string           // path of a file of age identities, for a backup with a recipient of its own; "" for none
	Dir       string           // the data folder
	MasterKey string           // path of the master key's file; "" is master.key in Dir
	Damaged   bool             // take a backup in which not everything is whole, too
	Replace   bool             // put aside what is in the folder of another database
	Copy      bool             // File is a copy of a database as it lies on the disk, not a backup
	Now       func() time.Time // the clock; nil is time.Now
	Disk      func(dir string) (Disk, error)
}

func (f *RestoreFrom) fill() {
	if f.MasterKey == "" {
		f.MasterKey = filepath.Join(f.Dir, "master.key")
	}
	if f.Now == nil {
		f.Now = time.Now
	}
	if f.Disk == nil {
		f.Disk = DiskOf
	}
}

// ErrFolderUsed says that there is something in a data folder that is to be restored to.
var ErrFolderUsed = errors.New("the data folder is not empty")

// Restore makes a data folder from a backup, after it has read all of it: whether it is authentic to
// its end, its structure, its references, its schema, every key, every sealed value and the audit log.
// Only the master key may be in the folder already, and backups. The database appears whole or not at
// all; what a try that was broken off left is replaced. Everybody is signed out, and links that work
// once no longer do; that it happened is in the audit log. It returns [ErrFolderUsed],
// [seal.ErrNoMaster], [seal.ErrWrongMaster], [ErrNoReader], [ErrSchema], and [ErrNotWhole] unless that
// is to be taken.
func Restore(ctx context.Context, a Actor, f RestoreFrom) (Report, error) {
	f.fill()
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return Report{}, fmt.Errorf("make data folder: %w", err)
	}
	unlock, err := lockFolder(f.Dir)
	if err != nil {
		return Report{}, err
	}
	defer unlock()
	before, err := f.mayRestore()
	if err != nil {
		return Report{}, err
	}
	path := filepath.Join(f.Dir, restoringName)
	r, err := f.restoreTo(ctx, a, path)
	if err != nil {
		return r, errors.Join(err, removeIfThere(path))
	}
	if err := os.Chmod(f.Dir, 0o700); err != nil {
		return r, fmt.Errorf("close the data folder to others: %w", err)
	}
	if r.Aside, err = f.putAside(before); err != nil {
		return r, fmt.Errorf("put aside what was there: %w", err)
	}
	return r, moveIntoPlace(path, filepath.Join(f.Dir, FileName))
}

// mayRestore looks into the folder, and returns the names of what has to be put aside.
func (f *RestoreFrom) mayRestore() (before []string, err error) {
	entries, err := os.ReadDir(f.Dir)
	if err != nil {
		return nil, fmt.Errorf("look into the data folder: %w", err)
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case filepath.Join(f.Dir, name) == filepath.Clean(f.MasterKey), name == "lost+found" && e.IsDir(), name == backupsName && e.IsDir():
		case name == restoringName, name == restoringName+"-journal", name == restoringName+"-wal", name == restoringName+"-shm":
			if err := removeIfThere(filepath.Join(f.Dir, name)); err != nil {
				return nil, fmt.Errorf("remove what an earlier try left: %w", err)
			}
		case f.Replace && ofDatabase(name):
			before = append(before, name)
		case f.Replace: // an ACME account, what was put aside before: none of it belongs to one database
		default:
			return nil, fmt.Errorf("%w: there is %s in %s; with --replace it is put aside", ErrFolderUsed, name, f.Dir)
		}
	}
	if len(before) > 0 {
		err = notInUse(f.Dir)
	}
	return before, err
}

func (f *RestoreFrom) restoreTo(ctx context.Context, a Actor, path string) (Report, error) {
	r, keys, err := f.open(ctx, path)
	if err != nil {
		return r, err
	}
	if err := r.Err(); err != nil && !f.Damaged {
		return r, fmt.Errorf("%w; to restore it all the same, add --accept-damage", err)
	}
	return r, f.settle(ctx, a, path, keys, r)
}

// TryRestore reads a backup as [Restore] does, and keeps nothing. What it decrypts meanwhile is sealed as ever,
// and lies in the data folder or, where there is none, in the system's folder for temporary files.
func TryRestore(ctx context.Context, f RestoreFrom) (r Report, err error) {
	f.fill()
	dir := f.Dir
	if there, err := exists(dir); err != nil || !there {
		dir = ""
	}
	if dir, err = os.MkdirTemp(dir, trialPrefix); err != nil {
		return r, fmt.Errorf("make a folder to try the backup in: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if r, _, err = f.open(ctx, filepath.Join(dir, FileName)); err != nil {
		return r, err
	}
	return r, r.Err()
}

// trialPrefix begins the names of folders in which backups are tried.
const trialPrefix = "breakwater-trial-"

// open decrypts the backup to a path and examines it.
func (f *RestoreFrom) open(ctx context.Context, path string) (r Report, keys []seal.Key, err error) {
	master, err := seal.ReadMaster(f.MasterKey)
	if errors.Is(err, seal.ErrNoMaster) {
		err = fmt.Errorf("%w: put the master key of the backup there first; without it nothing can be read", err)
	}
	if err != nil {
		return r, nil, err
	}
	ids, err := f.identities(master)
	if err != nil {
		return r, nil, err
	}
	if err := f.unpack(ctx, path, ids); err != nil {
		return r, nil, fmt.Errorf("read %s: %w", f.File, err)
	}
	r, err = examine(ctx, path, func(wrapped []wrappedKey) ([]seal.Key, error) {
		var err error
		keys, err = unwrapWith(master, wrapped)
		return keys, err
	})
	if err != nil {
		return r, nil, fmt.Errorf("read %s: %w", f.File, err)
	}
	return r, keys, nil
}

// identities are that of the master key, and those of the file that was named.
func (f *RestoreFrom) identities(master seal.Master) ([]age.Identity, error) {
	own, err := master.Identity()
	if err != nil {
		return nil, err
	}
	ids := []age.Identity{own}
	if f.Identity == "" {
		return ids, nil
	}
	file, err := os.Open(f.Identity)
	if err != nil {
		return nil, fmt.Errorf("read the identity: %w", err)
	}
	defer file.Close()
	named, err := age.ParseIdentities(file)
	if err != nil {
		return nil, fmt.Errorf("%s holds no identity of age; that is a line that begins with AGE-SECRET-KEY-", f.Identity) // its text is a secret
	}
	return append(ids, named...), nil
}

// errHalf says that a copy of a database is not all there is of it.
var errHalf = errors.New("what was written last stands in a log beside it, so that it is no finished copy: stop what writes to it")

// unpack writes the database that is in the backup to a file. What it holds after an error is not to be used.
func (f *RestoreFrom) unpack(ctx context.Context, path string, ids []age.Identity) (err error) {
	if log, err := os.Stat(f.File + "-wal"); f.Copy && err == nil && log.Size() > 0 {
		return errHalf
	}
	in, err := os.Open(f.File)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if disk, err := f.Disk(filepath.Dir(path)); err != nil || disk.Free < uint64(info.Size()) {
		return errors.Join(err, fmt.Errorf("%w: it takes %d MiB, and %d are free for %s", ErrDiskFull, info.Size()>>20+1, disk.Free>>20, filepath.Dir(path)))
	}
	out, err := newFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if f.Copy {
		_, err = io.Copy(out, &breakable{ctx, in})
	} else {
		err = decrypt(ctx, in, out, ids...)
	}
	if err != nil {
		return asFull(err)
	}
	return asFull(out.Sync())
}
