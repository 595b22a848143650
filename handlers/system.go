package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
	"breakwater/views"
)

const (
	systemPath = "/settings/system"
	// incidentsShown is how many incidents the page shows.
	incidentsShown = 20
)

// systemPage is Settings > System.
func (s *server) systemPage(r *request) error {
	page := views.SystemPage{Version: s.Version, Saved: r.QueryParam("saved")}
	var err error
	if page.Findings, err = s.findings(r); err != nil {
		return err
	}
	for _, f := range page.Findings {
		page.Doubted = page.Doubted || f.Code == "clock.back" || f.Code == "clock.ahead"
	}
	page.Doubted = page.Doubted && s.Store.Damage() == nil
	if page.Incidents, err = s.Store.Incidents(r.ctx(), incidentsShown); err != nil {
		return err
	}
	return r.render(http.StatusOK, views.System(r.frame(), page))
}

// findings are those of the checks that cost little.
func (s *server) findings(r *request) ([]views.Finding, error) {
	list := append([]views.Finding{s.findDatabase(r)}, findFiles(s.Place)...)
	list = append(list, findKey(s.Place, s.Store.CheckMaster(r.ctx())), findDisk(s.Store.Disk()), s.findAudit(r))
	outlets, err := s.Store.AuditOutlets(r.ctx())
	if err != nil {
		return nil, err
	}
	list = append(list, findOutlets(outlets, r.text())...)
	clock, err := s.Store.ClockState(r.ctx())
	if err != nil {
		return nil, err
	}
	synced, known := store.ClockSynced()
	backups, err := s.Store.LastBackup(r.ctx())
	if err != nil {
		return nil, err
	}
	until, err := s.Expiry()
	list = append(list, findClock(clock, synced, known))
	list = append(list, findBackups(backups, s.Now(), r.text())...)
	list = append(list, findCertificate(until, err, s.Now(), s.Place.ACME != nil), findAddress(s.Place))
	ocean, err := findOcean(r.ctx(), s.Store, r.text())
	if err != nil {
		return nil, err
	}
	notices, err := s.Store.NoticeSettings(r.ctx())
	return append(list, ocean, findMail(notices, r.text())), err
}

// findDatabase says whether the database is known to be damaged, and can be written to.
func (s *server) findDatabase(r *request) views.Finding {
	var failed *store.CheckError
	err := s.Store.Ready(r.ctx())
	switch {
	case s.Store.Damage() != nil:
		return fault(views.CheckDatabase, "database.damaged")
	case errors.Is(err, store.ErrBusy):
		return warning(views.CheckDatabase, "database.busy")
	case errors.As(err, &failed) && failed.Check == store.CheckDatabase:
		f := fault(views.CheckDatabase, "database.unwritable")
		f.Name = views.InLanguage("en").Failure.ByStatus[http.StatusServiceUnavailable].Title
		return f
	}
	f := views.Fine(views.CheckDatabase)
	f.Code = "database.live"
	return f
}

func (s *server) findAudit(r *request) views.Finding {
	err := s.Store.CheckHead(r.ctx())
	switch {
	case store.Touched(err):
		return fault(views.CheckAudit, "audit.touched")
	case err != nil:
		return because(views.CheckAudit, "audit.unread", err)
	}
	f := views.Fine(views.CheckAudit)
	f.Code = "audit.head"
	return f
}

// confirmClock notes that somebody says that the clock is right.
func (s *server) confirmClock(r *request) error {
	if err := s.Store.ConfirmClock(r.ctx(), r.actor()); err != nil {
		return err
	}
	return r.see(systemPath + "?saved=clock")
}
