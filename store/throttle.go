package store

import (
	"sync"
	"time"
)

// throttle remembers when things were last written, so that steady traffic costs no writes. Its
// zero value is ready.
type throttle struct {
	mu sync.Mutex
	at map[string]int64
}

// maxThrottled bounds what a throttle remembers. Beyond it everything is forgotten, which costs a
// few writes more.
const maxThrottled = 4096

// due reports whether what is written at most once in every is to be written now.
func (h *throttle) due(name string, now int64, every time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.isDue(name, now, every)
}

func (h *throttle) isDue(name string, now int64, every time.Duration) bool {
	last, known := h.at[name]
	return !known || now < last || now-last >= every.Milliseconds()
}

// take is due, and gives it to the first of several who ask at once.
func (h *throttle) take(name string, now int64, every time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.isDue(name, now, every) {
		return false
	}
	if h.at == nil || len(h.at) >= maxThrottled {
		h.at = map[string]int64{}
	}
	h.at[name] = now
	return true
}

// forget makes something due at once: it was not written after all, or no longer holds.
func (h *throttle) forget(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.at, name)
}
