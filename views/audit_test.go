package views

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

func TestAuditSentences(t *testing.T) {
	roles := []store.Role{{Code: store.RoleFrontDesk}, {Code: "evenings", Name: "Evening desk"}}
	for _, c := range []struct {
		action     store.Action
		id, object string
		details    string
		want       string
	}{
		{store.ActionSetupLinkMade, "", "", "", "A first-run link was made"},
		{store.ActionSetupCompleted, "u", "", `{"email":"ada@x.example"}`, "ada@x.example became the first administrator"},
		{store.ActionUserAdded, "u", "", `{"email":"bo@x.example","roles":["evenings","gone"],"permissions":null}`,
			"bo@x.example was added|bo@x.example was given the roles “Evening desk”, “gone”"},
		{store.ActionUserAdded, "u", "Bo", `{"email":"bo@x.example","roles":null,"permissions":["odd","view_audit_log","edit_users"]}`,
			"Bo was added|Bo was granted Edit Other Users, View Audit Log and odd"},
		{store.ActionUserDisabled, "u", "Bo", `{"email":"bo@x.example"}`, "Bo was disabled"},
		{store.ActionUserEnabled, "u", "", `{"email":"bo@x.example"}`, "bo@x.example was enabled"},
		{store.ActionPasswordReset, "u", "Bo", "", "Bo was given a new password"},
		{store.ActionPasswordChanged, "", "", "", "Own password changed"},
		{store.ActionProfileChanged, "u", "Bo", `{"name":{"from":"B","to":"Bo"},"language":{"from":"","to":"fr"},"theme":{"from":"dark","to":""}}`,
			"Own name changed from B to Bo|Own language changed from the browser's to Français|Own colours changed from dark to as the computer is set"},
		{store.ActionSignedIn, "", "", "", "Signed in"},
		{store.ActionSignInFailed, "", "", "", "Signing in failed: nobody has that email"},
		{store.ActionSignInFailed, "u", "Bo", "", "Signing in failed for Bo"},
		{store.ActionSignedOut, "", "", "", "Signed out"},
		{store.ActionSessionsEnded, "u", "Bo", `{"sessions":1,"session":"s"}`, "One session of Bo was ended"},
		{store.ActionSessionsEnded, "u", "Bo", `{"sessions":3}`, "3 sessions of Bo were ended"},
		{store.ActionClockBack, "", "", `{"sessions":2}`, "The clock of this machine went back: all 2 open sessions were ended"},
		{store.ActionProven, "", "", `{"by":"password"}`, "Confirmed who they are with their password"},
		{store.ActionProven, "", "", `{"by":"passkey"}`, "Confirmed who they are: a passkey"},
		{store.ActionProofFailed, "", "", "", "A wrong password was given to confirm who they are"},
		{store.ActionAccessDenied, "/settings/audit", "", `{"permission":"view_audit_log"}`, "Opening “/settings/audit” was refused: it needs View Audit Log"},
		{store.ActionAccessDenied, "GET /settings/audit", "", `{"permission":"view_audit_log","times":997,"first":"2026-06-01T13:00:00Z","last":"2026-06-01T13:59:30Z"}`,
			"Opening “GET /settings/audit” was refused: it needs View Audit Log|This stands for 997 times more, from 2026-06-01 13:00 UTC to 2026-06-01 13:59 UTC"},
		{store.ActionSettingsChanged, "", "", `{"site_number":{"from":"4321","to":"5678"}}`, "Site Number changed from 4321 to 5678"},
		{store.ActionSettingsChanged, "", "", `{"site_number":{"from":"","to":"5678"},"host":{"from":"https://a","to":"https://b"},"client_id":{"from":"c","to":""},"client_secret":"removed"}`,
			"Site Number set to 5678|Ocean host changed from https://a to https://b|Client ID removed; it was c|Secret removed"},
		{store.ActionSettingsChanged, "", "", `{"client_secret":"set"}`, "Secret set"},
		{store.ActionKeyGenerated, "k", "", "", "A new inbound key was generated"},
		{store.ActionKeySaved, "k", "", "", "The new inbound key was saved and counts"},
		{store.ActionKeyRetired, "k", "", "", "The older inbound key was retired"},
		{store.ActionKeysShown, "", "", "", "The inbound keys were shown"},
		{store.ActionKeysRefused, "wrong_key", "", `{"calls":50000,"addresses":5000,"first":"2026-06-01T13:00:00Z","last":"2026-06-01T13:59:00Z"}`,
			"50000 calls within an hour with a key that is none of ours|They came from 5000 network addresses or more"},
		{store.ActionKeysRefused, "retired_key", "", `{"calls":1}`, "1 call within an hour with a key that was retired"},
		{store.ActionHeldBack, "session.sign_in_failed", "", `{"times":940}`,
			"“Signing in failed”: 940 times more within an hour, too often for an entry each"},
		{store.ActionUserChanged, "u", "Bo", `{"email":"b","roles_added":["front_desk"],"roles_removed":["evenings"],"permissions_added":["edit_roles"],"permissions_removed":["edit_users"]}`,
			"Bo was given the role “Front desk”|Bo lost the role “Evening desk”|Bo was granted Edit Roles|Bo is no longer granted Edit Other Users"},
		{store.ActionLinkMade, "u", "Bo", "", "A one-time link was made for Bo"},
		{store.ActionLinkUsed, "u", "Bo", "", "Bo chose a password with a one-time link"},
		{store.ActionRoleAdded, "evenings", "", `{"name":"Evenings","permissions":["view_referrals"]}`, "The role “Evenings” was made|The role “Evenings” grants View Referrals"},
		{store.ActionRoleChanged, "front_desk", "", `{"name":{"from":"","to":"Reception"},"permissions_added":["edit_roles"],"permissions_removed":["edit_users"]}`,
			"The role “Front desk” was renamed “Reception”|The role “Front desk” grants Edit Roles|The role “Front desk” no longer grants Edit Other Users"},
		{store.ActionRoleRemoved, "privacy_officer", "", `{"name":""}`, "The role “Privacy officer” was removed"},
		{store.ActionAuditVerified, "", "", `{"entries":1,"head":"ff"}`, "The audit log was verified and is whole: 1 entry"},
		{store.ActionAuditTouched, "", "", `{"first_bad":17,"reason":"r"}`, "The audit log was found touched: entry 17 is the first bad one"},
		{store.ActionAuditExported, "csv", "", "", "The audit log was exported as CSV"},
		{store.ActionAuditExported, "fhir-ndjson", "", `{"from":"2026-06-01T00:00:00-04:00","until":"2026-07-01T00:00:00-04:00","referrals":["a","b"]}`,
			"The audit log was exported as FHIR-NDJSON, from 2026-06-01 to 2026-06-30, of 2 referrals"},
		{store.ActionAuditExported, "csv", "", `{"until":"2026-11-02T00:00:00-05:00"}`, "The audit log was exported as CSV, until 2026-11-01"},
		{store.ActionAuditExported, "csv", "", `{"from":"2026-11-02T00:00:00-05:00"}`, "The audit log was exported as CSV, from 2026-11-02"},
		{store.ActionOceanTested, "", "", `{"host":"https://a","fault":"","typed":false}`, "The connection was tested with https://a: it works"},
		{store.ActionOceanTested, "", "", `{"host":"https://a","fault":"odd","typed":true}`,
			"The connection was tested with https://a. It failed: odd|What was typed was tested, before it was saved"},
		{store.ActionOceanTested, "", "", "", "Connection tested"},
		{store.ActionSelfTested, "", "", `{"tries":8,"proven":7}`, "The self-test ran: 7 of 8 tries went as they should"},
		{store.ActionSelfTested, "", "", "", "Self-test run"},
		{store.ActionStepTicked, StepListings, "", "", "The step “Listings” of the set-up was ticked as done"},
		{store.ActionStepUnticked, "odd", "", "", "The step “odd” of the set-up is no longer ticked as done"},
		{store.ActionMissedExported, "", "", `{"references":1}`, "The list of missed messages was exported: 1 reference"},
		{store.ActionMissedExported, "", "", `{"references":0}`, "The list of missed messages was exported: 0 references"},
		{store.ActionMissedExported, "", "", "", "Missed messages exported"},
		{store.ActionDocumentOpened, "r1", "", `{"document":"a7"}`, "Opened a document of a referral"},
		{store.ActionDocumentRetried, "r1", "", `{"documents":1}`, "A document of a referral is tried again"},
		{store.ActionDocumentRetried, "", "", `{"documents":3}`, "3 documents not fetched until then: all tried again"},
		{store.ActionDocumentRetried, "", "", "", "Document tried again"},
		{"fax.sent", "f", "", `{"to":"x"}`, "fax.sent"},
		{store.ActionSettingsChanged, "", "", `not JSON`, "Ocean settings changed"},
	} {
		line := AuditLine{AuditEntry: store.AuditEntry{Action: c.action, Object: c.id, Details: c.details}, Object: c.object}
		if got := strings.Join(auditSentences(&English, roles, line), "|"); got != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.action, c.details, got, c.want)
		}
	}
}

