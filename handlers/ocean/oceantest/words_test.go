package oceantest

import (
	"os"
	"regexp"
	"testing"
)

// Every word that the page asks for is there in both languages, and none is left over.
func TestWords(t *testing.T) {
	for key, both := range words {
		if both[0] == "" || both[1] == "" {
			t.Errorf("%q lacks a language", key)
		}
	}
	for _, m := range regexp.MustCompile(`\.T "([^"]+)"`).FindAllStringSubmatch(pageHTML, -1) {
		if _, ok := words[m[1]]; !ok {
			t.Errorf("the page asks for %q", m[1])
		}
	}
	source := pageHTML
	for _, name := range []string{"actions.go", "faults.go", "page.go", "portal.go", "queue.go"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source += string(b)
	}
	for key := range words {
		base := regexp.MustCompile(`_why$`).ReplaceAllString(key, "")
		if !regexp.MustCompile(`"`+base+`"`).MatchString(source) && !regexp.MustCompile(`"`+key+`"`).MatchString(source) {
			t.Errorf("nothing says %q", key)
		}
	}
}
