package handlers

import (
	"net/url"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// localPaths are paths of our own, and what looks like one to somebody.
var localPaths = map[string]string{
	"/":                                 "/",
	"/referrals":                        "/referrals",
	"/referrals?direction=sent&a=%20":   "/referrals?direction=sent&a=%20",
	"/referrals/x?u=https://a.example/": "/referrals/x?u=https://a.example/",
	"/a//b":                             "/a//b",
	"":                                  "/",
	"referrals":                         "/",
	"//evil.example":                    "/",
	"///evil.example":                   "/",
	"/\\evil.example":                   "/",
	"\\\\evil.example":                  "/",
	"/a\\..\\evil":                      "/",
	"https://evil.example":              "/",
	"https:evil.example":                "/",
	"javascript:alert(1)":               "/",
	" /referrals":                       "/",
	" //evil.example":                   "/",
	"/ /evil.example":                   "/",
	"/\t/evil.example":                  "/",
	"/\n/evil.example":                  "/",
	"\t//evil.example":                  "/",
	"/\r\nSet-Cookie: a=b":              "/",
	"/\x00":                             "/",
	"/\x7f":                             "/",
	"/é":                                "/",
	"/\u2028":                           "/",
	"/\u2215evil.example":               "/",
	"/\xff":                             "/",
	"?a=b":                              "/",
	"#a":                                "/",
	".":                                 "/",
}

func TestOnlyPathsOfOurOwnAreLocal(t *testing.T) {
	for path, want := range localPaths {
		if got := localPath(path); got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for path := range localPaths {
		f.Add(path)
	}
	base := parseURL(f, "https://clinic.example/login")
	f.Fuzz(func(t *testing.T, path string) {
		got := localPath(path)
		if got != "/" && got != path {
			t.Errorf("%q became %q", path, got)
		}
		u, err := url.Parse(got)
		if err != nil { // a browser is more lenient: what it makes of it must stay here all the same
			if strings.HasPrefix(got, "//") || !strings.HasPrefix(got, "/") {
				t.Errorf("%q: %v", got, err)
			}
			return
		}
		if to := base.ResolveReference(u); to.Scheme != "https" || to.Host != "clinic.example" || to.User != nil {
			t.Errorf("%q leads to %s", path, to)
		}
	})
}

func TestPeopleLandWhereTheyWantedToGo(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example", store.ViewReferrals)
	for target, want := range map[string]string{
		"/":                              "/",
		"/referrals?direction=sent":      "/referrals?direction=sent",
		"/referrals/unknown":             "/referrals/unknown",
		"/account?saved=profile":         "/account?saved=profile",
		"/referrals?before=1,2&x=%22%3b": "/referrals?before=1,2&x=%22%3b",
		"/nothing":                       "/",
	} {
		v := s.visitor()
		v.get(target)
		v.post("/login", "email", "ada@clinic.example", "password", "wrong").wants(t, 401)
		v.post("/login", "email", "ada@clinic.example", "password", storetest.Password).leadsTo(t, want)
		if v.cookies[nextCookie] != nil {
			t.Errorf("%s: the cookie stays", target)
		}
		s.clock.Turn(allForgiven)
	}
	v := s.visitor()
	v.get("/account")
	v.get("/referrals", htmxHeader, "true").wants(t, 401) // a part of a page is nowhere to land
	v.post("/referrals/search", "q", "canary").leadsTo(t, "/login")
	v.post("/login", "email", "ada@clinic.example", "password", storetest.Password).leadsTo(t, "/account")
}

func TestAPlantedNextPageLeadsNowhereElse(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example")
	for planted, want := range localPaths {
		a := s.visitor().do(post, "/login", fields("email", "ada@clinic.example", "password", storetest.Password),
			"Cookie", nextCookie+"="+planted).wants(t, 303)
		if got := a.Header().Get("Location"); got != want && got != "/" {
			t.Errorf("%q leads to %q", planted, got)
		}
	}
	v := s.visitor()
	v.get("/login?next=//evil.example")
	v.do(post, "/login?next=//evil.example", fields("email", "ada@clinic.example", "password", storetest.Password,
		"next", "//evil.example")).leadsTo(t, "/")
}
