//go:build proof

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dyingDisk is a real file system (ext4) on a device of this test's: a file on a tmpfs that is full. What is
// written to places that were written before succeeds, so that the file system itself stays sound; what
// needs new ones fails when Linux carries it out, so that the next sync fails on every handle. Linux then
// takes those pages for written: whoever reads them finds what is not on the device, and the next sync
// says that all is well.
type dyingDisk struct {
	t             *testing.T
	under, mount  string // the tmpfs with the device; where the file system is
	image, filler string
}

func newDyingDisk(t *testing.T, room int64) *dyingDisk {
	d := newDisk(t)
	command(t, "fstrim", d.mount) // from now on free blocks have no place on the tmpfs
	d.fill(room)
	return d
}

// newDyingJournal is one on which everything can be written but the file system's own journal, after so many
// blocks of it: then Linux makes the file system read-only.
func newDyingJournal(t *testing.T, blocks int64) *dyingDisk {
	d := newDisk(t)
	out, err := exec.Command("debugfs", "-R", "blocks <8>", d.image).Output() // inode 8 is the journal's
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Fields(string(out))
	if int64(len(list)) <= blocks+100 {
		t.Fatalf("a journal of %d blocks", len(list))
	}
	first, err := strconv.ParseInt(list[blocks], 10, 64)
	last, wrong := strconv.ParseInt(list[len(list)-1], 10, 64)
	if err := errors.Join(err, wrong); err != nil || last-first != int64(len(list))-1-blocks {
		t.Fatalf("the journal's end is in pieces: %v", err)
	}
	const block = 4096
	command(t, "fallocate", "--punch-hole", "--offset", fmt.Sprint(first*block), "--length", fmt.Sprint((last-first+1)*block), d.image)
	d.fill(0)
	return d
}

// diskSize is how large the device is, tmpfsSize what it stands on.
const diskSize, tmpfsSize = 64 << 20, 80 << 20

func newDisk(t *testing.T) *dyingDisk {
	dir := t.TempDir()
	d := &dyingDisk{t: t, under: filepath.Join(dir, "under"), mount: filepath.Join(dir, "mount")}
	d.image, d.filler = filepath.Join(d.under, "image"), filepath.Join(d.under, "filler")
	for _, folder := range []string{d.under, d.mount} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	command(t, "mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", tmpfsSize), "tmpfs", d.under)
	t.Cleanup(func() { exec.Command("umount", "-l", d.under).Run() })
	zeros(t, d.image, diskSize)
	command(t, "mkfs.ext4", "-q", "-b", "4096", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", d.image)
	again(t, d.image) // mkfs leaves holes for zeros
	command(t, "mount", "-o", "loop", d.image, d.mount)
	t.Cleanup(func() { exec.Command("umount", "-l", d.mount).Run() })
	d.onePageAtATime()
	return d
}

// fill leaves so much room for what has no place on the tmpfs yet.
func (d *dyingDisk) fill(room int64) {
	d.t.Helper()
	info, err := os.Stat(d.image)
	if err != nil {
		d.t.Fatal(err)
	}
	zeros(d.t, d.filler, tmpfsSize-onDevice(info)-room)
}

// onePageAtATime has Linux write single pages: of a larger write, of which the device takes only a part, its
// loop driver says that all is well.
func (d *dyingDisk) onePageAtATime() {
	d.t.Helper()
	out, err := exec.Command("losetup", "--noheadings", "--output", "NAME", "--associated", d.image).Output()
	if err != nil {
		d.t.Fatal(err)
	}
	queue := filepath.Join("/sys/block", filepath.Base(strings.TrimSpace(string(out))), "queue/max_sectors_kb")
	if err := os.WriteFile(queue, []byte("4"), 0); err != nil {
		d.t.Fatal(err)
	}
}

