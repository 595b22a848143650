package handlers

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
)

// Addresses say where to listen, and what protects the way there.
type Addresses struct {
	Console           string // host:port of the console and the public route
	Public            string // host:port of the public route alone; "" for none
	CertFile, KeyFile string // PEM; "" for plain HTTP
	Proxied           bool   // a trusted proxy stands in front
	Insecure          bool   // plain HTTP beyond this machine is meant
}

// Listen opens the addresses. Beyond this machine, passwords and patients' data want TLS here or in
// a proxy that is named, unless somebody says that plain HTTP is meant.
func Listen(console http.Handler, at Addresses, log *slog.Logger) ([]Listener, error) {
	var config *tls.Config
	if at.CertFile != "" || at.KeyFile != "" {
		var err error
		if config, err = LoadCertificate(at.CertFile, at.KeyFile, log); err != nil {
			return nil, err
		}
	}
	list := []Listener{{Address: at.Console, Handler: console, TLS: config}}
	if at.Public != "" {
		list = append(list, Listener{Address: at.Public, Handler: PublicOnly(console), TLS: config})
	}
	for i := range list {
		l := &list[i]
		if config == nil && !at.Proxied && !at.Insecure && !isLoopback(l.Address) {
			return nil, fmt.Errorf("%s is not on this machine alone: set BREAKWATER_TLS_CERT_FILE and BREAKWATER_TLS_KEY_FILE, or BREAKWATER_TRUSTED_PROXIES, or BREAKWATER_INSECURE_HTTP=1", l.Address)
		}
		var err error
		if l.Net, err = net.Listen("tcp", l.Address); err != nil {
			return nil, fmt.Errorf("listen: %w; is Breakwater running already?", err)
		}
	}
	return list, nil
}

func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// certificate is a certificate and key on disk, read again when either file changes.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	mu                sync.Mutex
	stamp             string
	pair              *tls.Certificate
}

// LoadCertificate reads a certificate and its key, both PEM. It fails where they do not fit.
func LoadCertificate(certFile, keyFile string, log *slog.Logger) (*tls.Config, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if _, err := c.current(nil); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.current}, nil
}

// current returns the newest pair that fits: between the writing of the one file and the other
// the old pair stays.
func (c *certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := stampOf(c.certFile, c.keyFile)
	if stamp == c.stamp {
		return c.pair, nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	switch {
	case err == nil:
		c.pair, c.stamp = &pair, stamp
	case c.pair == nil:
		return nil, fmt.Errorf("read certificate: %w", err)
	default:
		c.stamp = stamp // said once; the next change is tried again
		c.log.Warn("the changed certificate cannot be used; the old one stays", "error", err.Error())
	}
	return c.pair, nil
}

// stampOf changes when one of the files does, or goes away.
func stampOf(files ...string) string {
	stamp := " "
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			stamp += fmt.Sprint(info.ModTime().UnixNano(), info.Size(), " ")
		}
	}
	return stamp
}
