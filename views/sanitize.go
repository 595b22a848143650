package views

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
)

// allowed are the few tags that carry meaning in a clinical text.
var allowed = []string{"b", "i", "u", "br", "p", "ul", "ol", "li"}

// policy lets through no other tags, and no attribute, so nothing can be loaded, linked, styled or
// run.
var policy = bluemonday.NewPolicy().AllowElements(allowed...)

// Blocks that the policy drops would run lines of a note together ("5 mg" and "10 mg" into
// "5 mg10 mg"), so they become line breaks first. Cells become spaces.
var (
	blockTag  = regexp.MustCompile(`(?i)</?(?:div|tr|table|h[1-6]|hr|pre|blockquote|section|article|dl|dt|dd)\b[^<>]*>`)
	cellTag   = regexp.MustCompile(`(?i)</?(?:td|th)\b[^<>]*>`)
	strongTag = regexp.MustCompile(`(?i)<(/?)strong\b[^<>]*>`)
	emTag     = regexp.MustCompile(`(?i)<(/?)em\b[^<>]*>`)
	manyBreak = regexp.MustCompile(`(?:\s|\x{00a0})*(?:<br>(?:\s|\x{00a0})*){3,}`)
	edgeBreak = regexp.MustCompile(`^(?:\s|<br>)+|(?:\s|<br>)+$`)
	someBlock = regexp.MustCompile(`<(?:br|p|ul|ol|li)>`)
)

const (
	// maxHTML is how many bytes of a text are shown: more than anybody writes or reads in one piece.
	maxHTML = 256 << 10
	// maxOpen is how deep tags may nest. Each of them costs time and memory in the browser too.
	maxOpen = 64
)

// Sanitize makes HTML from outside safe to stand inside a page: only b, i, u, br, p, ul, ol and li
// remain, without attributes and properly nested and closed, so that a text can neither act nor
// spill its style over the page. The lines of a text without tags are kept. It takes time in
// proportion to the text, of which no more than 256 KB is shown: an ellipsis stands for the rest.
func Sanitize(html string) string {
	if len(html) > maxHTML {
		end := maxHTML
		for end > 0 && !utf8.RuneStart(html[end]) {
			end--
		}
		return sanitize(html[:end]) + "…"
	}
	return sanitize(html)
}

func sanitize(html string) string {
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
	n := nesting{count: make(map[string]int), deeper: make(map[string]int)}
	for {
		text, rest, found := strings.Cut(html, "<")
		n.out.WriteString(text)
		if !found {
			break
		}
		tag, after, _ := strings.Cut(rest, ">")
		html = after
		name := strings.Trim(tag, "/")
		switch {
		case !slices.Contains(allowed, name): // the policy lets none through
		case name == "br":
			n.out.WriteString("<br>")
		case tag[0] == '/':
			n.close(name)
		default:
			n.opened(name)
		}
	}
	n.closeTo(0)
	return n.out.String()
}

// nesting is the state of [balance]: what is open, the innermost last and no more than maxOpen.
type nesting struct {
	out    strings.Builder
	open   []string
	count  map[string]int // how many of each tag are open
	deeper map[string]int // how many of each are open in the text but dropped, all inside of open
}

// opened writes an opening tag, with what it closes by itself.
func (n *nesting) opened(tag string) {
	if tag == "li" && n.innermost("ul", "ol") < 0 {
		n.out.WriteString("<br>") // an item outside a list is a line
		return
	}
	n.closeTo(n.implied(tag))
	if len(n.open) == maxOpen {
		n.deeper[tag]++
		n.breakFor(tag)
		return
	}
	n.open = append(n.open, tag)
	n.count[tag]++
	n.out.WriteString("<" + tag + ">")
}

// close writes a closing tag, unless the text never opened it.
func (n *nesting) close(tag string) {
	if n.deeper[tag] > 0 {
		n.deeper[tag]--
		n.breakFor(tag)
		return
	}
	if at := n.innermost(tag); at >= 0 {
		n.closeTo(at)
	}
}

// breakFor writes a line break in the place of a dropped block, so that lines do not run together.
func (n *nesting) breakFor(tag string) {
	switch tag {
	case "p", "ul", "ol", "li":
		n.out.WriteString("<br>")
	}
}

// closeTo closes open tags until only depth of them are left.
func (n *nesting) closeTo(depth int) {
	if depth == len(n.open) {
		return
	}
	for len(n.open) > depth {
		tag := n.open[len(n.open)-1]
		n.open = n.open[:len(n.open)-1]
		n.count[tag]--
		n.out.WriteString("</" + tag + ">")
	}
	clear(n.deeper)
}

// implied returns the depth to which HTML closes open tags before it opens tag: a paragraph ends
// at the next block, and an item at the next item of its list.
func (n *nesting) implied(tag string) int {
	at := -1
	switch tag {
	case "p", "ul", "ol":
		at = n.innermost("p")
	case "li":
		if item := n.innermost("li"); item > n.innermost("ul", "ol") {
			at = item
		}
	}
	if at < 0 {
		return len(n.open)
	}
	return at
}

// innermost returns the place of the last open tag among tags, or -1.
func (n *nesting) innermost(tags ...string) int {
	some := false
	for _, t := range tags {
		some = some || n.count[t] > 0
	}
	for i := len(n.open) - 1; some && i >= 0; i-- {
		if slices.Contains(tags, n.open[i]) {
			return i
		}
	}
	return -1
}
