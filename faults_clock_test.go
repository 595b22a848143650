//go:build proof

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// aShiftedClock is the part of the standard library's clock that a test can turn: by as many seconds as a
// file says. The clock that nobody sets, by which timers go, is left alone, as when somebody sets a real one.
const aShiftedClock = `package time

import (
	"sync/atomic"
	"syscall"
)

var shiftBy atomic.Int64

// Now must not look itself: the runtime asks it where nothing may wait.
func init() {
	if file, ok := syscall.Getenv("BREAKWATER_TEST_CLOCK"); ok {
		lookAt(file)
		go func() {
			for {
				Sleep(20 * Millisecond)
				lookAt(file)
			}
		}()
	}
}

func lookAt(file string) {
	f, err := open(file)
	if err != nil {
		return
	}
	var text [32]byte
	n, _ := read(f, text[:])
	closefd(f)
	if by, err := atoi(string(text[:n])); err == nil {
		shiftBy.Store(int64(by))
	}
}
`

// withShiftedClock builds Breakwater of the same source with that clock.
func withShiftedClock(t *testing.T) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir, lib := t.TempDir(), filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(lib, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	const now = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(source), now) != 1 {
		t.Fatal("time.Now is not what it was: this test must learn how to turn it")
	}
	replaced := map[string]string{}
	for name, content := range map[string]string{"time.go": strings.Replace(string(source), now, now+"\tsec += shiftBy.Load()\n", 1), "shifted.go": aShiftedClock} {
		replaced[filepath.Join(lib, name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	file, out := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "breakwater")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-overlay", file, "-o", out, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, said)
	}
	return out
}

// turned is a machine whose clock the test turns.
type turned struct {
	*machine
	clock, key string
	kept       []string
}

func (m *turned) turn(by time.Duration) {
	m.t.Helper()
	whole := filepath.Join(filepath.Dir(m.clock), "new")
	if err := os.WriteFile(whole, []byte(strconv.Itoa(int(by/time.Second))), 0o600); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Rename(whole, m.clock); err != nil {
		m.t.Fatal(err)
	}
}

// receive sends some messages, which the machine takes whatever its clock shows.
func (m *turned) receive() {
	m.t.Helper()
	for range 20 {
		ref := fmt.Sprintf("clock-%d", len(m.kept))
		status, body, err := m.send(m.key, bundleOf(ref))
		if status != 200 || err != nil {
			m.t.Fatalf("a bundle: %d %s %v", status, body, err)
		}
		m.kept = append(m.kept, ref)
	}
}

// told waits until the audit log tells of so many jumps; the watch looks once a minute.
func (m *turned) told(jumps int) {
	m.t.Helper()
	beat := time.NewTicker(5 * time.Second)
	defer beat.Stop()
	for deadline := time.After(3 * time.Minute); strings.Count(m.must("", "audit", "export", "--format", "csv"), "system.clock_jumped") != jumps; {
		select {
		case <-beat.C:
		case <-deadline:
			m.t.Fatalf("the audit log does not tell of %d jumps:\n%s", jumps, m.must("", "audit", "export", "--format", "csv"))
		}
	}
}

// shows is the time that an answer says it is.
func (m *turned) shows() time.Time {
	m.t.Helper()
	res, err := http.Get(m.url("/healthz"))
	read(m.t, res, err)
	at, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		m.t.Fatal(err)
	}
	return at
}

// lets reports whether a browser is signed in.
func (m *turned) lets(browser *http.Client) bool {
	m.t.Helper()
	res, err := browser.Get(m.url("/account"))
	read(m.t, res, err)
	return res.Request.URL.Path != "/login"
}

// TestClockThatJumps turns the clock of a running machine, and back again a little later.
func TestClockThatJumps(t *testing.T) {
	built := withShiftedClock(t)
	const year = 365 * 24 * time.Hour
	jumps := map[string]time.Duration{"an hour ahead": time.Hour, "an hour back": -time.Hour, "ten years ahead": 10 * year, "ten years back": -10 * year}
	survived, lost := 0, 0
	results := make(chan int, len(jumps))
	ok := t.Run("jumps", func(t *testing.T) {
		for name, by := range jumps {
			t.Run(name, func(t *testing.T) {
				t.Parallel() // each waits for the watch twice
				if n := jump(t, built, by); !t.Failed() {
					results <- n
				}
			})
		}
	})
	close(results)
	for n := range results {
		survived, lost = survived+1, lost+n
	}
	if !ok {
		t.Log("not all survived")
	}
	prove("the clock jumps an hour or ten years, ahead or back, and back again: no session revived, said in the audit log", len(jumps), survived, lost)
}

func jump(t *testing.T, built string, by time.Duration) int {
	m := &turned{machine: newMachine(t), clock: filepath.Join(t.TempDir(), "clock")}
	m.other, m.env = built, []string{"BREAKWATER_TEST_CLOCK=" + m.clock}
	m.turn(0)
	m.must(password, "user", "add", "ada@example.org", "--role", "administrator", "--password-stdin")
	m.serve()
	m.key = m.must("", "ocean", "generate-key")
	m.receive()
	early := m.signIn("ada@example.org")
	m.turn(by)
	m.until("the clock is turned", func() bool { return time.Until(m.shows()).Abs() > by.Abs()/2 })
	m.receive()
	m.told(1)
	if m.lets(early) && by != time.Hour { // an hour is no longer than somebody may be away, or it ends with that
		t.Error("a session outlives the jump")
	}
	ended := !m.lets(early)
	late := m.signIn("ada@example.org")
	if _, ready := m.answers("/readyz"); (ready == "clock\n") != (by < 0) {
		t.Errorf("/readyz says %q", ready)
	}
	m.turn(0)
	m.until("the clock is turned back", func() bool { return time.Until(m.shows()).Abs() < 30*time.Minute })
	m.receive()
	m.told(2)
	if ended && m.lets(early) {
		t.Error("a session is revived")
	}
	if by > 0 && m.lets(late) {
		t.Error("a session of a time to come is believed")
	}
	lost := m.lost(m.key, m.kept)
	if code := m.stop(); code != 0 {
		t.Errorf("it stops with %d", code)
	}
	m.must("", "audit", "verify")
	m.isWhole()
	if strings.Contains(m.log.String(), "panic") {
		t.Errorf("it panicked:\n%s", m.log.String())
	}
	return lost
}
