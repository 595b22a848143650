package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"breakwater/store"
)

const mib = 1 << 20

// A measure is a figure of the machine that may not grow under a steady load.
type measure struct {
	name  string
	from  string  // of the metrics; "" is the size of the database, which grows with what is kept
	unit  float64 // what the figure is divided by
	grow  float64 // by how much the median of the last third may be above that of the first
	short float64 // the same where the load is on for seconds: what is kept in memory is not filled by then
	most  float64 // bounds every sample; 0 is no bound
}

// The bounds of half an hour, of which 18 minutes lie between the middles of both thirds: a leak of 1 KB for
// each message and page would be 17 MiB there; a descriptor or a goroutine for each sign-in 350, for every
// other minute 9. The log's are those of store/checkpoint.go.
var measures = []measure{
	{"resident memory, MiB", "process_resident_memory_bytes", mib, 12, 96, memoryBound},
	{"heap at which it is cleared up, MiB", "go_memstats_next_gc_bytes", mib, 12, 96, memoryBound},
	{"open descriptors", "process_open_fds", 1, 8, 8, 0},
	{"goroutines", "go_goroutines", 1, 8, 8, 0},
	{"write-ahead log, MiB", "breakwater_wal_bytes", mib, 16, 16, 80},
	{"database, MiB (it grows with what is kept)", "", mib, 0, 0, 0},
}

// watch takes a sample of every measure again and again until the time is over.
func (s *soak) watch(ctx context.Context, every time.Duration) (samples [][]float64) {
	beat := time.NewTicker(every)
	defer beat.Stop()
	for {
		sample, err := s.sample(ctx)
		if ctx.Err() != nil {
			return samples
		}
		if err != nil {
			s.t.Fatal(err)
		}
		samples = append(samples, sample)
		select {
		case <-beat.C:
		case <-ctx.Done():
			return samples
		}
	}
}

func (s *soak) sample(ctx context.Context) ([]float64, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+s.figures+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	text := read(s.t, res, err)
	var sample []float64
	for _, m := range measures {
		value, err := m.of(text, s.dir)
		if err != nil {
			return nil, err
		}
		sample = append(sample, value/m.unit)
	}
	return sample, nil
}

func (m measure) of(text, dir string) (float64, error) {
	if m.from == "" {
		info, err := os.Stat(filepath.Join(dir, store.FileName))
		if err != nil {
			return 0, err
		}
		return float64(info.Size()), nil
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, m.from+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("%w: %s", errNoFigure, m.from)
}

// judge prints what became of every measure, and fails for what has grown. The first tenth is for the
// machine to get warm; of the rest the medians of the first and of the last third are compared.
func (s *soak) judge(samples [][]float64, long bool) {
	s.t.Helper()
	if len(samples) < 30 {
		s.t.Fatalf("%d samples say nothing", len(samples))
	}
	warm := samples[len(samples)/10:]
	third := len(warm) / 3
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d samples\tStart\tFirst third\tLast third\tMost\tGrowth\tAllowed\n", len(samples))
	for i, m := range measures {
		start, first, last := samples[0][i], middle(warm[:third], i), middle(warm[len(warm)-third:], i)
		most, may := 0.0, m.grow
		for _, sample := range samples {
			most = max(most, sample[i])
		}
		if !long {
			may = m.short
		}
		allowed := fmt.Sprintf("%.0f", may)
		if m.from == "" {
			allowed = "any"
		} else if last-first > may {
			s.t.Errorf("%s: from %.1f to %.1f", m.name, first, last)
		}
		if m.most > 0 && most > m.most {
			s.t.Errorf("%s: %.1f, %.0f are the bound", m.name, most, m.most)
		}
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.1f\t%.1f\t%+.1f\t%s\n", m.name, start, first, last, most, last-first, allowed)
	}
	w.Flush()
}

// middle is the median of one measure in many samples.
func middle(samples [][]float64, of int) float64 {
	var values []float64
	for _, sample := range samples {
		values = append(values, sample[of])
	}
	return median(values)
}

func newJar() http.CookieJar {
	jar, _ := cookiejar.New(nil) // fails for no options at all
	return jar
}
