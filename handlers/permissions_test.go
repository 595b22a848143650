package handlers

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
	"breakwater/store/storetest"
)

// table is every route there is. What follows is made from it, so a new route is covered as soon
// as it stands there.
func table() []route { return (&server{}).table() }

func TestEveryRouteSaysWhatItNeeds(t *testing.T) {
	open := map[string]bool{ // what anybody may call: whoever adds to these must say so here
		"POST " + bundlesPath: true, "GET " + bundlesPath: true, "GET /healthz": true, "GET /readyz": true,
		"GET /static/*": true, "GET /setup": true, "POST /setup": true, "GET /login": true, "POST /login": true,
		"POST /logout": true, "GET /welcome": true, "POST /welcome": true, "POST /password/strength": true,
		"POST /login/passkey": true, "POST /login/passkey/options": true, // by a passkey
		"GET /login/second": true, "POST /login/second": true, "POST /login/second/options": true, // by the cookie that a right password gets
	}
	seen := map[string]bool{}
	for _, r := range table() {
		name := r.method + " " + r.path
		if seen[name] {
			t.Errorf("%s stands in the table twice", name)
		}
		seen[name] = true
		if r.method != get && r.method != post {
			t.Errorf("%s: the guard knows no such method", name)
		}
		if r.access.open != open[name] {
			t.Errorf("%s: open to anybody: %v", name, r.access.open)
		}
		if !r.access.open && !r.access.person {
			t.Errorf("%s lets nobody in", name)
		}
		if p := r.access.permission; p != "" && (!p.Valid() || !r.access.person || r.access.open) {
			t.Errorf("%s needs %q", name, p)
		}
	}
	for name := range open {
		if !seen[name] {
			t.Errorf("%s is not in the table", name)
		}
	}
}

func TestTheZeroAccessLetsNobodyIn(t *testing.T) {
	all := &store.User{Effective: store.Permissions()}
	disabled := &store.User{Effective: store.Permissions(), Disabled: true}
	for name, c := range map[string]struct {
		is, want bool
	}{
		"zero, stranger":           {access{}.allows(nil), false},
		"zero, administrator":      {access{}.allows(all), false},
		"permission without word":  {access{permission: store.ViewReferrals}.allows(all), false},
		"signed in, stranger":      {signedIn.allows(nil), false},
		"signed in, anybody":       {signedIn.allows(&store.User{}), true},
		"permission, stranger":     {needs(store.ViewReferrals).allows(nil), false},
		"permission, without":      {needs(store.ViewReferrals).allows(&store.User{}), false},
		"permission, disabled":     {needs(store.ViewReferrals).allows(disabled), false},
		"permission, with":         {needs(store.ViewReferrals).allows(all), true},
		"public, stranger":         {public.allows(nil), true},
		"unknown permission, with": {needs("x").allows(all), false},
	} {
		if c.is != c.want {
			t.Errorf("%s: %v", name, c.is)
		}
	}
}

// addressed is a route with an address that it answers.
type addressed struct {
	route
	target string
}

var pathParameter = regexp.MustCompile(`:[a-z]+|\*`)

// addressOfRoute is a route's path with a value for each of its parameters.
func addressOfRoute(r route, value string) string {
	return pathParameter.ReplaceAllLiteralString(r.path, value)
}

// guarded are the routes that need somebody.
func guarded(referral string) (list []addressed) {
	for _, r := range table() {
		if !r.access.open {
			list = append(list, addressed{r, addressOfRoute(r, referral)})
		}
	}
	return list
}

func TestStrangersGetNoFurtherThanSigningIn(t *testing.T) {
	s := newSite(t)
	before := len(s.audit())
	for _, cookie := range []string{"", encodeToken(store.SessionToken{1}), "canary"} {
		for _, r := range guarded("01890000-0000-7000-8000-000000000000") {
			methods := []string{r.method}
			if r.method == get {
				methods = append(methods, "HEAD")
			}
			for _, method := range methods {
				v := s.visitor()
				headers := []string{}
				if cookie != "" {
					headers = []string{"Cookie", s.sessionName() + "=" + cookie}
				}
				v.do(method, r.target+"?q=canary", nil, headers...).leadsTo(t, "/login")
				a := v.do(method, r.target, nil, append(headers, htmxHeader, "true")...).wants(t, 401)
				if a.Header().Get("HX-Redirect") != "/login" || a.Header().Get("Location") != "" {
					t.Errorf("%s %s: %v", method, r.path, a.Header())
				}
				a.hides(t, "<html", "<nav")
			}
		}
	}
	if after := len(s.audit()); after != before {
		t.Errorf("strangers wrote %d audit entries", after-before)
	}
}

func (s *site) sessionName() string {
	return cookieName("breakwater_session", s.config.BaseURL.Scheme == "https")
}

