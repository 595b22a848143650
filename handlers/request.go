package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"breakwater/store"
	"breakwater/views"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
)

// request is one request on its way to a handler, with who makes it.
type request struct {
	echo.Context
	s       *server
	user    *store.User        // nil for a stranger
	session store.Session      // the user's
	token   store.SessionToken // of that session

	message  *store.Message // that was read on the public route; nil until then
	selfTest string         // whose key the caller showed; "" for Ocean's own
	logged   []any          // what the line of the log says of the request besides, as slog takes it
}

var (
	errSignIn    = errors.New("not signed in")
	errFactorDue = errors.New("a second step must be added first")
	errOtherSite = errors.New("the form was posted from another site")
	errOtherHost = errors.New("asked under a name that is not Breakwater's")
	errTooMany   = errors.New("too many wrong tries")
)

// maxForm bounds what a form of the console may post, in bytes, but for those that have more room by
// the table.
const maxForm = 64 << 10

const requestKey = "breakwater.request"

// guard stands before every handler: same site, signed in, permitted, and proven where that is wanted.
func (s *server) guard(rt route) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := &request{Context: c, s: s}
		c.Set(requestKey, r)
		if d := s.Store.Damage(); d != nil && (!rt.access.damaged || d.Unreadable() && rt.access.person) {
			return store.ErrDamaged
		}
		if rt.path == bundlesPath {
			return rt.handler(r) // Ocean is no browser: no cookies, and so nothing to forge
		}
		if !anyHost(rt.path) && !s.ours(c.Request()) {
			return errOtherHost
		}
		if s.origins.Check(c.Request()) != nil || s.otherScheme(c.Request()) {
			return errOtherSite
		}
		if !rt.access.open || rt.method == post {
			if err := r.identify(rt.access.quiet); err != nil {
				return err
			}
		}
		if !rt.access.open && r.keeps() {
			return r.keepOnly(rt)
		}
		switch {
		case rt.access.allows(r.user):
			if err := r.readForm(cmp.Or(rt.access.room, maxForm)); err != nil {
				return err
			}
			if proven, err := r.proven(rt.access); err != nil || !proven {
				return err
			}
			if err := rt.handler(r); err != nil {
				return err
			}
			r.dropHeld()
			return nil
		case r.user == nil:
			s.rememberPage(r, rt)
			if err := r.hold(rt); err != nil { // signing in comes first
				s.Log.Warn("what was typed could not be kept", "request", requestID(c), "route", rt.path, "error", err.Error())
			}
			return errSignIn
		case r.user.FactorDue && !rt.access.adding:
			return errFactorDue
		case rt.access.quiet:
			return store.ErrForbidden
		}
		return errors.Join(store.ErrForbidden, s.Store.RecordDenied(r.ctx(), r.actor(), rt.method+" "+rt.path, rt.access.permission))
	}
}

// otherScheme reports whether a form was posted from our own host's page over the other of HTTP and
// HTTPS: to browsers that is another origin, and Go's check compares hosts alone.
func (s *server) otherScheme(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	return r.Method == post && err == nil && origin.Host == s.BaseURL.Host && origin.Scheme != s.BaseURL.Scheme
}

