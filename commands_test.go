package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandsSayWhatIsWrong walks through the exit codes: 0 done, 1 failed with one plain line,
// 2 wrong usage. No server runs: the first command makes the database.
func TestCommandsSayWhatIsWrong(t *testing.T) {
	m := newMachine(t)
	for _, c := range []struct {
		stdin string
		args  string
		code  int
		says  string // on stdout or stderr
	}{
		{"", "status --json", 0, `"schema": `},
		{"", "--help", 0, "Commands:"},
		{"", "user add --help", 0, "--password-stdin"},
		{"", "", 2, "expected one of"},
		{"", "sail", 2, "unexpected argument sail"},
		{"", "status --nothing", 2, "unknown flag --nothing"},
		{"", "user add", 2, "<email>"},
		{"", "ocean set", 2, "name something to set"},
		{"", "audit export --format xml", 2, "csv"},
		{"", "setup-link", 0, "/setup?token="},
		{password, "user add a@example.org --role administrator", 2, "--password-stdin"},
		{"short", "user add a@example.org --role administrator --password-stdin", 1, "at least 15 characters"},
		{"passwordpassword", "user add a@example.org --password-stdin", 1, "several unrelated words"},
		{password, "user add nobody --password-stdin", 1, "e-mail address"},
		{password, "user add a@example.org --role king --password-stdin", 1, "no such role: king"},
		{password, "user add a@example.org --permission rule --password-stdin", 1, "no such permission: rule"},
		{password + "\n", "user add a@example.org --role administrator --password-stdin", 0, ""},
		{password, "user add A@Example.org --password-stdin", 1, "here already"},
		{"", "setup-link", 1, "only for the first one"},
		{"", "user disable a@example.org", 1, "last active administrator"},
		{password, "user add b@example.org --role administrator --password-stdin", 0, ""},
		{"", "user disable a@example.org", 0, ""},
		{"", "user disable b@example.org", 1, "last active administrator"},
		{"", "user enable a@example.org", 0, ""},
		{"", "user disable c@example.org", 1, "nobody has"},
		{"short", "user reset-password a@example.org --password-stdin", 1, "at least 15 characters"},
		{password + " again", "user reset-password a@example.org --password-stdin", 0, ""},
		{"", "user list --json", 0, `"email": "a@example.org"`},
		{"", "user list --json", 0, `"second_factor": false`},
		{"", "user reset-factors c@example.org", 1, "nobody has"},
		{"", "user reset-factors a@example.org", 0, ""},
		{"", "user reset-factors", 2, "email"},
		{"", "ocean set --site-number 12ab", 1, `you typed "12ab"`},
		{"", "ocean set --host http://ocean.example", 1, "https://"},
		{"", "ocean set --host http://127.0.0.1:9", 1, "https://"},
		{"", "--ocean-allow-loopback ocean set --host http://127.0.0.1:9", 0, ""},
		{"", "ocean set --client-secret-stdin", 1, "empty"},
		{"", "ocean retire-key", 1, "no older inbound key"},
		{"", "ocean generate-key", 0, ""},
		{"", "ocean retire-key", 1, "no older inbound key"},
		{"", "ocean generate-key", 0, ""},
		{"", "ocean generate-key", 1, "retire the older"},
		{"", "ocean retire-key", 0, ""},
		{"", "ocean generate-key", 0, ""},
		{"", "audit verify", 0, "whole"},
		{"", "audit verify --head " + strings.Repeat("00", 32), 1, "does not contain"},
		{"", "audit verify --head xyz", 1, "64 hexadecimal digits"},
		{"", "audit verify --head 1:" + strings.Repeat("00", 32), 1, "entry 1 is not the one"},
		{"", "audit verify --head 9999:" + strings.Repeat("00", 32), 1, "first bad entry is "},
		{"no heads here", "audit verify --head-file -", 1, "64 hexadecimal digits"},
		{"", "audit verify --head-file /nowhere/heads", 1, "no such file"},
		{"", "audit export --format csv --from 2026-13-01", 2, "YYYY-MM-DD"},
		{"", "audit export --format csv --until tomorrow", 2, "YYYY-MM-DD"},
		{"", "audit export --format csv --referral nobody", 1, "neither a referral reference"},
		{"9876543217", "audit export --format csv --patient-stdin", 1, "no referral of a patient"},
		{"", "audit export --format csv --patient-stdin", 1, "neither a referral reference"},
		{"", "audit export --format csv --referral x --patient-stdin", 2, "--referral or --patient-stdin"},
		{"", "audit export --format ndjson --from 2026-01-01", 0, "user.added"},
		{"", "audit export --format ndjson --until 2026-01-01", 0, ""},
		{"", "audit export --format fhir-ndjson --referral 01890000-0000-7000-8000-000000000000", 0, ""},
		{"", "--audit-head-syslog nowhere serve", 1, "BREAKWATER_AUDIT_HEAD_SYSLOG"},
		{"", "--listen 0.0.0.0:0 serve", 1, "BREAKWATER_INSECURE_HTTP=1"},
		{"", "--base-url ftp://x serve", 1, "BREAKWATER_BASE_URL"},
		{"", "--listen 192.168.1.20 serve", 1, "BREAKWATER_LISTEN is an address"},
		{"", "--listen 8080 serve", 1, "BREAKWATER_LISTEN is an address"},
		{"", "--listen 127.0.0.1:http:8080 serve", 1, "BREAKWATER_LISTEN is an address"},
		{"", "--public-listen 127.0.0.1:many serve", 1, "BREAKWATER_PUBLIC_LISTEN is an address"},
		{"", "--insecure-http --listen 192.0.2.7:8080 serve", 1, "has no such address"},
		{"", "--acme serve", 1, "BREAKWATER_BASE_URL is http://"},
		{"", "--acme --base-url https://192.0.2.7 serve", 1, "wants a name"},
		{"", "--redirect-listen 127.0.0.1:0 serve", 1, "BREAKWATER_REDIRECT_LISTEN"},
		{"", "--acme-ca-file /nowhere --acme --base-url https://clinic.example serve", 1, "BREAKWATER_ACME_CA_FILE"},
		{"", "--timezone Mars/Crater serve", 1, "no zone"},
		{"", "--trusted-proxies me serve", 1, "CIDR"},
		{"", "--min-free lots status", 1, "256MiB"},
		{"", "version", 0, "breakwater "},
	} {
		code, out, errs := m.run(c.stdin, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("breakwater %s: exit %d, want %d and %q:\n%s%s", c.args, code, c.code, c.says, out, errs)
		}
		if code == 1 && strings.Count(errs, "\n") != 1 {
			t.Errorf("breakwater %s: more than one line: %q", c.args, errs)
		}
	}
}

