package main

import (
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
