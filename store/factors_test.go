package store_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/pquerna/otp/totp"
)

// passkey gives somebody a passkey and returns its id; name is its credential too.
func (f *fixture) passkey(u *store.User, name string) string {
	f.t.Helper()
	f.must(second(f.s.AddPasskey(ctx, store.UserActor(u, ""), store.Credential{CredentialID: []byte(name), PublicKey: []byte("key of " + name)}, name, f.token)))
	return f.factors(u).Passkeys[len(f.factors(u).Passkeys)-1].ID
}

// app gives somebody an authenticator app and returns its secret, and recovery codes if it was the
// first second step.
func (f *fixture) app(u *store.User) (secret string, codes []string) {
	f.t.Helper()
	a := store.UserActor(u, "")
	f.must(f.s.BeginApp(ctx, a))
	secret, err := f.s.WaitingApp(ctx, a)
	f.must(err)
	codes, err = f.s.ConfirmApp(ctx, a, f.code(secret, 0), f.token)
	f.must(err)
	f.clock.Turn(time.Minute) // that code is used up
	return secret, codes
}

// code is what an app shows so much later than now.
func (f *fixture) code(secret string, later time.Duration) string {
	f.t.Helper()
	code, err := totp.GenerateCode(secret, f.clock.Now().Add(later))
	f.must(err)
	return code
}

func (f *fixture) factors(u *store.User) store.Factors {
	f.t.Helper()
	list, err := f.s.Factors(ctx, u.ID)
	f.must(err)
	return list
}

