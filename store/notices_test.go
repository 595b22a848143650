package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func someNotices() NoticeSettings {
	return NoticeSettings{QuietHours: 9, WorkFrom: 8, WorkUntil: 17, WorkDays: [7]bool{false, true, true, true, true, true, false}, Host: "smtp.clinic.example",
		Port: 587, TLS: MailSTARTTLS, User: "clinic", From: "breakwater@clinic.example", To: []string{"it@clinic.example", "lead@clinic.example"}, Language: "fr"}
}

// TestThePasswordStaysWithItsServer: another host, port, protection or user never gets it.
func TestThePasswordStaysWithItsServer(t *testing.T) {
	ctx := context.Background()
	const secret = "the mail server's password"
	for name, c := range map[string]struct {
		change   func(*NoticeChange)
		password string
	}{
		"nothing":          {func(*NoticeChange) {}, secret},
		"other recipients": {func(c *NoticeChange) { c.To, c.QuietHours = []string{"a@b.example"}, 0 }, secret},
		"another host":     {func(c *NoticeChange) { c.Host = "evil.example" }, ""},
		"another port":     {func(c *NoticeChange) { c.Port = 25 }, ""},
		"another way":      {func(c *NoticeChange) { c.TLS = MailImplicit }, ""},
		"another user":     {func(c *NoticeChange) { c.User = "other" }, ""},
		"another, and its": {func(c *NoticeChange) { c.Host, c.Password = "other.example", new("its own") }, "its own"},
		"none any more":    {func(c *NoticeChange) { c.Password = new("") }, ""},
		"no mail":          {func(c *NoticeChange) { c.Host = "" }, ""},
	} {
		s := opened(t)
		first := NoticeChange{someNotices(), new(secret)}
		if err := s.SaveNoticeSettings(ctx, CLIActor("ada"), first); err != nil {
			t.Fatal(err)
		}
		change := NoticeChange{NoticeSettings: someNotices()}
		c.change(&change)
		before := number(t, s, `SELECT count(*) FROM audit_entries`)
		if err := s.SaveNoticeSettings(ctx, SystemActor(), change); err != nil {
			t.Fatal(name, err)
		}
		m, err := s.MailAccess(ctx)
		if err != nil || m.Password != c.password || m.HasPassword != (c.password != "") {
			t.Errorf("%s: the password is %q, %v; %v", name, m.Password, m.HasPassword, err)
		}
		want := before + 1
		if name == "nothing" {
			want = before
			if m.PasswordSetBy != "cli:ada" || m.PasswordSetAt.IsZero() || !slices.Equal(m.To, someNotices().To) || m.WorkDays != someNotices().WorkDays || m.Language != "fr" {
				t.Errorf("saved is %+v", m)
			}
		}
		if after := number(t, s, `SELECT count(*) FROM audit_entries`); after != want {
			t.Errorf("%s: %d entries, want %d", name, after, want)
		}
		if n := number(t, s, `SELECT count(*) FROM audit_entries WHERE details LIKE '%password''s%' OR details LIKE '%`+strings.ReplaceAll(secret, "'", "''")+`%'`); n != 0 {
			t.Errorf("%s: the log has the password", name)
		}
		closeStore(t, s)
	}
}

