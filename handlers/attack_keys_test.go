package handlers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/store/storetest"
)

// welch is Welch's t of two samples: by how many standard errors their means differ.
func welch(a, b []float64) float64 {
	mean := func(x []float64) (m, v float64) {
		for _, n := range x {
			m += n / float64(len(x))
		}
		for _, n := range x {
			v += (n - m) * (n - m) / float64(len(x)-1)
		}
		return m, v / float64(len(x))
	}
	ma, va := mean(a)
	mb, vb := mean(b)
	return (ma - mb) / math.Sqrt(va+vb)
}

// cropped leaves out what took longer than bound: what the machine did in between, not what was measured.
func cropped(x []float64, bound float64) []float64 {
	return slices.DeleteFunc(slices.Clone(x), func(n float64) bool { return n > bound })
}

// timeKeys measures how long the public route takes to refuse each of two kinds of keys, n of each, in
// pairs whose order is drawn. Each call comes from an address of its own, since wrong keys of one have to wait.
func (s *site) timeKeys(n int, kinds [2]func() string) (took [2][]float64) {
	for i := range n {
		order := [2]int{0, 1}
		if rand.N(2) == 1 {
			order = [2]int{1, 0}
		}
		for j, kind := range order {
			r := s.bundleRequest(http.NoBody, keyHeader, kinds[kind]())
			address := fmt.Sprintf("10.%d.%d.%d", j, i/250, i%250)
			start := time.Now()
			code := s.callFrom(address, r)
			took[kind] = append(took[kind], float64(time.Since(start)))
			if code != 401 {
				s.t.Fatalf("status %d", code)
			}
		}
	}
	return took
}

// TestAttackKeysByTime asks whether the time of a refusal tells a key that is nearly right from one that is
// nothing like it. As in Reparaz, Balasch and Verbauwhede's "Dude, is my code constant time?" (2017), the t
// test runs on what is below a percentile of both samples together, since the tail is the machine's; with
// several percentiles, and any of them would tell. Beyond 4.5 they differ.
func TestAttackKeysByTime(t *testing.T) {
	n := 1000
	if storetest.Thorough() {
		n = 20_000
	}
	s := newSite(t)
	stranger := func() string {
		return fmt.Sprintf("%016x%016x%016x%016x", rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64())
	}
	last := "0"
	if strings.HasSuffix(s.key, "0") {
		last = "1"
	}
	near := s.key[:len(s.key)-1] + last
	s.timeKeys(200, [2]func() string{stranger, func() string { return near }}) // warms up
	took := s.timeKeys(n, [2]func() string{stranger, func() string { return near }})
	all := slices.Sorted(slices.Values(slices.Concat(took[0], took[1])))
	through := 0
	for _, percent := range []int{50, 80, 95} {
		bound := all[len(all)*percent/100-1]
		score := welch(cropped(took[0], bound), cropped(took[1], bound))
		t.Logf("below %s, %d%% of all: t = %.2f", time.Duration(bound), percent, score)
		if math.Abs(score) >= 4.5 || math.IsNaN(score) {
			through++
		}
	}
	storetest.Attacked(t, "telling a nearly right key by the time of its refusal", 2*n, through)
}

// TestTimesThatDifferAreFound keeps the test above honest: a difference of a fiftieth is found.
func TestTimesThatDifferAreFound(t *testing.T) {
	sample := func(mean float64) (x []float64) {
		for range 20_000 {
			x = append(x, mean+mean/10*rand.NormFloat64())
		}
		return x
	}
	if score := welch(sample(100), sample(102)); math.Abs(score) < 4.5 {
		t.Errorf("t = %.2f", score)
	}
	if score := welch(sample(100), sample(100)); math.Abs(score) > 6 {
		t.Errorf("alike: t = %.2f", score)
	}
}
