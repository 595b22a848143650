package store

import (
	"context"
	"sync"
	"time"
)

// Secrets that nobody can guess, keys and links of 256 random bits, are looked at first and counted
// afterwards, so that whoever has the right one never waits. What is wrong is counted in memory, and
// only who has to wait is written, a few at a time: a flood costs neither the disk nor Ocean anything.

const (
	// maxStrangers bounds who is counted in memory; beyond it somebody is forgotten at random.
	maxStrangers = 10_000
	// strangersEvery is how often those who have to wait are written, and how long a count is believed
	// that another process may have changed.
	strangersEvery = 10 * time.Second
	// strangersAtOnce bounds how many are written at a time: Ocean's messages wait for no more.
	strangersAtOnce = 100
)

// strangers are who has shown wrong secrets. The zero value is ready.
type strangers struct {
	mu      sync.Mutex
	at      map[Try]stranger
	waiting map[Try]struct{} // not written yet
	written int64            // when some were last
	hour    int64            // since 1970
	seen    map[Try]struct{} // who has shown wrong keys in that hour
}

// stranger is a count, and when it was last read.
type stranger struct {
	tally
	read int64
}

// WrongTry counts a secret that was looked at and is wrong. It returns how long the caller has to wait
// before the next one, which was too soon already; 0 while there is nothing to wait for.
func (s *Store) WrongTry(ctx context.Context, y Try) time.Duration {
	now, l := s.now(), limits[y.kind]
	var kept *tally
	if !s.strangers.knows(y, now) {
		if c, err := s.tally(ctx, y); err == nil { // else memory alone decides
			kept = &c
		}
	}
	wait, write := s.strangers.count(y, kept, l, now)
	if write {
		_ = s.writeStrangers(ctx) // best effort: what is not written is kept for the next time
	}
	return wait
}

// knows reports whether the database cannot know better.
func (g *strangers) knows(y Try, now int64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	known, ok := g.at[y]
	return ok && now >= known.read && now-known.read < strangersEvery.Milliseconds()
}

// count adds a wrong try, unless there is a wait, to what is known: in memory, and in the database if
// that was read just now. It reports whether it is time to write.
func (g *strangers) count(y Try, kept *tally, l limit, now int64) (wait time.Duration, write bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at == nil {
		g.at, g.waiting = map[Try]stranger{}, map[Try]struct{}{}
	}
	g.note(y, now)
	known := g.at[y]
	if kept != nil {
		known = stranger{tally{max(kept.clean, known.clean), max(kept.until, known.until)}, now}
	}
	if wait = l.wait(known.tally, now); wait == 0 {
		if known.tally = l.take(known.tally, now); known.until > now {
			g.waiting[y] = struct{}{}
		}
	}
	g.keep(y, known)
	write = len(g.waiting) > 0 && (now < g.written || now-g.written >= strangersEvery.Milliseconds())
	if write {
		g.written = now
	}
	return wait, write
}

// keep remembers somebody, and forgets somebody else where there are too many.
func (g *strangers) keep(y Try, known stranger) {
	if _, there := g.at[y]; !there {
		for other := range g.at {
			if len(g.at) < maxStrangers {
				break
			}
			delete(g.at, other)
			delete(g.waiting, other)
		}
	}
	g.at[y] = known
}

// note remembers who came with a wrong key in this hour.
func (g *strangers) note(y Try, now int64) {
	if y.kind != TryKey {
		return
	}
	if hour := now / time.Hour.Milliseconds(); hour != g.hour || g.seen == nil {
		g.hour, g.seen = hour, map[Try]struct{}{}
	}
	if len(g.seen) < maxStrangers {
		g.seen[y] = struct{}{}
	}
}

// keysFrom is from how many addresses wrong keys came in an hour: at least so many.
func (g *strangers) keysFrom(hour int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if hour != g.hour {
		return 0
	}
	return int64(len(g.seen))
}

// take takes some of those who are to be written.
func (g *strangers) take() map[Try]tally {
	g.mu.Lock()
	defer g.mu.Unlock()
	some := map[Try]tally{}
	for y := range g.waiting {
		if len(some) == strangersAtOnce {
			break
		}
		some[y] = g.at[y].tally
		delete(g.waiting, y)
	}
	return some
}

func (g *strangers) putBack(some map[Try]tally) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for y := range some {
		if _, there := g.at[y]; there {
			g.waiting[y] = struct{}{}
		}
	}
}

// writeStrangers writes some of those who have to wait.
func (s *Store) writeStrangers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWait)
	defer cancel()
	some := s.strangers.take()
	if len(some) == 0 {
		return nil
	}
	err := s.update(ctx, func(t *tx) error {
		for y, c := range some {
			if err := t.setTally(y, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.strangers.putBack(some)
	}
	return err
}