func TestNoticesThatCannotBe(t *testing.T) {
	ctx := context.Background()
	s := opened(t)
	defer closeStore(t, s)
	for name, c := range map[string]struct {
		change func(*NoticeChange)
		field  string
	}{
		"hours below 0":             {func(c *NoticeChange) { c.QuietHours = -1 }, "quiet_hours"},
		"a whole month":             {func(c *NoticeChange) { c.QuietHours = 201 }, "quiet_hours"},
		"an end before":             {func(c *NoticeChange) { c.WorkFrom = 17 }, "work_hours"},
		"no day":                    {func(c *NoticeChange) { c.WorkDays = [7]bool{} }, "work_hours"},
		"25 o'clock":                {func(c *NoticeChange) { c.WorkUntil = 25 }, "work_hours"},
		"a URL as host":             {func(c *NoticeChange) { c.Host = "https://smtp.example" }, "mail_host"},
		"a host with its port":      {func(c *NoticeChange) { c.Host = "smtp.example:587" }, "mail_host"},
		"port 0":                    {func(c *NoticeChange) { c.Port = 0 }, "mail_port"},
		"in clear to another":       {func(c *NoticeChange) { c.TLS = MailClear }, "mail_tls"},
		"in clear by a name":        {func(c *NoticeChange) { c.TLS, c.Host = MailClear, "127.0.0.1.evil.example" }, "mail_tls"},
		"a way of its own":          {func(c *NoticeChange) { c.TLS = "maybe" }, "mail_tls"},
		"no sender":                 {func(c *NoticeChange) { c.From = "" }, "mail_from"},
		"a sender with a name":      {func(c *NoticeChange) { c.From = "Ada <ada@example.org>" }, "mail_from"},
		"a header in the sender":    {func(c *NoticeChange) { c.From = "a@example.org\r\nBcc: b@example.org" }, "mail_from"},
		"nobody":                    {func(c *NoticeChange) { c.To = nil }, "mail_to"},
		"a crowd":                   {func(c *NoticeChange) { c.To = slices.Repeat([]string{"a@example.org"}, 11) }, "mail_to"},
		"one that is none":          {func(c *NoticeChange) { c.To = []string{"a@example.org", "b"} }, "mail_to"},
		"two as one":                {func(c *NoticeChange) { c.To = []string{"a@example.org, b@example.org"} }, "mail_to"},
		"a password without a user": {func(c *NoticeChange) { c.User, c.Password = "", new("x") }, "mail_password"},
	} {
		change := NoticeChange{NoticeSettings: someNotices()}
		c.change(&change)
		err := s.SaveNoticeSettings(ctx, SystemActor(), change)
		var wrong *FieldError
		if !errors.As(err, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*NoticeChange){
		"in clear on this machine": func(c *NoticeChange) { c.Host, c.TLS = "127.0.0.1", MailClear },
		"IPv6":                     func(c *NoticeChange) { c.Host = "::1" },
		"no mail at all": func(c *NoticeChange) {
			c.NoticeSettings = NoticeSettings{WorkUntil: 1, WorkDays: [7]bool{true}, Port: 1, TLS: MailSTARTTLS, Language: "en"}
		},
	} {
		c := NoticeChange{NoticeSettings: someNotices()}
		change(&c)
		if err := s.SaveNoticeSettings(ctx, SystemActor(), c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM incidents`); n != 0 {
		t.Errorf("%d incidents", n)
	}
}

// TestIncidentsAreNotedOnce and their e-mails are due until they went out, also after the clock was set
// back.
func TestIncidentsAreNotedOnce(t *testing.T) {
	ctx := context.Background()
	s, at := turned(t)
	if err := s.SaveNoticeSettings(ctx, SystemActor(), NoticeChange{NoticeSettings: someNotices()}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if opened, err := s.OpenIncident(ctx, IncidentDisk, IncidentDetail{Free: uint64(i), Floor: 7}); opened != (i == 0) || err != nil {
			t.Errorf("opening it again: %v, %v", opened, err)
		}
	}
	due := func() []Incident {
		t.Helper()
		list, err := s.ToTell(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := due()
	if len(list) != 1 || list[0].Detail != (IncidentDetail{Floor: 7}) || list[0].Kind != IncidentDisk {
		t.Fatalf("%+v", list)
	}
	first := list[0]
	if err := s.PostponeTold(ctx, first, MailConnect); err != nil || len(due()) != 0 {
		t.Errorf("%v; due are %v", err, due())
	}
	*at = at.Add(-10 * 365 * 24 * time.Hour)
	if len(due()) != 1 {
		t.Error("a clock that was set back holds the e-mail up")
	}
	*at = at.Add(10 * 365 * 24 * time.Hour)
	if closed, err := s.CloseIncident(ctx, IncidentDisk); !closed || err != nil {
		t.Fatal(closed, err)
	}
	if closed, err := s.CloseIncident(ctx, IncidentDisk); closed || err != nil {
		t.Error(closed, err)
	}
	if err := s.NoteTold(ctx, first); err != nil { // the e-mail about the beginning was under way meanwhile
		t.Fatal(err)
	}
	list = due()
	if len(list) != 1 || list[0].Closed.IsZero() || list[0].Told.IsZero() {
		t.Fatalf("its end: %+v", list)
	}
	if err := s.NoteTold(ctx, list[0]); err != nil || len(due()) != 0 {
		t.Errorf("%v; due are %v", err, due())
	}
	if opened, err := s.OpenIncident(ctx, IncidentDisk, IncidentDetail{}); !opened || err != nil {
		t.Errorf("another one: %v, %v", opened, err)
	}
	*at = at.Add(incidentsKept + 24*time.Hour)
	if opened, err := s.OpenIncident(ctx, IncidentAudit, IncidentDetail{}); !opened || err != nil {
		t.Fatal(err)
	}
	if list, err := s.Incidents(ctx, 10); err != nil || len(list) != 2 {
		t.Errorf("the old one is still there: %+v, %v", list, err)
	}
}
