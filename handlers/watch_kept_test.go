package handlers

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/views"
)

// noteHeads notes the audit log's heads in a file on a disk that is not mounted.
func (w *watched) noteHeads() {
	w.t.Helper()
	heads, err := NewHeadKeeper(w.t.Context(), w.store, HeadOutlets{File: filepath.Join(w.dir, "disk", "heads")}, w.clock.Now, w.config.Log)
	w.must(err)
	w.heads = heads
}

// TestACertificateThatCannotBeUsedIsAnIncident: as bad as one that has expired, but for the moment in which
// its files are replaced.
func TestACertificateThatCannotBeUsedIsAnIncident(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	w.until = w.clock.Now().Add(90 * 24 * time.Hour)
	w.pass(5 * time.Minute)
	w.until, w.untrue = time.Time{}, errors.New("no certificate was got by ACME yet")
	w.pass(5 * time.Minute)
	w.untrue = nil
	w.pass(5 * time.Minute)
	w.wants("for a moment", 0)
	w.untrue = errors.New("no certificate was got by ACME yet")
	w.pass(15 * time.Minute)
	w.wants("for long", 1, store.IncidentCertificate)
	if m := w.office.mails()[0]; !strings.Contains(m.subject, "Breakwater has no certificate that it can use") {
		t.Errorf("%+v", m)
	}
	w.until, w.untrue = w.clock.Now().Add(time.Hour), nil // one that is about to expire is not much better
	w.pass(5 * time.Minute)
	w.wants("another", 1, store.IncidentCertificate)
	w.until = w.clock.Now().Add(90 * 24 * time.Hour)
	w.pass(5 * time.Minute)
	w.wants("a good one", 2)
}

// TestALogThatLostItsEndIsAnIncident, found by a head that left it, and said on the page and by the figures.
func TestALogThatLostItsEndIsAnIncident(t *testing.T) {
	w := newWatched(t)
	w.byMail()
	w.must(os.Mkdir(filepath.Join(w.dir, "disk"), 0o700))
	w.noteHeads()
	path := filepath.Join(w.dir, "disk", "heads")
	w.pass(5 * time.Minute)
	w.wants("at first", 0)
	good, err := os.ReadFile(path)
	w.must(err)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	w.must(err)
	_, err = file.WriteString("2026-06-01T13:00:00Z 4711:" + strings.Repeat("ab", 32) + "\n") // as if the log had gone on to there
	w.must(errors.Join(err, file.Close()))
	w.pass(70 * time.Minute)
	w.wants("shorter than a head says", 1, store.IncidentAudit)
	w.person("it@example.org", store.SystemSettings).get(systemPath).wants(t, 200).
		shows(t, "The audit log is shorter than it was: entry 4711, noted in the file for it, is not in it", "begin a new file")
	w.must(os.WriteFile(path, good, 0o600))
	w.must(os.Remove(path)) // a new file is begun
	w.pass(70 * time.Minute)
	w.wants("a new file", 2)
}

