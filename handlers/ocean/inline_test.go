package ocean

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"breakwater/store"
)

// bundleWith returns a message with one document inside it, its base64 written into JSON as it is.
func bundleWith(data string) []byte {
	return fmt.Appendf(nil, `{"resourceType":"Bundle","type":"message","entry":[
		{"resource":{"resourceType":"MessageHeader"}},
		{"resource":{"resourceType":"DocumentReference","description":"data","content":[
			{"attachment":{"data":"T3RoZXI="}},{"attachment":{"title":"canary-body","data":"%s"}}]}}]}`, data)
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestInlineContent(t *testing.T) {
	pdf := append([]byte("%PDF-1.4 "), 0xfb, 0xff, 0xfe, 0x3e, 0x3f)
	std := base64.StdEncoding.EncodeToString(pdf)
	for _, c := range []struct{ written, text string }{
		{std, std}, {strings.TrimRight(std, "="), strings.TrimRight(std, "=")},
		{strings.ReplaceAll(std, "/", `\/`), std},
		{base64.URLEncoding.EncodeToString(pdf), base64.URLEncoding.EncodeToString(pdf)},
		{std[:8] + `\r\n` + std[8:] + `\n `, std[:8] + "\r\n" + std[8:] + "\n "},
	} {
		raw := bundleWith(c.written)
		before := bytes.Clone(raw)
		got, err := InlineContent(raw, digestOf(c.text))
		if err != nil || got.Type != "application/pdf" || !bytes.Equal(got.Data, pdf) {
			t.Errorf("%q: %q, %v", c.written, got, err)
		}
		if !bytes.Equal(raw, before) {
			t.Error("the bundle was changed")
		}
	}
	got, err := InlineContent(bundleWith("AAAA"), digestOf("T3RoZXI="))
	if err != nil || got.Type != "text/plain" || string(got.Data) != "Other" {
		t.Errorf("%q, %v", got, err)
	}
}

// The digest is the one that Parse gives a document.
func TestInlineContentOfParsed(t *testing.T) {
	raw := []byte(`{"resourceType":"Bundle","type":"message","entry":[
		{"resource":{"resourceType":"MessageHeader","focus":[{"reference":"ServiceRequest/1"}]}},
		{"resource":{"resourceType":"ServiceRequest","id":"1","identifier":[{"system":"x/NamingSystem/id-ereferral-reference","value":"r"}]}},
		{"resource":{"resourceType":"DocumentReference","content":[{"attachment":{"data":"RGVhciBBZGE"}}]}}]}`)
	m, err := Parse(raw)
	if err != nil || len(m.Updates) != 1 || len(m.Updates[0].Documents) != 1 {
		t.Fatalf("%+v, %v", m.Updates, err)
	}
	got, err := InlineContent(m.Raw, m.Updates[0].Documents[0].Digest)
	if err != nil || string(got.Data) != "Dear Ada" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestInlineContentRefuses(t *testing.T) {
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	most := base64.RawStdEncoding.EncodeToString(make([]byte, maxDocument))
	for _, c := range []struct {
		data  string
		fault store.Fault
	}{
		{"!!canary-body!!", store.FaultContent}, {"A", store.FaultContent}, {"AA=A", store.FaultContent}, {" ", store.FaultContent}, {"====", store.FaultContent},
		{"é", store.FaultContent}, {"\xff", store.FaultContent},
		{encode("<html>canary-body"), store.FaultContent}, {encode("MZ\x00"), store.FaultContent}, {most + "AA", store.FaultTooLarge},
	} {
		_, err := InlineContent(bundleWith(c.data), digestOf(c.data))
		wantFault(t, err, c.fault)
	}
	for _, raw := range [][]byte{bundleWith("AAAA"), nil, []byte("{"), []byte(`"AAAA"`), []byte(`{"data":""}`), []byte(`["data"]`), []byte(`{"data":{}}`)} {
		for _, digest := range []string{"", "zz", digestOf(""), digestOf("BBBB"), digestOf("canary-body")} {
			_, err := InlineContent(raw, digest)
			wantFault(t, err, store.FaultGone)
		}
	}
	if got, err := InlineContent(bundleWith(most), digestOf(most)); err != nil || len(got.Data) != maxDocument {
		t.Errorf("at the limit: %v", err)
	}
}
