package ocean

import (
	"bytes"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// octetStream is the media type of bytes of no kind that is known here. They can be kept and saved,
// and are never shown.
const octetStream = "application/octet-stream"

// sniffed is how many bytes are looked at for a PDF's mark, as PDF readers do, and for markup.
const sniffed = 1024

// ContentType tells what a document is by its bytes alone, because neither a sender's word nor a
// server's can be relied on: application/pdf, image/jpeg, image/png, image/tiff, audio/mpeg,
// video/mp4 or text/plain, which are what Ocean takes, else application/octet-stream.
//
// ok is false for what is kept out: nothing at all, HTML, XML and SVG, which could run script in a
// browser, and programs. Text is UTF-8 or Windows-1252, of which ISO 8859-1 is a part.
func ContentType(data []byte) (mediaType string, ok bool) {
	text := isText(data)
	switch {
	case len(data) == 0, isProgram(data, text):
		return "", false
	case isPDF(data):
		return "application/pdf", true
	}
	if t := binaryType(data); t != "" {
		return t, true
	}
	switch {
	case isMarkup(data, text):
		return "", false
	case text:
		return "text/plain", true
	}
	return octetStream, true
}

// binaryType recognizes the kinds that begin with a mark of their own; "" is none of them.
func binaryType(data []byte) string {
	switch {
	case begins(data, "\xff\xd8\xff"):
		return "image/jpeg"
	case begins(data, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case begins(data, "II*\x00", "MM\x00*", "II+\x00", "MM\x00+"): // the last two are BigTIFF
		return "image/tiff"
	case isMP3(data):
		return "audio/mpeg"
	case isMP4(data):
		return "video/mp4"
	}
	return ""
}

func begins(data []byte, marks ...string) bool {
	return slices.ContainsFunc(marks, func(m string) bool { return bytes.HasPrefix(data, []byte(m)) })
}

// isProgram reports whether a computer would run the bytes: for Windows (MZ, and shortcuts), Linux,
// macOS, Java, WebAssembly, or by an interpreter. A letter may begin with MZ, a program is no text.
func isProgram(data []byte, text bool) bool {
	return begins(data, "MZ", "ZM") && !text ||
		begins(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), "#!") ||
		begins(data,
			"\x7fELF", "\x00asm", "L\x00\x00\x00\x01\x14\x02\x00",
			"\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe",
			"\xca\xfe\xba\xbe", "\xbe\xba\xfe\xca") // Mach-O for several machines, and Java classes
}

// isPDF reports whether the bytes are a PDF. Some writers put a line or two before the mark; ISO
// 32000-1, annex H.3.4.1, allows 1024 bytes. They must be text, and not a page.
func isPDF(data []byte) bool {
	head := data[:min(len(data), sniffed)]
	i := bytes.Index(head, []byte("%PDF-"))
	return i == 0 || i > 0 && isText(head[:i]) && !isMarkup(head[:i], true)
}

// isMP3 reports whether the bytes begin with an ID3v2 tag or the header of an MPEG layer III frame.
// The values that the standard reserves tell a header from other bytes that look like one.
func isMP3(data []byte) bool {
	if len(data) >= 10 && begins(data, "ID3\x02", "ID3\x03", "ID3\x04") {
		return data[6]|data[7]|data[8]|data[9] < 0x80
	}
	if len(data) < 4 || data[0] != 0xff || data[1]&0xe6 != 0xe2 {
		return false
	}
	version, bitrate, rate := data[1]>>3&3, data[2]>>4, data[2]>>2&3
	return version != 1 && bitrate != 0 && bitrate != 15 && rate != 3
}

// isMP4 reports whether the bytes begin with the file type box of ISO 14496-12, of a brand that is
// video: pictures (HEIC, AVIF), sound and QuickTime have the same box.
func isMP4(data []byte) bool {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return false
	}
	return begins(data[8:], "mp41", "mp42", "iso", "avc1", "M4V ", "mmp4", "MSNV", "dash")
}

var (
	// markupStart is how HTML and XML begin: a declaration, a comment, an instruction or an element.
	// An address in angle brackets is neither.
	markupStart = regexp.MustCompile(`^<([!?%]|/?[A-Za-z_][A-Za-z0-9_.:-]*([\s/>]|$))`)
	// markupInside is what no letter says, wherever it stands.
	markupInside = regexp.MustCompile(`(?i)<(!doctype|\?xml|(html|head|body|script|style|iframe|object|embed|svg|math|meta|base|link|form|img)[\s/>])`)
)

// isMarkup reports whether a browser might take the first bytes for HTML, XML or SVG. It leaves out
// NUL, so that UTF-16 reads like ASCII, and what browsers skip at the start. Other bytes than text
// may well have markup inside, as pictures do.
func isMarkup(data []byte, text bool) bool {
	head := bytes.ReplaceAll(data[:min(len(data), 2*sniffed)], []byte{0}, nil)
	for _, bom := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		head = bytes.TrimPrefix(head, []byte(bom))
	}
	head = bytes.TrimLeftFunc(head, func(r rune) bool { return r <= ' ' || unicode.IsSpace(r) || r == '\ufeff' })
	return markupStart.Match(head) || text && markupInside.Match(head)
}

// isText reports whether bytes are UTF-8 or Windows-1252 without control characters other than tab,
// line feed, form feed and carriage return.
func isText(data []byte) bool {
	if !utf8.Valid(data) {
		return !bytes.ContainsFunc(data, isControl) && !hasUndefined(data)
	}
	return !bytes.ContainsFunc(data, func(r rune) bool { return isControl(r) || r >= 0x80 && r < 0xa0 })
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\f' && r != '\r' || r == 0x7f
}

// hasUndefined reports whether there is a byte that stands for nothing in Windows-1252.
func hasUndefined(data []byte) bool {
	return slices.ContainsFunc(data, func(b byte) bool {
		return b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d
	})
}
