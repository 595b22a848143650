package handlers

import (
	"errors"
	"net/http"
	"time"

	"breakwater/store"
	"breakwater/views"
)

// A password that was right lets nobody in whose second step is due. Their browser gets a cookie of
// its own, which opens nothing but the page of that step.
const (
	pendingCookie = "breakwater_second_step"
	stepPath      = "/login/second"

	forStep = "second step" // the purpose of a challenge
)

// cookieToken returns the 32 bytes that a cookie of ours holds. Two cookies of the name are none.
func (r *request) cookieToken(name string) (store.SessionToken, bool) {
	cookies := r.Request().CookiesNamed(cookieName(name, r.s.sessions.secure))
	if len(cookies) != 1 {
		return store.SessionToken{}, false
	}
	return decodeToken(cookies[0].Value)
}

// setToken gives the browser such a cookie for a while, or takes it away where life is negative.
func (r *request) setToken(name string, token store.SessionToken, life time.Duration) {
	c := &http.Cookie{Name: cookieName(name, r.s.sessions.secure), Path: "/", MaxAge: -1,
		Secure: r.s.sessions.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if life > 0 {
		c.Value, c.MaxAge = encodeToken(token), int(life/time.Second)
	}
	r.SetCookie(c)
}

// askStep goes on to the second step.
func (r *request) askStep(due *store.StepDue) error {
	r.setToken(pendingCookie, store.SessionToken(due.Token), store.PendingLife)
	return r.see(stepPath)
}

// step is a second step that is due.
type step struct {
	token   store.PendingToken
	user    *store.User
	factors store.Factors
}

// due finds the second step that is due in this browser, or [store.ErrPending].
func (r *request) due() (p step, err error) {
	token, ok := r.cookieToken(pendingCookie)
	if !ok {
		return p, store.ErrPending
	}
	p.token = store.PendingToken(token)
	id, err := r.s.Store.Pending(r.ctx(), p.token)
	if err != nil {
		return p, err
	}
	if p.user, err = r.s.Store.User(r.ctx(), id); err != nil {
		return p, err
	}
	p.factors, err = r.s.Store.Factors(r.ctx(), id)
	return p, err
}

func (s *server) stepPage(r *request) error {
	p, err := r.due()
	if errors.Is(err, store.ErrPending) {
		return r.see("/login")
	}
	if err != nil {
		return err
	}
	return r.stepForm(http.StatusOK, p, "")
}

func (r *request) stepForm(status int, p step, problem string) error {
	r.user = nil // nobody is signed in by the first step alone
	return r.render(status, views.SecondStep(r.frame(), views.StepForm{Passkey: len(sound(p.factors.Passkeys)) > 0, Here: r.s.passkeys != nil,
		App: p.factors.App != nil, Recovery: p.factors.Codes > 0, Problem: problem}))
}

// stepOver begins signing in anew.
func (r *request) stepOver() error {
	r.setToken(pendingCookie, store.SessionToken{}, -1)
	return r.loginForm(http.StatusUnauthorized, "", r.text().Step.Over)
}

// stepOptions tells the browser what the person's passkeys are to sign.
func (s *server) stepOptions(r *request) error {
	p, err := r.due()
	if errors.Is(err, store.ErrPending) {
		return r.NoContent(http.StatusUnauthorized)
	}
	if err != nil {
		return err
	}
	h := holder{handle: p.factors.Handle, passkeys: sound(p.factors.Passkeys)}
	if s.passkeys == nil || len(h.passkeys) == 0 {
		return store.ErrNotFound
	}
	options, asked, err := s.passkeys.BeginLogin(h)
	if err != nil {
		return err
	}
	s.challenges.keep(forStep, p.token, network(r.RealIP()), *asked)
	return r.JSON(http.StatusOK, options.Response)
}

// takeStep takes the second step: a passkey, or a code of an app or for recovery.
func (s *server) takeStep(r *request) error {
	p, err := r.due()
	if errors.Is(err, store.ErrPending) {
		return r.stepOver()
	}
	if err != nil {
		return err
	}
	try := store.TryBy(store.TryFactor, p.user.ID)
	wait, err := r.guess(try)
	if err != nil {
		return err
	}
	if wait > 0 {
		return r.stepForm(http.StatusTooManyRequests, p, r.text().Login.TooMany(minutes(wait)))
	}
	proof := s.proof(r, p)
	token, err := s.Store.TakeStep(r.ctx(), p.token, proof, r.RealIP(), r.oldSession())
	switch {
	case errors.Is(err, store.ErrPending):
		return r.stepOver()
	case errors.Is(err, store.ErrFactor):
		return r.wrongStep(p, proof.Factor)
	}
	if err := errors.Join(err, r.wasRight(try)); err != nil {
		return err
	}
	r.setToken(pendingCookie, store.SessionToken{}, -1)
	next := s.rememberedPage(r)
	if proof.Factor == store.FactorRecovery {
		next = factorsPath + "?recovered=1" // whoever lost a device has something to do
	}
	return r.letIn(token, next)
}

// wrongStep says that a second step was wrong, and begins anew after too many.
func (r *request) wrongStep(p step, f store.Factor) error {
	if _, err := r.s.Store.Pending(r.ctx(), p.token); errors.Is(err, store.ErrPending) {
		return r.stepOver()
	} else if err != nil {
		return err
	}
	return r.stepForm(http.StatusUnauthorized, p, r.wrongFactor(f))
}

// wrongFactor says why a second step was not taken.
func (r *request) wrongFactor(f store.Factor) string {
	t := r.text().Step
	switch f {
	case store.FactorPasskey:
		return t.PasskeyWrong
	case store.FactorRecovery:
		return t.RecoveryWrong
	}
	return t.CodeWrong
}

// proof reads which second step was posted. A passkey that does not verify is the use of none.
func (s *server) proof(r *request, p step) store.Proof {
	if code := r.posted("recovery"); code != "" {
		return store.Proof{Factor: store.FactorRecovery, Code: code}
	}
	posted := r.posted("credential")
	if posted == "" {
		return store.Proof{Factor: store.FactorApp, Code: r.posted("code")}
	}
	proof := store.Proof{Factor: store.FactorPasskey}
	if asked, ok := s.challenges.take(forStep, p.token); ok && s.passkeys != nil {
		if u, err := used(s.passkeys, holder{handle: p.factors.Handle, passkeys: p.factors.Passkeys}, asked, posted); err == nil {
			proof.Passkey = u
		}
	}
	return proof
}

// oldSession is the session that the browser has already, or nil.
func (r *request) oldSession() *store.SessionToken {
	if token, ok := r.s.sessions.read(r.Request()); ok {
		return &token
	}
	return nil
}
