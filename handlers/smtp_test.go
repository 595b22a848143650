package handlers

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"breakwater/store"
)

// postOffice is a mail server on loopback, with what it was given.
type postOffice struct {
	t        testing.TB
	listener net.Listener
	config   *tls.Config
	roots    *x509.CertPool

	mu      sync.Mutex
	tls     store.MailTLS // how it wants to be spoken to
	refuse  string        // "user", "sender", "recipient", "message", "silence": what it will not have
	taken   []taken
	greeted int  // connections
	clear   bool // somebody said who they are without TLS
}

// taken is an e-mail that was taken.
type taken struct {
	from, user, password string
	to                   []string
	subject, text        string
}

func newPostOffice(t testing.TB, how store.MailTLS) *postOffice {
	t.Helper()
	certified := httptest.NewTLSServer(nil)
	certified.Close()
	p := &postOffice{t: t, tls: how, config: &tls.Config{Certificates: certified.TLS.Certificates}, roots: x509.NewCertPool()}
	p.roots.AddCert(certified.Certificate())
	var err error
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.listener.Close() })
	go func() {
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

// settings are those with which this server is reached.
func (p *postOffice) settings() store.NoticeChange {
	password := "the mail server's password"
	n := store.NoticeSettings{QuietHours: 18, WorkFrom: 8, WorkUntil: 17, WorkDays: [7]bool{false, true, true, true, true, true, false}, Host: "127.0.0.1",
		Port: p.listener.Addr().(*net.TCPAddr).Port, TLS: p.tls, User: "clinic", From: "breakwater@clinic.example", To: []string{"it@clinic.example"}, Language: "en"}
	return store.NoticeChange{NoticeSettings: n, Password: &password}
}

func (p *postOffice) refuses(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = what
}

func (p *postOffice) mails() []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]taken(nil), p.taken...)
}

func (p *postOffice) serve(conn net.Conn) {
	defer conn.Close()
	p.mu.Lock()
	how, refuse := p.tls, p.refuse
	p.greeted++
	p.mu.Unlock()
	if refuse == "silence" {
		io.Copy(io.Discard, conn)
		return
	}
	safe := how == store.MailImplicit
	if safe {
		conn = tls.Server(conn, p.config)
	}
	lines := bufio.NewReader(conn)
	say := func(format string, args ...any) { fmt.Fprintf(conn, format+"\r\n", args...) }
	say("220 post.example ESMTP")
	var m taken
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250-post.example")
			if how == store.MailSTARTTLS && !safe {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN LOGIN")
		case "STARTTLS":
			say("220 go on")
			conn = tls.Server(conn, p.config)
			lines, safe = bufio.NewReader(conn), true
		case "AUTH":
			_, secret, _ := strings.Cut(rest, " ")
			raw, _ := base64.StdEncoding.DecodeString(secret)
			parts := strings.Split(string(raw), "\x00")
			p.mu.Lock()
			p.clear = p.clear || !safe
			p.mu.Unlock()
			if len(parts) != 3 || refuse == "user" {
				say("535 5.7.8 no")
				continue
			}
			m.user, m.password = parts[1], parts[2]
			say("235 2.7.0 welcome")
		case "MAIL":
			if refuse == "sender" {
				say("550 5.1.8 no")
				continue
			}
			m.from = rest
			say("250 ok")
		case "RCPT":
			if refuse == "recipient" {
				say("550 5.1.1 no")
				continue
			}
			m.to = append(m.to, rest)
			say("250 ok")
		case "DATA":
			say("354 go on")
			var body strings.Builder
			for {
				line, err := lines.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				body.WriteString(strings.TrimPrefix(line, "."))
			}
			if refuse == "message" {
				say("554 5.6.0 no")
				continue
			}
			p.keep(m, body.String())
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (p *postOffice) keep(m taken, raw string) {
	message, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		p.t.Errorf("an e-mail cannot be read: %v\n%s", err, raw)
		return
	}
	if m.subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil {
		p.t.Error(err)
	}
	body := io.Reader(message.Body)
	if strings.EqualFold(message.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		p.t.Error(err)
	}
	m.text = strings.ReplaceAll(string(text), "\r\n", "\n")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, m)
}
