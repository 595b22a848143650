package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"breakwater/store"
	"breakwater/views"
)

func (s *server) loginPage(r *request) error {
	if err := r.identify(false); err != nil {
		return err
	}
	if r.user != nil {
		return r.see("/")
	}
	return r.loginForm(http.StatusOK, "", "")
}

func (r *request) loginForm(status int, email, problem string) error {
	has, err := r.s.Store.HasUsers(r.ctx())
	if err != nil {
		return err
	}
	_, expired := r.s.sessions.read(r.Request())
	r.user = nil // the page is the stranger's, whoever asks
	f := r.frame()
	if expired && problem == "" { // a session's cookie, but no session any more
		f.Notice = &views.Notice{Kind: views.NoticeInfo, Title: f.Text.Login.Expired}
	}
	return r.render(status, views.Login(f, views.LoginForm{Email: email, Problem: problem, NoUsersYet: !has, Passkeys: has && r.s.passkeys != nil}))
}

// login signs somebody in. Unknown people, wrong passwords and disabled people get one answer.
func (s *server) login(r *request) error {
	email, password := strings.TrimSpace(r.posted("email")), r.posted("password")
	try := []string{"account " + strings.ToLower(email), "address " + network(r.RealIP())}
	if wait := s.tries.take(try...); wait > 0 {
		r.retryAfter(wait)
		return r.loginForm(http.StatusTooManyRequests, email, r.text().Login.TooMany)
	}
	token, err := s.Store.SignIn(r.ctx(), email, password, r.RealIP(), r.oldSession())
	if errors.Is(err, store.ErrCredentials) {
		return r.loginForm(http.StatusUnauthorized, email, r.text().Login.Wrong)
	}
	s.tries.giveBack(try...)
	var due *store.StepDue
	if errors.As(err, &due) {
		return r.askStep(due)
	}
	if err != nil {
		return err
	}
	return r.letIn(token, s.rememberedPage(r))
}

// letIn gives the browser a new session, and goes on to a page.
func (r *request) letIn(token store.SessionToken, page string) error {
	if err := r.s.sessions.start(r, token); err != nil {
		return err
	}
	return r.see(page)
}

// retryAfter says when to come again, in whole seconds.
func (r *request) retryAfter(wait time.Duration) {
	r.Response().Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
}

func (s *server) logout(r *request) error {
	if r.user != nil {
		if err := s.Store.SignOut(r.ctx(), r.actor(), r.token); err != nil {
			return err
		}
	}
	if err := s.sessions.end(r); err != nil {
		return err
	}
	return r.see("/login")
}

// The page that somebody wanted before signing in waits in a cookie of its own: it is theirs, and
// need not stand in an address.
const nextCookie = "breakwater_next"

func (s *server) rememberPage(r *request, rt route) {
	if rt.method == get && rt.path != "/" && !r.htmx() {
		r.setNext(r.Request().URL.RequestURI(), 600)
	}
}

func (s *server) rememberedPage(r *request) string {
	c, err := r.Cookie(cookieName(nextCookie, s.sessions.secure))
	if err != nil {
		return "/"
	}
	r.setNext("", -1)
	return localPath(c.Value)
}

func (r *request) setNext(path string, maxAge int) {
	r.SetCookie(&http.Cookie{Name: cookieName(nextCookie, r.s.sessions.secure), Value: path, Path: "/", MaxAge: maxAge,
		Secure: r.s.sessions.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
