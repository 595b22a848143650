package handlers

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// noticeFields is the form as somebody fills it in.
func noticeFields(p *postOffice, pairs ...string) url.Values {
	n := p.settings()
	form := fields("quiet_hours", "9", "work_day", "1", "work_day", "5", "work_from", "9", "work_until", "16", "mail_host", n.Host, "mail_port", strconv.Itoa(n.Port),
		"mail_tls", string(n.TLS), "mail_user", n.User, "mail_password", *n.Password, "mail_from", n.From, "mail_to", " it@clinic.example; lead@clinic.example ", "mail_language", "fr")
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestNoticesAreSavedAndTried(t *testing.T) {
	p := newPostOffice(t, store.MailSTARTTLS)
	s := newSite(t, func(c *Config) { c.Mail = Mailer{p.roots} })
	ada := s.person("ada@example.org", store.SystemSettings)
	ada.get("/settings/clinic").wants(t, 200).shows(t, `href="/settings/clinic/notifications"`)
	ada.get(noticesPath).wants(t, 200).hides(t, "Send a test message")
	ada.post(noticesPath+"/test").leadsTo(t, noticesPath)
	ada.do(post, noticesPath, noticeFields(p)).leadsTo(t, noticesPath+"?done=saved")
	n, err := s.store.NoticeSettings(t.Context())
	s.must(err)
	if n.QuietHours != 9 || n.WorkDays != [7]bool{false, true, false, false, false, true, false} || n.WorkFrom != 9 || n.WorkUntil != 16 || len(n.To) != 2 || n.Language != "fr" {
		t.Errorf("%+v", n)
	}
	page := ada.get(noticesPath+"?done=saved").wants(t, 200)
	page.shows(t, "The notifications are saved", "Set by ada@example.org", `value="it@clinic.example, lead@clinic.example"`, "Send a test message").hides(t, *p.settings().Password)
	ada.do(post, noticesPath, noticeFields(p, "mail_password", "", "quiet_hours", "0")).leadsTo(t, noticesPath+"?done=saved")
	ada.post(noticesPath+"/test").leadsTo(t, noticesPath+"?done=tested")
	ada.get(noticesPath+"?done=tested").wants(t, 200).shows(t, "A test message is on its way")
	if m := p.mails(); len(m) != 1 || m[0].password != *p.settings().Password || !strings.HasPrefix(m[0].subject, "Breakwater à clinic.example") {
		t.Errorf("%+v", m)
	}
	p.refuses("user")
	ada.post(noticesPath+"/test").leadsTo(t, noticesPath+"?done=tested")
	ada.get(noticesPath+"?done=tested").wants(t, 200).shows(t, "The mail server refuses the user or the password")
	if tests := s.audited(store.ActionMailTested); len(tests) != 2 || tests[0].Details == tests[1].Details {
		t.Errorf("%+v", tests)
	}
	ada.do(post, noticesPath, noticeFields(p, "mail_password", "", "mail_forget", "1")).leadsTo(t, noticesPath+"?done=saved")
	if m, err := s.store.MailAccess(t.Context()); err != nil || m.HasPassword {
		t.Errorf("%+v, %v", m, err)
	}
	s.wantsNowhere(t, *p.settings().Password)
}

func TestNoticesExplainWhatIsWrong(t *testing.T) {
	p := newPostOffice(t, store.MailSTARTTLS)
	s := newSite(t)
	ada := s.person("ada@example.org", store.SystemSettings)
	for name, c := range map[string]struct{ field, typed, says string }{
		"hours":    {"quiet_hours", "soon", "You typed soon."},
		"port":     {"mail_port", "99999", "You typed 99999."},
		"host":     {"mail_host", "https://x", "Enter the name of the mail server alone"},
		"sender":   {"mail_from", "me", "Enter one email address"},
		"to":       {"mail_to", "me", "Enter from 1 to 10 email addresses"},
		"hours of": {"work_until", "7", "an end that is later"},
		"user":     {"mail_user", "", "Enter the user"},
	} {
		a := ada.do(post, noticesPath, noticeFields(p, c.field, c.typed)).wants(t, 422)
		a.shows(t, c.says, "Nothing was saved", `value="breakwater@clinic.example"`[:7]).hides(t, *p.settings().Password)
		if name == "host" && !strings.Contains(a.body, `value="https://x"`) {
			t.Error("what was typed is gone")
		}
	}
	ada.do(post, noticesPath, noticeFields(p, "mail_host", "smtp.clinic.example", "mail_tls", "none")).wants(t, 422).shows(t, "Choose STARTTLS or TLS")
	if n, err := s.store.NoticeSettings(t.Context()); err != nil || n.ByMail() {
		t.Errorf("%+v, %v", n, err)
	}
	lead := s.person("lead@example.org", store.ReferralSettings)
	lead.get(noticesPath).wants(t, 403)
	lead.do(post, noticesPath, noticeFields(p)).wants(t, 403)
	lead.post(noticesPath+"/test").wants(t, 403)
}

// TestSystemSaysWhatToDo breaks things one by one.
func TestSystemSaysWhatToDo(t *testing.T) {
	w := newWatched(t)
	ada := w.person("ada@example.org", store.SystemSettings)
	ada.get("/settings/clinic").shows(t, `href="/settings/system"`)
	ada.get(systemPath).wants(t, 200).shows(t, "The set-up is not finished", "10 GiB are free", "Breakwater has no certificate of its own", "Nobody is told by email", "Optional", "Nothing yet.")
	w.free = floor - 1
	w.until = w.clock.Now().Add(24 * 3600e9)
	w.pass(10 * 60e9)
	ada.get(systemPath).wants(t, 200).shows(t, "The disk is full: 256 MiB are free", "The certificate expires at", "Goes on", "The disk is filling up")
	ada.get(systemPath, "Accept-Language", "fr").wants(t, 200).shows(t, "Le disque est plein", "256\u00a0Mio sont libres", "En cours", "Facultatif")
	w.free = 1 << 40
	w.clock.Turn(-10 * 3600e9)
	w.pass(30 * 60e9)
	ada = w.signIn("ada@example.org") // every session has ended
	ada.get(systemPath).wants(t, 200).shows(t, "The clock went back", "The clock is right", "Over")
	w.visitor().get("/readyz").wants(t, 503).shows(t, "clock")
	ada.post(systemPath+"/clock").leadsTo(t, systemPath+"?saved=clock")
	ada.get(systemPath+"?saved=clock").wants(t, 200).shows(t, "The clock is taken for right").hides(t, "The clock went back")
	w.clock.Turn(readyFor)
	w.visitor().get("/readyz").wants(t, 200)
	lead := w.person("lead@example.org", store.ReferralSettings)
	lead.get(systemPath).wants(t, 403)
	lead.post(systemPath+"/clock").wants(t, 403)
}

// TestReadinessIsNoAmplifier: however often strangers ask, the checks are made once a second.
func TestReadinessIsNoAmplifier(t *testing.T) {
	asked := 0
	s := newSite(t)
	disk := func(string) (store.Disk, error) { asked++; return store.Disk{Free: 1 << 40}, nil }
	other, err := store.Open(t.Context(), store.Options{Dir: s.dir, Now: s.clock.Now, Argon2: storetest.Cheap, MinFree: 1, Disk: disk})
	s.must(err)
	t.Cleanup(func() { other.Close() })
	s.config.Store = other
	s.handler, err = New(s.config)
	s.must(err)
	for range 1000 {
		s.visitor().get("/readyz").wants(t, 200)
	}
	if asked > 3 {
		t.Errorf("the disk was asked %d times", asked)
	}
	s.clock.Turn(readyFor)
	before := asked
	if s.visitor().get("/readyz").wants(t, 200); asked == before {
		t.Error("a second later nobody looks again")
	}
	if body := s.visitor().get("/readyz").body; body != "ready\n" {
		t.Errorf("%q", body)
	}
}
