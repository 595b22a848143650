package views

import (
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
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

// Nobody can write a text that holds a page up. The best of three runs counts, as the machine may
// have other things to do; time in proportion to the square would be a minute.
func TestSanitizeIsQuick(t *testing.T) {
	const size = 560_000
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	var attributes strings.Builder
	for i := range 100_000 {
		attributes.WriteString(" a" + strconv.Itoa(i) + "=x")
	}
	half := strings.Repeat("<b x>", 26_000)
	limit := quick
	if raced() {
		limit *= 20
	}
	for name, in := range map[string]string{
		"opened, others closed": strings.Repeat("<b>", 80_000) + strings.Repeat("</u>", 80_000),
		"opened and closed":     strings.Repeat("<b>", 80_000) + strings.Repeat("</b>", 80_000),
		"unclosed":              fill("<b><i><u>"),
		"only closers":          fill("</b></ul>"),
		"deep lists":            fill("<ul><li>a"),
		"items":                 "<ul>" + fill("<li>"),
		"inside and outside":    strings.Repeat("<b>", 63) + fill("<p></b><b>"),
		"attributes":            "<b" + attributes.String() + ">a",
		"attributes and tags":   "<b" + attributes.String()[:130_000] + ">" + half,
		"half tags":             fill("<div "),
		"half comments":         fill("<!--"),
		"scripts":               fill("<script><!--"),
		"breaks":                fill("<br> &nbsp;"),
		"spaces":                "a" + fill(" ") + "b",
		"angles":                fill("<"),
		"ampersands":            fill("&"),
	} {
		for what, f := range map[string]func(string) string{"Sanitize": Sanitize, "balance": balance} {
			best := time.Hour
			for run := 0; run < 3 && best > limit; run++ {
				start := time.Now()
				f(in)
				best = min(best, time.Since(start))
			}
			if best > limit {
				t.Errorf("%s: %s took %v", name, what, best)
			}
		}
	}
}

// quick is well under a second, with room for a busy machine.
const quick = 600 * time.Millisecond

// raced reports whether the race detector, which slows a text down twentyfold, is on.
func raced() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestSanitizeDeep(t *testing.T) {
	open := func(n int) string { return strings.Repeat("<b>", n) }
	shut := func(n int) string { return strings.Repeat("</b>", n) }
	for name, c := range map[string]struct{ in, want string }{
		"as deep as may be": {open(64) + "a" + shut(64) + "b", open(64) + "a" + shut(64) + "b"},
		"deeper":            {open(99) + "a" + shut(99) + "b", open(64) + "a" + shut(64) + "b"},
		"deeper, crossed":   {"<i>" + open(70) + "a</i>b" + shut(70), "<i>" + open(63) + "a" + shut(63) + "</i>b"},
		"blocks keep apart": {open(64) + "<p>5 mg</p><p>10 mg</p>", open(64) + "<br>5 mg<br><br>10 mg<br>" + shut(64)},
		"lists keep apart":  {open(64) + "<ul><li>a<li>b</ul>c", open(64) + "<br><br>a<br>b<br>c" + shut(64)},
	} {
		if got := Sanitize(c.in); got != c.want {
			t.Errorf("%s: Sanitize(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestSanitizeLong(t *testing.T) {
	if in := strings.Repeat("a", maxHTML); Sanitize(in) != in {
		t.Error("a text of just the length is cut")
	}
	got := Sanitize("a" + strings.Repeat("é", maxHTML/2))
	if want := "a" + strings.Repeat("é", maxHTML/2-1) + "…"; got != want || !utf8.ValidString(got) {
		t.Errorf("cut to %d bytes, ending in %q", len(got), got[len(got)-8:])
	}
	if got := Sanitize(strings.Repeat("a", maxHTML-2) + "<b>b"); got != strings.Repeat("a", maxHTML-2)+"…" {
		t.Errorf("cut inside a tag: ends in %q", got[len(got)-8:])
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"<b>a", "<svg/onload=x>", "<div title='>'>", "</ul><li>", "<!--", "<b\x00>", "<textarea><b>", "<br><p></b>", strings.Repeat("<b>", 64) + "<p><ul></p></b>a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) { checkHarmless(t, in, Sanitize(in)) })
}
