package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
)

// policy lets pages load what this server serves and nothing else. Inline script and style are
// not among it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// protect sets the headers that every answer carries, errors included. Referrer-Policy must not be
// no-referrer: browsers would then post every form with "Origin: null", which is refused. Encrypted,
// where it is not nil, says whether a browser may be told to come by https alone from now on.
func protect(encrypted func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if encrypted != nil && encrypted(r) {
			h.Set("Strict-Transport-Security", strictFor)
		}
		if endsAfter(r) {
			h.Set("Connection", "close")
		}
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-store") // files under /static set their own
		next.ServeHTTP(w, r)
	})
}

// strictFor is a year. It does not speak for other names below the clinic's, which may be somebody
// else's business, and is in no browser's list of names that are only ever asked by https: from that
// there is no way back.
const strictFor = "max-age=31536000"

// endsAfter reports whether the connection should end with the answer. Where a request begins and ends
// is what proxies and servers can be made to see differently, so that a second one hides in the first
// (request smuggling). It takes a body in chunks, or HTTP/1.0: then nothing after it is read. RFC 9112,
// 6.1, asks for it where a request has both a length and chunks; the library hides whether it had.
func endsAfter(r *http.Request) bool {
	return r.ProtoMajor == 1 && (r.ProtoMinor == 0 || len(r.TransferEncoding) > 0)
}

// PublicOnly lets through the public route and the health check alone, for a second listener that
// faces the internet.
func PublicOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		health := r.URL.Path == healthPath && (r.Method == http.MethodGet || r.Method == http.MethodHead)
		spelt := r.URL.RawPath != "" // in a way of its own, which the table of routes reads otherwise
		if spelt || !health && !strings.HasPrefix(r.URL.Path, publicPrefix) {
			if r.Method != http.MethodPost || r.Header.Get(keyHeader) == "" {
				protect(nil, http.NotFoundHandler()).ServeHTTP(w, r)
				return
			}
			// Ocean, at a wrong address: it is told so, and the clinic too.
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = publicPrefix+"elsewhere", ""
		}
		next.ServeHTTP(w, r)
	})
}

const requestIDKey = "breakwater.request_id"

func requestID(c echo.Context) string { id, _ := c.Get(requestIDKey).(string); return id }

// observe logs each request by its route, never by its address, which people may type anything
// into; and turns a panic into an error.
func (s *server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		c.Set(requestIDKey, uuid.NewString())
		start := time.Now()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p) // meant: see fail
				}
				s.notePanic(c, p)
				err = fmt.Errorf("a handler panicked")
			}
			if err != nil {
				s.lastResort(c, err)
			}
			s.logRequest(c, time.Since(start))
			err = nil
		}()
		return next(c)
	}
}

// lastResort answers an error, in plain text where even the page for errors panics.
func (s *server) lastResort(c echo.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.notePanic(c, p)
			if !c.Response().Committed {
				c.String(http.StatusInternalServerError, http.StatusText(http.StatusInternalServerError))
			}
		}
	}()
	c.Error(err)
}

// notePanic writes down where somebody panicked. What with could hold a patient's data; its type and the
// stack do not.
func (s *server) notePanic(c echo.Context, p any) {
	s.Log.Error("panic", "request", requestID(c), "route", c.Path(), "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
}

// logRequest writes a line for a request, but of strangers' that were refused no more than
// refusedLines a minute. If it panics, the library that runs the handlers must not hear of it: that one
// would write down with what.
func (s *server) logRequest(c echo.Context, took time.Duration) {
	defer func() {
		if p := recover(); p != nil {
			s.notePanic(c, p)
		}
	}()
	s.Metrics.answered(s.routeOf(c), c.Request().Method, c.Response().Status)
	level := slog.LevelInfo
	if path := c.Path(); path == healthPath || path == readyPath || strings.HasPrefix(path, "/static/") {
		level = slog.LevelDebug
	}
	if more := s.refused.left(s.Now()); more > 0 {
		s.Log.Info("more requests of strangers were refused than are logged", "more", more)
	}
	r, ok := c.Get(requestKey).(*request)
	stranger := !ok || r.user == nil
	if status := c.Response().Status; stranger && status >= 400 && status < 500 && !s.refused.take(s.Now()) {
		return
	}
	fields := []any{"request", requestID(c), "method", known(c.Request().Method), "route", c.Path(),
		"status", c.Response().Status, "took", took.Round(time.Microsecond).String()}
	if !stranger {
		fields = append(fields, "user", r.user.ID)
	}
	if ok {
		fields = append(fields, r.logged...)
	}
	s.Log.Log(c.Request().Context(), level, "request", fields...)
}

// known keeps what a stranger sends as a method out of the log.
func known(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return method
	}
	return "other"
}
