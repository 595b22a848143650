package handlers

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"breakwater/store"
)

// upkeepEvery is how often the upkeep looks for something to do.
const upkeepEvery = time.Minute

// Upkeep does what nobody waits for: it goes on with a rotation of the key that was broken off, by this
// program or another, and makes the nightly backups.
type Upkeep struct {
	Store *store.Store
	Zone  *time.Location // of the clinic
	Log   *slog.Logger
	said  time.Time // when the log was last told how far a rotation is
}

// Run works until ctx ends.
func (u *Upkeep) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { u.every(ctx, u.rotate) })
	work.Go(func() { u.every(ctx, u.backUp) })
	work.Wait()
}

func (u *Upkeep) every(ctx context.Context, do func(context.Context)) {
	look := time.NewTicker(upkeepEvery)
	defer look.Stop()
	for ctx.Err() == nil {
		do(ctx)
		select {
		case <-look.C:
		case <-ctx.Done():
		}
	}
}

func (u *Upkeep) rotate(ctx context.Context) {
	err := u.Store.ResumeRotation(ctx, func(r store.Rotation) {
		if time.Since(u.said) > 10*time.Second {
			u.said = time.Now()
			u.Log.Info("everything is being sealed anew", "key", r.Key, "done", r.Done, "total", r.Total)
		}
	})
	if err != nil && ctx.Err() == nil {
		u.Log.Warn("rotating the key failed; it is tried again in a minute", "error", err.Error())
	}
}

func (u *Upkeep) backUp(ctx context.Context) {
	did, err := u.Store.BackupIfDue(ctx, u.Zone)
	if err != nil && ctx.Err() == nil {
		u.Log.Warn("the nightly backup failed; it is tried again", "error", err.Error())
	}
	if !did || err != nil {
		return
	}
	b, err := u.Store.LastBackup(ctx)
	if err != nil {
		return
	}
	u.Log.Info("a backup was made or tried", "folder", b.Folder, "file", b.Last.File, "bytes", b.Last.Bytes, "damaged", b.Last.Damaged,
		"tried", b.Trial.File, "tried_damaged", b.Trial.Damaged, "tried_fault", string(b.Trial.Fault))
}
