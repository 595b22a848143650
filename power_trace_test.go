package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// step is one thing that a process did to its files or told a client, as strace saw it.
type step struct {
	call     string // the system call; "create", "answer" and "accept" for what open, write and accept4 did
	path, to string // to: rename's
	by       string // the handle
	at       int64  // of a write; the length, of a truncation
	data     []byte
	port     int // the client's, of an answer
	end      int // before which step it had returned; a write counts for a sync that began later
	failed   bool
	done     bool
}

var (
	called   = regexp.MustCompile(`^(\d+)\s+(\w+)\((.*)$`)
	resumed  = regexp.MustCompile(`^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$`)
	quoted   = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	handle   = regexp.MustCompile(`^(\d+)<([^>]*)>`)
	fromPort = regexp.MustCompile(`sin6?_port=htons\((\d+)\)`)
	returned = regexp.MustCompile(`\)\s+= (-?\d+)`)
)

func unhex(text string) string {
	b, _ := hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
	return string(b)
}

// traceReader puts the halves of a call that another thread interrupted together again.
type traceReader struct {
	steps []*step
	open  map[string]int    // by thread: its step that has not returned
	halfs map[string]string // by thread: the text of that half
	ports map[string]int    // by handle: who is at the other end
}

// parseTrace reads what strace wrote: every step in the order in which they began.
func parseTrace(r io.Reader) ([]*step, error) {
	t := &traceReader{open: map[string]int{}, halfs: map[string]string{}, ports: map[string]int{}}
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF { // a last line without its end was cut off with the process
			return t.steps, nil
		}
		if err == nil {
			err = t.line(strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return nil, err
		}
	}
}

func (t *traceReader) line(line string) error {
	if m := resumed.FindStringSubmatch(line); m != nil {
		n, ok := t.open[m[1]]
		if !ok {
			return nil
		}
		text := t.halfs[m[1]] + m[3]
		delete(t.open, m[1])
		return t.finish(t.steps[n], m[2], text)
	}
	m := called.FindStringSubmatch(line)
	if m == nil {
		return nil // the end of a thread
	}
	s := &step{}
	t.steps = append(t.steps, s)
	if half, ok := strings.CutSuffix(m[3], "<unfinished ...>"); ok {
		t.open[m[1]], t.halfs[m[1]] = len(t.steps)-1, half
		return t.begin(s, m[2], half)
	}
	if err := t.begin(s, m[2], m[3]); err != nil {
		return err
	}
	return t.finish(s, m[2], m[3])
}

// begin reads what is known when a call begins.
func (t *traceReader) begin(s *step, call, text string) error {
	s.call = call
	texts := quoted.FindAllStringSubmatch(text, 2)
	h := handle.FindStringSubmatch(text)
	if h != nil && call != "openat" && call != "unlinkat" && !strings.HasPrefix(call, "rename") {
		s.path, s.by = unhex(h[2]), h[1]
	} else if len(texts) > 0 {
		s.path = unhex(texts[0][1])
	}
	switch call {
	case "write", "pwrite64":
		if len(texts) != 1 || strings.Contains(text, `"...`) {
			return fmt.Errorf("a write without its data: %.100s", text)
		}
		s.data = []byte(unhex(texts[0][1]))
		if h != nil && t.ports[h[1]] != 0 && !strings.HasPrefix(s.path, "/") && strings.HasPrefix(string(s.data), "HTTP/1.1 200") {
			s.call, s.port = "answer", t.ports[h[1]]
		}
		s.at = -1
		if call == "pwrite64" {
			s.at = lastNumber(text)
		}
	case "ftruncate", "truncate":
		s.at = lastNumber(text)
	case "rename", "renameat", "renameat2":
		s.call, s.to = "rename", unhex(texts[1][1])
	case "unlink", "unlinkat":
		s.call = "unlink"
	case "fsync", "fdatasync":
		s.call = "sync"
	case "open", "openat", "creat":
		s.call = "open"
		if strings.Contains(text, "O_CREAT") {
			s.call = "create"
		}
		if strings.Contains(text, "O_TRUNC") || call == "creat" {
			return fmt.Errorf("%s is emptied as it is opened, which no replay knows of", s.path)
		}
	case "writev", "pwritev", "fallocate":
		if strings.HasPrefix(s.path, "/") {
			return fmt.Errorf("%s(%.100s: no replay knows of that", call, text)
		}
	}
	return nil
}

// finish reads what is known when it has returned.
func (t *traceReader) finish(s *step, call, text string) error {
	s.end, s.done = len(t.steps), true
	m := returned.FindStringSubmatch(text)
	s.failed = m == nil || strings.HasPrefix(m[1], "-")
	if s.failed {
		return nil
	}
	if call == "accept4" {
		if p := fromPort.FindStringSubmatch(text); p != nil {
			t.ports[m[1]], _ = strconv.Atoi(p[1])
		}
	}
	if n, _ := strconv.Atoi(m[1]); call == "write" || call == "pwrite64" {
		s.data = s.data[:n]
	}
	return nil
}

// lastNumber is the last argument of a call.
func lastNumber(text string) int64 {
	if i := strings.LastIndex(text, ") "); i >= 0 && strings.Contains(text[i:], "= ") {
		text = text[:i]
	}
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), ")"))
	n, err := strconv.ParseInt(text[strings.LastIndex(text, " ")+1:], 10, 64)
	if err != nil {
		panic(fmt.Sprintf("no number at the end of %.200s", text[max(0, len(text)-200):]))
	}
	return n
}
