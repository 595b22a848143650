package handlers

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// oddMethods are those that no route has, with the ways in which frameworks let another be named.
var oddMethods = []string{"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "SEARCH", "LINK", "get", "Post", "CANARY"}

// TestAttackEveryMethodOnEveryRoute asks for each route by methods that it does not have, as a stranger,
// as somebody without a permission and as somebody with all of them. Nothing may come of it.
func TestAttackEveryMethodOnEveryRoute(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{})
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	has := map[string]bool{}
	for _, r := range table() {
		has[r.method+" "+r.path] = true
	}
	who := map[string]*visitor{"stranger": s.visitor(), "nobody": s.person("bo@clinic.example"), "admin": s.person("ada@clinic.example", store.Permissions()...)}
	before, tries, through := len(s.audit()), 0, 0
	for _, r := range table() {
		for _, method := range append(oddMethods, get, post) {
			if has[method+" "+r.path] || method == post && r.path == "/static/*" {
				continue
			}
			for name, v := range who {
				for _, headers := range [][]string{{}, {htmxHeader, "true"}, {"X-HTTP-Method-Override", r.method, "X-HTTP-Method", r.method, "X-Method-Override", r.method}} {
					tries++
					form := fields("_method", r.method)
					a := v.do(method, addressOfRoute(r, rows[0].ID), form, headers...)
					told := method == "OPTIONS" && a.Code == http.StatusNoContent && a.body == "" // which methods there are, and nothing more
					if !told && (a.Code < 300 || a.Code >= 500 && a.Code != http.StatusNotImplemented) {
						through++
						t.Errorf("%s %s as %s: status %d", method, r.path, name, a.Code)
					}
				}
			}
		}
	}
	for _, e := range s.audit()[before:] {
		if e.Action != store.ActionAccessDenied {
			through++
			t.Errorf("%+v", e)
		}
	}
	storetest.Attacked(t, "methods that no route has, also named in headers and fields", tries, through)
}

// things are ids of everything that an address can name.
type things struct {
	site  *site
	admin *visitor
	ids   map[string]string // by kind
}

// filled is a site that has one of everything, and a second referral with nothing besides.
func filled(t *testing.T) things {
	s := newSimulated(t)
	v := s.person("ada@clinic.example", store.Permissions()...)
	other, _ := s.refer()
	address, documents := s.refer(inline("A letter", "%PDF-1.4\nletter"))
	a := strings.TrimPrefix(address, "/referrals/")
	w := &worker{v, a}
	w.act("decline", "reason", "Not our region").wants(t, 303)
	due, err := s.store.DueOutbox(t.Context(), 1)
	s.must(err)
	s.must(s.store.RefuseOutbox(t.Context(), due[0].ID, store.FaultForbidden, ""))
	var message string
	s.must(s.sql().QueryRowContext(t.Context(), `SELECT max(id) FROM messages`).Scan(&message))
	bo := storetest.AddUser(t, s.store, "bo@clinic.example", store.ViewReferrals)
	s.signIn(bo.Email)
	sessions, err := s.store.OpenSessions(t.Context(), bo.ID, nil)
	s.must(err)
	return things{s.site, v, map[string]string{"referral": a, "another referral": strings.TrimPrefix(other, "/referrals/"), "document": documents[0].ID,
		"update": due[0].ID, "message": message, "person": bo.ID, "session": sessions[0].ID, "role": "front_desk",
		"nothing": "01890000-0000-7000-8000-000000000000", "path": "..%2f..%2fsettings%2fusers", "wildcard": "%25", "quote": "%27%20OR%20%271%27=%271", "empty": "%00"}}
}

// fits are the kinds of thing that a route's parameter takes.
func fits(path, parameter string) []string {
	switch {
	case parameter == ":document":
		return []string{"document"}
	case parameter == ":update":
		return []string{"update"}
	case parameter == ":code":
		return []string{"role"}
	case strings.HasPrefix(path, "/messages/"):
		return []string{"message"}
	case strings.HasPrefix(path, peoplePath):
		return []string{"person"}
	}
	return []string{"referral", "another referral"}
}

// TestAttackIDsOfOtherThings puts the id of each kind of thing where another is meant, and the document
// and the update of one referral under another, in every route that names one, as somebody who may do
// everything: nothing is found, nothing is changed and nothing is noted as seen.
func TestAttackIDsOfOtherThings(t *testing.T) {
	f := filled(t)
	before, tries, through := len(f.site.audit()), 0, 0
	for _, r := range table() {
		parameters := pathParameter.FindAllString(r.path, -1)
		if len(parameters) == 0 || r.path == "/static/*" {
			continue
		}
		for _, target := range f.misplaced(r.path, parameters) {
			for _, htmx := range []string{"false", "true"} {
				tries++
				if a := f.admin.do(r.method, target, nil, htmxHeader, htmx); a.Code != 404 {
					through++
					t.Errorf("%s %s: status %d", r.method, target, a.Code)
				}
			}
		}
	}
	if entries := f.site.audit()[before:]; len(entries) > 0 {
		through += len(entries)
		t.Errorf("%+v", entries)
	}
	storetest.Attacked(t, "ids of other things and of another referral's in the address", tries, through)
}

