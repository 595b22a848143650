package ocean_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

// Databases hold digests: what a body's digest is today it must stay for ever, or a delivery that Ocean
// repeats after an update counts as another message.
func TestDigestStays(t *testing.T) {
	bundle := func(members string) []byte {
		return []byte(`{"resourceType":"Bundle","type":"message","id":"x","timestamp":"2026","meta":{"lastUpdated":"2026","a":1},` +
			`"entry":[{"resource":{"resourceType":"MessageHeader","id":"h"}}]` + members + `}`)
	}
	var many, lengths strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, `,"%c%02d":{"\u00e9%d":[%d,"%d"]}`, 'z'-i%7, i, i, i, i)
		fmt.Fprintf(&lengths, `,"%s":"%s"`, strings.Repeat("k", i), strings.Repeat("v", 50+i)) // across the ends of buffers
	}
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"fixture":         {fixture(t), "f62a728e5ba1d7e3092593c57df8912343e1e9f9c05e4309ba5d2722c013660e"},
		"smallest":        {bundle(``), "5f6c9049f353c2ce687912320b94382d882d31299fc547234baab2643f1baab2"},
		"every type":      {bundle(`,"a":null,"b":true,"c":false,"d":-1.50e+3,"e":"","f":[],"g":{},"h":[[{}],null,{"id":1,"timestamp":2}]`), "73e670b58c0e5a18bd922aca7558864a753d3cecf8e695138c1f46dd1ff16bd6"},
		"escapes":         {bundle(`,"a":"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u0000","\u0062":"\ud800","c\n":"\udc00x\ud800\ud801"`), "a601de3cda8ff63a4e9df86889bd491c290a818de7a5efd0422eb1941504e0dd"},
		"invalid UTF-8":   {bundle(",\"a\":\"\xff\xc3\",\"\xed\xa0\x80\":\"\\u0041\xff\""), "456b75345ce92ed884bb019fed226d325994b01f28b40ace71421b6c6190c381"},
		"escaped omitted": {bytes.Replace(bundle(``), []byte(`"timestamp"`), []byte(`"\u0074imestamp"`), 1), "5f6c9049f353c2ce687912320b94382d882d31299fc547234baab2643f1baab2"},
		"order of keys":   {bundle(`,"b":1,"a":1,"aa":1,"\u0061b":1,"B":1,"é":1,"e":1,"":1`), "4676ec64a86bf51a2fcc4c75659fb7142332756a273aa52a67cc8895ea4f8355"},
		"many members":    {bundle(many.String()), "36a28dbf3fb3d40044e9e5ef8208371a87a298710fc773efc0a1821358def2d5"},
		"lengths":         {bundle(lengths.String()), "d7a711af2ff1099adf8e99ef4e5e5c3e3c980658a01838b77e82aa0184441cdc"},
		"long texts":      {bundle(`,"a":"` + strings.Repeat("x", 4087) + `","b":"` + strings.Repeat("y", 4096) + `","c":"\n` + strings.Repeat("z", 9999) + `"`), "52f2976f4155935b16d83a5ffc1c0c96f094bfa24a6dfeea5c131c7318710fb9"},
	} {
		digest := parse(t, c.body).Digest
		if got := hex.EncodeToString(digest[:]); got != c.want {
			t.Errorf("%s: digest %s, want %s", name, got, c.want)
		}
	}
}
