//go:build proof

package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFullDisk fills the disk of a machine, a small tmpfs (needs root): with the floor, and without it
// so that SQLite itself meets the end. With room again, everything acknowledged is there and all goes on.
func TestFullDisk(t *testing.T) {
	survived, lost := 0, 0
	floors := []string{"4MiB", "0"}
	for _, floor := range floors {
		if t.Run("floor "+floor, func(t *testing.T) { lost += fillDisk(t, floor) }) {
			survived++
		}
	}
	prove("disk full on a tmpfs of 12 MiB, with the floor and without", len(floors), survived, lost)
}

func fillDisk(t *testing.T, floor string) int {
	m := newMachine(t)
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", m.dir, "tmpfs", 0, "size=12m,mode=0700"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Unmount(m.dir, syscall.MNT_DETACH) })
	m.env = []string{"BREAKWATER_MIN_FREE=" + floor}
	m.serve()
	key := m.must("", "ocean", "generate-key")
	var acknowledged []string
	for i, refused := 0, 0; refused < 20; i++ {
		ref := fmt.Sprintf("full-%d", i)
		status, body, err := m.send(key, bundleOf(ref))
		switch {
		case status == 200:
			acknowledged = append(acknowledged, ref)
		case status == 503 || err != nil: // an error: it ends after a fault that only a restart mends
			refused++
		default:
			t.Fatalf("a full disk: %d %s", status, body)
		}
		if i > 100_000 {
			t.Fatal("the disk does not become full")
		}
	}
	if err := syscall.Mount("", m.dir, "", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-m.gone:
		m.serve() // as systemd does
	default:
	}
	if status, body, err := m.send(key, bundleOf("later")); status != 200 || err != nil {
		t.Errorf("with room again: %d %s %v", status, body, err)
	}
	lost := m.lost(key, acknowledged)
	m.must("", "audit", "verify")
	m.isWhole()
	t.Logf("%d acknowledged before the disk was full", len(acknowledged))
	return lost
}

// TestFailingSync lets the n-th sync of a thread and all its later ones fail, cuts the power after that, with nothing
// kept that a failed sync should have, and looks for all that was acknowledged: at the end, and at the moment at
// which Linux would have told all others that the sync has failed, which an injected fault does not.
func TestFailingSync(t *testing.T) {
	const tries = 20
	survived, lost := 0, 0
	for n := range tries {
		ok := t.Run(fmt.Sprint(n), func(t *testing.T) {
			m, key := prepared(t)
			base, trace := onDisk(t, m), filepath.Join(t.TempDir(), "trace")
			m.under = traceArgs(trace, "-e", fmt.Sprintf("inject=fsync,fdatasync:error=EIO:when=%d+", 3+n))
			proc, gone := m.command("serve"), make(chan struct{})
			proc.Stderr = &m.log
			if err := proc.Start(); err != nil {
				t.Fatal(err)
			}
			m.proc, m.gone = proc, gone
			go func() { proc.Wait(); close(gone) }()
			t.Cleanup(m.kill)
			m.until("it is ready, or has ended", func() bool { return m.isReady() || m.isGone() })
			sent := m.recordedBurst(key, 3000)
			select {
			case <-m.gone: // by itself: nothing is retried on a disk that failed
			case <-time.After(20 * time.Second):
				t.Fatalf("it goes on after a failed sync:\n%s", m.log.String())
			}
			m.under = nil
			steps := readTrace(t, m, trace)
			d := &disk{dir: m.dir, base: base, steps: steps, luck: rand.New(rand.NewPCG(8, uint64(n)))}
			if !slices.ContainsFunc(steps, func(s *step) bool { return s.call == "sync" && s.failed }) {
				t.Fatal("no sync failed")
			}
			acknowledged := acknowledgedBefore(steps, sent)
			l, _ := opensAgain(t, d.after(len(steps)), key, acknowledged)
			told := untilTold(steps)
			d.every = true
			as, _ := opensAgain(t, d.after(told), key, acknowledgedBefore(steps[:told], sent))
			lost += l + as
			t.Logf("%d acknowledged; Linux would have ended it %d of %d steps earlier", len(acknowledged), len(steps)-told, len(steps))
		})
		if ok {
			survived++
		}
	}
	prove("failing syncs, then power loss", tries, survived, lost)
}

func (m *machine) isReady() bool {
	res, err := http.Get(m.url("/readyz"))
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == 200
}

func (m *machine) isGone() bool {
	select {
	case <-m.gone:
		return true
	default:
		return false
	}
}

// TestDamageAtRandom runs the store's own test of that.
func TestDamageAtRandom(t *testing.T) {
	out, err := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestRandomDamage$", "./store").CombinedOutput()
	tried := find(t, string(out), `tried (\d+), found damaged \d+, harmless \d+`)
	n, _ := strconv.Atoi(tried) // the pattern has digits alone
	said := find(t, string(out), `tried \d+, (found damaged \d+, harmless \d+)`)
	survived := n
	if err != nil {
		t.Errorf("%v\n%s", err, out)
		survived = n - strings.Count(string(out), "round ")
	}
	prove("random corruption of the database ("+said+")", n, survived, strings.Count(string(out), "an acknowledged message cannot be read"))
}
