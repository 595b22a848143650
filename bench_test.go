package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// BenchmarkTable is `make bench`: what is measured side by side in one run, as medians over rounds in
// which everything has its turn. Only ratios mean something on a machine that does other things too.
// These variables make it shorter or longer:
//
//	BREAKWATER_BENCH_ROUNDS     how many rounds (3)
//	BREAKWATER_BENCH_SECONDS    how long each turn of the receiving path takes (1)
//	BREAKWATER_BENCH_REFERRALS  how many are many (1000000)
//	BREAKWATER_BENCH_ONLY       some of the parts, with commas: small,large,pages,program,crowd (all)
//	BREAKWATER_BENCH_CACHE      where the databases that were made for it stay (the user's cache)
//
// Any answer but 2xx fails it.
func BenchmarkTable(b *testing.B) {
	t := &table{TB: b, rounds: int(setting(b, "ROUNDS", 3)), turn: time.Duration(setting(b, "SECONDS", 1) * float64(time.Second)),
		many: int(setting(b, "REFERRALS", 1_000_000))}
	fmt.Printf("%s, %d processors, %s/%s, %s, %d rounds\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), t.rounds)
	parts := []struct {
		name    string
		measure func()
	}{{"small", func() { t.receiving(25) }}, {"large", func() { t.receiving(3000) }}, {"pages", t.pages}, {"program", t.program}, {"crowd", t.crowd}}
	only := os.Getenv("BREAKWATER_BENCH_ONLY")
	for b.Loop() {
		for _, part := range parts {
			if only == "" || slices.Contains(strings.Split(only, ","), part.name) {
				part.measure()
			}
		}
	}
}

// table is what all parts of the measurement share.
type table struct {
	testing.TB
	rounds int
	turn   time.Duration // of one way, one number of clients, and one round
	many   int           // referrals
}

func setting(b testing.TB, name string, otherwise float64) float64 {
	text := os.Getenv("BREAKWATER_BENCH_" + name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n <= 0 {
		b.Fatalf("BREAKWATER_BENCH_%s is a number above zero, not %q", name, text)
	}
	return n
}

// check ends the measurement at the first error: what went wrong is not fast.
func (t *table) check(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// median is the one in the middle of what was measured in each round.
func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// percentile is the time below which a share of all times are, in milliseconds.
func percentile(times []time.Duration, share float64) float64 {
	slices.Sort(times)
	return float64(times[int(share*float64(len(times)-1))]) / float64(time.Millisecond)
}

// print prints a part of the table, its columns aligned.
func (t *table) print(title string, rows ...[]string) {
	fmt.Println("\n" + title)
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t")+"\t")
	}
	t.check(w.Flush())
}

// program measures the binary as it is installed: how large it is, how soon it is ready, and what memory
// it takes.
func (t *table) program() {
	release := filepath.Join(t.TempDir(), "breakwater")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", release, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(release)
	t.check(err)
	var empty, full []float64
	first, many := newMachine(t), newMachine(t)
	many.dir = t.made(t.many)
	for range t.rounds {
		empty = append(empty, t.start(first))
		full = append(full, t.start(many))
	}
	first.env = []string{"BREAKWATER_LOG_LEVEL=info"}
	first.serve()
	idle := first.memory("VmRSS")
	first.must("", "ocean", "set", "--site-number", benchSite)
	key := first.must("", "ocean", "generate-key")
	t.load(first.url(bundlesPath), key, newBundles(3000), 64, max(t.turn, time.Second))
	t.print("The program", []string{"binary, MB", "ready, ms", fmt.Sprintf("with %d referrals", t.many), "ratio", "memory idle, MB", "64 clients, 3 MB each"},
		[]string{figure(float64(info.Size()) / 1e6), figure(median(empty)), figure(median(full)), figure(median(full) / median(empty)),
			figure(idle), figure(first.memory("VmHWM"))})
	first.stop()
}

// start is how long it takes until the server is ready, in milliseconds.
func (t *table) start(m *machine) float64 {
	began := time.Now()
	m.serve()
	took := time.Since(began)
	m.stop()
	return float64(took) / float64(time.Millisecond)
}

// memory reads a figure of the running server's memory, in MB, from what Linux tells of a process.
func (m *machine) memory(name string) float64 {
	m.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.proc.Process.Pid))
	if err != nil {
		m.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			if err != nil {
				m.t.Fatal(err)
			}
			return kb / 1024
		}
	}
	m.t.Fatalf("the system does not tell %s", name)
	return 0
}

// figure writes a number with as many digits as mean something.
func figure(n float64) string {
	switch {
	case n >= 100:
		return fmt.Sprintf("%.0f", n)
	case n >= 10:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.2f", n)
}
