package handlers

import (
	"errors"
	"net/http"

	"breakwater/static"
	"breakwater/store"
)

// alive answers while the process lives. It says nothing else: anybody may ask.
func (s *server) alive(r *request) error { return r.String(http.StatusOK, "ok\n") }

// ready answers 503 with the name of the check that fails.
func (s *server) ready(r *request) error {
	err := s.Store.Ready(r.ctx())
	switch {
	case err == nil:
		return r.String(http.StatusOK, "ready\n")
	case errors.Is(err, store.ErrDiskFull):
		return r.String(http.StatusServiceUnavailable, "disk\n")
	}
	return r.String(http.StatusServiceUnavailable, "database\n")
}

func (s *server) staticFile(r *request) error {
	static.Handler().ServeHTTP(r.Response(), r.Request())
	return nil
}
