package handlers

import (
	"sync"
	"time"
)

// throttle counts wrong tries at a secret, by account and by address, over the last minute.
type throttle struct {
	now func() time.Time
	mu  sync.Mutex
	at  map[string][]time.Time // times of tries, oldest first
}

const (
	tryWindow = time.Minute
	// triesAllowed in a window; the next one is refused unseen.
	triesAllowed = 9
	// triesKept bounds the memory that a flood from many addresses can take.
	triesKept = 10_000
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, at: map[string][]time.Time{}}
}

// take counts a try for each key before it is made, so that many at once are counted too. It
// returns 0, or how long to wait; then nothing is counted.
func (t *throttle) take(keys ...string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, k := range keys {
		tries := t.recent(k, now)
		if len(tries) >= triesAllowed {
			return tries[0].Add(tryWindow).Sub(now)
		}
	}
	if len(t.at) >= triesKept {
		for k := range t.at {
			t.recent(k, now)
		}
	}
	if len(t.at) >= triesKept {
		return tryWindow
	}
	for _, k := range keys {
		t.at[k] = append(t.at[k], now)
	}
	return 0
}

// giveBack takes back the newest try of each key: it was not wrong.
func (t *throttle) giveBack(keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range keys {
		if n := len(t.at[k]); n > 0 {
			t.at[k] = t.at[k][:n-1]
		}
	}
}

// recent drops what is older than the window and returns the rest.
func (t *throttle) recent(key string, now time.Time) []time.Time {
	tries := t.at[key]
	for len(tries) > 0 && now.Sub(tries[0]) >= tryWindow {
		tries = tries[1:]
	}
	if len(tries) == 0 {
		delete(t.at, key)
		return nil
	}
	t.at[key] = tries
	return tries
}
