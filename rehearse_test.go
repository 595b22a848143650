package main

import (
	"fmt"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rehearsal is a machine on which somebody rehearses: one browser for the console and the portal.
type rehearsal struct {
	*machine
	portal string // address of the simulated Ocean
	tmp    string // where the throw-away data folder is
	*http.Client
}

func rehearse(t *testing.T, flags ...string) *rehearsal {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &rehearsal{machine: newMachine(t), tmp: t.TempDir(), Client: &http.Client{Jar: jar}}
	t.Setenv("TMPDIR", r.tmp)
	r.start(append([]string{"rehearse", "--ocean", "127.0.0.1:0"}, flags...)...)
	r.portal = find(t, r.out.String(), `The simulated Ocean: (http://127\.0\.0\.1:\d+)`)
	if console := find(t, r.out.String(), `The console: +(http://\S+)`); console != r.url("") {
		t.Errorf("the console is said to be at %s", console)
	}
	return r
}

// find returns what a pattern's group stands for in a text.
func find(t testing.TB, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in:\n%s", pattern, text)
	}
	return html.UnescapeString(found[1])
}

// see opens a page, of the console or the portal, which must say that nothing is real.
func (r *rehearsal) see(address string) string {
	r.t.Helper()
	res, err := r.Get(address)
	return r.opened(res, err)
}

// submit sends a form of name, value, ... and returns the page to which it leads.
func (r *rehearsal) submit(address string, pairs ...string) string {
	r.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res, err := r.PostForm(address, form)
	return r.opened(res, err)
}

func (r *rehearsal) opened(res *http.Response, err error) string {
	r.t.Helper()
	body := read(r.t, res, err)
	if res.StatusCode != 200 {
		r.t.Fatalf("%s answers %d:\n%s", res.Request.URL, res.StatusCode, body)
	}
	banner := `<aside class="rehearsal" aria-label="Rehearsal">`
	if strings.HasPrefix(res.Request.URL.String(), r.portal) {
		banner = "Simulation. No real Ocean, no real patients."
	}
	if !strings.Contains(body, banner) {
		r.t.Errorf("%s does not say that it is a rehearsal", res.Request.URL)
	}
	return body
}

const oceanSettings, setUp = "/settings/referral/ocean", "/settings/referral/setup"

// steps are those of the set-up, each with its chip's tone.
func (r *rehearsal) steps() map[string]string {
	r.t.Helper()
	tones := map[string]string{}
	for _, s := range regexp.MustCompile(`(?s)<li id="(\w+)" class="card.*?<span class="chip (\w+)">`).FindAllStringSubmatch(r.see(r.url(setUp)), -1) {
		tones[s[1]] = s[2]
	}
	return tones
}

// referrals are the addresses of all that the console lists. Every one must be marked as a test.
func (r *rehearsal) referrals() (all []string) {
	r.t.Helper()
	row := regexp.MustCompile(`<a class="name" href="(/referrals/[0-9a-f-]{36})"`)
	for next := "/referrals"; next != ""; {
		list := r.see(r.url(next))
		found := row.FindAllStringSubmatch(list, -1)
		for _, f := range found {
			all = append(all, f[1])
		}
		if n := strings.Count(list, `class="chip test"`); n != len(found) {
			r.t.Errorf("%d of %d referrals are marked as a test", n, len(found))
		}
		next = ""
		if older := regexp.MustCompile(`href="(/referrals\?[^"]*before=[^"]*)"`).FindStringSubmatch(list); older != nil {
			next = html.UnescapeString(older[1])
		}
	}
	return all
}

// letter waits until the newest referral's letter can be opened, and opens it.
func (r *rehearsal) letter() string {
	r.t.Helper()
	detail := r.url(r.referrals()[0])
	document := regexp.MustCompile(`href="(/referrals/[0-9a-f-]{36}/documents/[0-9a-f-]{36})"`)
	var page string
	r.until("a letter", func() bool { page = r.see(detail); return document.MatchString(page) })
	res, err := r.Get(r.url(find(r.t, page, document.String())))
	return read(r.t, res, err)
}

func (r *rehearsal) folders() []string {
	r.t.Helper()
	found, err := filepath.Glob(filepath.Join(r.tmp, "breakwater-rehearsal-*"))
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}

// TestRehearsalFromTheFirstLink sets a clinic up with a simulated Ocean as a person does, by the
// pages of both, and then makes the troubles that the portal's page offers.
func TestRehearsalFromTheFirstLink(t *testing.T) {
	r := rehearse(t)
	if len(r.folders()) != 1 {
		t.Errorf("data folders: %v", r.folders())
	}
	link := find(t, r.out.String(), `(http://\S+/setup\?token=\S+)`)
	r.see(link)
	r.submit(r.url("/setup"), "token", find(t, link, `token=(\S+)`), "name", "Marie Lalonde", "email", "marie@clinic.example", "password", password)
	r.setUp()
	if letter := r.letter(); !strings.HasPrefix(letter, "%PDF-") {
		t.Errorf("the letter: %.100q", letter)
	}
	r.submit(r.portal + "/act/sent-copy")
	r.submit(r.url(setUp), "step", "account", "done", "1")
	for step, tone := range map[string]string{"sign_up": "done", "account": "plain", "site": "done", "cloud_connect": "done", "key": "done",
		"integration": "done", "listings": "done", "credentials": "done", "copies": "done"} {
		if got := r.steps()[step]; got != tone {
			t.Errorf("step %s is %s, want %s", step, got, tone)
		}
	}

	r.submit(r.portal + "/act/burst")
	r.until("a burst of 200", func() bool { return len(r.referrals()) == 202 })
	r.submit(r.portal+"/fault/outage", "on", "1")
	if page := r.submit(r.portal + "/act/new"); !strings.Contains(page, "Waiting") || len(r.referrals()) != 202 {
		t.Error("something is delivered in an outage")
	}
	r.submit(r.portal+"/fault/outage", "on", "0")
	r.until("the one that waited", func() bool { return len(r.referrals()) == 203 })
	r.submit(r.portal + "/act/hostile")
	r.until("a hostile one", func() bool { return len(r.referrals()) == 204 })
	hostile := r.see(r.url(r.referrals()[0]))
	for _, bad := range []string{"<script>", "onerror=\"", "<svg onload", "href=\"javascript:", "<iframe", "<img"} {
		if strings.Contains(hostile, bad) {
			t.Errorf("the hostile referral's page holds %s", bad)
		}
	}
	r.submit(r.portal + "/act/new")
	r.until("one after the hostile", func() bool { return len(r.referrals()) == 205 })

	if code := r.stop(); code != 0 || len(r.folders()) != 0 {
		t.Errorf("exit %d; data folders: %v\n%s", code, r.folders(), r.log.String())
	}
}

