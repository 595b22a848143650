package oceantest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"
)

const simulation = "SIMULATION – NOT A REAL PATIENT"

// writePDF writes a PDF 1.4 file of US Letter pages (612 by 792 points), each headed by a large line
// that says that it is a simulation. The fonts are Helvetica's, which every viewer has.
func writePDF(pages [][]string) []byte {
	var out bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n", len(offsets))
		fmt.Fprintf(&out, format, args...)
		out.WriteString("\nendobj\n")
	}
	const firstPage = 5 // the objects before it are the catalogue, the tree of pages and two fonts
	out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var kids bytes.Buffer
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", firstPage+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Count %d /Kids [%s] >>", len(pages), bytes.TrimSpace(kids.Bytes()))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
	for i, lines := range pages {
		content := pageContent(lines)
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "+
			"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>", firstPage+2*i+1)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(content), content)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return out.Bytes()
}

// pageContent draws the warning in red and the lines below it.
func pageContent(lines []string) []byte {
	var c bytes.Buffer
	fmt.Fprintf(&c, "BT 0.7 0.1 0.1 rg /F2 26 Tf 54 710 Td (%s) Tj ET\n", winAnsi(simulation))
	c.WriteString("BT 0 0 0 rg /F1 13 Tf 20 TL 54 664 Td\n")
	for i, line := range lines {
		font := "/F1 13 Tf"
		if i == 0 {
			font = "/F2 17 Tf"
		}
		fmt.Fprintf(&c, "%s (%s) Tj T*\n", font, winAnsi(line))
	}
	c.WriteString("ET")
	return c.Bytes()
}

// special holds what Windows-1252 has and Latin-1 has not, as far as names and letters need it.
var special = map[rune]byte{'€': 0x80, '…': 0x85, 'Š': 0x8a, 'Œ': 0x8c, 'Ž': 0x8e, '‘': 0x91, '’': 0x92, '“': 0x93,
	'”': 0x94, '•': 0x95, '–': 0x96, '—': 0x97, 'š': 0x9a, 'œ': 0x9c, 'ž': 0x9e, 'Ÿ': 0x9f}

// winAnsi writes a text for the inside of a PDF string. What the encoding lacks becomes a question
// mark.
func winAnsi(s string) []byte {
	var out []byte
	for _, c := range s {
		b, ok := special[c]
		switch {
		case ok:
			out = append(out, b)
		case c == '(' || c == ')' || c == '\\':
			out = append(out, '\\', byte(c))
		case c >= ' ' && c < 0x7f || c >= 0xa0 && c <= 0xff:
			out = append(out, byte(c))
		default:
			out = append(out, '?')
		}
	}
	return out
}

// picture returns a PNG: a trace as of a heart, between the stripes of a warning.
var picture = sync.OnceValue(func() []byte {
	const width, height, band = 480, 240, 40
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{
		color.White, color.RGBA{0xb0, 0x20, 0x20, 0xff}, color.RGBA{0xf5, 0xc5, 0x18, 0xff}, color.Black})
	for x := range width {
		for y := range height {
			if y < band || y >= height-band {
				img.SetColorIndex(x, y, uint8(2+(x+y)/24%2))
			}
		}
		for y := range 3 {
			img.SetColorIndex(x, height/2-beat(x%120)+y, 1)
			img.SetColorIndex(x, height/2-beat((x+1)%120)+y, 1)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(fmt.Sprintf("oceantest: %v", err)) // only a broken image
	}
	return out.Bytes()
})

// beat returns the height of the trace within one beat of 120 columns.
func beat(x int) int {
	switch {
	case x >= 40 && x < 50:
		return (x - 40) * 6
	case x >= 50 && x < 60:
		return (60-x)*8 - 20
	case x >= 60 && x < 70:
		return (x - 70) * 2
	}
	return 0
}