// giveOut leaves no room from now on.
func (d *dyingDisk) giveOut() {
	d.t.Helper()
	f, err := os.OpenFile(d.filler, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
}

// mend gives the device room again.
func (d *dyingDisk) mend() {
	d.t.Helper()
	if err := os.Remove(d.filler); err != nil {
		d.t.Fatal(err)
	}
}

// cut returns the folder's files as they are on the device, after a start of the machine without power.
func (d *dyingDisk) cut(folder string) string {
	d.t.Helper()
	dir := d.t.TempDir()
	image, mount, out := filepath.Join(dir, "image"), filepath.Join(dir, "mount"), filepath.Join(dir, "data")
	command(d.t, "cp", "--sparse=always", d.image, image)
	if err := os.Mkdir(mount, 0o700); err != nil {
		d.t.Fatal(err)
	}
	command(d.t, "mount", "-o", "loop", image, mount)
	defer exec.Command("umount", "-l", mount).Run()
	command(d.t, "cp", "-a", filepath.Join(mount, folder), out)
	return out
}

// TestDyingDisk has writes fail for real under load: at once after that, or after a restart that found all
// well and received more, the power is cut.
func TestDyingDisk(t *testing.T) {
	const tries = 10
	survived, lost := 0, 0
	for n := range tries {
		if t.Run(fmt.Sprint(n), func(t *testing.T) { lost += dieAndGoOn(t, n/2, n%2 == 1) }) {
			survived++
		}
	}
	prove("a disk that fails (ext4, real faults), half of them used again after a restart, then power loss", tries, survived, lost)
}

// dieAndGoOn lets the device give out after so many referrals: few, so that the log is too short for Breakwater to
// copy it by itself soon after the restart.
func dieAndGoOn(t *testing.T, after int, again bool) int {
	d := newDyingDisk(t, 30<<20)
	m := newMachine(t)
	m.dir, m.env = filepath.Join(d.mount, "data"), []string{"BREAKWATER_MIN_FREE=0"}
	m.serve()
	key := m.must("", "ocean", "generate-key")
	var acknowledged []string
	for i := range after {
		ref := fmt.Sprintf("early-%d", i)
		if status, body, err := m.send(key, bundleOf(ref)); status != 200 || err != nil {
			t.Fatalf("a bundle: %d %s %v", status, body, err)
		}
		acknowledged = append(acknowledged, ref)
	}
	d.giveOut()
	acknowledged = append(acknowledged, m.sendUntilRefused(key, "before")...)
	select {
	case <-m.gone: // by itself: nothing is retried on a disk that failed
	case <-time.After(20 * time.Second):
		t.Fatalf("it goes on after a failed sync:\n%s", m.log.String())
	}
	d.mend()
	if again {
		m.serve() // as systemd does
		for i := range 60 {
			ref := fmt.Sprintf("after-%d", i)
			if status, body, err := m.send(key, bundleOf(ref)); status != 200 || err != nil {
				t.Fatalf("after the restart: %d %s %v", status, body, err)
			}
			acknowledged = append(acknowledged, ref)
		}
		m.kill()
	}
	t.Logf("%d acknowledged, used again: %v", len(acknowledged), again)
	left := newMachine(t)
	left.dir = d.cut("data")
	left.serve()
	lost := left.lost(key, acknowledged)
	left.must("", "audit", "verify")
	left.isWhole()
	return lost
}

// sendUntilRefused sends referrals until the machine takes no more, and returns what it acknowledged.
func (m *machine) sendUntilRefused(key, name string) (acknowledged []string) {
	m.t.Helper()
	for i := range 100_000 {
		ref := fmt.Sprintf("%s-%d", name, i)
		status, body, err := m.send(key, bundleOf(ref))
		switch {
		case status == 200:
			acknowledged = append(acknowledged, ref)
		case status == 503 || err != nil:
			return acknowledged
		default:
			m.t.Fatalf("a bundle: %d %s", status, body)
		}
	}
	m.t.Fatal("nothing fails")
	return nil
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// zeros makes a file of so many bytes, each of which has its place on the disk.
func zeros(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 64<<10)
	for size > 0 {
		n, err := f.Write(block[:min(size, int64(len(block)))])
		if err != nil {
			t.Fatal(err)
		}
		size -= int64(n)
	}
}

// again writes what is in a file, so that each byte has its place on the disk.
func again(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
}

// onDevice is how many bytes a file takes up.
func onDevice(info os.FileInfo) int64 { return info.Sys().(*syscall.Stat_t).Blocks * 512 }
