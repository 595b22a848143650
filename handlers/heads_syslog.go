package handlers

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"breakwater/store"
)

// syslogHost is a collector on another host: RFC 5424 over UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425).
type syslogHost struct {
	network string // udp, tcp
	address string
	config  *tls.Config // nil without TLS
}

// auditNotice is the priority of facility 13, log audit, and severity 5, notice.
const auditNotice = 13*8 + 5

// settle is how long a collector may take to say that something is wrong.
const settle = 500 * time.Millisecond

func newSyslog(address, caFile string) (*syslogHost, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Port() == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("BREAKWATER_AUDIT_HEAD_SYSLOG is udp://, tcp:// or tls://, and a host with its port, such as tls://logs.example.org:6514, not %q", address)
	}
	h := &syslogHost{network: u.Scheme, address: u.Host}
	switch u.Scheme {
	case "udp", "tcp":
		return h, nil
	case "tls":
		h.network, h.config = "tcp", &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	default:
		return nil, fmt.Errorf("BREAKWATER_AUDIT_HEAD_SYSLOG begins with udp://, tcp:// or tls://, not %q", address)
	}
	if caFile == "" {
		return h, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("BREAKWATER_AUDIT_HEAD_CA_FILE: %w", err)
	}
	h.config.RootCAs = x509.NewCertPool()
	if !h.config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("BREAKWATER_AUDIT_HEAD_CA_FILE: %s holds no certificate in PEM", caFile)
	}
	return h, nil
}

// send sends a head as one message, over a connection of its own: they are an hour apart.
func (s *syslogHost) send(ctx context.Context, h store.AuditHead, at time.Time) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, s.network, s.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	text := message5424(h, at)
	if s.network == "udp" {
		return sendDatagram(conn, text)
	}
	if s.config != nil {
		secure := tls.Client(conn, s.config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return err
		}
		conn = secure
	}
	return sendStream(conn, fmt.Sprintf("%d %s", len(text), text)) // octet counting: RFC 6587, 3.4.1
}

// message5424 is the message. It names this host as far as RFC 5424, 6.2.4, can.
func message5424(h store.AuditHead, at time.Time) string {
	name, err := os.Hostname()
	name = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, name)
	if err != nil || name == "" {
		name = "-"
	}
	return fmt.Sprintf("<%d>1 %s %.255s breakwater %d audithead - audit head %s", auditNotice,
		at.UTC().Format("2006-01-02T15:04:05.000Z"), name, os.Getpid(), h)
}

// sendDatagram notices where nobody listens, if the host says so. A datagram that is lost on the way
// is noticed by nobody.
func sendDatagram(conn net.Conn, text string) error {
	if _, err := io.WriteString(conn, text); err != nil {
		return err
	}
	return hear(conn)
}

// sendStream ends the connection after the message, and waits for the other side to do so too: a reset
// says that it was not taken.
func sendStream(conn net.Conn, text string) error {
	if _, err := io.WriteString(conn, text); err != nil {
		return err
	}
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return err
		}
	}
	return hear(conn)
}

// hear waits a moment for an error. Silence, and an orderly end, are none.
func hear(conn net.Conn) error {
	if err := conn.SetReadDeadline(time.Now().Add(settle)); err != nil {
		return err
	}
	_, err := conn.Read(make([]byte, 1))
	var slow net.Error
	if err == nil || errors.Is(err, io.EOF) || errors.As(err, &slow) && slow.Timeout() {
		return nil
	}
	return err
}

// outletFault says what an outlet's error means to a person.
func outletFault(err error) store.OutletFault {
	var unproven *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var slow net.Error
	var network *net.OpError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return store.OutletMissing
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return store.OutletDenied
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return store.OutletFull
	case errors.As(err, &unproven), errors.As(err, &header):
		return store.OutletCertificate
	case errors.Is(err, errHangs), errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return store.OutletSlow
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return store.OutletUnreachable
	}
	return store.OutletOther
}
