package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

func TestWhyAKeyIsRefused(t *testing.T) {
	f := newFixture(t)
	retired, valid := generate(t, f.s), generate(t, f.s)
	f.must(f.s.RetireKey(ctx, storetest.Admin))
	f.must(f.s.DraftKey(ctx, store.UserActor(f.self, "")))
	values, err := f.s.KeyValues(ctx, f.token)
	f.must(err)
	var unsaved string
	for _, unsaved = range values {
	}
	for key, want := range map[string]store.RefusalReason{
		valid:                                    "",
		retired:                                  store.RefusedRetired,
		unsaved:                                  store.RefusedUnsaved,
		"":                                       store.RefusedWrongKey,
		"x":                                      store.RefusedWrongKey,
		valid[:63]:                               store.RefusedWrongKey,
		valid + "0":                              store.RefusedWrongKey,
		strings.Repeat("0", 64):                  store.RefusedWrongKey,
		" " + valid:                              store.RefusedSpaced,
		valid[:32] + " " + valid[32:]:            store.RefusedSpaced,
		`"` + valid + `"`:                        store.RefusedSpaced,
		valid + "\u200b":                         store.RefusedSpaced,
		strings.ToUpper(valid):                   store.RefusedSpaced,
		" " + retired:                            store.RefusedWrongKey,
		" " + unsaved:                            store.RefusedWrongKey,
		valid + strings.Repeat(" ", 1024-64):     store.RefusedSpaced,
		valid + strings.Repeat(" ", 1025-64):     store.RefusedWrongKey,
		strings.Repeat("\xff", 32<<10) + retired: store.RefusedWrongKey,
	} {
		got, err := f.s.CheckKey(ctx, key)
		if err != nil || got != (store.KeyCheck{Valid: want == "", Reason: want}) {
			t.Errorf("%.80q: %+v, %v; want %q", key, got, err, want)
		}
	}
}

func TestSelfTestKeyOpensForTenMinutes(t *testing.T) {
	f := newFixture(t)
	key := generate(t, f.s)
	st, err := f.s.BeginSelfTest(ctx, storetest.Admin)
	f.must(err)
	used := fmt.Sprint(f.s.InboundKeys(ctx))
	check := func(key string, want store.KeyCheck) {
		t.Helper()
		if got, err := f.s.CheckKey(ctx, key); got != want || err != nil {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	valid := store.KeyCheck{Valid: true, SelfTest: st.ID}
	retired := store.KeyCheck{Reason: store.RefusedRetired, SelfTest: st.ID}
	check(st.Key, valid)
	check(st.RetiredKey, retired)
	check(" "+st.Key, store.KeyCheck{Reason: store.RefusedWrongKey})
	if now := fmt.Sprint(f.s.InboundKeys(ctx)); now != used {
		t.Errorf("%s became %s", used, now)
	}
	f.clock.Turn(10*time.Minute - time.Second)
	check(st.Key, valid)
	f.clock.Turn(time.Second)
	check(st.Key, store.KeyCheck{Reason: store.RefusedWrongKey})
	check(st.RetiredKey, retired)
	check(key, store.KeyCheck{Valid: true})
	nowhere(t, f.dir, f.self.Email, map[string]string{"the test's key": st.Key, "its retired key": st.RetiredKey, "its reference": st.Ref})
}
