package ocean_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
)

func TestDigestIgnores(t *testing.T) {
	m := oceantest.Message{NoteHTML: "<b>é</b> 😀 \" / \t\b\f\n\r" + strings.Repeat("long ", 2000), Ref: ref, HeaderID: "h"}
	plain := edit(t, m)
	want := parse(t, plain).Digest
	var indented bytes.Buffer
	if err := json.Indent(&indented, plain, " \t", "\r\n"); err != nil {
		t.Fatal(err)
	}
	later := m
	later.SentAt = noon
	top := func(change func(obj)) []byte { return edit(t, m, func(d doc) { change(d.root) }) }
	for name, body := range map[string][]byte{
		"white space": indented.Bytes(),
		"order":       reversed(t, plain),
		"escapes":     bytes.ReplaceAll(bytes.ReplaceAll(plain, []byte("é"), []byte(`\u00E9`)), []byte("😀"), []byte(`\uD83D\uDE00`)),
		"slash":       bytes.Replace(plain, []byte(" / "), []byte(` \/ `), 1),
		"controls":    []byte(strings.NewReplacer(`\t`, `\u0009`, `\b`, `\u0008`, `\u0008`, `\b`, `\f`, `\u000C`, `\u000c`, `\f`, `\n`, `\u000a`, `\r`, `\u000D`).Replace(string(plain))),
		"key escaped": bytes.Replace(plain, []byte(`"entry"`), []byte(`"\u0065ntry"`), 1),
		"id":          top(func(b obj) { b["id"] = "other" }),
		"no id":       top(func(b obj) { delete(b, "id") }),
		"timestamp":   top(func(b obj) { b["timestamp"] = "2030" }),
		"lastUpdated": top(func(b obj) { delete(b["meta"].(obj), "lastUpdated") }),
	} {
		if parse(t, body).Digest != want {
			t.Errorf("%s changes the digest", name)
		}
	}
}

// reversed writes JSON with the keys of every object in descending order.
func reversed(t *testing.T, body []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return []byte(writeReversed(v))
}

func writeReversed(v any) string {
	var parts []string
	switch v := v.(type) {
	case obj:
		for _, k := range slices.Backward(slices.Sorted(maps.Keys(v))) {
			parts = append(parts, writeReversed(k)+":"+writeReversed(v[k]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case list:
		for _, e := range v {
			parts = append(parts, writeReversed(e))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	scalar, _ := json.Marshal(v)
	return string(scalar)
}

func TestDigestSees(t *testing.T) {
	m := oceantest.Message{NoteHTML: "NOTE", Ref: ref, HeaderID: "h", Questions: [][2]string{{"a", "b"}, {"c", "d"}}}
	plain := edit(t, m)
	seen := map[[32]byte]string{parse(t, plain).Digest: "plain"}
	replace := func(old, new string) []byte { return bytes.Replace(plain, []byte(old), []byte(new), 1) }
	for name, body := range map[string][]byte{
		"text":                 replace("NOTE", "Note"),
		"long text":            replace("NOTE", strings.Repeat("n", 10_000)),
		"other long text":      replace("NOTE", strings.Repeat("n", 9_999)+"N"),
		"replacement":          replace("NOTE", "\uFFFD"),
		"invalid UTF-8":        replace("NOTE", "\xff"),
		"other invalid UTF-8":  replace("NOTE", "\xfe"),
		"lone surrogate":       replace("NOTE", `\ud800`),
		"other lone surrogate": replace("NOTE", `\ud801`),
		"NUL":                  replace("NOTE", `\u0000`),
		"empty":                replace("NOTE", ""),
		"null":                 replace(`"NOTE"`, "null"),
		"number":               replace(`"NOTE"`, "1"),
		"same number":          replace(`"NOTE"`, "1.0"),
		"true":                 replace(`"NOTE"`, "true"),
		"false":                replace(`"NOTE"`, "false"),
		"array":                replace(`"NOTE"`, "[]"),
		"nested array":         replace(`"NOTE"`, "[[]]"),
		"object":               replace(`"NOTE"`, "{}"),
		"array of strings":     replace(`"NOTE"`, `["a","b"]`),
		"array of one":         replace(`"NOTE"`, `["ab"]`),
		"object of one":        replace(`"NOTE"`, `{"a":"b"}`),
		"order of items":       edit(t, oceantest.Message{NoteHTML: "NOTE", Ref: ref, HeaderID: "h", Questions: [][2]string{{"c", "d"}, {"a", "b"}}}),
		"header id":            edit(t, m, set("MessageHeader", "id", "x")),
		"nested timestamp":     edit(t, m, set("MessageHeader", "timestamp", "x")),
		"nested lastUpdated":   edit(t, m, set("MessageHeader", "meta", obj{"lastUpdated": "2026"})),
		"other meta":           edit(t, m, func(d doc) { d.root["meta"].(obj)["versionId"] = "1" }),
		"meta gone":            edit(t, m, func(d doc) { delete(d.root, "meta") }),
		"meta a string":        edit(t, m, func(d doc) { d.root["meta"] = "x" }),
		"deeper lastUpdated":   edit(t, m, func(d doc) { d.root["meta"].(obj)["x"] = obj{"lastUpdated": 1} }),
		"extra":                edit(t, m, func(d doc) { d.root["extra"] = 1 }),
	} {
		got := parse(t, body).Digest
		if other, taken := seen[got]; taken {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[got] = name
	}
}

func TestParseIsPure(t *testing.T) {
	body := fixture(t)
	before := bytes.Clone(body)
	first := parse(t, body)
	equal(t, "second time", parse(t, body), first)
	if !bytes.Equal(body, before) {
		t.Error("the body was written to")
	}
	if _, err := ocean.Parse(body[:100]); err == nil {
		t.Error("half a body parses")
	}
}
