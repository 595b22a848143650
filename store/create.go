package store

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"breakwater/store/seal"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// ErrNoKey says that there is a database whose master key is missing.
var ErrNoKey = errors.New("there is a database but no master key for it")

// ErrStrayLog says that a database's write-ahead log lies there without it.
var ErrStrayLog = errors.New("there is the log of a database, but no database")

// ErrSchema says that the database was made by another version of Breakwater.
var ErrSchema = errors.New("the database has another schema")

// prepare makes the data folder, the master key and the database where they are missing, and
// returns the master key. Two processes may come at once: the folder itself is the lock.
func prepare(ctx context.Context, opts Options) (seal.Master, error) {
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return seal.Master{}, fmt.Errorf("make data folder: %w", err)
	}
	unlock, err := lockFolder(opts.Dir)
	if err != nil {
		return seal.Master{}, err
	}
	defer unlock()
	path := filepath.Join(opts.Dir, FileName)
	there, err := exists(path)
	if err != nil {
		return seal.Master{}, fmt.Errorf("look for the database: %w", err)
	}
	if !there {
		if err := noStrayLog(path); err != nil {
			return seal.Master{}, err
		}
	}
	master, err := seal.ReadMaster(opts.MasterKey)
	switch {
	case there && errors.Is(err, seal.ErrNoMaster):
		return master, fmt.Errorf("%w: put the key that was made with it back at %s", ErrNoKey, opts.MasterKey)
	case err == nil && there:
		return master, nil
	case errors.Is(err, seal.ErrNoMaster):
		if master, err = seal.CreateMaster(opts.MasterKey); err == nil {
			err = giveToOwner(opts.MasterKey)
		}
	}
	if err != nil {
		return master, err
	}
	if err := os.Chmod(opts.Dir, 0o700); err != nil {
		return master, fmt.Errorf("close the data folder to others: %w", err)
	}
	return master, create(ctx, opts, master, path)
}

// noStrayLog refuses to make a database beside the log of another one, of which SQLite would copy into it
// what is in that log: somebody has moved or removed a database, and not all of it.
func noStrayLog(path string) error {
	there, err := exists(path + "-wal")
	if err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if there {
		return fmt.Errorf("%w: put %s back, or restore a backup with --replace", ErrStrayLog, filepath.Base(path))
	}
	return nil
}

// lockFolder keeps other processes from making or changing the database at the same time.
func lockFolder(dir string) (unlock func(), err error) {
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		folder.Close()
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	return func() { folder.Close() }, nil
}

// create makes a new database beside its final name and moves it there whole.
func create(ctx context.Context, opts Options, master seal.Master, path string) error {
	unfinished := path + ".new"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove an unfinished database: %w", err)
	}
	db, err := openDB(unfinished, "", 1)
	if err != nil {
		return err
	}
	err = fill(ctx, db, opts, master)
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	if err := os.Chmod(unfinished, 0o600); err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	return moveIntoPlace(unfinished, path)
}

// moveIntoPlace gives a finished file its final name, so that it is still there after a power cut.
func moveIntoPlace(unfinished, path string) error {
	file, err := os.Open(unfinished)
	if err != nil {
		return fmt.Errorf("move %s into place: %w", filepath.Base(path), err)
	}
	if err := errors.Join(giveToOwner(unfinished), file.Sync(), file.Close(), os.Rename(unfinished, path)); err != nil {
		return fmt.Errorf("move %s into place: %w", filepath.Base(path), err)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("move %s into place: %w", filepath.Base(path), err)
	}
	return nil
}

// syncFolder keeps the names in a folder as they are now through a power cut.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// giveToOwner gives a file that root made to whom its folder belongs: a command that an
// administrator runs must leave nothing that the service cannot open. SQLite does the same for the
// files beside its database.
func giveToOwner(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return err
	}
	owner := folder.Sys().(*syscall.Stat_t) // what os.Stat fills on every system that has Geteuid
	return os.Chown(path, int(owner.Uid), int(owner.Gid))
}

