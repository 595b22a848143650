package handlers

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"breakwater/store"
	"breakwater/views"
)

const (
	// knockFor is how long a running Breakwater may take to answer.
	knockFor = 5 * time.Second
	// askOceanFor is how long Ocean may.
	askOceanFor = 15 * time.Second
)

// Doctor looks at an installed Breakwater from outside, whether it runs or not, and changes nothing.
type Doctor struct {
	Place         Place
	MinFree       uint64
	AllowLoopback bool    // as in [Config]
	Mistakes      []error // of the configuration
	Now           func() time.Time
}

// Examine makes every check. Each is a finding: fine, or what to do.
func (d Doctor) Examine(ctx context.Context) []views.Finding {
	list := d.configuration()
	list = append(list, d.service(ctx))
	list = append(list, findFiles(d.Place)...)
	disk, err := store.DiskOf(nearest(d.Place.Dir))
	list = append(list, findDisk(disk, d.MinFree, err))
	s, err := store.Look(ctx, store.Options{Dir: d.Place.Dir, MasterKey: d.Place.MasterKey, BackupDir: d.Place.BackupDir, Now: d.Now})
	if err != nil {
		list = append(list, d.closed(err))
	} else {
		list = append(list, d.inside(ctx, s)...)
		_ = s.Close() // nothing was written
	}
	until, err := d.Place.CertificateEnd()
	list = append(list, findCertificate(until, err, d.Now(), d.Place.ACME != nil))
	if d.Place.Base != nil {
		list = append(list, findAddress(d.Place))
	}
	return list
}

func (d Doctor) configuration() (list []views.Finding) {
	for _, err := range d.Mistakes {
		list = append(list, because(views.CheckConfiguration, "configuration.wrong", err))
	}
	if len(list) == 0 {
		list = append(list, views.Fine(views.CheckConfiguration))
	}
	return list
}

