package storetest

import (
	"os"
	"testing"
)

// Thorough reports whether attacks are tried at length, as `make attack` does. Otherwise they are tried
// as well, with less.
func Thorough() bool { return os.Getenv("BREAKWATER_ATTACK") == "long" }

// Attacked writes a line of the table that `make attack` prints, and fails the test where anything got
// through.
func Attacked(t testing.TB, attack string, tries, through int) {
	t.Helper()
	t.Logf("ATTACK|%s|%d|%d", attack, tries, through)
	if through > 0 {
		t.Errorf("%s: %d of %d got through", attack, through, tries)
	}
	if tries == 0 {
		t.Errorf("%s: nothing was tried", attack)
	}
}
