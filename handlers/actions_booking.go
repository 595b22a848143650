package handlers

import (
	"cmp"
	"strconv"
	"time"

	"breakwater/store"
	"breakwater/views"
)

const (
	dayLayout   = "2006-01-02"
	clockLayout = "15:04"
)

// typedBooking is the booking that was typed; what is wrong goes beside its field.
func (s *server) typedBooking(t views.ActionsText, form *views.ActForm) *store.Appointment {
	typed, wrong := form.Typed, form.Errors
	day, err := time.Parse(dayLayout, typed.Date)
	switch now := s.Now().In(s.Zone); {
	case typed.Date == "":
		wrong["date"] = t.DateMissing
	case err != nil:
		wrong["date"] = t.DateWrong(typed.Date)
	case typed.Date < now.AddDate(0, 0, -1).Format(dayLayout): // yesterday's may be entered late
		wrong["date"] = t.DatePast(typed.Date)
	case typed.Date > now.AddDate(maxYears, 0, 0).Format(dayLayout):
		wrong["date"] = t.DateFar(typed.Date)
	}
	clock, err := time.Parse(clockLayout, typed.Time)
	switch {
	case typed.Time == "":
		wrong["time"] = t.TimeMissing
	case err != nil:
		wrong["time"] = t.TimeWrong(typed.Time)
	}
	minutes, err := strconv.Atoi(cmp.Or(typed.Minutes, usualMinutes))
	if err != nil || minutes < 1 || minutes > maxMinutes {
		wrong["minutes"] = t.MinutesWrong(maxMinutes, typed.Minutes)
	}
	start := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, s.Zone)
	if wrong["date"] == "" && wrong["time"] == "" && start.Format(clockLayout) != clock.Format(clockLayout) { // Go moves what does not exist
		wrong["time"] = t.TimeNever(clock.Format(clockLayout), typed.Date)
	}
	return &store.Appointment{Start: start, End: start.Add(time.Duration(minutes) * time.Minute),
		Confirmed: typed.Confirmed, Type: typed.Type, Instruction: typed.Instruction}
}
