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
	return r.render(http.StatusOK, views.Clinic(r.frame(), views.ClinicForm{OverdueDays: strconv.Itoa(saved.OverdueDays), Saved: r.QueryParam("saved") != ""}))
}

func (s *server) saveClinic(r *request) error {
	typed := strings.TrimSpace(r.posted("overdue_days"))
	days, err := strconv.Atoi(typed)
	if err != nil {
		days = 0 // which no clinic can mean
	}
	err = s.Store.SaveClinicSettings(r.ctx(), r.actor(), store.ClinicSettings{OverdueDays: days})
	var wrong *store.FieldError
	if errors.As(err, &wrong) {
		text := r.text().Lists.OverdueWrong(typed)
		form := views.ClinicForm{OverdueDays: typed, Errors: map[string]string{wrong.Field: text}}
		return r.render(http.StatusUnprocessableEntity, views.Clinic(r.frame(), form))
	}
	if err != nil {
		return err
	}
	return r.see(clinicPath + "?saved=1")
}
