package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"modernc.org/sqlite"
)

// holding runs a first job and keeps the writer inside it while waiting sets others going; when
// all of those wait for their turn, it lets the writer go and returns once all are done.
func holding(t *testing.T, s *Store, waiting func(*sync.WaitGroup)) {
	t.Helper()
	var others sync.WaitGroup
	inside, release, first := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		first <- s.update(context.Background(), func(*tx) error {
			close(inside)
			<-release
			return nil
		})
	}()
	<-inside
	waiting(&others)
	synctest.Wait() // everybody else waits for the writer now
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	others.Wait()
}

func TestWaitingJobsShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer closeStore(t, s)
		for _, c := range []struct{ jobs, commits int }{{1, 1}, {100, 1}, {batchJobs, 1}, {2*batchJobs + 5, 3}} {
			before, had := commits(t, s), counted(t, s, "x")
			holding(t, s, func(others *sync.WaitGroup) {
				for range c.jobs {
					others.Go(func() {
						if err := s.update(context.Background(), func(t *tx) error { return t.count("x", 1) }); err != nil {
							t.Error(err)
						}
					})
				}
			})
			if n := commits(t, s) - before; n != c.commits { // the first job wrote nothing
				t.Errorf("%d jobs took %d commits, want %d", c.jobs, n, c.commits)
			}
			if n := counted(t, s, "x") - had; n != int64(c.jobs) {
				t.Errorf("%d of %d jobs were done", n, c.jobs)
			}
		}
	})
}

// TestLargeMessagesShareNoLargeCommit has messages wait of which two together are too large.
func TestLargeMessagesShareNoLargeCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer closeStore(t, s)
		for size, want := range map[int]int{0: 1, batchBytes / 16: 1, batchBytes / 2: 4, batchBytes: 8, 25 << 20: 8} {
			before := commits(t, s)
			holding(t, s, func(others *sync.WaitGroup) {
				for range 8 {
					others.Go(func() {
						if err := s.updateBy(context.Background(), &job{size: size, fn: func(t *tx) error { return t.count("x", 1) }}); err != nil {
							t.Error(err)
						}
					})
				}
			})
			if n := commits(t, s) - before; n != want {
				t.Errorf("8 messages of %d bytes took %d commits, want %d", size, n, want)
			}
		}
	})
}

func TestLoneJobIsDurableBeforeItReturns(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	before := commits(t, s)
	for i := range 3 {
		if err := s.update(context.Background(), func(t *tx) error { return t.count("x", 1) }); err != nil {
			t.Fatal(err)
		}
		if n := commits(t, s) - before; n != i+1 {
			t.Errorf("after %d jobs: %d commits", i+1, n)
		}
	}
}

func TestBadJobNeverSpoilsItsNeighbours(t *testing.T) {
	mine := errors.New("mine")
	bad := []struct {
		name string
		fn   func(*tx) error
		want func(error) bool
	}{
		{"error", func(*tx) error { return mine }, func(err error) bool { return errors.Is(err, mine) }},
		{"wrapped error", func(*tx) error { return fmt.Errorf("w: %w", ErrForbidden) }, func(err error) bool { return errors.Is(err, ErrForbidden) }},
		{"panic", func(*tx) error { panic("Tremblay") }, func(err error) bool { return err != nil && !strings.Contains(err.Error(), "Tremblay") }},
		{"nil dereference", func(*tx) error { var m *Message; m.Raw = nil; return nil }, nil},
		{"unique constraint", func(t *tx) error { return t.exec(`INSERT INTO roles (code, name) VALUES ('administrator', 'again')`) }, nil},
		{"check constraint", func(t *tx) error {
			return t.exec(`INSERT INTO audit_head (id, seq, mac, seal) VALUES (2, 1, x'', x'')`)
		}, nil},
		{"foreign key", func(t *tx) error {
			return t.exec(`INSERT INTO user_roles (user_id, role) VALUES ('nobody', 'administrator')`)
		}, nil},
		{"strict type", func(t *tx) error { return t.exec(`INSERT INTO counters (name, value) VALUES ('y', 'text')`) }, nil},
		{"trigger", func(t *tx) error {
			return t.exec(`INSERT INTO audit_entries VALUES (99, 0, '', '', '', '', '', '', x'')`)
		}, nil},
		{"not SQL", func(t *tx) error { return t.exec(`NO SUCH STATEMENT`) }, nil},
	}
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer closeStore(t, s)
		before := commits(t, s)
		holding(t, s, func(others *sync.WaitGroup) {
			for _, b := range bad {
				others.Go(func() {
					err := s.update(context.Background(), func(t *tx) error {
						if err := t.count("bad", 1); err != nil {
							return err
						}
						return b.fn(t)
					})
					if err == nil || b.want != nil && !b.want(err) || errors.Is(err, ErrFailed) || errors.Is(err, ErrBusy) {
						t.Errorf("%s: %v", b.name, err)
					}
				})
				others.Go(func() {
					if err := s.update(context.Background(), func(t *tx) error { return t.count("good", 1) }); err != nil {
						t.Errorf("beside %s: %v", b.name, err)
					}
				})
			}
		})
		if n := commits(t, s) - before; n != 1 {
			t.Errorf("they shared %d commits, want 1", n)
		}
		if good, left := counted(t, s, "good"), counted(t, s, "bad"); good != int64(len(bad)) || left != 0 {
			t.Errorf("%d good jobs stayed, want %d; %d bad ones, want 0", good, len(bad), left)
		}
		for _, b := range bad { // and alone
			if err := s.update(context.Background(), func(t *tx) error {
				return errors.Join(t.count("bad", 1), t.exec(`INSERT INTO setup_tokens (hash, expires_at) VALUES (randomblob(9), 1)`), b.fn(t))
			}); err == nil || b.want != nil && !b.want(err) {
				t.Errorf("%s, alone: %v", b.name, err)
			}
		}
		if left, rows := counted(t, s, "bad"), number(t, s, `SELECT count(*) FROM setup_tokens`); left != 0 || rows != 0 {
			t.Errorf("%d and %d rows stayed of bad jobs that were alone", left, rows)
		}
		if err := s.Err(); err != nil {
			t.Errorf("the store failed: %v", err)
		}
	})
}

func TestFaultOfTheDatabaseStopsEveryWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer closeStore(t, s)
		holding(t, s, func(others *sync.WaitGroup) {
			for i := range 3 {
				others.Go(func() {
					err := s.update(context.Background(), func(t *tx) error {
						if i == 1 { // a write to a database that cannot be written
							if err := t.exec(`PRAGMA query_only = 1`); err != nil {
								return err
							}
						}
						return t.count("x", 1)
					})
					if !errors.Is(err, ErrFailed) {
						t.Errorf("job %d: %v", i, err)
					}
				})
			}
		})
		select {
		case <-s.Failed():
		default:
			t.Error("Failed is not closed")
		}
		if err := s.Err(); !errors.Is(err, ErrFailed) {
			t.Errorf("Err: %v", err)
		}
		if err := s.update(context.Background(), func(t *tx) error { return nil }); !errors.Is(err, ErrFailed) {
			t.Errorf("afterwards: %v", err)
		}
		if n := counted(t, s, "x"); n != 0 {
			t.Errorf("%d jobs of the failed batch stayed", n)
		}
		var se *sqlite.Error
		if !errors.As(s.Err(), &se) {
			t.Errorf("the driver's error is lost: %v", s.Err())
		}
	})
}
