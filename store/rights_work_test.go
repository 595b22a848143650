package store_test

import (
	"path/filepath"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// work is a referral with all that people do to one: a document that is here and one that could not
// be fetched, an update that Ocean refused, and a message with a problem.
type work struct {
	referral             *store.Referral
	kept, failed, update string
	message              string
}

// atWork brings in the referral.
func atWork(f *fixture) {
	f.must(save(f.s, func(c *store.OceanChange) { c.SiteNumber = new("4321") }))
	come(f.t, f.s, message("w1", "r1", func(m *store.Message) {
		m.Updates[0].Documents = []store.Document{document(0), document(1)}
		m.Problems = []store.Problem{store.ProblemUnknownEvent}
	}))
	due, err := f.s.DueAttachments(ctx, true, 2)
	f.must(err)
	f.must(f.s.KeepAttachment(ctx, due[0], "text/plain", []byte("a letter")))
	f.must(f.s.GiveUpAttachment(ctx, due[1], store.FaultContent))
	f.look()
	out := say(decided("accepted", ""))
	f.must(f.s.Tell(ctx, storetest.Admin, f.work.referral.ID, f.work.referral.Version, out))
	f.must(f.s.RefuseOutbox(ctx, out.ID, store.FaultContent, "no"))
	db := raw(f.t, f.dir)
	f.work.kept, f.work.failed, f.work.update = due[0].ID, due[1].ID, out.ID
	f.work.message = strs(f.t, db, `SELECT id FROM messages ORDER BY seq`)[0]
	f.look()
}

// look reads the referral anew.
func (f *fixture) look() {
	f.t.Helper()
	rows, _, err := f.s.Referrals(ctx, store.ReferralFilter{}, 1)
	f.must(err)
	f.work.referral, err = f.s.Referral(ctx, rows[0].ID)
	f.must(err)
}

// onReferral is a method that acts on the referral as the person saw it.
func onReferral(name string, need store.Permission, call func(f *fixture, a store.Actor, id string, version int64) error) method {
	return method{name: name, need: need, made: atWork, call: func(f *fixture, a store.Actor) error {
		return call(f, a, f.work.referral.ID, f.work.referral.Version)
	}}
}

// shown returns the error of a method that shows something, or says that it showed it in spite of one.
func shown(what []byte, err error) error {
	if err != nil && len(what) > 0 {
		return nil // seen: the test takes it for success
	}
	return err
}

// elsewhere signs a colleague in.
func elsewhere(f *fixture) { f.signIn(f.other) }

// workMethods are those about referrals, and about the log itself.
var workMethods = []method{
	onReferral("Assign", store.ManageReferrals, func(f *fixture, a store.Actor, id string, v int64) error {
		return f.s.Assign(ctx, a, id, v, f.self.ID)
	}),
	onReferral("AskReview", store.ManageReferrals, func(f *fixture, a store.Actor, id string, v int64) error {
		return f.s.AskReview(ctx, a, id, v, f.self.ID)
	}),
	{name: "Reviewed", need: store.ManageReferrals, made: func(f *fixture) {
		atWork(f)
		f.must(f.s.AskReview(ctx, storetest.Admin, f.work.referral.ID, f.work.referral.Version, f.self.ID))
		f.look()
	}, call: func(f *fixture, a store.Actor) error {
		return f.s.Reviewed(ctx, a, f.work.referral.ID, f.work.referral.Version)
	}},
	onReferral("AddRemark", store.ManageReferrals, func(f *fixture, a store.Actor, id string, _ int64) error {
		return f.s.AddRemark(ctx, a, id, "She calls back on Monday.")
	}),
	onReferral("Tell", store.ManageReferrals, func(f *fixture, a store.Actor, id string, v int64) error {
		return f.s.Tell(ctx, a, id, v, say(decided("rejected", "full")))
	}),
	onReferral("RetryOutbox", store.ManageReferrals, func(f *fixture, a store.Actor, id string, _ int64) error {
		return f.s.RetryOutbox(ctx, a, id, f.work.update)
	}),
	onReferral("DropOutbox", store.ManageReferrals, func(f *fixture, a store.Actor, id string, _ int64) error {
		return f.s.DropOutbox(ctx, a, id, f.work.update)
	}),
	onReferral("RetryAttachment", store.ManageReferrals, func(f *fixture, a store.Actor, id string, _ int64) error {
		return f.s.RetryAttachment(ctx, a, id, f.work.failed)
	}),
	onReferral("RetryAttachments", store.ManageReferrals, func(f *fixture, a store.Actor, _ string, _ int64) error { return f.s.RetryAttachments(ctx, a) }),
	onReferral("Reprocess", store.ManageReferrals, func(f *fixture, a store.Actor, _ string, _ int64) error {
		return second(f.s.Reprocess(ctx, a, f.work.message, message("w1", "r1")))
	}),
	onReferral("MarkSeen", store.ManageReferrals, func(f *fixture, a store.Actor, _ string, _ int64) error {
		return f.s.MarkSeen(ctx, a, f.work.message)
	}),
	onReferral("OpenAttachment", store.ViewReferrals, func(f *fixture, a store.Actor, id string, _ int64) error {
		_, data, err := f.s.OpenAttachment(ctx, a, id, f.work.kept)
		return shown(data, err)
	}),
	onReferral("DownloadAttachment", store.ViewReferrals, func(f *fixture, a store.Actor, id string, _ int64) error {
		_, data, err := f.s.DownloadAttachment(ctx, a, id, f.work.kept)
		return shown(data, err)
	}),
	onReferral("ShowRaw", store.ViewRawMessages, func(f *fixture, a store.Actor, _ string, _ int64) error {
		data, _, err := f.s.ShowRaw(ctx, a, f.work.message, false)
		return shown(data, err)
	}),
	onReferral("RecordOpened", store.ViewReferrals, func(f *fixture, a store.Actor, _ string, _ int64) error {
		return f.s.RecordOpened(ctx, a, f.work.referral)
	}),
	{name: "EndSession", need: store.EditUsers, made: elsewhere, call: func(f *fixture, a store.Actor) error {
		return f.s.EndSession(ctx, a, f.other.ID, strs(f.t, raw(f.t, f.dir), `SELECT id FROM sessions WHERE user_id = ?`, f.other.ID)[0])
	}},
	{name: "EndSessions", need: store.EditUsers, made: elsewhere, call: func(f *fixture, a store.Actor) error {
		return f.s.EndSessions(ctx, a, f.other.ID, nil)
	}},
	{name: "ProvePerson", call: func(f *fixture, a store.Actor) error { return f.s.ProvePerson(ctx, a, f.token, storetest.Password) }},
	{name: "RecordSearched", need: store.ViewReferrals, call: func(f *fixture, a store.Actor) error { return f.s.RecordSearched(ctx, a, "example", 1) }},
	{name: "RepairGap", need: store.ReferralSettings, made: func(f *fixture) {
		run(f.t, raw(f.t, f.dir), `INSERT INTO gaps (id, reason, since, until) VALUES (1, 'full', ?1, ?1 + ?2)`,
			f.clock.Now().Add(-200*time.Hour).UnixMilli(), (100 * time.Hour).Milliseconds())
	}, call: func(f *fixture, a store.Actor) error { return f.s.RepairGap(ctx, a, 1) }},
	{name: "RetireOlderKey", need: store.ReferralSettings, made: func(f *fixture) { key(f); key(f) }, call: func(f *fixture, a store.Actor) error {
		return f.s.RetireOlderKey(ctx, a, strs(f.t, raw(f.t, f.dir), `SELECT id FROM inbound_keys ORDER BY seq LIMIT 1`)[0])
	}},
	{name: "BeginSelfTest", need: store.ReferralSettings, call: func(f *fixture, a store.Actor) error { return second(f.s.BeginSelfTest(ctx, a)) }},
	{name: "SaveClinicSettings", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error {
		return f.s.SaveClinicSettings(ctx, a, store.ClinicSettings{OverdueDays: 21, IdleMinutes: 20})
	}},
	{name: "RotateKey", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error {
		return second(f.s.RotateKey(ctx, a, func(store.Rotation) {}))
	}},
	{name: "NewMaster", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error {
		return second(f.s.NewMaster(ctx, a, filepath.Join(f.t.TempDir(), "master.key")))
	}},
	{name: "Backup", need: store.SystemSettings, call: func(f *fixture, a store.Actor) error {
		return second(f.s.Backup(ctx, a, store.BackupTo{File: filepath.Join(f.t.TempDir(), "b.age")}))
	}},
	{name: "CheckAudit", need: store.ViewAuditLog, call: func(f *fixture, a store.Actor) error { return f.s.CheckAudit(ctx, a) }},
}