// holders are sets of permissions: none, each alone, all but each, all.
func holders() map[string][]store.Permission {
	all := store.Permissions()
	sets := map[string][]store.Permission{"none": {}, "all": all}
	for i, p := range all {
		sets["only."+string(p)] = []store.Permission{p}
		sets["all-but."+string(p)] = slices.Delete(slices.Clone(all), i, i+1)
	}
	return sets
}

var menuLink = regexp.MustCompile(`href="([^"]*)"`)

// menuOf is what the menu of a page links to.
func menuOf(t testing.TB, a answer) (hrefs []string) {
	t.Helper()
	_, menu, _ := strings.Cut(a.wants(t, 200).body, `<nav class="menu"`)
	menu, _, _ = strings.Cut(menu, "</nav>")
	for _, m := range menuLink.FindAllStringSubmatch(menu, -1) {
		hrefs = append(hrefs, m[1])
	}
	return hrefs
}

func TestPermissionsDecideOverEveryRoute(t *testing.T) {
	s := newSite(t)
	s.receive(oceantest.Message{})
	rows, _, err := s.store.Referrals(t.Context(), store.ReferralFilter{}, 1)
	s.must(err)
	for name, held := range holders() {
		t.Run(name, func(t *testing.T) {
			v := s.person(name+"@clinic.example", held...)
			menu := menuOf(t, v.get("/account"))
			for _, r := range guarded(rows[0].ID) {
				may := r.access.permission == "" || slices.Contains(held, r.access.permission)
				before := len(s.audit())
				plain := v.do(r.method, r.target, nil)
				htmx := v.do(r.method, r.target, nil, htmxHeader, "true")
				for _, a := range []answer{plain, htmx} {
					if refused := a.Code == 401 || a.Code == 403; refused == may || !may && a.Code != 403 {
						t.Errorf("%s %s: status %d", r.method, r.path, a.Code)
					}
				}
				if !may {
					htmx.hides(t, "<html", "<nav")
					denials := 2
					if r.access.quiet { // nobody's act, again and again
						denials = 0
					}
					wantsDenials(t, s.audit()[before:], denials, r.route)
				}
				if r.method == get && !may && slices.Contains(menu, r.target) {
					t.Errorf("%s stands in the menu of somebody who may not open it", r.path)
				}
			}
			for _, href := range menu {
				v.get(href).wants(t, 200)
			}
			v.get("/").leadsTo(t, append(menu, "/account")[0])
		})
	}
}

// wantsDenials checks the audit entries of so many refusals.
func wantsDenials(t testing.TB, entries []store.AuditEntry, n int, r route) {
	t.Helper()
	if len(entries) != n {
		t.Errorf("%s %s: %d audit entries, want %d", r.method, r.path, len(entries), n)
	}
	for _, e := range entries {
		if e.Action != store.ActionAccessDenied || e.Object != r.method+" "+r.path || e.Address != "192.0.2.1" ||
			!strings.HasPrefix(e.Actor, "user:") || !strings.Contains(e.Details, string(r.access.permission)) {
			t.Errorf("%+v", e)
		}
	}
}

func TestPermissionsCountFromTheNextRequest(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	conn := s.sql() // as the command line would, from a process of its own
	v.get("/referrals").wants(t, 403)
	s.exec(conn, `INSERT INTO user_permissions (user_id, permission) SELECT id, 'view_referrals' FROM users`)
	v.get("/referrals").wants(t, 200)
	s.exec(conn, `DELETE FROM user_permissions`)
	v.get("/referrals").wants(t, 403)
	s.exec(conn, `INSERT INTO user_roles (user_id, role) SELECT id, 'front_desk' FROM users`)
	v.get("/referrals").wants(t, 200)
	s.exec(conn, `DELETE FROM role_permissions WHERE role = 'front_desk'`)
	v.get("/referrals").wants(t, 403)
}

func TestADisabledPersonIsOutAtOnce(t *testing.T) {
	s := newSite(t)
	other := storetest.At(t, s.dir, s.clock)
	v, again := s.person("ada@clinic.example", store.ViewReferrals), s.signIn("ada@clinic.example")
	v.get("/referrals").wants(t, 200)
	s.must(other.SetUserDisabled(t.Context(), storetest.Admin, "ada@clinic.example", true))
	v.get("/referrals").leadsTo(t, "/login")
	again.get("/account").leadsTo(t, "/login")
	v.post("/account", "name", "Somebody else").leadsTo(t, "/login")
	s.must(other.SetUserDisabled(t.Context(), storetest.Admin, "ada@clinic.example", false))
	v.get("/referrals").leadsTo(t, "/login") // the old session does not come back to life
	s.signIn("ada@clinic.example").get("/referrals").wants(t, 200)
}
