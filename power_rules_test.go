package main

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// aTrace is what strace writes of a process that keeps "one" and "two" in a log, with a sync after the
// first, which another thread interrupts.
var aTrace = strings.NewReplacer("{log}", hexed("/d/log"), "{new}", hexed("/d/new"), "{d}", hexed("/d"), "{one}", hexed("one"), "{two}", hexed("two"),
	"{ok}", hexed("HTTP/1.1 200 OK"), "{socket}", hexed("socket:[7]")).Replace(`10  accept4(4<{socket}>, {sa_family=AF_INET, sin_port=htons(4321), sin_addr=inet_addr("\x31")}, [112 => 16], SOCK_CLOEXEC) = 7<{socket}>
10  openat(AT_FDCWD<{d}>, "{log}", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 5<{log}>
10  fsync(6<{d}>)                     = 0
10  pwrite64(5<{log}>, "{one}", 3, 0) = 3
10  fsync(5<{log}> <unfinished ...>
11  pwrite64(5<{log}>, "{two}", 3, 3) = 3
10  <... fsync resumed>)              = 0
10  write(7<{socket}>, "{ok}", 15)    = 15
11  rename("{log}", "{new}")          = 0
11  fsync(5<{new}>)                   = -1 EIO (Input/output error) (INJECTED)
11  fsync(5<{new}>)                   = 0
11  fsync(6<{d}>)                     = 0
10  +++ exited with 0 +++
`)

func hexed(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteString(`\x` + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
	}
	return b.String()
}

// TestAFailedSyncOfAnotherHandle has a sync fail on one handle, and one on another succeed after that: as an
// injected fault does. Linux would have told both.
func TestAFailedSyncOfAnotherHandle(t *testing.T) {
	log := hexed("/d/log")
	steps, err := parseTrace(strings.NewReader(strings.NewReplacer("{log}", log, "{one}", hexed("one")).Replace(`10  pwrite64(5<{log}>, "{one}", 3, 0) = 3
11  fsync(6<{log}> <unfinished ...>
10  fsync(5<{log}> <unfinished ...>
11  <... fsync resumed>)              = -1 EIO (Input/output error) (INJECTED)
10  <... fsync resumed>)              = 0
10  write(7<` + hexed("socket:[7]") + `>, "` + hexed("x") + `", 1) = 1
11  fsync(6<{log}>)                   = 0
`)))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		every bool
		cut   int
		could string
	}{
		{false, len(steps), "one"}, // the other handle's sync has kept it
		{true, len(steps), " one"}, // nothing ever keeps it
		{true, untilTold(steps), " one"},
	} {
		left := map[string]bool{}
		for n := range 200 {
			d := &disk{dir: "/d", base: map[string][]byte{"log": nil}, steps: steps, luck: rand.New(rand.NewPCG(1, uint64(n))), every: test.every}
			left[string(d.after(test.cut)["log"])] = true
		}
		for _, want := range strings.Split(test.could, " ") {
			if !left[want] || len(left) != len(strings.Split(test.could, " ")) {
				t.Errorf("cut at %d, %v: %v can be left, want %q", test.cut, test.every, left, test.could)
			}
		}
	}
	if told := untilTold(steps); told != 2 {
		t.Errorf("Linux tells at step %d of %d, want 2", told, len(steps))
	}
	if whole, err := parseTrace(strings.NewReader(aTrace)); err != nil || untilTold(whole) != len(whole) {
		t.Errorf("one handle alone: told at %d of %d, %v", untilTold(whole), len(whole), err)
	}
}

// TestPowerLossRules checks what the replay of `make crash` takes for durable.
func TestPowerLossRules(t *testing.T) {
	steps, err := parseTrace(strings.NewReader(aTrace))
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 11 || steps[6].call != "answer" || steps[6].port != 4321 {
		t.Fatalf("%d steps; the answer: %+v", len(steps), steps[6])
	}
	for _, test := range []struct {
		cut   int
		could string // everything that may be left, over many cuts
	}{
		{1, ""},
		{2, "- log="},             // neither name nor content is durable
		{3, "log="},               // the name is
		{4, "log= log=one"},       // written, not synced
		{5, "log= log=one"},       // the sync has not returned
		{6, "log=one log=onetwo"}, // it has; the second write came after it began
		{8, "log=one log=onetwo new=one new=onetwo"},
		{11, "new=one new=onetwo"}, // a failed sync is never made good by a later one
	} {
		left := map[string]bool{}
		for n := range 200 {
			d := &disk{dir: "/d", steps: steps, luck: rand.New(rand.NewPCG(1, uint64(n)))}
			text := "-"
			for name, content := range d.after(test.cut) {
				text = name + "=" + string(content)
			}
			left[text] = true
		}
		want := strings.Fields(test.could)
		if test.could == "" {
			want = []string{"-"}
		}
		ok := len(left) == len(want)
		for _, w := range want {
			ok = ok && left[w]
		}
		if !ok {
			t.Errorf("cut at %d: %v can be left, want %q", test.cut, left, want)
		}
	}
	if _, err := parseTrace(strings.NewReader(`10  pwrite64(5<` + hexed("/d/log") + `>, "` + hexed("o") + `"..., 3, 0) = 3` + "\n")); err == nil {
		t.Error("a trace without all data is believed")
	}
}
