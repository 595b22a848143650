package handlers

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// smallBundle is the largest body, in bytes, that counts as small, as nearly all are. They have
	// room of their own, so that none waits behind large ones.
	smallBundle = 64 << 10
	// maxSmall bounds the bytes of all small bodies at a time, as maxInFlight does those of the others.
	maxSmall = 16 << 20
	// slowSmall and slowLarge are how many bytes a second must come of a body while others wait for its room.
	slowSmall, slowLarge = 8 << 10, 64 << 10
	// paceOver is over what time that is measured, and steadyOver for large ones that have kept pace once, and
	// for those that wait to become large: networks falter. HurryEvery is how often.
	paceOver, steadyOver, hurryEvery = 500 * time.Millisecond, 2 * time.Second, 100 * time.Millisecond
)

// room is memory for bodies that are read and kept. Each takes what it announced before it is read, so
// that none waits for more with half of it in memory. As long as others wait, whoever lets theirs trickle is cut
// off, and of those who wait they come first whose network has the least. Without that, some hundred
// senders who say little and slowly could keep all others out.
type room struct {
	mu      sync.Mutex
	free    int64     // bytes
	waiting []*waiter // the oldest first
	reading map[*arrival]struct{}
	looked  time.Time
}

// waiter is somebody who waits for room.
type waiter struct {
	size  int64
	from  string        // network
	ready chan struct{} // closed when it has it
}

func newRoom(size int64) *room { return &room{free: size, reading: map[*arrival]struct{}{}} }

// take takes room, waiting for it for a while if it must. It fails with errOverloaded.
func (r *room) take(ctx context.Context, size int64, from string) error {
	if ctx.Err() != nil { // who has gone away takes nothing
		return errOverloaded
	}
	w := r.ask(size, from)
	if w == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, waitForRoom)
	defer cancel()
	look := time.NewTicker(hurryEvery)
	defer look.Stop()
	for {
		r.hurry(time.Now())
		select {
		case <-w.ready:
			return nil
		case <-look.C:
		case <-ctx.Done():
			r.forget(w)
			return errOverloaded
		}
	}
}

// ask takes room that is there, and returns nil, or gets in line.
func (r *room) ask(size int64, from string) *waiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.waiting) == 0 && size <= r.free {
		r.free -= size
		return nil
	}
	w := &waiter{size, from, make(chan struct{})}
	r.waiting = append(r.waiting, w)
	r.serve()
	return w
}

// serve gives what is free to those who wait. The mutex is held.
func (r *room) serve() {
	for len(r.waiting) > 0 {
		next := r.next()
		w := r.waiting[next]
		if w.size > r.free {
			return
		}
		r.free -= w.size
		r.waiting = slices.Delete(r.waiting, next, next+1)
		close(w.ready)
	}
}

// next is whose turn it is: the oldest of the network from which the fewest bytes are being read.
func (r *room) next() (next int) {
	held := r.held()
	for i, w := range r.waiting {
		if held[w.from] < held[r.waiting[next].from] {
			next = i
		}
	}
	return next
}

// held is how many bytes of those that are being read are whose network's.
func (r *room) held() map[string]int64 {
	held := map[string]int64{}
	for a := range r.reading {
		held[a.from] += a.size
	}
	return held
}

// give gives room back.
func (r *room) give(size int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free += size
	r.serve()
}

// forget is for who waits no more; what it got at the last moment it gives back.
func (r *room) forget(w *waiter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := slices.Index(r.waiting, w); at >= 0 {
		r.waiting = slices.Delete(r.waiting, at, at+1)
	} else {
		r.free += w.size
	}
	r.serve()
}

// hurry cuts off those who hold up others, the slowest first, and no more of them than those need who wait.
// Nobody is cut off for a network that holds more than their own.
func (r *room) hurry(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.looked) < hurryEvery/2 { // another one who waits has just looked
		return
	}
	r.looked = now
	var slow []*arrival
	for a := range r.reading {
		if a.measure(now) < 1 {
			slow = append(slow, a)
		}
	}
	if len(slow) == 0 {
		return
	}
	held, freed := r.held(), int64(0)
	slices.SortFunc(slow, func(a, b *arrival) int {
		return cmp.Or(cmp.Compare(held[b.from], held[a.from]), cmp.Compare(a.pace, b.pace))
	})
	need := map[int64]int64{} // of those whose networks hold no more than so much
	for _, a := range slow {
		most := held[a.from]
		if _, known := need[most]; !known {
			need[most] = 0
			for _, w := range r.waiting {
				if held[w.from] <= most {
					need[most] += w.size
				}
			}
		}
		if need[most] > freed {
			freed += a.size
			delete(r.reading, a)
			a.cutOff()
		}
	}
}