func TestAuditNamesEveryStep(t *testing.T) {
	for _, text := range []*Text{&English, &French} {
		for _, step := range Steps {
			if text.Audit.Steps[step] == "" {
				t.Errorf("%s has no name", step)
			}
		}
		if len(text.Audit.Steps) != len(Steps) {
			t.Errorf("%d names for %d steps", len(text.Audit.Steps), len(Steps))
		}
	}
}

// TestEveryActionIsSpoken reads the store's actions from its source, so that a new one is not
// forgotten here.
func TestEveryActionIsSpoken(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../store/audit.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var actions []store.Action
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Action") {
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			actions = append(actions, store.Action(text))
		}
		return true
	})
	if len(actions) < 20 {
		t.Fatalf("found %d actions", len(actions))
	}
	for lang, text := range catalogues() {
		for _, a := range actions {
			if text.Audit.Actions[a] == "" || text.Audit.Kinds[actionNoun(a)] == "" {
				t.Errorf("%s: %s has no words", lang, a)
			}
			if !slices.Contains(auditActions(), a) {
				t.Errorf("%s cannot be filtered by", a)
			}
			line := AuditLine{AuditEntry: store.AuditEntry{Action: a, Object: "object"}}
			if got := auditSentences(text, nil, line); len(got) == 0 || got[0] == "" || got[0] == string(a) {
				t.Errorf("%s: %s is said as %q", lang, a, got)
			}
		}
	}
}