// TestTheAgeOfBackupsIsSaid as it is, without a false alarm before the first night.
func TestTheAgeOfBackupsIsSaid(t *testing.T) {
	now := time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)
	good := store.BackupRecord{Kind: store.BackupNightly, At: now.Add(-10 * time.Hour), File: "b.age"}
	old, failed := good, good
	old.At, failed.Fault = now.Add(-40*time.Hour), store.BackupFull
	damaged, missing, cramped := good, good, good
	cramped.Kind, cramped.Fault = store.BackupTrial, store.BackupFull
	damaged.Kind, damaged.Damaged, missing.Kind, missing.Fault = store.BackupTrial, 1, store.BackupTrial, store.BackupMissing
	const fine, off, never, isOld, failing = "The last good backup is of 2026-06-10 02:00, 10 hours ago", "No backups are made by themselves",
		"There is no backup yet", "The last good backup is of 2026-06-08 20:00, 40 hours ago: it is old", "No backup has been good yet"
	const lastFailed, works, trialFails = "The last backup, at 2026-06-10 02:00, failed: the disk has too little room",
		"Restoring the newest backup was tried at 2026-06-10 02:00, and works", "A backup could not be restored when that was tried, at 2026-06-10 02:00: the database or the backup is damaged"
	const cramps = "A backup could not be restored when that was tried, at 2026-06-10 02:00: the disk has too little room"
	for name, c := range map[string]struct {
		state store.BackupState
		says  []string
		fine  bool
		wrong bool
	}{
		"last night's":           {store.BackupState{Folder: "f", Good: good, Last: good, Trial: good}, []string{fine, works}, true, false},
		"one night failed":       {store.BackupState{Folder: "f", Good: good, Last: failed}, []string{fine, lastFailed}, false, false},
		"old":                    {store.BackupState{Folder: "f", Good: old, Last: failed}, []string{isOld, lastFailed}, false, true},
		"before the first night": {store.BackupState{Folder: "f"}, []string{never}, false, false},
		"all have failed":        {store.BackupState{Folder: "f", Last: failed}, []string{failing, lastFailed}, false, true},
		"none are made":          {store.BackupState{}, []string{off}, false, false},
		"one by hand":            {store.BackupState{Good: good, Last: good}, []string{fine}, true, false},
		"its trial failed":       {store.BackupState{Folder: "f", Good: good, Last: good, Trial: damaged}, []string{fine, trialFails}, false, true},
		"no room for its trial":  {store.BackupState{Folder: "f", Good: good, Last: good, Trial: cramped}, []string{fine, cramps}, false, false},
		"there was none to try":  {store.BackupState{Folder: "f", Good: good, Last: good, Trial: missing}, []string{fine}, true, false},
	} {
		var says []string
		list := findBackups(c.state, now, &views.English)
		for _, f := range list {
			says = append(says, (views.Frame{Text: &views.English, Lang: "en", Zone: time.UTC}).FindingWords(f).Title)
		}
		if !slices.Equal(says, c.says) || (views.Worst(list) == views.LevelFine) != c.fine {
			t.Errorf("%s: %q, want %q", name, says, c.says)
		}
		if is := overdueBackup(c.state, now); is.wrong != c.wrong {
			t.Errorf("%s: an incident %v, want %v", name, is.wrong, c.wrong)
		}
	}
}

// TestOutletsAreFindings for the page and for doctor: a touched log is a fault, a way that is blocked a warning.
func TestOutletsAreFindings(t *testing.T) {
	at := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	list := findOutlets([]store.AuditOutlet{{Name: "log", SentAt: at, Seq: 9}, {Name: "file", Failing: at, Fault: store.OutletMissing},
		{Name: "syslog", SentAt: at, Lost: 17}}, &views.English)
	var said []string
	for _, f := range list {
		words := (views.Frame{Text: &views.English, Lang: "en", Zone: time.UTC}).FindingWords(f)
		said = append(said, string(f.Check)+" "+string(f.Level)+": "+words.Title+". "+words.Text)
	}
	want := []string{"audit warning: The audit log’s newest entry cannot be noted in the file for it since 2026-06-01 13:00. It is tried every minute. The folder of the file is not there. Mount its disk again.",
		"audit fault: The audit log is shorter than it was: entry 17, noted in the log of another computer, is not in it. " +
			"If a backup was restored, that is why: begin a new file for it. Otherwise keep the data folder as it is, and tell your privacy officer."}
	if !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

// TestACertificateByACMEIsRenewedByNobodysHand: what is said to do where it was not is another.
func TestACertificateByACMEIsRenewedByNobodysHand(t *testing.T) {
	now := time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC)
	for until, code := range map[time.Duration]string{-time.Hour: "certificate.over", time.Hour: "certificate.soon", renewBefore: "certificate"} {
		for _, acme := range []bool{false, true} {
			want := code
			if acme && code != "certificate" {
				want += ".acme"
			}
			f := findCertificate(now.Add(until), nil, now, acme)
			for _, text := range []*views.Text{&views.English, &views.French} {
				if f.Code != want || text.System.Found[want].Title == "" {
					t.Errorf("%s, by ACME %v: %+v, want %s", until, acme, f, want)
				}
			}
		}
	}
}

// TestDoctorKnocksOverTLSWhereACMEIs with the name that alone is answered there.
func TestDoctorKnocksOverTLSWhereACMEIs(t *testing.T) {
	asked := make(chan string, 1)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.TLS.ServerName + r.URL.Path
		http.Error(w, "disk", http.StatusServiceUnavailable)
	}))
	srv.StartTLS()
	defer srv.Close()
	d := Doctor{Place: Place{Listen: srv.Listener.Addr().String(), ACME: &ACME{}, Base: parseURL(t, "https://clinic.example:8443")}}
	if f := d.service(t.Context()); f.Code != "service.unready" || f.Name != "disk" {
		t.Errorf("%+v", f)
	} else if got := <-asked; got != "clinic.example/readyz" {
		t.Errorf("it asked for %s", got)
	}
}
