package views

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

const keyValue = "3f9a1c5be07742d8a6c1f0e9b8d7a6c5b4e3f2d1c0b9a8f7e6d5c4b3a2918070"

func oceanForm() OceanForm {
	return OceanForm{Seen: store.OceanSettings{Host: store.DefaultOceanHost}, Host: store.DefaultOceanHost,
		Request: "clinic.example/public/ocean/fhir_bundles", RequestURL: "https://clinic.example/public/ocean/fhir_bundles",
		HeaderName: "Referral-Integration-API-Key"}
}

func administrator(t *testing.T) Frame {
	f := signedIn(t)
	f.Person = &store.User{ID: "me", Name: "Ada", Email: "ada@clinic.example", Effective: store.Permissions()}
	f.AskPassword = true // as when it was too long ago that she proved who she is
	return f
}

// savedKey and draftKey are keys of a form; the frame's time is their measure.
func savedKey(f Frame, id string) store.InboundKey {
	return store.InboundKey{ID: id, CreatedAt: f.Now.Add(-48 * time.Hour), CreatedBy: "ada@clinic.example", SavedAt: f.Now.Add(-47 * time.Hour)}
}

func draftKey(f Frame) store.InboundKey {
	return store.InboundKey{ID: "draft-id", CreatedAt: f.Now.Add(-time.Minute), CreatedBy: "ada@clinic.example"}
}

// wants fails for each text that a page should say and does not; one that starts with "-" it
// should not say.
func wants(t *testing.T, html string, texts ...string) {
	t.Helper()
	for _, want := range texts {
		never, not := strings.CutPrefix(want, "-")
		if not && strings.Contains(html, never) {
			t.Errorf("the page says %s", never)
		}
		if !not && !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestOceanFirstButtonSaves(t *testing.T) {
	f := administrator(t)
	html := render(t, OceanSettings(f, oceanForm()))
	form := html[strings.Index(html, `action="/settings/referral/ocean"`):]
	if b := regexp.MustCompile(`<button[^>]*>[^<]*`).FindString(form); !strings.HasSuffix(b, "Save Ocean Settings") || strings.Contains(b, "name=") {
		t.Errorf("Enter presses %s", b)
	}
	wants(t, html, `name="site_number"`, `name="client_id"`, `name="client_secret"`, `name="host"`, `name="host_other"`,
		`name="seen_secret_at" value="0"`, `name="seen_host" value="https://ocean.cognisantmd.com"`, `name="draft" value=""`,
		`formaction="/settings/referral/ocean/generate"`, "No key yet", `data-copy="clinic.example/public/ocean/fhir_bundles"`,
		`data-copy="https://clinic.example/public/ocean/fhir_bundles"`, "Copy with https://", "-/show-key", "-/retire-key", "-/remove-secret",
		"-portal.html", "<details><summary><h2", "Settings")
}

func TestOceanKeysByState(t *testing.T) {
	f := administrator(t)
	refused := draftKey(f)
	refused.RefusedAt = f.Now.Add(-time.Minute)
	used := savedKey(f, "a")
	used.LastUsedAt = f.Now.Add(-12 * time.Minute)
	for name, c := range map[string]struct {
		keys   []store.InboundKey
		values map[string]string
		wants  []string
	}{
		"draft": {[]store.InboundKey{draftKey(f)}, map[string]string{"draft-id": keyValue},
			[]string{`value="` + keyValue + `" readonly`, `name="draft" value="draft-id"`, "Not saved yet", "-press Save<", "in place of the unsaved one"}},
		"refused": {[]store.InboundKey{refused}, map[string]string{"draft-id": keyValue}, []string{"Ocean already uses the new key: press Save"}},
		"saved": {[]store.InboundKey{used}, nil,
			[]string{"-" + keyValue, "/show-key", `href="#show-key"`, "12 minutes ago", "ada@clinic.example", "-/retire-key", "/generate", `name="draft" value=""`}},
		"shown": {[]store.InboundKey{used}, map[string]string{"a": keyValue}, []string{keyValue, "-/show-key", "Copy it into Ocean now"}},
		"two": {[]store.InboundKey{savedKey(f, "b"), used}, nil,
			[]string{"/retire-key", "-/generate", "first retire the older one", "Ocean still uses this key", "Ocean has not used this key yet", "Valid, older"}},
	} {
		t.Run(name, func(t *testing.T) {
			form := oceanForm()
			form.Keys, form.Values = c.keys, c.values
			html := render(t, OceanSettings(f, form))
			wants(t, html, c.wants...)
			if n := strings.Count(html, "/retire-key"); n > 1 {
				t.Errorf("%d keys can be retired", n)
			}
		})
	}
}

func TestOceanTellsWhatHappened(t *testing.T) {
	f := administrator(t)
	form := oceanForm()
	form.SiteNumber, form.ClientID, form.Host, form.HostOther = "12ab", "mine", "other", "ocean.example/x"
	form.Seen.SiteNumber, form.Seen.HasClientSecret, form.Seen.SecretSetBy = "5678", true, "bob@clinic.example"
	form.Seen.SecretSetAt = f.Now.Add(-time.Hour)
	form.SecretTyped, form.Dropped = true, true
	form.Errors = map[string]string{"site_number": "E-SITE", "host": "E-HOST", "client_id": "E-ID", "client_secret": "E-SECRET", "key": "E-KEY"}
	form.Conflicts = []Conflict{{"client_id", "theirs-id", "mine"}, {"host", "https://a.example", "https://b.example"}}
	html := render(t, OceanSettings(f, form))
	wants(t, html, "E-SITE", "E-HOST", "E-ID", "E-SECRET", "E-KEY", `value="12ab"`, `value="mine"`, `value="ocean.example/x"`,
		"theirs-id", "https://a.example", "https://b.example", "<details open>", "Enter the Secret again", "/remove-secret", "bob@clinic.example",
		"Not saved yet", "The saved Secret was removed", "Somebody else saved these settings meanwhile",
		"https://ocean.cognisantmd.com/ocean/portal.html?siteNum=5678#/admin/integrations/", `value="other" checked`,
		`name="seen_secret_at" value="1763913600000"`, "-No refresh needed")
	if regexp.MustCompile(`type="password"[^>]*value=`).MatchString(html) {
		t.Error("a secret is sent back")
	}
	form = oceanForm()
	form.Saved = true
	wants(t, render(t, OceanSettings(f, form)), "Saved. No refresh needed.", "-Not saved yet")
}

func TestOceanSecretConflictNamesWhoSetIt(t *testing.T) {
	form := oceanForm()
	form.Conflicts = []Conflict{{Field: "client_secret", Theirs: "bob@clinic.example"}}
	wants(t, render(t, OceanSettings(administrator(t), form)), "bob@clinic.example saved a Secret meanwhile")
}
