package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"breakwater/store/seal"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A database that is found damaged is never written to again: what is written into it could damage
// more, and would be lost anyway when a backup takes its place. It stays readable as far as it goes.
// That it is damaged is noted in a file beside it, so that a restart does not begin anew.

// ErrDamaged says that the database is damaged, so that nothing is written to it.
var ErrDamaged = errors.New("the database is damaged and takes no more writes; restore the last backup")

// damageFile notes beside the database that it is damaged.
const damageFile = "breakwater.damaged"

// DamageKind says how damage was found.
type DamageKind string

// How damage is found.
const (
	DamageCheck  DamageKind = "check"  // by a check of the whole database
	DamageUse    DamageKind = "use"    // by a page that was read or written
	DamageHeader DamageKind = "header" // the file is no database any more, and nothing of it can be read
)

// Damage is what is known of a damaged database.
type Damage struct {
	At    time.Time  `json:"at"`
	Kind  DamageKind `json:"kind"`
	File  string     `json:"file"`  // what the file looked like: another one in its place is not suspected
	Told  time.Time  `json:"told"`  // when somebody was told by e-mail; zero for not yet
	Whole time.Time  `json:"whole"` // when a thorough check found nothing wrong any more; zero for never
}

// Unreadable reports whether nothing at all can be read.
func (d Damage) Unreadable() bool { return d.Kind == DamageHeader }

// Damage says that the database is damaged, or is nil.
func (s *Store) Damage() *Damage { return s.damage.Load() }

// Damaged is closed once the database is known to be damaged.
func (s *Store) Damaged() <-chan struct{} { return s.damaged }

// Suspect looks at an error that came of reading or writing. One that shows that the database is
// damaged ends all writing, and comes back as [ErrDamaged]; others come back as they are.
func (s *Store) Suspect(err error) error {
	if !isCorrupt(err) {
		return err
	}
	s.noteDamage(DamageUse)
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// isCorrupt reports whether SQLite found the file not to be what it should.
func isCorrupt(err error) bool {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return false
	}
	code := se.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// noteDamage ends all writing. The note beside the database is best effort: the disk may be failing,
// and the next start finds the damage again.
func (s *Store) noteDamage(kind DamageKind) {
	d := &Damage{At: s.opts.Now(), Kind: kind, File: look(s.opts.Dir)}
	if !s.damage.CompareAndSwap(nil, d) {
		return
	}
	if s.write != nil { // who only looks changes nothing
		_ = writeDamage(s.opts.Dir, *d)
	}
	close(s.damaged)
}

// lookAgain notes what the file looks like once the last write that was under way is over. Another file
// that somebody has put in its place meanwhile is not meant.
func (s *Store) lookAgain() {
	d, now := *s.Damage(), look(s.opts.Dir)
	was, _, _ := strings.Cut(d.File, " ")
	if is, _, _ := strings.Cut(now, " "); s.write == nil || is != was || now == d.File {
		return
	}
	d.File = now
	s.damage.Store(&d)
	_ = writeDamage(s.opts.Dir, d) // as in noteDamage
}

// NoteDamageTold notes that somebody was told of the damage.
func (s *Store) NoteDamageTold() error {
	d := s.Damage()
	if d == nil {
		return nil
	}
	told := *d
	told.Told = s.opts.Now()
	s.damage.Store(&told)
	return writeDamage(s.opts.Dir, told)
}

func writeDamage(dir string, d Damage) error {
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("note the damage: %w", err)
	}
	path := filepath.Join(dir, damageFile)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("note the damage: %w", err)
	}
	return moveIntoPlace(path+".new", path)
}

// notedDamage is what was noted of this database or of one that was here before, or nil.
func notedDamage(dir string) *Damage {
	text, err := os.ReadFile(filepath.Join(dir, damageFile))
	var d Damage
	if err != nil || json.Unmarshal(text, &d) != nil {
		return nil
	}
	return &d
}

// readDamage is what is wrong with the database that is here now, as far as it was noted, or nil.
func readDamage(dir string) *Damage {
	d := notedDamage(dir)
	if d == nil || !d.Whole.IsZero() || d.File != look(dir) {
		return nil
	}
	return d
}

// MendDamage notes in the audit log that the database was damaged, once it is not any more, and takes
// the note beside it away. Serve calls it before it listens.
func (s *Store) MendDamage(ctx context.Context) error {
	d := notedDamage(s.opts.Dir)
	if d == nil || s.Damage() != nil {
		return nil
	}
	how := "replaced"
	if !d.Whole.IsZero() {
		how = "whole"
	}
	if err := s.update(ctx, func(t *tx) error {
		if err := t.exec(`INSERT INTO incidents (kind, detail, opened_at, closed_at, told_at, due_at, settled) SELECT ?, '{}', ?, ?3, ?, ?3, mail_host = '' FROM notice_settings WHERE id = 1`,
			string(IncidentDatabase), d.At.UnixMilli(), t.now, millis(d.Told)); err != nil {
			return err
		}
		return t.audit(SystemActor(), ActionDatabaseMended, "", map[string]any{"found_at": d.At.UTC().Format(time.RFC3339), "kind": d.Kind, "how": how})
	}); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(s.opts.Dir, damageFile)); err != nil {
		return fmt.Errorf("take the note of the damage away: %w", err)
	}
	return nil
}

