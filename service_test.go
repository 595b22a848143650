package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestServeTellsTheServiceManager plays systemd: it is told when Breakwater listens, that it lives,
// and that it stops.
func TestServeTellsTheServiceManager(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	m := newMachine(t)
	m.serve()
	if code := m.stop(); code != 0 {
		t.Errorf("exit %d", code)
	}
	told := map[string]int{}
	socket.SetReadDeadline(time.Now().Add(10 * time.Second))
	for buf := make([]byte, 256); told["STOPPING=1"] == 0; {
		n, err := socket.Read(buf)
		if err != nil {
			t.Fatalf("told %v, then: %v", told, err)
		}
		told[strings.TrimSpace(string(buf[:n]))]++
	}
	if told["READY=1"] != 1 || told["WATCHDOG=1"] == 0 {
		t.Errorf("told %v", told)
	}
}

// TestTheJournalHoldsNoLink plays systemd's journal: whoever may read it would be the first administrator.
func TestTheJournalHoldsNoLink(t *testing.T) {
	for _, journal := range []bool{true, false} {
		out, in, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var stat syscall.Stat_t
		if err := syscall.Fstat(int(in.Fd()), &stat); err != nil {
			t.Fatal(err)
		}
		m := newMachine(t)
		if journal {
			m.env = []string{fmt.Sprintf("JOURNAL_STREAM=%d:%d", stat.Dev, stat.Ino)}
		}
		c := m.command("serve")
		c.Stdout = in
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		in.Close()
		out.SetReadDeadline(time.Now().Add(20 * time.Second))
		said := bufio.NewReader(out)
		line, err := said.ReadString('\n')
		if err != nil {
			t.Error(err)
		}
		if says := strings.Contains(line, "breakwater setup-link"); says != journal || strings.Contains(line, "token") {
			t.Errorf("journal %v: %q", journal, line)
		}
		c.Process.Signal(syscall.SIGTERM)
		rest, _ := io.ReadAll(said)
		if has := strings.Contains(string(rest), "/setup?token="); has == journal {
			t.Errorf("journal %v: %q", journal, rest)
		}
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// TestWhatRootMakesBelongsToTheService runs commands as root on the service's data folder: nothing
// that they make or touch may keep the service out.
func TestWhatRootMakesBelongsToTheService(t *testing.T) {
	const service = 61234
	m := newMachine(t)
	if os.Geteuid() != 0 { // then everything is the user's own, which is as it should be
		m.must("", "status")
		checkOwner(t, m, os.Geteuid())
		return
	}
	if err := os.Mkdir(m.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(m.dir, service, service); err != nil {
		t.Fatal(err)
	}
	m.must("", "setup-link")
	checkOwner(t, m, service)
	m.serve()
	m.must("", "ocean", "generate-key")
	checkOwner(t, m, service)
	m.kill() // leaves the files beside the database
	m.must("", "ocean", "set", "--site-number", "1234")
	checkOwner(t, m, service)
}

func checkOwner(t *testing.T, m *machine, want int) {
	t.Helper()
	for path := range m.files() {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if uid := int(info.Sys().(*syscall.Stat_t).Uid); uid != want {
			t.Errorf("%s belongs to %d, want %d", filepath.Base(path), uid, want)
		}
	}
}
