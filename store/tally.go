package store

import "time"

// tally is how many wrong tries are on somebody's account, as a leaky bucket: each one adds a limit's
// forgive to clean, and time does the rest. Its zero value is a clean one. Times are Unix milliseconds.
type tally struct {
	clean int64 // when the last of them is forgiven
	until int64 // until when nothing more is looked at
}

// limit says how many wrong tries are let through, and how the waits grow after that.
type limit struct {
	free    int           // the last of these is followed by the first wait
	forgive time.Duration // one try is forgiven in each
	first   time.Duration // wait; each further one is twice as long
	most    time.Duration // the longest wait
}

// wait is how long somebody has to wait, 0 for not at all. What is longer than any wait was made by a
// clock that has been set back since, and does not count: it could go on for years.
func (l limit) wait(t tally, now int64) time.Duration {
	left := time.Duration(t.until-now) * time.Millisecond
	if left <= 0 || left > l.most {
		return 0
	}
	return left
}

// take adds a try.
func (l limit) take(t tally, now int64) tally {
	t.clean = min(max(t.clean, now), now+int64(l.worst()-1)*l.forgive.Milliseconds()) + l.forgive.Milliseconds()
	t.until = now + l.delay(l.tries(t, now)).Milliseconds()
	return t
}

// giveBack takes the last try back. It was let through, so the next one is too.
func (l limit) giveBack(t tally, now int64) tally {
	t.clean -= l.forgive.Milliseconds()
	t.until = min(t.until, now)
	return t
}

// tries is how many wrong tries are not forgiven yet.
func (l limit) tries(t tally, now int64) int {
	forgive := l.forgive.Milliseconds()
	return int(max(0, t.clean-now+forgive-1) / forgive)
}

// delay is the wait after that many tries.
func (l limit) delay(tries int) time.Duration {
	if tries < l.free {
		return 0
	}
	wait := l.first
	for ; tries > l.free && wait < l.most; tries-- {
		wait *= 2
	}
	return min(wait, l.most)
}

// worst is the number of tries that brings the longest wait. More are not counted, so that nobody
// waits for days after an attack has ended.
func (l limit) worst() int {
	n := l.free
	for l.delay(n) < l.most {
		n++
	}
	return n
}

// clean reports whether nothing is left to remember.
func (t tally) isClean(now int64) bool { return t.clean <= now && t.until <= now }
