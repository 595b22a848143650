package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// The write-ahead log holds what was committed until a checkpoint has brought it into the database
// (see checkpoint.go), and can begin anew only when no reader needs it any more. So it grows while
// somebody reads for long, and is cut again as soon as that is over: after a write where it has become
// large, and by [Store.Tidy] when there is time.

const (
	// logKept is how long the log stays, in bytes, when it begins anew.
	logKept = 16 << 20
	// logMost is from what size, in bytes, the log is cut after a write.
	logMost = 64 << 20
	// logPause is how many batches pass before a cut that failed is tried again.
	logPause = 64
)

// Tidy brings what is in the write-ahead log into the database and empties the log, unless somebody
// reads meanwhile: then it leaves that to the next time. It is for when there is little to do.
func (s *Store) Tidy(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case s.tidying <- done:
		return <-done
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return errors.New("the store is closed")
	case <-s.failed:
		return ErrFailed
	case <-s.damaged:
		return ErrDamaged
	}
}

// LogSize is how many bytes the write-ahead log has; 0 where there is none.
func (s *Store) LogSize() int64 {
	info, err := os.Stat(filepath.Join(s.opts.Dir, FileName+"-wal"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// keepLogShort cuts the log where it has become large.
func (w *writer) keepLogShort() error {
	if w.pause--; w.pause > 0 || w.store.LogSize() < logMost {
		return nil
	}
	err := w.tidy()
	if w.store.LogSize() >= logMost {
		w.pause = logPause
	}
	return err
}

// tidy empties the log, on the writing connection and between two transactions. It waits a tenth of a
// second for readers, in which nothing is written, and then as long as ever for other processes.
func (w *writer) tidy() error {
	if w.store.Damage() != nil {
		return ErrDamaged
	}
	w.log.settle()
	var busy, pages, done int
	err := errors.Join(w.pragma(`PRAGMA busy_timeout = 100`, new(int)),
		w.pragma(`PRAGMA wal_checkpoint(TRUNCATE)`, &busy, &pages, &done),
		w.pragma(`PRAGMA busy_timeout = 5000`, new(int)))
	return asStoreError(err)
}

func (w *writer) pragma(query string, dest ...any) error {
	return w.tx.conn.QueryRowContext(w.tx.ctx, query).Scan(dest...)
}
