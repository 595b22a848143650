package handlers

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// challenges are what authenticators were asked to sign and have not signed yet. Each belongs to one
// browser, by a cookie of it that nobody else holds, works once, and not for long. They are kept in
// memory: strangers may ask for as many as they like, and must not fill the disk. Whoever is about to
// use a passkey when Breakwater restarts tries again.
type challenges struct {
	now  func() time.Time
	mu   sync.Mutex
	open map[[32]byte]challenge
	from map[string]int // how many came from each network
}

type challenge struct {
	data    webauthn.SessionData
	network string
	expires time.Time
}

const (
	challengeLife = 5 * time.Minute
	// challengesKept bounds the memory, and challengesEach what one network can take of it.
	challengesKept = 10_000
	challengesEach = 100
)

func newChallenges(now func() time.Time) *challenges {
	return &challenges{now: now, open: map[[32]byte]challenge{}, from: map[string]int{}}
}

// challengeKey names a browser's challenge for one purpose: it has one at a time.
func challengeKey(purpose string, browser [32]byte) [32]byte {
	return sha256.Sum256(append([]byte(purpose+"\x00"), browser[:]...))
}

// keep keeps a browser's challenge in place of the one before.
func (c *challenges) keep(purpose string, browser [32]byte, network string, data webauthn.SessionData) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := challengeKey(purpose, browser)
	c.drop(key)
	c.makeRoom(network)
	c.open[key] = challenge{data, network, c.now().Add(challengeLife)}
	c.from[network]++
}

// take returns a browser's challenge, and forgets it.
func (c *challenges) take(purpose string, browser [32]byte) (webauthn.SessionData, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := challengeKey(purpose, browser)
	found, ok := c.open[key]
	c.drop(key)
	return found.data, ok && c.now().Before(found.expires)
}

func (c *challenges) drop(key [32]byte) {
	found, ok := c.open[key]
	if !ok {
		return
	}
	delete(c.open, key)
	if c.from[found.network]--; c.from[found.network] <= 0 {
		delete(c.from, found.network)
	}
}

// makeRoom forgets what is too old, then the oldest of a network that asks for too many, and somebody
// at random where all of them together do.
func (c *challenges) makeRoom(network string) {
	if c.from[network] < challengesEach && len(c.open) < challengesKept {
		return
	}
	now := c.now()
	for key, one := range c.open {
		if !now.Before(one.expires) {
			c.drop(key)
		}
	}
	for c.from[network] >= challengesEach {
		c.drop(c.oldest(network))
	}
	for key := range c.open {
		if len(c.open) < challengesKept {
			return
		}
		c.drop(key)
	}
}

func (c *challenges) oldest(network string) (key [32]byte) {
	var first time.Time
	for k, one := range c.open {
		if one.network == network && (first.IsZero() || one.expires.Before(first)) {
			key, first = k, one.expires
		}
	}
	return key
}
