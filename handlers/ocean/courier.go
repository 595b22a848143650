package ocean

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"breakwater/store"
)

// Courier is all of the work with Ocean that goes on by itself: a [Fetcher] and a [Sender] that share
// one client and its token. Neither waits for the other, but what Ocean asks of one holds for both.
type Courier struct {
	fetcher *Fetcher
	sender  *Sender
}

// NewCourier makes a courier for what waits in a store.
func NewCourier(s *store.Store, allowLoopback bool, now func() time.Time, log *slog.Logger) *Courier {
	c := &caller{store: s, allowLoopback: allowLoopback, now: now, log: log}
	return &Courier{newFetcher(c), &Sender{c}}
}

// Run fetches and sends what is due until ctx ends. It alone may listen to [store.Store.Work] then.
func (c *Courier) Run(ctx context.Context) {
	toFetch, toSend := make(chan struct{}, 1), make(chan struct{}, 1)
	var both sync.WaitGroup
	defer both.Wait()
	both.Go(func() { c.fetcher.work().run(ctx, toFetch) })
	both.Go(func() { c.sender.work().run(ctx, toSend) })
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.sender.store.Work():
		}
		for _, wake := range []chan struct{}{toFetch, toSend} {
			select {
			case wake <- struct{}{}:
			default: // woken already
			}
		}
	}
}
