package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const password = "a quiet harbour at dawn"

// machine is a data folder with an address, as an installed Breakwater has them.
type machine struct {
	t     testing.TB
	dir   string
	addr  string
	out   printed // by serve
	log   printed // by serve
	proc  *exec.Cmd
	gone  chan struct{} // closed when proc has ended
	env   []string      // beside what every command is given
	under []string      // a command that runs the binary, such as a tracer
	other string        // another binary, built for a test
}

// printed is what a running process prints, to be read meanwhile.
type printed struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (p *printed) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.Write(text)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.buf.String()
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return &machine{t: t, dir: filepath.Join(t.TempDir(), "data"), addr: l.Addr().String()}
}

func (m *machine) url(path string) string { return "http://" + m.addr + path }

func (m *machine) command(args ...string) *exec.Cmd {
	args = append(append(slices.Clone(m.under), cmp.Or(m.other, binary)), args...)
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), "BREAKWATER_DATA_DIR="+m.dir, "BREAKWATER_LISTEN="+m.addr, "BREAKWATER_BASE_URL=http://"+m.addr, "BREAKWATER_LOG_LEVEL=debug")
	c.Env = append(c.Env, m.env...)
	return c
}

// run runs a command and returns its exit code and output.
func (m *machine) run(stdin string, args ...string) (code int, stdout, stderr string) {
	m.t.Helper()
	c := m.command(args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errs
	hung := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
	defer hung.Stop()
	if err := c.Run(); err != nil && c.ProcessState == nil {
		m.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String(), errs.String()
}

// must runs a command that has to work and returns what it printed.
func (m *machine) must(stdin string, args ...string) string {
	m.t.Helper()
	code, out, errs := m.run(stdin, args...)
	if code != 0 {
		m.t.Fatalf("breakwater %v: exit %d: %s", args, code, errs)
	}
	return strings.TrimSpace(out)
}

// serve starts the server and returns once it is ready.
func (m *machine) serve() { m.t.Helper(); m.start("serve") }

// start starts a command that listens, and returns once it is ready.
func (m *machine) start(args ...string) { m.t.Helper(); m.begin("/readyz", args...) }

// live starts a command that listens, and returns once it lives.
func (m *machine) live(args ...string) { m.t.Helper(); m.begin("/healthz", args...) }

func (m *machine) begin(path string, args ...string) {
	m.t.Helper()
	proc, gone := m.command(args...), make(chan struct{})
	proc.Stdout, proc.Stderr = &m.out, &m.log
	if err := proc.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.proc, m.gone = proc, gone
	go func() { proc.Wait(); close(gone) }()
	m.t.Cleanup(m.kill)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if res, err := http.Get(m.url(path)); err == nil {
			res.Body.Close()
			if res.StatusCode == 200 {
				return
			}
		}
		select {
		case <-gone:
			m.t.Fatalf("breakwater %v ended: %v\n%s", args, proc.ProcessState, m.log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	m.t.Fatalf("breakwater %v is not ready:\n%s", args, m.log.String())
}

// kill ends what was started as a power cut does.
func (m *machine) kill() {
	m.proc.Process.Kill()
	<-m.gone
}

// stop ends what was started as systemd does, and returns its exit code.
func (m *machine) stop() int {
	m.t.Helper()
	if err := m.proc.Process.Signal(syscall.SIGTERM); err != nil {
		m.t.Fatal(err)
	}
	select {
	case <-m.gone:
	case <-time.After(time.Minute):
		m.t.Fatalf("it does not stop:\n%s", m.log.String())
	}
	return m.proc.ProcessState.ExitCode()
}

// until asks again and again for something that another process does.
func (m *machine) until(what string, is func() bool) {
	m.t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			m.t.Fatalf("%s: it does not happen\n%s", what, m.log.String())
		}
	}
}

// send posts a bundle as Ocean does and returns the status.
func (m *machine) send(key string, bundle []byte) (int, string, error) {
	return m.sendBy(http.DefaultClient, key, bundle)
}

func (m *machine) sendBy(client *http.Client, key string, bundle []byte) (int, string, error) {
	req, err := http.NewRequest("POST", m.url("/public/ocean/fhir_bundles"), bytes.NewReader(bundle))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Referral-Integration-API-Key", key)
	req.Header.Set("Content-Type", "application/fhir+json")
	res, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// status reads `status --json`.
func (m *machine) status() map[string]any {
	m.t.Helper()
	var st map[string]any
	if err := json.Unmarshal([]byte(m.must("", "status", "--json")), &st); err != nil {
		m.t.Fatal(err)
	}
	return st
}

// signIn returns a browser of somebody who is signed in.
func (m *machine) signIn(email string) *http.Client {
	m.t.Helper()
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	res, err := browser.PostForm(m.url("/login"), url.Values{"email": {email}, "password": {password}})
	if err != nil {
		m.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.Request.URL.Path == "/login" {
		m.t.Fatalf("signing in ended at %s with %d", res.Request.URL.Path, res.StatusCode)
	}
	return browser
}

func (m *machine) page(browser *http.Client, path string) (int, string) {
	m.t.Helper()
	res, err := browser.Get(m.url(path))
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// files reads all that is in the data folder.
func (m *machine) files() map[string][]byte {
	m.t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(m.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all[path] = content
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return all
}
