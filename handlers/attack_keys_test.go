package handlers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
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

// keysLike makes n keys that begin as key does, for so many digits, and then go on by chance.
func keysLike(key string, digits, n int) []string {
	keys := make([]string, n)
	for i := range keys {
		for keys[i] == "" || keys[i] == key {
			chance := fmt.Sprintf("%016x%016x%016x%016x", rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64())
			keys[i] = key[:digits] + chance[digits:]
		}
	}
	return keys
}

// timeKeys measures how long the public route takes to refuse each of two kinds of keys, in pairs whose order
// is drawn. Each call comes from an address of its own, since wrong keys of one have to wait. The keys are
// made before, so that making them is in no measurement.
func (s *site) timeKeys(kinds [2][]string) (took [2][]float64) {
	for i := range kinds[0] {
		order := [2]int{0, 1}
		if rand.N(2) == 1 {
			order = [2]int{1, 0}
		}
		for j, kind := range order {
			r := s.bundleRequest(http.NoBody, keyHeader, kinds[kind][i])
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
//
// What it is nothing like is a key that begins as one that never was valid, again and again, as the nearly
// right ones begin as the valid one. Against keys that differ in each digit from call to call, any beginning
// that repeats is some 0.1 µs faster (t of 5 to 8), also where it is no key's: the processor learns it. That
// tells whoever sends the keys what they sent, and nothing of ours.
func TestAttackKeysByTime(t *testing.T) {
	n := 1000
	if storetest.Thorough() {
		n = 20_000
	}
	s := newSite(t)
	stranger := keysLike(s.key, 0, 1)[0]
	s.timeKeys([2][]string{keysLike(stranger, 60, 200), keysLike(s.key, 60, 200)}) // warms up
	took := s.timeKeys([2][]string{keysLike(stranger, 60, n), keysLike(s.key, 60, n)})
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
