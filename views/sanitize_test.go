package views

import (
	"regexp"
	"strings"
	"testing"
)

func TestSanitize(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":               {"Chest pain", "Chest pain"},
		"lines of plain text": {"one\ntwo\r\nthree", "one<br>two<br>three"},
		"allowed tags":        {"<b>a</b><i>b</i><u>c</u><br/>d", "<b>a</b><i>b</i><u>c</u><br>d"},
		"attributes go":       {`<b onclick="x()" style="color:red">a</b>`, "<b>a</b>"},
		"lists":               {"<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"},
		"strong and em":       {"<strong>a</strong> <em class=x>b</em>", "<b>a</b> <i>b</i>"},
		"font goes":           {"1<font color=red>0</font> mg", "10 mg"},
		"blocks keep apart":   {"<div>5 mg</div><div>10 mg</div>", "5 mg<br><br>10 mg"},
		"cells keep apart":    {"<table><tr><td>a</td><td>b</td></tr></table>", "a  b"},
		"nbsp":                {"a&nbsp;b", "a\u00a0b"},
		"less than":           {"BP &lt; 90 & falling", "BP &lt; 90 &amp; falling"},
		"script":              {"a<script>alert(1)</script>b", "ab"},
		"style":               {"a<style>*{display:none}</style>b", "ab"},
		"iframe":              {`a<iframe src="https://x"></iframe>b`, "ab"},
		"svg":                 {`<svg onload=alert(1)><circle/></svg>a`, "a"},
		"image":               {`<img src=x onerror=alert(1)>a`, "a"},
		"link":                {`<a href="javascript:alert(1)">a</a>`, "a"},
		"form":                {`<form action=/logout><button>a</button></form>`, "a"},
		"unclosed":            {"<b>a", "<b>a</b>"},
		"unclosed list":       {"<ul><li>a<li>b", "<ul><li>a</li><li>b</li></ul>"},
		"nested list":         {"<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"},
		"paragraphs":          {"<p>a<p>b", "<p>a</p><p>b</p>"},
		"stray closing":       {"a</p></li></ul></div></section>b", "a<br><br>b"},
		"crossed":             {"<b><i>a</b>b</i>", "<b><i>a</i></b>b"},
		"item outside list":   {"<li>a<li>b", "a<br>b"},
		"many breaks":         {"a<br><br><br><br>b<br>", "a<br><br>b"},
		"split tag":           {"<scr<b>ipt>alert(1)</scr</b>ipt>", ""},
		"empty":               {"", ""},
	} {
		got := Sanitize(c.in)
		if name == "split tag" {
			checkHarmless(t, c.in, got)
			continue
		}
		if got != c.want {
			t.Errorf("%s: Sanitize(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
}

var allowedTag = regexp.MustCompile(`</?(?:b|i|u|p|ul|ol|li)>|<br>`)

// checkHarmless holds any answer of Sanitize to what it promises.
func checkHarmless(t *testing.T, in, got string) {
	t.Helper()
	if rest := allowedTag.ReplaceAllString(got, ""); strings.ContainsAny(rest, "<>") {
		t.Errorf("Sanitize(%q) = %q, with %q", in, got, rest)
	}
	for _, tag := range []string{"b", "i", "u", "p", "ul", "ol", "li"} {
		if strings.Count(got, "<"+tag+">") != strings.Count(got, "</"+tag+">") {
			t.Errorf("Sanitize(%q) = %q: %s is not paired", in, got, tag)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"<b>a", "<svg/onload=x>", "<div title='>'>", "</ul><li>", "<!--", "<b\x00>", "<textarea><b>", "<br><p></b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) { checkHarmless(t, in, Sanitize(in)) })
}
