package store

import (
	"runtime"
	"sync"
)

// lending is held while the number of Go's processors is changed.
var lending sync.Mutex

// withProcessor runs what keeps a processor busy for long, and lets Go use one more meanwhile. Go would have others
// wait up to 10 ms for their turn on the busy one, again and again; the operating system shares more evenly.
func withProcessor(long func()) {
	addProcessors(1)
	defer addProcessors(-1)
	long()
}

func addProcessors(n int) {
	lending.Lock()
	defer lending.Unlock()
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + n)
}
