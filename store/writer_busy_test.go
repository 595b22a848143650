package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestCancelledJobIsNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer closeStore(t, s)
		ctx, cancel := context.WithCancel(context.Background())
		holding(t, s, func(others *sync.WaitGroup) {
			for range 10 {
				others.Go(func() {
					if err := s.update(ctx, func(t *tx) error { return t.count("x", 1) }); !errors.Is(err, context.Canceled) {
						t.Errorf("cancelled while waiting: %v", err)
					}
				})
			}
			synctest.Wait()
			cancel()
		})
		if n := counted(t, s, "x"); n != 0 {
			t.Errorf("%d cancelled jobs were done", n)
		}
	})
}

func TestJobThatWasTakenIsCarriedThrough(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.update(ctx, func(t *tx) error { cancel(); return t.count("x", 1) }); err != nil || counted(t, s, "x") != 1 {
		t.Errorf("%v, %d", err, counted(t, s, "x"))
	}
}

func TestDatabaseHeldByAnotherProcessIsBusy(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	ctx := context.Background()
	if err := s.update(ctx, func(t *tx) error { return t.exec(`PRAGMA busy_timeout = 20`) }); err != nil {
		t.Fatal(err)
	}
	other, err := openDB(s.opts.Dir+"/"+FileName, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	write := func(t *tx) error { return t.count("x", 1) }
	if err := s.update(ctx, write); !errors.Is(err, ErrBusy) {
		t.Errorf("held: %v", err)
	}
	if _, err := s.Receive(ctx, Message{HeaderID: "m", Raw: []byte("{}")}); !errors.Is(err, ErrBusy) {
		t.Errorf("held, Receive: %v", err)
	}
	if err := s.Ready(ctx); !errors.Is(err, ErrBusy) {
		t.Errorf("held, Ready: %v", err)
	}
	if _, err := s.Status(ctx); err != nil {
		t.Errorf("held, reading: %v", err)
	}
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if err := s.update(ctx, write); err != nil || counted(t, s, "x") != 1 || s.Err() != nil {
		t.Errorf("let go: %v, %d, %v", err, counted(t, s, "x"), s.Err())
	}
}

func TestEveryConnectionWaitsFiveSecondsAndSyncs(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	for pragma, want := range map[string]int64{"busy_timeout": 5000, "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0, "temp_store": 2} {
		var n int64
		if err := s.update(context.Background(), func(t *tx) error { return t.get(`PRAGMA `+pragma, nil, &n) }); err != nil || n != want {
			t.Errorf("the writer's %s is %d, want %d, %v", pragma, n, want, err)
		}
		if n := number(t, s, `PRAGMA `+pragma); n != want {
			t.Errorf("a reader's %s is %d, want %d", pragma, n, want)
		}
	}
	if number(t, s, `PRAGMA query_only`) != 1 {
		t.Error("a reader can write")
	}
}

func TestFullDatabaseKeepsWhatItAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		defer closeStore(t, s)
		if err := s.update(context.Background(), func(t *tx) error { var n int; return t.get(`PRAGMA max_page_count = 1`, nil, &n) }); err != nil {
			t.Fatal(err) // 1 is raised to the present size
		}
		var kept atomic.Int64
		holding(t, s, func(others *sync.WaitGroup) {
			for i := range 9 {
				others.Go(func() {
					err := s.update(context.Background(), func(t *tx) error {
						if i == 4 {
							return t.exec(`INSERT INTO setup_tokens (hash, expires_at) VALUES (zeroblob(1000000), 1)`)
						}
						return t.count("x", 1)
					})
					switch {
					case i == 4 && !errors.Is(err, ErrDiskFull):
						t.Errorf("too large: %v", err)
					case err == nil:
						kept.Add(1)
					case !errors.Is(err, ErrDiskFull):
						t.Errorf("beside it: %v", err)
					}
				})
			}
		})
		if n := counted(t, s, "x"); n != kept.Load() || number(t, s, `SELECT count(*) FROM setup_tokens`) != 0 {
			t.Errorf("%d jobs were answered as kept, %d were", kept.Load(), n)
		}
		if err := s.update(context.Background(), func(t *tx) error {
			return errors.Join(t.count("x", 1), t.exec(`INSERT INTO setup_tokens (hash, expires_at) VALUES (zeroblob(1000000), 1)`))
		}); !errors.Is(err, ErrDiskFull) || counted(t, s, "x") != kept.Load() {
			t.Errorf("too large, alone: %v; %d counted", err, counted(t, s, "x"))
		}
		if s.Err() != nil {
			t.Errorf("the store failed: %v", s.Err())
		}
		if err := s.Ready(context.Background()); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestTooLittleRoomRefusesMessagesButNotTheAuditLog(t *testing.T) {
	s := opened(t)
	defer closeStore(t, s)
	s.opts.MinFree = 1 << 62
	ctx := context.Background()
	if _, err := s.Receive(ctx, Message{HeaderID: "m", Raw: []byte("{}")}); !errors.Is(err, ErrDiskFull) {
		t.Errorf("Receive: %v", err)
	}
	if err := s.Ready(ctx); !errors.Is(err, ErrDiskFull) {
		t.Errorf("Ready: %v", err)
	}
	if err := s.RecordExport(ctx, CLIActor("test"), "csv", AuditFilter{}); err != nil {
		t.Errorf("an audit entry: %v", err)
	}
	if n := number(t, s, `SELECT count(*) FROM messages`); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestClosedStoreTakesNothingAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t)
		var answered atomic.Int64
		var others sync.WaitGroup
		inside, release := make(chan struct{}), make(chan struct{})
		others.Go(func() {
			if err := s.update(context.Background(), func(t *tx) error { close(inside); <-release; return t.count("x", 1) }); err != nil {
				t.Errorf("under way when closed: %v", err)
			}
			answered.Add(1)
		})
		<-inside
		for range 50 {
			others.Go(func() {
				if s.update(context.Background(), func(t *tx) error { return t.count("x", 1) }) == nil {
					answered.Add(1)
				}
			})
		}
		synctest.Wait()
		close(release)
		closeStore(t, s)
		others.Wait()
		if err := s.update(context.Background(), func(t *tx) error { return t.count("x", 1) }); err == nil || errors.Is(err, ErrFailed) {
			t.Errorf("after closing: %v", err)
		}
		again, err := Open(context.Background(), s.opts)
		if err != nil {
			t.Fatal(err)
		}
		defer closeStore(t, again)
		if n := counted(t, again, "x"); n != answered.Load() {
			t.Errorf("%d jobs were answered as done, %d were", answered.Load(), n)
		}
	})
}
