package handlers

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"breakwater/views"
)

const (
	// rawWhole is how much of a message a page shows at most, in bytes set out in lines; of a longer
	// one it shows rawPart, which is enough to see what it is and keeps browsers quick.
	rawWhole = 1 << 20
	rawPart  = 200 << 10
)

// rawMessage shows a message exactly as it came, set out in lines, or hands it out as a file.
func (s *server) rawMessage(r *request) error {
	id, download := r.Param("id"), r.QueryParam("download") != ""
	raw, referrals, err := s.Store.ShowRaw(r.ctx(), r.actor(), id, download)
	if err != nil {
		return err
	}
	if download {
		r.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "message-" + id + ".json"}))
		return r.Blob(http.StatusOK, "application/json", raw)
	}
	m := views.RawMessage{ID: id, Size: int64(len(raw)), Damaged: !utf8.Valid(raw)}
	text, whole := setOut(raw, rawWhole)
	if m.Cut = !whole; m.Cut {
		text, _ = setOut(raw, rawPart)
	}
	m.Text = strings.ToValidUTF8(string(text), "\uFFFD")
	if len(referrals) > 0 {
		m.ReferralID = referrals[0]
	}
	return r.render(http.StatusOK, views.Raw(r.frame(), m))
}

// setOut writes JSON as [encoding/json.Indent] does, every number and text with the very letters that
// came, and stops before it is longer than most: set out in lines, a message can be a hundred times
// as long.
func setOut(raw []byte, most int) (text []byte, whole bool) {
	var p printer
	for i := 0; i < len(raw) && p.Len() <= most; i++ {
		if c := raw[i]; c == '"' {
			end := stringEnd(raw, i)
			p.value(raw[i:min(end, i+most+1)])
			i = end - 1
		} else {
			p.sign(c)
		}
	}
	return cutAt(p.Bytes(), most), p.Len() <= most
}

// printer sets out JSON in lines.
type printer struct {
	bytes.Buffer
	depth int
	fresh bool // a bracket was opened, and nothing stands in it yet
}

// sign writes one byte that stands outside of a text.
func (p *printer) sign(c byte) {
	switch c {
	case ' ', '\t', '\r', '\n':
	case '{', '[':
		p.value([]byte{c})
		p.depth, p.fresh = p.depth+1, true
	case '}', ']':
		if p.depth--; !p.fresh {
			p.line()
		}
		p.fresh = false
		p.WriteByte(c)
	case ',':
		p.WriteByte(c)
		p.line()
	case ':':
		p.WriteString(": ")
	default:
		p.value([]byte{c})
	}
}

// value writes what stands in a bracket, on a line of its own where it is the first.
func (p *printer) value(text []byte) {
	if p.fresh {
		p.fresh = false
		p.line()
	}
	p.Write(text)
}

func (p *printer) line() {
	p.WriteByte('\n')
	for range p.depth {
		p.WriteString("  ")
	}
}

// stringEnd is where a JSON string ends that begins at start.
func stringEnd(raw []byte, start int) int {
	for i := start + 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// cutAt cuts a text at a letter's start.
func cutAt(text []byte, most int) []byte {
	end := min(most, len(text))
	for end > 0 && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
