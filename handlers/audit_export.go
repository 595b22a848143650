package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"breakwater/store"
	"breakwater/views"
)

// exportAudit sends the log, or a part of it, as a file. That it left is in the log.
func (s *server) exportAudit(r *request) error {
	form := views.AuditExportForm{Format: r.posted("format"), From: r.posted("export_from"), Until: r.posted("export_until"),
		About: r.posted("export_about"), Errors: map[string]string{}}
	i := slices.IndexFunc(auditFormats, func(f auditFormat) bool { return f.name == form.Format })
	if i < 0 {
		return r.see(auditPath)
	}
	filter := store.AuditFilter{From: s.day(r, form.From, 0, "export_from", form.Errors), Until: s.day(r, form.Until, 1, "export_until", form.Errors)}
	if err := s.exportScope(r, form, &filter); err != nil {
		return err
	}
	if len(form.Errors) > 0 {
		return s.showAudit(r, http.StatusUnprocessableEntity, form)
	}
	settings, err := s.Store.OceanSettings(r.ctx())
	if err != nil {
		return err
	}
	// One at a time: who takes many has them slowly, and disturbs nobody.
	if err := s.exports.Acquire(r.ctx(), 1); err != nil {
		return err
	}
	defer s.exports.Release(1)
	if err := s.Store.RecordExport(r.ctx(), r.actor(), form.Format, filter); err != nil {
		return err
	}
	h := r.Response().Header()
	h.Set("Content-Type", auditFormats[i].media)
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="breakwater-audit-%s.%s"`, s.Now().In(s.Zone).Format(time.DateOnly), auditFormats[i].ending))
	r.Response().WriteHeader(http.StatusOK)
	return ExportAudit(r.ctx(), s.Store, AuditExport{Format: form.Format, Filter: filter, BaseURL: s.BaseURL.String(), Site: settings.SiteNumber},
		&patientWriter{r.Response(), http.NewResponseController(r.Response())})
}

// exportScope finds the referrals that an export is to be about, or says what is wrong with that field.
func (s *server) exportScope(r *request, form views.AuditExportForm, filter *store.AuditFilter) (err error) {
	if form.About == "" {
		return nil
	}
	t := r.text().Audit.Outside
	filter.Referrals, err = s.Store.AuditScope(r.ctx(), r.actor(), form.About)
	switch {
	case errors.Is(err, store.ErrScope):
		form.Errors["export_about"] = t.AboutWrong(form.About)
	case errors.Is(err, store.ErrForbidden) && r.user.Can(store.ViewAuditLog):
		form.Errors["export_about"] = t.AboutSecret
	case err != nil:
		return err
	case len(filter.Referrals) == 0:
		form.Errors["export_about"] = t.AboutNobody
	}
	return nil
}

// patientWriter gives each part of a long answer as much time as a whole short one has.
type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write writes the next part.
func (w *patientWriter) Write(part []byte) (int, error) {
	if err := w.control.SetWriteDeadline(time.Now().Add(answerTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return w.ResponseWriter.Write(part)
}
