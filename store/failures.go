package store

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errUnwritable says why nothing can be written where SQLite says that the database is read-only.
var errUnwritable = errors.New("its disk is read-only, which Linux makes it after a fault (dmesg tells of that), or its file may not be written")

// ends reports whether nothing may be written any more after an error. That is said before anyone is
// answered, so that who hears of it finds it said.
func (s *Store) ends(err error) bool {
	switch {
	case errors.Is(err, ErrFailed):
		s.failing.Do(func() {
			s.fault = err
			close(s.failed)
		})
		return true
	case errors.Is(err, ErrDamaged):
		s.noteDamage(DamageUse)
		return true
	}
	return false
}

// spoiled is the error of a transaction that could not be begun or ended: with the exception of a
// busy or full disk, nothing is known of the connection any more.
func spoiled(err error) error {
	err = asStoreError(err)
	if errors.Is(err, ErrBusy) || errors.Is(err, ErrDiskFull) || errors.Is(err, ErrFailed) || errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrFailed, err)
}

// asStoreError turns the driver's codes into the store's errors. After a failed write or sync
// the state of the file is not known to the process, so nothing may be tried again on it.
func asStoreError(err error) error {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	if se.Code() == sqlite3.SQLITE_CONSTRAINT_TRIGGER && strings.Contains(se.Error(), olderKey) {
		return fmt.Errorf("%w: %w", ErrBusy, err) // the next try is sealed with the new key
	}
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%w: %w: %w", ErrFailed, errUnwritable, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	return err
}
