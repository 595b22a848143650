package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
)

// bare is a new machine with nothing on it but a copy of the master key.
func (m *machine) bare() *machine {
	m.t.Helper()
	there := newMachine(m.t)
	if err := os.MkdirAll(there.dir, 0o700); err != nil {
		m.t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(m.dir, "master.key"))
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(there.dir, "master.key"), key, 0o600); err != nil {
		m.t.Fatal(err)
	}
	return there
}

// TestBareMachineServesAgain destroys a machine and brings another one up from its backup: somebody
// signs in, reads a referral, and Ocean delivers. It has to be under five minutes.
func TestBareMachineServesAgain(t *testing.T) {
	m := newMachine(t)
	key := m.filled(60)
	file := filepath.Join(t.TempDir(), "b.age")
	if said := m.must("", "backup", file); !strings.Contains(said, "keep a copy of that elsewhere") {
		t.Errorf("it said %q", said)
	}
	m.must("", "restore", "--check", file)
	browser := m.signIn("front@example.org")
	there := m.bare()
	m.kill()
	if err := os.RemoveAll(m.dir); err != nil {
		t.Fatal(err)
	}

	begun := time.Now()
	if said := there.must("", "restore", file); !strings.Contains(said, "Start Breakwater now") {
		t.Errorf("it said %q", said)
	}
	there.serve()
	front := there.signIn("front@example.org")
	_, list := there.page(front, "/referrals")
	status, detail := there.page(front, regexp.MustCompile(`/referrals/[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(list))
	took := time.Since(begun)
	if status != 200 || !strings.Contains(detail, "Marguerite") {
		t.Errorf("the referral: %d", status)
	}
	if took > 5*time.Minute {
		t.Errorf("it took %v", took)
	}
	t.Logf("from a bare machine to a referral that was read: %v", took.Round(time.Millisecond))

	if status, body, err := there.send(key, harbour("after")); status != 200 || err != nil {
		t.Errorf("a bundle: %d %s %v", status, body, err)
	}
	there.must("", "audit", "verify")
	if st := there.status(); st["referrals"] != 61.0 {
		t.Errorf("%v referrals", st["referrals"])
	}
	if res, err := browser.Get(there.url("/referrals")); err != nil || res.Request.URL.Path != "/login" {
		t.Errorf("a session of before: %v, %v", res, err)
	}
}

// TestRestoreOverANewInstallation is what somebody does whose machine was destroyed: the package is
// installed anew and has begun with an empty database, the key is put back, and the backup restored over it.
// While Breakwater runs that is refused, since it would go on writing to the files that were put aside.
func TestRestoreOverANewInstallation(t *testing.T) {
	m := newMachine(t)
	m.filled(10)
	file := filepath.Join(t.TempDir(), "b.age")
	m.must("", "backup", file)
	m.kill()
	there := newMachine(t)
	there.serve()
	copyOf(t, filepath.Join(m.dir, "master.key"), filepath.Join(there.dir, "master.key"))
	if code, _, said := there.run("", "restore", file); code != 1 || !strings.Contains(said, "--replace") {
		t.Errorf("without being asked to: %d %s", code, said)
	}
	if code, _, said := there.run("", "restore", "--replace", file); code != 1 || !strings.Contains(said, "stop it first") {
		t.Errorf("while it runs: %d %s", code, said)
	}
	there.stop()
	if said := there.must("", "restore", "--replace", file); !strings.Contains(said, "What was there before is kept in "+there.dir) {
		t.Errorf("it said %q", said)
	}
	there.serve()
	there.must("", "audit", "verify")
	if st := there.status(); st["referrals"] != 10.0 {
		t.Errorf("%v referrals", st["referrals"])
	}
}

func copyOf(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestBackupSaysWhatIsWrong walks through the mistakes of whoever types.
func TestBackupSaysWhatIsWrong(t *testing.T) {
	m := newMachine(t)
	m.must("", "ocean", "set", "--site-number", "1234")
	dir := t.TempDir()
	file := filepath.Join(dir, "b.age")
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	identity := filepath.Join(dir, "identity")
	if err := os.WriteFile(identity, []byte(id.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	named := filepath.Join(dir, "named.age")
	m.must("", "backup", file)
	m.must("", "backup", named, "--recipient", id.Recipient().String())
	broken := filepath.Join(dir, "broken.age")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, text[:len(text)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"backup", 2, "<file>"},
		{"backup -", 2, "not to standard output"},
		{"backup " + file, 1, "a file of that name already"},
		{"backup " + filepath.Join(dir, "none", "b.age"), 1, "no such file or directory"},
		{"backup " + file + "2 --recipient age1nobody", 1, "no recipient of age"},
		{"restore", 2, "<file>"},
		{"restore " + file, 1, "not empty"},
		{"restore --check " + file, 0, "This backup can be restored"},
		{"restore --check " + broken, 1, "decrypt"},
		{"restore --check " + named, 1, "recipient of its own"},
		{"restore --check " + named + " --identity " + identity, 0, "This backup can be restored"},
		{"restore --check " + identity, 1, "no backup"},
		{"restore --check " + filepath.Join(dir, "none.age"), 1, "no such file"},
		{"--data-dir " + filepath.Join(dir, "new") + " restore " + file, 1, "put the master key of the backup there first"},
	} {
		code, out, errs := m.run("", strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("breakwater %s: exit %d, want %d and %q:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
		if code == 1 && strings.Count(errs, "\n") != 1 {
			t.Errorf("breakwater %s: more than one line: %q", c.args, errs)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(m.dir, "breakwater-trial-*")); len(left) > 0 {
		t.Errorf("left of the trials: %v", left)
	}
}

// TestAKilledBackupLeavesNoHalfOne kills backups beside a server that receives, at moments spread over
// their length. Whatever has the final name can be restored, and the next one works.
func TestAKilledBackupLeavesNoHalfOne(t *testing.T) {
	m := newMachine(t)
	key := m.filled(60)
	stop := make(chan struct{})
	var sender sync.WaitGroup
	sender.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if status, body, err := m.send(key, harbour(fmt.Sprint("meanwhile-", i))); status != 200 || err != nil {
				t.Errorf("while a backup is made: %d %s %v", status, body, err)
				return
			}
		}
	})
	dir := t.TempDir()
	begun := time.Now()
	m.must("", "backup", filepath.Join(dir, "whole.age"))
	whole := time.Since(begun)
	killed := 0
	for round := range 20 {
		c := m.command("backup", filepath.Join(dir, fmt.Sprint(round, ".age")))
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		dead := time.AfterFunc(whole*time.Duration(round)/16, func() { c.Process.Kill() })
		if err := c.Wait(); err != nil {
			killed++
		}
		dead.Stop()
	}
	if killed < 5 {
		t.Errorf("it was killed %d times only", killed)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.age"))
	if err != nil {
		t.Fatal(err)
	}
	m.must("", "backup", filepath.Join(dir, "after.age"))
	close(stop)
	sender.Wait()
	for _, file := range append(made, filepath.Join(dir, "after.age")) {
		m.must("", "restore", "--check", file)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "breakwater.db.backup")); err == nil {
		t.Error("a copy is left in the data folder")
	}
	t.Logf("killed %d of 20 backups of %v; %d have their final name", killed, whole.Round(time.Millisecond), len(made)-1)
	m.readable()
	m.must("", "audit", "verify")
}

// TestAKilledRestoreCanBeRepeated kills restores: there is no database, or a whole one.
func TestAKilledRestoreCanBeRepeated(t *testing.T) {
	m := newMachine(t)
	m.filled(30)
	file := filepath.Join(t.TempDir(), "b.age")
	m.must("", "backup", file)
	m.stop()
	begun := time.Now()
	m.bare().must("", "restore", file)
	whole := time.Since(begun)
	killed := 0
	for i := range 12 {
		there := m.bare()
		c := there.command("restore", file)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		dead := time.AfterFunc(whole*time.Duration(i)/10, func() { c.Process.Kill() }) // the last ones come to their end
		if err := c.Wait(); err != nil {
			killed++
		}
		dead.Stop()
		if _, err := os.Stat(filepath.Join(there.dir, "breakwater.db")); err != nil {
			there.must("", "restore", file)
		}
		there.must("", "audit", "verify")
		if st := there.status(); st["referrals"] != 30.0 {
			t.Errorf("%v referrals", st["referrals"])
		}
	}
	if killed < 3 {
		t.Errorf("it was killed %d times only", killed)
	}
	t.Logf("killed %d of 12 restores", killed)
}
