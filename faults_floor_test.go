//go:build proof

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBelowTheFloor fills a small tmpfs (needs root) down to the floor. Nothing more is received, and nothing of
// it is kept; people sign in and read on, and what they see is noted; with room again all goes on by itself.
func TestBelowTheFloor(t *testing.T) {
	const floor, refusals, seen = 8 << 20, 200, 20
	m := newMachine(t)
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", m.dir, "tmpfs", 0, "size=24m,mode=0700"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(m.dir, syscall.MNT_DETACH) })
	m.env = []string{fmt.Sprint("BREAKWATER_MIN_FREE=", floor)}
	m.serve()
	m.must(password, "user", "add", "front@example.org", "--role", "administrator", "--password-stdin")
	key := m.must("", "ocean", "generate-key")
	acknowledged := m.sendUntilRefused(key, "before")
	filler := filepath.Join(m.dir, "something else") // not even something small has room
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range refusals {
		status, body, err := m.send(key, bundleOf(fmt.Sprintf("during-%d", i)))
		if status != 503 || err != nil || !strings.Contains(body, "disk is full") {
			t.Fatalf("below the floor: %d %s %v", status, body, err)
		}
	}
	if n := m.status()["messages"]; n != float64(len(acknowledged)) {
		t.Errorf("%v messages are kept, %d were acknowledged", n, len(acknowledged))
	}
	m.until("/readyz names the disk", func() bool { status, text := m.answers("/readyz"); return status == 503 && text == "disk\n" })
	m.readsOn(seen)
	var fs syscall.Statfs_t
	if err := syscall.Statfs(m.dir, &fs); err != nil {
		t.Fatal(err)
	}
	if free := int64(fs.Bavail) * fs.Bsize; free < floor-3<<20 {
		t.Errorf("refusing and reading took what was left: %d bytes are free", free)
	}
	if err := errors.Join(os.Remove(filler), syscall.Mount("", m.dir, "", syscall.MS_REMOUNT, "size=64m")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	m.until("it is ready again", m.isReady)
	took := time.Since(began)
	if status, body, err := m.send(key, bundleOf("later")); status != 200 || err != nil {
		t.Errorf("with room again: %d %s %v", status, body, err)
	}
	if m.isGone() {
		t.Error("it had to start anew")
	}
	lost := m.lost(key, append(acknowledged, "later"))
	m.must("", "audit", "verify")
	m.isWhole()
	survived := 0
	if !t.Failed() {
		survived = 1
	}
	prove(fmt.Sprintf("disk below its floor: %d refused, %d referrals read and noted; receiving again within %v", refusals+1, seen, took.Round(time.Millisecond)), 1, survived, lost)
}

// readsOn signs somebody in and opens so many referrals, each of which is noted in the audit log.
func (m *machine) readsOn(times int) {
	m.t.Helper()
	browser := m.signIn("front@example.org")
	status, text := m.page(browser, "/referrals")
	links := map[string]bool{}
	for _, link := range regexp.MustCompile(`href="(/referrals/[0-9a-f-]{36})"`).FindAllStringSubmatch(text, -1) {
		if len(links) < times {
			links[link[1]] = true
		}
	}
	if len(links) < times {
		m.t.Fatalf("the list: %d, %d links", status, len(links))
	}
	before := m.status()["audit_entries"].(float64)
	for link := range links {
		if status, text := m.page(browser, link); status != 200 || !strings.Contains(text, "Referral") {
			m.t.Fatalf("%s: %d", link, status)
		}
	}
	if noted := m.status()["audit_entries"].(float64) - before; noted < float64(times) {
		m.t.Errorf("%d referrals were opened, %v noted", times, noted)
	}
}