// misplaced are the addresses of a path in which at least one id is none of the kind that belongs there,
// or belongs to another referral.
func (f things) misplaced(path string, parameters []string) (targets []string) {
	for first, id := range f.ids {
		fit := slices.Contains(fits(path, parameters[0]), first)
		target := strings.Replace(path, parameters[0], id, 1)
		switch {
		case len(parameters) == 1 && !fit:
			targets = append(targets, target)
		case len(parameters) == 2:
			for second, id := range f.ids {
				if first != "referral" || !slices.Contains(fits(path, parameters[1]), second) {
					targets = append(targets, strings.Replace(target, parameters[1], id, 1))
				}
			}
		}
	}
	return targets
}

// TestAttackFieldsThatNobodyAskedFor sends every form with fields that name columns, rights and other
// people. Of the people, roles and sessions in the database nothing else may change than what the form
// is for.
func TestAttackFieldsThatNobodyAskedFor(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "boss@clinic.example", store.Permissions()...)
	bo := storetest.AddUser(t, s.store, "bo@clinic.example", store.ViewReferrals)
	v := s.person("ada@clinic.example", store.ViewReferrals, store.ManageReferrals)
	ada := s.id("ada@clinic.example")
	extra := fields("id", bo.ID, "user_id", bo.ID, "user", bo.ID, "person", bo.ID, "actor", "system", "email", "boss@clinic.example", "email_key", "boss@clinic.example",
		"password_hash", "x", "disabled", "0", "role", "administrator", "roles", "administrator", "role[]", "administrator", "permission", "edit_users", "permissions", "edit_users",
		"permission[]", "edit_users", "rights", "all", "admin", "1", "is_admin", "true", "created_at", "1", "proven_at", "9999999999999", "ended_at", "0", "seen_at", "9999999999999",
		"hash", "x", "last_sign_in_at", "1", "__proto__", "x", "constructor", "x")
	columns := map[string]string{"name": "Ada Changed", "theme": "dark", "language": "fr"} // what /account is for
	people, rights := s.rowsByID(`SELECT * FROM users`), s.rightsNow()
	tries := 0
	for _, target := range []string{"/account", "/account?id=" + bo.ID + "&permission=edit_users", "/account/password", "/account/sessions", "/referrals/search"} {
		form := maps.Clone(extra)
		for name, value := range columns {
			form.Set(name, value)
		}
		v.do(post, target, form)
		tries += len(extra)
	}
	through := 0
	after := s.rowsByID(`SELECT * FROM users`)
	for id, row := range after {
		for column, value := range row {
			if _, meant := columns[column]; value != people[id][column] && !(id == ada && meant) {
				through++
				t.Errorf("%s of %s is %q, was %q", column, id, value, people[id][column])
			}
		}
	}
	if got := after[ada]["name"]; got != "Ada Changed" {
		t.Errorf("the form itself did nothing: %q", got)
	}
	if now := s.rightsNow(); now != rights {
		through++
		t.Errorf("rights were %s, are %s", rights, now)
	}
	storetest.Attacked(t, "form fields that nobody asked for", tries, through)
}

// rowsByID are the rows of a table by their id, each a text by column.
func (s *site) rowsByID(query string) map[string]map[string]string {
	s.t.Helper()
	found, err := s.sql().QueryContext(s.t.Context(), query)
	s.must(err)
	defer found.Close()
	columns, err := found.Columns()
	s.must(err)
	all := map[string]map[string]string{}
	for found.Next() {
		values, targets := make([][]byte, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		s.must(found.Scan(targets...))
		row := map[string]string{}
		for i, c := range columns {
			row[c] = string(values[i])
		}
		all[row["id"]] = row
	}
	s.must(found.Err())
	return all
}

// rightsNow is who holds what, and what roles are.
func (s *site) rightsNow() (all string) {
	s.t.Helper()
	s.must(s.sql().QueryRowContext(s.t.Context(), `SELECT (SELECT group_concat(user_id || permission) FROM user_permissions) ||
		ifnull((SELECT group_concat(user_id || role) FROM user_roles), '') || (SELECT group_concat(role || permission) FROM role_permissions)`).Scan(&all))
	return all
}
