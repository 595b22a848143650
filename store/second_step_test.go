package store_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// due signs somebody in with the password, which must not be enough.
func (f *fixture) due(u *store.User) store.PendingToken {
	f.t.Helper()
	token, err := f.s.SignIn(ctx, u.Email, storetest.Password, "192.0.2.1", nil)
	var due *store.StepDue
	if !errors.As(err, &due) {
		f.t.Fatalf("no second step is due: %v", err)
	}
	if _, err := f.s.PeekSession(ctx, token); !errors.Is(err, store.ErrNotFound) {
		f.t.Fatalf("there is a session already: %v", err)
	}
	return due.Token
}

// use takes a passkey for a second step and reports whether it was taken.
func (f *fixture) use(u *store.User, p store.PasskeyUse) bool {
	f.t.Helper()
	_, err := f.s.TakeStep(ctx, f.due(u), store.Proof{Factor: store.FactorPasskey, Passkey: p}, "192.0.2.1", nil)
	if err != nil && !errors.Is(err, store.ErrFactor) {
		f.t.Fatal(err)
	}
	return err == nil
}

// take is a second step by a code.
func (f *fixture) take(due store.PendingToken, factor store.Factor, code string) (store.SessionToken, error) {
	return f.s.TakeStep(ctx, due, store.Proof{Factor: factor, Code: code}, "192.0.2.1", nil)
}

func TestTheSecondStepStartsTheSession(t *testing.T) {
	f := newFixture(t)
	secret, codes := f.app(f.other)
	old := f.token
	due := f.due(f.other)
	token, err := f.s.TakeStep(ctx, due, store.Proof{Factor: store.FactorApp, Code: f.code(secret, 0)}, "192.0.2.9", &old)
	f.must(err)
	if u, err := f.s.PeekSession(ctx, token); err != nil || u.User.ID != f.other.ID {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := f.s.PeekSession(ctx, old); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the session before: %v", err)
	}
	if store.PendingToken(token) == due {
		t.Error("the session has the pending sign-in's token")
	}
	if _, err := f.take(due, store.FactorRecovery, codes[0]); !errors.Is(err, store.ErrPending) {
		t.Errorf("the same sign-in again: %v", err)
	}
	for _, token := range []store.SessionToken{store.SessionToken(due), {}} {
		if _, err := f.s.PeekSession(ctx, token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a pending sign-in opens something: %v", err)
		}
	}
	if got := auditDetails(t, f.s, status(t, f.s).AuditEntries); len(got) != 1 || !strings.Contains(got[0], `{"factor":"app"}`) {
		t.Errorf("audited %q", got)
	}
}

