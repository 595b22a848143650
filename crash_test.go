package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// crashRounds is how often the server is killed; `make crash` wants many more.
func crashRounds(t *testing.T) (rounds int, long bool) {
	text := os.Getenv("BREAKWATER_CRASH_ROUNDS")
	if text == "" {
		return 4, false
	}
	rounds, err := strconv.Atoi(text)
	if err != nil || rounds < 1 {
		t.Fatalf("BREAKWATER_CRASH_ROUNDS is a number from 1 on, not %q", text)
	}
	return rounds, true
}

// readyWithin is how soon a machine that was killed serves again.
const readyWithin = 2 * time.Second

func bundleOf(ref string) []byte {
	return oceantest.Bundle(oceantest.Message{Ref: ref, HeaderID: "msg-" + ref})
}

// TestKillLosesNothingAcknowledged kills the server at any moment of a burst, again and again, and
// looks for every referral that Ocean was told is kept.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	rounds, long := crashRounds(t)
	m := newMachine(t)
	m.must("", "ocean", "set", "--site-number", "1234")
	key := m.must("", "ocean", "generate-key")
	var acknowledged []string
	var slowest time.Duration
	for round := range rounds {
		began := time.Now()
		m.serve()
		slowest = max(slowest, time.Since(began))
		acknowledged = append(acknowledged, m.burst(key, fmt.Sprint(round), 1+rand.IntN(150))...)
		if t.Failed() {
			t.FailNow()
		}
	}
	if long && slowest > readyWithin {
		t.Errorf("ready after %v, %v is the bound", slowest, readyWithin)
	}
	m.must("", "audit", "verify")
	m.isWhole()
	m.serve()
	lost := m.lost(key, acknowledged)
	prove(fmt.Sprintf("kill -9 in a burst (%d acknowledged, ready after %v at most)", len(acknowledged), slowest.Round(time.Millisecond)), rounds, rounds, lost)
}

// burst sends referrals from eight sides until so many are acknowledged, then kills the machine in the
// middle of the others. It returns all that were acknowledged.
func (m *machine) burst(key, name string, enough int) (acknowledged []string) {
	m.t.Helper()
	var mu sync.Mutex
	var senders sync.WaitGroup
	reached := make(chan struct{})
	for sender := range 8 {
		senders.Go(func() {
			for i := 0; ; i++ {
				ref := fmt.Sprintf("ref-%s-%d-%d", name, sender, i)
				status, _, err := m.send(key, bundleOf(ref))
				if err != nil {
					return // killed
				}
				if status != 200 {
					m.t.Errorf("a bundle: %d", status)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, ref)
				if len(acknowledged) == enough {
					close(reached)
				}
				mu.Unlock()
			}
		})
	}
	select {
	case <-reached:
	case <-time.After(time.Minute):
		m.t.Error("the burst takes too long")
	}
	m.kill()
	senders.Wait()
	return acknowledged
}

// lost sends everything that was acknowledged again and returns how much of it was not there: whatever
// was is a duplicate, and adds nothing. The machine serves.
func (m *machine) lost(key string, acknowledged []string) int {
	m.t.Helper()
	before := m.status()
	var next atomic.Int64
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(acknowledged)); n = next.Add(1) - 1 {
				if status, _, err := m.send(key, bundleOf(acknowledged[n])); status != 200 || err != nil {
					m.t.Errorf("%s again: %d, %v", acknowledged[n], status, err)
					return
				}
			}
		})
	}
	senders.Wait()
	after := m.status()
	lost := len(acknowledged) - int(after["duplicates"].(float64)-before["duplicates"].(float64))
	if lost != 0 || after["referrals"] != before["referrals"] {
		m.t.Errorf("of %d acknowledged, %d were lost; referrals went from %v to %v", len(acknowledged), lost, before["referrals"], after["referrals"])
	}
	return lost
}
