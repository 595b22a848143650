package auditlog

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func TestAHeadIsReadAsItIsWritten(t *testing.T) {
	mac := chain(1)[0].MAC
	digits := hex.EncodeToString(mac)
	for text, seq := range map[string]int64{
		digits: 0, "  " + digits + "\n": 0, strings.ToUpper(digits): 0, "7:" + digits: 7, Head{9, mac}.String(): 9, "\t12:" + digits + " ": 12,
	} {
		if h, err := ParseHead(text); err != nil || h.Seq != seq || hex.EncodeToString(h.MAC) != digits {
			t.Errorf("%q is %v, %v", text, h, err)
		}
	}
	for _, bad := range []string{"", " ", "x", "00", digits[:62], digits + "00", "0:" + digits, "-1:" + digits, ":" + digits, "1:", "1:2:" + digits,
		"1:" + digits[:63] + "g", "99999999999999999999:" + digits, "1 " + digits} {
		if h, err := ParseHead(bad); !errors.Is(err, ErrNoHead) {
			t.Errorf("%q is %v, %v", bad, h, err)
		}
	}
}

func TestHeadsAreFoundInFilesAndJournals(t *testing.T) {
	a := strings.Repeat("0a", MACSize)
	heads, err := ReadHeads(strings.NewReader("# kept for the privacy officer\n" +
		"2026-06-01T13:00:00Z 1:" + a + "\n" +
		"2:" + a + "\n" +
		a + "\n" +
		`Jun 01 13:00:00 clinic breakwater[7]: time=2026-06-01T13:00:00.000Z level=INFO msg="audit head" seq=4 mac=` + a + "\n" +
		`{"time":"2026-06-01T13:00:00Z","level":"INFO","msg":"audit head","seq":5,"mac":"` + a + `"}` + "\n" +
		"<109>1 2026-06-01T13:00:00.000Z clinic breakwater 7 audithead - audit head 6:" + a + "\r\n" +
		"2026-06-01T14:00:00Z 7:" + a[:20] + "\n\n" + // broken off
		"2026-06-01T15:00:00Z 8:" + a))
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, h := range heads {
		if hex.EncodeToString(h.MAC) != a {
			t.Errorf("%v", h)
		}
		got = append(got, h.Seq)
	}
	want := []int64{1, 2, 0, 4, 5, 6, 8}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	if _, err := ReadHeads(strings.NewReader("nothing\nhere\n")); !errors.Is(err, ErrNoHead) {
		t.Errorf("a file without heads: %v", err)
	}
	if _, err := ReadHeads(strings.NewReader(strings.Repeat("x", maxLine+1))); err == nil {
		t.Error("a line without end was read")
	}
}

// TestHeadsFromOutsideFindWhatTheDatabaseHides cuts and rebuilds the log as somebody can who has the
// key, so that it is whole in itself.
func TestHeadsFromOutsideFindWhatTheDatabaseHides(t *testing.T) {
	log := chain(6)
	at := func(i int) Head { return Head{log[i-1].Seq, log[i-1].MAC} }
	check := func(log []Entry, heads ...Head) error {
		v := NewVerifier(key, heads...)
		var mac []byte
		for _, e := range log {
			if err := v.Next(e); err != nil {
				return err
			}
			mac = e.MAC
		}
		return v.Finish(int64(len(log)), mac, SealHead(key, int64(len(log)), mac))
	}
	forged := chain(4)
	for i := range forged {
		forged[i].Actor = "cli:eve"
		var prev []byte
		if i > 0 {
			prev = forged[i-1].MAC
		}
		forged[i].MAC = Chain(key, prev, forged[i])
	}
	for _, c := range []struct {
		name  string
		log   []Entry
		heads []Head
		says  string // "" where all is well
	}{
		{"all heads of a whole log", log, []Head{at(1), at(3), at(6), {0, log[1].MAC}}, ""},
		{"the same head twice", log, []Head{at(3), at(3)}, ""},
		{"a tail cut off", log[:4], []Head{at(2), at(6), at(5)}, "first bad entry is 5: it is missing; the log once had 6"},
		{"all cut off", nil, []Head{at(2)}, "first bad entry is 1"},
		{"a tail cut off, by the MAC alone", log[:4], []Head{{0, log[5].MAC}}, "does not contain"},
		{"written anew", forged, []Head{at(2), at(3)}, "entry 2 is not the one"},
		{"heads that contradict each other", log, []Head{at(3), {3, log[3].MAC}}, "different things of entry 3"},
	} {
		err := check(c.log, c.heads...)
		if c.says == "" && err != nil || c.says != "" && (!errors.Is(err, ErrHead) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
	var fault *Fault
	if err := check(append(log[:2:2], log[3:]...), at(6)); !errors.As(err, &fault) || fault.Seq != 3 {
		t.Errorf("an entry missing in the middle comes first: %v", err)
	}
}

// FuzzReadHeads wants whatever is found to be what was written.
func FuzzReadHeads(f *testing.F) {
	f.Add("seq=1 mac=" + strings.Repeat("0", 64))
	f.Add(`"seq":1,"mac":"` + strings.Repeat("0", 64) + `"`)
	f.Add("1:" + strings.Repeat("f", 64) + "\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		heads, err := ReadHeads(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, h := range heads {
			if len(h.MAC) != MACSize || h.Seq < 0 || !strings.Contains(strings.ToLower(text), hex.EncodeToString(h.MAC)) {
				t.Errorf("%q has no %v in it", text, h)
			}
		}
	})
}
