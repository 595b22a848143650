package handlers

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

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
	if a.end != nil || a.steady && a.due >= slowLarge { // while it waits for more room it can bring nothing
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
