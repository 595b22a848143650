package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

// binary is Breakwater as `make build` makes it.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "breakwater")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "breakwater")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

const password = "a quiet harbour at dawn"

// machine is a data folder with an address, as an installed Breakwater has them.
type machine struct {
	t    *testing.T
	dir  string
	addr string
	out  printed // by serve
	log  printed // by serve
	proc *exec.Cmd
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

func newMachine(t *testing.T) *machine {
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
	c := exec.Command(binary, args...)
	c.Env = append(os.Environ(), "BREAKWATER_DATA_DIR="+m.dir, "BREAKWATER_LISTEN="+m.addr, "BREAKWATER_BASE_URL=http://"+m.addr, "BREAKWATER_LOG_LEVEL=debug")
	return c
}

// run runs a command and returns its exit code and output.
func (m *machine) run(stdin string, args ...string) (code int, stdout, stderr string) {
	m.t.Helper()
	c := m.command(args...)
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &errs
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
func (m *machine) serve() {
	m.t.Helper()
	m.proc = m.command("serve")
	m.proc.Stdout, m.proc.Stderr = &m.out, &m.log
	if err := m.proc.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan error, 1)
	proc := m.proc
	go func() { ended <- proc.Wait() }()
	m.t.Cleanup(func() { proc.Process.Kill(); <-ended; ended <- nil })
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if res, err := http.Get(m.url("/readyz")); err == nil {
			res.Body.Close()
			if res.StatusCode == 200 {
				return
			}
		}
		select {
		case err := <-ended:
			m.t.Fatalf("serve ended: %v\n%s", err, m.log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	m.t.Fatalf("serve is not ready:\n%s", m.log.String())
}

// send posts a bundle as Ocean does and returns the status.
func (m *machine) send(key string, bundle []byte) (int, string, error) {
	req, err := http.NewRequest("POST", m.url("/public/ocean/fhir_bundles"), bytes.NewReader(bundle))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Referral-Integration-API-Key", key)
	req.Header.Set("Content-Type", "application/fhir+json")
	res, err := http.DefaultClient.Do(req)
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

// TestTheStory is Breakwater's main job from end to end: set-up on the command line while the
// server runs, a referral from Ocean, somebody who reads it, and a log that shows it all.
func TestTheStory(t *testing.T) {
	m := newMachine(t)
	m.serve()
	link := regexp.MustCompile(`http://\S+/setup\?token=\S+`).FindString(m.out.String())
	if link == "" {
		t.Fatalf("no first-run link:\n%s", m.out.String())
	}
	res, err := http.Get(link)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("the first-run link: %v, %v", res, err)
	}
	res.Body.Close()

	m.must("", "ocean", "set", "--site-number", "1234", "--client-id", "our-client")
	m.must("our secret\n", "ocean", "set", "--client-secret-stdin")
	key := m.must("", "ocean", "generate-key")
	m.must(password+"\n", "user", "add", "front@example.org", "--name", "Frances Front", "--role", "front_desk", "--password-stdin")
	m.must(password, "user", "add", "clerk@example.org", "--permission", "view_audit_log", "--password-stdin")
	if res, err := http.Get(link); err != nil || res.StatusCode != 404 {
		t.Errorf("the first-run link after the first user: %v, %v", res.Status, err)
	}

	bundle := oceantest.Bundle(oceantest.Message{Ref: "5f0c0f2e-1111-4222-8333-944455556666", TestData: true,
		Patient: oceantest.Patient{Family: "Harbour", Given: "Marguerite", HealthNumber: oceantest.HealthNumber(7), BirthDate: "1951-03-02"}})
	for range 2 {
		if status, body, err := m.send(key, bundle); status != 200 || err != nil {
			t.Fatalf("a bundle: %d %s %v", status, body, err)
		}
	}
	if status, _, _ := m.send("wrong", bundle); status != 401 {
		t.Errorf("a wrong key: %d", status)
	}

	front := m.signIn("front@example.org")
	status, list := m.page(front, "/referrals")
	id := regexp.MustCompile(`/referrals/[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(list)
	if status != 200 || !strings.Contains(list, "Harbour") || id == "" {
		t.Fatalf("the list: %d\n%s", status, list)
	}
	status, detail := m.page(front, id)
	for _, want := range []string{"Harbour", "Marguerite", "1951-03-02", "5f0c0f2e-1111-4222-8333-944455556666", "TEST", "/ocean/portal.html?siteNum=1234#/referrals/5f0c0f2e-1111-4222-8333-944455556666/edit"} {
		if status != 200 || !strings.Contains(detail, want) {
			t.Errorf("the referral's page (%d) lacks %s", status, want)
		}
	}
	if status, _ := m.page(m.signIn("clerk@example.org"), "/referrals"); status != 403 {
		t.Errorf("somebody without View Referrals: %d", status)
	}

	m.must("", "user", "disable", "front@example.org")
	if _, body := m.page(front, "/referrals"); strings.Contains(body, "Harbour") {
		t.Error("a disabled person still reads referrals")
	}
	st := m.status()
	for name, want := range map[string]any{"site_number": "1234", "inbound_key_active": true, "messages": 1.0, "duplicates": 1.0,
		"referrals": 1.0, "needs_attention": 0.0, "users": 2.0, "attachments_pending": 0.0, "outbox_pending": 0.0, "outbox_failed": 0.0} {
		if st[name] != want {
			t.Errorf("status: %s is %v, want %v", name, st[name], want)
		}
	}
	m.must("", "audit", "verify", "--head", fmt.Sprint(st["audit_head"]))
	for _, format := range []string{"csv", "ndjson", "fhir"} {
		if out := m.must("", "audit", "export", "--format", format); !strings.Contains(out, "session.signed_in") || strings.Contains(out, "our secret") {
			t.Errorf("export as %s:\n%s", format, out)
		}
	}
	for _, secret := range []string{key, "our secret", password, "Harbour", "Marguerite", "1951-03-02", oceantest.HealthNumber(7)} {
		if strings.Contains(m.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
		for name, content := range m.files() {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %s", name, secret)
			}
		}
	}
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