func TestPasskeysAreAddedNamedAndRemoved(t *testing.T) {
	f := newFixture(t)
	a := store.UserActor(f.self, "192.0.2.1")
	if got := f.factors(f.self); got.Any() || got.Codes != 0 || f.user(f.self.ID).HasFactor {
		t.Fatalf("before: %+v", got)
	}
	beside := f.signIn(f.self)
	codes, err := f.s.AddPasskey(ctx, a, store.Credential{CredentialID: []byte{1}, PublicKey: []byte{2}, Transports: []string{"usb", "nfc"}, BackupEligible: true, SignCount: 7}, "  Ada's \x1b[31m  key ", f.token)
	if err != nil || len(codes) != store.RecoveryCodes {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	if _, err := f.s.PeekSession(ctx, beside); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session from before the first second step: %v", err)
	}
	if _, err := f.s.PeekSession(ctx, f.token); err != nil {
		t.Errorf("the session that added it: %v", err)
	}
	got := f.factors(f.self)
	want := store.Credential{CredentialID: []byte{1}, PublicKey: []byte{2}, Transports: []string{"usb", "nfc"}, BackupEligible: true, SignCount: 7}
	if len(got.Passkeys) != 1 || got.Codes != store.RecoveryCodes || got.Passkeys[0].Name != "Ada's [31m key" ||
		!slices.Equal(got.Passkeys[0].CredentialID, want.CredentialID) || !slices.Equal(got.Passkeys[0].Transports, want.Transports) ||
		!got.Passkeys[0].BackupEligible || got.Passkeys[0].SignCount != 7 || !got.Passkeys[0].AddedAt.Equal(f.clock.Now()) || !got.Passkeys[0].UsedAt.IsZero() {
		t.Fatalf("%+v", got)
	}
	if u := f.user(f.self.ID); !u.HasFactor || u.FactorDue {
		t.Errorf("%+v", u)
	}
	if codes, err := f.s.AddPasskey(ctx, a, store.Credential{CredentialID: []byte{3}, PublicKey: []byte{4}}, "Phone", f.token); err != nil || codes != nil {
		t.Errorf("the second one: %v, %v", codes, err)
	}
	for name, err := range map[string]error{
		"known":      second(f.s.AddPasskey(ctx, store.UserActor(f.other, ""), want, "Mine", f.token)),
		"nameless":   second(f.s.AddPasskey(ctx, a, store.Credential{CredentialID: []byte{9}}, " \t", f.token)),
		"rename":     f.s.RenamePasskey(ctx, store.UserActor(f.other, ""), got.Passkeys[0].ID, "Stolen"),
		"remove":     f.s.RemovePasskey(ctx, store.UserActor(f.admin, ""), got.Passkeys[0].ID),
		"renamed ''": f.s.RenamePasskey(ctx, a, got.Passkeys[0].ID, ""),
	} {
		want := map[string]error{"known": store.ErrPasskeyKnown, "nameless": store.ErrPasskeyName, "renamed ''": store.ErrPasskeyName}[name]
		if want == nil {
			want = store.ErrNotFound
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	f.must(f.s.RenamePasskey(ctx, a, got.Passkeys[0].ID, "Security key"))
	f.must(f.s.RemovePasskey(ctx, a, got.Passkeys[0].ID))
	if got := f.factors(f.self); len(got.Passkeys) != 1 || got.Passkeys[0].Name != "Phone" || got.Codes != store.RecoveryCodes {
		t.Errorf("after: %+v", got)
	}
	if err := f.s.RemovePasskey(ctx, a, got.Passkeys[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestThereIsAnEndOfPasskeys(t *testing.T) {
	f := newFixture(t)
	for i := range store.MaxPasskeys {
		f.passkey(f.self, string(rune('a'+i)))
	}
	_, err := f.s.AddPasskey(ctx, store.UserActor(f.self, ""), store.Credential{CredentialID: []byte("more")}, "more", f.token)
	if !errors.Is(err, store.ErrPasskeyMany) {
		t.Error(err)
	}
}

func TestPasskeysCallPeopleByChance(t *testing.T) {
	f := newFixture(t)
	one, err := f.s.PasskeyHandle(ctx, store.UserActor(f.self, ""))
	f.must(err)
	again, err := f.s.PasskeyHandle(ctx, store.UserActor(f.self, ""))
	f.must(err)
	other, err := f.s.PasskeyHandle(ctx, store.UserActor(f.other, ""))
	f.must(err)
	if len(one) != 64 || !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Errorf("%x, %x, %x", one, again, other)
	}
	f.passkey(f.self, "mine")
	if id, list, err := f.s.PasskeyOwner(ctx, one); err != nil || id != f.self.ID || len(list) != 1 {
		t.Errorf("%s, %v, %v", id, list, err)
	}
	for _, handle := range [][]byte{nil, {}, one[:63], []byte(f.self.ID), []byte(f.self.Email)} {
		if id, _, err := f.s.PasskeyOwner(ctx, handle); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%x is %s's: %v", handle, id, err)
		}
	}
}

func TestAnAppCountsOnceItsCodeWasRight(t *testing.T) {
	f := newFixture(t)
	a := store.UserActor(f.self, "192.0.2.1")
	if _, err := f.s.ConfirmApp(ctx, a, "000000", f.token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("without a secret: %v", err)
	}
	f.must(f.s.BeginApp(ctx, a))
	first, err := f.s.WaitingApp(ctx, a)
	f.must(err)
	f.must(f.s.BeginApp(ctx, a))
	secret, err := f.s.WaitingApp(ctx, a)
	if err != nil || secret == first || len(secret) != 32 {
		t.Fatalf("%q then %q, %v", first, secret, err)
	}
	if _, err := f.s.WaitingApp(ctx, store.UserActor(f.other, "")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody else sees it: %v", err)
	}
	for _, wrong := range []string{"", "000000000", f.code(first, 0), f.code(secret, 2*time.Minute), f.code(secret, -2*time.Minute), f.code(secret, 0) + "0"} {
		if _, err := f.s.ConfirmApp(ctx, a, wrong, f.token); !errors.Is(err, store.ErrFactor) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if f.user(f.self.ID).HasFactor {
		t.Fatal("it counts already")
	}
	f.clock.Turn(store.AppLife)
	if _, err := f.s.ConfirmApp(ctx, a, f.code(secret, 0), f.token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after its time: %v", err)
	}
	f.must(f.s.BeginApp(ctx, a))
	secret, err = f.s.WaitingApp(ctx, a)
	f.must(err)
	code := f.code(secret, 0)
	codes, err := f.s.ConfirmApp(ctx, a, " "+code[:3]+" "+code[3:]+"\n", f.token)
	if err != nil || len(codes) != store.RecoveryCodes || f.factors(f.self).App == nil {
		t.Fatalf("%v, %v", codes, err)
	}
	if _, err := f.s.WaitingApp(ctx, a); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the secret can be seen again: %v", err)
	}
	f.clock.Turn(time.Hour)
	if next, codes := f.app(f.self); next == secret || codes != nil || f.factors(f.self).App == nil {
		t.Errorf("another phone: %v", codes)
	}
	f.must(f.s.RemoveApp(ctx, a))
	if f.factors(f.self).Any() || f.factors(f.self).Codes != 0 {
		t.Errorf("afterwards: %+v", f.factors(f.self))
	}
}

func TestSecretsOfAppsAreBoundToTheirPlace(t *testing.T) {
	f := newFixture(t)
	f.app(f.self)
	f.app(f.other)
	db := raw(t, f.dir)
	run(t, db, `UPDATE authenticators SET secret = (SELECT secret FROM authenticators WHERE user_id = ?) WHERE user_id = ?`, f.other.ID, f.self.ID)
	due := f.due(f.self)
	if _, err := f.s.TakeStep(ctx, due, store.Proof{Factor: store.FactorApp, Code: "000000"}, "", nil); err == nil || errors.Is(err, store.ErrFactor) {
		t.Errorf("a secret from another row opens: %v", err)
	}
}

func TestRecoveryCodesAreRenewedAndKeptAsFingerprints(t *testing.T) {
	f := newFixture(t)
	a := store.UserActor(f.self, "192.0.2.1")
	if _, err := f.s.RenewCodes(ctx, a); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("without a second step: %v", err)
	}
	secret, old := f.app(f.self)
	codes, err := f.s.RenewCodes(ctx, a)
	f.must(err)
	all := slices.Sorted(slices.Values(append(old, codes...)))
	if len(slices.Compact(all)) != 2*store.RecoveryCodes {
		t.Errorf("some are the same: %v", all)
	}
	secrets := map[string]string{"secret": secret}
	for _, c := range all {
		secrets[c] = c
	}
	nowhere(t, f.dir, f.self.Email, secrets)
	run(t, raw(t, f.dir), `PRAGMA wal_checkpoint(TRUNCATE)`)
	nowhere(t, f.dir, f.self.Email, secrets)
	if _, err := f.s.TakeStep(ctx, f.due(f.self), store.Proof{Factor: store.FactorRecovery, Code: old[0]}, "", nil); !errors.Is(err, store.ErrFactor) {
		t.Errorf("an old one: %v", err)
	}
	if got := f.factors(f.self).Codes; got != store.RecoveryCodes {
		t.Errorf("%d are left", got)
	}
}

// TestTheLastSecondStepStaysWhereARoleRequiresIt removes two at once as well.
func TestTheLastSecondStepStaysWhereARoleRequiresIt(t *testing.T) {
	f := newFixture(t)
	clerk := f.person("clerk@example.org", f.role)
	f.must(f.s.RequireFactor(ctx, storetest.Admin, f.role, true))
	a := store.UserActor(clerk, "")
	laptop, phone := f.passkey(clerk, "laptop"), f.passkey(clerk, "phone")
	f.app(clerk)
	f.must(f.s.RemoveApp(ctx, a))
	var both sync.WaitGroup
	failures := make(chan error, 2)
	for _, id := range []string{laptop, phone} {
		both.Go(func() { failures <- f.s.RemovePasskey(ctx, a, id) })
	}
	both.Wait()
	if one, other := <-failures, <-failures; (one == nil) == (other == nil) || !errors.Is(errors.Join(one, other), store.ErrFactorRequired) {
		t.Errorf("two at once: %v, %v", one, other)
	}
	if n := len(f.factors(clerk).Passkeys); n != 1 || f.factors(clerk).Codes != store.RecoveryCodes {
		t.Fatalf("%d are left", n)
	}
	f.must(f.s.RequireFactor(ctx, storetest.Admin, f.role, false))
	f.must(f.s.RemovePasskey(ctx, a, f.factors(clerk).Passkeys[0].ID))
	if got := f.factors(clerk); got.Any() || got.Codes != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhoseSecondStepIsDueHoldsNothing(t *testing.T) {
	f := newFixture(t)
	f.must(f.s.RequireFactor(ctx, storetest.Admin, store.RoleAdministrator, true))
	admin := f.user(f.admin.ID)
	if !admin.FactorDue || f.user(f.self.ID).FactorDue {
		t.Fatal("due for the wrong people")
	}
	a := store.UserActor(admin, "192.0.2.1")
	for _, m := range methods {
		if m.need == "" || m.made != nil {
			continue
		}
		if err := m.call(f, a); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("%s: %v", m.name, err)
		}
	}
	id := f.passkey(admin, "laptop")
	if f.user(f.admin.ID).FactorDue {
		t.Error("still due")
	}
	f.must(second(f.s.AddRole(ctx, a, "Evening", nil)))
	// A passkey that may have been copied is none.
	f.use(admin, store.PasskeyUse{ID: id, SignCount: 9})
	f.use(admin, store.PasskeyUse{ID: id, SignCount: 9})
	if u := f.user(f.admin.ID); !u.FactorDue || !u.HasFactor {
		t.Errorf("a copied one counts: %+v", u)
	}
}

func TestResettingTakesAllOfIt(t *testing.T) {
	f := newFixture(t)
	f.passkey(f.other, "laptop")
	f.app(f.other)
	due := f.due(f.other)
	f.must(f.s.BeginApp(ctx, store.UserActor(f.other, "")))
	secret, err := f.s.WaitingApp(ctx, store.UserActor(f.other, ""))
	f.must(err)
	session, err := f.s.TakeStep(ctx, f.due(f.other), store.Proof{Factor: store.FactorPasskey, Passkey: store.PasskeyUse{ID: f.factors(f.other).Passkeys[0].ID}}, "", nil)
	f.must(err)
	clerk := storetest.AddUser(t, f.s, "clerk@example.org", store.EditUsers)
	for name, c := range map[string]struct {
		err, want error
	}{
		"by somebody who may do less": {f.s.ResetFactors(ctx, store.UserActor(clerk, ""), f.admin.Email), store.ErrBeyond},
		"one's own":                   {f.s.ResetFactors(ctx, store.UserActor(f.self, ""), f.self.Email), store.ErrForbidden},
		"nobody's":                    {f.s.ResetFactors(ctx, storetest.Admin, "nobody@example.org"), store.ErrNotFound},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	f.must(f.s.ResetFactors(ctx, store.UserActor(clerk, "192.0.2.7"), f.other.Email))
	if got := f.factors(f.other); got.Any() || got.Codes != 0 {
		t.Errorf("left: %+v", got)
	}
	if _, err := f.s.PeekSession(ctx, session); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a session goes on: %v", err)
	}
	if _, err := f.s.Pending(ctx, due); !errors.Is(err, store.ErrPending) {
		t.Errorf("a sign-in goes on: %v", err)
	}
	if _, err := f.s.ConfirmApp(ctx, store.UserActor(f.other, ""), f.code(secret, 0), f.token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an app that was being added goes on: %v", err)
	}
	entries := status(t, f.s).AuditEntries
	f.must(f.s.ResetFactors(ctx, storetest.Admin, f.other.Email)) // nothing to remove is nothing to tell
	if n := status(t, f.s).AuditEntries; n != entries {
		t.Error("nothing was audited as something")
	}
	f.must(second(f.s.SignIn(ctx, f.other.Email, storetest.Password, "", nil)))
}
