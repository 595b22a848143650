package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"
)

// The one write path. Jobs come from any goroutine; one goroutine owns the one connection that
// writes. It takes the first job and whatever else is waiting by then (greedily, with no timer),
// runs each inside its own savepoint, commits them all at once, and only then answers. So a lone
// job never waits for company, and under load many share one sync to disk. Between two batches it
// keeps the write-ahead log short (log.go).

const (
	// batchJobs bounds how many jobs share a commit, and so how long the first of them waits, unless
	// the options say otherwise.
	batchJobs = 128
	// statementCache bounds the prepared statements; the store has fewer, all of fixed text.
	statementCache = 256
)

type job struct {
	fn   func(*tx) error
	err  error
	done chan struct{}
}

// update runs fn inside the next commit and returns once that is on disk. Nothing of fn stays if
// it returns an error. It returns [ErrBusy] where another process holds the database,
// [ErrDiskFull] where there is no room, [ErrFailed] after a fault that needs a restart, and
// [ErrDamaged] once the database is known to be damaged. Once the job was taken it is carried through
// even if ctx ends.
func (s *Store) update(ctx context.Context, fn func(*tx) error) error {
	if s.Damage() != nil {
		return ErrDamaged
	}
	if s.opts.Wrote != nil {
		start := time.Now()
		defer func() { s.opts.Wrote(time.Since(start)) }()
	}
	j := &job{fn: fn, done: make(chan struct{})}
	select {
	case s.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return errors.New("the store is closed")
	case <-s.failed:
		return ErrFailed
	case <-s.damaged:
		return ErrDamaged
	}
	<-j.done
	return j.err
}

type writer struct {
	pause    int  // batches until the log is looked at; see keepLogShort
	together bool // the batch before had several jobs
	store    *Store
	tx       tx
	moved    map[string]int // by how much the batch's jobs moved counters
	log      *checkpointer
}

func newWriter(ctx context.Context, s *Store) (*writer, error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the writing connection: %w", err)
	}
	log, err := newCheckpointer(ctx, s)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &writer{store: s, tx: tx{ctx: context.Background(), conn: conn, stmts: map[string]*sql.Stmt{}, store: s, moved: map[string]int{}},
		moved: map[string]int{}, log: log}, nil
}

func (w *writer) run() {
	go w.log.run()
	defer close(w.store.done)
	defer w.close()
	defer w.log.stop()
	for {
		select {
		case <-w.store.quit:
			return
		case tidied := <-w.store.tidying:
			err := w.tidy()
			ends := w.store.ends(err)
			tidied <- err
			if ends {
				return
			}
		case <-w.store.failed: // copying the log failed
			return
		case first := <-w.store.jobs:
			if w.answer(w.gather(first)) || w.store.ends(w.log.committed(w.tx.conn)) || w.store.ends(w.keepLogShort()) {
				return
			}
		}
	}
}

// answer commits a batch and tells everybody in it. It reports whether nothing may be written any
// more.
func (w *writer) answer(batch []*job) bool {
	err := w.commit(batch)
	ends := w.store.ends(err)
	for _, j := range batch {
		if err != nil && (j.err == nil || ends) {
			j.err = err
		}
		close(j.done)
	}
	return ends
}

