package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"breakwater/views"

	"golang.org/x/text/language"
)

const lingerTimeout = 2 * time.Second

// plainKey marks a request with a key that came over plain HTTP, where only redirects are.
type plainKey struct{}

// cameReadable reports whether it did.
func cameReadable(r *http.Request) bool { return r.Context().Value(plainKey{}) != nil }

// Redirects is for an address of plain HTTP. Who asks for a page is sent to the base URL, whatever
// host they asked; nothing that is sent here is taken or read. Ocean, which follows no redirect with a
// message, is told what to change, by the console.
func Redirects(console http.Handler, base *url.URL) http.Handler {
	return protect(nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			to := url.URL{Scheme: base.Scheme, Host: base.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
			if r.URL.Path == "" || r.URL.Path[0] != '/' { // OPTIONS alone may ask for less than a path
				to.Path, to.RawPath = "/", ""
			}
			w.Header().Set("Location", to.String())
			w.WriteHeader(http.StatusPermanentRedirect)
			return
		}
		w.Header().Set("Connection", "close")
		// What else was sent is thrown away, for so long that the other side can read the answer.
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(lingerTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return // the connection is gone
		}
		if r.Method == http.MethodPost && r.Header.Get(keyHeader) != "" {
			told := r.Clone(context.WithValue(r.Context(), plainKey{}, true))
			told.URL.Path, told.URL.RawPath, told.Body = publicPrefix+"elsewhere", "", http.NoBody
			console.ServeHTTP(w, told)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, views.InLanguage(wanted(r)).Failure.Plain(base.String())+"\n")
	}))
}

// wanted is the language that a browser asks for.
func wanted(r *http.Request) string {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return "en"
	}
	if _, i, _ := languages.Match(tags...); i == 1 {
		return "fr"
	}
	return "en"
}
