package handlers

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/store"
)

type fhirCoding struct{ System, Code, Display string }

type fhirConcept struct{ Coding []fhirCoding }

type fhirReference struct {
	Type, Display, Reference string
	Identifier               struct{ System, Value string }
}

// fhirEvent is an AuditEvent of FHIR R4, all that exports have of it and nothing else.
type fhirEvent struct {
	ResourceType, ID string
	Meta             struct{ Profile []string }
	Type             fhirCoding
	Subtype          []fhirCoding
	Action           string
	Recorded         time.Time
	Outcome          string
	Agent            []fhirAgent
	Source           struct {
		Site     string
		Observer fhirReference
		Type     []fhirCoding
	}
	Entity []fhirEntity
}

type fhirAgent struct {
	Type      fhirConcept
	Role      []fhirConcept
	Who       *fhirReference
	Name      string
	Requestor *bool
	Policy    []string
	Network   *struct{ Address, Type string }
}

type fhirEntity struct {
	What              *fhirReference
	Type, Role        fhirCoding
	Name, Description string
	Query             []byte
	Detail            []struct{ Type, ValueString string }
}

// events reads an export; what it has beside the above is an error.
func events(t testing.TB, text string) (list []fhirEvent) {
	t.Helper()
	for line := range strings.Lines(text) {
		dec := json.NewDecoder(strings.NewReader(line))
		dec.DisallowUnknownFields()
		var e fhirEvent
		if err := dec.Decode(&e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, e)
	}
	return list
}

// agents are those of that type.
func (e fhirEvent) agents(code string) (found []fhirAgent) {
	for _, a := range e.Agent {
		if slices.ContainsFunc(a.Type.Coding, func(c fhirCoding) bool { return c.Code == code }) {
			found = append(found, a)
		}
	}
	return found
}

func (e fhirEvent) entities(code string) (found []fhirEntity) {
	for _, x := range e.Entity {
		if x.Type.System == entityTypes && x.Type.Code == code {
			found = append(found, x)
		}
	}
	return found
}

