package handlers

import (
	"context"
	"net"
	"testing"
	"time"

	"breakwater/store"
)

// TestMailGoesOutByEveryWay also holds that nothing is said in clear beyond this machine.
func TestMailGoesOutByEveryWay(t *testing.T) {
	for _, how := range []store.MailTLS{store.MailSTARTTLS, store.MailImplicit, store.MailClear} {
		p := newPostOffice(t, how)
		change := p.settings()
		access := store.MailAccess{NoticeSettings: change.NoticeSettings, Password: *change.Password}
		access.To = append(access.To, "manager@clinic.example")
		fault, err := Mailer{p.roots}.Send(t.Context(), access, letter{"Déjà vu: a subject", "A first line.\nUne deuxième, accentuée.\n"})
		if fault != "" || err != nil {
			t.Fatalf("%s: %s, %v", how, fault, err)
		}
		m := p.mails()[0]
		if m.subject != "Déjà vu: a subject" || m.text != "A first line.\nUne deuxième, accentuée.\n" || m.user != "clinic" || m.password != *change.Password ||
			len(m.to) != 2 || m.from != "FROM:<breakwater@clinic.example>" {
			t.Errorf("%s: %+v", how, m)
		}
		if p.clear != (how == store.MailClear) {
			t.Errorf("%s: the password went in clear: %v", how, p.clear)
		}
	}
}

func TestMailSaysWhatIsWrong(t *testing.T) {
	unheard, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unheard.Close()
	for name, c := range map[string]struct {
		refuse string
		change func(*store.MailAccess, *Mailer)
		want   store.MailFault
	}{
		"nobody there":             {"", func(a *store.MailAccess, _ *Mailer) { a.Port = unheard.Addr().(*net.TCPAddr).Port }, store.MailConnect},
		"no such name":             {"", func(a *store.MailAccess, _ *Mailer) { a.Host = "nobody.invalid" }, store.MailConnect},
		"a strange certificate":    {"", func(_ *store.MailAccess, m *Mailer) { m.Roots = nil }, store.MailCertificate},
		"another's certificate":    {"", func(a *store.MailAccess, _ *Mailer) { a.Host = "localhost" }, store.MailCertificate},
		"TLS where STARTTLS is":    {"", func(a *store.MailAccess, _ *Mailer) { a.TLS = store.MailImplicit }, store.MailCertificate},
		"the user is refused":      {"user", nil, store.MailCredentials},
		"the sender is refused":    {"sender", nil, store.MailAddress},
		"a recipient is refused":   {"recipient", nil, store.MailAddress},
		"the message is refused":   {"message", nil, store.MailOther},
		"no address":               {"", func(a *store.MailAccess, _ *Mailer) { a.From = "nobody" }, store.MailAddress},
		"a line end in an address": {"", func(a *store.MailAccess, _ *Mailer) { a.To = []string{"a@clinic.example\r\nBcc: b@elsewhere.example"} }, store.MailAddress},
	} {
		p := newPostOffice(t, store.MailSTARTTLS)
		p.refuses(c.refuse)
		change, m := p.settings(), Mailer{p.roots}
		access := store.MailAccess{NoticeSettings: change.NoticeSettings, Password: *change.Password}
		if c.change != nil {
			c.change(&access, &m)
		}
		fault, err := m.Send(t.Context(), access, letter{"Subject", "Text"})
		if fault != c.want || err == nil || len(p.mails()) != 0 || p.clear {
			t.Errorf("%s: %s, want %s; %v; %d e-mails; in clear %v", name, fault, c.want, err, len(p.mails()), p.clear)
		}
	}
}

// TestAServerWithoutTLSHearsNothing: one that offers no STARTTLS is not told the password.
func TestAServerWithoutTLSHearsNothing(t *testing.T) {
	p := newPostOffice(t, store.MailClear)
	change := p.settings()
	access := store.MailAccess{NoticeSettings: change.NoticeSettings, Password: *change.Password}
	access.TLS = store.MailSTARTTLS
	if fault, err := (Mailer{p.roots}).Send(t.Context(), access, letter{"Subject", "Text"}); fault != store.MailCertificate || err == nil || p.clear || len(p.mails()) != 0 {
		t.Errorf("%s, %v; in clear %v", fault, err, p.clear)
	}
}

// TestASilentMailServerHoldsNobodyUp for longer than whoever waits has time.
func TestASilentMailServerHoldsNobodyUp(t *testing.T) {
	p := newPostOffice(t, store.MailSTARTTLS)
	p.refuses("silence")
	change := p.settings()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	fault, err := Mailer{p.roots}.Send(ctx, store.MailAccess{NoticeSettings: change.NoticeSettings}, letter{"Subject", "Text"})
	if fault != store.MailConnect || err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("%s, %v after %s", fault, err, time.Since(start))
	}
}
