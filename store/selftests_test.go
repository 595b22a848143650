package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// figures are all counters that are not zero, by their rows.
func figures(t testing.TB, f *fixture) string {
	t.Helper()
	return fmt.Sprint(strs(t, raw(t, f.dir), `SELECT name || ' ' || value FROM counters WHERE value <> 0 ORDER BY name`))
}

func document(n int) store.Document {
	return store.Document{Title: "Letter", URL: fmt.Sprint(store.DefaultOceanHost, "/", n)}
}

func inline(m *store.Message) {
	m.Updates[0].Documents = append(m.Updates[0].Documents, store.Document{Inline: true, Digest: "d"})
}

// busy is a clinic with referrals and documents of its own.
func busy(t testing.TB) *fixture {
	f := newFixture(t)
	f.must(save(f.s, func(c *store.OceanChange) { c.SiteNumber = new("4321") }))
	for i := range 3 {
		m := message(fmt.Sprint("own", i), fmt.Sprint("own", i), to("4321", "skin"), inline, func(m *store.Message) {
			m.Updates[0].Documents = append(m.Updates[0].Documents, document(i))
			m.Problems = []store.Problem{store.ProblemUnknownEvent}[:i%2]
		})
		come(t, f.s, m)
		come(t, f.s, m)
	}
	work, err := f.s.DueAttachments(ctx, true, 2)
	f.must(err)
	f.must(f.s.KeepAttachment(ctx, work[0], "text/plain", []byte("shared")))
	return f
}

// tested receives all that a self-test can: new, again, with other content, with a problem and
// documents in every state.
func tested(f *fixture, ref string) {
	known := strs(f.t, raw(f.t, f.dir), `SELECT id FROM attachments`)
	for i := range 4 {
		m := message(fmt.Sprint("test", i/2), ref, to("4321", "canary-listing"), inline, func(m *store.Message) {
			m.Digest[0] += byte(i)
			m.Event = "notify-update-status"
			for n := range 5 {
				m.Updates[0].Documents = append(m.Updates[0].Documents, document(n))
			}
		})
		come(f.t, f.s, m)
		come(f.t, f.s, m)
	}
	work, err := f.s.DueAttachments(ctx, true, 100)
	f.must(err)
	var mine []string
	for _, w := range work {
		if !slices.Contains(known, w.ID) {
			mine = append(mine, w.ID)
		}
	}
	if len(mine) != 6 {
		f.t.Fatalf("%d documents", len(mine))
	}
	f.must(f.s.KeepAttachment(ctx, store.AttachmentWork{ID: mine[0]}, "text/plain", []byte("shared")))
	f.must(f.s.KeepAttachment(ctx, store.AttachmentWork{ID: mine[1]}, "text/plain", []byte("the test's own")))
	f.must(f.s.MarkForeign(ctx, store.AttachmentWork{ID: mine[2]}))
	for range 5 {
		f.must(f.s.PostponeAttachment(ctx, store.AttachmentWork{ID: mine[3]}, store.FaultGone, 0))
	}
}

func TestSelfTestLeavesNothing(t *testing.T) {
	for name, end := range map[string]struct {
		by    func(*fixture, store.SelfTest) error
		audit string
	}{
		"ended": {func(f *fixture, st store.SelfTest) error {
			return f.s.EndSelfTest(ctx, store.UserActor(f.self, ""), st.ID, 8, 8)
		}, `ocean.self_tested {"proven":8,"tries":8}`},
		"left behind": {func(f *fixture, _ store.SelfTest) error { return f.s.PurgeSelfTests(ctx) }, `ocean.self_tested {"abandoned":true}`},
	} {
		f := busy(t)
		db := raw(t, f.dir)
		except := []string{"audit_entries", "audit_head", "counters"}
		f.must(f.s.NoteRefusal(ctx, store.RefusedFull, nil)) // a gap, which the test must not close
		f.clock.Turn(time.Hour)
		tables, counters, known := dump(t, db, except...), figures(t, f), connection(t, f.s)
		entries := status(t, f.s).AuditEntries
		st, err := f.s.BeginSelfTest(ctx, store.UserActor(f.self, ""))
		f.must(err)
		if tables == dump(t, db, except...) {
			t.Error("nothing was begun")
		}
		tested(f, st.Ref)
		if counters == figures(t, f) {
			t.Error("the test changed no counter")
		}
		f.must(end.by(f, st))
		if after := dump(t, db, except...); after != tables {
			t.Errorf("%s: before\n%s\nafter\n%s", name, tables, after)
		}
		if after := figures(t, f); after != counters {
			t.Errorf("%s: the counters %s became %s", name, counters, after)
		}
		if now := connection(t, f.s); !reflect.DeepEqual(now, known) || now.Gap == nil || !now.Gap.Until.IsZero() {
			t.Errorf("%s: of the connection was known %+v, now %+v", name, known, now)
		}
		if d := auditDetails(t, f.s, entries+1); len(d) != 2 || d[0] != "ocean.self_test_begun" || d[1] != end.audit {
			t.Errorf("%s: audited %q", name, d)
		}
		if err := f.s.EndSelfTest(ctx, storetest.Admin, st.ID, 1, 1); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: once more: %v", name, err)
		}
		if c, err := f.s.CheckKey(ctx, st.Key); c.Valid || err != nil {
			t.Errorf("%s: its key still opens", name)
		}
		if n := count(t, db, `SELECT count(*) FROM pragma_foreign_key_check`); n != 0 {
			t.Errorf("%s: %d rows point nowhere", name, n)
		}
	}
}

func TestMessageOfTwoReferralsOutlivesATestedOne(t *testing.T) {
	f := newFixture(t)
	st, err := f.s.BeginSelfTest(ctx, storetest.Admin)
	f.must(err)
	come(t, f.s, message("m1", st.Ref, func(m *store.Message) {
		other := m.Updates[0]
		other.Ref = "own"
		m.Updates = append(m.Updates, other)
	}))
	f.must(f.s.EndSelfTest(ctx, storetest.Admin, st.ID, 1, 0))
	if got := status(t, f.s); got.Messages != 1 || got.Referrals != 1 {
		t.Errorf("%+v", got)
	}
	agree(t, f.s, f.dir)
}

func TestSelfTestTakesItsOwnReferenceOnly(t *testing.T) {
	f := newFixture(t)
	one, err := f.s.BeginSelfTest(ctx, storetest.Admin)
	f.must(err)
	two, err := f.s.BeginSelfTest(ctx, storetest.Admin)
	f.must(err)
	for ref, want := range map[string]bool{one.Ref: true, " " + one.Ref: true, two.Ref: false, "": false, "r1": false} {
		if got, err := f.s.SelfTestRef(ctx, one.ID, ref); got != want || err != nil {
			t.Errorf("%q: %v, %v", ref, got, err)
		}
	}
	if got, err := f.s.SelfTestRef(ctx, "", one.Ref); got || err != nil {
		t.Errorf("no test: %v, %v", got, err)
	}
	if a := store.UserActor(f.other, ""); !errors.Is(second(f.s.BeginSelfTest(ctx, a)), store.ErrForbidden) {
		t.Error("anybody may begin one")
	}
}
