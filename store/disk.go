package store

import (
	"fmt"
	"syscall"
)

// Disk is how full the disk of the data folder is.
type Disk struct {
	Free     uint64 // bytes left to Breakwater
	ReadOnly bool   // it takes no writes at all
}

// DiskOf looks at the disk of a folder.
func DiskOf(dir string) (Disk, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return Disk{}, fmt.Errorf("look how full the disk is: %w", err)
	}
	const readOnly = 1 // ST_RDONLY, statvfs(3)
	return Disk{fs.Bavail * uint64(fs.Bsize), fs.Flags&readOnly != 0}, nil
}

// room returns [ErrDiskFull] when the disk has less room left than the floor, or would have after so
// many bytes were written, which takes them twice until the write-ahead log is emptied. What is left
// below the floor is for the audit log, and for the people who come to mend it. There is no room in a
// damaged database either.
func (s *Store) room(bytes int) error {
	if s.Damage() != nil {
		return ErrDamaged
	}
	if s.opts.MinFree == 0 {
		return nil
	}
	disk, err := s.opts.Disk(s.opts.Dir)
	if err != nil {
		return err
	}
	if disk.Free < s.opts.MinFree+2*uint64(bytes) {
		return fmt.Errorf("%w: %d MiB left, the floor is %d MiB", ErrDiskFull, disk.Free>>20, s.opts.MinFree>>20)
	}
	return nil
}

// HasRoom returns [ErrDiskFull] when nothing more is kept for want of room.
func (s *Store) HasRoom() error { return s.room(0) }

// Dir is the data folder.
func (s *Store) Dir() string { return s.opts.Dir }

// Disk is how full the disk is, and below how many free bytes nothing more is kept.
func (s *Store) Disk() (disk Disk, floor uint64, err error) {
	disk, err = s.opts.Disk(s.opts.Dir)
	return disk, s.opts.MinFree, err
}
