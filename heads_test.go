package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestHeadsLeaveTheDatabase lets the program run with a file for heads, cuts off the end of its log as
// somebody can who is root, and finds that out by the file, and by what the program itself logged.
func TestHeadsLeaveTheDatabase(t *testing.T) {
	m := newMachine(t)
	heads := filepath.Join(t.TempDir(), "heads")
	t.Setenv("BREAKWATER_AUDIT_HEAD_FILE", heads)
	m.must(password, "user", "add", "ada@example.org", "--role", "administrator", "--password-stdin")
	m.start("serve", "--log-level", "error") // which is no reason not to tell the head
	m.until("the head leaves at the start", func() bool { text, _ := os.ReadFile(heads); return strings.Count(string(text), "\n") == 1 })
	db, err := sql.Open("sqlite", "file:"+filepath.Join(m.dir, "breakwater.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	exec(`CREATE TABLE kept AS SELECT * FROM audit_head`)
	m.must(password, "user", "add", "bo@example.org", "--role", "administrator", "--password-stdin")
	m.signIn("ada@example.org")
	if code := m.stop(); code != 0 {
		t.Errorf("exit %d:\n%s", code, m.log.String())
	}
	text, err := os.ReadFile(heads)
	if err != nil || strings.Count(string(text), "\n") != 2 {
		t.Fatalf("%v: the file holds\n%s", err, text)
	}
	last := regexp.MustCompile(`(\d+):([0-9a-f]{64})\n$`).FindStringSubmatch(string(text))
	if last == nil || !strings.Contains(m.log.String(), `msg="audit head" seq=`+last[1]+" mac="+last[2]) {
		t.Errorf("the program's log does not tell the last head %v:\n%s", last, m.log.String())
	}
	if out := m.must("", "audit", "verify", "--head-file", heads); !strings.Contains(out, "with 2 kept elsewhere") {
		t.Errorf("%s", out)
	}
	m.must(m.log.String(), "audit", "verify", "--head-file", "-")
	m.must("", "audit", "verify", "--head", last[0])
	m.must("", "audit", "verify", "--head", last[2])

	exec(`DROP TRIGGER audit_entries_no_delete`)
	exec(`DELETE FROM audit_entries WHERE seq > (SELECT seq FROM kept)`)
	exec(`DELETE FROM audit_head`)
	exec(`INSERT INTO audit_head SELECT * FROM kept`)
	m.must("", "audit", "verify") // whole in itself
	for _, args := range [][]string{{"--head-file", heads}, {"--head", strings.TrimSpace(last[0])}, {"--head", last[2]}} {
		code, _, errs := m.run("", append([]string{"audit", "verify"}, args...)...)
		if code != 1 || strings.Count(errs, "\n") != 1 || args[1] != last[2] && !strings.Contains(errs, "first bad entry is") {
			t.Errorf("verify %v of a log that was cut off: exit %d: %s", args, code, errs)
		}
	}
	m.serve()
	m.until("the loss is said", func() bool { return strings.Contains(m.log.String(), "the audit log was cut off") })
}
