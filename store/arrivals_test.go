package store_test

import (
	"fmt"
	"sync"
	"testing"

	"breakwater/store"
)

// TestManyMessagesAndRefusalsAtOnce is for the race detector: all that is kept in memory is used at
// once, and nothing of it is lost or counted twice.
func TestManyMessagesAndRefusalsAtOnce(t *testing.T) {
	s, _, _ := withSite(t)
	const each = 40
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for n := range each {
				m := message(fmt.Sprint("m", i, " ", n), fmt.Sprint("r", i, " ", n), to("4321", fmt.Sprint("listing", n)))
				if err := s.NoteRefusal(ctx, store.RefusedFull, &m); err != nil {
					t.Error(err)
				}
				r, err := s.Receive(ctx, m)
				if err == nil {
					err = s.NoteReceived(ctx, m, r)
				}
				if err != nil {
					t.Error(err)
				}
				if n%10 != 0 {
					continue
				}
				if err := s.Beat(ctx); err != nil {
					t.Error(err)
				}
				if _, err := s.Connection(ctx); err != nil {
					t.Error(err)
				}
				if err := s.NoteToken(ctx, store.OceanAccess{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	c := connection(t, s)
	var calls int64
	for _, r := range c.Refusals {
		calls += r.Calls
	}
	if calls != 16*each || c.Missed != 0 || len(c.Listings) != each || !c.Message.Ever() || c.Gap != nil {
		t.Errorf("%d calls, %d missed, %d listings, gap %+v", calls, c.Missed, len(c.Listings), c.Gap)
	}
}
