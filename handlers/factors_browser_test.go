package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
	"breakwater/views"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/pquerna/otp/totp"
)

// device gives the browser a device that keeps passkeys and knows who holds it.
func (b *browser) device() webauthn.AuthenticatorID {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		b.t.Fatal(err)
	}
	made, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
		IsUserVerified: true, AutomaticPresenceSimulation: true}})
	if err != nil {
		b.t.Fatal(err)
	}
	return made.AuthenticatorID
}

// loses takes every passkey away from the device.
func (b *browser) loses(device webauthn.AuthenticatorID) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, webauthn.ClearCredentials, webauthn.ClearCredentialsParams{AuthenticatorID: device}); err != nil {
		b.t.Fatal(err)
	}
}

// passkeysOn lists what the device keeps.
func (b *browser) passkeysOn(device webauthn.AuthenticatorID) []*webauthn.Credential {
	b.t.Helper()
	kept, err := chromedp.Call(b.ctx, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: device})
	if err != nil {
		b.t.Fatal(err)
	}
	return kept.Credentials
}

// look checks the page for people with disabilities and for its width, and keeps a picture of it where
// pictures are wanted.
func (h hands) look(name string) {
	h.t.Helper()
	if dir := os.Getenv("BREAKWATER_PICTURES"); dir != "" {
		for _, l := range looks {
			h.do(chromedp.EmulateViewport(l.width, 900))
			h.still(l.dark)
			h.keep(filepath.Join(dir, fmt.Sprintf("%s-%s-%s.png", name, ask[string](h.browser, `document.documentElement.lang`), l.name)))
		}
	}
	for width, dark := range map[int64]bool{360: true, 1280: false} {
		h.do(chromedp.EmulateViewport(width, 900))
		h.still(dark)
		h.accessible(fmt.Sprintf("%s, %d wide", name, width))
		if ask[bool](h.browser, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
			h.t.Errorf("%s is wider than %d", name, width)
		}
	}
}

// still makes the page dark or light at once, as for people who want nothing to move.
func (h hands) still(dark bool) {
	h.t.Helper()
	theme := map[bool]string{true: "dark", false: "light"}[dark]
	if _, err := chromedp.Call(h.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}}); err != nil {
		h.t.Fatal(err)
	}
}

// password signs in as far as the password leads.
func (h hands) password(email string) {
	h.t.Helper()
	h.open("/login")
	h.enter("email", email)
	h.enter("password", storetest.Password)
	h.press(`form[action="/login"] button`)
}

func (h hands) signOut() { h.t.Helper(); h.press(`form[action="/logout"] button`) }

// codes are the recovery codes that the page shows.
func (h hands) codes() []string {
	h.t.Helper()
	codes := regexp.MustCompile(`\b(?:[0-9a-z]{4}-){3}[0-9a-z]{4}\b`).FindAllString(h.text(), -1)
	if len(codes) != store.RecoveryCodes {
		h.t.Fatalf("%d recovery codes on the page:\n%s", len(codes), h.text())
	}
	return codes
}

const (
	usePasskey = `form[data-passkey] button`
	addPasskey = `main a[href="/account/second-step/passkeys/new"]`
)

// TestAPasskeyLostAndRecovered is the life of a passkey as a new user has it: added, used as the second
// and as the only step, lost, recovered by a code and by an administrator.
func TestAPasskeyLostAndRecovered(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		keyboard   bool
	}{{"English, keyboard", "en-CA", true}, {"français, souris", "fr-CA", false}} {
		t.Run(c.name, func(t *testing.T) {
			con := newConsoleAt(t, "localhost")
			if _, err := con.store.AddUser(context.Background(), storetest.Admin, store.NewUser{Email: "admin@clinic.example", Name: "Priya Raman",
				Password: storetest.Password, Roles: []string{store.RoleAdministrator}}); err != nil {
				t.Fatal(err)
			}
			id, err := con.store.AddUser(context.Background(), storetest.Admin, store.NewUser{Email: "marie@clinic.example", Name: "Marie Lalonde",
				Password: storetest.Password, Roles: []string{store.RoleFrontDesk}})
			if err != nil {
				t.Fatal(err)
			}
			h := hands{newBrowser(t, con.URL, chromedp.Flag("accept-lang", c.lang)), c.keyboard}
			passkeyStory(con, h, id, views.InLanguage(c.lang[:2]))
			h.quiet()
		})
	}
}

