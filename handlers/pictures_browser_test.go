package handlers_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/chromedp/chromedp"
)

// picture is a page to look at.
type picture struct {
	name    string
	path    string
	console *console
	email   string // who looks; "" for a stranger
}

// pictures are every page in the states that matter.
func pictures(t testing.TB) []picture {
	t.Helper()
	ctx := context.Background()
	first, empty, full := newConsole(t), newConsole(t), newConsole(t)
	token, err := first.store.NewSetupToken(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	add := func(c *console, name, email string, roles []string, own ...store.Permission) string {
		id, err := c.store.AddUser(ctx, storetest.Admin, store.NewUser{Email: email, Name: name, Password: storetest.Password, Roles: roles, Permissions: own})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	add(empty, "Marie-Ève Lalonde", "marie@clinic.example", []string{store.RoleAdministrator})
	add(full, "Marie-Ève Lalonde", "marie@clinic.example", []string{store.RoleAdministrator})
	clerk := add(full, "Frances Okafor", "frances@clinic.example", []string{store.RoleFrontDesk}, store.ReferralSettings)
	add(full, "Priya Raman", "priya@clinic.example", []string{store.RolePrivacyOfficer})
	if _, _, err := full.store.Invite(ctx, storetest.Admin, store.NewUser{Email: "new@clinic.example", Name: "Noor Haddad", Roles: []string{store.RoleFrontDesk}}); err != nil {
		t.Fatal(err)
	}
	if _, err := full.store.AddRole(ctx, storetest.Admin, "Evening desk", []store.Permission{store.ViewReferrals}); err != nil {
		t.Fatal(err)
	}
	site, client, secret := "4321", "clinic-client-7", "a secret"
	if err := full.store.SaveOceanSettings(ctx, storetest.Admin, store.OceanChange{SiteNumber: &site, ClientID: &client, ClientSecret: &secret}); err != nil {
		t.Fatal(err)
	}
	key, err := full.store.GenerateKey(ctx, storetest.Admin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := full.store.CheckKey(ctx, key); err != nil {
		t.Fatal(err)
	}
	fillMorning(t, full)
	letter := fillDocuments(t, full)
	if err := full.store.CheckAudit(ctx, storetest.Admin); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{full.store.KeepOutlets(ctx, "log", "file"), full.store.NoteHead(ctx, "log", 9, "", 0), full.store.NoteHead(ctx, "file", 9, "", 0),
		empty.store.KeepOutlets(ctx, "log", "file", "syslog"), empty.store.NoteHead(ctx, "log", 1, "", 0), empty.store.NoteHead(ctx, "file", 1, "", 812),
		empty.store.NoteHead(ctx, "syslog", 1, store.OutletCertificate, 0)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	rows, _, err := full.store.Referrals(ctx, store.ReferralFilter{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	simulated := oceantest.New(oceantest.Options{Clinic: full.URL + "/public/ocean/fhir_bundles", Key: key, SiteNumber: site})
	for _, act := range []oceantest.Action{oceantest.ActNew, oceantest.ActMessage, oceantest.ActNew} {
		if _, err := simulated.Do(ctx, act, ""); err != nil {
			t.Fatal(err)
		}
	}
	portal := &console{Server: httptest.NewServer(simulated)}
	t.Cleanup(portal.Close)
	const marie = "marie@clinic.example"
	return []picture{
		{"rehearsal", "/", portal, ""}, {"login", "/login", full, ""}, {"setup", "/setup?token=" + token, first, ""}, {"link-dead", "/welcome?token=x", full, ""},
		{"referrals-empty", "/referrals", empty, marie}, {"ocean-empty", "/settings/referral/ocean", empty, marie},
		{"people-alone", "/settings/users", empty, marie}, {"audit-new", "/settings/audit", empty, marie},
		{"referrals", "/referrals", full, marie}, {"referral", "/referrals/" + rows[0].ID, full, marie}, {"problems", "/referrals/problems", full, marie},
		{"document", "/referrals/" + rows[0].ID + "?document=" + letter, full, marie},
		{"set-up-new", "/settings/referral/setup", empty, marie}, {"set-up", "/settings/referral/setup", full, marie},
		{"self-test", "/settings/referral/self-test", full, marie}, {"missed", "/settings/referral/missed", full, marie},
		{"ocean", "/settings/referral/ocean", full, marie}, {"retire-key", "/settings/referral/ocean/retire-key", full, marie},
		{"remove-secret", "/settings/referral/ocean/remove-secret", full, marie},
		{"people", "/settings/users", full, marie}, {"person-new", "/settings/users/new", full, marie},
		{"person", "/settings/users/" + clerk, full, marie}, {"person-disable", "/settings/users/" + clerk + "/disable", full, marie},
		{"roles", "/settings/roles", full, marie}, {"role-new", "/settings/roles/new", full, marie}, {"role", "/settings/roles/front_desk", full, marie},
		{"role-administrator", "/settings/roles/administrator", full, marie}, {"role-remove", "/settings/roles/evening_desk/remove", full, marie},
		{"audit", "/settings/audit", full, marie}, {"opened", "/referrals/" + rows[0].ID + "/opened", full, marie}, {"account", "/account", full, marie}, {"nowhere", "/nowhere", full, marie},
		{"denied", "/settings/users", full, "frances@clinic.example"},
	}
}

// fillMorning receives what a morning brings.
func fillMorning(t testing.TB, c *console) {
	t.Helper()
	for i, name := range [][2]string{{"Okonkwo", "Chidi"}, {"Tremblay-Lavoie", "Élise"}, {"Nguyen", "Minh Anh"}, {"Singh", "Harpreet"}, {"Côté", "Jean-François"}, {"Li", "Wei"}} {
		c.clock.Turn(47 * time.Minute)
		m := oceantest.Message{SiteNumber: "4321", SentAt: c.clock.Now(), Referrer: "Whitfield", Destination: "Harbourside Cardiology",
			Patient: oceantest.Patient{Family: name[0], Given: name[1], HealthNumber: oceantest.HealthNumber(100 + i), BirthDate: "19" + string(rune('4'+i)) + "7-04-1" + string(rune('0'+i))}}
		if i == 2 {
			m.SiteNumber = "9876"
		}
		c.receive(t, m)
	}
	c.receive(t, oceantest.Message{SiteNumber: "4321", SentAt: c.clock.Now(), Event: "an-event-from-tomorrow"})
	c.receive(t, marguerite(c.clock.Now()))
}

// marguerite is a referral with some of everything.
func marguerite(now time.Time) oceantest.Message {
	return oceantest.Message{Ref: "x", SiteNumber: "4321", SentAt: now, TestData: true, Destination: "Harbourside Cardiology", Referrer: "Whitfield",
		Patient:   oceantest.Patient{Family: "Harbour", Given: "Marguerite", HealthNumber: oceantest.HealthNumber(777), Version: "AB", ChartNumber: "123456", BirthDate: "1951-03-02", Gender: "female", Phone: "416-555-0199"},
		Questions: [][2]string{{"Reason for <i>referral</i>", "Palpitations on exertion"}, {"Since when?", "Spring"}, {"Pacemaker?", ""}},
		Task:      &oceantest.Task{Status: "accepted"}, Appointment: &oceantest.Appointment{Start: now.Add(90 * time.Hour), Minutes: 30},
		Communications: []oceantest.Communication{{Text: "Could you send the last ECG?", FromReceiver: true}},
		Documents: []oceantest.Document{{Title: "Marguerite Harbour-2026-06-01.pdf", URL: oceanLink + "ServiceRequest/x/$letter"},
			{Title: "ECG 2026-05-12.png", ContentType: "image/png", URL: oceanLink + "DocumentReference/1/$binary"}, {Title: "Holter.tif", ContentType: "image/tiff", URL: oceanLink + "DocumentReference/2/$binary"},
			{Title: "Echo report.pdf", URL: oceanLink + "DocumentReference/3/$binary"}, {Title: "Old chart.pdf", URL: oceanLink + "DocumentReference/4/$binary"},
			{Title: "Handout.pdf", URL: "https://files.elsewhere.example/handout.pdf"}}}
}

const oceanLink = "https://ocean.cognisantmd.com/svc/fhir/v1/"

// fillDocuments lets some of the documents come and others not, and returns the letter's id.
func fillDocuments(t testing.TB, c *console) (letter string) {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	simulated := oceantest.New(oceantest.Options{})
	simulated.Send(ctx, marguerite(c.clock.Now()))
	simulated.SetContent("1", oceantest.PNG)
	srv := httptest.NewServer(simulated)
	t.Cleanup(srv.Close)
	client := ocean.NewClient(ocean.Access{Host: srv.URL, ClientID: "simulated-client", ClientSecret: "simulated-secret"}, true)
	access, err := c.store.OceanAccess(ctx)
	must(err)
	must(c.store.NoteToken(ctx, access))
	due, err := c.store.DueAttachments(ctx, true, 10)
	must(err)
	for _, w := range due {
		switch path := strings.TrimPrefix(w.Link, oceanLink); path {
		case "ServiceRequest/x/$letter", "DocumentReference/1/$binary":
			content, err := client.Fetch(ctx, srv.URL+"/svc/fhir/v1/"+path)
			must(err)
			must(c.store.KeepAttachment(ctx, w, content.Type, content.Data))
			if content.Type == "application/pdf" {
				letter = w.ID
			}
		case "DocumentReference/2/$binary":
			must(c.store.KeepAttachment(ctx, w, "image/tiff", []byte("II*\x00")))
		case "DocumentReference/3/$binary":
			must(c.store.PostponeAttachment(ctx, w, store.FaultConnect, 4*time.Minute))
		case "DocumentReference/4/$binary":
			for range 6 {
				must(c.store.PostponeAttachment(ctx, w, store.FaultGone, 0))
			}
		default:
			must(c.store.MarkForeign(ctx, w))
		}
	}
	return letter
}

// looks are the ways in which a page may look, with the language in which each is tested.
var looks = []struct {
	name, lang string
	dark       bool
	width      int64
}{{"light-wide", "en-CA", false, 1280}, {"dark-wide", "fr-CA", true, 1280}, {"light-narrow", "fr-CA", false, 360}, {"dark-narrow", "en-CA", true, 360}}

// TestEveryPageHasItsPicture looks at every page in light and dark, English and French, wide and
// narrow: each is accessible, fits its window and complains of nothing. With BREAKWATER_PICTURES
// set to a folder the pictures are kept there, for people to look at (make pictures).
func TestEveryPageHasItsPicture(t *testing.T) {
	dir := os.Getenv("BREAKWATER_PICTURES")
	all := pictures(t)
	for _, lang := range []string{"en-CA", "fr-CA"} {
		b := newBrowser(t, "", chromedp.Flag("accept-lang", lang))
		signedIn := ""
		for _, p := range all {
			b.base = p.console.URL
			if who := p.email + p.console.URL; p.email != "" && who != signedIn {
				b.open("/login")
				if b.path() != "/login" {
					b.do(chromedp.Click(`form[action="/logout"] button`), chromedp.WaitVisible(`input[name=password]`))
				}
				b.signIn(p.email)
				signedIn = who
			}
			for _, look := range looks {
				if dir == "" && look.lang != lang {
					continue // each theme and each language in both widths is enough, but for people who look
				}
				b.do(chromedp.EmulateViewport(look.width, 900))
				b.dark(look.dark)
				b.open(p.path)
				what := p.name + "-" + lang[:2] + "-" + look.name
				b.accessible(what)
				if ask[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
					t.Errorf("%s is wider than its window", what)
				}
				if got := ask[string](b, `document.documentElement.lang`); got != lang[:2] {
					t.Errorf("%s is in %s", what, got)
				}
				if dir != "" {
					b.keep(filepath.Join(dir, what+".png"))
				}
			}
		}
		b.quiet()
	}
}

// keep writes a picture of the whole page, and one of what is seen without scrolling.
func (b *browser) keep(file string) {
	b.t.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(file, shot, 0o644)
	}
	var top bytes.Buffer
	if err == nil {
		var whole image.Image
		if whole, err = png.Decode(bytes.NewReader(shot)); err == nil {
			first := whole.Bounds().Intersect(image.Rect(0, 0, whole.Bounds().Dx(), 900))
			err = png.Encode(&top, whole.(interface {
				SubImage(image.Rectangle) image.Image
			}).SubImage(first))
		}
	}
	if err == nil {
		err = os.WriteFile(strings.TrimSuffix(file, ".png")+"-top.png", top.Bytes(), 0o644)
	}
	if err != nil {
		b.t.Fatalf("keep %s: %v", file, err)
	}
}
