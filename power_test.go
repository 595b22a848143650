//go:build proof

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/store"
)

const powerCuts = 200

// TestPowerLossLosesNothingAcknowledged records every write and every sync of a server in a burst, and
// opens what a power cut at any point of that leaves.
func TestPowerLossLosesNothingAcknowledged(t *testing.T) {
	m, key := prepared(t)
	base := onDisk(t, m)
	trace := filepath.Join(t.TempDir(), "trace")
	m.under = traceArgs(trace)
	m.serve()
	sent := m.recordedBurst(key, 600)
	m.stop()
	m.under = nil
	steps := readTrace(t, m, trace)
	cuts := cutsOf(steps)
	t.Logf("%d steps, %d answers, %d syncs of the log, %d of the database", len(steps), count(steps, "answer", ""), count(steps, "sync", "-wal"), count(steps, "sync", ".db"))
	t.Run("a disk that lies", func(t *testing.T) { aLieIsNoticed(t, m.dir, base, steps, sent) })
	survived, lost, most := 0, 0, time.Duration(0)
	if count(steps, "answer", "") < 600 || count(steps, "sync", "-wal") == 0 || count(steps, "sync", store.FileName) == 0 {
		t.Fatal("the trace lacks answers, or syncs of the log or of the database")
	}
	for n := range powerCuts {
		d := &disk{dir: m.dir, base: base, steps: steps, luck: rand.New(rand.NewPCG(7, uint64(n)))}
		cut := cuts(d.luck)
		ok := t.Run(fmt.Sprintf("cut %d at %d", n, cut), func(t *testing.T) {
			l, took := opensAgain(t, d.after(cut), key, acknowledgedBefore(steps[:cut], sent))
			lost, most = lost+l, max(most, took)
		})
		if ok {
			survived++
		}
	}
	prove(fmt.Sprintf("power loss (ready after %v at most)", most.Round(time.Millisecond)), powerCuts, survived, lost)
}

// aLieIsNoticed shows that losses would be seen: were the log never synced, most cuts would lose something.
func aLieIsNoticed(t *testing.T, dir string, base map[string][]byte, steps []*step, sent map[int][]string) {
	var lying []*step
	for _, s := range steps {
		lie := *s
		lie.failed = s.failed || s.call == "sync" && strings.HasSuffix(s.path, "-wal")
		lying = append(lying, &lie)
	}
	noticed, cuts := 0, cutsOf(steps)
	for n := range 10 {
		d := &disk{dir: dir, base: base, steps: lying, luck: rand.New(rand.NewPCG(77, uint64(n)))}
		cut := cuts(d.luck)
		m := newMachine(t)
		put(t, m.dir, d.after(cut))
		code, out, _ := m.run("", "status", "--json")
		var st struct{ Referrals int }
		if code != 0 || json.Unmarshal([]byte(out), &st) != nil || st.Referrals < len(acknowledgedBefore(steps[:cut], sent)) {
			noticed++
		}
	}
	if noticed < 5 {
		t.Errorf("of 10 cuts that had to lose something, %d were seen to", noticed)
	}
}

// prepared is a machine that can receive, switched off.
func prepared(t *testing.T) (*machine, string) {
	t.Helper()
	m := newMachine(t)
	m.serve()
	key := m.must("", "ocean", "generate-key")
	m.stop()
	return m, key
}

func onDisk(t *testing.T, m *machine) map[string][]byte {
	t.Helper()
	base := map[string][]byte{}
	for path, content := range m.files() {
		name, err := filepath.Rel(m.dir, path)
		if err != nil {
			t.Fatal(err)
		}
		base[name] = content
	}
	return base
}