func passkeyStory(con *console, h hands, marie string, words *views.Text) {
	device := h.device()
	h.password("marie@clinic.example")
	h.wait(words.Referrals.Title)
	h.press(`header a[href="/account"]`)
	h.look("account-no-second-step")
	h.press(addPasskey)
	h.look("passkey-new")
	h.enter("name", "Harbour laptop")
	h.press(usePasskey)
	h.wait(words.Factors.CodesTitle)
	codes := h.codes()
	h.look("recovery-codes")
	h.press(`main a[href="/account/second-step"]`)
	h.wait("Harbour laptop")
	h.look("second-steps")
	if kept := h.passkeysOn(device); len(kept) != 1 || !kept[0].IsResidentCredential || kept[0].RpID != "localhost" || len(kept[0].UserHandle) != 64 ||
		bytes.Contains(kept[0].UserHandle, []byte("marie")) {
		h.t.Errorf("the device keeps %+v", kept)
	}
	h.press(addPasskey)
	h.tap(usePasskey)
	h.wait(words.Factors.PasskeyKnown) // a device has one of each person
	h.signOut()

	h.password("marie@clinic.example") // as the second step
	h.wait(words.Step.Lead)
	h.look("second-step")
	h.press(usePasskey)
	h.wait(words.Referrals.Title)
	h.signOut()

	h.look("login-with-passkey") // as the only step
	h.press(usePasskey)
	h.wait(words.Referrals.Title)
	con.clock.Turn(store.ProvenFor) // as a proof, in the password's place
	h.open("/account/second-step")
	h.press(addPasskey)
	h.wait(words.Sessions.ProofTitle)
	h.look("proof-by-passkey")
	h.press(`main [data-passkey] button`)
	h.wait(words.Factors.PasskeyWhy)
	h.signOut()

	h.loses(device)
	h.tap(usePasskey)
	h.wait(words.Factors.CancelledTitle)
	h.password("marie@clinic.example")
	h.tap(usePasskey)
	h.wait(words.Factors.CancelledTitle)
	h.tap(`main summary`)
	h.enter("recovery", strings.ToUpper(codes[4]))
	h.press(`main details form button`)
	h.wait(words.Factors.RecoveredTitle(store.RecoveryCodes - 1))
	h.look("recovered")
	h.press(`main a[href$="/remove"]`)
	h.look("passkey-remove")
	h.press(`main form button`)
	h.wait(words.Factors.Removed)
	h.press(addPasskey)
	h.press(usePasskey)
	h.codes()
	h.press(`main a[href="/account/second-step"]`)
	h.signOut()

	h.loses(device) // and the new codes are nowhere
	admin := hands{newBrowser(h.t, con.URL, chromedp.Flag("accept-lang", ask[string](h.browser, `document.documentElement.lang`)+"-CA")), h.keyboard}
	admin.password("admin@clinic.example")
	admin.press(`nav a[href="/settings/roles"]`)
	admin.press(`main a[href="/settings/roles/front_desk"]`)
	admin.look("role-second-step")
	admin.press(`main a[href$="/second-step"]`)
	admin.look("role-second-step-ask")
	admin.prove()
	admin.press(`main form button:not([type=button])`)
	admin.press(`nav a[href="/settings/users"]`)
	admin.press(`main a[href="/settings/users/` + marie + `"]`)
	admin.look("person-second-step")
	admin.press(`main a[href$="/remove-second-steps"]`)
	admin.prove()
	admin.press(`main form button:not([type=button])`)
	admin.press(`nav a[href="/settings/audit"]`)
	admin.wait(words.Audit.Factors.FactorsReset("Marie Lalonde"))
	admin.wait(words.Audit.Factors.SignedInBy(words.Audit.Factors.FactorWays[store.FactorAlone]))
	admin.look("audit-second-steps")
	admin.quiet()

	h.password("marie@clinic.example") // her role now requires one
	h.wait(words.Factors.DueTitle)
	h.look("second-step-due")
	for _, path := range []string{"/", "/referrals", "/account", "/settings/users"} {
		h.open(path)
		if h.path() != "/account/second-step" {
			h.t.Errorf("%s leads to %s", path, h.path())
		}
	}
	h.press(addPasskey)
	h.press(usePasskey)
	h.codes()
	h.press(`main a[href="/account/second-step"]`)
	h.press(`main a[href$="/remove"]`)
	h.press(`main form button`)
	h.wait(words.Factors.LastRequired)
	h.open("/referrals")
	h.wait(words.Referrals.Title)
}

// tap presses something that brings no other page.
func (h hands) tap(selector string) {
	h.t.Helper()
	h.reach(selector)
	h.do(chromedp.KeyEvent("\r"))
}

