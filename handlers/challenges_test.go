package handlers

import (
	"fmt"
	"testing"
	"time"

	"breakwater/store/storetest"

	"github.com/go-webauthn/webauthn/webauthn"
)

func TestAChallengeIsItsBrowsersOnceAndNotForLong(t *testing.T) {
	clock := storetest.NewClock()
	c := newChallenges(clock.Now)
	keep := func(purpose string, browser byte, text string) {
		c.keep(purpose, [32]byte{browser}, "192.0.2.1", webauthn.SessionData{Challenge: text})
	}
	wants := func(what, purpose string, browser byte, text string) {
		t.Helper()
		if data, ok := c.take(purpose, [32]byte{browser}); data.Challenge != text || ok != (text != "") {
			t.Errorf("%s: %q, %v", what, data.Challenge, ok)
		}
	}
	keep("login", 1, "one")
	wants("another browser's", "login", 2, "")
	wants("for another purpose", "second step", 1, "")
	wants("its own", "login", 1, "one")
	wants("twice", "login", 1, "")
	keep("login", 1, "one")
	keep("login", 1, "two")
	keep("second step", 1, "three")
	wants("the newer of two", "login", 1, "two")
	wants("the older", "login", 1, "")
	clock.Turn(challengeLife - time.Second)
	wants("in time", "second step", 1, "three")
	keep("login", 1, "four")
	clock.Turn(challengeLife)
	if _, ok := c.take("login", [32]byte{1}); ok {
		t.Error("too late")
	}
	if len(c.open) != 0 || len(c.from) != 0 {
		t.Errorf("something is left: %v, %v", c.open, c.from)
	}
}

// TestAFloodOfChallengesIsBounded and what one network asks for takes nothing from another.
func TestAFloodOfChallengesIsBounded(t *testing.T) {
	clock := storetest.NewClock()
	c := newChallenges(clock.Now)
	c.keep("login", [32]byte{1}, "198.51.100.1", webauthn.SessionData{Challenge: "staff"})
	for i := range 3 * challengesEach {
		clock.Turn(time.Millisecond)
		c.keep("login", [32]byte{2, byte(i), byte(i >> 8)}, "192.0.2.1", webauthn.SessionData{})
	}
	if n := c.from["192.0.2.1"]; n != challengesEach || len(c.open) != challengesEach+1 {
		t.Errorf("%d of one network, %d in all", n, len(c.open))
	}
	if _, ok := c.take("login", [32]byte{2, 1}); ok {
		t.Error("the oldest of the flood is still there")
	}
	if data, ok := c.take("login", [32]byte{1}); !ok || data.Challenge != "staff" {
		t.Error("the flood washed another's away")
	}
	for i := range challengesKept + 500 {
		c.keep("login", [32]byte{3, byte(i), byte(i >> 8)}, fmt.Sprintf("10.%d.%d.1", i>>8, i&255), webauthn.SessionData{})
	}
	if len(c.open) > challengesKept || len(c.from) > challengesKept {
		t.Errorf("%d from %d networks", len(c.open), len(c.from))
	}
}
