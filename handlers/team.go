package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

// addTeam puts in who works on a referral together, and what they told each other.
func (s *server) addTeam(r *request, d *views.ReferralDetail) (err error) {
	t := views.Team{Assignee: d.Referral.Assignee, Errors: map[string]string{}, Log: r.user.Can(store.ViewAuditLog)}
	if t.Everybody, err = s.Store.Users(r.ctx()); err != nil {
		return err
	}
	t.Remarks, err = s.Store.Remarks(r.ctx(), d.Referral.ID)
	d.Team = t
	return err
}

// seenVersion is the version of the referral that the person had before them; what is none is older
// than any.
func (r *request) seenVersion() int64 {
	n, err := strconv.ParseInt(r.posted("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (s *server) assign(r *request) error {
	person := r.posted("assignee")
	err := s.Store.Assign(r.ctx(), r.actor(), r.Param("id"), r.seenVersion(), person)
	return s.afterChoice(r, err, "assignee", func(t *views.Team) { t.Assignee = person })
}

func (s *server) askReview(r *request) error {
	person := r.posted("person")
	err := s.Store.AskReview(r.ctx(), r.actor(), r.Param("id"), r.seenVersion(), person)
	return s.afterChoice(r, err, "person", func(t *views.Team) { t.Reviewer = person })
}

// afterChoice answers who chose a colleague. What was chosen in vain is chosen still, over the
// referral as it is now.
func (s *server) afterChoice(r *request, err error, field string, chosen func(*views.Team)) error {
	switch {
	case err == nil:
		return r.see("/referrals/" + r.Param("id") + "#team")
	case errors.Is(err, store.ErrStale):
		return s.showStale(r, field, chosen)
	case errors.Is(err, store.ErrNotColleague):
		wrong := r.text().Team.PersonWrong
		if field == "person" && r.posted("person") == "" {
			wrong = r.text().Team.ReviewMissing
		}
		return s.showReferral(r, http.StatusUnprocessableEntity, func(d *views.ReferralDetail) {
			chosen(&d.Team)
			d.Team.Errors[field] = wrong
		})
	}
	return err
}

// showStale answers who acted on a referral that changed meanwhile: what came between, and the
// referral as it is now, with nothing overwritten.
func (s *server) showStale(r *request, field string, chosen func(*views.Team)) error {
	last, err := s.Store.LastChange(r.ctx(), r.Param("id"))
	if err != nil {
		return err
	}
	return s.showReferral(r, http.StatusConflict, func(d *views.ReferralDetail) {
		chosen(&d.Team)
		d.Team.Stale = &views.Change{Field: field}
		if last.Seq != 0 && !last.At.Before(d.Referral.UpdatedAt) {
			d.Team.Stale.Line = &auditLines([]store.AuditEntry{last}, peopleNames(d.Team.Everybody))[0]
		}
	})
}

// maxNoteForm is room for the longest note in whatever script, as forms write it: 12 bytes a character.
const maxNoteForm = 12*store.MaxRemark + 4<<10

// addNote keeps a note for colleagues. It comes from a form of its own and goes nowhere else.
func (s *server) addNote(r *request) error {
	text := r.posted("text")
	err := s.Store.AddRemark(r.ctx(), r.actor(), r.Param("id"), text)
	wrong := ""
	switch {
	case err == nil:
		return r.see("/referrals/" + r.Param("id") + "#notes")
	case errors.Is(err, store.ErrRemarkEmpty):
		wrong = r.text().Team.NoteMissing
	case errors.Is(err, store.ErrRemarkLong):
		wrong = r.text().Team.NoteLong(store.MaxRemark)
	default:
		return err
	}
	return s.showReferral(r, http.StatusUnprocessableEntity, func(d *views.ReferralDetail) {
		d.Team.Remark = text
		d.Team.Errors["text"] = wrong
	})
}

// referralChanged tells an open page whether its referral is still as it shows it: 204 if so. It
// shows nothing of the patient, and is not audited.
func (s *server) referralChanged(r *request) error {
	mark, err := s.Store.Mark(r.ctx(), r.Param("id"))
	if err != nil {
		return err
	}
	same := r.QueryParam("version") == strconv.FormatInt(mark.Version, 10)
	if notes := r.QueryParam("notes"); notes != "" && notes != strconv.Itoa(mark.Remarks) {
		same = false
	}
	if same {
		return r.NoContent(http.StatusNoContent)
	}
	return r.render(http.StatusOK, views.ReferralChanged(r.frame(), r.Param("id")))
}

// openedPage is who opened one referral, also of one that is here no more. Who may not view
// referrals learns its id, which they came with, and not whose it is.
func (s *server) openedPage(r *request) error {
	page := views.OpenedPage{ID: r.Param("id")}
	entries, next, err := s.Store.AuditPage(r.ctx(), store.AuditFilter{Referrals: []string{page.ID}, Seen: new(true), Before: cursor(r)}, listPage)
	if err != nil {
		return err
	}
	name, err := s.Store.PatientName(r.ctx(), page.ID)
	switch {
	case errors.Is(err, store.ErrNotFound) && len(entries) > 0: // purged; the log is not
	case err != nil:
		return err
	case r.user.Can(store.ViewReferrals):
		page.Patient, page.Here = &name, true
	}
	people, err := s.Store.Users(r.ctx())
	if err != nil {
		return err
	}
	page.Lines = oneByOne(entries, peopleNames(people))
	if next != 0 {
		page.Older = older("/referrals/"+page.ID+"/opened", next)
	}
	return r.render(http.StatusOK, views.Opened(r.frame(), page))
}

// oneByOne is [auditLines] where each entry counts by itself.
func oneByOne(entries []store.AuditEntry, names map[string]string) (lines []views.AuditLine) {
	for _, e := range entries {
		lines = append(lines, auditLines([]store.AuditEntry{e}, names)...)
	}
	return lines
}

// peopleNames are names by id, and by what the audit log calls a person.
func peopleNames(people []store.User) map[string]string {
	names := map[string]string{}
	for _, u := range people {
		names[u.ID], names["user:"+u.ID] = u.Name, u.Name
	}
	return names
}

// openSealed opens what is sealed in entries, for whoever may view referrals.
func (s *server) openSealed(r *request, lines []views.AuditLine) {
	if !r.user.Can(store.ViewReferrals) {
		return
	}
	for i := range lines {
		if strings.HasPrefix(lines[i].Details, "{") {
			sealed := s.Store.OpenSealed(lines[i].AuditEntry)
			lines[i].Sealed = &sealed
		}
	}
}
