package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

const noticesPath = "/settings/clinic/notifications"

// noticesPage is Settings > Clinic > Notifications.
func (s *server) noticesPage(r *request) error {
	saved, err := s.Store.NoticeSettings(r.ctx())
	if err != nil {
		return err
	}
	form := noticesForm(saved)
	if form.Done = r.QueryParam("done"); form.Done == "tested" {
		form.Fault = saved.Fault
	}
	return r.render(http.StatusOK, views.Notices(r.frame(), form))
}

// noticesForm is the form as it is saved.
func noticesForm(n store.NoticeSettings) views.NoticesForm {
	return views.NoticesForm{Saved: n, QuietHours: strconv.Itoa(n.QuietHours), WorkFrom: n.WorkFrom, WorkUntil: n.WorkUntil, WorkDays: n.WorkDays,
		Host: n.Host, Port: strconv.Itoa(n.Port), TLS: n.TLS, User: n.User, From: n.From, To: strings.Join(n.To, ", "), Language: n.Language}
}

func (s *server) saveNotices(r *request) error {
	saved, err := s.Store.NoticeSettings(r.ctx())
	if err != nil {
		return err
	}
	form, change := typedNotices(r, saved)
	err = s.Store.SaveNoticeSettings(r.ctx(), r.actor(), change)
	for _, e := range each(err) {
		var wrong *store.FieldError
		switch {
		case e == nil:
		case errors.As(e, &wrong):
			form.Errors[wrong.Field] = noticeError(r.text().Notices, wrong.Reason, form)
		default:
			return err
		}
	}
	if len(form.Errors) > 0 {
		return r.render(http.StatusUnprocessableEntity, views.Notices(r.frame(), form))
	}
	return r.see(noticesPath + "?done=saved")
}

// typedNotices reads what was posted, as typed and as meant. What is no number becomes one that is out
// of bounds.
func typedNotices(r *request, saved store.NoticeSettings) (views.NoticesForm, store.NoticeChange) {
	form := views.NoticesForm{Saved: saved, QuietHours: strings.TrimSpace(r.posted("quiet_hours")), Host: strings.TrimSpace(r.posted("mail_host")),
		Port: strings.TrimSpace(r.posted("mail_port")), TLS: store.MailTLS(r.posted("mail_tls")), User: strings.TrimSpace(r.posted("mail_user")),
		From: strings.TrimSpace(r.posted("mail_from")), To: strings.TrimSpace(r.posted("mail_to")), Language: r.posted("mail_language"), Errors: map[string]string{}}
	if form.Language != "fr" {
		form.Language = "en"
	}
	form.WorkFrom, form.WorkUntil = number(r.posted("work_from")), number(r.posted("work_until"))
	for _, day := range r.Request().PostForm["work_day"] {
		if d := number(day); d >= 0 && d < len(form.WorkDays) {
			form.WorkDays[d] = true
		}
	}
	change := store.NoticeChange{NoticeSettings: store.NoticeSettings{QuietHours: number(form.QuietHours), WorkFrom: form.WorkFrom, WorkUntil: form.WorkUntil,
		WorkDays: form.WorkDays, Host: form.Host, Port: number(form.Port), TLS: form.TLS, User: form.User, From: form.From, Language: form.Language}}
	for to := range strings.FieldsFuncSeq(form.To, func(c rune) bool { return c == ',' || c == ';' || c == ' ' || c == '\n' }) {
		change.To = append(change.To, strings.TrimSpace(to))
	}
	if password := r.posted("mail_password"); password != "" {
		change.Password = &password
	} else if r.posted("mail_forget") != "" {
		change.Password = new(string)
	}
	return form, change
}

// number reads a whole number; -1 for what is none.
func number(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return -1
	}
	return n
}

func noticeError(t views.NoticesText, reason store.Reason, form views.NoticesForm) string {
	switch reason {
	case store.ReasonQuietHours:
		return t.QuietWrong(form.QuietHours)
	case store.ReasonWorkHours:
		return t.HoursWrong
	case store.ReasonMailHost:
		return t.HostWrong
	case store.ReasonMailPort:
		return t.PortWrong(form.Port)
	case store.ReasonMailClear:
		return t.ClearWrong
	case store.ReasonMailFrom:
		return t.AddressWrong
	case store.ReasonMailTo:
		return t.ToWrong
	}
	return t.PasswordWrong
}

// testMail sends a test message as it is saved.
func (s *server) testMail(r *request) error {
	access, err := s.Store.MailAccess(r.ctx())
	if err != nil {
		return err
	}
	if !access.ByMail() {
		return r.see(noticesPath)
	}
	ctx := context.WithoutCancel(r.ctx()) // audited whoever waits for it
	t := views.InLanguage(access.Language).System.Mail
	fault, err := s.Mail.Send(ctx, access, letter{t.TestSubject(s.BaseURL.Host), t.TestText + "\n"})
	if err != nil {
		s.Log.Warn("a test message did not go out", "request", requestID(r.Context), "fault", string(fault))
	}
	if err := s.Store.RecordMailTest(ctx, r.actor(), fault); err != nil {
		return err
	}
	return r.see(noticesPath + "?done=tested")
}