// TestSecretsAreNeverShown looks at ocean show after a secret was set and the host changed.
func TestSecretsAreNeverShown(t *testing.T) {
	m := newMachine(t)
	show := func() (o map[string]any) {
		t.Helper()
		text := m.must("", "ocean", "show", "--json")
		if strings.Contains(text, "hush") {
			t.Errorf("a secret is shown: %s", text)
		}
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			t.Fatal(err)
		}
		return o
	}
	m.must("hush hush", "ocean", "set", "--site-number", "4321", "--client-id", "me", "--client-secret-stdin")
	if o := show(); o["has_client_secret"] != true || o["site_number"] != "4321" || o["client_id"] != "me" || o["host"] != "https://ocean.cognisantmd.com" || o["inbound_key_active"] != false {
		t.Errorf("%v", o)
	}
	m.must("", "ocean", "set", "--host", "https://test.cognisantmd.com")
	if o := show(); o["has_client_secret"] != false || o["client_id"] != "me" {
		t.Errorf("after a change of host: %v", o)
	}
}

// TestNoKeyNoDatabase takes the master key away and brings it back.
func TestNoKeyNoDatabase(t *testing.T) {
	m := newMachine(t)
	m.must("", "status")
	key, aside := filepath.Join(m.dir, "master.key"), filepath.Join(t.TempDir(), "master.key")
	if err := os.Rename(key, aside); err != nil {
		t.Fatal(err)
	}
	code, _, errs := m.run("", "serve")
	if code != 1 || !strings.Contains(errs, "no master key") {
		t.Errorf("serve without the key: exit %d: %s", code, errs)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a new key was made for an old database")
	}
	c := m.command("status")
	c.Env = append(c.Env, "BREAKWATER_MASTER_KEY_FILE="+aside)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("with the key elsewhere: %v: %s", err, out)
	}
}
