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
	// batchBytes is from how many bytes of messages on a commit takes no more of them, so that its pages stay
	// in the writer's memory of them: SQLite writes what does not fit before the commit, and what changes
	// afterwards again.
	batchBytes = 4 << 20
	// statementCache bounds the prepared statements; the store has fewer, all of fixed text.
	statementCache = 256
)

type job struct {
	fn   func(*tx) error
	size int // of the message that it keeps, in bytes
	err  error
	done chan struct{}
}

// update runs fn inside the next commit and returns once that is on disk. Nothing of fn stays if
// it returns an error. It returns [ErrBusy] where another process holds the database,
// [ErrDiskFull] where there is no room, [ErrFailed] after a fault that needs a restart, and
// [ErrDamaged] once the database is known to be damaged. Once the job was taken it is carried through
// even if ctx ends.
func (s *Store) update(ctx context.Context, fn func(*tx) error) error {
	return s.updateBy(ctx, &job{fn: fn})
}

// updateBy is [Store.update] by a job that says how much it writes.
func (s *Store) updateBy(ctx context.Context, j *job) error {
	if s.Damage() != nil {
		return ErrDamaged
	}
	if s.opts.Wrote != nil {
		start := time.Now()
		defer func() { s.opts.Wrote(time.Since(start)) }()
	}
	j.done = make(chan struct{})
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
	w.together = len(batch) > 1
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
func (w *writer) gather(first *job) []*job {
	if w.together {
		runtime.Gosched()
	}
	batch := []*job{first}
	for size := first.size; len(batch) < cmp.Or(w.store.opts.Batch, batchJobs) && size < batchBytes; {
		select {
		case j := <-w.store.jobs:
			batch = append(batch, j)
			size += j.size
		default:
			return batch
		}
	}
	return batch
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
