package store_test

import (
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

func generate(t *testing.T, s *store.Store) string {
	t.Helper()
	key, err := s.GenerateKey(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// opens checks which of the keys are valid, in two processes.
func opens(t *testing.T, stores []*store.Store, keys map[string]bool) {
	t.Helper()
	for i, s := range stores {
		any := false
		for key, want := range keys {
			any = any || want
			if got, err := s.CheckKey(ctx, key); got.Valid != want || (got.Reason == "") != want || err != nil {
				t.Errorf("process %d: key %.4s… opens: %+v, %v; want %v", i, key, got, err, want)
			}
		}
		if active, err := s.KeyActive(ctx); active != any || err != nil {
			t.Errorf("process %d: a key is active: %v, %v", i, active, err)
		}
		if st := status(t, s); st.InboundKeyActive != any {
			t.Errorf("process %d: status says %v", i, st.InboundKeyActive)
		}
	}
}

func TestTwoInboundKeysAtMostAndTheOlderIsRetired(t *testing.T) {
	s, dir, clock := at(t)
	stores := []*store.Store{s, storetest.At(t, dir, clock)}
	opens(t, stores, map[string]bool{"": false, "x": false})
	if err := s.RetireKey(ctx, storetest.Admin); !errors.Is(err, store.ErrOneKey) {
		t.Errorf("none to retire: %v", err)
	}
	first := generate(t, s)
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(first) {
		t.Errorf("key %q", first)
	}
	opens(t, stores, map[string]bool{first: true, "": false, first[:63]: false, first + "0": false, strings.ToUpper(first): false, " " + first: false,
		strings.Repeat("0", 64): false})
	if err := s.RetireKey(ctx, storetest.Admin); !errors.Is(err, store.ErrOneKey) {
		t.Errorf("the only one: %v", err)
	}
	second := generate(t, stores[1])
	opens(t, stores, map[string]bool{first: true, second: true})
	entries := status(t, s).AuditEntries
	if _, err := s.GenerateKey(ctx, storetest.Admin); !errors.Is(err, store.ErrTwoKeys) {
		t.Errorf("a third: %v", err)
	}
	if status(t, s).AuditEntries != entries {
		t.Error("a third was audited")
	}
	if err := s.RetireKey(ctx, storetest.Admin); err != nil {
		t.Fatal(err)
	}
	opens(t, stores, map[string]bool{first: false, second: true})
	third := generate(t, s)
	opens(t, stores, map[string]bool{first: false, second: true, third: true})
	if err := s.RetireKey(ctx, storetest.Admin); err != nil {
		t.Fatal(err)
	}
	opens(t, stores, map[string]bool{first: false, second: false, third: true})
	db := raw(t, dir)
	if n := count(t, db, `SELECT count(*) FROM inbound_keys WHERE retired_at IS NOT NULL AND value <> x''`); n != 0 {
		t.Errorf("%d retired keys keep their value", n)
	}
	if n := count(t, db, `SELECT count(*) FROM inbound_keys WHERE retired_at IS NULL AND length(value) > 64`); n != 1 {
		t.Errorf("%d valid keys keep theirs", n)
	}
	secrets := map[string]string{}
	for name, key := range map[string]string{"the first key": first, "the second": second, "the third": third} {
		b, err := hex.DecodeString(key)
		if err != nil {
			t.Fatal(err)
		}
		secrets[name], secrets[name+"'s bytes"], secrets[name+"'s start"] = key, string(b), key[:16]
	}
	nowhere(t, dir, string(store.ActionKeyRetired), secrets)
	for _, d := range auditDetails(t, s, 1) {
		if !strings.HasPrefix(d, "ocean.key_") || strings.Contains(d, "{") {
			t.Errorf("audited %s", d)
		}
	}
}

func TestKeyThatIsNotSavedOpensNothing(t *testing.T) {
	f := newFixture(t)
	valid := generate(t, f.s)
	a := store.UserActor(f.self, "192.0.2.1")
	values := func(token store.SessionToken) map[string]string {
		t.Helper()
		v, err := f.s.KeyValues(ctx, token)
		f.must(err)
		return v
	}
	draft := func() (id, value string) {
		t.Helper()
		f.must(f.s.DraftKey(ctx, a))
		for id, value := range values(f.token) {
			return id, value
		}
		t.Fatal("the new key is not shown")
		return
	}
	dropped, old := draft()
	id, key := draft()
	if id == dropped || key == old || len(values(f.token)) != 1 || values(f.token)[id] != key {
		t.Errorf("shown are %v", values(f.token))
	}
	if c, err := f.s.CheckKey(ctx, key); c != (store.KeyCheck{Reason: store.RefusedUnsaved}) || err != nil {
		t.Errorf("not saved: %+v, %v", c, err)
	}
	if c, err := f.s.CheckKey(ctx, old); c != (store.KeyCheck{Reason: store.RefusedWrongKey}) || err != nil {
		t.Errorf("generated over: %+v, %v", c, err)
	}
	var conflict *store.ConflictError // somebody else's took its place
	if err := save(f.s, func(c *store.OceanChange) { c.Draft = dropped }); !errors.As(err, &conflict) || conflict.Field != "key" {
		t.Errorf("saving a key that is gone: %v", err)
	}
	opens(t, []*store.Store{f.s}, map[string]bool{valid: true, old: false})
	f.must(save(f.s, func(c *store.OceanChange) { c.Draft = id }))
	opens(t, []*store.Store{f.s}, map[string]bool{valid: true, key: true, old: false})
	if v := values(f.token); len(v) != 0 {
		t.Errorf("saved keys are shown unasked: %d", len(v))
	}
	if err := f.s.DraftKey(ctx, a); !errors.Is(err, store.ErrTwoKeys) {
		t.Errorf("a third: %v", err)
	}
	f.must(f.s.ShowKeys(ctx, a, f.token))
	if v := values(f.token); len(v) != 2 || v[id] != key {
		t.Errorf("asked for, %d are shown", len(v))
	}
	if v := values(f.signIn(f.self)); len(v) != 0 {
		t.Errorf("another session is shown %d", len(v))
	}
	if err := f.s.ShowKeys(ctx, store.UserActor(f.admin, ""), f.token); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("for somebody else's session: %v", err)
	}
	f.clock.Turn(store.KeysShown)
	if v := values(f.token); len(v) != 0 {
		t.Errorf("after their time %d are shown", len(v))
	}
	nowhere(t, f.dir, f.self.Email, map[string]string{"the key": key, "the valid key": valid, "the dropped key": old})
}
