package handlers

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
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
	// paceOver is over what time that is measured, and steadyOver for large ones that have kept pace once:
	// networks falter. HurryEvery is how often.
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
	held := map[string]int64{}
	for a := range r.reading {
		held[a.from] += a.size
	}
	for i, w := range r.waiting {
		if held[w.from] < held[r.waiting[next].from] {
			next = i
		}
	}
	return next
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
func (r *room) hurry(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.looked) < hurryEvery/2 { // another one who waits has just looked
		return
	}
	r.looked = now
	var need int64
	for _, w := range r.waiting {
		need += w.size
	}
	var slow []*arrival
	for a := range r.reading {
		if a.measure(now) < 1 {
			slow = append(slow, a)
		}
	}
	slices.SortFunc(slow, func(a, b *arrival) int { return cmp.Compare(a.pace, b.pace) })
	for _, a := range slow {
		if need <= 0 {
			return
		}
		need -= a.size
		delete(r.reading, a)
		a.cutOff()
	}
}

// arrival is a body that is being read, with room for all that is read of it.
type arrival struct {
	body   io.Reader
	answer http.ResponseWriter
	ctx    context.Context // of the request
	from   string          // network
	in     *room
	size   int64 // its room, bytes
	large  *room // where a body of unknown length goes on once it is small no more; nil for others
	got    atomic.Int64

	// Under in.mu:
	due    float64   // bytes that must come in a second
	marked time.Time // since when its pace is measured
	before int64     // what had come until then
	pace   float64   // what came since, against what is due
	steady bool      // it has kept pace
	cut    bool
	end    context.CancelFunc // ends its waiting for more room; nil while it does not
}

// arrive takes room for a body of a length, -1 where that is not known: such a body is thought to be
// small until it is not. It fails with errOverloaded where there is none in time.
func (s *server) arrive(r *request, length int64, body io.Reader) (*arrival, error) {
	a := &arrival{body: body, answer: r.Response(), ctx: r.ctx(), from: network(r.RealIP()), in: s.small, size: length, due: slowSmall}
	switch {
	case length < 0:
		a.size, a.large = smallBundle, s.large
	case length > smallBundle: // slower than that it would be cut off in the end anyway
		a.in, a.due = s.large, max(slowLarge, float64(length)/bodyTimeout.Seconds())
	}
	if err := a.in.take(a.ctx, a.size, a.from); err != nil {
		return nil, err
	}
	a.enter(a.in)
	return a, nil
}

// enter begins a body's reading with room that it has.
func (a *arrival) enter(in *room) {
	in.mu.Lock()
	defer in.mu.Unlock()
	a.in, a.marked, a.before, a.end = in, time.Now(), a.got.Load(), nil
	in.reading[a] = struct{}{}
}

// leave ends a body's reading: nobody cuts it off any more. Where somebody has, and not all of it had come,
// it returns errOverloaded, and else the error of its reading.
func (a *arrival) leave(err error) error {
	a.in.mu.Lock()
	defer a.in.mu.Unlock()
	delete(a.in.reading, a)
	if a.cut && err != nil {
		return errOverloaded
	}
	return err
}

// Read reads on, in a larger room where the body has outgrown its own.
func (a *arrival) Read(p []byte) (int, error) {
	if a.large != nil {
		got := a.got.Load()
		if got >= a.size {
			if err := a.move(); err != nil {
				return 0, err
			}
		} else {
			p = p[:min(int64(len(p)), a.size-got)]
		}
	}
	n, err := a.body.Read(p)
	a.got.Add(int64(n))
	return n, err
}

// move goes on in the large room. While it waits for that it can be cut off as all who hold up others.
func (a *arrival) move() error {
	ctx, end := context.WithCancel(a.ctx)
	defer end()
	a.in.mu.Lock()
	a.end = end
	a.in.mu.Unlock()
	if err := a.large.take(ctx, maxBundle, a.from); err != nil {
		return err
	}
	a.leave(nil)
	a.in.give(a.size)
	in := a.large
	a.size, a.large, a.due = maxBundle, nil, slowLarge
	a.enter(in)
	return nil
}

// measure says how much has come of the body lately against what is due; 1 where that is not known yet.
func (a *arrival) measure(now time.Time) float64 {
	over, least := now.Sub(a.marked), paceOver
	if a.steady && a.due >= slowLarge {
		least = steadyOver
	}
	if over < least {
		return 1
	}
	got := a.got.Load()
	if a.pace = float64(got-a.before) / over.Seconds() / a.due; a.pace >= 1 {
		a.marked, a.before, a.steady = now, got, true
	}
	return a.pace
}

// cutOff makes reading fail at once, and waiting for more room.
func (a *arrival) cutOff() {
	if a.cut = true; a.end != nil {
		a.end()
	}
	// Best effort: what cannot be cut off ends with the time that every body has.
	_ = http.NewResponseController(a.answer).SetReadDeadline(time.Unix(1, 0))
}

// done gives the room back.
func (a *arrival) done() { a.in.give(a.size) }
