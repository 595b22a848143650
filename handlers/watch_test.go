package handlers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"
)

// watched is a site with its watch, whose disk, certificate and second clock tests turn by hand.
type watched struct {
	*site
	*Watch
	free    uint64
	until   time.Time
	untrue  error       // why the certificate cannot be used
	heads   *HeadKeeper // nil: none leave
	elapsed time.Duration
	synced  bool
	office  *postOffice
}

const floor = 256 << 20

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{free: 10 << 30, office: newPostOffice(t, store.MailSTARTTLS)}
	clock := storetest.NewClock()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Migrate: true, Damaged: true, Now: clock.Now, Argon2: storetest.Cheap, MinFree: floor,
		Disk: func(string) (store.Disk, error) { return store.Disk{Free: w.free}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.site = &site{t: t, dir: dir, clock: clock, store: s, log: &logBuffer{}}
	w.site.key, err = s.GenerateKey(t.Context(), storetest.Admin)
	w.must(err)
	w.config = newSite(t).config // for its log and base URL
	w.config.Store, w.config.Now, w.config.Mail = s, clock.Now, Mailer{w.office.roots}
	w.config.Expiry = func() (time.Time, error) { return w.until, w.untrue }
	w.handler, err = New(w.config)
	w.must(err)
	w.Watch = w.watch()
	return w
}

// watch is a watch that has seen nothing yet, as after a restart.
func (w *watched) watch() *Watch {
	zone, err := time.LoadLocation("America/Toronto")
	w.must(err)
	return &Watch{Store: w.store, Now: w.clock.Now, Elapsed: func() time.Duration { return w.elapsed }, Synced: func() (bool, bool) { return w.synced, true },
		Zone: zone, BaseURL: w.config.BaseURL, Mail: w.config.Mail, Expiry: w.config.Expiry, Log: w.config.Log}
}

// pass lets time pass, and the watch look every minute, or over a long time now and then.
func (w *watched) pass(d time.Duration) {
	w.t.Helper()
	step := watchEvery
	if d > 6*time.Hour {
		step = 20 * time.Minute
	}
	for ; d > 0; d -= step {
		w.clock.Turn(step)
		w.elapsed += step
		if w.heads != nil {
			w.heads.bring(w.t.Context(), false)
		}
		w.Round(w.t.Context())
		w.Tell(w.t.Context())
	}
}

// open are the kinds of what is wrong now.
func (w *watched) open() (kinds []store.IncidentKind) {
	w.t.Helper()
	list, err := w.store.OpenIncidents(w.t.Context())
	w.must(err)
	for _, i := range list {
		kinds = append(kinds, i.Kind)
	}
	return kinds
}

// wants fails the test unless exactly these are open, and so many e-mails went out.
func (w *watched) wants(what string, mails int, kinds ...store.IncidentKind) {
	w.t.Helper()
	if got := w.open(); !slices.Equal(got, kinds) {
		w.t.Errorf("%s: open are %v, want %v", what, got, kinds)
	}
	if got := w.office.mails(); len(got) != mails {
		w.t.Errorf("%s: %d e-mails, want %d: %+v", what, len(got), mails, got)
	}
}

func (w *watched) byMail() {
	w.t.Helper()
	w.must(w.store.SaveNoticeSettings(w.t.Context(), storetest.Admin, w.office.settings()))
}

// TestEachIncidentIsToldOnceAndItsEndOnce goes through those that need nobody from outside.
func TestEachIncidentIsToldOnceAndItsEndOnce(t *testing.T) {
	for name, c := range map[store.IncidentKind]struct{ breaks, mends func(w *watched) }{
		store.IncidentDisk: {func(w *watched) { w.free = floor }, func(w *watched) { w.free = 10 << 30 }},
		store.IncidentCertificate: {func(w *watched) { w.until = w.clock.Now().Add(13 * 24 * time.Hour) },
			func(w *watched) { w.until = w.clock.Now().Add(90 * 24 * time.Hour) }},
		store.IncidentCredentials: {func(w *watched) {
			access, err := w.store.OceanAccess(w.t.Context())
			w.must(err)
			w.must(w.store.NoteCredentialsRefused(w.t.Context(), access))
		}, func(w *watched) {
			access, err := w.store.OceanAccess(w.t.Context())
			w.must(err)
			w.must(w.store.NoteToken(w.t.Context(), access))
		}},
		store.IncidentBackup: {func(w *watched) {
			w.backUp("first")
			w.clock.Turn(37 * time.Hour)
			w.elapsed += 37 * time.Hour
		}, func(w *watched) { w.backUp("second") }},
		store.IncidentOutlet: {func(w *watched) { w.noteHeads() }, func(w *watched) { w.must(os.Mkdir(filepath.Join(w.dir, "disk"), 0o700)) }},
		store.IncidentClock:  {func(w *watched) { w.clock.Turn(-10 * time.Hour) }, func(w *watched) { w.must(w.store.ConfirmClock(w.t.Context(), storetest.Admin)) }},
	} {
		t.Run(string(name), func(t *testing.T) {
			w := newWatched(t)
			w.byMail()
			w.pass(30 * time.Minute)
			w.wants("at first", 0)
			c.breaks(w)
			w.pass(40 * time.Minute)
			w.wants("broken", 1, name)
			w.Watch = w.watch() // a restart tells nothing anew
			w.pass(40 * time.Minute)
			w.wants("after a restart", 1, name)
			c.mends(w)
			w.pass(70 * time.Minute)
			w.wants("mended", 2)
			first, second := w.office.mails()[0], w.office.mails()[1]
			if !strings.HasPrefix(second.subject, "Breakwater at clinic.example: over: ") || strings.Contains(first.subject, "over") ||
				!strings.Contains(first.text, "http://clinic.example/settings/system") {
				t.Errorf("%+v\n%+v", first, second)
			}
			if o, c := len(w.audited(store.ActionIncidentOpened)), len(w.audited(store.ActionIncidentClosed)); o != 1 || c != 1 {
				t.Errorf("the audit log has %d and %d entries", o, c)
			}
		})
	}
}

