package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

const clinicPath = "/settings/clinic"

func (s *server) clinicPage(r *request) error {
	saved, err := s.Store.ClinicSettings(r.ctx())
	if err != nil {
		return err
	}
	return r.render(http.StatusOK, views.Clinic(r.frame(), views.ClinicForm{
		OverdueDays: strconv.Itoa(saved.OverdueDays), IdleMinutes: strconv.Itoa(saved.IdleMinutes), Saved: r.QueryParam("saved") != ""}))
}

// saveClinic saves what was posted; a field that was not stays as it is.
func (s *server) saveClinic(r *request) error {
	saved, err := s.Store.ClinicSettings(r.ctx())
	if err != nil {
		return err
	}
	form := views.ClinicForm{OverdueDays: r.typedNumber("overdue_days", &saved.OverdueDays), IdleMinutes: r.typedNumber("idle_minutes", &saved.IdleMinutes),
		Errors: map[string]string{}}
	err = s.Store.SaveClinicSettings(r.ctx(), r.actor(), saved)
	for _, e := range each(err) {
		var wrong *store.FieldError
		switch {
		case e == nil:
		case !errors.As(e, &wrong):
			return err
		case wrong.Reason == store.ReasonIdleMinutes:
			form.Errors[wrong.Field] = r.text().Sessions.IdleWrong(form.IdleMinutes)
		default:
			form.Errors[wrong.Field] = r.text().Lists.OverdueWrong(form.OverdueDays)
		}
	}
	if len(form.Errors) > 0 {
		return r.render(http.StatusUnprocessableEntity, views.Clinic(r.frame(), form))
	}
	return r.see(clinicPath + "?saved=1")
}

// typedNumber reads a whole number into to, 0 for what is none, and returns what was typed. A field
// that was not posted leaves to as it is.
func (r *request) typedNumber(name string, to *int) string {
	if !r.Request().PostForm.Has(name) {
		return strconv.Itoa(*to)
	}
	typed := strings.TrimSpace(r.posted(name))
	var err error
	if *to, err = strconv.Atoi(typed); err != nil {
		*to = 0 // which no clinic can mean
	}
	return typed
}
