package handlers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"breakwater/store"

	"github.com/wneessen/go-mail"
)

// mailFor bounds all of the sending of one e-mail.
const mailFor = 30 * time.Second

// Mailer sends e-mails to the people who look after Breakwater. Nothing of a patient is ever in one.
type Mailer struct {
	Roots *x509.CertPool // whose certificates hold; nil is the machine's own
}

// letter is an e-mail.
type letter struct{ Subject, Text string }

// Send sends one e-mail as the settings say. The error is for the log; the fault says what is wrong,
// and is "" where it went out.
func (m Mailer) Send(ctx context.Context, to store.MailAccess, l letter) (store.MailFault, error) {
	ctx, cancel := context.WithTimeout(ctx, mailFor)
	defer cancel()
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	message.SetDateWithValue(time.Now())
	message.SetMessageID()
	message.SetGenHeader("Auto-Submitted", "auto-generated") // so that nobody's absence is answered (RFC 3834)
	message.Subject(l.Subject)
	message.SetBodyString(mail.TypeTextPlain, l.Text)
	if err := errors.Join(message.From(to.From), message.To(to.To...)); err != nil {
		return store.MailAddress, err
	}
	way := &mailWay{access: to, roots: m.Roots, ctx: ctx}
	defer way.close()
	client, err := mail.NewClient(to.Host, way.options()...)
	if err != nil {
		return store.MailOther, fmt.Errorf("prepare an e-mail: %w", err)
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return way.fault(err), fmt.Errorf("reach the mail server: %w", err)
	}
	if err := client.SendWithSMTPClient(connection, message); err != nil {
		return refusedMail(err), fmt.Errorf("send an e-mail: %w", err)
	}
	_ = client.CloseWithSMTPClient(connection) // it was taken; how the server says goodbye is its own business
	return "", nil
}

// mailWay is the way to a mail server, and how far along it an e-mail came.
type mailWay struct {
	access store.MailAccess
	roots  *x509.CertPool
	ctx    context.Context // of all of the sending
	conn   net.Conn
	safe   bool // its certificate holds
}

func (w *mailWay) options() []mail.Option {
	options := []mail.Option{mail.WithPort(w.access.Port), mail.WithTimeout(mailFor), mail.WithTLSConfig(w.config()), mail.WithDialContextFunc(w.dial), mail.WithTLSPolicy(mail.NoTLS)}
	if w.access.TLS == store.MailSTARTTLS {
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if w.access.User != "" {
		options = append(options, mail.WithUsername(w.access.User), mail.WithPassword(w.access.Password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return options
}

func (w *mailWay) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, ServerName: w.access.Host, RootCAs: w.roots,
		VerifyConnection: func(tls.ConnectionState) error { w.safe = true; return nil }} // called only once all else was found good
}

// dial connects, and keeps the connection so that it is closed whatever happens, in time.
func (w *mailWay) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(w.access.Host, strconv.Itoa(w.access.Port)))
	if err != nil {
		return nil, err
	}
	w.conn = conn
	context.AfterFunc(w.ctx, func() { conn.Close() })
	if w.access.TLS != store.MailImplicit {
		return conn, nil
	}
	safe := tls.Client(conn, w.config())
	if err := safe.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return safe, nil
}

func (w *mailWay) close() {
	if w.conn != nil {
		w.conn.Close()
	}
}

// fault says what stood in the way to the server.
func (w *mailWay) fault(err error) store.MailFault {
	var timeout net.Error
	switch slow := errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, os.ErrDeadlineExceeded); {
	case w.conn == nil || slow || w.ctx.Err() != nil:
		return store.MailConnect
	case w.access.TLS != store.MailClear && !w.safe:
		return store.MailCertificate
	}
	return store.MailCredentials
}

// refusedMail says what of an e-mail the server would not have.
func refusedMail(err error) store.MailFault {
	var refused *mail.SendError
	if !errors.As(err, &refused) {
		return store.MailOther
	}
	const wantsUser = 530 // RFC 4954, 6
	switch {
	case refused.ErrorCode() == wantsUser:
		return store.MailCredentials
	case refused.Reason == mail.ErrSMTPMailFrom || refused.Reason == mail.ErrSMTPRcptTo:
		return store.MailAddress
	}
	return store.MailOther
}