// look is what the database's file looks like from outside: which one it is, how large, and when it was
// written last. It stays as it is while nothing is written.
func look(dir string) string {
	info, err := os.Stat(filepath.Join(dir, FileName))
	if err != nil {
		return ""
	}
	var number uint64
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		number = st.Ino
	}
	return fmt.Sprint(number, info.Size(), info.ModTime().UnixNano())
}

// hasHeader reports whether a file begins as every SQLite database does (file format, 1.3). SQLite
// itself would take an empty file for a new database.
func hasHeader(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, fmt.Errorf("look at the database: %w", err)
	}
	defer f.Close()
	var start [100]byte
	if _, err := io.ReadFull(f, start[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("look at the database: %w", err)
	}
	return bytes.HasPrefix(start[:], []byte("SQLite format 3\x00")), nil
}

// lookForDamage returns [ErrDamaged] for a database that was found damaged before, and for a file that
// is none.
func lookForDamage(opts Options) error {
	if d := readDamage(opts.Dir); d != nil {
		return fmt.Errorf("%w (found at %s)", ErrDamaged, d.At.UTC().Format(time.RFC3339))
	}
	path := filepath.Join(opts.Dir, FileName)
	is, err := hasHeader(path)
	if err != nil || is {
		return err
	}
	_ = writeDamage(opts.Dir, Damage{At: opts.Now(), Kind: DamageHeader, File: look(opts.Dir)}) // as in noteDamage
	return fmt.Errorf("%w: %s is not a database any more", ErrDamaged, FileName)
}

// openDamaged opens a damaged database for reading alone. Where not even its keys can be read, it is
// as if nothing could.
func openDamaged(ctx context.Context, opts Options, master seal.Master) (*Store, error) {
	s := newStore(opts, master)
	path := filepath.Join(opts.Dir, FileName)
	d := readDamage(opts.Dir)
	if d == nil { // it could not be noted
		d = &Damage{At: opts.Now(), Kind: DamageUse, File: look(opts.Dir)}
	}
	var err error
	if s.read, err = openReaders(path, "&mode=ro"); err != nil {
		return nil, err
	}
	if !d.Unreadable() {
		if s.keys, err = s.loadKeys(ctx, s.read.DB); err != nil {
			d.Kind = DamageHeader
		}
	}
	if d.Unreadable() {
		s.keys = &seal.Keyring{} // which opens nothing
	}
	s.damage.Store(d)
	close(s.damaged)
	close(s.done) // there is no writer to wait for
	return s, nil
}

// CheckWhole reads the database through and reports whether its structure is whole: quickly, or
// thoroughly, which also compares every index with its table. It holds nothing up, but keeps the
// write-ahead log from being emptied while it runs. It returns [ErrDamaged], and then nothing is
// written any more; and other errors where it could not be carried through.
func (s *Store) CheckWhole(ctx context.Context, thoroughly bool) error {
	pragma := `PRAGMA quick_check(1)`
	if thoroughly {
		pragma = `PRAGMA integrity_check(1)`
	}
	var found string
	err := s.read.DB.QueryRowContext(ctx, pragma).Scan(&found)
	switch {
	case err == nil && found == "ok":
		return nil
	case err == nil:
		s.noteDamage(DamageCheck)
		return fmt.Errorf("%w: %s", ErrDamaged, found) // names pages and indexes, never what is in them
	case ctx.Err() != nil:
		return ctx.Err()
	case isCorrupt(err), isUnreadable(err):
		s.noteDamage(DamageCheck)
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fmt.Errorf("check the database: %w", asStoreError(err))
}

// isUnreadable reports whether the disk could not give what is stored.
func isUnreadable(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) && se.Code()&0xff == sqlite3.SQLITE_IOERR
}

// Reprieve is for a start with a database that was found damaged before. It checks it thoroughly, and
// where all is well, since the file was mended or the disk reads again, notes that and reports true: the
// next start writes again.
func (s *Store) Reprieve(ctx context.Context) (bool, error) {
	d := s.Damage()
	if d == nil || d.Unreadable() {
		return false, nil
	}
	if err := s.CheckWhole(ctx, true); err != nil {
		return false, err
	}
	whole := *d
	whole.Whole = s.opts.Now()
	return true, writeDamage(s.opts.Dir, whole)
}
