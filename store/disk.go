package store

import (
	"fmt"
	"syscall"
)

// room returns [ErrDiskFull] when the disk has less room left than the floor. What is left below
// it is for the audit log, and for the people who come to mend it.
func (s *Store) room() error {
	if s.opts.MinFree == 0 {
		return nil
	}
	free, err := s.Free()
	if err != nil {
		return err
	}
	if free < s.opts.MinFree {
		return fmt.Errorf("%w: %d MiB left, the floor is %d MiB", ErrDiskFull, free>>20, s.opts.MinFree>>20)
	}
	return nil
}

// HasRoom returns [ErrDiskFull] when nothing more is kept for want of room.
func (s *Store) HasRoom() error { return s.room() }

// Dir is the data folder.
func (s *Store) Dir() string { return s.opts.Dir }

// Free is how many bytes of disk are left to the data folder.
func (s *Store) Free() (uint64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(s.opts.Dir, &fs); err != nil {
		return 0, fmt.Errorf("look how full the disk is: %w", err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil
}
