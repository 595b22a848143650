package ocean_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
)

// FuzzParse checks what must hold of any bytes: no panic, the same result each time, an error that
// is one of ours, a name for every message, results that can be stored as JSON, and a digest that
// white space does not change.
func FuzzParse(f *testing.F) {
	f.Add(fixture(f))
	full := oceantest.Message{
		Ref: ref, HeaderID: "h", Event: ocean.EventFromProvider, Task: &oceantest.Task{Status: "accepted"},
		Appointment: &oceantest.Appointment{Start: noon, Confirmed: true}, Questions: [][2]string{{"q", "a"}},
		Communications: []oceantest.Communication{{Text: "hi", FromReceiver: true}}, Documents: []oceantest.Document{{Data: "AAAA"}},
		Replaces: ref2, Others: []oceantest.Request{{Ref: ref2, Focus: true}},
	}
	f.Add(full.JSON())
	full.Legacy = true
	f.Add(full.JSON())
	for _, s := range []string{
		"", "{", `{"challenge":"x"}`, "\xef\xbb\xbf{}", "[[[[]]]]", `{"a":1,"\u0061":2}`, `"\ud800"`,
		`{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader","focus":["#"],"contained":[{}]}}]}`,
		`{"resourceType":"Bundle","type":"message","entry":{"resource":{"resourceType":"MessageHeader","id":"\u0000","eventUri":"#"}}}`,
		"{\"resourceType\":\"Bundle\",\"type\":\"message\",\"entry\":[{\"fullUrl\":\"\xff/\",\"resource\":{\"resourceType\":\"MessageHeader\"}}]}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		m, err := ocean.Parse(body)
		again, errAgain := ocean.Parse(body)
		if !reflect.DeepEqual(m, again) || !reflect.DeepEqual(err, errAgain) || !bytes.Equal(body, before) {
			t.Fatal("not a pure function")
		}
		if err != nil {
			if !errors.Is(err, ocean.ErrNotJSON) && !errors.Is(err, ocean.ErrNotMessage) {
				t.Fatalf("a foreign error: %v", err)
			}
			return
		}
		check(t, body, m.HeaderID, m.Digest)
		stored, err := json.Marshal(m.Updates)
		if err != nil {
			t.Fatalf("cannot be stored: %v", err)
		}
		if strings.Contains(string(stored), `\u0000`) && !strings.Contains(string(stored), `\\u0000`) {
			t.Fatal("NUL got through")
		}
	})
}

func check(t *testing.T, body []byte, headerID string, digest [32]byte) {
	if headerID == "" || !utf8.ValidString(headerID) {
		t.Fatalf("header id %q", headerID)
	}
	var indented bytes.Buffer
	plain := bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if json.Indent(&indented, plain, "\t", " \t") != nil {
		return
	}
	m, err := ocean.Parse(indented.Bytes())
	if err != nil || m.Digest != digest {
		t.Fatalf("white space changes the digest (%v)", err)
	}
}
