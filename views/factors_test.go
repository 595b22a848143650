package views

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// paint draws a QR code as the page does, each module as a square of that many pixels.
func (c qrCode) paint(t testing.TB, size int) image.Image {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, c.Side*size, c.Side*size))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for square := range strings.SplitSeq(strings.Trim(c.Path, "Mz"), "zM") {
		var x, y int
		if n, err := fmt.Sscanf(square, "%d %dh1v1h-1", &x, &y); err != nil || n != 2 {
			t.Fatalf("%q is no square: %v", square, err)
		}
		for dx := range size {
			for dy := range size {
				picture.SetGray(x*size+dx, y*size+dy, color.Gray{})
			}
		}
	}
	return picture
}

// TestQRCodesSayWhatWasWritten reads the squares back for every length of an address, as large as people's
// own and larger. (TestAnAppIsScannedAndUsed scans one off the screen.)
func TestQRCodesSayWhatWasWritten(t *testing.T) {
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}
	for i := range 60 {
		text := fmt.Sprintf("otpauth://totp/Breakwater%%20%%28clinic.example%%29:%sada@clinic.example?algorithm=SHA1&digits=6&issuer=Breakwater%%20%%28clinic.example%%29&period=30&secret=%032X",
			strings.Repeat("marie.", i), i*7919*104729)
		code, err := newQR(text)
		if err != nil {
			t.Fatal(err)
		}
		bits, err := gozxing.NewBinaryBitmapFromImage(code.paint(t, 4))
		if err != nil {
			t.Fatal(err)
		}
		if read, err := qrcode.NewQRCodeReader().Decode(bits, hints); err != nil || read.GetText() != text {
			t.Errorf("%d modules: %v, %v", code.Side, read, err)
		}
	}
	if _, err := newQR(strings.Repeat("x", 10_000)); err == nil {
		t.Error("what fits into no QR code is no error")
	}
}
