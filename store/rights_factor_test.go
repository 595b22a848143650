package store_test

import (
	"time"

	"breakwater/store"
)

// ownSteps are somebody's second steps: a passkey's id and an app's secret.
type ownSteps struct{ passkey, secret string }

// withSteps gives self both kinds of a second step.
func withSteps(f *fixture) {
	f.steps.passkey = f.passkey(f.self, "own")
	f.steps.secret, _ = f.app(f.self)
}

// withApp lets self begin to add an app.
func withApp(f *fixture) {
	a := store.UserActor(f.self, "")
	f.must(f.s.BeginApp(ctx, a))
	var err error
	f.steps.secret, err = f.s.WaitingApp(ctx, a)
	f.must(err)
}

// factorMethods are those about one's own second steps.
var factorMethods = []method{
	{name: "ConfirmApp", made: withApp, call: func(f *fixture, a store.Actor) error {
		return second(f.s.ConfirmApp(ctx, a, f.code(f.steps.secret, 0), f.token))
	}},
	{name: "RemoveApp", made: withSteps, call: func(f *fixture, a store.Actor) error { return f.s.RemoveApp(ctx, a) }},
	{name: "RenamePasskey", made: withSteps, call: func(f *fixture, a store.Actor) error {
		return f.s.RenamePasskey(ctx, a, f.steps.passkey, "Phone")
	}},
	{name: "RemovePasskey", made: withSteps, call: func(f *fixture, a store.Actor) error { return f.s.RemovePasskey(ctx, a, f.steps.passkey) }},
	{name: "RenewCodes", made: withSteps, call: func(f *fixture, a store.Actor) error { return second(f.s.RenewCodes(ctx, a)) }},
	{name: "ProveByFactor", made: withSteps, call: func(f *fixture, a store.Actor) error {
		return f.s.ProveByFactor(ctx, a, f.token, store.Proof{Factor: store.FactorApp, Code: f.code(f.steps.secret, 0)})
	}},
	{name: "ProveByFactor", made: withSteps, err: store.ErrFactor, call: func(f *fixture, a store.Actor) error {
		return f.s.ProveByFactor(ctx, a, f.token, store.Proof{Factor: store.FactorApp, Code: f.code(f.steps.secret, time.Hour)})
	}},
}