// recordedBurst sends from eight connections until so many are acknowledged. It returns, by the port
// of each connection, what was acknowledged on it, in order.
func (m *machine) recordedBurst(key string, enough int64) map[int][]string {
	m.t.Helper()
	var mu sync.Mutex
	var senders sync.WaitGroup
	var total atomic.Int64
	sent := map[int][]string{}
	for sender := range 8 {
		senders.Go(func() {
			var port int
			dialer := &net.Dialer{}
			transport := &http.Transport{MaxConnsPerHost: 1, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				c, err := dialer.DialContext(ctx, network, addr)
				if err == nil {
					port = c.LocalAddr().(*net.TCPAddr).Port
				}
				return c, err
			}}
			defer transport.CloseIdleConnections()
			for i := 0; total.Add(1) <= enough; i++ {
				ref := fmt.Sprintf("ref-%d-%d", sender, i)
				status, body, err := m.sendBy(&http.Client{Transport: transport}, key, bundleOf(ref))
				if status == 503 || err != nil {
					return // a fault that was meant
				}
				if status != 200 {
					m.t.Errorf("a bundle: %d %s", status, body)
					return
				}
				mu.Lock()
				sent[port] = append(sent[port], ref)
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	return sent
}

// readTrace waits for the tracer, which ends after the process.
func readTrace(t *testing.T, m *machine, file string) []*step {
	t.Helper()
	ended := regexp.MustCompile(fmt.Sprintf(`(?m)^%d +\+\+\+ `, m.proc.Process.Pid)) // strace aligns what follows short numbers
	m.until("the end of the trace", func() bool {
		content, err := os.ReadFile(file)
		return err == nil && ended.Match(content[max(0, len(content)-4000):])
	})
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	steps, err := parseTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func count(steps []*step, call, suffix string) (n int) {
	for _, s := range steps {
		if s.call == call && strings.HasSuffix(s.path, suffix) {
			n++
		}
	}
	return n
}

// cutsOf returns what picks a point: half of them anywhere, half right after an answer, when it hurts most.
func cutsOf(steps []*step) func(*rand.Rand) int {
	var answers []int
	for i, s := range steps {
		if s.call == "answer" {
			answers = append(answers, i+1)
		}
	}
	return func(luck *rand.Rand) int {
		if luck.IntN(2) == 0 && len(answers) > 0 {
			return answers[luck.IntN(len(answers))]
		}
		return luck.IntN(len(steps) + 1)
	}
}

// acknowledgedBefore is what clients were told is kept.
func acknowledgedBefore(steps []*step, sent map[int][]string) (refs []string) {
	answers := map[int]int{}
	for _, s := range steps {
		if n := answers[s.port]; s.call == "answer" && n < len(sent[s.port]) {
			refs = append(refs, sent[s.port][n])
			answers[s.port]++
		}
	}
	return slices.Clip(refs)
}

// opensAgain starts a machine on what was left, and looks for all that was acknowledged.
func opensAgain(t *testing.T, left map[string][]byte, key string, acknowledged []string) (lost int, took time.Duration) {
	m := newMachine(t)
	put(t, m.dir, left)
	began := time.Now()
	m.serve()
	if took = time.Since(began); took > readyWithin {
		t.Errorf("ready after %v, %v is the bound", took, readyWithin)
	}
	if n := int(m.status()["referrals"].(float64)); n < len(acknowledged) {
		t.Errorf("%d were acknowledged, %d are kept", len(acknowledged), n)
	}
	lost = m.lost(key, acknowledged)
	if code := m.stop(); code != 0 {
		t.Errorf("it stopped with %d:\n%s", code, m.log.String())
	}
	m.must("", "audit", "verify")
	m.isWhole()
	return lost, took
}

// traceArgs make strace record what parseTrace reads. The tracer runs as a grandchild, so that signals
// reach the process itself.
func traceArgs(file string, more ...string) []string {
	return append([]string{"strace", "-D", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "4000000", "-o", file, "-e", "signal=none",
		"-e", "trace=open,openat,creat,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,accept4"}, more...)
}

// put writes files into a new folder.
func put(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
