package handlers

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"
)

// addressOf finds out where a request comes from. X-Forwarded-For is believed only from the proxies
// that were named, and loopback or private ones no more than others: from the right, each address is
// the word of the one to its right, and the first that is none of the proxies is the client's. What
// stands to its left anybody may have written. No other header is looked at.
func addressOf(proxies []*net.IPNet) echo.IPExtractor {
	trusted := func(ip netip.Addr) bool {
		for _, p := range proxies {
			if p.Contains(ip.AsSlice()) {
				return true
			}
		}
		return false
	}
	return func(r *http.Request) string {
		direct, ok := parseAddress(r.RemoteAddr)
		if !ok {
			return ""
		}
		said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		at := direct
		for i := len(said) - 1; i >= 0 && trusted(at); i-- {
			ip, ok := parseAddress(strings.TrimSpace(said[i]))
			if !ok {
				return direct.String() // whoever wrote that is no proxy to rely on
			}
			at = ip
		}
		return at.String()
	}
}

// parseAddress reads an address with or without a port; some proxies write one. IPv4 in IPv6 is IPv4.
func parseAddress(text string) (netip.Addr, bool) {
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone(""), true
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return ip.Unmap().WithZone(""), err == nil
}
