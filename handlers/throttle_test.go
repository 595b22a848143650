package handlers

import (
	"crypto/sha256"
	"strconv"
	"testing"
	"time"

	"breakwater/store/storetest"
)

func TestThrottleCountsWrongTriesOfTheLastMinute(t *testing.T) {
	clock := storetest.NewClock()
	th := newThrottle(clock.Now)
	for i := range triesAllowed {
		if wait := th.take("a", "b"); wait != 0 {
			t.Fatalf("try %d waits %s", i+1, wait)
		}
		clock.Turn(time.Second)
	}
	if wait := th.take("a"); wait != tryWindow-triesAllowed*time.Second {
		t.Errorf("waits %s", wait)
	}
	if wait := th.take("c", "b"); wait == 0 {
		t.Error("one key of two is enough to wait")
	}
	if wait := th.take("c"); wait != 0 {
		t.Errorf("another waits %s", wait)
	}
	if n := len(th.at[sha256.Sum256([]byte("c"))]); n != 1 {
		t.Errorf("what was refused was counted: %d", n)
	}
	clock.Turn(tryWindow - triesAllowed*time.Second)
	if wait := th.take("a"); wait != 0 { // the oldest is a minute old
		t.Errorf("waits %s", wait)
	}
	if wait := th.take("a"); wait != time.Second {
		t.Errorf("waits %s", wait)
	}
}

func TestThrottleTakesBackNoMoreThanWasTaken(t *testing.T) {
	th := newThrottle(storetest.NewClock().Now)
	th.giveBack("a", "never seen")
	for range triesAllowed - 1 {
		th.take("a")
	}
	for range 100 {
		if th.take("a") != 0 {
			t.Fatal("what was given back counts")
		}
		th.giveBack("a")
	}
	th.take("a")
	if th.take("a") == 0 {
		t.Error("wrong tries were forgiven")
	}
}

func TestThrottleIsBoundedAndLocksNobodyOut(t *testing.T) {
	clock := storetest.NewClock()
	th := newThrottle(clock.Now)
	for i := range triesKept + 1000 {
		th.take(strconv.Itoa(i), "address "+strconv.Itoa(i))
	}
	if n := len(th.at); n > triesKept+1 {
		t.Errorf("%d keys are kept", n)
	}
	for range triesAllowed {
		if wait := th.take("new"); wait != 0 {
			t.Errorf("a flood of strangers makes somebody wait %s", wait)
		}
	}
	if th.take("new") == 0 {
		t.Error("a full throttle lets somebody guess uncounted")
	}
	clock.Turn(tryWindow)
	if wait := th.take("new"); wait != 0 {
		t.Errorf("a minute later it still waits %s", wait)
	}
}

func TestPeopleWhoSignInRightlyFillNothing(t *testing.T) {
	th := newThrottle(storetest.NewClock().Now)
	for i := range 2 * triesKept {
		key := strconv.Itoa(i)
		if th.take(key) != 0 {
			t.Fatalf("number %d must wait", i)
		}
		th.giveBack(key)
	}
	if n := len(th.at); n > triesKept {
		t.Errorf("%d keys are kept", n)
	}
}
