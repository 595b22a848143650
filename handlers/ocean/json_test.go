package ocean_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func TestParseRefuses(t *testing.T) {
	header := `{"resource":{"resourceType":"MessageHeader","secret":"Ada"}}`
	tests := []struct {
		name, body, reason string
		want               error
	}{
		{"nothing", "", "nothing there", ocean.ErrNotJSON},
		{"blanks", " \n", "nothing there", ocean.ErrNotJSON},
		{"only a BOM", "\xef\xbb\xbf", "nothing there", ocean.ErrNotJSON},
		{"text", "Ada Example", "bad syntax near byte 0", ocean.ErrNotJSON},
		{"cut short", `{"Ada":"Exam`, "cut short", ocean.ErrNotJSON},
		{"two values", `{} {}`, "more data", ocean.ErrNotJSON},
		{"rubbish after", `{}Ada`, "more data", ocean.ErrNotJSON},
		{"trailing comma", `{"Ada":1,}`, "bad syntax", ocean.ErrNotJSON},
		{"raw control character", "{\"a\":\"Ada\x01\"}", "bad syntax", ocean.ErrNotJSON},
		{"UTF-16", "\xff\xfe{\x00}\x00", "bad syntax", ocean.ErrNotJSON},
		{"key twice", `{"Ada":1,"Ada":2}`, "a key twice", ocean.ErrNotJSON},
		{"key twice, escaped", `{"Ada":1,"\u0041da":2}`, "a key twice", ocean.ErrNotJSON},
		{"key twice, deep", `{"a":[{"Ada":1,"b":{},"\u0041d\u0061":2}]}`, "a key twice", ocean.ErrNotJSON},
		{"65 levels", strings.Repeat("[", 65) + strings.Repeat("]", 65), "nesting past 64", ocean.ErrNotJSON},
		{"64 levels", strings.Repeat("[", 64) + strings.Repeat("]", 64), "not a Bundle", ocean.ErrNotMessage},
		{"a number", "1", "not a Bundle", ocean.ErrNotMessage},
		{"null", "null", "not a Bundle", ocean.ErrNotMessage},
		{"a Patient", `{"resourceType":"Patient"}`, "not a Bundle", ocean.ErrNotMessage},
		{"a searchset", `{"resourceType":"Bundle","type":"searchset"}`, "Bundle.type", ocean.ErrNotMessage},
		{"no entry", `{"resourceType":"Bundle","type":"message"}`, "first entry", ocean.ErrNotMessage},
		{"null first", `{"resourceType":"Bundle","type":"message","entry":[null,` + header + `]}`, "first entry", ocean.ErrNotMessage},
		{"header second", `{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"Patient"}},` + header + `]}`, "first entry", ocean.ErrNotMessage},
		{"two challenges", `{"challenge":"Ada","other":1}`, "not a Bundle", ocean.ErrNotMessage},
		{"challenge that is no string", `{"challenge":1}`, "not a Bundle", ocean.ErrNotMessage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ocean.Parse([]byte(tt.body))
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.reason) {
				t.Fatalf("got %v, want %v: %s", err, tt.want, tt.reason)
			}
			if strings.Contains(err.Error(), "Ada") || strings.Contains(err.Error(), "secret") {
				t.Errorf("the error quotes the content: %v", err)
			}
			if _, ok := errors.AsType[*ocean.Challenge](err); ok {
				t.Error("taken for a challenge")
			}
		})
	}
}

func TestParseChallenge(t *testing.T) {
	for body, want := range map[string]string{
		`{"challenge":"abc-123"}`:                                `{"challenge":"abc-123"}`,
		"\xef\xbb\xbf { \"\\u0063hallenge\" : \"a\\n\\\"b\" }\n": `{"challenge":"a\n\"b"}`,
		`{"challenge":""}`:                                       `{"challenge":""}`,
	} {
		_, err := ocean.Parse([]byte(body))
		c, ok := errors.AsType[*ocean.Challenge](err)
		if !ok || string(c.Answer) != want || !errors.Is(err, ocean.ErrNotMessage) || strings.Contains(err.Error(), "abc") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestParseText(t *testing.T) {
	body := edit(t, oceantest.Message{Patient: oceantest.Patient{Family: "FAMILY"}, NoteHTML: "NOTE"})
	tests := []struct{ name, json, want string }{
		{"plain", `René`, "René"},
		{"escaped", `Ren\u00e9 \/ \"x\" \t\n`, "René / \"x\""},
		{"pair", `\ud83d\ude00`, "😀"},
		{"lone surrogate", `a\ud800b`, "a\uFFFDb"},
		{"invalid UTF-8", "Ren\xe9", "Ren\uFFFD"},
		{"NUL dropped", `A\u0000da`, "Ada"},
		{"other control kept", `A\u0007da`, "A\ada"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := parse(t, bytes.Replace(body, []byte("FAMILY"), []byte(tt.json), 1))
			equal(t, "family", m.Updates[0].Patient.Name.Family, tt.want)
			var problems []store.Problem
			if tt.name == "invalid UTF-8" {
				problems = []store.Problem{store.ProblemInvalidUTF8}
			}
			equal(t, "problems", m.Problems, problems)
		})
	}
}

func TestParseSkipsBOM(t *testing.T) {
	plain := edit(t, oceantest.Message{})
	marked := append([]byte("\xef\xbb\xbf"), plain...)
	m := parse(t, marked)
	if m.Digest != parse(t, plain).Digest || !bytes.Equal(m.Raw, marked) {
		t.Error("a byte order mark changes more than Raw")
	}
}

// What a hostile body can cost is bounded. The limit of 5 s is generous for the race detector.
func TestParseIsBounded(t *testing.T) {
	open := `{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader","focus":[`
	header := open + `]}},`
	wide := func(s string, n int) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	var keys strings.Builder
	for i := range 300_000 {
		keys.WriteString(`"k` + strings.Repeat("x", i%7) + time.Duration(i).String() + `":0,`)
	}
	documents := wide(`{"resource":{"resourceType":"Task","basedOn":[{"reference":"urn:uuid:q"}]}}`, 50_000)
	for name, body := range map[string]string{
		"wide array":       "[" + wide("0", 1_000_000) + "]",
		"too wide array":   "[" + wide("0", 5_000_000) + "]",
		"wide object":      header + `{"resource":{"resourceType":"Patient",` + keys.String() + `"z":0}}]}`,
		"deep":             strings.Repeat("[", 100_000),
		"deep objects":     strings.Repeat(`{"a":`, 100_000),
		"empty entries":    header + wide("{}", 1_000_000) + `]}`,
		"many foci":        open + wide(`{"reference":"urn:uuid:q"}`, 200_000) + `]}},{"fullUrl":"q","resource":{"resourceType":"ServiceRequest"}}]}`,
		"many tasks":       header + documents + `,{"fullUrl":"q","resource":{"resourceType":"Task","basedOn":[` + wide(`{"reference":"#x"}`, 100_000) + `]}}]}`,
		"many identifiers": header + `{"resource":{"resourceType":"ServiceRequest","identifier":[` + wide(`{"system":"id-ereferral-reference","value":"r"}`, 200_000) + `]}}]}`,
	} {
		start := time.Now()
		_, _ = ocean.Parse([]byte(body))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took)
		}
	}
}
