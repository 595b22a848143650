package handlers

import (
	"testing"
	"time"
)

const (
	triesAllowed = 9           // wrong ones; the tenth in a minute is not looked at
	firstWait    = time.Minute // after those
	allForgiven  = 24 * time.Hour
)

func TestTriesAreCountedByNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1":              "192.0.2.1",
		"::ffff:192.0.2.1":       "192.0.2.1",
		"2001:db8:1:2:3:4:5:6":   "2001:db8:1:2::/64",
		"2001:DB8:1:2::1":        "2001:db8:1:2::/64",
		"fe80::1%eth0":           "fe80::/64",
		"::1":                    "::/64",
		"":                       "",
		"somewhere":              "somewhere",
		"2001:db8::1, 192.0.2.1": "2001:db8::1, 192.0.2.1",
	} {
		if got := network(address); got != want {
			t.Errorf("%q counts as %q, want %q", address, got, want)
		}
	}
}