// backUp makes a backup that is good.
func (w *watched) backUp(name string) {
	w.t.Helper()
	made, err := w.store.Backup(w.t.Context(), storetest.Admin, store.BackupTo{File: filepath.Join(w.t.TempDir(), name)})
	if err != nil {
		w.t.Fatal(made, err)
	}
}

// TestWhatWaversIsToldOnce: a disk around the limit, and a clock that is read badly now and then.
func TestWhatWaversIsToldOnce(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	for range 30 {
		w.free = lowDisk*floor - 1
		w.pass(4 * time.Minute)
		w.free = lowDisk*floor + 1 // above the limit, but not by much
		w.pass(20 * time.Minute)
	}
	w.wants("around the limit", 1, store.IncidentDisk)
	for range 30 {
		w.free = 10 << 30
		w.pass(10 * time.Minute)
		w.free = floor
		w.pass(3 * time.Minute)
	}
	w.wants("up and down", 1, store.IncidentDisk)
	w.free = 10 << 30
	w.pass(20 * time.Minute)
	w.wants("roomy", 2)
}

// TestSilenceIsToldByWorkingHours: nights and weekends do not count, nothing counts before the first
// message, and a message ends it.
func TestSilenceIsToldByWorkingHours(t *testing.T) {
	w := newWatched(t) // a Monday, 9:00 in Toronto
	w.byMail()
	w.pass(48 * time.Hour)
	w.wants("before the first message", 0)
	w.deliver(oceantest.Bundle(oceantest.Message{})).wants(t, 200) // Wednesday, 9:00
	w.pass(48 * time.Hour)                                         // 8 hours of Wednesday, 9 of Thursday, 1 of Friday
	w.wants("17 working hours and a moment", 1, store.IncidentMessages)
	if m := w.office.mails()[0]; !strings.Contains(m.subject, "No message from Ocean for 18 working hours") {
		t.Errorf("%+v", m)
	}
	w.deliver(oceantest.Bundle(oceantest.Message{HeaderID: "2"})).wants(t, 200)
	w.pass(3 * time.Minute)
	w.wants("a message came", 2)
	w.pass(72 * time.Hour) // from Friday 9:00 over the weekend to Monday 9:00: 8 hours, and one
	w.wants("over the weekend", 2)
	never := w.office.settings()
	never.QuietHours, never.Password = 0, nil
	w.must(w.store.SaveNoticeSettings(t.Context(), storetest.Admin, never))
	w.pass(200 * time.Hour)
	w.wants("asked not to", 2)
}

