package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestALogThatWasLeftIsCopiedBeforeAnythingIsAdded opens what a process that was killed has left: the log
// is empty before the first write, and all that was in it stands in the database.
func TestALogThatWasLeftIsCopiedBeforeAnythingIsAdded(t *testing.T) {
	ctx := context.Background()
	killed := opened(t)
	defer closeStore(t, killed)
	for _, name := range []string{"one", "two"} {
		if _, err := killed.Receive(ctx, aMessage(name, name)); err != nil {
			t.Fatal(err)
		}
	}
	left := aCopy(t, killed.opts)
	if err := os.Remove(filepath.Join(left.Dir, FileName+"-shm")); err != nil { // no process has it any more
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(left.Dir, FileName+"-wal")); err != nil || info.Size() == 0 {
		t.Fatalf("no log was left: %v", err)
	}
	s, err := Open(ctx, left)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, s)
	if n := s.LogSize(); n != 0 {
		t.Errorf("the log that was left has %d bytes still", n)
	}
	alone := aCopy(t, left) // as if the log were lost
	if err := errors.Join(os.Remove(filepath.Join(alone.Dir, FileName+"-wal")), os.Remove(filepath.Join(alone.Dir, FileName+"-shm"))); err != nil {
		t.Fatal(err)
	}
	without, err := Open(ctx, alone)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, without)
	if n := number(t, without, `SELECT count(*) FROM messages`); n != 2 {
		t.Errorf("%d messages stand in the database, want 2", n)
	}
}

// TestALogThatIsReadIsLeft has another process read what the log has to begin with: the start neither
// fails nor waits for ever.
func TestALogThatIsReadIsLeft(t *testing.T) {
	ctx := context.Background()
	s := opened(t)
	defer closeStore(t, s)
	if _, err := s.Receive(ctx, aMessage("one", "one")); err != nil {
		t.Fatal(err)
	}
	reading, err := s.read.DB.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Rollback()
	var n int
	if err := reading.QueryRow(`SELECT count(*) FROM messages`).Scan(&n); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	other, err := Open(ctx, s.opts)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, other)
	if _, err := other.Receive(ctx, aMessage("two", "two")); err != nil {
		t.Error(err)
	}
}

// TestNothingIsAcknowledgedOnceCopyingFailed lets the copying of the log fail while a batch is written, and
// while one waits.
func TestNothingIsAcknowledgedOnceCopyingFailed(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	err := s.update(context.Background(), func(t *tx) error {
		s.ends(errors.Join(ErrFailed, errors.New("copying failed"))) // as the checkpointer does
		return t.count("x", 1)
	})
	if !errors.Is(err, ErrFailed) {
		t.Errorf("a write that was under way: %v", err)
	}
	<-s.done // the writer has stopped by itself
}

// TestABatchAfterAFailureIsNotEvenBegun asks the writer itself, who may have taken a job in the same moment.
func TestABatchAfterAFailureIsNotEvenBegun(t *testing.T) {
	s := opened(t)
	w := &writer{store: s}
	s.ends(errors.Join(ErrFailed, errors.New("copying failed")))
	<-s.done
	called := false
	j := &job{fn: func(*tx) error { called = true; return nil }, done: make(chan struct{})}
	if ends := w.answer([]*job{j}); !ends || !errors.Is(j.err, ErrFailed) || called {
		t.Errorf("it ends %v, says %v, was begun: %v", ends, j.err, called)
	}
	closeStore(t, s)
}

// TestNothingIsAcknowledgedOnADiskThatTurnedReadOnly has the disk do so while a batch is written.
func TestNothingIsAcknowledgedOnADiskThatTurnedReadOnly(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	err := s.update(context.Background(), func(t *tx) error {
		s.opts.Disk = func(string) (Disk, error) { return Disk{ReadOnly: true}, nil }
		return t.count("x", 1)
	})
	if !errors.Is(err, ErrFailed) || !errors.Is(s.Err(), errUnwritable) {
		t.Errorf("a write: %v; the store: %v", err, s.Err())
	}
	<-s.done // the writer has stopped by itself
}
