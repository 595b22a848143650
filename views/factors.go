package views

import (
	"fmt"
	"strings"

	"breakwater/store"

	"github.com/boombuler/barcode/qr"
)

// StepForm is the page of the second step of signing in.
type StepForm struct {
	Passkey, App, Recovery bool   // what the person has
	Here                   bool   // passkeys work at this address
	Problem                string // why the last one was not taken; "" at first
}

// FactorList is what somebody has for a second step.
type FactorList struct {
	store.Factors
	PasskeysWork bool // at this address
}

// FactorsPage is the page of a person's own second steps.
type FactorsPage struct {
	FactorList
	Saved     string            // passkey, app, renamed, removed: what was just done
	Recovered bool              // signed in with a recovery code
	Errors    map[string]string // current_password, new_password
}

// AppForm adds an authenticator app. Without a Secret it says how, and asks for one.
type AppForm struct {
	Secret   string // base 32
	Address  string // otpauth:, for the QR code
	Replaces bool   // an app counts already
	Error    string // under the code
}

// PasskeyForm names a passkey that is there (ID), or is to be made. Errors: name.
type PasskeyForm struct {
	ID, Name string
	Errors   map[string]string
	Problem  string // why none was made
	Works    bool   // passkeys work at this address
}

// CodesPage shows recovery codes, once.
type CodesPage struct {
	Codes []string
	First bool // with the first second step
}

// lines are the codes, one on each.
func (page CodesPage) lines() string { return strings.Join(page.Codes, "\n") }

// quietZone is the white border of a QR code, in modules (ISO/IEC 18004, 6.3.8).
const quietZone = 4

// qrCode is a QR code as an SVG path of unit squares, with the length of its side.
type qrCode struct {
	Side int
	Path string
}

// newQR makes a QR code that stays readable with a seventh of it covered.
func newQR(content string) (qrCode, error) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return qrCode{}, fmt.Errorf("make QR code: %w", err)
	}
	var path strings.Builder
	side := code.Bounds().Dx()
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	return qrCode{side + 2*quietZone, path.String()}, nil
}

// spacedSecret is a secret in groups of four, as people type it.
func spacedSecret(secret string) string {
	var b strings.Builder
	for i, c := range secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}
