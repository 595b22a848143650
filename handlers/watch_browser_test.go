package handlers_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"

	"github.com/chromedp/chromedp"
)

// unwell gives a console somebody who looks after it, and something to look after.
func unwell(t testing.TB, c *console) {
	t.Helper()
	ctx := context.Background()
	storetest.AddUser(t, c.store, "it@example.org", store.Permissions()...)
	at := c.clock.Now()
	for _, i := range []struct {
		kind   store.IncidentKind
		detail store.IncidentDetail
	}{{store.IncidentDisk, store.IncidentDetail{Free: 300 << 20, Floor: 256 << 20}}, {store.IncidentMessages, store.IncidentDetail{Since: at.Add(-50 * time.Hour), Hours: 18}},
		{store.IncidentDelivery, store.IncidentDetail{Since: at.Add(-time.Hour), Reason: store.RefusedRetired}},
		{store.IncidentOutlet, store.IncidentDetail{Since: at.Add(-time.Hour), Outlet: "file", Outage: store.OutletMissing}}} {
		if _, err := c.store.OpenIncident(ctx, i.kind, i.detail); err != nil {
			t.Fatal(err)
		}
	}
	c.clock.Turn(time.Minute)
	if _, err := c.store.CloseIncident(ctx, store.IncidentDisk); err != nil {
		t.Fatal(err)
	}
	for file, good := range map[string]bool{filepath.Join(t.TempDir(), "a.age"): true, filepath.Join(t.TempDir(), "gone", "b.age"): false} {
		if _, err := c.store.Backup(ctx, storetest.Admin, store.BackupTo{File: file}); (err == nil) != good {
			t.Fatal(file, err)
		}
	}
	if err := errors.Join(c.store.KeepOutlets(ctx, "log", "file", "syslog"), c.store.NoteHead(ctx, "file", 1, store.OutletMissing, 0), c.store.NoteHead(ctx, "syslog", 1, "", 17)); err != nil {
		t.Fatal(err)
	}
	password := "the mail server's password"
	if err := c.store.SaveNoticeSettings(ctx, storetest.Admin, store.NoticeChange{NoticeSettings: storetest.Notices(), Password: &password}); err != nil {
		t.Fatal(err)
	}
}

// TestPagesAboutBreakwaterItself are accessible and fit, in both languages, themes and widths.
func TestPagesAboutBreakwaterItself(t *testing.T) {
	dir := os.Getenv("BREAKWATER_PICTURES")
	c := newConsole(t)
	unwell(t, c)
	for _, lang := range []string{"en-CA", "fr-CA"} {
		b := newBrowser(t, c.URL, chromedp.Flag("accept-lang", lang))
		b.signIn("it@example.org")
		for _, page := range []struct{ name, path string }{{"system", "/settings/system"}, {"notifications", "/settings/clinic/notifications"}, {"retention", "/settings/clinic/retention"}, {"clinic", "/settings/clinic"}} {
			for _, look := range looks {
				b.do(chromedp.EmulateViewport(look.width, 900))
				b.dark(look.dark)
				b.open(page.path)
				what := page.name + "-" + lang[:2] + "-" + look.name
				b.accessible(what)
				if ask[bool](b, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
					t.Errorf("%s is wider than its window", what)
				}
				if dir != "" {
					b.keep(filepath.Join(dir, what+".png"))
				}
			}
		}
		b.quiet()
	}
}

// TestRetentionAndNoticesWithoutScript are set with JavaScript off.
func TestRetentionAndNoticesWithoutScript(t *testing.T) {
	c := newConsole(t)
	unwell(t, c)
	b := newBrowser(t, c.URL)
	b.scriptless()
	b.signIn("it@example.org")
	b.open("/settings/clinic/notifications")
	b.do(chromedp.SetValue(`input[name=quiet_hours]`, "9"), chromedp.Click(`//button[contains(., "Save notifications")]`), chromedp.WaitVisible(`//*[contains(., "The notifications are saved")]`))
	if n, err := c.store.NoticeSettings(context.Background()); err != nil || n.QuietHours != 9 || !n.HasPassword {
		t.Errorf("%+v, %v", n, err)
	}
	b.open("/settings/clinic/retention")
	b.do(chromedp.SetValue(`input[name=closed]`, "3650"), chromedp.Click(`//button[contains(., "Show what would go")]`), chromedp.WaitVisible(`//h1[contains(., "Set how long things are kept?")]`))
	if !strings.Contains(b.text(), "Kept for 3650 days. Goes now: 0 referrals") {
		t.Errorf("the preview: %s", b.text())
	}
	// Right after signing in nobody is asked for the password again.
	b.do(chromedp.Click(`//button[contains(., "Set and remove")]`))
	b.until(`location.search === "?saved=1"`)
	if list, err := c.store.Retention(context.Background()); err != nil || list[0].Days != 3650 {
		t.Errorf("%+v, %v", list, err)
	}
	b.quiet()
}
