package ocean

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
)

// newTransport returns the client's own transport. It uses no proxy: behind one the addresses that
// names lead to could not be checked, and the token endpoint would trust it with the secret. It is
// not http.DefaultTransport, which any package may change.
func (c *Client) newTransport() *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            c.dial,
		DialTLSContext:         c.dialTLS,
		DisableCompression:     true, // a small answer must not unpack into a huge one
		MaxResponseHeaderBytes: 64 << 10,
		ResponseHeaderTimeout:  c.limits.header,
		IdleConnTimeout:        c.limits.idle,
		MaxIdleConnsPerHost:    4,
		Protocols:              &protocols,
	}
}

func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: c.limits.dial, Control: c.control, Resolver: c.resolver}
	return d.DialContext(ctx, network, address)
}

// dialTLS shakes hands itself, so that what goes wrong there can be told from the rest.
func (c *Client) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	raw, err := c.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	name, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	conn := tls.Client(raw, &tls.Config{ServerName: name, RootCAs: c.roots, MinVersion: tls.VersionTLS12})
	ctx, cancel := context.WithTimeout(ctx, c.limits.handshake)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, handshakeError{err}
	}
	return conn, nil
}

// control is asked for each address before it is connected to, after the name was resolved, so
// that no answer of the DNS can lead into the clinic's own network.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !c.allowAddr(a.Addr().Unmap()) {
		return errAddress
	}
	return nil
}

// mayDial is the rule for addresses: 127.0.0.1 alone for the loopback host, else public ones.
func (c *Client) mayDial(a netip.Addr) bool {
	if c.origin.isLoopback() {
		return a == netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return isPublic(a)
}

// notPublic are IANA's special-purpose registries of IPv4 and IPv6 (RFC 6890) as far as they lie
// in what else would be public, and multicast.
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var (
	globalIPv6 = netip.MustParsePrefix("2000::/3")     // the only part that IANA gives out
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: an IPv4 address in the last 32 bits
)

func prefixes(all ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(all))
	for i, p := range all {
		list[i] = netip.MustParsePrefix(p)
	}
	return list
}

// isPublic reports whether an address is one of the public Internet's. IPv4 inside IPv6 counts as
// what it is; NAT64's is let through where it is public, for networks that speak IPv6 only.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if a.Zone() != "" {
		return false
	}
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if a.Is6() && !globalIPv6.Contains(a) {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}
