package handlers

import (
	"errors"
	"net/http"
	"strings"

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
		if r.holdsSomething() {
			f.Notice.Text = f.Text.Sessions.KeptText
		}
	}
	return r.render(status, views.Login(f, views.LoginForm{Email: email, Problem: problem, NoUsersYet: !has, Passkeys: has && r.s.passkeys != nil}))
}

// login signs somebody in. Unknown people, wrong passwords and disabled people get one answer.
func (s *server) login(r *request) error {
	email, password := strings.TrimSpace(r.posted("email")), r.posted("password")
	tries, err := s.Store.SignInTries(r.ctx(), email, network(r.RealIP()), r.device())
	if err != nil {
		return err
	}
	wait, err := r.guess(tries...)
	if err != nil {
		return err
	}
	if wait > 0 {
		return r.loginForm(http.StatusTooManyRequests, email, r.text().Login.TooMany(minutes(wait)))
	}
	token, err := s.Store.SignIn(store.AsTried(r.ctx(), tries), email, password, r.RealIP(), r.oldSession())
	if errors.Is(err, store.ErrCredentials) {
		return r.loginForm(http.StatusUnauthorized, email, r.text().Login.Wrong)
	}
	var due *store.StepDue
	stepDue := errors.As(err, &due)
	if stepDue {
		err = nil // the password was right
	}
	if err := errors.Join(err, r.wasRight(tries...)); err != nil {
		return err
	}
	if stepDue {
		return r.askStep(due)
	}
	return r.letIn(token, s.rememberedPage(r))
}

// letIn gives the browser a new session, knows it from now on, and goes on to a page.
func (r *request) letIn(token store.SessionToken, page string) error {
	if err := r.s.sessions.start(r, token); err != nil {
		return err
	}
	session, err := r.s.Store.PeekSession(r.ctx(), token)
	if err != nil {
		return err
	}
	r.knowDevice(session.User.ID)
	if len(r.waiting(session.User.ID)) > 0 {
		page = resumePath
	}
	return r.see(page)
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
