// Package store is the disk: Breakwater's nouns and the one SQLite file that keeps them.
//
// Everything is written through one path ([Store.update]): a single connection on which
// concurrent jobs share a commit, each inside a savepoint of its own. Everything is read through
// a pool of read-only connections. Patients' data and secrets are sealed before they are written
// (package seal); every change of configuration appends to the audit log (package auditlog) in
// the same transaction, so that a change that cannot be audited does not happen.
//
// Methods that change something on a person's behalf take an [Actor] and check the permission
// again inside the transaction, whatever the caller has checked before.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"breakwater/store/seal"

	"github.com/google/uuid"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// FileName is the database's name inside the data folder.
const FileName = "breakwater.db"

// Options say where and how to open a store.
type Options struct {
	Dir       string           // the data folder; made, 0700, where missing
	MasterKey string           // path of the master key's file; "" is master.key in Dir
	Migrate   bool             // bring an older database up to date; only serve does
	Damaged   bool             // open a damaged database too, to say so and to read what can be read; only serve does
	MinFree   uint64           // bytes of disk that are kept free: below them nothing from outside is kept
	Now       func() time.Time // the clock; nil is time.Now
	Argon2    Argon2           // zero is [DefaultArgon2]
	// Wrote hears of each write how long it took until it was on disk; nil is nobody.
	Wrote func(time.Duration)
	// Disk says how full the disk of a folder is; nil is DiskOf.
	Disk      func(dir string) (Disk, error)
	Version   string   // of Breakwater, which a database that it makes or changes asks for; "" for none
	BackupDir string   // where nightly backups go; "" is backups in Dir, [NoBackups] is nowhere
	Words     []string // names of the clinic, such as its host name: no password is made of them
	Batch     int      // how many writes share a commit at most; zero is the usual. To measure what that is worth
}

// Store is an open data folder. It is safe for concurrent use, also by several processes.
type Store struct {
	opts      Options
	master    masterKey
	keys      *seal.Keyring
	write     *sql.DB
	read      *readPool
	keyring   *sql.DB // one connection, to learn of new keys while all others wait for that
	jobs      chan *job
	quit      chan struct{}
	done      chan struct{}
	closing   sync.Once
	failed    chan struct{}
	failing   sync.Once
	work      chan struct{} // see Work
	fault     error         // why failed was closed; read only after it was
	damaged   chan struct{} // see Damaged
	damage    atomic.Pointer[Damage]
	tidying   chan chan error // see Tidy
	hashing   *hasher
	proven    throttle
	opened    throttle // see RecordOpened
	notes     notes
	latest    latest
	strangers strangers // see WrongTry
}

// Errors that callers tell apart. Wrapped with what happened; compare with errors.Is.
var (
	ErrNotFound  = errors.New("not found")
	ErrForbidden = errors.New("the permission is missing")
	ErrBusy      = errors.New("the database is busy")                       // try again later
	ErrDiskFull  = errors.New("the disk is too full to keep anything more") // try again later
	ErrFailed    = errors.New("the database failed and takes no more writes until a restart")
)