func TestWorkingTime(t *testing.T) {
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	n := store.NoticeSettings{WorkFrom: 8, WorkUntil: 17, WorkDays: [7]bool{false, true, true, true, true, true, false}}
	at := func(text string) time.Time {
		t.Helper()
		when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		from, until string
		want        time.Duration
	}{
		{"2026-06-01 09:00", "2026-06-01 09:00", 0}, {"2026-06-01 09:00", "2026-06-01 11:30", 150 * time.Minute},
		{"2026-06-01 05:00", "2026-06-01 23:00", 9 * time.Hour}, {"2026-06-05 16:00", "2026-06-08 09:00", 2 * time.Hour},
		{"2026-06-06 00:00", "2026-06-08 00:00", 0}, {"2026-06-01 17:00", "2026-06-02 08:00", 0},
		{"2026-03-06 08:00", "2026-03-09 17:00", 18 * time.Hour}, // the clocks went forward between
		{"2026-10-30 08:00", "2026-11-02 17:00", 18 * time.Hour}, // and back
		{"2026-06-02 12:00", "2026-06-01 12:00", 0},              // the clock was set back
		{"1970-01-01 00:00", "2026-06-01 08:00", 42 * 9 * time.Hour},
	} {
		if got := workingTime(n, zone, at(c.from), at(c.until)); got != c.want {
			t.Errorf("from %s to %s: %s, want %s", c.from, c.until, got, c.want)
		}
	}
	all := store.NoticeSettings{WorkUntil: 24, WorkDays: [7]bool{true, true, true, true, true, true, true}}
	if got := workingTime(all, zone, at("2026-06-01 00:00"), at("2026-06-03 12:00")); got != 60*time.Hour {
		t.Errorf("day and night: %s", got)
	}
}

// TestUndeliveredIsToldButNoStranger: Ocean with a retired key is, somebody who guesses is not.
func TestUndeliveredIsToldButNoStranger(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	body := oceantest.Bundle(oceantest.Message{})
	w.deliver(body).wants(t, 200)
	w.deliver(body, keyHeader, strings.Repeat("0", 64)).wants(t, 401)
	w.pass(time.Hour)
	w.deliver(body, keyHeader, strings.Repeat("1", 64)).wants(t, 401)
	w.pass(3 * time.Hour)
	w.wants("a stranger tries twice", 0)
	good := w.key
	for range 3 {
		w.deliver(body, keyHeader, strings.Repeat("2", 64)).wants(t, 401)
		w.pass(time.Hour)
	}
	w.wants("hour after hour", 1, store.IncidentDelivery)
	if m := w.office.mails()[0]; !strings.Contains(m.subject, "Ocean can deliver nothing") {
		t.Errorf("%+v", m)
	}
	w.deliver(body, keyHeader, good).wants(t, 200)
	w.pass(10 * time.Minute)
	w.wants("it comes through", 2)
}

// TestATouchedLogIsAnIncident, found by its head, or by the daily check of all of it.
func TestATouchedLogIsAnIncident(t *testing.T) {
	for name, c := range map[string]struct{ touch, mend string }{
		"its head": {`UPDATE audit_head SET seal = zeroblob(32)`, ""}, // the log has gone on: nothing puts that right
		"its midst": {`CREATE TEMP TABLE was AS SELECT seq, actor FROM audit_entries; UPDATE audit_entries SET actor = 'nobody' WHERE seq = 1`,
			`UPDATE audit_entries SET actor = (SELECT actor FROM was WHERE was.seq = audit_entries.seq) WHERE seq = 1`},
	} {
		w := newWatched(t)
		w.byMail()
		w.must(w.store.RecordExport(t.Context(), storetest.Admin, "csv", store.AuditFilter{}))
		w.CheckAll(t.Context())
		w.pass(time.Minute)
		w.wants(name+", before", 0)
		conn := w.sql()
		w.exec(conn, `DROP TRIGGER audit_entries_no_update`)
		w.exec(conn, c.touch)
		w.CheckAll(t.Context())
		w.pass(time.Minute)
		w.wants(name, 1, store.IncidentAudit)
		if c.mend == "" {
			continue
		}
		w.exec(conn, c.mend)
		w.CheckAll(t.Context())
		w.pass(time.Minute)
		w.wants(name+", as it was", 2)
	}
}

// TestMailIsTriedAgainAndTheConsoleSaysSo: a mail server that is down loses nothing, and is asked less
// and less often.
func TestMailIsTriedAgainAndTheConsoleSaysSo(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	w.office.refuses("user")
	w.free = floor
	w.pass(30 * time.Minute)
	w.wants("refused", 0, store.IncidentDisk)
	if tries := w.office.greeted; tries < 3 || tries > 6 {
		t.Errorf("%d tries in half an hour", tries)
	}
	w.pass(2 * time.Hour)
	w.wants("for long", 0, store.IncidentDisk, store.IncidentMail)
	ada := w.person("ada@example.org", store.SystemSettings)
	ada.get("/settings/clinic").wants(t, 200).shows(t, "No email goes out since", "The disk is filling up")
	w.office.refuses("")
	w.pass(2 * time.Hour)
	w.wants("it works again", 1, store.IncidentDisk)
	w.free = 10 << 30
	w.pass(time.Hour)
	w.wants("all is well", 2)
}

