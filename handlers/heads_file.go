package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"breakwater/store"
)

// headFile is a file to which heads are appended, a line for each: the time, and SEQ:MAC.
type headFile string

// send appends a head and waits until it is on the disk. It returns the last head that was there. It
// makes the file but no folder: one that is missing is a disk that is not mounted.
func (f headFile) send(_ context.Context, h store.AuditHead, at time.Time) (before store.AuditHead, err error) {
	// Not blocking: on a pipe, opening would wait for a reader.
	file, err := os.OpenFile(string(f), os.O_RDWR|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return before, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return before, err
	}
	if !info.Mode().IsRegular() {
		return before, fmt.Errorf("%s is no file", f)
	}
	before, whole, err := lastHead(file, info.Size())
	if err != nil {
		return before, err
	}
	line := fmt.Sprintf("%s %s\n", at.UTC().Format(time.RFC3339), h)
	if !whole { // a line was broken off, by a full disk or a power cut
		line = "\n" + line
	}
	if _, err := io.WriteString(file, line); err != nil {
		return before, err
	}
	if err := file.Sync(); err != nil {
		return before, err
	}
	if info.Size() > 0 {
		return before, nil
	}
	return before, syncFolder(filepath.Dir(string(f))) // so that the new file is there after a power cut
}

// lastHead is the last head of a file, zero for none, and whether its last line is whole.
func lastHead(file *os.File, size int64) (h store.AuditHead, whole bool, err error) {
	const tail = 4 << 10
	text := make([]byte, min(size, tail))
	if _, err := file.ReadAt(text, size-int64(len(text))); err != nil {
		return h, false, err
	}
	heads, err := store.ReadHeads(bytes.NewReader(text))
	if err == nil {
		h = heads[len(heads)-1]
	}
	return h, size == 0 || text[len(text)-1] == '\n', nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// beside reports whether the file lies, or would lie, on the disk of that folder.
func (f headFile) beside(folder string) bool {
	one, other := device(filepath.Dir(string(f))), device(folder)
	return one != nil && other != nil && *one == *other
}

// device is the number of the disk that a folder is on, nil where it is not known.
func device(folder string) *uint64 {
	var info syscall.Stat_t
	if syscall.Stat(folder, &info) != nil {
		return nil
	}
	return new(uint64(info.Dev))
}
