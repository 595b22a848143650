package handlers

import (
	"sync"
	"time"
)

// refusedLines is how many lines a minute the log has of strangers' requests that were refused. A
// flood of them fills no disk; how many more there were is said in one line afterwards.
const refusedLines = 120

// lineLimit counts lines of the present minute. Its zero value is ready.
type lineLimit struct {
	mu     sync.Mutex
	minute int64 // since 1970
	lines  int
	more   int // not written
}

// take counts a line and reports whether it may be written.
func (l *lineLimit) take(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.minute != minuteOf(now) {
		l.minute, l.lines = minuteOf(now), 0
	}
	if l.lines >= refusedLines {
		l.more++
		return false
	}
	l.lines++
	return true
}

// left returns how many lines of a minute that is over were not written, once.
func (l *lineLimit) left(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more == 0 || l.minute == minuteOf(now) {
		return 0
	}
	more := l.more
	l.more = 0
	return more
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }
