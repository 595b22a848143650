package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// renewLog copies a log that an earlier process has left into the database, and begins it anew, before
// anything is added to it. That process may have ended since a sync failed. Linux then forgets that the
// pages in question are not on the disk: they can still be read, so that SQLite takes them for the end
// of the log, and the next sync of it succeeds without them. Whatever was added behind them would be
// lost with them in a power cut, though it was synced. What is copied is written and synced anew.
// Where another process reads, or the disk is too full, that is left to the next checkpoint.
func (s *Store) renewLog(ctx context.Context) error {
	if s.LogSize() == 0 {
		return nil
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin the log anew: %w", err)
	}
	defer conn.Close()
	if err := emptyLog(ctx, conn); err != nil && !errors.Is(err, ErrBusy) && !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("begin the log anew: %w", err)
	}
	return nil
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
	return emptyLog(w.tx.ctx, w.tx.conn)
}

// emptyLog copies the log on a connection that writes, outside of a transaction, and cuts it. What it cannot
// cut since somebody reads is no error.
func emptyLog(ctx context.Context, conn *sql.Conn) error {
	pragma := func(query string, dest ...any) error { return conn.QueryRowContext(ctx, query).Scan(dest...) }
	var busy, pages, done int
	return asStoreError(errors.Join(pragma(`PRAGMA busy_timeout = 100`, new(int)),
		pragma(`PRAGMA wal_checkpoint(TRUNCATE)`, &busy, &pages, &done),
		pragma(`PRAGMA busy_timeout = 5000`, new(int))))
}
