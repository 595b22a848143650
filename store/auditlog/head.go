package auditlog

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Head is the newest entry at some moment, as it is kept outside of the database.
type Head struct {
	Seq int64 // of the entry; 0 where only its MAC is known
	MAC []byte
}

// String is the head as [ParseHead] reads it: SEQ:MAC, the MAC in hex.
func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Seq, hex.EncodeToString(h.MAC)) }

// ErrNoHead says that a text holds no head.
var ErrNoHead = errors.New("a head is SEQ:MAC or the MAC alone, which is 64 hexadecimal digits")

// ParseHead reads SEQ:MAC or a MAC alone. Space around it is dropped.
func ParseHead(text string) (Head, error) {
	number, digits, numbered := strings.Cut(strings.TrimSpace(text), ":")
	var h Head
	if numbered {
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil || seq < 1 {
			return h, ErrNoHead
		}
		h.Seq = seq
	} else {
		digits = number
	}
	mac, err := hex.DecodeString(digits)
	if err != nil || len(mac) != MACSize {
		return h, ErrNoHead
	}
	h.MAC = mac
	return h, nil
}

// kept are the ways in which a head stands in a line: as Breakwater writes it into a file, and in its
// log's line, as text and as JSON, whatever a journal puts before it.
var kept = regexp.MustCompile(`(?:^|\s)([0-9]+:[0-9a-f]{64})(?:\s|$)|\bseq=([0-9]+) mac=([0-9a-f]{64})\b|"seq":([0-9]+),"mac":"([0-9a-f]{64})"`)

// maxLine bounds a line of what heads are read from, in bytes.
const maxLine = 1 << 20

// ReadHeads finds the heads in a file or a journal, in its order. Lines without one are passed over;
// where no line has one it returns [ErrNoHead].
func ReadHeads(r io.Reader) ([]Head, error) {
	var heads []Head
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		text := strings.TrimSpace(lines.Text())
		if m := kept.FindStringSubmatch(text); m != nil {
			text = m[1]
			for i := 2; i+1 < len(m); i += 2 {
				if m[i] != "" {
					text = m[i] + ":" + m[i+1]
				}
			}
		}
		if h, err := ParseHead(text); err == nil {
			heads = append(heads, h)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	if len(heads) == 0 {
		return nil, ErrNoHead
	}
	return heads, nil
}
