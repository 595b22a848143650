package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// witness notices whatever a hostile text brought about in a browser: scripts that run, dialogs,
// pages that go elsewhere, requests to anybody but the console or for what only a hostile text
// names, and what the policy of a page had to stop.
type witness struct {
	*browser
	mu   sync.Mutex
	seen []string
}

// canary is what hostile scripts call, and how a page tells that its policy was broken.
const canary = `window.ran = (...which) => witness("script " + which.join());
document.addEventListener("securitypolicyviolation", e => witness("policy " + e.violatedDirective + " " + e.blockedURI));`

// viewer is Chromium's own viewer of PDFs.
const viewer = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/"

func newWitness(t testing.TB, b *browser) *witness {
	t.Helper()
	w := &witness{browser: b}
	call := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	call(chromedp.Listen(b.ctx, w.notice))
	_, err := chromedp.Call(b.ctx, runtime.AddBinding, runtime.AddBindingParams{Name: "witness"})
	call(err)
	_, err = chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: canary})
	call(err)
	_, err = chromedp.Call(b.ctx, network.Enable, network.EnableParams{})
	call(err)
	return w
}

// notice takes the browser's events.
func (w *witness) notice(event any) {
	switch e := event.(type) {
	case *runtime.EventBindingCalled:
		w.note(e.Payload)
	case *page.EventJavascriptDialogOpening:
		w.note("dialog " + e.Message)
		go func() { // the page stands still until it is answered
			_, _ = chromedp.Call(w.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}()
	case *network.EventRequestWillBeSent:
		url := e.Request.URL
		own := strings.HasPrefix(url, w.base+"/") || strings.HasPrefix(url, "data:") /* asks nobody */ || strings.HasPrefix(url, viewer)
		if !own || strings.Contains(url, "hostile-canary") {
			w.note("request " + url)
		}
	}
}

func (w *witness) note(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, what)
}

// take returns what was noticed so far, and forgets it.
func (w *witness) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}

// foreign are the parts of a page that none of ours has: elements and attributes that could do
// something, and links that lead to anybody but the console and Ocean's portal.
const foreign = `(() => {
  const bad = [], known = ["hx-get", "hx-post", "hx-trigger", "hx-swap", "hx-target", "hx-select", "hx-sync"];
  const tags = ["iframe", "object", "embed", "base", "frame", "frameset", "applet", "marquee", "audio", "video", "style", "math", "template", "xmp", "plaintext", "isindex", "x", "dialog"];
  const links = ["href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data", "xlink:href", "background", "longdesc", "cite"];
  const never = ["style", "srcdoc", "srcset", "ping", "background", "dynsrc", "sse-connect", "ws-connect", "nonce"];
  for (const e of document.querySelectorAll("*")) {
    const say = what => bad.push("<" + e.localName + "> " + what);
    if (tags.includes(e.localName) && !e.matches("iframe.sheet, template#offline, dialog#session")) say("");
    if (e.localName === "script" && !String(e.src ?? "").startsWith(location.origin + "/static/")) say("");
    if (e.namespaceURI === "http://www.w3.org/2000/svg" && !e.closest("svg[aria-hidden=true].icon, svg[aria-hidden=true].mark")) say("drawn");
    if (e.matches("meta[http-equiv]") || e.localName === "link" && !e.matches("head > link[href^='/static/']")) say("in the head");
    for (const {name, value} of e.attributes) {
      if (name.startsWith("on") || name.startsWith("data-hx") || never.includes(name) || name.startsWith("hx-") && !known.includes(name)
        || /^(x-|v-|ng-|_$|@|:)/.test(name) && name !== "xml:space") say(name);
      if (links.includes(name) && !e.closest("svg.icon, svg.mark")) {
        const to = new URL(value, location.href);
        const portal = to.origin === "https://ocean.cognisantmd.com" && to.pathname === "/ocean/portal.html";
        if (!portal && (!(to.origin === location.origin || /^(tel|mailto):/.test(to.protocol)) || value.includes("hostile-canary"))) say(name + "=" + value);
      }
    }
  }
  return bad;
})()`

