package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"breakwater/store"
)

const (
	// watchEvery is how often the watch looks.
	watchEvery = time.Minute
	// wholeEvery is how often the whole database and the whole audit log are read through.
	wholeEvery = 24 * time.Hour
	// retainEvery is how often it is looked whether what is old is to be removed.
	retainEvery = time.Hour
	// tidyFrom is from what size, in bytes, the write-ahead log is emptied when there is time.
	tidyFrom = 1 << 20
)

// Watch looks after Breakwater while it runs: that the clock, the disk, the database and all else is
// what it should be, and that people hear of what is not.
type Watch struct {
	Store   *store.Store
	Now     func() time.Time
	Elapsed func() time.Duration // since any moment, by a clock that nobody sets
	Synced  func() (synced, known bool)
	Zone    *time.Location
	BaseURL *url.URL
	Mail    Mailer
	Expiry  func() (time.Time, error) // of the certificate; zero where there is none
	Log     *slog.Logger
	Alive   func() // tells the service manager that the program works; nil for nobody

	shown   clockWatch
	signs   map[store.IncidentKind]sign
	touched touchedLog
	damaged damageTold
}

// errWhole says why the program ends: to begin anew with a database that can be written to again.
var errWhole = errors.New("the database was thought to be damaged and is whole; a restart goes on with it")

// Run watches until ctx ends. It calls stop where only a restart can help: after a fault of the
// database, for which the store has the words, and once a database that was thought to be damaged is
// found whole.
func (w *Watch) Run(ctx context.Context, stop context.CancelCauseFunc) {
	w.Round(ctx) // first of all the clock: whoever removes what is old must know whether to believe it
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { w.checkWhole(ctx, stop) })
	others.Go(func() { every(ctx, watchEvery, func() { w.Tell(ctx) }) }) // a mail server that is slow holds nothing up
	others.Go(func() { every(ctx, retainEvery, func() { w.warn(ctx, "removing what is old failed", w.Retain(ctx)) }) })
	beat := time.NewTicker(watchEvery)
	defer beat.Stop()
	damaged := w.Store.Damaged()
	for {
		select {
		case <-beat.C:
			w.Round(ctx)
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

// every does something at once and then again and again until ctx ends.
func every(ctx context.Context, pause time.Duration, do func()) {
	again := time.NewTicker(pause)
	defer again.Stop()
	for {
		do()
		select {
		case <-again.C:
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
	w.warn(ctx, "noting what the clock shows failed", w.watchClock(ctx))
	w.warn(ctx, "noting that Breakwater runs failed", w.Store.Beat(ctx))
	w.warn(ctx, "looking for what needs a person failed", w.judge(ctx))
	if w.Store.LogSize() > tidyFrom {
		w.warn(ctx, "emptying the write-ahead log failed", w.Store.Tidy(ctx))
	}
}

// Retain removes what the clinic keeps no longer, once the clock was looked at.
func (w *Watch) Retain(ctx context.Context) error {
	if clock, err := w.Store.ClockState(ctx); err != nil || clock.Latest.IsZero() || w.Store.Damage() != nil {
		return err
	}
	return w.Store.Retain(ctx)
}

// warn logs what failed, unless it did since the program stops or the database has its own words.
func (w *Watch) warn(ctx context.Context, what string, err error) {
	if err = w.Store.Suspect(err); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrDamaged) {
		w.Log.Warn(what, "error", err.Error())
	}
}

// clockWatch is what the clocks showed when they were last looked at.
type clockWatch struct {
	wall time.Time
	by   time.Duration
}

// watchClock compares the clock with one that nobody sets.
func (w *Watch) watchClock(ctx context.Context) error {
	wall, by := w.Now().Round(0), w.Elapsed() // without the reading of Go's own second clock
	last := w.shown
	w.shown = clockWatch{wall, by}
	synced, known := w.Synced()
	reading := store.ClockReading{Start: last.wall.IsZero(), Synced: synced && known}
	if !reading.Start {
		reading.Jump = wall.Sub(last.wall) - (by - last.by)
	}
	return w.Store.NoteClock(ctx, reading)
}
