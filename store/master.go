package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"breakwater/store/seal"
)

// NewMaster makes a new master key and wraps every key under it, in one transaction. It may be broken
// off at any moment: the new key is on disk before anything is wrapped under it, and is put into the
// place of the present one afterwards; whoever opens the database tries both. With a path to, the new
// key is written there instead, and stays: for a key that comes as a credential, whose file cannot be
// replaced. It returns where the former key is; "" where nobody moved it. Values are not sealed anew:
// see [Store.RotateKey]. It returns [ErrForbidden] without System Settings.
func (s *Store) NewMaster(ctx context.Context, a Actor, to string) (former string, err error) {
	unlock, err := lockFolder(s.opts.Dir)
	if err != nil {
		return "", err
	}
	defer unlock()
	if err := s.update(ctx, func(t *tx) error { return t.require(a, SystemSettings) }); err != nil {
		return "", err
	}
	var next seal.Master
	if to != "" {
		next, err = seal.CreateMaster(to)
	} else {
		next, err = s.masterBeside(ctx)
	}
	if err != nil {
		return "", err
	}
	if err := s.update(ctx, func(t *tx) error { return t.wrapAnew(a, next) }); err != nil {
		return "", fmt.Errorf("wrap the keys under the new master key: %w", err)
	}
	s.master.mu.Lock()
	defer s.master.mu.Unlock()
	s.master.is = next
	if to != "" {
		return "", nil
	}
	at := s.opts.Now()
	return seal.FormerMaster(s.opts.MasterKey, at), seal.ReplaceMaster(s.opts.MasterKey, at)
}

// masterBeside makes a new master key beside the present one, after it has made sure that a key that
// lies there already is not the one that opens the database.
func (s *Store) masterBeside(ctx context.Context) (seal.Master, error) {
	wrapped, err := readKeys(ctx, s.keyring)
	if err != nil {
		return seal.Master{}, err
	}
	present, err := seal.ReadMaster(s.opts.MasterKey)
	if err != nil {
		return seal.Master{}, err
	}
	if _, err := unwrapWith(present, wrapped); err != nil {
		return seal.Master{}, err
	}
	next, err := seal.CreateBeside(s.opts.MasterKey)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		err = fmt.Errorf("%w; where its folder cannot be written, as with a credential, name a file for the new one with --to", err)
	}
	return next, err
}

// MasterKeyExposed reports whether other users of the machine may read or change the master key's
// file.
func (s *Store) MasterKeyExposed() (bool, error) { return seal.Exposed(s.opts.MasterKey) }

func (t *tx) wrapAnew(a Actor, next seal.Master) error {
	if err := t.require(a, SystemSettings); err != nil {
		return err
	}
	keys, err := t.unwrapped()
	if err != nil {
		return err
	}
	for _, k := range keys {
		wrapped, err := next.Wrap(k)
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE keys SET wrapped = ? WHERE id = ?`, wrapped, k.ID); err != nil {
			return err
		}
	}
	return t.audit(a, ActionMasterReplaced, "", nil)
}
