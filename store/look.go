package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"breakwater/store/seal"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrNoDatabase says that there is no database yet.
var ErrNoDatabase = errors.New("there is no database yet")

// Reasons for which a master key cannot be used, for those who only want to know.
var (
	ErrNoMaster    = seal.ErrNoMaster
	ErrWrongMaster = seal.ErrWrongMaster
)

// Look opens the data folder to look at it, and changes nothing: neither is anything made that is
// missing, nor an older database brought up to date. It returns [ErrNoDatabase], [ErrNoMaster],
// [ErrWrongMaster], [ErrSchema] or [ErrDamaged] for what stands in the way. Every method that writes
// fails on such a store.
func Look(ctx context.Context, opts Options) (*Store, error) {
	opts = opts.filled()
	path := filepath.Join(opts.Dir, FileName)
	if there, err := exists(path); err != nil || !there {
		return nil, errors.Join(ErrNoDatabase, err)
	}
	master, err := seal.ReadMaster(opts.MasterKey)
	if err != nil {
		return nil, err
	}
	if d := readDamage(opts.Dir); d != nil {
		return nil, ErrDamaged
	}
	if is, err := hasHeader(path); err != nil || !is {
		return nil, errors.Join(ErrDamaged, err)
	}
	s := newStore(opts, master)
	if s.read, err = openReaders(path, "&mode=ro"); err != nil {
		return nil, err
	}
	s.closing.Do(func() { close(s.quit); close(s.done) }) // there is no writer
	if err := s.look(ctx); err != nil {
		return nil, errors.Join(err, s.read.Close())
	}
	return s, nil
}

func (s *Store) look(ctx context.Context) error {
	p, err := migrations(s.read.DB)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	has, wants, err := schemas(ctx, s.read.DB, p)
	switch {
	case isCorrupt(err):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return fmt.Errorf("read the database's schema: %w", asStoreError(err))
	case has > wants:
		return fmt.Errorf("%w: it was made by a newer version of Breakwater (schema %d, this one knows %d)", ErrNewer, has, wants)
	case has < wants:
		return fmt.Errorf("%w: it is older (schema %d of %d)", ErrSchema, has, wants)
	}
	if s.keys, err = s.loadKeys(ctx, s.read.DB); isCorrupt(err) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// ErrNewer says that the database was made by a newer version of Breakwater.
var ErrNewer = fmt.Errorf("%w than this version's", ErrSchema)

// TryWriting reports whether the database could be written to now, by beginning to write and leaving
// it at that. It returns [ErrBusy] where another process holds it for long.
func TryWriting(ctx context.Context, dir string) error {
	db, err := openDB(filepath.Join(dir, FileName), "&_txlock=immediate&mode=rw", 1)
	if err != nil {
		return err
	}
	t, err := db.BeginTx(ctx, nil)
	if err == nil {
		err = t.Rollback()
	}
	return errors.Join(asStoreError(err), db.Close())
}

// OpenToOthers lists what of the data folder and the master key other people of the machine can read
// or change.
func OpenToOthers(opts Options) (list []string) {
	opts = opts.filled()
	const everybodyElse, others = 0o077, 0o027 // a group may read the key: it is Breakwater's own, where an installed one keeps it
	for _, f := range []struct {
		path string
		mode fs.FileMode
	}{{opts.MasterKey, others}, {opts.Dir, everybodyElse}, {filepath.Join(opts.Dir, FileName), everybodyElse}} {
		if info, err := os.Stat(f.path); err == nil && info.Mode().Perm()&f.mode != 0 {
			list = append(list, f.path)
		}
	}
	return list
}

// Denied reports whether an error says that whoever asks may not read the data folder.
func Denied(err error) bool {
	var se *sqlite.Error
	return errors.Is(err, fs.ErrPermission) || errors.As(err, &se) && se.Code()&0xff == sqlite3.SQLITE_CANTOPEN
}
