// Package handlers is the wire: every route of the console and of the public side, what each
// needs, and how errors become answers.
//
// [routes.go] is the one table of routes, each with the permission it needs; what has none does
// not build. A handler reads the request, calls the store, and renders a view; whatever goes
// wrong it returns, and errors.go alone decides what people and Ocean are told. echo stays inside
// this package.
package handlers

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"breakwater/store"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"
)

// Config is what the console needs to run.
type Config struct {
	Store          *store.Store
	BaseURL        *url.URL       // what people and Ocean use; its origin is trusted for forms
	TrustedProxies []*net.IPNet   // whose X-Forwarded-For is believed; none by default
	Zone           *time.Location // of the clinic
	AllowLoopback  bool           // let the Ocean host be plain HTTP on 127.0.0.1
	Rehearsal      bool           // Ocean is a simulation; every page says so
	Version        string
	Place          Place
	Mail           Mailer
	Metrics        *Metrics // nil counts nothing
	// Expiry is when the certificate ends, zero where there is none; nil reads the files of Place.
	Expiry func() (time.Time, error)
	Now    func() time.Time
	Log    *slog.Logger
}

// server holds what handlers share.
type server struct {
	Config
	routes   []route
	sessions *sessionStore
	origins  *http.CrossOriginProtection
	held     *heldForms
	small    *room               // for small bundles
	large    *room               // for the others
	opened   *semaphore.Weighted // bytes of documents
	exports  *semaphore.Weighted // of the audit log
	refused  lineLimit           // of the log
	ready    readiness

	passkeys   *webauthn.WebAuthn // nil where browsers have none at the base URL
	challenges *challenges

	selfTests sync.Map // ids of those under way
}

// New returns the whole console and the public route. It fails on a base URL that cannot be an
// origin.
func New(cfg Config) (http.Handler, error) {
	if cfg.Place.Base == nil {
		cfg.Place.Base = cfg.BaseURL
	}
	if cfg.Expiry == nil {
		cfg.Expiry = cfg.Place.CertificateEnd
	}
	s := &server{Config: cfg, held: newHeldForms(cfg.Now), small: newRoom(maxSmall), large: newRoom(maxInFlight), opened: semaphore.NewWeighted(maxOpened),
		exports: semaphore.NewWeighted(1)}
	s.challenges = newChallenges(cfg.Now)
	var err error
	if s.passkeys, err = newRelyingParty(cfg.BaseURL); err != nil {
		return nil, err
	}
	s.sessions = &sessionStore{store: cfg.Store, secure: cfg.BaseURL.Scheme == "https"}
	s.origins = http.NewCrossOriginProtection()
	if err := s.origins.AddTrustedOrigin(cfg.BaseURL.Scheme + "://" + cfg.BaseURL.Host); err != nil {
		return nil, err
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = addressOf(cfg.TrustedProxies)
	e.Use(s.observe)
	s.routes = s.table()
	s.mount(e)
	return protect(s.encrypted, e), nil
}
