package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// BesideMaster is where a new master key waits until every key is wrapped under it. Whoever finds
// that the key in its place no longer fits looks here.
func BesideMaster(path string) string { return path + ".new" }

// CreateBeside makes a new master key beside the one at path, durably, for the same owner. One that
// is there from a try that was broken off is replaced: the caller knows that nothing needs it.
func CreateBeside(path string) (Master, error) {
	present, err := os.Stat(path)
	if err != nil {
		return Master{}, fmt.Errorf("look at the master key: %w", err)
	}
	beside := BesideMaster(path)
	if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Master{}, fmt.Errorf("remove an unused master key: %w", err)
	}
	m, err := CreateMaster(beside)
	if err != nil {
		return Master{}, err
	}
	err = os.Chmod(beside, present.Mode().Perm())
	if owner, ok := present.Sys().(*syscall.Stat_t); ok {
		err = errors.Join(err, os.Chown(beside, int(owner.Uid), int(owner.Gid)))
	}
	if err != nil {
		return Master{}, errors.Join(fmt.Errorf("give the new master key the owner of the present one; run this as that user or as root: %w", err), os.Remove(beside))
	}
	return m, nil
}

// ReplaceMaster puts the master key that waits beside path into its place. The one before stays under
// another name, see [FormerMaster]: backups that were made until now open with it alone.
func ReplaceMaster(path string, at time.Time) error {
	// First another name for the old one, so that at no moment there is no file at path.
	if err := os.Link(path, FormerMaster(path, at)); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the former master key: %w", err)
	}
	if err := os.Rename(BesideMaster(path), path); err != nil {
		return fmt.Errorf("put the new master key into its place: %w", err)
	}
	return SyncDir(filepath.Dir(path))
}

// FormerMaster is what the master key at path is called after it was replaced at that time.
func FormerMaster(path string, at time.Time) string {
	return path + ".until-" + at.UTC().Format("20060102T150405Z")
}

// Exposed reports whether others than its owner and its group may read or change the master key's file.
func Exposed(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("look at the master key: %w", err)
	}
	return info.Mode().Perm()&0o007 != 0, nil
}
