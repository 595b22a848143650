package store

import (
	"testing"
	"time"
)

// minutesIn is a moment on the tests' clock.
func minutesIn(m float64) int64 { return int64(1_800_000_000_000 + m*60_000) }

func TestWaitsGrowAndAreForgiven(t *testing.T) {
	l := limits[TryAccount]
	var c tally
	for i := range 8 {
		if c = l.take(c, minutesIn(float64(i)/10)); l.wait(c, minutesIn(float64(i)/10)) != 0 {
			t.Fatalf("try %d has to wait", i+2)
		}
	}
	at := 0.9
	for i, want := range []float64{1, 2, 4, 8, 16, 32, 32 /* an hour has forgiven one */, 60, 60, 60} {
		c = l.take(c, minutesIn(at))
		if got := l.wait(c, minutesIn(at)); got != time.Duration(want*float64(time.Minute)) {
			t.Fatalf("wait %d is %s, want %v minutes", i+1, got, want)
		}
		if l.wait(c, minutesIn(at+want)-1) == 0 || l.wait(c, minutesIn(at+want)) != 0 {
			t.Errorf("wait %d ends at another time", i+1)
		}
		at += want
	}
	at += 7 * 60 // 7 hours of peace forgive 7 tries
	if n := l.tries(c, minutesIn(at)); n != l.worst()-8 {
		t.Errorf("%d tries are left of %d", n, l.worst())
	}
	if c.isClean(minutesIn(at)) || !c.isClean(minutesIn(at+9*60)) {
		t.Error("it is remembered for another time")
	}
}

func TestWhatIsGivenBackLeavesNothing(t *testing.T) {
	for kind, l := range limits {
		now := minutesIn(0)
		if c := l.giveBack(l.take(tally{}, now), now); !c.isClean(now) {
			t.Errorf("%s: %+v is left", kind, c)
		}
		c := tally{}
		for range l.free { // wrong ones, one after the other
			c = l.take(c, now)
		}
		if l.wait(c, now) == 0 {
			t.Errorf("%s: the tenth is let through", kind)
		}
		now += l.first.Milliseconds()
		right := l.giveBack(l.take(c, now), now)
		if l.wait(right, now) != 0 {
			t.Errorf("%s: who was right has to wait", kind)
		}
		if wrong := l.take(right, now); l.wait(wrong, now) != 2*l.first {
			t.Errorf("%s: being right once forgave: %s", kind, l.wait(wrong, now))
		}
	}
}

func TestAClockThatIsTurnedBackLocksNobodyOut(t *testing.T) {
	for kind, l := range limits {
		c := tally{}
		for range 100 {
			c = l.take(c, minutesIn(0)+time.Hour.Milliseconds()*24*365*80)
		}
		if wait := l.wait(c, minutesIn(0)); wait != 0 {
			t.Errorf("%s: waits %s", kind, wait)
		}
		if c = l.take(c, minutesIn(0)); l.wait(c, minutesIn(0)) > l.most || l.tries(c, minutesIn(0)) > l.worst() {
			t.Errorf("%s: %d tries, waits %s", kind, l.tries(c, minutesIn(0)), l.wait(c, minutesIn(0)))
		}
	}
}
