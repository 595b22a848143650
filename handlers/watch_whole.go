package handlers

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"breakwater/store"
)

// touchedLog is whether the last check of the whole audit log found it touched.
type touchedLog struct{ found atomic.Bool }

// checkWhole reads the database and the audit log through at the start and daily. A database that was
// found damaged before is looked at once, and thoroughly.
func (w *Watch) checkWhole(ctx context.Context, stop context.CancelCauseFunc) {
	if w.Store.Damage() != nil {
		whole, err := w.Store.Reprieve(ctx)
		if w.warn(ctx, "checking the damaged database failed", err); whole {
			w.Log.Info(errWhole.Error())
			stop(errWhole)
		}
		return
	}
	every(ctx, wholeEvery, func() { w.CheckAll(ctx) })
}

// CheckAll reads the whole database and the whole audit log through once.
func (w *Watch) CheckAll(ctx context.Context) {
	if w.Store.Damage() != nil {
		return
	}
	start := time.Now()
	err := w.Store.CheckWhole(ctx, false)
	if errors.Is(err, store.ErrDamaged) {
		w.Log.Error("the check of the database found damage", "error", err.Error())
		return
	}
	if w.warn(ctx, "checking the database failed", err); err == nil {
		w.Log.Info("the database is whole", "took", time.Since(start).Round(time.Millisecond).String())
	}
	_, err = w.Store.VerifyAudit(ctx, "")
	touched := store.Touched(err)
	if err == nil || touched {
		w.touched.found.Store(touched)
	}
	switch {
	case touched:
		w.Log.Error("the audit log was touched", "error", err.Error())
	default:
		w.warn(ctx, "checking the audit log failed", err)
	}
}
