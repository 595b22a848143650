package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// fillLog writes until so many pages were written, by jobs that change the same few rows, and
// returns the largest size of the log in bytes.
func fillLog(t *testing.T, s *Store, pages int) (largest int64) {
	t.Helper()
	for written, i := 0, 0; written < pages; i++ {
		if err := s.update(context.Background(), func(t *tx) (err error) {
			if err := t.exec(`INSERT INTO setup_tokens (hash, expires_at) VALUES (randomblob(500000), ?)`, i%2); err != nil {
				return err
			}
			if err := t.exec(`DELETE FROM setup_tokens WHERE expires_at = ?`, (i+1)%2); err != nil {
				return err
			}
			written, err = pagesWritten(t.conn)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(s.opts.Dir, FileName+"-wal"))
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	return largest
}

// TestLogStaysSmallThoughWritingNeverRests writes many times what the log may hold.
func TestLogStaysSmallThoughWritingNeverRests(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	if largest, most := fillLog(t, s, 2*walMost), int64((walMost+walPages)*(4096+24)); largest > most {
		t.Errorf("the log grew to %d bytes, want at most %d", largest, most)
	}
	var check string
	if err := s.read.QueryRowContext(context.Background(), `PRAGMA integrity_check`).Scan(&check); err != nil || check != "ok" {
		t.Errorf("the database is %q, %v", check, err)
	}
}

// TestReaderThatHoldsOnDoesNotHoldUpTheWriter has somebody read one state while the log would begin
// anew several times, and lets go.
func TestReaderThatHoldsOnDoesNotHoldUpTheWriter(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	reading, err := s.read.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var before, after int
	if err := reading.QueryRow(`SELECT count(*) FROM setup_tokens`).Scan(&before); err != nil {
		t.Fatal(err)
	}
	grown := fillLog(t, s, walMost+2*walPages)
	if err := reading.QueryRow(`SELECT count(*) FROM setup_tokens`).Scan(&after); err != nil || after != before {
		t.Errorf("the reader sees %d rows, then %d, %v", before, after, err)
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if again := fillLog(t, s, 2*walMost); again > grown+int64((walMost+walPages)*(4096+24)) {
		t.Errorf("the log went on growing, from %d to %d bytes", grown, again)
	}
}

// TestFailedCheckpointStopsEveryWrite has the log that cannot be copied: what was said to be kept stays
// in it.
func TestFailedCheckpointStopsEveryWrite(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	s.ends(errors.Join(ErrFailed, errors.New("copying failed")))
	if err := s.update(context.Background(), func(*tx) error { return nil }); !errors.Is(err, ErrFailed) {
		t.Errorf("afterwards: %v", err)
	}
	<-s.done // the writer has stopped by itself
}
