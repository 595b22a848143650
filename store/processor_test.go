package store

import (
	"runtime"
	"testing"
)

func TestWhatTakesLongHasAProcessorOfItsOwn(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	withProcessor(func() {
		withProcessor(func() {
			if n := runtime.GOMAXPROCS(0); n != before+2 {
				t.Errorf("%d processors within two, want %d", n, before+2)
			}
		})
	})
	func() {
		defer func() { _ = recover() }()
		withProcessor(func() { panic("long") })
	}()
	if n := runtime.GOMAXPROCS(0); n != before {
		t.Errorf("%d processors afterwards, want %d", n, before)
	}
}

// TestAPasswordLeavesTheProcessorsAsTheyWere at the cost that is the usual one.
func TestAPasswordLeavesTheProcessorsAsTheyWere(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	h := newHasher(DefaultArgon2)
	hash, err := h.hash(t.Context(), "a long enough password")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.matches(t.Context(), "a long enough password", hash); !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	if n := runtime.GOMAXPROCS(0); n != before {
		t.Errorf("%d processors afterwards, want %d", n, before)
	}
}
