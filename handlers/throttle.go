package handlers

import (
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// throttle counts wrong tries at a secret, by account and by address, over the last minute.
type throttle struct {
	now func() time.Time
	mu  sync.Mutex
	at  map[[32]byte][]time.Time // by hashed key, so that long ones take no memory: times of tries, oldest first
}

const (
	tryWindow = time.Minute
	// triesAllowed in a window; the next one is refused unseen.
	triesAllowed = 9
	// triesKept bounds the memory that a flood from many addresses can take.
	triesKept = 10_000
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, at: map[[32]byte][]time.Time{}}
}

// take counts a try for each key before it is made, so that many at once are counted too. It
// returns 0, or how long to wait; then nothing is counted.
func (t *throttle) take(keys ...string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, k := range keys {
		tries := t.recent(sha256.Sum256([]byte(k)), now)
		if len(tries) >= triesAllowed {
			return tries[0].Add(tryWindow).Sub(now)
		}
	}
	for _, k := range keys {
		t.makeRoom()
		key := sha256.Sum256([]byte(k))
		t.at[key] = append(t.at[key], now)
	}
	return 0
}

// giveBack takes back the newest try of each key: it was not wrong.
func (t *throttle) giveBack(keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range keys {
		key := sha256.Sum256([]byte(k))
		if n := len(t.at[key]); n > 0 {
			t.at[key] = t.at[key][:n-1]
		}
	}
}

// makeRoom forgets somebody at random once too many are counted: refusing everybody instead would
// let a flood of strangers lock the staff out.
func (t *throttle) makeRoom() {
	for k := range t.at {
		if len(t.at) < triesKept {
			return
		}
		delete(t.at, k)
	}
}

// network is an address as tries are counted: of IPv6, the half that a provider gives a customer.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is6() || ip.Is4In6() {
		return address
	}
	half, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return half.String()
}

// recent drops what is older than the window and returns the rest.
func (t *throttle) recent(key [32]byte, now time.Time) []time.Time {
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
