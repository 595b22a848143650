package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"breakwater/store"
	"breakwater/views"

	"github.com/labstack/echo/v4"
)

// fail is the one place where an error becomes an answer: an OperationOutcome for Ocean, a part
// of a page for htmx, a page for people. What the error says itself goes to the log alone.
func (s *server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		// Half an answer is out: cut it off, so that nobody takes it for a whole one.
		s.Log.Error("answer broken off", "request", requestID(c), "route", c.Path(), "error", err.Error())
		panic(http.ErrAbortHandler)
	}
	r, ok := c.Get(requestKey).(*request)
	if !ok { // no route: the guard did not run
		r = &request{Context: c, s: s}
	}
	err = s.Store.Suspect(err)
	status := statusOf(err)
	if status >= 500 {
		s.Log.Error("request failed", "request", requestID(c), "route", c.Path(), "status", status, "error", err.Error())
	}
	posted := c.Request().Method == post
	if strings.HasPrefix(c.Request().URL.Path, publicPrefix) {
		refused := asRefusal(err, status)
		if cameReadable(c.Request()) {
			refused = errReadable
		}
		err = r.refuse(refused)
		if posted || refused.reason != store.RefusedPath { // who only looks what is there is not Ocean
			r.noteRefusal(refused.reason)
		}
	} else {
		if posted && r.Request().Header.Get(keyHeader) != "" { // Ocean, at a wrong address
			r.noteRefusal(store.RefusedPath)
		}
		err = r.failPage(err, status)
	}
	if err != nil {
		s.Log.Error("answering failed", "request", requestID(c), "route", c.Path(), "error", err.Error())
	}
}

func (r *request) failPage(err error, status int) error {
	if errors.Is(err, errSignIn) && !r.htmx() {
		return r.see("/login")
	}
	if errors.Is(err, errFactorDue) {
		if !r.htmx() {
			return r.see(factorsPath)
		}
		r.Response().Header().Set("HX-Redirect", factorsPath)
	}
	if status == http.StatusServiceUnavailable {
		r.Response().Header().Set("Retry-After", retryAfter)
	}
	if r.user == nil && status != http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		// Best effort: it decides only whether the menu stands beside the error.
		if err := r.identify(false); err != nil {
			r.user = nil
		}
	}
	f := r.frame()
	view := f.Text.Status(status)
	switch {
	case errors.Is(err, errOtherHost):
		view.Action, view.ActionHref = r.s.BaseURL.String(), r.s.BaseURL.String()
	case errors.Is(err, store.ErrDamaged):
		f.Alerts = nil // the page itself says it
		view = f.Text.Damaged(status)
	case errors.Is(err, store.ErrDiskFull):
		view = f.Text.DiskFull(status)
	}
	view.Reference = requestID(r.Context)
	if d := r.s.Store.Damage(); d != nil && errors.Is(err, store.ErrDamaged) && !r.htmx() {
		return r.render(status, views.Damage(f, views.DamagePage{Since: d.At, Reference: view.Reference}))
	}
	if !r.htmx() {
		return r.render(status, views.Failure(f, view))
	}
	if status == http.StatusUnauthorized {
		r.Response().Header().Set("HX-Redirect", "/login")
	}
	return r.render(status, views.FailureFragment(f, view))
}

// statusOf says which status an error is. What nobody foresaw is 500.
func statusOf(err error) int {
	var http4 *echo.HTTPError
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		return refused.status
	case errors.As(err, &http4):
		return http4.Code
	case errors.Is(err, errSignIn):
		return http.StatusUnauthorized
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, errOtherHost):
		return http.StatusMisdirectedRequest
	case errors.Is(err, errOtherSite), errors.Is(err, errFactorDue), errors.Is(err, store.ErrForbidden), errors.Is(err, store.ErrBeyond):
		return http.StatusForbidden
	case errors.Is(err, store.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, store.ErrStale), errors.Is(err, store.ErrNotTarget):
		return http.StatusConflict
	case errors.Is(err, store.ErrBusy), errors.Is(err, store.ErrDiskFull), errors.Is(err, store.ErrFailed), errors.Is(err, store.ErrDamaged),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
