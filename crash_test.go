package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// TestKillLosesNothingAcknowledged kills the server in the middle of a burst, again and again,
// and looks for every referral that Ocean was told is kept.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	m := newMachine(t)
	m.must("", "ocean", "set", "--site-number", "1234")
	key := m.must("", "ocean", "generate-key")
	acknowledged := map[string]bool{}
	for round := range 4 {
		m.serve()
		var mu sync.Mutex
		var senders sync.WaitGroup
		enough := make(chan struct{})
		for sender := range 8 {
			senders.Go(func() {
				for i := 0; ; i++ {
					ref := fmt.Sprintf("ref-%d-%d-%d", round, sender, i)
					status, _, err := m.send(key, oceantest.Bundle(oceantest.Message{Ref: ref, HeaderID: "msg-" + ref}))
					if err != nil {
						return // killed
					}
					if status != 200 {
						t.Errorf("a bundle: %d", status)
						return
					}
					mu.Lock()
					acknowledged[ref] = true
					if len(acknowledged) == (round+1)*150 {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(time.Minute):
			t.Fatal("the burst takes too long")
		}
		m.kill()
		senders.Wait()
	}
	m.must("", "audit", "verify")
	kept := m.status()
	if n := int(kept["referrals"].(float64)); n < len(acknowledged) {
		t.Errorf("%d referrals were acknowledged, %d are kept", len(acknowledged), n)
	}
	// Sending everything again adds nothing: whatever was acknowledged is a duplicate.
	m.serve()
	before := int(m.status()["duplicates"].(float64))
	for _, ref := range slices.Sorted(maps.Keys(acknowledged)) {
		if status, _, err := m.send(key, oceantest.Bundle(oceantest.Message{Ref: ref, HeaderID: "msg-" + ref})); status != 200 || err != nil {
			t.Fatalf("%s again: %d, %v", ref, status, err)
		}
	}
	after := m.status()
	if n := int(after["duplicates"].(float64)) - before; n != len(acknowledged) || after["referrals"] != kept["referrals"] {
		t.Errorf("of %d acknowledged, %d were found again; referrals went from %v to %v", len(acknowledged), n, kept["referrals"], after["referrals"])
	}
}
