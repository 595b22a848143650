package handlers

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"breakwater/static"
	"breakwater/store"
)

// alive answers while the process lives. It says nothing else: anybody may ask.
func (s *server) alive(r *request) error { return r.String(http.StatusOK, "ok\n") }

// readyFor is how long an answer to whether all is well holds: whoever asks more often costs nothing.
const readyFor = time.Second

// readiness is the last answer to whether all is well. Its zero value is ready to use.
type readiness struct {
	mu sync.Mutex
	at time.Time
	ok error // why not, or nil
}

// isReady answers 503 with the name of the check that fails. Anybody may ask, however often: the checks
// read a few rows, and are made once a second at most.
func (s *server) isReady(r *request) error {
	err := s.ready.check(s.Now(), func() error { return s.Store.Ready(context.WithoutCancel(r.ctx())) }) // whoever hung up answers for others
	if err == nil {
		return r.String(http.StatusOK, "ready\n")
	}
	name := store.CheckDatabase
	if failed, ok := errors.AsType[*store.CheckError](err); ok {
		name = failed.Check
	}
	return r.String(http.StatusServiceUnavailable, string(name)+"\n")
}

// check is the last answer, or a new one where that is too old; who comes meanwhile waits for it.
func (a *readiness) check(now time.Time, ask func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if age := now.Sub(a.at); a.at.IsZero() || age < 0 || age >= readyFor {
		a.ok, a.at = ask(), now
	}
	return a.ok
}

func (s *server) staticFile(r *request) error {
	static.Handler().ServeHTTP(r.Response(), r.Request())
	return nil
}
