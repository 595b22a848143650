//go:build proof

package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestReadOnlyDisk has Linux make the file system read-only under load, by itself since its journal cannot be
// written: nothing is acknowledged that is not kept, whoever comes is told why, and once the disk was mended
// all goes on.
func TestReadOnlyDisk(t *testing.T) {
	const tries = 5
	survived, lost := 0, 0
	for n := range tries {
		if t.Run(fmt.Sprint(n), func(t *testing.T) { lost += turnReadOnly(t, 450+int64(100*n)) }) {
			survived++
		}
	}
	prove("Linux makes the disk read-only under load; then it is mended", tries, survived, lost)
}

func turnReadOnly(t *testing.T, blocks int64) int {
	d := newDyingJournal(t, blocks)
	m := newMachine(t)
	m.dir, m.env = filepath.Join(d.mount, "data"), []string{"BREAKWATER_MIN_FREE=1MiB"}
	m.must(password, "user", "add", "ada@example.org", "--role", "administrator", "--password-stdin")
	m.serve()
	key := m.must("", "ocean", "generate-key")
	ada := m.signIn("ada@example.org")
	var mu sync.Mutex
	var acknowledged []string
	var senders sync.WaitGroup
	for sender := range 4 {
		senders.Go(func() {
			for i := range 1000 {
				ref := fmt.Sprintf("ro-%d-%d", sender, i)
				status, body, err := m.send(key, bundleOf(ref))
				if status != 200 {
					if err == nil && status != 503 {
						t.Errorf("a bundle: %d %s", status, body)
					}
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, ref)
				mu.Unlock()
			}
			t.Error("the disk goes on taking writes")
		})
	}
	senders.Wait()
	m.saysWhyReadOnly(ada)
	if err := os.WriteFile(filepath.Join(d.mount, "probe"), nil, 0o600); !errors.Is(err, syscall.EROFS) {
		t.Errorf("the file system is not read-only: %v", err)
	}
	if !m.isGone() {
		m.kill()
	}
	if code, out, errs := m.run("", "serve"); code != 1 || !strings.Contains(errs, "read-only") {
		t.Errorf("a start on a disk that is read-only: exit %d %s %s", code, out, errs)
	}
	if strings.Contains(m.log.String(), "panic") {
		t.Errorf("it panicked:\n%s", m.log.String())
	}
	d.mend()
	d.repair()
	m.serve()
	lost := m.lost(key, acknowledged)
	if status, _ := m.page(ada, "/referrals"); status != 200 {
		t.Errorf("a page after that: %d", status)
	}
	m.must("", "audit", "verify")
	m.isWhole()
	t.Logf("%d acknowledged", len(acknowledged))
	return lost
}

// saysWhyReadOnly looks what people see while the disk takes no writes: a page that says that something is
// wrong, or, since a restart may help, nobody at all, and why in the log.
func (m *machine) saysWhyReadOnly(browser *http.Client) {
	m.t.Helper()
	for _, path := range []string{"/referrals", "/login"} {
		res, err := browser.Get(m.url(path))
		if err != nil {
			continue // it has ended
		}
		body := read(m.t, res, err)
		m.t.Logf("%s: %d", path, res.StatusCode)
		if res.StatusCode >= 500 && !strings.Contains(body, "<h1") {
			m.t.Errorf("%s: %d without a page:\n%s", path, res.StatusCode, body)
		}
	}
	m.until("it ends, or says that the disk is read-only", func() bool {
		if m.isGone() {
			return true
		}
		res, err := http.Get(m.url("/readyz"))
		if err != nil {
			return false
		}
		return read(m.t, res, err) != "ok\n" && res.StatusCode == 503
	})
	if log := m.log.String(); m.isGone() && !strings.Contains(log, "the database failed; stopping") {
		m.t.Errorf("it does not say why it ended:\n%s", log)
	}
}

// repair takes the file system away, checks it and brings it back.
func (d *dyingDisk) repair() {
	d.t.Helper()
	command(d.t, "umount", d.mount)
	command(d.t, "sh", "-c", "e2fsck -fp \"$1\" || [ $? -lt 4 ]", "e2fsck", d.image)
	command(d.t, "mount", "-o", "loop", d.image, d.mount)
}
