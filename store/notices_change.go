package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// SaveNoticeSettings saves how the clinic hears of things. It returns *[FieldError]s joined for what
// cannot be, and [ErrForbidden] without System Settings.
func (s *Store) SaveNoticeSettings(ctx context.Context, a Actor, c NoticeChange) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, SystemSettings); err != nil {
			return err
		}
		was, err := t.noticeSettings()
		if err != nil {
			return err
		}
		changes := noticeChanges(was, c.NoticeSettings)
		if err := t.setMailPassword(a, was, c, changes); err != nil || len(changes) == 0 {
			return err
		}
		if err := t.saveNotices(c.NoticeSettings); err != nil {
			return fmt.Errorf("save the settings for notices: %w", err)
		}
		return t.audit(a, ActionNoticesChanged, "", changes)
	})
}

func (t *tx) noticeSettings() (NoticeSettings, error) {
	return scanNotices(func(dest ...any) error { return t.get(selectNotices, nil, dest...) })
}

func (t *tx) saveNotices(n NoticeSettings) error {
	days := 0
	for d, on := range n.WorkDays {
		if on {
			days |= 1 << d
		}
	}
	return t.exec(`UPDATE notice_settings SET quiet_hours = ?, work_from = ?, work_until = ?, work_days = ?, mail_host = ?, mail_port = ?, mail_tls = ?,
		mail_user = ?, mail_from = ?, mail_to = ?, mail_language = ?, mail_failed_at = 0, mail_fault = '' WHERE id = 1`,
		n.QuietHours, n.WorkFrom, n.WorkUntil, days, n.Host, n.Port, string(n.TLS), n.User, n.From, strings.Join(n.To, ", "), n.Language)
}

// setMailPassword keeps, sets or removes the password, and notes which in changes.
func (t *tx) setMailPassword(a Actor, was NoticeSettings, c NoticeChange, changes map[string]any) error {
	moved := was.Host != c.Host || was.Port != c.Port || was.TLS != c.TLS || was.User != c.User
	switch {
	case c.Password != nil && *c.Password != "":
		changes["password"] = "set"
		return t.exec(`UPDATE notice_settings SET mail_password = ?, password_set_at = ?, password_set_by = ? WHERE id = 1`,
			t.store.keys.Seal(mailPasswordPlace(), []byte(*c.Password)), t.now, a.label())
	case was.HasPassword && (c.Password != nil || moved):
		changes["password"] = "removed"
		return t.exec(`UPDATE notice_settings SET mail_password = NULL, password_set_at = 0, password_set_by = '' WHERE id = 1`)
	}
	return nil
}

// noticeChanges is what differs, for the audit log.
func noticeChanges(was, is NoticeSettings) map[string]any {
	changes := map[string]any{}
	for name, v := range map[string][2]string{
		"quiet_hours": {fmt.Sprint(was.QuietHours), fmt.Sprint(is.QuietHours)}, "work_hours": {was.workHours(), is.workHours()},
		"mail_host": {was.server(), is.server()}, "mail_user": {was.User, is.User}, "mail_from": {was.From, is.From},
		"mail_to": {strings.Join(was.To, ", "), strings.Join(is.To, ", ")}, "mail_language": {was.Language, is.Language},
	} {
		if v[0] != v[1] {
			changes[name] = change{v[0], v[1]}
		}
	}
	return changes
}

func (n NoticeSettings) server() string {
	if n.Host == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d (%s)", n.Host, n.Port, n.TLS)
}

func (n NoticeSettings) workHours() string {
	var days []string
	for d, on := range n.WorkDays {
		if on {
			days = append(days, time.Weekday(d).String()[:3])
		}
	}
	return fmt.Sprintf("%s %d-%d", strings.Join(days, " "), n.WorkFrom, n.WorkUntil)
}

// check returns the *[FieldError]s of all that cannot be, joined, or nil.
func (c NoticeChange) check() error {
	var wrong []error
	refuse := func(field string, reason Reason, text string) {
		wrong = append(wrong, &FieldError{field, reason, text})
	}
	if c.QuietHours < 0 || c.QuietHours > quietMost {
		refuse("quiet_hours", ReasonQuietHours, fmt.Sprintf("enter a number of hours from 0 to %d", quietMost))
	}
	if c.WorkFrom < 0 || c.WorkUntil > 24 || c.WorkFrom >= c.WorkUntil || !slices.Contains(c.WorkDays[:], true) {
		refuse("work_hours", ReasonWorkHours, "choose hours of which the second is later, and a day")
	}
	if !c.ByMail() {
		return errors.Join(wrong...)
	}
	if len(c.Host) > maxMail || strings.ContainsAny(c.Host, " /@:") && net.ParseIP(c.Host) == nil {
		refuse("mail_host", ReasonMailHost, "enter the name of the mail server, such as smtp.clinic.ca")
	}
	if c.Port < 1 || c.Port > 65535 {
		refuse("mail_port", ReasonMailPort, "enter a port from 1 to 65535")
	}
	if c.TLS == MailClear && !isLoopback(c.Host) || !slices.Contains([]MailTLS{MailSTARTTLS, MailImplicit, MailClear}, c.TLS) {
		refuse("mail_tls", ReasonMailClear, "choose TLS: without it only a mail server on this machine is used")
	}
	if !isAddress(c.From) {
		refuse("mail_from", ReasonMailFrom, "enter an e-mail address")
	}
	if len(c.To) == 0 || len(c.To) > maxMailTo || slices.ContainsFunc(c.To, func(to string) bool { return !isAddress(to) }) {
		refuse("mail_to", ReasonMailTo, fmt.Sprintf("enter from 1 to %d e-mail addresses", maxMailTo))
	}
	if c.Password != nil && (len(*c.Password) > maxMail || *c.Password != "" && c.User == "") || len(c.User) > maxMail {
		refuse("mail_password", ReasonMailPassword, "enter the user too")
	}
	return errors.Join(wrong...)
}

// isAddress reports whether text is an e-mail address and nothing else: no name, no second one.
func isAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && a.Name == "" && len(text) <= 254
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