// look is what a page is like: what is foreign in it, where it is, and what makes it wider than its
// window, if something does.
const look = `({Foreign: ` + foreign + `, At: location.pathname + location.search,
  Wide: document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] : [...document.querySelectorAll("main *")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && getComputedStyle(e).overflowX === "visible")
    .map(e => e.localName + "." + e.className).concat("something").slice(0, 8)})`

// clean fails the test if anything came of the texts on the page that is open, or before, and returns
// where that page is.
func (w *witness) clean(what string) (at string) {
	w.t.Helper()
	page := ask[struct {
		Foreign, Wide []string
		At            string
	}](w.browser, look)
	if bad := append(page.Foreign, w.take()...); len(bad) > 0 {
		w.t.Errorf("%s, at %s: %q", what, page.At, bad[:min(len(bad), 10)])
	}
	if len(page.Wide) > 0 {
		w.t.Errorf("%s is wider than its window: %s", what, strings.Join(page.Wide, ", "))
	}
	return page.At
}

// goes opens a page and fails the test if the browser ends anywhere else.
func (w *witness) goes(path, what string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.base + path))
	if at := w.clean(what); at != path {
		w.t.Errorf("%s: from %s the browser went to %s", what, path, at)
	}
}

// TestTheWitnessSees gives the hostile strings pages that take them for what they say: the test that
// looks for them where they do nothing could not fail otherwise.
func TestTheWitnessSees(t *testing.T) {
	all := hostileStrings()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		n := 0
		switch _, err := fmt.Sscanf(r.URL.Path, "/raw/%d", &n); {
		case err == nil:
			fmt.Fprintf(rw, `<!doctype html><title>x</title><main>%s</main>`, all[n])
		case r.URL.Path == "/policy":
			rw.Header().Set("Content-Security-Policy", "script-src 'self'")
			fmt.Fprint(rw, `<main><script>ran(1)</script></main>`)
		case r.URL.Path == "/dialog":
			fmt.Fprint(rw, `<main><script>alert("x")</script></main>`)
		case r.URL.Path == "/attribute":
			fmt.Fprintf(rw, `<main><p title="%s">x</p></main>`, `" onmouseover="ran(91)`)
		case r.URL.Path == "/harmless":
			fmt.Fprint(rw, `<main><p>&lt;script&gt;ran(1)&lt;/script&gt;</p></main>`)
		default:
			http.NotFound(rw, r)
		}
	}))
	t.Cleanup(srv.Close)
	w := newWitness(t, newBrowser(t, srv.URL))
	sees := func(path, what string) bool {
		w.open(path)
		found := slices.ContainsFunc(append(ask[[]string](w.browser, foreign), w.take()...), func(s string) bool { return strings.Contains(s, what) })
		for deadline := time.Now().Add(2 * time.Second); !found && what != "" && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			found = slices.ContainsFunc(w.take(), func(s string) bool { return strings.Contains(s, what) })
		}
		return found
	}
	for path, want := range map[string]string{"/raw/0": "script 1", "/raw/19": "script 20", "/raw/13": "request http://elsewhere.invalid", "/raw/14": "hostile-canary",
		"/policy": "policy script-src", "/dialog": "dialog x", "/attribute": "onmouseover"} {
		if !sees(path, want) {
			t.Errorf("%s: the witness does not see %q", path, want)
		}
	}
	if sees("/harmless", "") {
		t.Error("the witness sees something where nothing is")
	}
	w.take()
	missed := 0
	for n := range hostileMarkup {
		if !sees(fmt.Sprint("/raw/", n), "") {
			missed++
			t.Logf("nothing comes of %s", numbered(n))
		}
	}
	if missed > 8 { // a comment and its like hide, and run nothing
		t.Errorf("the witness misses %d of %d", missed, len(hostileMarkup))
	}
	if len(w.complaints) == 0 {
		t.Error("Chromium's console complained of nothing")
	}
}
