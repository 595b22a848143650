package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
)

// doctor runs the command and returns its exit code and what it found of each check.
func (m *machine) doctor(flags ...string) (code int, found map[string]string) {
	m.t.Helper()
	code, out, _ := m.run("", append([]string{"doctor", "--json"}, flags...)...)
	var list []struct{ Check, State, Title, Text string }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
	found = map[string]string{}
	for _, l := range list {
		if l.Title == "" || strings.ContainsAny(l.Title+l.Text, "{}") || l.State != "fine" && l.Text == "" {
			m.t.Errorf("%+v", l)
		}
		found[l.Check] = l.State + " " + l.Title
	}
	return code, found
}

// TestDoctor asks before there is anything, while Breakwater runs, when it does not, and after one thing
// after the other was broken.
func TestDoctor(t *testing.T) {
	m := newMachine(t)
	code, found := m.doctor()
	if code != 0 || !strings.Contains(found["database"], "no database yet") || !strings.HasPrefix(found["service"], "warning") {
		t.Errorf("before anything: %d %v", code, found)
	}
	if _, err := os.Stat(m.dir); err == nil {
		t.Fatal("it made the data folder")
	}
	m.serve()
	key := m.must("", "ocean", "generate-key")
	for i := range 30 {
		ref := strings.Repeat("r", i+1)
		if status, _, err := m.send(key, oceantest.Bundle(oceantest.Message{Ref: ref, HeaderID: ref})); status != 200 || err != nil {
			t.Fatal(status, err)
		}
	}
	if code, found = m.doctor(); code != 0 || !strings.Contains(found["backup"], "no backup yet") {
		t.Errorf("before the first night: %d %s", code, found["backup"])
	}
	m.must("", "backup", filepath.Join(t.TempDir(), "backup.age"))
	code, found = m.doctor()
	for _, check := range []string{"configuration", "service", "folder", "key", "disk", "database", "audit", "backup", "certificate"} {
		if !strings.HasPrefix(found[check], "fine") {
			t.Errorf("while it runs: %s: %s", check, found[check])
		}
	}
	if code != 0 || !strings.Contains(found["ocean"], "not finished") {
		t.Errorf("while it runs: %d %v", code, found)
	}
	if !strings.HasPrefix(found["mail"], "optional") || !strings.Contains(found["mail"], "Nobody is told by email") {
		t.Errorf("without a mail server: %s", found["mail"])
	}
	if out := m.must("", "doctor"); !strings.Contains(out, "fine     Master key: ") || !strings.Contains(out, "warning  Ocean: The set-up is not finished.\n         Settings") {
		t.Errorf("for people:\n%s", out)
	}
	m.stop()
	if code, found = m.doctor(); code != 0 || !strings.Contains(found["service"], "does not run") || !strings.HasPrefix(found["database"], "fine") {
		t.Errorf("when it does not run: %d %v", code, found)
	}
	if code, found = m.doctor("--min-free", "much", "--timezone", "Mars/Olympus"); code != 1 || !strings.HasPrefix(found["configuration"], "fault") {
		t.Errorf("a mistake in the configuration: %d %v", code, found)
	}
	for _, flags := range [][]string{{"--base-url", "clinic.example"}, {"--base-url", "clinic.example", "--acme"}, {"--listen", "8080"}} {
		if code, found = m.doctor(flags...); code != 1 || !strings.HasPrefix(found["configuration"], "fault") || !strings.HasPrefix(found["database"], "fine") {
			t.Errorf("%v: %d %v", flags, code, found)
		}
	}
	if code, found = m.doctor("--min-free", "1EB"); code != 1 || !strings.Contains(found["disk"], "The disk is full") {
		t.Errorf("a full disk: %d %v", code, found)
	}
	masterKey := filepath.Join(m.dir, "master.key")
	if err := os.Chmod(masterKey, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, found = m.doctor(); code != 1 || !strings.Contains(found["key"], "in its place") && !strings.Contains(found["key"], "may read the master key") {
		t.Errorf("a key for everybody: %d %v", code, found)
	}
	if err := os.Rename(masterKey, masterKey+".away"); err != nil {
		t.Fatal(err)
	}
	if code, found = m.doctor(); code != 1 || !strings.Contains(found["key"], "missing") {
		t.Errorf("no key: %d %v", code, found)
	}
	if err := os.Rename(masterKey+".away", masterKey); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(m.dir, "breakwater.db")
	bad, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(bad[len(bad)/2:], make([]byte, 100_000))
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, found = m.doctor(); code != 1 || !strings.Contains(found["database"], "damaged") {
		t.Errorf("damage: %d %v", code, found)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(bad) {
		t.Errorf("it changed the database: %v", err)
	}
}