// gather takes what is waiting already, and waits for nothing. Where jobs came together before, whoever is
// about to bring another brings it first.
func (w *writer) gather(first *job) (batch []*job) {
	if w.together {
		runtime.Gosched()
	}
	defer func() { w.together = len(batch) > 1 }()
	batch = []*job{first}
	for len(batch) < cmp.Or(w.store.opts.Batch, batchJobs) {
		select {
		case j := <-w.store.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the batch in one transaction. Its error is that of the whole batch; a job's own
// error stays with the job and its savepoint. A job that is alone needs none: what it leaves is rolled
// back whole.
func (w *writer) commit(batch []*job) error {
	if w.store.Damage() != nil {
		return ErrDamaged
	}
	if err := w.store.Err(); err != nil { // the job and the failure were there at the same time
		return err
	}
	if err := w.tx.exec(`BEGIN IMMEDIATE`); err != nil {
		return spoiled(err)
	}
	w.tx.now = w.store.now()
	if err := w.tx.learnKeys(); err != nil {
		return w.rollback(fmt.Errorf("read keys: %w", err))
	}
	clear(w.moved)
	attempt := w.attempt
	if len(batch) == 1 {
		attempt = w.do
	}
	for _, j := range batch {
		if err := attempt(j); err != nil {
			return w.rollback(err)
		}
	}
	if len(batch) == 1 && batch[0].err != nil {
		return w.undo(batch[0].err)
	}
	if err := w.keepCounters(); err != nil {
		return w.rollback(err)
	}
	if err := w.tx.exec(`COMMIT`); err != nil {
		return w.rollback(err)
	}
	return w.mayBeTold()
}

// mayBeTold returns why nobody may be told that what was committed is kept: copying the log has failed
// meanwhile, or the file system has become read-only, on which not every Linux says that a sync fails.
func (w *writer) mayBeTold() error {
	if err := w.store.Err(); err != nil {
		return err
	}
	if disk, err := w.store.opts.Disk(w.store.opts.Dir); err == nil && disk.ReadOnly {
		return fmt.Errorf("%w: %w", ErrFailed, errUnwritable)
	}
	return nil
}

// keepCounters writes by how much the batch moved the counters, each once however many jobs did.
func (w *writer) keepCounters() error {
	for name, by := range w.moved {
		if by == 0 {
			continue
		}
		if err := w.tx.exec(`INSERT INTO counters (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`, name, by); err != nil {
			return fmt.Errorf("count: %w", err)
		}
	}
	return nil
}

// rollback ends a transaction that err has spoiled, and returns what that means for all of it.
func (w *writer) rollback(err error) error {
	err = spoiled(err)
	if failed := w.undo(err); failed != nil {
		return failed
	}
	return err
}

// undo takes the whole transaction back because of err. A full disk makes SQLite do that by itself.
func (w *writer) undo(err error) error {
	if failed := w.tx.exec(`ROLLBACK`); failed != nil && !errors.Is(err, ErrDiskFull) && !errors.Is(err, ErrDamaged) {
		return fmt.Errorf("%w: %w, and it cannot be rolled back: %w", ErrFailed, err, failed)
	}
	return nil
}

// attempt runs one job in its savepoint. It returns only errors that spoil the transaction.
func (w *writer) attempt(j *job) error {
	if err := w.tx.exec(`SAVEPOINT job`); err != nil {
		return err
	}
	if err := w.do(j); err != nil {
		return err
	}
	if j.err != nil {
		if err := w.tx.exec(`ROLLBACK TO job`); err != nil {
			// A full disk makes SQLite roll the whole transaction back by itself.
			return errors.Join(j.err, err)
		}
	}
	return w.tx.exec(`RELEASE job`)
}

// do runs one job. It returns only an error of the database itself; the job's own stays with it, and
// what that job counted is forgotten.
func (w *writer) do(j *job) error {
	clear(w.tx.moved)
	if j.err = asStoreError(w.call(j.fn)); errors.Is(j.err, ErrFailed) || errors.Is(j.err, ErrDamaged) {
		return j.err
	}
	if j.err == nil {
		for name, by := range w.tx.moved {
			w.moved[name] += by
		}
	}
	return nil
}

// call keeps a panic in one job from taking its neighbours along.
func (w *writer) call(fn func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a write panicked: %T", p) // its value could hold a patient's data
		}
	}()
	return fn(&w.tx)
}

func (w *writer) close() {
	if w.store.Err() != nil || w.store.Damage() != nil {
		return // the statements of a connection that failed may no longer be touched
	}
	for _, st := range w.tx.stmts {
		st.Close()
	}
	w.tx.conn.Close()
}
