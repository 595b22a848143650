package handlers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"breakwater/store"
)

const (
	// watchEvery is how often the watch looks.
	watchEvery = time.Minute
	// wholeEvery is how often the whole database is read through.
	wholeEvery = 24 * time.Hour
	// tidyFrom is from what size, in bytes, the write-ahead log is emptied when there is time.
	tidyFrom = 1 << 20
)

// Watch looks after Breakwater while it runs: that the clock, the disk and the database are what they
// should be, and that people hear of what is not.
type Watch struct {
	Store *store.Store
	Now   func() time.Time
	Log   *slog.Logger
	Alive func() // tells the service manager that the program works; nil for nobody
}

// errWhole says why the program ends: to begin anew with a database that can be written to again.
var errWhole = errors.New("the database was thought to be damaged and is whole; a restart goes on with it")

// Run watches until ctx ends. It calls stop where only a restart can help: after a fault of the
// database, for which the store has the words, and once a database that was thought to be damaged is
// found whole.
func (w *Watch) Run(ctx context.Context, stop context.CancelCauseFunc) {
	var checks sync.WaitGroup
	defer checks.Wait()
	checks.Go(func() { w.checkWhole(ctx, stop) })
	beat := time.NewTicker(watchEvery)
	defer beat.Stop()
	damaged := w.Store.Damaged()
	for {
		w.Round(ctx)
		select {
		case <-beat.C:
		case <-damaged:
			damaged = nil
			w.Log.Error("the database is damaged: nothing is written to it any more, and patients are not shown; restore the last backup", "found", string(w.Store.Damage().Kind))
		case <-w.Store.Failed():
			w.Log.Error("the database failed; stopping, so that a restart can find a sound state", "error", w.Store.Err().Error())
			stop(nil)
			return
		case <-ctx.Done():
			return
		}
	}
}

// Round looks once, and does what is due. The service manager is told that the program works as long as
// the database answers, be it with an error: a full disk is no reason to stop reading.
func (w *Watch) Round(ctx context.Context) {
	if w.Alive != nil {
		defer w.Alive()
	}
	if w.Store.Damage() != nil {
		return
	}
	w.warn(ctx, "noting that Breakwater runs failed", w.Store.Beat(ctx))
	if w.Store.LogSize() > tidyFrom {
		w.warn(ctx, "emptying the write-ahead log failed", w.Store.Tidy(ctx))
	}
}

// warn logs what failed, unless it did since the program stops or the database has its own words.
func (w *Watch) warn(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrDamaged) {
		w.Log.Warn(what, "error", err.Error())
	}
}

// checkWhole reads the database through at the start and daily. One that was found damaged before is
// looked at once, and thoroughly.
func (w *Watch) checkWhole(ctx context.Context, stop context.CancelCauseFunc) {
	if w.Store.Damage() != nil {
		whole, err := w.Store.Reprieve(ctx)
		if w.warn(ctx, "checking the damaged database failed", err); whole {
			w.Log.Info(errWhole.Error())
			stop(errWhole)
		}
		return
	}
	daily := time.NewTicker(wholeEvery)
	defer daily.Stop()
	for {
		start := time.Now()
		err := w.Store.CheckWhole(ctx, false)
		switch {
		case err == nil:
			w.Log.Info("the database is whole", "took", time.Since(start).Round(time.Millisecond).String())
		case errors.Is(err, store.ErrDamaged):
			w.Log.Error("the check of the database found damage", "error", err.Error())
			return
		}
		w.warn(ctx, "checking the database failed", err)
		select {
		case <-daily.C:
		case <-ctx.Done():
			return
		}
	}
}
