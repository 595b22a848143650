package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
	printTable(os.Stdout)
	os.RemoveAll(dir)
	os.Exit(code)
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