// TestNoCodeIsTakenTwice holds for the steps before it as well.
func TestNoCodeIsTakenTwice(t *testing.T) {
	f := newFixture(t)
	secret, _ := f.app(f.self)
	ahead, now, behind := f.code(secret, 30*time.Second), f.code(secret, 0), f.code(secret, -30*time.Second)
	wrong := func(what, code string) {
		t.Helper()
		if _, err := f.take(f.due(f.self), store.FactorApp, code); !errors.Is(err, store.ErrFactor) {
			t.Errorf("%s: %v", what, err)
		}
	}
	right := func(what, code string) {
		t.Helper()
		if _, err := f.take(f.due(f.self), store.FactorApp, code); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	wrong("two steps early", f.code(secret, time.Minute))
	wrong("two steps late", f.code(secret, -time.Minute))
	right("a step late", behind)
	wrong("that again", behind)
	right("now", now)
	wrong("that again", now)
	right("a step early", ahead)
	for what, code := range map[string]string{"ahead again": ahead, "now again": now, "behind again": behind} {
		wrong(what, code)
	}
	f.clock.Turn(30 * time.Second)
	wrong("what was ahead is now", f.code(secret, 0))
	f.clock.Turn(30 * time.Second)
	right("the next", f.code(secret, 0))
}

// TestOfManyAtOnceOneGetsIn sends the same code through many sign-ins at a time.
func TestOfManyAtOnceOneGetsIn(t *testing.T) {
	f := newFixture(t)
	secret, codes := f.app(f.self)
	for factor, code := range map[store.Factor]string{store.FactorApp: f.code(secret, 0), store.FactorRecovery: codes[3]} {
		var in atomic.Int32
		var all sync.WaitGroup
		dues := make([]store.PendingToken, 12)
		for i := range dues {
			dues[i] = f.due(f.self)
		}
		for _, due := range dues {
			all.Go(func() {
				if _, err := f.take(due, factor, code); err == nil {
					in.Add(1)
				} else if !errors.Is(err, store.ErrFactor) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in.Load() != 1 {
			t.Errorf("%s: %d got in", factor, in.Load())
		}
	}
	if n := f.factors(f.self).Codes; n != store.RecoveryCodes-1 {
		t.Errorf("%d codes are left", n)
	}
}

func TestARecoveryCodeWorksOnceHoweverItIsTyped(t *testing.T) {
	f := newFixture(t)
	_, codes := f.app(f.self)
	for i, typed := range []string{codes[0], strings.ToUpper(codes[1]), strings.ReplaceAll(codes[2], "-", ""), " " + strings.ReplaceAll(codes[3], "-", " ") + "\n",
		strings.NewReplacer("0", "O", "1", "l").Replace(codes[4])} {
		if _, err := f.take(f.due(f.self), store.FactorRecovery, typed); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		if _, err := f.take(f.due(f.self), store.FactorRecovery, codes[i]); !errors.Is(err, store.ErrFactor) {
			t.Errorf("%q again: %v", typed, err)
		}
	}
	_, others := f.app(f.other)
	for _, wrong := range []string{"", "-", others[0], codes[5] + "0", codes[5][1:]} {
		if _, err := f.take(f.due(f.self), store.FactorRecovery, wrong); !errors.Is(err, store.ErrFactor) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if n := f.factors(f.self).Codes; n != store.RecoveryCodes-5 {
		t.Errorf("%d are left", n)
	}
}

// TestACounterThatWentBackTakesAPasskeyOutOfUse follows WebAuthn, 7.2 and 6.1.1.
func TestACounterThatWentBackTakesAPasskeyOutOfUse(t *testing.T) {
	f := newFixture(t)
	counts, not := f.passkey(f.self, "counts"), f.passkey(f.self, "does not count")
	for _, n := range []uint32{1, 2, 900} {
		if !f.use(f.self, store.PasskeyUse{ID: counts, SignCount: n}) {
			t.Errorf("%d was refused", n)
		}
	}
	for range 3 {
		if !f.use(f.self, store.PasskeyUse{ID: not}) {
			t.Error("an authenticator without a counter was refused")
		}
	}
	others := f.passkey(f.other, "other's")
	for name, p := range map[string]store.PasskeyUse{"none": {}, "somebody else's": {ID: others, SignCount: 5}, "made up": {ID: "x", SignCount: 5}} {
		if f.use(f.self, p) {
			t.Errorf("%s was taken", name)
		}
	}
	if f.factors(f.other).Passkeys[0].Suspect {
		t.Error("somebody else's is suspected")
	}
	if f.use(f.self, store.PasskeyUse{ID: counts, SignCount: 900}) {
		t.Error("the same count was taken")
	}
	if f.use(f.self, store.PasskeyUse{ID: counts, SignCount: 901}) {
		t.Error("a suspected passkey was taken")
	}
	if _, err := f.s.SignInWithPasskey(ctx, f.self.ID, store.PasskeyUse{ID: counts, SignCount: 902}, "", nil); !errors.Is(err, store.ErrFactor) {
		t.Errorf("as the only step: %v", err)
	}
	list := f.factors(f.self).Passkeys
	if !list[0].Suspect || list[1].Suspect || list[0].SignCount != 900 {
		t.Errorf("%+v", list)
	}
	found := 0
	f.must(f.s.AuditEntries(ctx, func(e store.AuditEntry) error {
		if e.Action == store.ActionPasskeySuspected && e.Object == f.self.ID && strings.Contains(e.Details, counts) {
			found++
		}
		return nil
	}))
	if found != 1 {
		t.Errorf("told %d times", found)
	}
}

func TestAPendingSignInEnds(t *testing.T) {
	for name, end := range map[string]func(f *fixture, secret string, due store.PendingToken){
		"by the clock": func(f *fixture, _ string, _ store.PendingToken) { f.clock.Turn(store.PendingLife) },
		"by disabling": func(f *fixture, _ string, _ store.PendingToken) {
			f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.self.Email, true))
			f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.self.Email, false))
		},
		"by another password": func(f *fixture, _ string, _ store.PendingToken) {
			f.must(f.s.ResetPassword(ctx, storetest.Admin, f.self.Email, "another harbour at dusk"))
		},
		"by a one-time link": func(f *fixture, _ string, _ store.PendingToken) {
			f.must(second(f.s.MakeLink(ctx, storetest.Admin, f.self.ID)))
		},
		"by giving up": func(f *fixture, _ string, due store.PendingToken) { f.must(f.s.EndPending(ctx, due)) },
		"by wrong tries": func(f *fixture, _ string, due store.PendingToken) {
			for range store.PendingTries {
				if _, err := f.take(due, store.FactorApp, "x"); !errors.Is(err, store.ErrFactor) {
					f.t.Error(err)
				}
			}
		},
		"by many wrong tries at once": func(f *fixture, _ string, due store.PendingToken) {
			var all sync.WaitGroup
			var looked atomic.Int32
			for range 4 * store.PendingTries {
				all.Go(func() {
					if _, err := f.take(due, store.FactorApp, "x"); errors.Is(err, store.ErrFactor) {
						looked.Add(1)
					}
				})
			}
			all.Wait()
			if looked.Load() != store.PendingTries {
				f.t.Errorf("%d were looked at", looked.Load())
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			secret, _ := f.app(f.self)
			due := f.due(f.self)
			if id, err := f.s.Pending(ctx, due); err != nil || id != f.self.ID {
				t.Fatalf("%s, %v", id, err)
			}
			end(f, secret, due)
			if _, err := f.s.Pending(ctx, due); !errors.Is(err, store.ErrPending) {
				t.Errorf("pending: %v", err)
			}
			if _, err := f.take(due, store.FactorApp, f.code(secret, 0)); !errors.Is(err, store.ErrPending) {
				t.Errorf("the right code: %v", err)
			}
		})
	}
}

func TestFailedSecondStepsAreAudited(t *testing.T) {
	f := newFixture(t)
	f.app(f.self)
	entries := status(t, f.s).AuditEntries
	due := f.due(f.self)
	for _, factor := range []store.Factor{store.FactorApp, store.FactorRecovery, store.FactorPasskey} {
		if _, err := f.take(due, factor, "000000"); !errors.Is(err, store.ErrFactor) {
			t.Error(err)
		}
	}
	if _, err := f.s.SignInWithPasskey(ctx, "", store.PasskeyUse{}, "192.0.2.1", nil); !errors.Is(err, store.ErrFactor) {
		t.Error(err)
	}
	var got []string
	f.must(f.s.AuditEntries(ctx, func(e store.AuditEntry) error {
		if e.Seq > entries {
			got = append(got, string(e.Action)+" "+e.Actor+" "+strings.Replace(e.Object, f.self.ID, "self", 1)+" "+e.Address+" "+e.Details)
		}
		return nil
	}))
	want := []string{"session.factor_asked user:" + f.self.ID + "  192.0.2.1 ",
		`session.factor_failed anonymous self 192.0.2.1 {"factor":"app"}`, `session.factor_failed anonymous self 192.0.2.1 {"factor":"recovery"}`,
		`session.factor_failed anonymous self 192.0.2.1 {"factor":"passkey"}`, `session.factor_failed anonymous  192.0.2.1 {"factor":"passkey_alone"}`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("audited\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestAStepThatCannotBeAuditedIsNone neither lets in nor uses anything up.
func TestAStepThatCannotBeAuditedIsNone(t *testing.T) {
	f := newFixture(t)
	secret, codes := f.app(f.self)
	id := f.passkey(f.self, "laptop")
	due := f.due(f.self)
	db := raw(t, f.dir)
	run(t, db, `CREATE TRIGGER no BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'no'); END`)
	before := dump(t, db)
	for name, p := range map[string]store.Proof{"right code": {Factor: store.FactorApp, Code: f.code(secret, 0)}, "wrong code": {Factor: store.FactorApp, Code: "x"},
		"recovery": {Factor: store.FactorRecovery, Code: codes[0]}, "passkey": {Factor: store.FactorPasskey, Passkey: store.PasskeyUse{ID: id, SignCount: 1}}} {
		if _, err := f.s.TakeStep(ctx, due, p, "", nil); err == nil || errors.Is(err, store.ErrFactor) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.s.SignInWithPasskey(ctx, f.self.ID, store.PasskeyUse{ID: id, SignCount: 1}, "", nil); err == nil || errors.Is(err, store.ErrFactor) {
		t.Errorf("passkey alone: %v", err)
	}
	if after := dump(t, db); after != before {
		t.Errorf("changed\n%s\ninto\n%s", before, after)
	}
}

func TestAPasskeyAloneLetsInWhoMaySignIn(t *testing.T) {
	f := newFixture(t)
	id := f.passkey(f.other, "phone")
	token, err := f.s.SignInWithPasskey(ctx, f.other.ID, store.PasskeyUse{ID: id, SignCount: 1}, "192.0.2.1", &f.token)
	f.must(err)
	if u, err := f.s.PeekSession(ctx, token); err != nil || u.User.ID != f.other.ID {
		t.Errorf("%+v, %v", u, err)
	}
	if _, err := f.s.PeekSession(ctx, f.token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the session before: %v", err)
	}
	count := uint32(1)
	refused := func(what, user string) {
		t.Helper()
		count++
		if _, err := f.s.SignInWithPasskey(ctx, user, store.PasskeyUse{ID: id, SignCount: count}, "", nil); !errors.Is(err, store.ErrFactor) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("somebody else", f.self.ID)
	refused("nobody", "")
	f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.other.Email, true))
	refused("somebody disabled", f.other.ID)
	f.must(f.s.SetUserDisabled(ctx, storetest.Admin, f.other.Email, false))
	link, err := f.s.MakeLink(ctx, storetest.Admin, f.other.ID)
	f.must(err)
	refused("somebody whose password was ended", f.other.ID)
	// The link sets a password, and is no way around the second step.
	_, err = f.s.UseLink(ctx, link, storetest.Password, "192.0.2.1")
	var due *store.StepDue
	if !errors.As(err, &due) {
		t.Fatalf("a one-time link lets in without the second step: %v", err)
	}
	f.must(second(f.s.TakeStep(ctx, due.Token, store.Proof{Factor: store.FactorPasskey, Passkey: store.PasskeyUse{ID: id, SignCount: count + 1}}, "", nil)))
}
