package handlers

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"breakwater/store"

	"github.com/gorilla/sessions"
)

// sessionStore is gorilla's Store over our own database: the cookie holds 32 random bytes, the
// database their hash and whose session it is.
type sessionStore struct {
	store  *store.Store
	secure bool
}

var _ sessions.Store = (*sessionStore)(nil)

const tokenValue = "token"

// name is the session cookie's. The prefix makes browsers refuse it from anywhere but this host
// over HTTPS.
func (s *sessionStore) name() string { return cookieName("breakwater_session", s.secure) }

func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// options are written out in full: gorilla's defaults leave every protection off.
func (s *sessionStore) options(maxAge int) *sessions.Options {
	return &sessions.Options{Path: "/", Domain: "", MaxAge: maxAge, Secure: s.secure, HttpOnly: true,
		Partitioned: false, SameSite: http.SameSiteLaxMode}
}

// Get returns the request's session; see [sessionStore.New].
func (s *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return s.New(r, name)
}

// New returns a session with the token of the request's cookie, if that can be one.
func (s *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.Options = s.options(0)
	token, ok := s.read(r)
	session.IsNew = !ok
	if ok {
		session.Values[tokenValue] = token
	}
	return session, nil
}

// Save sets the cookie to the session's token, or removes it where MaxAge is negative: the last word
// of an answer in which the token was renewed before. What it stands for is kept and ended by the store's SignIn and SignOut.
func (s *sessionStore) Save(_ *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	value := ""
	if token, ok := session.Values[tokenValue].(store.SessionToken); ok && session.Options.MaxAge >= 0 {
		value = encodeToken(token)
	}
	h := w.Header()
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(c string) bool { return strings.HasPrefix(c, session.Name()+"=") })
	http.SetCookie(w, sessions.NewCookie(session.Name(), value, session.Options))
	return nil
}

// start gives the browser a new session's cookie.
func (s *sessionStore) start(r *request, token store.SessionToken) error {
	session := sessions.NewSession(s, s.name())
	session.Options = s.options(0) // until the browser closes; the store ends it earlier
	session.Values[tokenValue] = token
	return session.Save(r.Request(), r.Response())
}

// end takes the cookie away.
func (s *sessionStore) end(r *request) error {
	session := sessions.NewSession(s, s.name())
	session.Options = s.options(-1)
	return session.Save(r.Request(), r.Response())
}

// read returns the token in the request's cookie. Two cookies of the name are none: one of them
// was planted.
func (s *sessionStore) read(r *http.Request) (store.SessionToken, bool) {
	cookies := r.CookiesNamed(s.name())
	if len(cookies) != 1 {
		return store.SessionToken{}, false
	}
	return decodeToken(cookies[0].Value)
}

func encodeToken(t store.SessionToken) string { return base64.RawURLEncoding.EncodeToString(t[:]) }

func decodeToken(text string) (t store.SessionToken, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != len(t) || len(text) != base64.RawURLEncoding.EncodedLen(len(t)) { // it skips line ends
		return t, false
	}
	return store.SessionToken(raw), true
}
