package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"breakwater/store/seal"
)

// MailFault says why an e-mail could not be sent. The console has words for each.
type MailFault string

// Why an e-mail could not be sent.
const (
	MailConnect     MailFault = "connect"     // nobody answers there, or not in time
	MailCertificate MailFault = "certificate" // there is no TLS, or its certificate does not hold
	MailCredentials MailFault = "credentials" // the server refuses the user or the password
	MailAddress     MailFault = "address"     // the server refuses the sender or a recipient
	MailOther       MailFault = "other"       // anything else
)

// MailFaults are all of them, for tables that must be whole.
var MailFaults = []MailFault{MailConnect, MailCertificate, MailCredentials, MailAddress, MailOther}

// MailTLS says how the way to the mail server is protected.
type MailTLS string

// How the way to the mail server is protected.
const (
	MailSTARTTLS MailTLS = "starttls" // begins in clear and turns to TLS before anything is said
	MailImplicit MailTLS = "tls"
	MailClear    MailTLS = "none" // on this machine alone
)

// NoticeSettings are how the clinic hears that something is wrong.
type NoticeSettings struct {
	QuietHours          int // working hours without a message, after which somebody is told; 0: never
	WorkFrom, WorkUntil int // hours of the clinic's day
	WorkDays            [7]bool
	Host                string // of the mail server; "": nobody is told by e-mail
	Port                int
	TLS                 MailTLS
	User                string // "": the server wants none
	From                string
	To                  []string
	Language            string // of the e-mails: en or fr

	HasPassword   bool
	PasswordSetAt time.Time
	PasswordSetBy string
	SentAt        time.Time // when one last went out
	FailedAt      time.Time // since when none goes out; zero: all is well
	Fault         MailFault // why
}

// ByMail reports whether anybody is told by e-mail.
func (n NoticeSettings) ByMail() bool { return n.Host != "" }

// NoticeChange is what a person saves. Password is nil to keep the one that is saved, and "" to remove
// it; another server never gets the saved one.
type NoticeChange struct {
	NoticeSettings
	Password *string
}

// Reasons of a *[FieldError].
const (
	ReasonQuietHours   Reason = "quiet_hours"
	ReasonWorkHours    Reason = "work_hours"
	ReasonMailHost     Reason = "mail_host"
	ReasonMailPort     Reason = "mail_port"
	ReasonMailClear    Reason = "mail_clear"
	ReasonMailFrom     Reason = "mail_from"
	ReasonMailTo       Reason = "mail_to"
	ReasonMailPassword Reason = "mail_password"
)

const (
	quietMost = 200
	maxMail   = 500 // bytes of a typed value
	maxMailTo = 10
)

const selectNotices = `SELECT quiet_hours, work_from, work_until, work_days, mail_host, mail_port, mail_tls, mail_user, mail_from, mail_to, mail_language,
	mail_password IS NOT NULL, password_set_at, password_set_by, mail_sent_at, mail_failed_at, mail_fault FROM notice_settings WHERE id = 1`

func scanNotices(scan func(...any) error) (n NoticeSettings, err error) {
	var days, set, sent, failed int64
	var to string
	err = scan(&n.QuietHours, &n.WorkFrom, &n.WorkUntil, &days, &n.Host, &n.Port, &n.TLS, &n.User, &n.From, &to, &n.Language,
		&n.HasPassword, &set, &n.PasswordSetBy, &sent, &failed, &n.Fault)
	for d := range n.WorkDays {
		n.WorkDays[d] = days>>d&1 == 1
	}
	if to != "" {
		n.To = strings.Split(to, ", ")
	}
	n.PasswordSetAt, n.SentAt, n.FailedAt = fromMillis(set), fromMillis(sent), fromMillis(failed)
	return n, err
}

// NoticeSettings reads how the clinic hears of things.
func (s *Store) NoticeSettings(ctx context.Context) (NoticeSettings, error) {
	n, err := scanNotices(s.read.QueryRowContext(ctx, selectNotices).Scan)
	if err != nil {
		err = fmt.Errorf("read the settings for notices: %w", err)
	}
	return n, err
}

// MailAccess is what is needed to send an e-mail. Only who sends one may ask for it.
type MailAccess struct {
	NoticeSettings
	Password string
}

func mailPasswordPlace() seal.Place {
	return seal.Place{Table: "notice_settings", Column: "mail_password", Row: "1"}
}

// MailAccess unseals the password of the mail server.
func (s *Store) MailAccess(ctx context.Context) (m MailAccess, err error) {
	if m.NoticeSettings, err = s.NoticeSettings(ctx); err != nil || !m.HasPassword {
		return m, err
	}
	var sealed []byte
	if err := s.read.QueryRowContext(ctx, `SELECT mail_password FROM notice_settings WHERE id = 1`).Scan(&sealed); err != nil {
		return m, fmt.Errorf("read the password of the mail server: %w", err)
	}
	password, err := s.keys.Open(mailPasswordPlace(), sealed)
	m.Password = string(password)
	return m, err
}

// RecordMailTest notes that somebody tried whether e-mails go out, and how that went.
func (s *Store) RecordMailTest(ctx context.Context, a Actor, fault MailFault) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, SystemSettings); err != nil {
			return err
		}
		if err := t.mailWent(fault); err != nil {
			return err
		}
		return t.audit(a, ActionMailTested, "", map[string]any{"fault": fault})
	})
}

// mailWent notes whether an e-mail went out.
func (t *tx) mailWent(fault MailFault) error {
	if fault == "" {
		return t.exec(`UPDATE notice_settings SET mail_sent_at = ?, mail_failed_at = 0, mail_fault = '' WHERE id = 1`, t.now)
	}
	return t.exec(`UPDATE notice_settings SET mail_failed_at = iif(mail_failed_at = 0, ?, mail_failed_at), mail_fault = ? WHERE id = 1`, t.now, string(fault))
}
