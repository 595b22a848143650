package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// memoryBound is how many MiB a machine may have in memory, whatever comes to its door.
const memoryBound = 400

// slowConnections is how many hold the door; `make faults` wants many more.
func slowConnections() int {
	if n, err := strconv.Atoi(os.Getenv("BREAKWATER_SLOW_CONNECTIONS")); err == nil {
		return n
	}
	return 200
}

// TestDoorUnderMalice lets connections trickle, sends bombs and a burst, and looks that others stay
// served meanwhile, that nothing acknowledged is lost, and that memory has its bound.
func TestDoorUnderMalice(t *testing.T) {
	m := newMachine(t)
	m.serve()
	key := m.must("", "ocean", "generate-key")
	slow := slowConnections()
	for i := range slow {
		c, err := net.Dial("tcp", m.addr)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		defer c.Close()
		head := "POST /public/ocean/fhir_bundles HTTP/1.1\r\nHost: " + m.addr + "\r\n" // and never the rest
		if i%2 == 0 {                                                                  // or a body that trickles
			head += "Content-Type: application/fhir+json\r\nContent-Length: 100000\r\nReferral-Integration-API-Key: " + key
			head += "\r\n\r\n{"
		}
		if _, err := c.Write([]byte(head)); err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
	}
	acknowledged := []string{"meanwhile"}
	began := time.Now()
	if status, body, err := m.send(key, bundleOf("meanwhile")); status != 200 || err != nil {
		t.Errorf("beside %d slow connections: %d %s %v", slow, status, body, err)
	}
	took := time.Since(began)
	bombs := m.bombs(key)
	acknowledged = append(acknowledged, m.rush(key, 200)...)
	most := m.memory("VmHWM")
	if most > memoryBound {
		t.Errorf("%.0f MiB in memory, %d are the bound", most, memoryBound)
	}
	lost := m.lost(key, acknowledged)
	m.must("", "audit", "verify")
	survived := 0
	if !t.Failed() {
		survived = 1
	}
	prove(fmt.Sprintf("%d slow connections (others served in %v), %d bombs, a 200-fold burst; %.0f MiB at most", slow, took.Round(time.Millisecond), bombs, most), 1, survived, lost)
}

// bombs sends what is small on the wire and large inside; none is acknowledged as a referral.
func (m *machine) bombs(key string) int {
	m.t.Helper()
	var zip bytes.Buffer
	w := gzip.NewWriter(&zip)
	for range 512 {
		w.Write(make([]byte, 1<<20))
	}
	w.Close()
	for _, bomb := range []struct {
		name, coding string
		body         []byte
	}{
		{"deep arrays", "", []byte(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000))},
		{"deep objects", "", []byte(strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000))},
		{"wide", "", []byte(`{"resourceType":"Bundle","entry":[` + strings.Repeat("{},", 999_999) + "{}]}")},
		{"gzip", "gzip", zip.Bytes()},
	} {
		req, err := http.NewRequest("POST", m.url("/public/ocean/fhir_bundles"), bytes.NewReader(bomb.body))
		if err != nil {
			m.t.Fatal(err)
		}
		req.Header.Set("Referral-Integration-API-Key", key)
		req.Header.Set("Content-Type", "application/fhir+json")
		if bomb.coding != "" {
			req.Header.Set("Content-Encoding", bomb.coding)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			m.t.Errorf("%s: %v", bomb.name, err)
			continue
		}
		res.Body.Close()
		if res.StatusCode >= 500 {
			m.t.Errorf("%s: %d", bomb.name, res.StatusCode)
		}
	}
	if n := m.status()["referrals"]; n != 1.0 {
		m.t.Errorf("after the bombs there are %v referrals", n)
	}
	return 4
}

// rush sends so many referrals at once, as Ocean may after an outage, again where it is told to try
// later, and returns what was acknowledged: all of them.
func (m *machine) rush(key string, size int) (acknowledged []string) {
	m.t.Helper()
	var mu sync.Mutex
	var senders sync.WaitGroup
	for i := range size {
		senders.Go(func() {
			ref := fmt.Sprintf("rush-%d", i)
			for range 50 {
				status, _, err := m.send(key, bundleOf(ref))
				if status == 200 {
					mu.Lock()
					acknowledged = append(acknowledged, ref)
					mu.Unlock()
					return
				}
				if err != nil || status != 503 && status != 429 {
					m.t.Errorf("%s: %d %v", ref, status, err)
					return
				}
			}
		})
	}
	senders.Wait()
	if len(acknowledged) != size {
		m.t.Errorf("of a burst of %d, %d were served", size, len(acknowledged))
	}
	return acknowledged
}
