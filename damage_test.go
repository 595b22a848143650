package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
)

// answers is the status and the body of a page of the machine's.
func (m *machine) answers(path string) (int, string) {
	m.t.Helper()
	return m.page(http.DefaultClient, path)
}

// TestADamagedMachineSaysSoUntilItIsRestored spoils the database of a machine that is switched off. It
// starts, says to everybody what is wrong, keeps nothing and changes nothing; with a good copy in its
// place all goes on.
func TestADamagedMachineSaysSoUntilItIsRestored(t *testing.T) {
	m := newMachine(t)
	m.serve()
	m.must(password, "user", "add", "front@example.org", "--role", "administrator", "--password-stdin")
	key := m.must("", "ocean", "generate-key")
	for i := range 30 {
		ref := strings.Repeat("r", i+1)
		if status, _, err := m.send(key, oceantest.Bundle(oceantest.Message{Ref: ref, HeaderID: ref})); status != 200 || err != nil {
			t.Fatal(status, err)
		}
	}
	m.stop()
	path := filepath.Join(m.dir, "breakwater.db")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(good)
	copy(bad[len(bad)/2:], make([]byte, 100_000))
	for name, content := range map[string][]byte{"spoiled": bad, "no database at all": []byte("oh")} {
		if err := os.Remove(path); err != nil { // a new file is not suspected
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		m.live("serve")
		m.until(name+" is noticed", func() bool { status, text := m.answers("/readyz"); return status == 503 && text == "database\n" })
		if status, body, err := m.send(key, oceantest.Bundle(oceantest.Message{Ref: "late"})); status != 503 || err != nil || !strings.Contains(body, "OperationOutcome") {
			t.Errorf("%s: a bundle: %d %s %v", name, status, body, err)
		}
		if status, text := m.answers("/login"); status != 503 || !strings.Contains(text, "database is damaged") {
			t.Errorf("%s: /login: %d %s", name, status, text)
		}
		if code, _, errs := m.run("", "ocean", "retire-key"); code != 1 || !strings.Contains(errs, "restore") {
			t.Errorf("%s: a command: %d %s", name, code, errs)
		}
		if code := m.stop(); code != 0 {
			t.Errorf("%s: it stops with %d", name, code)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, content) {
			t.Errorf("%s: the file was changed: %v", name, err)
		}
		if strings.Contains(m.log.String(), "panic") {
			t.Errorf("%s: it panicked:\n%s", name, m.log.String())
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	m.serve()
	if status, _, err := m.send(key, oceantest.Bundle(oceantest.Message{Ref: "late"})); status != 200 || err != nil {
		t.Errorf("a bundle after that: %d %v", status, err)
	}
	if log := m.must("", "audit", "export", "--format", "csv"); !strings.Contains(log, "system.database_mended") {
		t.Error("the audit log does not tell of the damage")
	}
	m.must("", "audit", "verify")
}
