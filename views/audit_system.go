package views

import (
	"strconv"
	"time"

	"breakwater/store"
)

// system says what happened to Breakwater itself.
func (s auditSpeaker) system() []string {
	w, kind := s.text.System.Audit, store.IncidentKind(s.line.AuditEntry.Object)
	switch s.line.Action {
	case store.ActionDatabaseMended:
		if s.How == "whole" {
			return []string{w.Whole}
		}
		return []string{w.Replaced}
	case store.ActionUpgraded:
		return []string{s.text.Keeping.Upgraded(s.line.AuditEntry.Object)}
	case store.ActionClockJumped:
		return []string{w.ClockJumped(readable(s.From), readable(s.To))}
	case store.ActionClockBehind:
		return []string{w.ClockBehind(readable(s.From), readable(s.To))}
	case store.ActionClockConfirmed:
		return []string{w.ClockConfirmed}
	case store.ActionIncidentOpened:
		return []string{w.IncidentOpened(lookup(w.Kinds, kind))}
	case store.ActionIncidentClosed:
		return []string{w.IncidentClosed(lookup(w.Kinds, kind))}
	case store.ActionRetentionSet:
		what := lookup(w.Classes, store.RetentionClass(kind))
		if s.Days == nil || s.Days.To == "0" {
			return []string{w.KeptForEver(what)}
		}
		days, _ := strconv.Atoi(s.Days.To) // written by the store
		return []string{w.KeptFor(what, days)}
	case store.ActionRetentionRan:
		return []string{w.Ran(lookup(w.Classes, store.RetentionClass(kind)), s.Purged.Referrals, s.Purged.Messages, s.Purged.Documents)}
	case store.ActionNoticesChanged:
		return s.notices()
	case store.ActionMailTested:
		if s.Fault == "" {
			return []string{w.MailWorks}
		}
		return []string{w.MailFails(explain(s.text.System.MailFaults, store.MailFault(s.Fault)).Title)}
	}
	return nil
}

func (s auditSpeaker) notices() (said []string) {
	w := s.text.System.Audit
	for _, c := range []struct {
		name string
		*auditChange
	}{{"quiet_hours", s.QuietHours}, {"work_hours", s.WorkHours}, {"mail_host", s.MailHost}, {"mail_user", s.MailUser}, {"mail_from", s.MailFrom},
		{"mail_to", s.MailTo}, {"mail_language", s.MailLanguage}} {
		if c.auditChange != nil {
			said = append(said, w.Notices(w.Settings[c.name], c.From, c.To))
		}
	}
	switch s.Password {
	case "set":
		said = append(said, w.PasswordSet)
	case "removed":
		said = append(said, w.PasswordGone)
	}
	return said
}

// readable writes a time of an entry's details, RFC 3339 in UTC, as people read it.
func readable(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return t.UTC().Format(exactLayout) + " UTC"
}
