package store

import (
	"strings"
	"testing"
	"time"

	"breakwater/store/seal"
)

// TestAPanicWhileSealingEndsNothingButTheDelivery seals without keys, as nothing should.
func TestAPanicWhileSealingEndsNothingButTheDelivery(t *testing.T) {
	s := &Store{keys: &seal.Keyring{}, opts: Options{Now: time.Now}}
	d := s.Deliver([]byte("Tremblay"))
	d.End()
	if d.fault == nil || d.raw != nil || strings.Contains(d.fault.Error(), "Tremblay") {
		t.Errorf("%v, %d bytes", d.fault, len(d.raw))
	}
}
