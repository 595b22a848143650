package handlers

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/store"
	"breakwater/views"
)

const (
	auditPath = "/settings/audit"
	// auditEntries is how many entries a page of the log is made of; those that repeat share a line.
	auditEntries = 100
)

func (s *server) auditPage(r *request) error {
	return s.showAudit(r, http.StatusOK, views.AuditExportForm{From: r.QueryParam("from"), Until: r.QueryParam("until"), About: r.QueryParam("about")})
}

// showAudit shows the log, by the filter in the address, with a form of an export.
func (s *server) showAudit(r *request, status int, export views.AuditExportForm) error {
	q := views.AuditQuery{Actor: r.QueryParam("actor"), Action: r.QueryParam("action"), From: r.QueryParam("from"),
		Until: r.QueryParam("until"), Errors: map[string]string{}}
	filter := store.AuditFilter{Actor: q.Actor, Action: q.Action, Before: cursor(r)}
	filter.From = s.day(r, q.From, 0, "from", q.Errors)
	filter.Until = s.day(r, q.Until, 1, "until", q.Errors)
	entries, next, err := s.Store.AuditPage(r.ctx(), filter, auditEntries)
	if err != nil {
		return err
	}
	page := views.AuditPage{Filter: q, Export: export}
	people, err := s.Store.Users(r.ctx())
	if err != nil {
		return err
	}
	names := peopleNames(people)
	if page.Roles, err = s.Store.Roles(r.ctx()); err != nil {
		return err
	}
	page.Lines = auditLines(entries, names)
	s.openSealed(r, page.Lines)
	if page.Actors, err = s.auditActors(r, names); err != nil {
		return err
	}
	if page.Check, err = s.Store.LastAuditCheck(r.ctx()); err != nil {
		return err
	}
	if page.Outlets, err = s.Store.AuditOutlets(r.ctx()); err != nil {
		return err
	}
	if next != 0 {
		page.Older = older(auditPath, next, "actor", q.Actor, "action", q.Action, "from", q.From, "until", q.Until)
	}
	return r.render(status, views.Audit(r.frame(), page))
}

// day reads a date of the clinic's zone, plus some days; what is none is explained.
func (s *server) day(r *request, text string, plus int, field string, errs map[string]string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(time.DateOnly, text, s.Zone)
	if err != nil {
		errs[field] = r.text().Audit.DateWrong(text)
		return time.Time{}
	}
	return at.AddDate(0, 0, plus)
}

// auditLines says on one line what stands several times in a row.
func auditLines(entries []store.AuditEntry, names map[string]string) []views.AuditLine {
	var lines []views.AuditLine
	for _, e := range entries {
		if n := len(lines); n > 0 && sameAct(lines[n-1].AuditEntry, e) {
			lines[n-1].Count++
			lines[n-1].Since = e.At
			continue
		}
		lines = append(lines, views.AuditLine{AuditEntry: e, Who: fullName(names[e.Actor], e.ActorName), Object: names[e.Object], Count: 1, Since: e.At, Names: names})
	}
	return lines
}

// fullName names somebody. People choose their own name, so the e-mail address of the entry, which the
// chain covers, always stands with it.
func fullName(name, email string) string {
	if name == "" || email == "" {
		return cmp.Or(name, email)
	}
	return name + " (" + email + ")"
}

func sameAct(a, b store.AuditEntry) bool {
	return a.Actor == b.Actor && a.Action == b.Action && a.Object == b.Object && a.Details == b.Details && a.Address == b.Address
}

func (s *server) auditActors(r *request, names map[string]string) ([]views.AuditActor, error) {
	actors, err := s.Store.AuditActors(r.ctx())
	if err != nil {
		return nil, err
	}
	var list []views.AuditActor
	for code, email := range actors {
		list = append(list, views.AuditActor{Code: code, Name: fullName(names[code], email)})
	}
	slices.SortFunc(list, func(a, b views.AuditActor) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Code, b.Code))
	})
	return list, nil
}

func (s *server) verifyAudit(r *request) error {
	if err := s.Store.CheckAudit(r.ctx(), r.actor()); err != nil {
		return err
	}
	return r.see(auditPath)
}
