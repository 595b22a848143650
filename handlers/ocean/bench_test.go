package ocean_test

import (
	"strings"
	"testing"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
)

// BenchmarkParse measures a bundle of the usual 25 KB, most of it the lines of a form, and one with
// 3 MB of inline content.
func BenchmarkParse(b *testing.B) {
	usual := oceantest.Message{}
	for range 150 {
		usual.Questions = append(usual.Questions, [2]string{"Please describe the condition or impairment, with dates, for the keeper of the light:", "Unremarkable"})
	}
	inline := oceantest.Message{Documents: []oceantest.Document{{Data: strings.Repeat("QnJlYWt3YXRlciE=", 3<<20/16)}}}
	for name, body := range map[string][]byte{"25KB": usual.JSON(), "3MB": inline.JSON(), "fixture": fixture(b)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ocean.Parse(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