func fill(ctx context.Context, db *sql.DB, opts Options, master seal.Master) error {
	// These two only take effect before the first table, and the driver sorts DSN pragmas. A message
	// changes some two dozen pages, a little in each, and all of each has to reach the disk: small pages
	// take a tenth less time than those of 8192 bytes. For documents of 3 MB they are slower where 8 come
	// at once (0.7 of the messages), not where one comes alone.
	for _, pragma := range []string{"page_size = 4096", "auto_vacuum = INCREMENTAL"} {
		if _, err := db.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	if err := migrate(ctx, db); err != nil {
		return err
	}
	if err := makeKeys(ctx, db, opts, master); err != nil {
		return err
	}
	if err := guardSealed(ctx, db); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, insertUpgrade, opts.Version, opts.Now().UnixMilli()); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	return err
}

func migrations(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
}

func migrate(ctx context.Context, db *sql.DB) error {
	p, err := migrations(db)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	return nil
}

// checkSchema refuses a database of another schema; an older one is migrated if that is wanted,
// after a snapshot of it.
func checkSchema(ctx context.Context, db *sql.DB, opts Options) error {
	unlock, err := lockFolder(opts.Dir)
	if err != nil {
		return err
	}
	defer unlock()
	p, err := migrations(db)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	has, wants, err := schemas(ctx, db, p)
	if err != nil {
		return fmt.Errorf("read the database's schema: %w", err)
	}
	switch {
	case has > wants:
		return tooNew(ctx, db, has, wants)
	case has < wants && !opts.Migrate:
		return fmt.Errorf("%w: it is older (schema %d of %d); start `breakwater serve` once, which brings it up to date", ErrSchema, has, wants)
	case has < wants:
		if err := snapshot(ctx, db, filepath.Join(opts.Dir, fmt.Sprintf("%s.schema-%d", FileName, has))); err != nil {
			return err
		}
		if err := unguardSealed(ctx, db); err != nil { // a migration may make tables anew that the guards name
			return err
		}
		return migrate(ctx, db)
	}
	return nil
}

// schemas are the database's and that of this program. They are read without goose, which makes its
// table anew where it cannot read the one that is there. A database of ours without a schema is damaged.
func schemas(ctx context.Context, db *sql.DB, p *goose.Provider) (has, wants int64, err error) {
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&has); err != nil {
		return 0, 0, err
	}
	if has == 0 {
		return 0, 0, fmt.Errorf("%w: it has no schema", ErrDamaged)
	}
	for _, source := range p.ListSources() {
		wants = max(wants, source.Version)
	}
	return has, wants, nil
}

// snapshot copies the database, whole or not at all, to a file that stays: the way back from a
// migration. An earlier snapshot of the same schema, from a try that was broken off, is replaced.
func snapshot(ctx context.Context, db *sql.DB, path string) error {
	unfinished := path + ".new"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove an unfinished snapshot: %w", err)
	}
	if err := vacuumInto(ctx, db, unfinished); err != nil {
		err = errors.Join(asStoreError(err), removeIfThere(unfinished))
		return fmt.Errorf("snapshot before the migration, without which nothing is changed: %w", err)
	}
	return moveIntoPlace(unfinished, path)
}

// vacuumInto copies the database, as it is at one moment, to a new file for its owner alone. Whoever
// writes is not held up; the write-ahead log is not emptied meanwhile.
func vacuumInto(ctx context.Context, db *sql.DB, path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // SQLite takes an empty one
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, path)
	return err
}

// tooNew is [ErrSchema] with the version that a database needs, where it says so.
func tooNew(ctx context.Context, db *sql.DB, has, wants int64) error {
	var version string
	if err := db.QueryRowContext(ctx, `SELECT version FROM upgrades WHERE schema = ?`, has).Scan(&version); err == nil && version != "" {
		version = " " + version
	}
	return fmt.Errorf("%w: it was made by a newer version of Breakwater (schema %d, this one knows %d); install Breakwater%s or a later one",
		ErrSchema, has, wants, cmp.Or(version, " of that version"))
}
