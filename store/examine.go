package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"breakwater/store/auditlog"
	"breakwater/store/seal"
)

// Report is what an examination of a copy of the database found.
type Report struct {
	Schema  int64
	At      time.Time // of the newest entry of the audit log, or of the keys: at least until then it goes
	Values  int64     // sealed values that were opened
	Shut    int64     // sealed values that do not open
	First   []string  // where the first of them stand
	Entries int64     // of the audit log
	Head    string    // the newest one's MAC, in hex
	Log     error     // why the audit log is not whole; nil where it is
	Aside   string    // where [Restore] has put what was there before; "" for nowhere
}

// firstShut is how many values that do not open are named.
const firstShut = 5

// errUseless says that a copy cannot be restored at all.
var errUseless = errors.New("it is of no use")

// ErrNotWhole says that a backup can be restored, but holds something that is damaged.
var ErrNotWhole = errors.New("not everything in the backup is whole")

// Damaged is how many things are not whole.
func (r Report) Damaged() int64 {
	n := r.Shut
	if r.Log != nil {
		n++
	}
	return n
}

// Err is nil where everything is whole, and else [ErrNotWhole] with what is not.
func (r Report) Err() error {
	var err error
	if r.Shut > 0 {
		err = fmt.Errorf("%w: %d sealed values do not open, the first in %q", ErrNotWhole, r.Shut, r.First)
	}
	if r.Log != nil {
		err = errors.Join(err, fmt.Errorf("%w: %w", ErrNotWhole, r.Log))
	}
	return err
}

// examine reads a copy of the database from one end to the other: its structure, its references, its
// schema, every key, every sealed value, and the audit log from its first entry. It returns an error
// where the copy is of no use, and in the report what is damaged in it.
func examine(ctx context.Context, path string, unwrap func([]wrappedKey) ([]seal.Key, error)) (r Report, err error) {
	if is, err := hasHeader(path); err != nil || !is {
		return r, errors.Join(err, fmt.Errorf("%w: it holds no database", errUseless))
	}
	db, err := openDB(path, "&mode=ro&immutable=1", 1)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := soundStructure(ctx, db); err != nil {
		return r, err
	}
	if r.Schema, err = knownSchema(ctx, db); err != nil {
		return r, err
	}
	keys, err := keysOf(ctx, db, unwrap)
	if err != nil {
		return r, err
	}
	if err := r.openAll(ctx, db, keys); err != nil {
		return r, err
	}
	return r, r.readLog(ctx, db, keys)
}

// soundStructure returns what is wrong with the pages, indexes and references of a database.
func soundStructure(ctx context.Context, db *sql.DB) error {
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
		return fmt.Errorf("%w: its structure cannot be read: %w", errUseless, err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: its structure is damaged: %s", errUseless, found)
	}
	var loose int64
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM pragma_foreign_key_check`).Scan(&loose); err != nil {
		return fmt.Errorf("check its references: %w", err)
	}
	if loose > 0 {
		return fmt.Errorf("%w: %d of its references lead nowhere", errUseless, loose)
	}
	return nil
}

// knownSchema is the schema of a database, which must be this program's or an older one.
func knownSchema(ctx context.Context, db *sql.DB) (int64, error) {
	p, err := migrations(db)
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	has, wants, err := schemas(ctx, db, p)
	if err != nil {
		return 0, fmt.Errorf("read its schema: %w", err)
	}
	if has > wants {
		return 0, tooNew(ctx, db, has, wants)
	}
	return has, nil
}

func keysOf(ctx context.Context, db *sql.DB, unwrap func([]wrappedKey) ([]seal.Key, error)) (*seal.Keyring, error) {
	wrapped, err := readKeys(ctx, db)
	if err != nil {
		return nil, err
	}
	keys, err := unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	return seal.NewKeyring(keys)
}

// openAll opens every sealed value.
func (r *Report) openAll(ctx context.Context, db *sql.DB, keys *seal.Keyring) error {
	w := sealedWalk{db, keys}
	return w.each(ctx, func(list []sealedValue) error {
		for _, v := range list {
			sealed, err := w.read(ctx, v)
			if err != nil {
				return fmt.Errorf("read %s: %w", v, err)
			}
			at, err := w.placeOf(ctx, v)
			if err == nil {
				_, err = keys.Open(at, sealed)
			}
			switch {
			case err == nil:
				r.Values++
			case !errors.Is(err, seal.ErrSealed) && !errors.Is(err, ErrNotFound):
				return fmt.Errorf("read %s: %w", v, err)
			default:
				if r.Shut++; r.Shut <= firstShut {
					r.First = append(r.First, v.String())
				}
			}
		}
		return nil
	})
}

// readLog checks the audit log.
func (r *Report) readLog(ctx context.Context, db *sql.DB, keys *seal.Keyring) error {
	state, err := verifyLog(ctx, db, keys.Audit(), r.Schema >= schemaOfDays)
	var fault *auditlog.Fault
	if r.Entries, r.Head = state.Entries, state.Head; errors.As(err, &fault) {
		r.Log = err
	} else if err != nil {
		return err
	}
	var at int64
	if err := db.QueryRowContext(ctx, `SELECT coalesce((SELECT at FROM audit_entries ORDER BY seq DESC LIMIT 1), (SELECT max(created_at) FROM keys))`).Scan(&at); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	r.At = fromMillis(at)
	return nil
}
