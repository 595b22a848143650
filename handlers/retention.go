package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

const retentionPath = "/settings/clinic/retention"

// retentionPage is Settings > Clinic > Retention.
func (s *server) retentionPage(r *request) error {
	form, err := s.retentionForm(r)
	if err != nil {
		return err
	}
	form.Done = r.QueryParam("saved") != ""
	return r.render(http.StatusOK, views.Retention(r.frame(), form))
}

func (s *server) retentionForm(r *request) (form views.RetentionForm, err error) {
	if form.Saved, err = s.Store.Retention(r.ctx()); err != nil {
		return form, err
	}
	clock, err := s.Store.ClockState(r.ctx())
	form.Doubted, form.Errors, form.Days = clock.Doubt != "", map[string]string{}, map[store.RetentionClass]string{}
	for _, saved := range form.Saved {
		form.Days[saved.Class] = strconv.Itoa(saved.Days)
	}
	return form, err
}

// typedRetention reads what was posted; what cannot be is explained in the form.
func (s *server) typedRetention(r *request) (form views.RetentionForm, days map[store.RetentionClass]int, err error) {
	if form, err = s.retentionForm(r); err != nil {
		return form, nil, err
	}
	days = map[store.RetentionClass]int{}
	for _, class := range store.RetentionClasses {
		typed := strings.TrimSpace(r.posted(string(class)))
		form.Days[class], days[class] = typed, number(typed)
		var wrong *store.FieldError
		if errors.As(store.CheckRetention(class, days[class]), &wrong) {
			form.Errors[string(class)] = r.text().Retention.Wrong(typed, class.Least())
		}
	}
	return form, days, nil
}

// previewRetention says what would be removed at once.
func (s *server) previewRetention(r *request) error {
	form, days, err := s.typedRetention(r)
	if err != nil {
		return err
	}
	if len(form.Errors) > 0 {
		return r.render(http.StatusUnprocessableEntity, views.Retention(r.frame(), form))
	}
	page := views.RetentionPreview{Days: days, Totals: map[store.RetentionClass]store.RetentionTotals{}}
	for class, n := range days {
		if page.Totals[class], err = s.Store.PreviewRetention(r.ctx(), class, n); err != nil {
			return err
		}
	}
	return r.render(http.StatusOK, views.ConfirmRetention(r.frame(), page))
}

// saveRetention saves what was previewed; the watch removes what is older.
func (s *server) saveRetention(r *request) error {
	form, days, err := s.typedRetention(r)
	if err != nil {
		return err
	}
	if len(form.Errors) > 0 {
		return r.render(http.StatusUnprocessableEntity, views.Retention(r.frame(), form))
	}
	if err := s.Store.SaveRetention(r.ctx(), r.actor(), days); err != nil {
		return err
	}
	return r.see(retentionPath + "?saved=1")
}