// setUp goes the way of the help article: what one page says is entered in the other.
func (r *rehearsal) setUp() {
	t := r.t
	t.Helper()
	site := find(t, r.see(r.portal+"/ocean/portal.html"), `<code class="big">(\d+)</code>`)
	r.submit(r.url(oceanSettings), "site_number", site)
	page := r.submit(r.url(oceanSettings+"/generate"), "site_number", site)
	key := find(t, page, `value="([0-9a-f]{64})"`)
	r.submit(r.url(oceanSettings), "site_number", site, "draft", find(t, page, `name="draft" value="([^"]+)"`))

	if page := r.submit(r.portal + "/act/new"); !strings.Contains(page, "Register") || len(r.referrals()) != 0 {
		t.Error("a referral comes though nothing is set up in the portal")
	}
	r.submit(r.portal+"/admin/features", "on", "1")
	guide := r.see(r.url(setUp))
	r.submit(r.portal+"/admin/integrations", "name", "CHR Integration", "url", find(t, guide, `data-copy="([^"]+/public/ocean/fhir_bundles)"`),
		"header", find(t, guide, `data-copy="(Referral-[^"]+)"`), "key", key, "copies", "1")
	r.submit(r.portal+"/admin/directory-listings", "external_id", "CHR Integration")
	credential := `Client ID</dt><dd><code>([^<]+)</code></dd><dt lang="en">Secret</dt><dd><code>([^<]+)</code>`
	page = r.submit(r.portal+"/admin/credentials", "name", "CHR OAuth credentials")
	pair := regexp.MustCompile(credential).FindStringSubmatch(page)
	if pair == nil {
		t.Fatalf("no credential:\n%s", page)
	}
	r.submit(r.url(oceanSettings), "client_id", pair[1], "client_secret", pair[2])
	if page := r.submit(r.url(oceanSettings + "/test")); !strings.Contains(page, "Ocean accepts these credentials") || strings.Contains(page, pair[2]) {
		t.Errorf("Test Connection:\n%s", page)
	}
	if steps := fmt.Sprint(r.steps()); strings.Contains(steps, "harm") {
		t.Errorf("before the first referral: %s", steps)
	}
	r.submit(r.portal + "/act/new")
	r.until("the first referral", func() bool { return len(r.referrals()) == 1 })
}

// TestRehearsalMadeReady signs in with the password that it prints; a referral comes at once.
func TestRehearsalMadeReady(t *testing.T) {
	r := rehearse(t, "--ready")
	who := regexp.MustCompile(`Sign in as (\S+) with the password (\S+)`).FindStringSubmatch(r.out.String())
	if who == nil || strings.Contains(r.out.String(), "/setup?token=") {
		t.Fatalf("it prints:\n%s", r.out.String())
	}
	r.see(r.url("/login"))
	if page := r.submit(r.url("/login"), "email", who[1], "password", who[2]); !strings.Contains(page, `action="/logout"`) {
		t.Fatalf("signing in:\n%s", page)
	}
	r.submit(r.portal + "/act/econsult")
	if letter := r.letter(); !strings.HasPrefix(letter, "%PDF-") {
		t.Errorf("the letter: %.100q", letter)
	}
	if page := r.submit(r.url(oceanSettings + "/test")); !strings.Contains(page, "Ocean accepts these credentials") {
		t.Errorf("Test Connection:\n%s", page)
	}
	r.kill() // what a kill leaves behind is all in one folder, for a person to remove
	if entries, err := os.ReadDir(r.tmp); err != nil || len(entries) != len(r.folders()) {
		t.Errorf("it leaves %v, %v", entries, err)
	}
}

// TestRehearsalStaysOnThisMachine names addresses that others could reach.
func TestRehearsalStaysOnThisMachine(t *testing.T) {
	m := newMachine(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	const stays = "a rehearsal stays on this machine"
	for args, says := range map[string]string{"--listen 0.0.0.0:0 rehearse": stays, "--listen :0 rehearse": stays, "--listen 192.0.2.1:8080 rehearse": stays,
		"rehearse --ocean 0.0.0.0:0": stays, "rehearse --ocean [::]:0": stays, "rehearse --ocean clinic.example:80": stays, "rehearse --ocean 8081": stays,
		"rehearse --ocean 127.0.0.2:0": "at 127.0.0.1 alone", "rehearse --ocean " + m.addr: "name another address"} {
		code, out, errs := m.run("", strings.Fields(args)...)
		if code != 1 || out != "" || !strings.Contains(errs, says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("breakwater %s: exit %d:\n%s%s", args, code, out, errs)
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := os.Stat(m.dir); err == nil {
		t.Error("a rehearsal touches the clinic's data folder")
	}
}
