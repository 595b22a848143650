package store

import (
	"errors"
	"fmt"
	"os"
)

// openLock opens a file of the data folder that is there to be locked.
func openLock(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_RDONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open a lock: %w", err)
	}
	if err := giveToOwner(path); err != nil {
		return nil, errors.Join(fmt.Errorf("open a lock: %w", err), lock.Close())
	}
	return lock, nil
}
