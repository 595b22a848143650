package views

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// policy lets through the few tags that carry meaning in a clinical text. No attribute passes, so
// nothing can be loaded, linked, styled or run.
var policy = bluemonday.NewPolicy().AllowElements("b", "i", "u", "br", "p", "ul", "ol", "li")

// Blocks that the policy drops would run lines of a note together ("5 mg" and "10 mg" into
// "5 mg10 mg"), so they become line breaks first. Cells become spaces.
var (
	blockTag  = regexp.MustCompile(`(?i)</?(?:div|tr|table|h[1-6]|hr|pre|blockquote|section|article|dl|dt|dd)\b[^<>]*>`)
	cellTag   = regexp.MustCompile(`(?i)</?(?:td|th)\b[^<>]*>`)
	strongTag = regexp.MustCompile(`(?i)<(/?)strong\b[^<>]*>`)
	emTag     = regexp.MustCompile(`(?i)<(/?)em\b[^<>]*>`)
	anyTag    = regexp.MustCompile(`<(/?)(b|i|u|br|p|ul|ol|li)(/?)>`)
	manyBreak = regexp.MustCompile(`(?:\s|\x{00a0})*(?:<br>(?:\s|\x{00a0})*){3,}`)
	edgeBreak = regexp.MustCompile(`^(?:\s|<br>)+|(?:\s|<br>)+$`)
	someBlock = regexp.MustCompile(`<(?:br|p|ul|ol|li)>`)
)

// Sanitize makes HTML from outside safe to stand inside a page: only b, i, u, br, p, ul, ol and li
// remain, without attributes and properly nested and closed, so that a text can neither act nor
// spill its style over the page. The lines of a text without tags are kept.
func Sanitize(html string) string {
	html = blockTag.ReplaceAllString(html, "<br>")
	html = cellTag.ReplaceAllString(html, " ")
	html = strongTag.ReplaceAllString(html, "<${1}b>")
	html = emTag.ReplaceAllString(html, "<${1}i>")
	html = balance(policy.Sanitize(html))
	if !someBlock.MatchString(html) {
		html = strings.ReplaceAll(strings.TrimSpace(html), "\n", "<br>")
	}
	html = manyBreak.ReplaceAllString(html, "<br><br>")
	return edgeBreak.ReplaceAllString(html, "")
}

// balance closes what a text leaves open and drops what it never opened: the policy removes tags
// but does not pair them. Its input holds no other tags than those of the policy, unadorned.
func balance(html string) string {
	var out strings.Builder
	var open []string
	closeTo := func(depth int) {
		for i := len(open) - 1; i >= depth; i-- {
			out.WriteString("</" + open[i] + ">")
		}
		open = open[:depth]
	}
	last := 0
	for _, m := range anyTag.FindAllStringSubmatchIndex(html, -1) {
		out.WriteString(html[last:m[0]])
		last = m[1]
		closing, tag := m[3] > m[2], html[m[4]:m[5]]
		switch {
		case tag == "br":
			out.WriteString("<br>")
		case closing:
			if at := innermost(open, tag); at >= 0 {
				closeTo(at)
			}
		default:
			if tag == "li" && innermost(open, "ul", "ol") < 0 {
				out.WriteString("<br>") // an item outside a list is a line
				continue
			}
			closeTo(implied(open, tag))
			open = append(open, tag)
			out.WriteString("<" + tag + ">")
		}
	}
	out.WriteString(html[last:])
	closeTo(0)
	return out.String()
}

// implied returns the depth to which HTML closes open tags before it opens tag: a paragraph ends
// at the next block, and an item at the next item of its list.
func implied(open []string, tag string) int {
	at := -1
	switch tag {
	case "p", "ul", "ol":
		at = innermost(open, "p")
	case "li":
		if item := innermost(open, "li"); item > innermost(open, "ul", "ol") {
			at = item
		}
	}
	if at < 0 {
		return len(open)
	}
	return at
}

// innermost returns the place of the last open tag among tags, or -1.
func innermost(open []string, tags ...string) int {
	for i := len(open) - 1; i >= 0; i-- {
		for _, t := range tags {
			if open[i] == t {
				return i
			}
		}
	}
	return -1
}