// Open opens the data folder, making it and its master key where there is no database yet. It
// fails, and makes nothing, where there is a database but no key that fits it. A damaged database is
// [ErrDamaged], unless the options say that it is to be opened all the same.
func Open(ctx context.Context, opts Options) (*Store, error) {
	opts = opts.filled()
	master, err := prepare(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := newStore(opts, master)
	err = s.open(ctx)
	if errors.Is(err, ErrDamaged) && opts.Damaged {
		return openDamaged(ctx, opts, master)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// filled gives what was left open its usual value.
func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Disk == nil {
		o.Disk = DiskOf
	}
	if o.Argon2 == (Argon2{}) {
		o.Argon2 = DefaultArgon2
	}
	if o.MasterKey == "" {
		o.MasterKey = filepath.Join(o.Dir, "master.key")
	}
	return o
}

func newStore(opts Options, master seal.Master) *Store {
	return &Store{opts: opts, master: masterKey{is: master, at: opts.MasterKey}, jobs: make(chan *job), quit: make(chan struct{}), done: make(chan struct{}), tidying: make(chan chan error),
		failed: make(chan struct{}), damaged: make(chan struct{}), work: make(chan struct{}, 1), hashing: newHasher(opts.Argon2)}
}

// open opens both ways to the database, unless it is known to be damaged or found so.
func (s *Store) open(ctx context.Context) error {
	path := filepath.Join(s.opts.Dir, FileName)
	if err := lookForDamage(s.opts); err != nil {
		return err
	}
	if err := s.connect(path); err != nil {
		return errors.Join(err, s.disconnect())
	}
	err := s.start(ctx)
	switch {
	case err == nil:
		return nil
	case isCorrupt(err), errors.Is(err, ErrDamaged): // not even closed: SQLite would write into it what is in the log
		s.noteDamage(DamageUse)
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return errors.Join(err, s.disconnect())
}

// connect makes the pools of connections; none is opened yet.
func (s *Store) connect(path string) (err error) {
	if s.write, err = openDB(path, "&_txlock=immediate"+forWriting, 2); err != nil {
		return err
	}
	if s.read, err = openReaders(path, ""); err != nil {
		return err
	}
	s.keyring, err = openDB(path, "&_pragma=query_only(1)", 1)
	return err
}

func (s *Store) disconnect() (err error) {
	if s.keyring != nil {
		err = s.keyring.Close()
	}
	if s.read != nil {
		err = errors.Join(err, s.read.Close())
	}
	if s.write != nil {
		err = errors.Join(err, s.write.Close())
	}
	return err
}

func (s *Store) start(ctx context.Context) error {
	if s.opts.Migrate { // other commands come while serve runs, and close the log themselves where it does not
		if err := s.renewLog(ctx); err != nil {
			return err
		}
	}
	if err := checkSchema(ctx, s.write, s.opts); err != nil {
		return err
	}
	if err := s.openKeys(ctx); err != nil {
		return err
	}
	if err := guardSealed(ctx, s.write); err != nil {
		return err
	}
	w, err := newWriter(ctx, s)
	if err != nil {
		return err
	}
	go w.run()
	if s.opts.Migrate {
		_ = s.noteUpgrade(ctx) // where the disk is full, the next start does it
	}
	return nil
}

// Close finishes the writes that are under way and closes the database. A damaged one is left as it
// is until the process ends.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.writeLastNotes()
		_ = s.writeStrangers(context.Background()) // nobody is there to hear of a failure
		close(s.quit)
	})
	<-s.done
	if s.Damage() != nil {
		s.lookAgain()
		return nil // to close the last connection would write what is in the log into a damaged database
	}
	return s.disconnect()
}

// Failed is closed when the database failed in a way that only a restart can mend; see [Store.Err].
func (s *Store) Failed() <-chan struct{} { return s.failed }

// Err says why the database failed, or nil.
func (s *Store) Err() error {
	select {
	case <-s.failed:
		return s.fault
	default:
		return nil
	}
}

// Work tells that there may be something new to fetch from Ocean. Other processes' changes are not
// told.
func (s *Store) Work() <-chan struct{} { return s.work }

func (s *Store) wakeUp() {
	select {
	case s.work <- struct{}{}:
	default: // told already
	}
}

// now is the present time as the database keeps it.
func (s *Store) now() int64 { return s.opts.Now().UnixMilli() }

// newID makes a UUIDv7: unique, in order of time, known before the insert.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// millis is a time as the database keeps it; zero is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// What the writing connection and that of checkpoints have beside the rest: checkpoint.go copies the
// write-ahead log instead of SQLite, the log is cut to logKept when it begins anew, what is deleted is
// overwritten, and more pages are kept in memory than readers need.
var forWriting = fmt.Sprintf("&_pragma=wal_autocheckpoint(0)&_pragma=journal_size_limit(%d)&_pragma=secure_delete(1)&_pragma=cache_size(-16000)", logKept)

func openDB(path, extra string, conns int) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(MEMORY)&_pragma=trusted_schema(0)" + extra
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// exists reports whether there is a file at path.
func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
