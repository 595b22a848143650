package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// What is committed stands in the write-ahead log, and has to be copied into the database some time (a
// checkpoint), so that the log can begin anew and stays small. SQLite would have the commit that fills
// the log do that, and whoever waits for it wait. Here most of it is done beside the writer, on a
// connection of its own; the writer then copies the little that came meanwhile, after which SQLite
// begins the log anew by itself.

const (
	// walPages is after how many pages written the log is copied, 16 MB (twice that in a database made
	// before pages became smaller). More would copy pages that
	// change often more rarely, and let the log grow larger.
	walPages = 4000
	// walMost bounds the log, 64 MB likewise, where copying is slower than writing: then the writer waits. Only a
	// reader that holds on to what is in the log makes it larger.
	walMost = 4 * walPages
)

// checkpointer copies the log into the database beside the writer.
type checkpointer struct {
	store  *Store
	conn   *sql.Conn
	due    chan struct{}
	copied chan struct{} // it has copied what there was; the rest is the writer's
	done   chan struct{}

	// The writer's alone:
	asked bool // it was asked to, and the writer has not done the rest yet
	since int  // pages written when the log was last copied
}

func newCheckpointer(ctx context.Context, s *Store) (*checkpointer, error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the connection for checkpoints: %w", err)
	}
	return &checkpointer{store: s, conn: conn, due: make(chan struct{}, 1), copied: make(chan struct{}, 1), done: make(chan struct{})}, nil
}

// run copies whenever it is asked to, until due is closed.
func (c *checkpointer) run() {
	defer close(c.done)
	defer c.conn.Close()
	for range c.due {
		if c.store.ends(c.checkpoint(c.conn)) {
			return
		}
		c.copied <- struct{}{}
	}
}

// committed is called by the writer after each commit, with its own connection.
func (c *checkpointer) committed(writer *sql.Conn) error {
	written, err := pagesWritten(writer)
	switch {
	case err != nil:
		return err
	case c.asked && c.hasCopied(written-c.since >= walMost):
		c.asked, c.since = false, written
		return c.checkpoint(writer)
	case !c.asked && written-c.since >= walPages:
		c.asked = true
		c.due <- struct{}{}
	}
	return nil
}

// hasCopied reports whether the log was copied as far as it was filled when that was asked for.
func (c *checkpointer) hasCopied(wait bool) bool {
	if wait {
		select {
		case <-c.copied:
			return true
		case <-c.done: // it failed, and said so
			return false
		}
	}
	select {
	case <-c.copied:
		return true
	default:
		return false
	}
}

// settle waits until nothing is copied beside the writer, who copies all of it himself now.
func (c *checkpointer) settle() {
	if c.asked && c.hasCopied(true) {
		c.asked = false
	}
}

// stop waits until nothing is copied any more.
func (c *checkpointer) stop() {
	close(c.due)
	<-c.done
}

// checkpoint copies what no reader is in the way of, and waits for nobody. It returns [ErrFailed] where
// the state of the files is not known any more, and [ErrDamaged]; that there was no room, or that
// another process does the same, is no error: the log keeps what it has.
func (c *checkpointer) checkpoint(conn *sql.Conn) error {
	if c.store.Damage() != nil {
		return ErrDamaged
	}
	var busy, inLog, copied int
	err := asStoreError(conn.QueryRowContext(context.Background(), `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &inLog, &copied))
	if errors.Is(err, ErrFailed) || errors.Is(err, ErrDamaged) {
		return fmt.Errorf("copy the log into the database: %w", err)
	}
	return nil
}

// pagesWritten is how many pages a connection has written.
func pagesWritten(conn *sql.Conn) (n int, err error) {
	err = conn.Raw(func(driver any) error {
		n, _, err = driver.(sqlite.DBStatus).Status(sqlite.DBStatusCacheWrite, false)
		return err
	})
	return n, err
}