// TestWhatIsOverBeforeItWasToldIsToldOnce: in one e-mail with both times.
func TestWhatIsOverBeforeItWasToldIsToldOnce(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	w.office.refuses("user")
	w.free = floor
	w.pass(20 * time.Minute)
	w.free = 10 << 30
	w.pass(30 * time.Minute)
	w.office.refuses("")
	w.pass(2 * time.Hour)
	w.wants("later", 1)
	if m := w.office.mails()[0]; !strings.Contains(m.subject, "over: ") || !strings.Contains(m.text, "It was noticed at 2026-06-01 ") {
		t.Errorf("%+v", m)
	}
}

// TestWithoutAMailServerTheConsoleTells, and whoever enters one later hears only of what goes on.
func TestWithoutAMailServerTheConsoleTells(t *testing.T) {
	w := newWatched(t)
	w.free = floor
	w.pass(10 * time.Minute)
	w.free = 10 << 30
	w.pass(20 * time.Minute)
	w.until = w.clock.Now().Add(time.Hour)
	w.pass(15 * time.Minute) // the patience that a certificate has
	w.wants("nobody is told", 0, store.IncidentCertificate)
	w.byMail()
	w.pass(10 * time.Minute)
	w.wants("then somebody is", 1, store.IncidentCertificate)
}

// TestNoticesGoToWhoCanMend: others see nothing of them.
func TestNoticesGoToWhoCanMend(t *testing.T) {
	w := newWatched(t)
	w.free = floor
	access, err := w.store.OceanAccess(t.Context())
	w.must(err)
	w.must(w.store.NoteCredentialsRefused(t.Context(), access))
	w.pass(20 * time.Minute)
	_, err = w.store.OpenIncident(t.Context(), store.IncidentAudit, store.IncidentDetail{})
	w.must(err)
	const touched = "The audit log was touched"
	w.person("privacy@example.org", store.ViewAuditLog).get("/account").shows(t, touched).hides(t, "The disk is filling up", "/settings/system")
	const disk, refused = "The disk is filling up", "Ocean refuses the Client ID and Secret since"
	w.person("it@example.org", store.SystemSettings).get("/settings/clinic").shows(t, disk, refused, "What to do", `href="/settings/system"`)
	w.person("lead@example.org", store.ReferralSettings).get("/settings/referral/setup").shows(t, refused).hides(t, disk, "/settings/system")
	w.person("desk@example.org", store.ViewReferrals, store.ManageReferrals).get("/referrals").wants(t, 200).hides(t, disk, refused, touched)
	w.visitor().get("/login").hides(t, disk, refused, touched)
}

// TestDamageIsToldOnceAndItsEnd, though the database can note neither.
func TestDamageIsToldOnceAndItsEnd(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	w.must(w.store.Tidy(t.Context()))
	path := filepath.Join(w.dir, store.FileName)
	good, err := os.ReadFile(path)
	w.must(err)
	w.damage()
	w.pass(time.Hour)
	if m := w.office.mails(); len(m) != 1 || !strings.Contains(m[0].subject, "The database is damaged") {
		t.Fatalf("%+v", m)
	}
	w.must(w.store.Close())
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	w.must(os.WriteFile(path, good, 0o600))
	w.site.store = storetest.At(t, w.dir, w.clock)
	w.must(w.store.MendDamage(context.Background()))
	w.Watch = w.watch()
	w.pass(10 * time.Minute)
	if m := w.office.mails(); len(m) != 2 || !strings.Contains(m[1].subject, "over: The database is damaged") {
		t.Errorf("%+v", m)
	}
}

// TestEveryNoticeHasWords in both languages, and fills every brace.
func TestEveryNoticeHasWords(t *testing.T) {
	w := newWatched(t)
	at := w.clock.Now()
	full := store.IncidentDetail{Since: at, Tried: at, Until: at, Free: 1 << 30, Floor: floor, Hours: 18, Reason: store.RefusedRetired, Doubt: store.DoubtBack, Fault: store.MailConnect, Outlet: "file", Outage: store.OutletMissing}
	for _, lang := range []string{"en", "fr"} {
		for _, kind := range store.IncidentKinds {
			for i, closed := range []time.Time{{}, at.Add(time.Hour), {}, at.Add(time.Hour)} {
				detail := full
				if i > 1 { // other words
					detail.Until, detail.Tried = time.Time{}, time.Time{}
				}
				l := w.letter(lang, store.Incident{Kind: kind, Detail: detail, Opened: at, Closed: closed})
				if len(l.Subject) < 30 || len(l.Text) < 100 || strings.ContainsAny(l.Subject+l.Text, "{}\r") || strings.Contains(l.Subject, "\n") {
					t.Errorf("%s, %s: %q\n%s", lang, kind, l.Subject, l.Text)
				}
			}
			if views.InLanguage(lang).System.Audit.Kinds[kind] == "" {
				t.Errorf("%s: the audit log has no words for %s", lang, kind)
			}
		}
	}
}