// wrong says what FHIR R4's AuditEvent, and the BALP 1.1.4 profile that it claims, want and it has not.
func (e fhirEvent) wrong() (list []string) {
	want := func(is bool, what string) {
		if !is {
			list = append(list, what)
		}
	}
	want(e.ResourceType == "AuditEvent" && regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`).MatchString(e.ID), "resource and id")
	want(e.Type.System != "" && e.Type.Code != "" && !e.Recorded.IsZero() && e.Source.Observer.Display != "", "type, recorded, source.observer")
	want(slices.Contains([]string{"C", "R", "U", "D", "E"}, e.Action), "action")
	want(slices.Contains([]string{"0", "4", "8", "12"}, e.Outcome), "outcome")
	requestors := 0
	for _, a := range e.Agent {
		want(a.Requestor != nil, "agent.requestor")
		if a.Requestor != nil && *a.Requestor {
			requestors++
		}
	}
	want(requestors == 1, "one requestor")
	for _, x := range e.Entity {
		want(x.Name == "" || x.Query == nil, "sev-1: a name or a query, not both")
	}
	if len(e.Meta.Profile) == 0 {
		return list
	}
	name := strings.TrimPrefix(e.Meta.Profile[0], balp)
	kind := strings.TrimPrefix(name, "Patient")
	p, known := map[string]struct {
		action, client, server string
		subtypes, users        []string
	}{
		"Read":   {"R", "110152", "110153", []string{"read", "vread"}, []string{"IRCP"}},
		"Query":  {"E", "110153", "110152", []string{"search", "search-type", "search-system"}, []string{"IRCP"}},
		"Create": {"C", "110153", "110152", []string{"create"}, []string{"AUT", "INF", "CST"}},
		"Update": {"U", "110153", "110152", []string{"update", "patch"}, []string{"AUT", "INF", "CST"}},
		"Delete": {"D", "110150", "custodian", []string{"delete"}, []string{"AUT", "INF", "CST"}},
	}[kind]
	want(known && len(e.Meta.Profile) == 1, "profile "+e.Meta.Profile[0])
	want(e.Type.System == eventTypes && e.Type.Code == "rest", "type rest")
	want(e.Action == p.action && e.Outcome == "0", "action and outcome")
	rest := 0
	for _, s := range e.Subtype {
		if s.System == restful && slices.Contains(p.subtypes, s.Code) {
			rest++
		}
	}
	want(rest == 1, "subtype")
	for role, code := range map[string]string{"client": p.client, "server": p.server} {
		found := e.agents(code)
		want(len(found) == 1 && found[0].Who != nil && found[0].Network != nil && found[0].Network.Address != "", "agent "+role)
	}
	users := 0
	for _, code := range p.users {
		for _, a := range e.agents(code) {
			users++
			want(a.Who != nil && a.Network == nil && *a.Requestor, "agent user")
		}
	}
	want(users == 1, "one user")
	data := e.entities("2")
	want(len(data) == 1, "one entity data")
	if kind == "Query" {
		want(len(data) == 1 && data[0].Role.Code == "24" && data[0].What == nil && data[0].Query != nil && data[0].Detail == nil, "entity query")
	} else {
		want(len(data) == 1 && data[0].What != nil && slices.Contains([]string{"3", "4", "20"}, data[0].Role.Code), "entity data")
	}
	patients := e.entities("1")
	if name == kind {
		want(len(patients) == 0, "no patient")
		return list
	}
	want(len(patients) == 1 && patients[0].What != nil && patients[0].What.Type == "Patient" && patients[0].What.Identifier.Value != "" && patients[0].Role.Code == "1", "entity patient")
	return list
}

// newTold is a site whose log has every kind of entry about a patient in it.
func newTold(t *testing.T) *workplace {
	w := newWorkplace(t)
	w.ada.get(w.at).wants(t, 200)
	w.ada.post("/referrals/search", "q", "canaryname").wants(t, 200)
	w.ada.post(w.at+"/notes", "text", "canary note").wants(t, 303)
	raw := w.person("raw@clinic.example", store.ViewRawMessages)
	raw.get("/messages/"+w.messageID()).wants(t, 200)
	raw.get(auditPath).wants(t, 403)
	w.visitor().post("/login", "email", "ada@clinic.example", "password", "wrong").wants(t, 401)
	w.bo.post("/logout")
	if _, err := w.store.VerifyAudit(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	w.must(w.store.CheckAudit(t.Context(), store.CLIActor("root")))
	return w
}

func TestEventsFitTheProfilesThatTheyClaim(t *testing.T) {
	w := newTold(t)
	entries := w.audit()
	list := events(t, w.export("fhir-ndjson"))
	if len(list) != len(entries) {
		t.Fatalf("%d events of %d entries", len(list), len(entries))
	}
	claimed := map[string]bool{}
	for i, e := range list {
		entry := entries[i]
		if wrong := e.wrong(); len(wrong) > 0 {
			t.Errorf("%s: %q\n%+v", entry.Action, wrong, e)
		}
		for _, p := range e.Meta.Profile {
			claimed[strings.TrimPrefix(p, balp)] = true
		}
		log := e.entities("4")
		if len(log) != 1 || log[0].What.Identifier.Value != strconv.FormatInt(entry.Seq, 10) || log[0].Detail[0].ValueString != string(entry.Action) ||
			entry.Details != "" && log[0].Detail[len(log[0].Detail)-1].ValueString != entry.Details {
			t.Errorf("%+v: the entry itself is %+v", entry, log)
		}
		if !e.Recorded.Equal(entry.At) || e.Source.Site != "4321" || e.Subtype[1].Code != string(entry.Action) {
			t.Errorf("%+v is %+v", entry, e)
		}
		user := e.Agent[slices.IndexFunc(e.Agent, func(a fhirAgent) bool { return *a.Requestor })]
		if user.Who.Identifier.Value != entry.Actor || entry.ActorName != "" && user.Name != entry.ActorName || len(user.Role) != 1 {
			t.Errorf("%+v: who did it is %+v", entry, user)
		}
		from := e.Agent[slices.IndexFunc(e.Agent, func(a fhirAgent) bool { return a.Network != nil && a.Network.Type != "5" })]
		if entry.Address != "" && (from.Network.Address != entry.Address || from.Network.Type != "2") {
			t.Errorf("%+v: from %+v", entry, from)
		}
		if failed := entry.Action == store.ActionSignInFailed || entry.Action == store.ActionAccessDenied; failed != (e.Outcome == outcomeMinor) {
			t.Errorf("%s: outcome %s", entry.Action, e.Outcome)
		}
		if entry.Action == store.ActionAccessDenied && (len(user.Policy) != 1 || !strings.HasSuffix(user.Policy[0], "#view_audit_log")) {
			t.Errorf("refused by %q", user.Policy)
		}
	}
	for _, name := range []string{"PatientRead", "PatientCreate", "Query", "Create", "Update"} {
		if !claimed[name] {
			t.Errorf("no event has the profile %s: %v", name, claimed)
		}
	}
	if text := w.export("fhir-ndjson") + w.export("fhir") + w.export("ndjson") + w.export("csv"); strings.Contains(strings.ToLower(text), "canary") || strings.Contains(text, "1931-07-09") {
		t.Error("an export tells whose it is, or what was typed")
	}
}

func TestABundleHoldsTheSameEvents(t *testing.T) {
	w := newTold(t)
	var b struct {
		ResourceType, Type string
		Entry              []struct{ Resource json.RawMessage }
	}
	w.must(json.Unmarshal([]byte(w.export("fhir")), &b))
	lines := strings.Split(strings.TrimSpace(w.export("fhir-ndjson")), "\n")
	if b.ResourceType != "Bundle" || b.Type != "collection" || len(b.Entry) != len(lines) {
		t.Fatalf("%s %s of %d entries, want %d", b.ResourceType, b.Type, len(b.Entry), len(lines))
	}
	for i := range lines {
		if string(b.Entry[i].Resource) != lines[i] {
			t.Errorf("%s is %s", lines[i], b.Entry[i].Resource)
		}
	}
}

// TestEveryActionIsAnEvent reads the store's actions from its source, so that a new one is not
// forgotten; and takes some that nobody knows yet.
func TestEveryActionIsAnEvent(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../store/audit.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	actions := []store.Action{"fax.sent", "session.factor_failed", "x", "", "a.", ".b", "key.rotated", "user.factor_removed"}
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
	for _, a := range actions {
		for _, actor := range []string{"user:u", "cli:root", "system", "setup", "anonymous", ""} {
			for _, details := range []string{"", "{}", `{"referrals":["r1","r2"],"permission":"view_referrals","document":"d","query":"AAAA"}`, `{"half`, `{"referrals":7}`, `[]`, `{"seq":9,"actor":"cli:eve","object":"x","base_url":"y"}`} {
				for _, about := range []string{"", "r1"} {
					entry := store.AuditEntry{Seq: 7, At: time.Unix(1, 0), Actor: actor, Action: a, Object: about, Details: details}
					for _, made := range auditEvents(entry, AuditExport{BaseURL: baseURL}) {
						text, err := json.Marshal(made)
						if err != nil {
							t.Fatal(err)
						}
						e := events(t, string(text))[0]
						if wrong := e.wrong(); len(wrong) > 0 || e.entities("4")[0].What.Identifier.Value != "7" {
							t.Errorf("%s by %s with %s: %q: %s", a, actor, details, wrong, text)
						}
						if e.Subtype[1].Code != string(a) {
							t.Errorf("%s: subtypes %v", a, e.Subtype)
						}
					}
				}
			}
		}
	}
	for a, want := range map[store.Action]string{store.ActionReferralOpened: "R", store.ActionSearched: "E", store.ActionNoted: "C", store.ActionReferralTold: "U",
		store.ActionUpdateDropped: "D", store.ActionRoleRemoved: "D", store.ActionUserAdded: "C", store.ActionSignedIn: "E", "session.factor_failed": "E"} {
		if k := kindOf(a); k.action != want {
			t.Errorf("%s is %s, want %s", a, k.action, want)
		}
	}
	if k := kindOf("session.factor_failed"); k.outcome != outcomeMinor || k.typ["code"] != "110114" {
		t.Errorf("a failed factor is %+v", k)
	}
}

func TestOneEventForEachPatient(t *testing.T) {
	made := auditEvents(store.AuditEntry{Seq: 3, Actor: "user:u", Action: store.ActionRawShown, Object: "m", Details: `{"referrals":["r1","r2"]}`}, AuditExport{BaseURL: baseURL})
	var ids, patients []string
	for _, m := range made {
		text, _ := json.Marshal(m)
		e := events(t, string(text))[0]
		ids, patients = append(ids, e.ID), append(patients, e.entities("1")[0].What.Identifier.Value)
	}
	if fmt.Sprint(ids, patients) != "[entry-3 entry-3-2] [r1 r2]" {
		t.Errorf("%v of %v", ids, patients)
	}
}