// prove enters the own password where it is asked for.
func (h hands) prove() {
	h.t.Helper()
	if ask[bool](h.browser, `Boolean(document.querySelector('main input[name=password]'))`) {
		h.enter("password", storetest.Password)
	}
}

// TestAnAppIsScannedAndUsed adds an authenticator app by what a camera sees of its QR code, in light and
// dark, and signs in with it; without JavaScript as well.
func TestAnAppIsScannedAndUsed(t *testing.T) {
	for _, c := range []struct {
		name, lang       string
		dark, scriptless bool
	}{{"English", "en-CA", true, false}, {"français, sans JavaScript", "fr-CA", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			con := newConsoleAt(t, "localhost")
			storetest.AddUser(t, con.store, "ada@clinic.example", store.ViewReferrals)
			h := hands{newBrowser(t, con.URL, chromedp.Flag("accept-lang", c.lang)), false}
			if c.scriptless {
				h.scriptless()
			}
			h.still(c.dark)
			appStory(con, h, views.InLanguage(c.lang[:2]), c.scriptless)
			h.quiet()
		})
	}
}

func appStory(con *console, h hands, words *views.Text, scriptless bool) {
	h.open("/login")
	if has := strings.Contains(h.text(), words.Factors.NoScript); has != scriptless {
		h.t.Errorf("the page says that passkeys need JavaScript: %v", has)
	}
	h.password("ada@clinic.example")
	h.open("/account/second-step")
	h.press(addPasskey)
	if has := strings.Contains(h.text(), words.Factors.NoScript); has != scriptless {
		h.t.Errorf("the page says that passkeys need JavaScript: %v", has)
	}
	h.press(`main a[href="/account/second-step/app"]`)
	if !scriptless {
		h.look("app-new")
	}
	h.press(`main form button`)
	if !scriptless {
		h.look("app-secret")
	}
	secret := h.scan()
	if shown := strings.ReplaceAll(ask[string](h.browser, `document.querySelector('main code').textContent`), " ", ""); shown != secret {
		h.t.Errorf("the QR code says %q, the text %q", secret, shown)
	}
	h.enter("code", "000000")
	h.press(`main form button:not([type=button])`)
	h.wait(words.Factors.CodeWrong)
	h.enter("code", con.code(h.t, secret))
	h.press(`main form button:not([type=button])`)
	codes := h.codes()
	h.open("/account")
	h.wait(words.Factors.App)
	if !scriptless {
		h.look("account-second-step")
	}
	h.signOut()
	h.password("ada@clinic.example")
	h.enter("code", con.code(h.t, secret)) // used up
	h.press(`main form button`)
	h.wait(words.Step.CodeWrong)
	if !scriptless {
		h.look("second-step-code")
	}
	con.clock.Turn(30 * time.Second)
	h.enter("code", con.code(h.t, secret))
	h.press(`main form button`)
	h.wait(words.Referrals.Title)
	h.signOut()
	h.password("ada@clinic.example")
	h.do(chromedp.Click(`main summary`))
	h.enter("recovery", codes[0])
	h.press(`main details form button`)
	h.wait(words.Factors.RecoveredTitle(store.RecoveryCodes - 1))
}

// code is what the app shows now.
func (c *console) code(t testing.TB, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, c.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// scan reads the QR code off the screen as a camera does that is held to it, and returns the secret in it.
func (h hands) scan() string {
	h.t.Helper()
	shot, err := chromedp.Run(h.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		h.t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		h.t.Fatal(err)
	}
	box := ask[[4]int](h.browser, `(r => [r.left + scrollX, r.top + scrollY, r.right + scrollX, r.bottom + scrollY].map(Math.round))(document.querySelector('main figure svg').getBoundingClientRect())`)
	picture = picture.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(image.Rect(box[0], box[1], box[2], box[3]))
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		h.t.Fatal(err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bits, nil)
	if err != nil { // this reader sometimes loses itself in the middle of a code; a phone looks again
		found, err = qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	}
	if err != nil {
		h.t.Fatalf("nobody can scan the QR code: %v", err)
	}
	u, err := url.Parse(found.GetText())
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Query().Get("issuer") != "Breakwater (localhost)" ||
		u.Path != "/Breakwater (localhost):ada@clinic.example" || strings.Contains(found.GetText(), "+") {
		h.t.Fatalf("the QR code says %s, %v", found.GetText(), err)
	}
	return u.Query().Get("secret")
}
