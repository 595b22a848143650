package store

import (
	"errors"
	"fmt"
)

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