func TestAuditPage(t *testing.T) {
	f := administrator(t)
	line := AuditLine{AuditEntry: store.AuditEntry{Seq: 7, At: f.Now.Add(-time.Hour), Actor: "cli:" + hostile, Action: store.ActionSettingsChanged,
		Details: `{"site_number":{"from":"1","to":"` + "<img" + `"}}`}, Count: 314, Since: f.Now.Add(-2 * time.Hour)}
	page := AuditPage{Lines: []AuditLine{line}, Older: "/settings/audit?before=7", Actors: []AuditActor{{"user:1", "Ada"}, {"system", ""}},
		Filter: AuditQuery{Actor: "user:1", Action: "ocean", From: "2025-11-01", Until: "x", Errors: map[string]string{"until": "E-UNTIL"}},
		Check:  store.AuditCheck{At: f.Now.Add(-3 * time.Hour), By: "ada@clinic.example", Details: `{"entries":412}`}}
	wants(t, render(t, Audit(f, page)), "Site Number changed", "314 times since 2025-11-23 10:00", "2025-11-23 11:00", "1 hour ago", "-<img",
		`value="user:1" selected`, `value="ocean" selected`, `value="2025-11-01"`, "E-UNTIL", "Breakwater</option>", `href="/settings/audit?before=7"`,
		`action="/settings/audit/export"`, `value="ndjson"`, `action="/settings/audit/verify"`, "whole: 412 entries", "3 hours ago")
	wants(t, render(t, Audit(f, AuditPage{})), "never verified", "Nothing here yet")
	wants(t, render(t, Audit(f, AuditPage{Filter: AuditQuery{From: "2030-01-01"}})), "Nothing fits this filter")
	wants(t, render(t, Audit(f, AuditPage{Check: store.AuditCheck{At: f.Now, Touched: true, Details: `{"first_bad":17}`}})), "first bad entry is 17", "-is whole")
}

func TestAccountAsksForLanguage(t *testing.T) {
	html := render(t, Account(administrator(t), AccountForm{Language: "fr", Errors: map[string]string{"language": "E-LANGUAGE"}}))
	wants(t, html, `name="language"`, `value="fr" lang="fr" selected`, "E-LANGUAGE", `value="ada@clinic.example" autocomplete="username" hidden`)
}
