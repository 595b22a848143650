package store_test

import (
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

func TestOpeningIsInTheLogOnceInFiveMinutes(t *testing.T) {
	d := newTeam(t)
	r := d.now()
	entries := func() int64 { return status(t, d.Store).AuditEntries }
	opens := func(want int64, a store.Actor) {
		t.Helper()
		before := entries()
		d.must(d.RecordOpened(ctx, a, r))
		if n := entries() - before; n != want {
			t.Errorf("%d entries, want %d", n, want)
		}
	}
	opens(1, by(d.ada))
	opens(0, by(d.ada))
	opens(1, by(d.bo))
	opens(1, store.UserActor(d.ada, "192.0.2.99")) // elsewhere: perhaps not she
	d.clock.Turn(4*time.Minute + 59*time.Second)
	opens(0, by(d.ada))
	d.clock.Turn(time.Second)
	opens(1, by(d.ada))
	d.clock.Turn(-time.Hour)
	opens(1, by(d.ada)) // a clock put back does not silence the log
	d.wants(store.ErrForbidden, func() error { return d.RecordOpened(ctx, by(d.clerk), r) })
	d.wants(store.ErrForbidden, func() error { return d.RecordSearched(ctx, by(d.clerk), "canary", 1) })
}

func TestTheLogTellsWhoseInformationWasSeenOnlyToWhoMayKnow(t *testing.T) {
	d := newTeam(t)
	r := d.now()
	d.must(d.RecordOpened(ctx, by(d.ada), r))
	opened := d.last()
	d.must(d.RecordSearched(ctx, by(d.ada), "  Canaryname 1931-07-09 ", 3))
	searched := d.last()
	if opened.Action != store.ActionReferralOpened || opened.Object != r.ID || opened.Address != "192.0.2.7" || opened.Actor != "user:"+d.ada.ID {
		t.Errorf("%+v", opened)
	}
	if !strings.Contains(searched.Details, `"found":3`) || !strings.Contains(searched.Details, `"terms":["birth_date","name"]`) {
		t.Errorf("%s", searched.Details)
	}
	who := d.OpenSealed(opened).Patients
	if len(who) != 1 || who[0].Name.Family != "Canaryname" || who[0].BirthDate != "1931-07-09" || who[0].NumberEnds != "3217" {
		t.Errorf("%+v", who)
	}
	if q := d.OpenSealed(searched).Query; q != "Canaryname 1931-07-09" {
		t.Errorf("%q", q)
	}
	moved := opened
	moved.Object = "another"
	if got := d.OpenSealed(moved); got.Patients != nil {
		t.Errorf("opens for another referral: %+v", got)
	}
	nowhere(t, d.dir, "ada@example.org", map[string]string{"a name": "Canaryname", "a birth date": "1931-07-09", "a number": "9876543217"})
	if _, err := d.VerifyAudit(ctx, ""); err != nil {
		t.Error(err)
	}
}

func TestSearchTermsOfTheLog(t *testing.T) {
	d := newTeam(t)
	for q, want := range map[string]string{
		"tremblay": `["name"]`, "1985-12-01": `["birth_date"]`, "sean 1985-12-01": `["birth_date","name"]`, "9876 543 217": `["health_number"]`,
		"7b1c0f5e-0000-4000-8000-00000000abcd": `["reference"]`, "A-1234": `["number"]`,
	} {
		d.must(d.RecordSearched(ctx, by(d.ada), q, 0))
		if e := d.last(); !strings.Contains(e.Details, `"terms":`+want) {
			t.Errorf("%q: %s", q, e.Details)
		}
	}
	before := status(t, d.Store).AuditEntries
	d.must(d.RecordSearched(ctx, by(d.ada), " ", 0)) // nothing was looked for
	if status(t, d.Store).AuditEntries != before {
		t.Error("an empty search is in the log")
	}
}

func TestWhatWasSeenOfAReferral(t *testing.T) {
	d := newTeam(t)
	r := d.now()
	d.must(d.RecordOpened(ctx, by(d.ada), r))
	d.must(d.Assign(ctx, by(d.ada), r.ID, r.Version, d.bo.ID))
	d.must(d.RecordSearched(ctx, by(d.ada), "canaryname", 1))
	seen, _, err := d.AuditPage(ctx, store.AuditFilter{Referrals: []string{r.ID}, Seen: new(true)}, 10)
	if err != nil || len(seen) != 1 || seen[0].Action != store.ActionReferralOpened {
		t.Errorf("%+v, %v", seen, err)
	}
	if e, err := d.LastChange(ctx, r.ID); err != nil || e.Action != store.ActionAssigned {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err := d.LastChange(ctx, "another"); err != nil || e.Seq != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}