// identify finds out whose session the request carries; nobody's is no error. Quietly, it is not
// used by that.
func (r *request) identify(quietly bool) error {
	token, ok := r.s.sessions.read(r.Request())
	if !ok {
		return nil
	}
	var session store.Session
	var err error
	if quietly || r.s.Store.Damage() != nil {
		session, err = r.s.Store.PeekSession(r.ctx(), token)
	} else {
		session, err = r.s.Store.Session(r.ctx(), token, r.visit())
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r.user, r.session, r.token = session.User, session, session.Token
	if session.Token != token {
		return r.s.sessions.start(r, session.Token)
	}
	return nil
}

// readForm reads what was posted before a handler looks at it: half a form, or one that is too
// large, must not count as one whose fields were left empty. All of it stays in memory: files would
// lie on the disk for anybody to read.
func (r *request) readForm(room int64) error {
	if r.Request().Method != post {
		return nil
	}
	r.Request().Body = http.MaxBytesReader(r.Response(), r.Request().Body, room)
	err := r.Request().ParseForm()
	if err == nil {
		err = r.Request().ParseMultipartForm(room)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil, errors.Is(err, http.ErrNotMultipart):
		return nil
	case errors.As(err, &tooLarge):
		return echo.ErrStatusRequestEntityTooLarge
	}
	return echo.ErrBadRequest
}

// posted is a field of the posted form; what stands in the address does not count.
func (r *request) posted(name string) string { return r.Request().PostFormValue(name) }

func (r *request) ctx() context.Context { return r.Request().Context() }

// actor is who acts, for the store. Only for routes that need somebody to be signed in.
func (r *request) actor() store.Actor { return store.UserActor(r.user, r.RealIP()) }

// htmx reports whether htmx makes the request and wants a part of a page.
func (r *request) htmx() bool { return r.Request().Header.Get("HX-Request") == "true" }

// language is the reader's: their own choice, else the browser's, else English.
func (r *request) language() string {
	if r.user != nil && r.user.Language != "" {
		return r.user.Language
	}
	return wanted(r.Request())
}

// languages are those of the console, the first for whoever speaks none of them.
var languages = language.NewMatcher([]language.Tag{language.MustParse("en-CA"), language.CanadianFrench})

// text is the catalogue in the reader's language.
func (r *request) text() *views.Text { return views.InLanguage(r.language()) }

// frame is what every page needs.
func (r *request) frame() views.Frame {
	f := views.Frame{Text: r.text(), Lang: r.language(), Person: r.user, Path: r.Request().URL.Path, Now: r.s.Now(), Zone: r.s.Zone, Rehearsal: r.s.Rehearsal}
	if r.user != nil {
		f.Theme = r.user.Theme
		f.AskPassword = !r.session.Proven(r.s.Now())
		f.Session = &views.SessionLeft{Left: r.session.EndsAt.Sub(r.s.Now()), Again: r.Request().Method != post}
		f.Menu = r.menu()
		f.Alerts = r.alerts()
	}
	return f
}

// menu lists what the person may open; what the table refuses is not in it.
func (r *request) menu() []views.MenuItem {
	t := r.text().Menu
	var items []views.MenuItem // nothing, while a second step must be added
	for _, m := range []views.MenuItem{
		{Href: "/referrals", Label: t.Referrals, Icon: "inbox"},
		{Href: "/referrals/problems", Label: t.Problems, Icon: "triangle-alert"},
		{Href: oceanPath, Label: t.Ocean, Icon: "plug", Group: t.Settings},
		{Href: stepsPath, Label: t.SetUp, Icon: "list-checks", Group: t.Settings},
		{Href: peoplePath, Label: t.Users, Icon: "users", Group: t.Settings},
		{Href: rolesPath, Label: t.Roles, Icon: "key-round", Group: t.Settings},
		{Href: clinicPath, Label: t.Clinic, Icon: "sliders-horizontal", Group: t.Settings},
		{Href: systemPath, Label: t.System, Icon: "activity", Group: t.Settings},
		{Href: auditPath, Label: t.Audit, Icon: "scroll-text", Group: t.Settings},
	} {
		if a := r.s.accessTo(get, m.Href); a.allows(r.user) && (a.damaged || r.s.Store.Damage() == nil) {
			m.Current = r.Request().URL.Path == m.Href
			items = append(items, m)
		}
	}
	return items
}

// home sends people to the first page that they may open.
func (s *server) home(r *request) error {
	if menu := r.menu(); len(menu) > 0 {
		return r.see(menu[0].Href)
	}
	return r.see("/account")
}

// see answers a post, or a visit to a page that is elsewhere: 303 to a path of our own.
func (r *request) see(path string) error { return r.Redirect(303, path) }

// localPath returns a path of this site, or "/" for anything else that was made to look like one.
func localPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, func(c rune) bool {
		return c <= ' ' || c == '\\' || c > '~'
	}) {
		return "/"
	}
	return path
}