// service knocks at the console's own address.
func (d Doctor) service(ctx context.Context) views.Finding {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	scheme, f := "http", views.Fine(views.CheckService)
	if d.Place.CertFile != "" || d.Place.ACME != nil {
		scheme = "https"
	}
	f.Name = reachable(d.Place.Listen)
	// Whether the certificate holds for this name is another check; nothing secret is asked or told.
	about := &tls.Config{InsecureSkipVerify: true}
	if d.Place.Base != nil {
		about.ServerName = d.Place.Base.Hostname() // with ACME no other name is answered
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: about, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(ctx, get, scheme+"://"+f.Name+readyPath, nil)
	var res *http.Response
	if err == nil {
		res, err = client.Do(req)
	}
	if err != nil {
		f.Level, f.Code = views.LevelWarning, "service.stopped"
		return f
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(io.LimitReader(res.Body, 100)); res.StatusCode == http.StatusServiceUnavailable {
		f.Level, f.Code, f.Name = views.LevelWarning, "service.unready", strings.TrimSpace(string(said))
	}
	return f
}

// closed says why the data folder cannot be looked into.
func (d Doctor) closed(err error) views.Finding {
	switch {
	case store.Denied(err):
		return fault(views.CheckDatabase, "database.denied")
	case errors.Is(err, store.ErrNoMaster), errors.Is(err, store.ErrWrongMaster):
		return findKey(d.Place, err)
	case errors.Is(err, store.ErrDamaged):
		return fault(views.CheckDatabase, "database.damaged")
	case errors.Is(err, store.ErrNewer):
		return fault(views.CheckDatabase, "database.newer")
	case errors.Is(err, store.ErrSchema):
		return warning(views.CheckDatabase, "database.older")
	case errors.Is(err, store.ErrNoDatabase):
		return warning(views.CheckDatabase, "database.none")
	}
	return because(views.CheckDatabase, "database.unread", err)
}

// inside looks at what is kept.
func (d Doctor) inside(ctx context.Context, s *store.Store) []views.Finding {
	list := []views.Finding{findKey(d.Place, s.CheckMaster(ctx)), d.database(ctx, s), d.audit(ctx, s)}
	if outlets, err := s.AuditOutlets(ctx); err == nil {
		list = append(list, findOutlets(outlets, &views.English)...)
	}
	if clock, err := s.ClockState(ctx); err == nil {
		synced, known := store.ClockSynced()
		list = append(list, findClock(clock, synced, known))
	}
	if backups, err := s.LastBackup(ctx); err == nil {
		list = append(list, findBackups(backups, d.Now(), &views.English)...)
	}
	list = append(list, d.ocean(ctx, s))
	if notices, err := s.NoticeSettings(ctx); err == nil {
		list = append(list, findMail(notices, &views.English))
	}
	return list
}

func (d Doctor) database(ctx context.Context, s *store.Store) views.Finding {
	if err := s.CheckWhole(ctx, false); errors.Is(err, store.ErrDamaged) {
		return fault(views.CheckDatabase, "database.damaged")
	} else if err != nil {
		return because(views.CheckDatabase, "database.unread", err)
	}
	err := store.TryWriting(ctx, d.Place.Dir)
	switch {
	case errors.Is(err, store.ErrBusy):
		f := warning(views.CheckDatabase, "database.busy")
		f.Name = filepath.Join(d.Place.Dir, store.FileName)
		return f
	case err != nil:
		return because(views.CheckDatabase, "database.unwritable", err)
	}
	return views.Fine(views.CheckDatabase)
}

func (d Doctor) audit(ctx context.Context, s *store.Store) views.Finding {
	state, err := s.VerifyAudit(ctx, "")
	switch {
	case store.Touched(err):
		return fault(views.CheckAudit, "audit.touched")
	case err != nil:
		return because(views.CheckAudit, "audit.unread", err)
	}
	f := views.Fine(views.CheckAudit)
	f.Count = int(state.Entries)
	return f
}

// ocean asks Ocean for a token, once all is there that this takes.
func (d Doctor) ocean(ctx context.Context, s *store.Store) views.Finding {
	f, err := findOcean(ctx, s, &views.English)
	if err != nil || f.Code == "ocean.unfinished" {
		return warning(views.CheckOcean, "ocean.unfinished")
	}
	ctx, cancel := context.WithTimeout(ctx, askOceanFor)
	defer cancel()
	access, err := s.OceanAccess(ctx)
	wrong := store.FaultSlow
	if err == nil {
		if asked, failed := TestAccess(ctx, access, d.AllowLoopback); failed == nil {
			wrong = asked
		}
	}
	if wrong != "" {
		f = warning(views.CheckOcean, "ocean.fault")
		f.Cause = views.English.Fault(wrong)
	} else if f.Level == views.LevelFine {
		f.Code = "ocean.works"
	}
	return f
}

// nearest is the folder itself, or the nearest one above it that is there.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// WriteFindings writes findings for people at a terminal, or as JSON, and returns how many are faults.
func WriteFindings(w io.Writer, list []views.Finding, zone *time.Location, asJSON bool) (faults int, err error) {
	type line struct {
		Check views.CheckID `json:"check"`
		State views.Level   `json:"state"`
		Title string        `json:"title"`
		Text  string        `json:"text"`
	}
	f, lines := views.Frame{Text: &views.English, Lang: "en", Zone: zone}, []line{}
	for _, found := range list {
		words := f.FindingWords(found)
		lines = append(lines, line{found.Check, found.Level, words.Title, words.Text})
		if found.Level == views.LevelFault {
			faults++
		}
	}
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return faults, enc.Encode(lines)
	}
	for _, l := range lines {
		text := ""
		if l.State != views.LevelFine {
			text = "\n         " + l.Text
		}
		if _, err := fmt.Fprintf(w, "%-8s %s: %s.%s\n", l.State, f.Text.System.Checks[l.Check], l.Title, text); err != nil {
			return faults, err
		}
	}
	return faults, nil
}
