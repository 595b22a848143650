package handlers_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe finds what keeps people with disabilities out (axe-core; its licence is beside it).
//
//go:embed testdata/axe.min.js
var axe string

// console is a running console on loopback, with its store.
type console struct {
	*httptest.Server
	store *store.Store
	clock *storetest.Clock
}

// newConsole starts a console whose clock stands at the present: browsers know the time too.
func newConsole(t testing.TB) *console { t.Helper(); return newConsoleAt(t, "127.0.0.1") }

// newConsoleAt is newConsole where people know it by that name of this machine.
func newConsoleAt(t testing.TB, host string) *console {
	t.Helper()
	clock := storetest.NewClock()
	s := storetest.At(t, t.TempDir(), clock)
	srv := httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://" + net.JoinHostPort(host, port))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler, err = handlers.New(handlers.Config{Store: s, BaseURL: base, Zone: zone, Now: clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	srv.URL = base.String()
	t.Cleanup(srv.Close)
	return &console{srv, s, clock}
}

// browser is a tab of headless Chromium that notes every complaint of the page.
type browser struct {
	t    testing.TB
	ctx  context.Context
	base string

	mu         sync.Mutex
	complaints []string
}

// step is one act in the browser.
type step = chromedp.Action[chromedp.Void]

// patience is how long one group of steps may take.
const patience = 20 * time.Second

var chromium = sync.OnceValue(func() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
})

// newBrowser opens a browser of its own, without cookies, in English unless a flag says else.
func newBrowser(t testing.TB, base string, flags ...chromedp.ExecAllocatorOption) *browser {
	t.Helper()
	if chromium() == "" {
		t.Fatal("the browser tests need Chromium: make test installs it, or sudo apt-get install -y chromium")
	}
	options := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{chromedp.ExecPath(chromium()), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", "en-CA"), chromedp.WindowSize(1280, 900)}, flags)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, base: base}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	messages := chromedp.Console(ctx)
	go b.listen(messages)
	return b
}

// listen keeps what the page complains of: scripts that fail, and everything that its policy
// blocked. That an answer was an error is said by the page itself; the browser's own remarks, such
// as that the focus was already taken, are no complaints.
func (b *browser) listen(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range messages {
		if err != nil {
			return
		}
		if m.Source != "network" && (m.Source == "" || m.Type != "info") {
			b.mu.Lock()
			b.complaints = append(b.complaints, m.String())
			b.mu.Unlock()
		}
	}
}

func (b *browser) do(steps ...step) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("the browser at %s: %v", b.path(), err)
	}
}

// ask returns what an expression of JavaScript is in the page.
func ask[T any](b *browser, expression string, options ...chromedp.EvaluateOption) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		b.t.Fatalf("the browser at %s: %v", b.path(), err)
	}
	return v
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitReady("body"))
}

// path is where the browser is.
func (b *browser) path() string {
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		return "?"
	}
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.RequestURI()
}

// text is what the page shows.
func (b *browser) text() string {
	b.t.Helper()
	return ask[string](b, `document.body.innerText`)
}

// until waits until an expression of JavaScript is true in the page. It is asked from here: where
// scripts are off, so are the timers with which the page could ask itself.
func (b *browser) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`Boolean(`+expression+`)`))
		switch {
		case err == nil && is:
			return
		case ctx.Err() != nil:
			b.t.Fatalf("%s never comes to %s: %v\n%s", b.path(), expression, err, b.text())
		}
		time.Sleep(20 * time.Millisecond) // a page that went away took the question along: the next one is asked
	}
}

// wait waits until the page shows the words.
func (b *browser) wait(words string) {
	b.t.Helper()
	quoted, err := json.Marshal(words)
	if err != nil {
		b.t.Fatal(err)
	}
	b.until(fmt.Sprintf(`document.body && document.body.innerText.includes(%s)`, quoted))
}

// signIn signs somebody in by the form.
func (b *browser) signIn(email string) {
	b.t.Helper()
	b.open("/login")
	b.do(chromedp.SendKeys(`input[name=email]`, email), chromedp.SendKeys(`input[name=password]`, storetest.Password+"\r"),
		chromedp.WaitVisible(`form[action="/logout"] button`))
}

// dark makes the page believe that the system is dark, or light.
func (b *browser) dark(on bool) {
	b.t.Helper()
	value := map[bool]string{true: "dark", false: "light"}[on]
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	if err != nil {
		b.t.Fatal(err)
	}
}

// scriptless turns JavaScript off.
func (b *browser) scriptless() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.t.Fatal(err)
	}
}

// accessible runs axe-core on the page and fails for everything that it finds.
func (b *browser) accessible(what string) {
	b.t.Helper()
	type violation struct {
		ID, Help string
		Nodes    []struct{ HTML string }
	}
	ask[int](b, axe+`; 0`)
	for _, v := range ask[[]violation](b, `axe.run().then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({HTML: n.html}))})))`, chromedp.EvalAwaitPromise) {
		b.t.Errorf("%s: %s: %s: %s", what, v.ID, v.Help, v.Nodes[0].HTML)
	}
}

// quiet fails the test if any page had something to complain of.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints) > 0 {
		b.t.Errorf("the pages complain:\n%s", strings.Join(b.complaints, "\n"))
	}
}
