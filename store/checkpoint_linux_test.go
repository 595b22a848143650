package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// handles are this process's open handles of a file.
func handles(t *testing.T, path string) map[int]bool {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]bool{}
	for _, e := range list {
		if to, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name())); err == nil && to == path {
			n, err := strconv.Atoi(e.Name())
			if err != nil {
				t.Fatal(err)
			}
			found[n] = true
		}
	}
	return found
}

// TestAFaultOfTheCheckpointersEndsAllWriting gives the checkpointer's connection, and no other, a handle of the
// log that cannot be synced, and one of the database that cannot be written.
func TestAFaultOfTheCheckpointersEndsAllWriting(t *testing.T) {
	for file, spoilt := range map[string]func(path string) (*os.File, error){
		FileName + "-wal": func(string) (*os.File, error) { return os.OpenFile(os.DevNull, os.O_RDWR, 0) },
		FileName:          os.Open,
	} {
		s := opened(t)
		ctx := context.Background()
		s.write.SetMaxOpenConns(3)
		path, err := filepath.EvalSymlinks(s.opts.Dir)
		if err != nil {
			t.Fatal(err)
		}
		path = filepath.Join(path, file)
		before := handles(t, path)
		c, err := newCheckpointer(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := c.conn.QueryRowContext(ctx, `SELECT count(*) FROM counters`).Scan(&n); err != nil { // it opens the log too
			t.Fatal(err)
		}
		if err := s.update(ctx, func(t *tx) error { return t.count("x", 1) }); err != nil { // there is something to copy
			t.Fatal(err)
		}
		replaced := 0
		instead, err := spoilt(path)
		if err != nil {
			t.Fatal(err)
		}
		for fd := range handles(t, path) {
			if !before[fd] && fd != int(instead.Fd()) {
				if err := syscall.Dup3(int(instead.Fd()), fd, syscall.O_CLOEXEC); err != nil {
					t.Fatal(err)
				}
				replaced++
			}
		}
		if err := instead.Close(); err != nil || replaced != 1 {
			t.Fatalf("%s: %d handles replaced, %v", file, replaced, err)
		}
		go c.run()
		c.due <- struct{}{}
		<-c.done
		if err := s.Err(); !errors.Is(err, ErrFailed) {
			t.Errorf("%s: the store says %v", file, err)
		}
		if err := s.update(ctx, func(t *tx) error { return t.count("x", 1) }); !errors.Is(err, ErrFailed) {
			t.Errorf("%s: a write afterwards: %v", file, err)
		}
		<-s.done // the writer has stopped by itself
		closeStore(t, s)
	}
}
